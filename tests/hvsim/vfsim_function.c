// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: a PCI function with its ports, its death and its reset
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/devlink.h>

#include "vfsim.h"

static int vfsim_plug(struct vfsim *vf, int nic)
{
	u8 mac[ETH_ALEN];
	int err;

	err = hvsim_vf_mac(nic, mac);
	if (err)
		return err;
	eth_hw_addr_set(vf->netdev, mac);
	vf->port = hvsim_vf_attach(nic, &vfsim_port_ops, vf);
	return PTR_ERR_OR_ZERO(vf->port);
}

static int vfsim_add_devlink(struct vfsim *vf)
{
	struct devlink_port_attrs attrs = {
		.flavour = DEVLINK_PORT_FLAVOUR_VIRTUAL,
	};
	struct devlink_port *port;

	port = vfsim_devlink_port_add(vf->fn, &attrs);
	if (IS_ERR(port))
		return PTR_ERR(port);
	vf->devlink_port = port;
	vfsim_set_devlink_port(vf->netdev, port);
	return 0;
}

static int vfsim_register(struct vfsim *vf)
{
	int err;

	netif_carrier_off(vf->netdev);
	err = register_netdev(vf->netdev);
	if (!err && vf->devlink_port)
		vfsim_devlink_registered(vf->devlink_port, vf->netdev);
	return err;
}

static int vfsim_port_create(struct vfsim_function *fn,
			     const struct vfsim_params *params,
			     unsigned int index, int nic)
{
	struct net_device *netdev;
	struct vfsim *vf;
	int err;

	netdev = vfsim_netdev_create(fn, params);
	if (!netdev)
		return -ENOMEM;
	netdev->dev_port = index;
	vf = netdev_priv(netdev);

	err = vfsim_plug(vf, nic);
	if (err)
		goto err_plug;
	if (params->devlink)
		err = vfsim_add_devlink(vf);
	if (err)
		goto err_devlink;
	err = vfsim_register(vf);
	if (err)
		goto err_register;
	fn->ports[fn->n_ports++] = vf;
	return 0;

err_register:
	if (vf->devlink_port)
		vfsim_devlink_port_remove(vf->devlink_port);
err_devlink:
	hvsim_vf_detach(vf->port);
err_plug:
	vfsim_netdev_destroy(netdev);
	return err;
}

/* In one hold of RTNL, as mana_remove() does it */
static void vfsim_unregister(struct vfsim *vf)
{
	rtnl_lock();
	if (vf->fn->family->detaches)
		vfsim_detach(vf);
	unregister_netdevice(vf->netdev);
	rtnl_unlock();
}

static void vfsim_port_destroy(struct vfsim *vf)
{
	if (vf->devlink_port)
		vfsim_devlink_unregistering(vf->devlink_port);
	vfsim_unregister(vf);
	if (vf->devlink_port)
		vfsim_devlink_port_remove(vf->devlink_port);
	hvsim_vf_detach(vf->port);
	vfsim_netdev_destroy(vf->netdev);
}

/**
 * vfsim_function_create() - make the ports of a PCI function
 * @pdev: the function
 * @family: the driver to pass for
 * @params: how many, and how
 * @nic: the NIC of the first port, unless @params say otherwise
 *
 * Context: process.
 * Return: the function or an ERR_PTR, and nothing is left behind.
 */
struct vfsim_function *
vfsim_function_create(struct pci_dev *pdev, const struct vfsim_family *family,
		      const struct vfsim_params *params, int nic)
{
	struct vfsim_function *fn;
	unsigned int i;
	int err, to;

	fn = kzalloc(sizeof(*fn), GFP_KERNEL);
	if (!fn)
		return ERR_PTR(-ENOMEM);
	fn->pdev = pdev;
	fn->family = family;
	mutex_init(&fn->lock);
	INIT_LIST_HEAD(&fn->lookalikes);

	for (i = 0; i < params->ports; i++) {
		to = params->nic_of[i];
		err = vfsim_port_create(fn, params, i, to < 0 ? nic + i : to);
		if (err) {
			vfsim_function_destroy(fn);
			return ERR_PTR(err);
		}
	}
	return fn;
}

/**
 * vfsim_function_destroy() - undo vfsim_function_create()
 * @fn: the function, without knobs
 *
 * Context: process.
 */
void vfsim_function_destroy(struct vfsim_function *fn)
{
	vfsim_lookalike_remove_all(fn);
	while (fn->n_ports)
		vfsim_port_destroy(fn->ports[--fn->n_ports]);
	vfsim_devlink_free(fn);
	mutex_destroy(&fn->lock);
	kfree(fn);
}

/**
 * vfsim_function_kill() - surprise removal, as the driver sees it
 * @fn: the function
 *
 * The core learns of it as from pciehp when a card is pulled: every access to
 * the function's configuration then reads as all ones.
 *
 * Context: any.
 */
void vfsim_function_kill(struct vfsim_function *fn)
{
	WRITE_ONCE(fn->dead, true);
	WRITE_ONCE(fn->pdev->error_state, pci_channel_io_perm_failure);
}

/**
 * vfsim_function_power() - the function goes to sleep or wakes up
 * @fn: the function
 * @on: it wakes up
 *
 * Context: process, takes RTNL.
 */
void vfsim_function_power(struct vfsim_function *fn, bool on)
{
	unsigned int i;

	for (i = 0; i < fn->n_ports; i++)
		vfsim_power(fn->ports[i], on);
}

/**
 * vfsim_function_shutdown() - the system goes down
 * @fn: the function, without knobs
 *
 * Nothing of this driver runs afterwards.
 *
 * Context: process, takes RTNL.
 */
void vfsim_function_shutdown(struct vfsim_function *fn)
{
	switch (fn->family->shutdown) {
	case VFSIM_SHUTDOWN_DETACH:
		vfsim_function_power(fn, false);
		break;
	case VFSIM_SHUTDOWN_STOP:
		WRITE_ONCE(fn->dead, true);
		break;
	case VFSIM_SHUTDOWN_UNREGISTER:
		while (fn->n_ports)
			vfsim_port_destroy(fn->ports[--fn->n_ports]);
		break;
	}
}

/**
 * vfsim_check() - does the function still answer?
 * @vf: a port of it
 *
 * Context: any.
 * Return: 0 or -EIO.
 */
int vfsim_check(const struct vfsim *vf)
{
	return pci_device_is_present(vf->fn->pdev) ? 0 : -EIO;
}

static void vfsim_reset_prepare(struct pci_dev *pdev)
{
	struct vfsim_function *fn = pci_get_drvdata(pdev);
	unsigned int i;

	rtnl_lock();
	for (i = 0; i < fn->n_ports; i++) {
		struct vfsim *vf = fn->ports[i];

		netdev_lock_ops(vf->netdev);
		netif_device_detach(vf->netdev);
		vfsim_pause(vf);
		netdev_unlock_ops(vf->netdev);
	}
	rtnl_unlock();
}

/* The core does not hand on changes of the receive mode in between */
static void vfsim_sync_filter(struct vfsim *vf)
{
	struct net_device *netdev = vf->netdev;

	netif_addr_lock_bh(netdev);
	vfsim_filter_set(netdev, &netdev->uc, &netdev->mc);
	netif_addr_unlock_bh(netdev);
}

static void vfsim_reset_done(struct pci_dev *pdev)
{
	unsigned long end = jiffies + VFSIM_RESET_MOST;
	struct vfsim_function *fn = pci_get_drvdata(pdev);
	unsigned int i;

	while (READ_ONCE(fn->reset_hold) && time_before(jiffies, end))
		msleep(20);
	/* It did not survive: the netdevs stay detached */
	if (!pci_device_is_present(pdev))
		return;

	rtnl_lock();
	for (i = 0; i < fn->n_ports; i++) {
		struct vfsim *vf = fn->ports[i];

		netdev_lock_ops(vf->netdev);
		vfsim_sync_filter(vf);
		vfsim_unpause(vf);
		netif_device_attach(vf->netdev);
		netdev_unlock_ops(vf->netdev);
	}
	rtnl_unlock();
}

const struct pci_error_handlers vfsim_error_handlers = {
	.reset_prepare	= vfsim_reset_prepare,
	.reset_done	= vfsim_reset_done,
};
