// SPDX-License-Identifier: GPL-2.0
/*
 * VLAN filters of the VF, with either claim
 *
 * hv_netvsc filters no VLANs, so the 8021q layer tells nobody which ones are in
 * use on it, and a VF that filters drops their frames. The VF is told here.
 */
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "../an_failover.h"

static void an_vlan_add(struct an_pair *pair, const struct net_device *vlan)
{
	u16 vid = vlan_dev_vlan_id(vlan);
	int err;

	err = vlan_vid_add(pair->vf, vlan_dev_vlan_proto(vlan), vid);
	if (!err)
		return;

	net_warn_ratelimited("%s: VF %s refuses the filter of VLAN %u (%d)\n",
			     pair->syn->name, pair->vf->name, vid, err);
	/* hv_netvsc does without filters from the start */
	if (pair->claim != AN_CLAIM_SELF)
		return;
	pair->vlan_all = true;
	an_link_features(pair);
}

static void an_vlan_del(struct an_pair *pair, const struct net_device *vlan)
{
	/* Not there when the VF had refused it: nothing happens then. */
	vlan_vid_del(pair->vf, vlan_dev_vlan_proto(vlan),
		     vlan_dev_vlan_id(vlan));
}

static void an_vlan_each(struct an_pair *pair,
			 void (*change)(struct an_pair *pair,
					const struct net_device *vlan))
{
	struct net_device *upper;
	struct list_head *iter;

	ASSERT_RTNL();
	netdev_for_each_upper_dev_rcu(pair->syn, upper, iter)
		if (is_vlan_dev(upper) &&
		    vlan_dev_real_dev(upper) == pair->syn)
			change(pair, upper);
}

/**
 * an_vlan_sync() - give a VF the filters of all VLANs on the synthetic device
 * @pair: a pair with a VF; nothing happens when it has them already
 *
 * Context: RTNL, not from a notifier of the VF. May sleep.
 */
void an_vlan_sync(struct an_pair *pair)
{
	if (!pair->vlans)
		an_vlan_each(pair, an_vlan_add);
	pair->vlans = true;
}

/**
 * an_vlan_unsync() - take the filters back
 * @pair: a pair with a VF
 *
 * Context: RTNL. May sleep.
 */
void an_vlan_unsync(struct an_pair *pair)
{
	if (pair->vlans)
		an_vlan_each(pair, an_vlan_del);
	pair->vlans = false;
}

/**
 * an_vlan_event() - a VLAN device came or is about to go
 * @dev: any netdev
 * @event: NETDEV_REGISTER or NETDEV_UNREGISTER; others mean nothing here
 *
 * Context: RTNL, notifier of @dev. May sleep.
 */
void an_vlan_event(struct net_device *dev, unsigned long event)
{
	struct an_pair *pair;

	if ((event != NETDEV_REGISTER && event != NETDEV_UNREGISTER) ||
	    !is_vlan_dev(dev))
		return;

	pair = an_pair_by_syn(vlan_dev_real_dev(dev));
	/* Of a VLAN in a VLAN the VF sees the outer tag only. */
	if (!pair || !pair->vlans ||
	    dev_get_iflink(dev) != pair->syn->ifindex)
		return;

	if (event == NETDEV_REGISTER)
		an_vlan_add(pair, dev);
	else
		an_vlan_del(pair, dev);
}
