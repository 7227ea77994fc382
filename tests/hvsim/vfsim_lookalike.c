// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: netdevs that a VF's driver makes and that are not the VF
 *
 * Representors of other functions, subfunctions: they sit on the same PCI
 * function, can have the same MAC address, and say only by their devlink port,
 * their physical port name, their switch or their parent what they are.
 */
#include <linux/auxiliary_bus.h>
#include <linux/etherdevice.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <net/devlink.h>

#include "vfsim.h"

/**
 * struct vfsim_kind - a kind of look-alike
 * @name: its name, that of the netdev too
 * @attrs: attributes of its devlink port
 * @devlink: it has one
 * @aux: its parent is an auxiliary device
 * @port_name: physical port name by the netdev's own operation, or %NULL
 */
struct vfsim_kind {
	const char *name;
	struct devlink_port_attrs attrs;
	bool devlink;
	bool aux;
	const char *port_name;
};

#define VFSIM_SWITCH	{ .id = "vfsim", .id_len = 5 }

static const struct vfsim_kind vfsim_kinds[] = {
	{
		.name = "la-pf",
		.devlink = true,
		.attrs.flavour = DEVLINK_PORT_FLAVOUR_PCI_PF,
	}, {
		.name = "la-vf",
		.devlink = true,
		.attrs.flavour = DEVLINK_PORT_FLAVOUR_PCI_VF,
		.attrs.pci_vf.vf = 1,
	}, {
		.name = "la-sf",
		.devlink = true,
		.attrs.flavour = DEVLINK_PORT_FLAVOUR_PCI_SF,
		.attrs.pci_sf.sf = 88,
	}, {
		/* Of a switch that stands for the outside world */
		.name = "la-uplink",
		.devlink = true,
		.attrs.flavour = DEVLINK_PORT_FLAVOUR_PHYSICAL,
		.attrs.switch_id = VFSIM_SWITCH,
	}, {
		.name = "la-name-vf",
		.port_name = "pf0vf1",
	}, {
		.name = "la-name-sf",
		.port_name = "pf0sf88",
	}, {
		.name = "la-name-pf",
		.port_name = "c1pf0",
	}, {
		/* What it is called says nothing against it */
		.name = "la-name-p0",
		.port_name = "p0",
	}, {
		.name = "la-aux",
		.aux = true,
	},
};

/**
 * struct vfsim_lookalike - a look-alike
 * @node: entry of vfsim_function.lookalikes
 * @netdev: its netdev, whose private part this is
 * @kind: what it is
 * @devlink_port: its devlink port or %NULL
 * @adev: its parent if that is an auxiliary device, or %NULL
 * @ops: its netdev operations
 */
struct vfsim_lookalike {
	struct list_head node;
	struct net_device *netdev;
	const struct vfsim_kind *kind;
	struct devlink_port *devlink_port;
	struct auxiliary_device *adev;
	struct net_device_ops ops;
};

static int vfsim_lookalike_open(struct net_device *netdev)
{
	netif_carrier_on(netdev);
	netif_start_queue(netdev);
	return 0;
}

static int vfsim_lookalike_stop(struct net_device *netdev)
{
	netif_stop_queue(netdev);
	netif_carrier_off(netdev);
	return 0;
}

static netdev_tx_t vfsim_lookalike_xmit(struct sk_buff *skb,
					struct net_device *netdev)
{
	dev_kfree_skb_any(skb);
	netdev->stats.tx_dropped++;
	return NETDEV_TX_OK;
}

static int vfsim_lookalike_port_name(struct net_device *netdev, char *name,
				     size_t len)
{
	const struct vfsim_lookalike *la = netdev_priv(netdev);

	return snprintf(name, len, "%s", la->kind->port_name) < len ? 0 :
								     -EINVAL;
}

static struct devlink_port *
vfsim_lookalike_devlink_port(struct net_device *netdev)
{
	const struct vfsim_lookalike *la = netdev_priv(netdev);

	return la->devlink_port;
}

static const struct net_device_ops vfsim_lookalike_ops = {
	.ndo_open		= vfsim_lookalike_open,
	.ndo_stop		= vfsim_lookalike_stop,
	.ndo_start_xmit		= vfsim_lookalike_xmit,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
};

static void vfsim_adev_release(struct device *dev)
{
	kfree(to_auxiliary_dev(dev));
}

static struct auxiliary_device *vfsim_adev_add(struct vfsim_function *fn)
{
	struct auxiliary_device *adev = kzalloc(sizeof(*adev), GFP_KERNEL);
	int err;

	if (!adev)
		return ERR_PTR(-ENOMEM);
	adev->name = "sf";
	/* One per system: it has the netdev's name */
	adev->dev.parent = &fn->pdev->dev;
	adev->dev.release = vfsim_adev_release;

	err = auxiliary_device_init(adev);
	if (err) {
		kfree(adev);
		return ERR_PTR(err);
	}
	err = auxiliary_device_add(adev);
	if (err) {
		auxiliary_device_uninit(adev);
		return ERR_PTR(err);
	}
	return adev;
}

static void vfsim_adev_remove(struct auxiliary_device *adev)
{
	auxiliary_device_delete(adev);
	auxiliary_device_uninit(adev);
}

/* What the netdev is a part of, before it is registered */
static int vfsim_lookalike_place(struct vfsim_function *fn,
				 struct vfsim_lookalike *la)
{
	if (la->kind->devlink) {
		struct devlink_port *port =
			vfsim_devlink_port_add(fn, &la->kind->attrs);

		if (IS_ERR(port))
			return PTR_ERR(port);
		la->devlink_port = port;
		vfsim_set_devlink_port(la->netdev, port);
	}
	if (la->kind->aux) {
		struct auxiliary_device *adev = vfsim_adev_add(fn);

		if (IS_ERR(adev))
			return PTR_ERR(adev);
		la->adev = adev;
	}
	SET_NETDEV_DEV(la->netdev, la->adev ? &la->adev->dev : &fn->pdev->dev);
	return 0;
}

static void vfsim_lookalike_free(struct vfsim_lookalike *la)
{
	struct devlink_port *port = la->devlink_port;
	struct auxiliary_device *adev = la->adev;

	free_netdev(la->netdev);
	if (port)
		vfsim_devlink_port_remove(port);
	if (adev)
		vfsim_adev_remove(adev);
}

static struct vfsim_lookalike *
vfsim_lookalike_create(struct vfsim_function *fn, const struct vfsim_kind *kind,
		       const u8 *mac)
{
	struct vfsim_lookalike *la;
	struct net_device *netdev;
	int err;

	netdev = alloc_etherdev(sizeof(*la));
	if (!netdev)
		return ERR_PTR(-ENOMEM);
	la = netdev_priv(netdev);
	la->netdev = netdev;
	la->kind = kind;
	la->ops = vfsim_lookalike_ops;
	vfsim_set_get_devlink_port(&la->ops, vfsim_lookalike_devlink_port);
	if (kind->port_name)
		la->ops.ndo_get_phys_port_name = vfsim_lookalike_port_name;
	netdev->netdev_ops = &la->ops;
	strscpy(netdev->name, kind->name, sizeof(netdev->name));
	eth_hw_addr_set(netdev, mac);
	netif_carrier_off(netdev);

	err = vfsim_lookalike_place(fn, la);
	if (!err)
		err = register_netdev(netdev);
	if (err) {
		vfsim_lookalike_free(la);
		return ERR_PTR(err);
	}
	if (la->devlink_port)
		vfsim_devlink_registered(la->devlink_port, netdev);
	return la;
}

/**
 * vfsim_lookalike_add() - make a look-alike
 * @fn: the function that it sits on
 * @name: name of its kind, one of each in the system
 * @nic: the NIC whose address it has
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int vfsim_lookalike_add(struct vfsim_function *fn, const char *name, int nic)
{
	struct vfsim_lookalike *la;
	u8 mac[ETH_ALEN];
	unsigned int i;
	int err;

	err = hvsim_vf_mac(nic, mac);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(vfsim_kinds); i++) {
		if (strcmp(vfsim_kinds[i].name, name))
			continue;
		la = vfsim_lookalike_create(fn, &vfsim_kinds[i], mac);
		if (IS_ERR(la))
			return PTR_ERR(la);
		mutex_lock(&fn->lock);
		list_add(&la->node, &fn->lookalikes);
		mutex_unlock(&fn->lock);
		return 0;
	}
	return -EINVAL;
}

/**
 * vfsim_lookalike_remove_all() - remove the look-alikes on a function
 * @fn: the function, without knobs
 *
 * Context: process.
 */
void vfsim_lookalike_remove_all(struct vfsim_function *fn)
{
	struct vfsim_lookalike *la, *next;

	list_for_each_entry_safe(la, next, &fn->lookalikes, node) {
		if (la->devlink_port)
			vfsim_devlink_unregistering(la->devlink_port);
		unregister_netdev(la->netdev);
		vfsim_lookalike_free(la);
	}
}
