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

/* The place of a VLAN in an_pair.vids */
static unsigned int an_vid_bit(const struct net_device *vlan)
{
	bool stag = vlan_dev_vlan_proto(vlan) == htons(ETH_P_8021AD);

	return vlan_dev_vlan_id(vlan) + (stag ? VLAN_N_VID : 0);
}

static __be16 an_vid_proto(unsigned int bit)
{
	return bit < VLAN_N_VID ? htons(ETH_P_8021Q) : htons(ETH_P_8021AD);
}

/* Once only: while the notifiers are registered a VLAN can be told of twice. */
static int an_vid_add(struct an_pair *pair, unsigned int bit)
{
	int err;

	if (test_bit(bit, pair->vids))
		return 0;

	err = vlan_vid_add(pair->vf, an_vid_proto(bit), bit % VLAN_N_VID);
	if (!err)
		__set_bit(bit, pair->vids);
	return err;
}

/* Somebody else may have one that the VF had refused to us: that is his. */
static void an_vid_del(struct an_pair *pair, unsigned int bit)
{
	if (__test_and_clear_bit(bit, pair->vids))
		vlan_vid_del(pair->vf, an_vid_proto(bit), bit % VLAN_N_VID);
}

/* hv_netvsc does without filters from the start. */
static bool an_vlan_all(struct an_pair *pair)
{
	if (pair->claim != AN_CLAIM_SELF)
		return false;
	pair->vlan_all = true;
	an_link_features(pair);
	return true;
}

static void an_vlan_add(struct an_pair *pair, unsigned int bit)
{
	int err = an_vid_add(pair, bit);

	if (!err)
		return;
	/* It is being reset. Nobody tells when that is over. */
	if (err == -ENODEV) {
		pair->vlans = false;
		an_schedule_setup(pair, AN_AGAIN_MS);
		return;
	}

	net_warn_ratelimited("%s: VF %s refuses the filter of VLAN %u (%d)\n",
			     pair->syn->name, pair->vf->name, bit % VLAN_N_VID,
			     err);
	if (!an_vlan_all(pair))
		return;
	/* The core keeps account of it for a VF without a filter, too. */
	an_vid_add(pair, bit);
}

/*
 * One that a bond, a team or a macvlan asked the synthetic device for. Which kind of tag
 * it has is not told.
 */
static int an_vlan_add_other(struct net_device *vlan, int vid, void *pair)
{
	if (!vlan) {
		an_vlan_add(pair, vid);
		an_vlan_add(pair, vid + VLAN_N_VID);
	}
	return 0;
}

static void an_vlan_look_again(struct an_pair *pair)
{
	if (pair->vlans)
		an_schedule_setup(pair, 0);
}

/**
 * an_vlan_upper() - the synthetic device is below another one, from now on
 * @pair: a pair; nothing happens unless its VF has filters already
 * @upper: what is above it
 *
 * A bond, a team or a macvlan asks the device below it for the VLANs that are on
 * itself. That one filters none, so the core does not tell even its driver: the VF does
 * without a filter, if it can, and is given those that the core has noted.
 *
 * Context: RTNL, not from a notifier of the VF. May sleep.
 */
void an_vlan_upper(struct an_pair *pair, const struct net_device *upper)
{
	ASSERT_RTNL();
	if (!pair->vlans || is_vlan_dev(upper))
		return;
	if (!pair->vlan_all)
		an_vlan_all(pair);
	an_vlan_look_again(pair);
}

/**
 * an_vlan_sync() - give a VF the filters of all VLANs on the synthetic device
 * @pair: a pair with a VF
 *
 * Those of VLAN devices right above follow by an_vlan_event() afterwards. Others are
 * looked for each time, and kept until the VF is released.
 *
 * Context: RTNL, not from a notifier of the VF. May sleep.
 */
void an_vlan_sync(struct an_pair *pair)
{
	struct net_device *upper;
	struct list_head *iter;

	ASSERT_RTNL();
	if (!pair->vlans) {
		pair->vlans = true;
		netdev_for_each_upper_dev_rcu(pair->syn, upper, iter) {
			an_vlan_upper(pair, upper);
			if (is_vlan_dev(upper))
				an_vlan_add(pair, an_vid_bit(upper));
		}
	}
	vlan_for_each(pair->syn, an_vlan_add_other, pair);
}

/**
 * an_vlan_unsync() - take the filters back
 * @pair: a pair with a VF; nothing happens when that was done
 *
 * Context: RTNL. May sleep.
 */
void an_vlan_unsync(struct an_pair *pair)
{
	unsigned int bit;

	ASSERT_RTNL();
	for_each_set_bit(bit, pair->vids, AN_VIDS)
		an_vid_del(pair, bit);
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
	/* Said again and again while somebody holds it: there may be another one now. */
	if (dev->reg_state == NETREG_UNREGISTERED)
		return;

	pair = an_pair_by_syn(vlan_dev_real_dev(dev));
	/* What it is on, a bond perhaps, may be above a synthetic device. */
	if (!pair) {
		if (event == NETDEV_REGISTER)
			an_pair_for_each(an_vlan_look_again);
		return;
	}
	/* Of a VLAN in a VLAN the VF sees the outer tag only. */
	if (dev_get_iflink(dev) != pair->syn->ifindex)
		return;

	if (event == NETDEV_UNREGISTER)
		an_vid_del(pair, an_vid_bit(dev));
	else if (pair->vlans)
		an_vlan_add(pair, an_vid_bit(dev));
}
