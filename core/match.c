// SPDX-License-Identifier: GPL-2.0
/*
 * Who is a synthetic device, who can be its VF
 *
 * Identity is the permanent MAC address of a PCI function's own Ethernet port.
 * A MAC address alone proves nothing: anyone who may create devices, also in an
 * unprivileged user namespace, can give it to a veth or a macvlan. Only a real
 * PCI function has a PCI parent.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/pci.h>
#include <net/devlink.h>

#include "../an_failover.h"
#include "profile.h"

/**
 * an_is_synthetic() - is a netdev a synthetic NIC to be managed?
 * @dev: any netdev
 *
 * Context: RTNL, so that the parent keeps its driver.
 * Return: true when its parent's driver is listed in synthetic=.
 */
bool an_is_synthetic(const struct net_device *dev)
{
	const struct device *parent = dev->dev.parent;

	return parent && parent->driver && dev->type == ARPHRD_ETHER &&
	       dev->addr_len == ETH_ALEN &&
	       an_synthetic_listed(parent->driver->name);
}

/* Ports that stand for another function, or for a part of one. */
static bool an_is_representor(struct net_device *dev)
{
	const struct net_device_ops *ops = dev->netdev_ops;
	struct devlink_port *port = an_devlink_port(dev);
	char name[IFNAMSIZ];

	if (port && port->attrs_set)
		switch (port->attrs.flavour) {
		case DEVLINK_PORT_FLAVOUR_PHYSICAL:
		case DEVLINK_PORT_FLAVOUR_VIRTUAL:
			return false;
		default:
			return true;
		}

	/* Without devlink: "pf0vf3" and the like, but "p0" is a plain port. */
	if (ops->ndo_get_phys_port_name &&
	    !ops->ndo_get_phys_port_name(dev, name, sizeof(name)))
		return name[0] != 'p' || strpbrk(name, "vsf");

	return false;
}

/**
 * an_is_vf_candidate() - can a netdev be a VF at all?
 * @dev: any netdev, from NETDEV_POST_INIT on
 *
 * Context: RTNL.
 * Return: true for the own Ethernet port of a PCI function that is not itself
 * a managed synthetic device.
 */
bool an_is_vf_candidate(struct net_device *dev)
{
	const struct device *parent = dev->dev.parent;

	if (dev->type != ARPHRD_ETHER || dev->addr_len != ETH_ALEN)
		return false;
	if (!parent || !dev_is_pci(parent))
		return false;
	if (an_is_synthetic(dev))
		return false;
	/* A PCI driver can also make devices on top of its port. */
	if (dev->flags & IFF_MASTER || is_vlan_dev(dev) ||
	    netif_is_macvlan(dev) || netif_is_bridge_master(dev))
		return false;
	return !an_is_representor(dev) && an_profile_is_port(dev);
}

/**
 * an_same_identity() - do a synthetic device and a candidate belong together?
 * @syn: a synthetic device
 * @vf: a candidate
 *
 * The core fills perm_addr only after NETDEV_POST_INIT, with what dev_addr is until
 * then. A device whose address is not permanent (a random one, for instance) has none
 * and is nobody's VF: whoever has it in his namespace could give it any address.
 *
 * Context: RTNL.
 * Return: true when the permanent addresses are equal and usable.
 */
bool an_same_identity(const struct net_device *syn,
		      const struct net_device *vf)
{
	const u8 *addr = vf->perm_addr;

	if (vf->reg_state == NETREG_UNINITIALIZED &&
	    vf->addr_assign_type == NET_ADDR_PERM)
		addr = vf->dev_addr;

	return is_valid_ether_addr(syn->perm_addr) &&
	       ether_addr_equal(syn->perm_addr, addr);
}
