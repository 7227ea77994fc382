// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated Hyper-V host: the stock hv_netvsc runs on it, unmodified
 *
 * A guest's half in the place of the VMBus driver (vmbus_*.c), a host's half
 * that speaks NVSP and RNDIS (host*.c, nvsp.c, rndis*.c), and per NIC a virtual
 * switch with a port for a simulated VF (hvsim.h) and an uplink.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "control.h"
#include "host.h"
#include "vmbus.h"

static unsigned int nics = 1;
module_param(nics, uint, 0444);
MODULE_PARM_DESC(nics, "Number of NICs, 1 to 8");

static unsigned int channels = 1;
module_param(channels, uint, 0444);
MODULE_PARM_DESC(channels, "Channels of a NIC, 1 to 4");

static struct hvsim_nic *nic_table[HVSIM_NICS_MAX];

/**
 * hvsim_nic() - a NIC by its index
 * @index: any number
 *
 * Return: the NIC, or NULL when there is none.
 */
struct hvsim_nic *hvsim_nic(unsigned int index)
{
	return index < HVSIM_NICS_MAX ? nic_table[index] : NULL;
}

static struct hvsim_nic *nic_alloc(unsigned int index)
{
	const u8 mac[ETH_ALEN] = { 0x00, 0x15, 0x5d, 0, 0, index };
	struct hvsim_nic *nic;

	nic = kvzalloc(sizeof(*nic), GFP_KERNEL);
	if (!nic)
		return NULL;
	nic->index = index;
	nic->assoc = true;
	nic->link = true;
	nic->max_mtu = HVSIM_MTU_MAX;
	ether_addr_copy(nic->mac, mac);
	ether_addr_copy(nic->cur_mac, mac);
	return nic;
}

static struct hvsim_nic *nic_create(unsigned int index)
{
	struct hvsim_nic *nic;
	int err;

	nic = nic_alloc(index);
	if (!nic)
		return ERR_PTR(-ENOMEM);
	err = switch_init(&nic->sw, index);
	if (err)
		goto err_switch;

	err = host_channels_create(nic, channels);
	if (err)
		goto err_channel;
	nic->sw.owner = nic;
	err = uplink_create(&nic->sw);
	if (err)
		goto err_uplink;

	err = nic_offer(nic);
	if (err)
		goto err_device;
	control_add(nic);
	return nic;

err_device:
	uplink_destroy(&nic->sw);
err_uplink:
	host_channels_destroy(nic);
err_channel:
	switch_destroy(&nic->sw);
err_switch:
	kvfree(nic);
	return ERR_PTR(err);
}

static void nic_destroy(struct hvsim_nic *nic)
{
	control_del(nic);
	if (nic->hdev)
		hvsim_device_del(nic->hdev);
	uplink_destroy(&nic->sw);
	host_channels_destroy(nic);
	switch_destroy(&nic->sw);
	kvfree(nic);
}

static void nics_destroy(void)
{
	int i;

	for (i = HVSIM_NICS_MAX - 1; i >= 0; i--) {
		if (!nic_table[i])
			continue;
		nic_destroy(nic_table[i]);
		nic_table[i] = NULL;
	}
}

static int __init hvsim_init(void)
{
	struct hvsim_nic *nic;
	unsigned int i;
	int err;

	if (!nics || nics > HVSIM_NICS_MAX ||
	    !channels || channels > HVSIM_CHANNELS_MAX)
		return -EINVAL;
	err = hvsim_bus_register();
	if (err)
		return err;
	control_init();

	for (i = 0; i < nics; i++) {
		nic = nic_create(i);
		if (IS_ERR(nic)) {
			err = PTR_ERR(nic);
			goto err_nics;
		}
		nic_table[i] = nic;
	}
	return 0;

err_nics:
	nics_destroy();
	control_exit();
	hvsim_bus_unregister();
	return err;
}
module_init(hvsim_init);

/* Whoever uses an export holds the module: hv_netvsc and vfsim are gone. */
static void __exit hvsim_exit(void)
{
	nics_destroy();
	control_exit();
	hvsim_bus_unregister();
}
module_exit(hvsim_exit);

MODULE_DESCRIPTION("Simulated Hyper-V host for hv_netvsc");
MODULE_LICENSE("GPL");
