// SPDX-License-Identifier: GPL-2.0
/*
 * ndwatch: what netdevice notifiers are told, as an RDMA driver sees it
 *
 * Records the events that mlx4, mlx5, mana and the RDMA core listen to, and what
 * they look at when one comes: the master, whether that is a LAG, what the link
 * says of itself, flags. One line each in /sys/kernel/debug/ndwatch; writing
 * anything there begins anew. Load it behind the driver of the synthetic NIC, as
 * those drivers are.
 *
 * With the parameter veto=1 it lets nobody become a master.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>

/* Lines, and how many of them were written; RTNL. */
static char record[512][160];
static unsigned int lines;

static struct dentry *file;

static bool veto;
module_param(veto, bool, 0600);
MODULE_PARM_DESC(veto, "refuse that a device gets a master");

static int ndwatch_answer(unsigned long event,
			  const struct netdev_notifier_changeupper_info *upper)
{
	if (veto && event == NETDEV_PRECHANGEUPPER && upper->linking &&
	    upper->master)
		return notifier_from_errno(-EPERM);
	return NOTIFY_DONE;
}

static const char *ndwatch_name(unsigned long event)
{
	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_UNREGISTER:
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_CHANGEADDR:
	case NETDEV_CHANGEUPPER:
	case NETDEV_CHANGELOWERSTATE:
	case NETDEV_CHANGEINFODATA:
	case NETDEV_BONDING_INFO:
	case NETDEV_BONDING_FAILOVER:
	case NETDEV_JOIN:
	case NETDEV_RELEASE:
		return netdev_cmd_to_name(event);
	default:
		return NULL;
	}
}

static const char *ndwatch_lag(const struct netdev_lag_upper_info *lag)
{
	if (!lag)
		return "none";
	return lag->tx_type == NETDEV_LAG_TX_TYPE_ACTIVEBACKUP ?
	       "activebackup" : "other";
}

/* Of a device: what the RDMA core and the drivers ask about it */
static int ndwatch_facts(struct net_device *dev, char *buf, size_t size)
{
	struct net_device *master = netdev_master_upper_dev_get(dev);
	bool upper;

	rcu_read_lock();
	upper = master && netdev_has_upper_dev_all_rcu(dev, master);
	rcu_read_unlock();
	return scnprintf(buf, size,
			 " up=%d slave=%d lagport=%d bondslave=%d master=%s lagmaster=%d above=%d",
			 netif_running(dev), !!(dev->flags & IFF_SLAVE),
			 netif_is_lag_port(dev), netif_is_bond_slave(dev),
			 master ? master->name : "-",
			 master && netif_is_lag_master(master), upper);
}

static int ndwatch_event(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct netdev_notifier_changeupper_info *upper = ptr;
	const char *name = ndwatch_name(event);
	size_t size = sizeof(record[0]);
	char *line;
	int n;

	if (!name || lines == ARRAY_SIZE(record))
		return ndwatch_answer(event, ptr);

	line = record[lines++];
	n = scnprintf(line, size, "%s %s", dev->name, name);
	n += ndwatch_facts(dev, line + n, size - n);
	if (event == NETDEV_CHANGEUPPER)
		scnprintf(line + n, size - n, " upper=%s link=%d lag=%s",
			  upper->upper_dev->name, upper->linking,
			  ndwatch_lag(upper->upper_info));
	return NOTIFY_DONE;
}

static struct notifier_block ndwatch_nb = {
	.notifier_call	= ndwatch_event,
};

static int ndwatch_show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	rtnl_lock();
	for (i = 0; i < lines; i++)
		seq_printf(seq, "%s\n", record[i]);
	rtnl_unlock();
	return 0;
}

static int ndwatch_open(struct inode *inode, struct file *filp)
{
	return single_open(filp, ndwatch_show, NULL);
}

static ssize_t ndwatch_reset(struct file *filp, const char __user *data,
			     size_t len, loff_t *pos)
{
	rtnl_lock();
	lines = 0;
	rtnl_unlock();
	return len;
}

static const struct file_operations ndwatch_fops = {
	.owner		= THIS_MODULE,
	.open		= ndwatch_open,
	.read		= seq_read,
	.write		= ndwatch_reset,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int __init ndwatch_init(void)
{
	int err = register_netdevice_notifier(&ndwatch_nb);

	if (!err)
		file = debugfs_create_file("ndwatch", 0600, NULL, NULL,
					   &ndwatch_fops);
	return err;
}

static void __exit ndwatch_exit(void)
{
	debugfs_remove(file);
	unregister_netdevice_notifier(&ndwatch_nb);
}

module_init(ndwatch_init);
module_exit(ndwatch_exit);
MODULE_DESCRIPTION("Record of netdevice notifier events");
MODULE_LICENSE("GPL");
