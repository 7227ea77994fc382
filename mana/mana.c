// SPDX-License-Identifier: GPL-2.0
/*
 * Microsoft Azure Network Adapter (mana)
 *
 * One function carries several ports (vPorts), each a netdev with its own MAC
 * address and dev_port, so that the ports of one function can belong to
 * different pairs. The driver has no BQL; its ndo_stop waits for pending sends.
 */
#include "../core/profile.h"

static const char *const mana_drivers[] = { "mana", NULL };

/* drivers/net/ethernet/microsoft/mana/mana_ethtool.c */
static const char *const mana_proof[] = {
	"hc_rx_ucast_pkts", "hc_tx_ucast_pkts", NULL
};

static const struct pci_device_id mana_ids[] = {
	{ PCI_VDEVICE(MICROSOFT, 0x00ba) },	/* MANA VF */
	{ }
};

const struct an_vf_profile an_profile_mana = {
	.name		= "mana",
	.drivers	= mana_drivers,
	.ids		= mana_ids,
	.multi_port	= true,
	.carrier_ms	= 500,
	.proof		= mana_proof,
};
