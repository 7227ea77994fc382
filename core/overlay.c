// SPDX-License-Identifier: GPL-2.0
/*
 * The overlay: our operations in place of the synthetic device's own
 *
 * This file alone saves, replaces and restores a device's netdev_ops (claim
 * self only). The overlay is a private copy in which a few members are ours;
 * everything else goes to the driver.
 *
 * Before and after, a smaller one may be on, the watch: ndo_bpf is ours, so that
 * XDP programs are known when the VF arrives, and ndo_get_stats64 where the driver
 * would not show what the VF has carried.
 *
 * hv_netvsc recognises its devices by their ops (see hv/netvsc.c). While a link
 * event of the VF is delivered the overlay is therefore off, so that the driver
 * moves the host's data path; at all other times it is on, so that the driver
 * keeps its hands off a VF that is not its own.
 */
#include <linux/rtnetlink.h>

#include "../an_failover.h"
#include "profile.h"

static void an_overlay_set(struct an_pair *pair, bool on)
{
	pair->syn->netdev_ops = on ? &pair->ops : pair->syn_ops;
}

/* Only while it is not on the device: it may be in use there. */
static void an_watch_fill(struct an_pair *pair)
{
	pair->watch_ops = *pair->syn_ops;
	if (pair->watch_ops.ndo_bpf)
		pair->watch_ops.ndo_bpf = an_bpf;
	if (!pair->type->adds_dev_stats)
		pair->watch_ops.ndo_get_stats64 = an_get_stats64;
}

/**
 * an_overlay_install() - put the overlay on the synthetic device
 * @pair: the pair, VF enslaved
 *
 * Context: RTNL.
 */
void an_overlay_install(struct an_pair *pair)
{
	ASSERT_RTNL();

	if (pair->syn->netdev_ops != &pair->watch_ops) {
		pair->syn_ops = pair->syn->netdev_ops;
		an_watch_fill(pair);
	}
	pair->ops = *pair->syn_ops;
	pair->ops.ndo_start_xmit = an_start_xmit;
	pair->ops.ndo_select_queue = an_select_queue;
	pair->ops.ndo_set_rx_mode = an_set_rx_mode;
	pair->ops.ndo_change_rx_flags = an_change_rx_flags;
	pair->ops.ndo_set_mac_address = an_set_mac;
	pair->ops.ndo_change_mtu = an_change_mtu;
	pair->ops.ndo_get_stats64 = an_get_stats64;
	/*
	 * Where the driver has none there is no native XDP, and nothing that
	 * could run a program on the synthetic path. Nor may an operation that
	 * a redirect has looked for be gone when it is called.
	 */
	if (pair->ops.ndo_bpf)
		pair->ops.ndo_bpf = an_bpf;
	if (pair->ops.ndo_xdp_xmit)
		pair->ops.ndo_xdp_xmit = an_xdp_xmit;

	/* The copy must be complete before another CPU can call through it. */
	smp_wmb();
	pair->overlay_wanted = true;
	an_overlay_set(pair, !pair->event_depth);
}

/**
 * an_overlay_remove() - restore the synthetic device's own operations
 * @pair: the pair
 *
 * Calls through the overlay may still be under way: wait for a grace period
 * before anything that they use goes away.
 *
 * Context: RTNL.
 */
void an_overlay_remove(struct an_pair *pair)
{
	ASSERT_RTNL();

	pair->overlay_wanted = false;
	pair->event_depth = 0;
	/* Whoever reads the counters must not see them fall meanwhile. */
	if (pair->type->adds_dev_stats)
		an_overlay_set(pair, false);
	else
		pair->syn->netdev_ops = &pair->watch_ops;
}

/**
 * an_overlay_watch() - learn of XDP programs, keep counters, without a VF
 * @pair: the pair, without a VF; the driver will not have one either
 *
 * Context: RTNL.
 */
void an_overlay_watch(struct an_pair *pair)
{
	ASSERT_RTNL();

	if (pair->type->adds_dev_stats && !pair->syn_ops->ndo_bpf)
		return;
	if (an_driver_has_other(pair, NULL))
		return;

	if (pair->syn->netdev_ops != &pair->watch_ops) {
		an_watch_fill(pair);
		/* Complete before another CPU can call through it. */
		smp_wmb();
		pair->syn->netdev_ops = &pair->watch_ops;
	}
	an_xdp_learn(pair);
}

/**
 * an_overlay_unwatch() - leave the synthetic device's operations alone
 * @pair: the pair; wait for a grace period before it is freed
 *
 * Context: RTNL.
 */
void an_overlay_unwatch(struct an_pair *pair)
{
	ASSERT_RTNL();

	if (pair->syn->netdev_ops == &pair->watch_ops)
		pair->syn->netdev_ops = pair->syn_ops;
	an_xdp_forget(pair);
}

/**
 * an_overlay_event_begin() - show the driver its own operations
 * @pair: pair of the VF whose link event is about to be delivered
 *
 * Events nest: another listener may cause one while it handles one. A driver that
 * does not look is not shown anything, and readers of counters see no gap.
 *
 * Context: RTNL, early notifier.
 */
void an_overlay_event_begin(struct an_pair *pair)
{
	if (!pair->overlay_wanted || !pair->type->knows_by_ops)
		return;
	pair->event_depth++;
	an_overlay_set(pair, false);
}

/**
 * an_overlay_event_end() - the driver has seen the event
 * @pair: the pair
 *
 * Context: RTNL, late notifier.
 */
void an_overlay_event_end(struct an_pair *pair)
{
	if (pair->event_depth && !--pair->event_depth)
		an_overlay_set(pair, true);
}

/**
 * an_overlay_repair() - after an event whose end we were not told
 * @pair: the pair
 *
 * A listener between our two notifiers can stop the chain.
 *
 * Context: RTNL, work item: no event is being delivered.
 */
void an_overlay_repair(struct an_pair *pair)
{
	if (!pair->event_depth)
		return;
	pair->event_depth = 0;
	an_overlay_set(pair, true);
}
