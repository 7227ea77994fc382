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

const struct an_vf_profile an_profile_mana = {
	.name		= "mana",
	.drivers	= mana_drivers,
};
