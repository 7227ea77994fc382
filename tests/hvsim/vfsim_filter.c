// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: receive filters
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "vfsim.h"

static void vfsim_filter_replace(struct vfsim *vf, struct vfsim_filter *new)
{
	struct vfsim_filter *old;

	spin_lock_bh(&vf->filter_lock);
	old = rcu_replace_pointer(vf->filter, new,
				  lockdep_is_held(&vf->filter_lock));
	spin_unlock_bh(&vf->filter_lock);
	if (old)
		kfree_rcu(old, rcu);
}

/**
 * vfsim_filter_set() - take over the receive mode of the netdev
 * @netdev: the netdev
 * @uc: unicast addresses besides its own
 * @mc: multicast addresses
 *
 * Without memory for the table everything is received, as real NICs do when
 * theirs is too small.
 *
 * Context: any, @uc and @mc do not change meanwhile.
 * Return: 0 or -ENOMEM.
 */
int vfsim_filter_set(struct net_device *netdev, struct netdev_hw_addr_list *uc,
		     struct netdev_hw_addr_list *mc)
{
	struct vfsim *vf = netdev_priv(netdev);
	struct netdev_hw_addr *ha;
	struct vfsim_filter *f;
	unsigned int n = 0;

	f = kzalloc(struct_size(f, addr, uc->count + mc->count), GFP_ATOMIC);
	if (!f) {
		vfsim_filter_replace(vf, NULL);
		return -ENOMEM;
	}

	f->flags = netdev->flags;
	f->n_uc = uc->count;
	f->n_mc = mc->count;
	netdev_hw_addr_list_for_each(ha, uc)
		ether_addr_copy(f->addr[n++], ha->addr);
	netdev_hw_addr_list_for_each(ha, mc)
		ether_addr_copy(f->addr[n++], ha->addr);
	vfsim_filter_replace(vf, f);
	return 0;
}

static bool vfsim_filter_find(const struct vfsim_filter *f, unsigned int from,
			      unsigned int n, const u8 *addr)
{
	unsigned int i;

	for (i = from; i < from + n; i++) {
		if (ether_addr_equal(f->addr[i], addr))
			return true;
	}
	return false;
}

static bool vfsim_filter_vlan(const struct vfsim *vf, const struct sk_buff *skb)
{
	const struct vlan_ethhdr *veh = (struct vlan_ethhdr *)skb->data;
	u16 vid;

	if (!(vf->netdev->features & NETIF_F_HW_VLAN_CTAG_FILTER))
		return true;

	if (skb_vlan_tag_present(skb))
		vid = skb_vlan_tag_get_id(skb);
	else if (skb_headlen(skb) >= VLAN_ETH_HLEN &&
		 veh->h_vlan_proto == htons(ETH_P_8021Q))
		vid = ntohs(veh->h_vlan_TCI) & VLAN_VID_MASK;
	else
		return true;
	return !vid || test_bit(vid, vf->vlans);
}

/**
 * vfsim_filter_pass() - does the function receive this frame?
 * @vf: the function
 * @skb: the frame, its Ethernet header linear at skb->data
 *
 * Context: under RCU.
 * Return: whether it does.
 */
bool vfsim_filter_pass(struct vfsim *vf, const struct sk_buff *skb)
{
	const struct vfsim_filter *f = rcu_dereference(vf->filter);
	const u8 *dest = skb->data;

	if (!f || f->flags & IFF_PROMISC)
		return true;
	if (!vfsim_filter_vlan(vf, skb))
		return false;

	if (is_broadcast_ether_addr(dest))
		return true;
	if (is_multicast_ether_addr(dest))
		return f->flags & IFF_ALLMULTI ||
		       vfsim_filter_find(f, f->n_uc, f->n_mc, dest);
	return ether_addr_equal(dest, vf->netdev->dev_addr) ||
	       vfsim_filter_find(f, 0, f->n_uc, dest);
}

/**
 * vfsim_filter_free() - free the address filter
 * @vf: the function, no longer attached to the switch
 *
 * Context: process.
 */
void vfsim_filter_free(struct vfsim *vf)
{
	vfsim_filter_replace(vf, NULL);
}

int vfsim_vlan_add(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct vfsim *vf = netdev_priv(netdev);
	int err;

	err = vfsim_check(vf);
	if (err)
		return err;
	if (READ_ONCE(vf->fail_vlan))
		return -ENOSPC;
	set_bit(vid, vf->vlans);
	return 0;
}

int vfsim_vlan_kill(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct vfsim *vf = netdev_priv(netdev);

	clear_bit(vid, vf->vlans);
	return 0;
}
