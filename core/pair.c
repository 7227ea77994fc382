// SPDX-License-Identifier: GPL-2.0
/*
 * The pairs: one for each synthetic device, for as long as it is registered
 */
#include <linux/etherdevice.h>
#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "../an_failover.h"
#include "profile.h"

/* Pairs in order of creation; RTNL. */
static LIST_HEAD(pairs);

/* The same by synthetic device: written under RTNL, read under RCU. */
static DEFINE_HASHTABLE(pair_hash, 4);

/**
 * an_pair_of_rcu() - the pair of a synthetic device, for the data path
 * @syn: a device on which our overlay runs
 *
 * Context: RCU (any flavour) read side, or RTNL.
 * Return: the pair. Never NULL for a caller that got here through the overlay, or
 * the watch, and was a reader when it did: that is taken off, and a grace period
 * waited, before a pair goes.
 */
struct an_pair *an_pair_of_rcu(const struct net_device *syn)
{
	struct an_pair *pair;

	hash_for_each_possible_rcu(pair_hash, pair, hnode, (unsigned long)syn,
				   rcu_read_lock_any_held() ||
				   lockdep_rtnl_is_held())
		if (pair->syn == syn)
			return pair;
	return NULL;
}

/**
 * an_pair_by_syn() - the pair of a synthetic device
 * @syn: any netdev
 *
 * Context: RTNL.
 * Return: the pair, or NULL.
 */
struct an_pair *an_pair_by_syn(const struct net_device *syn)
{
	ASSERT_RTNL();
	return an_pair_of_rcu(syn);
}

/**
 * an_pair_by_vf() - the pair that a VF is in
 * @vf: any netdev
 *
 * Context: RTNL.
 * Return: the pair, or NULL.
 */
struct an_pair *an_pair_by_vf(const struct net_device *vf)
{
	struct an_pair *pair;

	ASSERT_RTNL();
	list_for_each_entry(pair, &pairs, node)
		if (pair->vf == vf)
			return pair;
	return NULL;
}

/**
 * an_pair_for_candidate() - the pair that a netdev could be the VF of
 * @dev: any netdev
 *
 * Context: RTNL.
 * Return: the pair, which may have a VF already; NULL when there is none.
 */
struct an_pair *an_pair_for_candidate(struct net_device *dev)
{
	struct an_pair *pair;

	ASSERT_RTNL();
	if (list_empty(&pairs) || !an_is_vf_candidate(dev))
		return NULL;

	list_for_each_entry(pair, &pairs, node)
		if (an_same_identity(pair->syn, dev))
			return pair;
	return NULL;
}

static bool an_pair_could_take(const struct an_pair *pair,
			       struct net_device *dev)
{
	return dev->reg_state == NETREG_REGISTERED && !dev->dismantle &&
	       dev != pair->syn && an_is_vf_candidate(dev) &&
	       an_same_identity(pair->syn, dev);
}

/**
 * an_pair_find_vf() - look for a VF that is already registered
 * @pair: a pair without a VF
 *
 * Context: RTNL.
 * Return: the VF, in whatever namespace, or NULL.
 */
struct net_device *an_pair_find_vf(struct an_pair *pair)
{
	struct net_device *dev, *vf = NULL;
	struct net *net;

	ASSERT_RTNL();
	/* Namespaces come and go without RTNL, their devices do not. */
	down_read(&net_rwsem);
	for_each_net(net) {
		for_each_netdev(net, dev) {
			if (an_pair_could_take(pair, dev)) {
				vf = dev;
				goto out;
			}
		}
	}
out:
	up_read(&net_rwsem);
	return vf;
}

/**
 * an_pair_forget_vf() - a netdev goes for good: its memory may be another one's next
 * @dev: any netdev but a pair's present VF
 *
 * Context: RTNL.
 */
void an_pair_forget_vf(const struct net_device *dev)
{
	struct an_pair *pair;

	ASSERT_RTNL();
	list_for_each_entry(pair, &pairs, node) {
		if (pair->found.vf != dev)
			continue;
		pair->found.vf = NULL;
		pair->found.kept = false;
	}
}

/**
 * an_pair_create() - start to manage a synthetic device
 * @syn: the device
 *
 * Context: RTNL, may sleep.
 * Return: 0, -EEXIST when it is managed already, -ENOMEM.
 */
int an_pair_create(struct net_device *syn)
{
	struct an_pair *pair;
	int err;

	if (an_pair_by_syn(syn))
		return -EEXIST;

	pair = kzalloc(sizeof(*pair), GFP_KERNEL);
	if (!pair)
		return -ENOMEM;

	err = an_stats_init(&pair->stats);
	if (err)
		goto err_stats;

	pair->syn = syn;
	pair->syn_ops = syn->netdev_ops;
	pair->type = an_syn_type_of(syn);
	INIT_DELAYED_WORK(&pair->setup, an_setup_work);
	an_fast_init(pair);
	netdev_hold(syn, &pair->syn_tracker, GFP_KERNEL);
	hash_add_rcu(pair_hash, &pair->hnode, (unsigned long)syn);
	list_add_tail(&pair->node, &pairs);
	an_ethtool_install(pair);
	if (an_claim_self_first)
		an_overlay_watch(pair);
	return 0;

err_stats:
	kfree(pair);
	return err;
}

/**
 * an_pair_destroy() - stop to manage a synthetic device
 * @pair: its pair; freed
 * @why: reason for trace events
 *
 * Removal order: no new work, the VF released, nothing of ours left on the
 * device, unlinked; then wait until no reader can be left, and free.
 *
 * Context: RTNL, may sleep.
 */
void an_pair_destroy(struct an_pair *pair, enum an_reason why)
{
	ASSERT_RTNL();

	/*
	 * Read by the work without RTNL, which it only tries to take: so it is
	 * safe to wait for the work.
	 */
	WRITE_ONCE(pair->dead, true);
	cancel_delayed_work_sync(&pair->setup);
	an_release_vf(pair, why);
	if (why == AN_WHY_UNLOAD)
		an_tell_peers(pair);
	an_fast_stop(pair);
	an_ethtool_remove(pair);
	an_overlay_unwatch(pair);
	/* Whoever reads counters by the watch looks the pair up. */
	if (!pair->type->adds_dev_stats)
		synchronize_net();

	list_del(&pair->node);
	hash_del_rcu(&pair->hnode);
	synchronize_net();

	an_fast_exit(pair);
	/* A reader in flight may have counted after the last fold. */
	an_stats_fold(pair);
	netdev_put(pair->syn, &pair->syn_tracker);
	an_stats_free(&pair->stats);
	kfree(pair);
}

/**
 * an_pair_for_each() - tell all pairs something
 * @tell: called for each; leaves the pair in place
 *
 * Context: RTNL.
 */
void an_pair_for_each(void (*tell)(struct an_pair *pair))
{
	struct an_pair *pair;

	ASSERT_RTNL();
	list_for_each_entry(pair, &pairs, node)
		tell(pair);
}

/**
 * an_pair_destroy_all() - stop to manage anything, for unloading
 *
 * Context: RTNL, may sleep.
 */
void an_pair_destroy_all(void)
{
	struct an_pair *pair, *next;

	list_for_each_entry_safe(pair, next, &pairs, node)
		an_pair_destroy(pair, AN_WHY_UNLOAD);
}
