// SPDX-License-Identifier: GPL-2.0
/*
 * ConnectX-3 and ConnectX-3 Pro (mlx4)
 *
 * One function can have two ports, each a netdev with its own MAC address and
 * dev_port. Azure's oldest generation of Accelerated Networking.
 */
#include "../core/profile.h"

static const char *const mlx4_drivers[] = { "mlx4_core", NULL };

static const char *const mlx4_proof[] = {
	"rx_packets", "tx_packets", NULL
};

static const struct pci_device_id mlx4_ids[] = {
	{ PCI_VDEVICE(MELLANOX, 0x1002) },	/* ConnectX-2/-3 VF */
	{ PCI_VDEVICE(MELLANOX, 0x1004) },	/* ConnectX-3 VF */
	{ }
};

const struct an_vf_profile an_profile_mlx4 = {
	.name		= "mlx4",
	.drivers	= mlx4_drivers,
	.ids		= mlx4_ids,
	.tx_idle_by_bql	= true,
	.multi_port	= true,
	.carrier_ms	= 2000,
	.proof		= mlx4_proof,
};
