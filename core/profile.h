/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is special about a family of VFs, and about a synthetic device's driver
 */
#ifndef _AN_PROFILE_H
#define _AN_PROFILE_H

#include <linux/stddef.h>
#include <linux/types.h>

struct net_device;

/**
 * struct an_vf_profile - a family of VFs
 * @name: shown in trace events and messages
 * @drivers: names of the PCI drivers of the family, NULL terminated
 * @accept: is this netdev of the family a VF's own port? NULL: always.
 *	Called under RTNL for devices that passed the general rules.
 */
struct an_vf_profile {
	const char *name;
	const char *const *drivers;
	bool (*accept)(struct net_device *dev);
};

/**
 * struct an_syn_type - a driver of synthetic devices
 * @driver: its name
 * @adds_dev_stats: its ndo_get_stats64 adds struct net_device.stats, so that
 *	what is folded in there shows up and outlives this module
 * @knows_by_ops: it recognises its own devices by their netdev_ops when a VF has
 *	a link event
 * @has_vf_rows: its "ethtool -S" has the rows vf_rx_packets, vf_rx_bytes,
 *	vf_tx_packets, vf_tx_bytes and vf_tx_dropped
 * @prepares_mac: its ndo_set_mac_address begins with eth_prepare_mac_addr_change()
 * @makes_headroom: it finds itself the headroom that a packet lacks, so that
 *	needed_headroom is a hint
 */
struct an_syn_type {
	const char *driver;
	bool adds_dev_stats;
	bool knows_by_ops;
	bool has_vf_rows;
	bool prepares_mac;
	bool makes_headroom;
};

extern const struct an_vf_profile an_profile_mlx4;
extern const struct an_vf_profile an_profile_mlx5;
extern const struct an_vf_profile an_profile_mana;
extern const struct an_vf_profile an_profile_generic;
extern const struct an_syn_type an_syn_netvsc;

const struct an_vf_profile *an_profile_of(const struct net_device *vf);
const struct an_syn_type *an_syn_type_of(const struct net_device *syn);
bool an_profile_is_port(struct net_device *dev);

#endif /* _AN_PROFILE_H */
