// SPDX-License-Identifier: GPL-2.0
/*
 * ConnectX-3 and ConnectX-3 Pro (mlx4)
 *
 * One function can have two ports, each a netdev with its own MAC address and
 * dev_port. Azure's oldest generation of Accelerated Networking.
 */
#include "../core/profile.h"

static const char *const mlx4_drivers[] = { "mlx4_core", NULL };

const struct an_vf_profile an_profile_mlx4 = {
	.name		= "mlx4",
	.drivers	= mlx4_drivers,
};
