// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs: what a test can see of the host and make it do
 *
 * None of this takes RTNL: the guest may hold it while it waits for what a
 * test is about to write here.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "control.h"
#include "host.h"

static struct dentry *root;
static DEFINE_MUTEX(reset_lock);

static int assoc_get(void *data, u64 *val)
{
	struct hvsim_nic *nic = data;

	*val = READ_ONCE(nic->assoc);
	return 0;
}

static int assoc_set(void *data, u64 val)
{
	struct hvsim_nic *nic = data;
	struct hvsim_channel *hc = nic->primary;
	int err = 0;

	if (val > 1)
		return -EINVAL;

	spin_lock_bh(&nic->rx_lock);
	if (nic->negotiated && !ring_room(hc, HOST_RING_SPARE / 2)) {
		err = -EAGAIN;
	} else {
		WRITE_ONCE(nic->assoc, val);
		if (nic->negotiated)
			nvsp_vf_association(hc);
	}
	spin_unlock_bh(&nic->rx_lock);
	return err;
}
DEFINE_DEBUGFS_ATTRIBUTE(assoc_fops, assoc_get, assoc_set, "%llu\n");

static int link_get(void *data, u64 *val)
{
	struct hvsim_nic *nic = data;

	*val = READ_ONCE(nic->link);
	return 0;
}

static int link_set(void *data, u64 val)
{
	struct hvsim_nic *nic = data;
	struct hvsim_channel *hc = nic->primary;
	bool old;
	int err = 0;

	if (val > 1)
		return -EINVAL;

	spin_lock_bh(&nic->rx_lock);
	old = nic->link;
	WRITE_ONCE(nic->link, val);
	if (nic->running && old != nic->link && !rndis_indicate_link(hc)) {
		WRITE_ONCE(nic->link, old);
		err = -EAGAIN;
	}
	spin_unlock_bh(&nic->rx_lock);
	return err;
}
DEFINE_DEBUGFS_ATTRIBUTE(link_fops, link_get, link_set, "%llu\n");

static DEFINE_MUTEX(offer_lock);

static int offer_get(void *data, u64 *val)
{
	struct hvsim_nic *nic = data;

	*val = !!READ_ONCE(nic->hdev);
	return 0;
}

/*
 * The one file whose writer has to wait for RTNL: the guest's driver probes or
 * removes its device meanwhile. The lock also keeps two NICs from going at once.
 */
static int offer_set(void *data, u64 val)
{
	struct hvsim_nic *nic = data;
	int err = 0;

	if (val > 1)
		return -EINVAL;

	mutex_lock(&offer_lock);
	if (val && !nic->hdev)
		err = nic_offer(nic);
	else if (!val && nic->hdev)
		nic_rescind(nic);
	mutex_unlock(&offer_lock);
	return err;
}
DEFINE_DEBUGFS_ATTRIBUTE(offer_fops, offer_get, offer_set, "%llu\n");

static int max_mtu_get(void *data, u64 *val)
{
	struct hvsim_nic *nic = data;

	*val = READ_ONCE(nic->max_mtu);
	return 0;
}

static int max_mtu_set(void *data, u64 val)
{
	struct hvsim_nic *nic = data;

	if (val < ETH_MIN_MTU || val > HVSIM_MTU_MAX)
		return -EINVAL;
	WRITE_ONCE(nic->max_mtu, val);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(max_mtu_fops, max_mtu_get, max_mtu_set, "%llu\n");

static int datapath_show(struct seq_file *m, void *v)
{
	struct hvsim_nic *nic = m->private;

	seq_puts(m, READ_ONCE(nic->sw.vf_path) ? "vf\n" : "synthetic\n");
	return 0;
}

static int datapath_open(struct inode *inode, struct file *file)
{
	return single_open(file, datapath_show, inode->i_private);
}

/* By the host itself, for a guest that has a VF and no driver to ask for it */
static ssize_t datapath_write(struct file *file, const char __user *buf,
			      size_t len, loff_t *pos)
{
	struct hvsim_nic *nic = file_inode(file)->i_private;
	bool vf;
	int err;

	err = kstrtobool_from_user(buf, len, &vf);
	if (err)
		return err;
	switch_set_path(&nic->sw, vf);
	return len;
}

static const struct file_operations datapath_fops = {
	.owner		= THIS_MODULE,
	.open		= datapath_open,
	.read		= seq_read,
	.write		= datapath_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static void channels_show(const struct hvsim_nic *nic, struct seq_file *m)
{
	const struct hvsim_channel *hc;
	unsigned int i, open = 0;

	for (i = 0; i < nic->channels; i++) {
		hc = nic->channel[i];
		if (!hc->open)
			continue;
		open++;
		seq_printf(m, "channel%u_rx_frames %llu\n", i, hc->rx_frames);
		seq_printf(m, "channel%u_tx_messages %llu\n", i,
			   hc->tx_messages);
	}
	seq_printf(m, "channels %u\n", open);
}

static int state_show(struct seq_file *m, void *v)
{
	struct hvsim_nic *nic = m->private;
	struct hvsim_channel *hc = nic->primary;
	unsigned int i, queued = 0;

	spin_lock_bh(&nic->rx_lock);
	seq_printf(m, "channel %s\n", hc->open ? "open" : "closed");
	channels_show(nic, m);
	seq_printf(m, "rndis %s\n", nic->running ? "running" : "halted");
	seq_printf(m, "nvsp %#x\n", nic->version);
	seq_printf(m, "ndis %u.%u\n", nic->ndis >> 16, nic->ndis & 0xffff);
	seq_printf(m, "mtu %u\n", nic->mtu);
	seq_printf(m, "filter %#x\n", nic->filter);
	seq_printf(m, "mac %pM\n", nic->cur_mac);
	seq_printf(m, "rx_section_size %u\n", nic->rx.section_size);
	seq_printf(m, "rx_sections %u\n", nic->rx.sections);
	seq_printf(m, "rx_sections_free %u\n", nic->rx.nfree);
	seq_printf(m, "rss %u\n", nic->rss.entries);
	for (i = 0; i < nic->channels; i++)
		queued += skb_queue_len(&nic->channel[i]->queue);
	seq_printf(m, "rx_queued %u\n", queued);
	seq_printf(m, "vf_serial %u\n", HVSIM_VF_SERIAL + nic->index);
	seq_printf(m, "vf_port %s\n",
		   vf_port_plugged(&nic->sw) ? "plugged" : "empty");
	spin_unlock_bh(&nic->rx_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static int nic_stats_show(struct seq_file *m, void *v)
{
	struct hvsim_nic *nic = m->private;

	mutex_lock(&reset_lock);
	stats_show(&nic->sw.stats, m);
	mutex_unlock(&reset_lock);
	return 0;
}

static int nic_stats_open(struct inode *inode, struct file *file)
{
	return single_open(file, nic_stats_show, inode->i_private);
}

static ssize_t nic_stats_write(struct file *file, const char __user *buf,
			       size_t len, loff_t *pos)
{
	struct hvsim_nic *nic = file_inode(file)->i_private;

	mutex_lock(&reset_lock);
	stats_reset(&nic->sw.stats);
	mutex_unlock(&reset_lock);
	return len;
}

static const struct file_operations nic_stats_fops = {
	.owner		= THIS_MODULE,
	.open		= nic_stats_open,
	.read		= seq_read,
	.write		= nic_stats_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int flows_show(struct seq_file *m, void *v)
{
	struct hvsim_nic *nic = m->private;
	int dir;

	for (dir = 0; dir < FLOW_DIRS; dir++)
		flow_table_show(&nic->sw.flows[dir], dir, m);
	return 0;
}

static int flows_open(struct inode *inode, struct file *file)
{
	return single_open(file, flows_show, inode->i_private);
}

static ssize_t flows_write(struct file *file, const char __user *buf,
			   size_t len, loff_t *pos)
{
	struct hvsim_nic *nic = file_inode(file)->i_private;
	int dir;

	for (dir = 0; dir < FLOW_DIRS; dir++)
		flow_table_reset(&nic->sw.flows[dir]);
	return len;
}

static const struct file_operations flows_fops = {
	.owner		= THIS_MODULE,
	.open		= flows_open,
	.read		= seq_read,
	.write		= flows_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

void control_add(struct hvsim_nic *nic)
{
	char name[16];

	snprintf(name, sizeof(name), "nic%u", nic->index);
	nic->dir = debugfs_create_dir(name, root);
	debugfs_create_file_unsafe("assoc", 0600, nic->dir, nic, &assoc_fops);
	debugfs_create_file_unsafe("link", 0600, nic->dir, nic, &link_fops);
	debugfs_create_file_unsafe("max_mtu", 0600, nic->dir, nic,
				   &max_mtu_fops);
	debugfs_create_bool("fail_mac", 0600, nic->dir, &nic->fail_mac);
	debugfs_create_file_unsafe("offer", 0600, nic->dir, nic, &offer_fops);
	debugfs_create_bool("refuse_switch", 0600, nic->dir,
			    &nic->refuse_switch);
	debugfs_create_bool("vf_multicast", 0600, nic->dir,
			    &nic->sw.vf_multicast);
	debugfs_create_u32("switch_delay_ms", 0600, nic->dir,
			   &nic->switch_delay_ms);
	debugfs_create_file("datapath", 0600, nic->dir, nic, &datapath_fops);
	debugfs_create_file("state", 0400, nic->dir, nic, &state_fops);
	debugfs_create_file("stats", 0600, nic->dir, nic, &nic_stats_fops);
	debugfs_create_file("flows", 0600, nic->dir, nic, &flows_fops);
}

void control_del(struct hvsim_nic *nic)
{
	debugfs_remove(nic->dir);
}

void control_init(void)
{
	root = debugfs_create_dir("hvsim", NULL);
}

void control_exit(void)
{
	debugfs_remove(root);
}
