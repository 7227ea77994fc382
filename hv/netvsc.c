// SPDX-License-Identifier: GPL-2.0
/*
 * The Hyper-V synthetic NIC (drivers/net/hyperv/netvsc_drv.c)
 *
 * What the module relies on, the same in Linux 6.1, 6.12 and 7.2:
 *
 * - netvsc_get_stats64() starts from netdev_stats_to_stats64(t, &net->stats).
 * - get_netvsc_byref() recognises the driver's own devices by their
 *   netdev_ops. While it runs, on UP, DOWN, CHANGE and GOING_DOWN of a VF, the
 *   driver's own ops must be in place: it is what moves the host's data path.
 *   At any other time they must not be, or unloading hv_netvsc would take
 *   apart a VF that this module enslaved.
 * - netvsc_set_mac_addr() calls eth_prepare_mac_addr_change() first: nothing is
 *   changed while the NIC is up.
 * - netvsc_xmit() calls skb_cow_head() whatever needed_headroom promised.
 * - A join that fails with -EBUSY leaves the driver without a VF and is final
 *   until the VF registers again.
 */
#include "../core/profile.h"

const struct an_syn_type an_syn_netvsc = {
	.driver		= "hv_netvsc",
	.adds_dev_stats	= true,
	.knows_by_ops	= true,
	.has_vf_rows	= true,
	.prepares_mac	= true,
	.makes_headroom	= true,
};
