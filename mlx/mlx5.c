// SPDX-License-Identifier: GPL-2.0
/*
 * ConnectX-4 Lx, ConnectX-5 and later (mlx5)
 *
 * A function in switchdev mode also has representors: netdevs on the same PCI
 * function that stand for other functions and have a switch as their parent.
 */
#include <linux/netdevice.h>

#include "../core/profile.h"

static const char *const mlx5_drivers[] = { "mlx5_core", NULL };

/* drivers/net/ethernet/mellanox/mlx5/core/en_stats.c, vport counters */
static const char *const mlx5_proof[] = {
	"rx_vport_unicast_packets", "tx_vport_unicast_packets", NULL
};

static const struct pci_device_id mlx5_ids[] = {
	{ PCI_VDEVICE(MELLANOX, 0x1014) },	/* ConnectX-4 VF */
	{ PCI_VDEVICE(MELLANOX, 0x1016) },	/* ConnectX-4 Lx VF */
	{ PCI_VDEVICE(MELLANOX, 0x1018) },	/* ConnectX-5 VF */
	{ PCI_VDEVICE(MELLANOX, 0x101a) },	/* ConnectX-5 Ex VF */
	{ PCI_VDEVICE(MELLANOX, 0x101c) },	/* ConnectX-6 VF */
	{ PCI_VDEVICE(MELLANOX, 0x101e) },	/* ConnectX family mlx5Gen VF */
	{ }
};

static bool mlx5_is_vf_port(struct net_device *dev)
{
	struct netdev_phys_item_id ppid;

	/*
	 * Representors, also the uplink's, which devlink calls a physical port,
	 * belong to a switch; a VF's own netdev does not.
	 */
	return netif_get_port_parent_id(dev, &ppid, false);
}

const struct an_vf_profile an_profile_mlx5 = {
	.name		= "mlx5",
	.drivers	= mlx5_drivers,
	.ids		= mlx5_ids,
	.accept		= mlx5_is_vf_port,
	.tx_idle_by_bql	= true,
	.carrier_ms	= 2000,
	.proof		= mlx5_proof,
};
