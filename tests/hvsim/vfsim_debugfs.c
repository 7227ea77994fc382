// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: knobs in /sys/kernel/debug/vfsim/<PCI address>/
 */
#include <linux/debugfs.h>
#include <linux/ethtool.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

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

/**
 * vfsim_debugfs_add() - make the knobs of a VF
 * @vf: the VF
 *
 * Context: process.
 */
void vfsim_debugfs_add(struct vfsim *vf)
{
	struct dentry *dir = debugfs_create_dir(pci_name(vf->pdev), vfsim_root);

	vf->dir = dir;
	debugfs_create_file_unsafe("carrier", 0600, dir, vf,
				   &vfsim_carrier_fops);
	debugfs_create_file_unsafe("max_mtu", 0600, dir, vf,
				   &vfsim_max_mtu_fops);
	debugfs_create_file_unsafe("stall", 0600, dir, vf, &vfsim_stall_fops);
	debugfs_create_u32("fail_open", 0600, dir, &vf->fail_open);
	debugfs_create_u32("fail_mtu", 0600, dir, &vf->fail_mtu);
	debugfs_create_u32("fail_mac", 0600, dir, &vf->fail_mac);
	debugfs_create_u32("fail_xdp", 0600, dir, &vf->fail_xdp);
	debugfs_create_u32("slow_us", 0600, dir, &vf->slow_us);
	debugfs_create_file("stats", 0400, dir, vf, &vfsim_stats_fops);
}

/**
 * vfsim_debugfs_remove() - remove the knobs of a VF
 * @vf: the VF
 *
 * Nobody uses them any more when it returns.
 *
 * Context: process.
 */
void vfsim_debugfs_remove(struct vfsim *vf)
{
	debugfs_remove_recursive(vf->dir);
}

void vfsim_debugfs_init(void)
{
	vfsim_root = debugfs_create_dir("vfsim", NULL);
}

void vfsim_debugfs_exit(void)
{
	debugfs_remove_recursive(vfsim_root);
}
