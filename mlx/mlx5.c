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
	.accept		= mlx5_is_vf_port,
};
