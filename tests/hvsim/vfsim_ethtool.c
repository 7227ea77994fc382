// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: ethtool
 */
#include <linux/ethtool.h>
#include <linux/log2.h>
#include <linux/string.h>

#include "vfsim.h"

static void vfsim_get_drvinfo(struct net_device *netdev,
			      struct ethtool_drvinfo *info)
{
	const struct vfsim *vf = netdev_priv(netdev);

	strscpy(info->driver, vf->fn->family->name, sizeof(info->driver));
	strscpy(info->fw_version, "vfsim", sizeof(info->fw_version));
	strscpy(info->bus_info, pci_name(vf->fn->pdev), sizeof(info->bus_info));
}

static int vfsim_get_link_ksettings(struct net_device *netdev,
				    struct ethtool_link_ksettings *k)
{
	const struct vfsim *vf = netdev_priv(netdev);
	bool up = netif_carrier_ok(netdev);
	int err;

	err = vfsim_check(vf);
	if (err)
		return err;
	ethtool_link_ksettings_zero_link_mode(k, supported);
	ethtool_link_ksettings_zero_link_mode(k, advertising);
	k->base.speed = up ? SPEED_100000 : SPEED_UNKNOWN;
	k->base.duplex = up ? DUPLEX_FULL : DUPLEX_UNKNOWN;
	k->base.autoneg = AUTONEG_DISABLE;
	k->base.port = PORT_OTHER;
	return 0;
}

static void vfsim_get_ringparam(struct net_device *netdev,
				struct ethtool_ringparam *ring,
				struct kernel_ethtool_ringparam *kernel_ring,
				struct netlink_ext_ack *extack)
{
	const struct vfsim *vf = netdev_priv(netdev);

	ring->rx_max_pending = VFSIM_MAX_RING;
	ring->tx_max_pending = VFSIM_MAX_RING;
	ring->rx_pending = vf->rx_size;
	ring->tx_pending = vf->tx_size;
}

static int vfsim_set_ringparam(struct net_device *netdev,
			       struct ethtool_ringparam *ring,
			       struct kernel_ethtool_ringparam *kernel_ring,
			       struct netlink_ext_ack *extack)
{
	struct vfsim *vf = netdev_priv(netdev);
	u32 rx, tx;
	int err;

	err = vfsim_check(vf);
	if (err)
		return err;
	if (ring->rx_pending < VFSIM_MIN_RING ||
	    ring->tx_pending < VFSIM_MIN_RING) {
		NL_SET_ERR_MSG(extack, "A ring has at least 8 entries");
		return -EINVAL;
	}

	rx = roundup_pow_of_two(ring->rx_pending);
	tx = roundup_pow_of_two(ring->tx_pending);
	if (rx == vf->rx_size && tx == vf->tx_size)
		return 0;
	return vfsim_resize(vf, tx, rx);
}

static int vfsim_get_coalesce(struct net_device *netdev,
			      struct ethtool_coalesce *c,
			      struct kernel_ethtool_coalesce *kernel_c,
			      struct netlink_ext_ack *extack)
{
	const struct vfsim *vf = netdev_priv(netdev);

	c->rx_coalesce_usecs = vf->coalesce.rx_usecs;
	c->rx_max_coalesced_frames = vf->coalesce.rx_frames;
	c->tx_coalesce_usecs = vf->coalesce.tx_usecs;
	c->tx_max_coalesced_frames = vf->coalesce.tx_frames;
	c->use_adaptive_rx_coalesce = vf->coalesce.adaptive_rx;
	c->use_adaptive_tx_coalesce = vf->coalesce.adaptive_tx;
	return 0;
}

static int vfsim_set_coalesce(struct net_device *netdev,
			      struct ethtool_coalesce *c,
			      struct kernel_ethtool_coalesce *kernel_c,
			      struct netlink_ext_ack *extack)
{
	struct vfsim *vf = netdev_priv(netdev);

	vf->coalesce = (struct vfsim_coalesce) {
		.rx_usecs = c->rx_coalesce_usecs,
		.rx_frames = c->rx_max_coalesced_frames,
		.tx_usecs = c->tx_coalesce_usecs,
		.tx_frames = c->tx_max_coalesced_frames,
		.adaptive_rx = c->use_adaptive_rx_coalesce,
		.adaptive_tx = c->use_adaptive_tx_coalesce,
	};
	return 0;
}

static void vfsim_get_channels(struct net_device *netdev,
			       struct ethtool_channels *ch)
{
	const struct vfsim *vf = netdev_priv(netdev);

	ch->max_combined = vf->n_queues;
	ch->combined_count = vf->n_active;
}

static int vfsim_set_channels(struct net_device *netdev,
			      struct ethtool_channels *ch)
{
	struct vfsim *vf = netdev_priv(netdev);
	int err;

	err = vfsim_check(vf);
	if (err)
		return err;
	return vfsim_set_queues(vf, ch->combined_count);
}

static int vfsim_get_sset_count(struct net_device *netdev, int sset)
{
	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return vfsim_stats_rows(netdev_priv(netdev));
}

static void vfsim_get_strings(struct net_device *netdev, u32 sset, u8 *buf)
{
	if (sset == ETH_SS_STATS)
		vfsim_stats_names(netdev_priv(netdev), buf);
}

static void vfsim_get_ethtool_stats(struct net_device *netdev,
				    struct ethtool_stats *stats, u64 *values)
{
	vfsim_stats_values(netdev_priv(netdev), values);
}

const struct ethtool_ops vfsim_ethtool_ops = {
	VFSIM_ETHTOOL_RTNL
	.supported_coalesce_params = ETHTOOL_COALESCE_USECS |
				     ETHTOOL_COALESCE_MAX_FRAMES |
				     ETHTOOL_COALESCE_USE_ADAPTIVE,
	.get_drvinfo		= vfsim_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= vfsim_get_link_ksettings,
	.get_ringparam		= vfsim_get_ringparam,
	.set_ringparam		= vfsim_set_ringparam,
	.get_coalesce		= vfsim_get_coalesce,
	.set_coalesce		= vfsim_set_coalesce,
	.get_channels		= vfsim_get_channels,
	.set_channels		= vfsim_set_channels,
	.get_sset_count		= vfsim_get_sset_count,
	.get_strings		= vfsim_get_strings,
	.get_ethtool_stats	= vfsim_get_ethtool_stats,
	.get_ts_info		= ethtool_op_get_ts_info,
};
