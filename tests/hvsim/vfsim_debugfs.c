// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: knobs in /sys/kernel/debug/vfsim/<PCI address>/
 */
#include <linux/debugfs.h>
#include <linux/ethtool.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vfsim.h"

static struct dentry *vfsim_root;

static int vfsim_carrier_get(void *data, u64 *val)
{
	const struct vfsim *vf = data;

	*val = READ_ONCE(vf->carrier);
	return 0;
}

static int vfsim_carrier_set(void *data, u64 val)
{
	if (val > 1)
		return -EINVAL;
	vfsim_set_carrier(data, val);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(vfsim_carrier_fops, vfsim_carrier_get,
			 vfsim_carrier_set, "%llu\n");

static int vfsim_max_mtu_get(void *data, u64 *val)
{
	const struct vfsim *vf = data;

	*val = READ_ONCE(vf->netdev->max_mtu);
	return 0;
}

static int vfsim_max_mtu_set(void *data, u64 val)
{
	struct vfsim *vf = data;

	if (val < ETH_MIN_MTU || val > VFSIM_MAX_MTU)
		return -EINVAL;
	WRITE_ONCE(vf->netdev->max_mtu, val);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(vfsim_max_mtu_fops, vfsim_max_mtu_get,
			 vfsim_max_mtu_set, "%llu\n");

static int vfsim_stall_get(void *data, u64 *val)
{
	const struct vfsim *vf = data;

	*val = READ_ONCE(vf->stall);
	return 0;
}

static int vfsim_stall_set(void *data, u64 val)
{
	struct vfsim *vf = data;
	unsigned int i;

	if (val > U32_MAX)
		return -EINVAL;
	WRITE_ONCE(vf->stall, val);

	/* Queues that move again have nobody else to tell them */
	local_bh_disable();
	for (i = 0; i < vf->n_queues; i++)
		napi_schedule(&vf->queues[i].napi);
	local_bh_enable();
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(vfsim_stall_fops, vfsim_stall_get, vfsim_stall_set,
			 "0x%llx\n");

static int vfsim_stats_show(struct seq_file *m, void *unused)
{
	const struct vfsim *vf = m->private;
	unsigned int i, rows = vfsim_stats_rows(vf);
	u64 *values;
	u8 *names;

	values = kcalloc(rows, sizeof(*values), GFP_KERNEL);
	names = kcalloc(rows, ETH_GSTRING_LEN, GFP_KERNEL);
	if (values && names) {
		vfsim_stats_names(vf, names);
		vfsim_stats_values(vf, values);
		for (i = 0; i < rows; i++)
			seq_printf(m, "%.*s %llu\n", ETH_GSTRING_LEN,
				   names + i * ETH_GSTRING_LEN, values[i]);
	}
	kfree(names);
	kfree(values);
	return values && names ? 0 : -ENOMEM;
}
DEFINE_SHOW_ATTRIBUTE(vfsim_stats);

static int vfsim_dead_get(void *data, u64 *val)
{
	const struct vfsim_function *fn = data;

	*val = READ_ONCE(fn->dead);
	return 0;
}

static int vfsim_dead_set(void *data, u64 val)
{
	/* Who is dead stays dead */
	if (val != 1)
		return -EINVAL;
	vfsim_function_kill(data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(vfsim_dead_fops, vfsim_dead_get, vfsim_dead_set,
			 "%llu\n");

/* "KIND NIC": the kind of look-alike, and whose address it has */
static ssize_t vfsim_lookalike_write(struct file *file, const char __user *from,
				     size_t len, loff_t *pos)
{
	struct vfsim_function *fn = file->private_data;
	char buf[32], kind[IFNAMSIZ];
	int nic, err;

	if (len >= sizeof(buf))
		return -EINVAL;
	if (copy_from_user(buf, from, len))
		return -EFAULT;
	buf[len] = '\0';
	if (sscanf(buf, "%15s %d", kind, &nic) != 2)
		return -EINVAL;

	err = vfsim_lookalike_add(fn, kind, nic);
	return err ?: len;
}

static const struct file_operations vfsim_lookalike_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= vfsim_lookalike_write,
};

static void vfsim_debugfs_add_port(struct vfsim *vf, struct dentry *dir)
{
	debugfs_create_file_unsafe("carrier", 0600, dir, vf,
				   &vfsim_carrier_fops);
	debugfs_create_file_unsafe("max_mtu", 0600, dir, vf,
				   &vfsim_max_mtu_fops);
	debugfs_create_file_unsafe("stall", 0600, dir, vf, &vfsim_stall_fops);
	debugfs_create_u32("fail_open", 0600, dir, &vf->fail_open);
	debugfs_create_u32("fail_mtu", 0600, dir, &vf->fail_mtu);
	debugfs_create_u32("fail_mac", 0600, dir, &vf->fail_mac);
	debugfs_create_u32("fail_vlan", 0600, dir, &vf->fail_vlan);
	debugfs_create_u32("fail_xdp", 0600, dir, &vf->fail_xdp);
	debugfs_create_u32("slow_us", 0600, dir, &vf->slow_us);
	debugfs_create_bool("sink", 0600, dir, &vf->sink);
	debugfs_create_file("stats", 0400, dir, vf, &vfsim_stats_fops);
}

/**
 * vfsim_debugfs_add() - make the knobs of a function
 * @fn: the function
 *
 * Those of the first port are in the function's own directory.
 *
 * Context: process.
 */
void vfsim_debugfs_add(struct vfsim_function *fn)
{
	unsigned int i;
	char name[16];

	fn->dir = debugfs_create_dir(pci_name(fn->pdev), vfsim_root);
	debugfs_create_file_unsafe("dead", 0600, fn->dir, fn, &vfsim_dead_fops);
	debugfs_create_u32("reset_hold", 0600, fn->dir,
			   &fn->reset_hold);
	debugfs_create_file("lookalike", 0200, fn->dir, fn,
			    &vfsim_lookalike_fops);
	vfsim_debugfs_add_port(fn->ports[0], fn->dir);
	for (i = 1; i < fn->n_ports; i++) {
		snprintf(name, sizeof(name), "port%u", i);
		vfsim_debugfs_add_port(fn->ports[i],
				       debugfs_create_dir(name, fn->dir));
	}
}

/**
 * vfsim_debugfs_remove() - remove the knobs of a function
 * @fn: the function
 *
 * Nobody uses them any more when it returns.
 *
 * Context: process.
 */
void vfsim_debugfs_remove(struct vfsim_function *fn)
{
	debugfs_remove_recursive(fn->dir);
}

void vfsim_debugfs_init(void)
{
	vfsim_root = debugfs_create_dir("vfsim", NULL);
}

void vfsim_debugfs_exit(void)
{
	debugfs_remove_recursive(vfsim_root);
}
