// SPDX-License-Identifier: GPL-2.0
/*
 * Carrying out what the state machine decides
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/sch_generic.h>

#include "../an_failover.h"
#include "trace.h"

/*
 * For so long a VF may go on with what waits in it, with RTNL held. At 10 Gbit/s 1000
 * frames take a millisecond; a VF that has died does not empty its ring at all.
 */
#define AN_DRAIN_MS	20
/* The CPU may be taken away for as long: so many looks at least */
#define AN_DRAIN_LOOKS	20

/* With claim driver the driver's own transmit path does it, but for the fast path. */
static void an_steer(struct an_pair *pair)
{
	if (pair->claim == AN_CLAIM_SELF) {
		an_link_limits(pair, true);
		rcu_assign_pointer(pair->tx_vf, pair->vf);
	}
	an_fast_update(pair);
}

static void an_unsteer(struct an_pair *pair)
{
	an_fast_update(pair);
	if (pair->claim == AN_CLAIM_SELF) {
		RCU_INIT_POINTER(pair->tx_vf, NULL);
		an_link_limits(pair, false);
	}
}

/**
 * an_pair_event() - something happened to a pair
 * @pair: the pair
 * @event: what, in the state machine's terms
 * @why: reason, for trace events and counters
 *
 * Context: RTNL. Takes no instance lock, so it may run in any notifier.
 */
void an_pair_event(struct an_pair *pair, enum an_event event,
		   enum an_reason why)
{
	struct an_transition todo = an_decide(pair->state, event);

	ASSERT_RTNL();
	if (todo.next == pair->state)
		return;

	trace_an_state(pair, todo.next, why);
	netdev_dbg(pair->syn, "%s -> %s (%s)\n", an_state_name(pair->state),
		   an_state_name(todo.next), an_reason_name(why));
	pair->state = todo.next;

	if (todo.actions & AN_DO_UNSTEER)
		an_unsteer(pair);
	if (todo.actions & AN_DO_STEER)
		an_steer(pair);
	if (todo.actions & AN_DO_COUNT) {
		pair->stats.switches++;
		pair->stats.switch_why[why]++;
		net_info_ratelimited("%s: data path %s (%s)\n", pair->syn->name,
				     todo.actions & AN_DO_STEER ? "VF" :
				     "synthetic", an_reason_name(why));
	}
	if (todo.actions & AN_DO_PEERS) {
		/* Sends frames: not from within a notifier. */
		pair->peers_due = true;
		an_schedule_setup(pair, 0);
	}
}

/* What the driver has queued and the device has not sent, if it says so. */
static bool an_ring_empty(const struct netdev_queue *txq)
{
#ifdef CONFIG_BQL
	const struct dql *dql = &txq->dql;

	/* They change meanwhile: an_drain() looks twice. */
	return data_race(dql->num_queued == dql->num_completed);
#else
	return true;
#endif
}

/* One that runs may be about to give the ring its last packet. */
static bool an_queue_empty(struct Qdisc *queue)
{
	/* They change meanwhile: an_drain() looks twice. */
	return data_race(!qdisc_qlen_sum(queue) && !qdisc_is_running(queue));
}

static bool an_queues_empty(const struct net_device *vf)
{
	const struct netdev_queue *txq;
	unsigned int i;

	for (i = 0; i < vf->real_num_tx_queues; i++) {
		txq = netdev_get_tx_queue(vf, i);
		if (!an_queue_empty(rtnl_dereference(txq->qdisc)) ||
		    !an_ring_empty(txq))
			return false;
	}
	return true;
}

static void an_drain(const struct net_device *vf)
{
	unsigned int empty = 0, looks = 0;
	ktime_t end;

	/* Whoever saw the VF as the way to go has put his packet in its queue. */
	synchronize_net();
	end = ktime_add_ms(ktime_get(), AN_DRAIN_MS);
	/*
	 * A packet on its way from queue to ring, or back, can be missed by one look:
	 * nothing is locked.
	 */
	while (an_carries(vf) &&
	       (looks++ < AN_DRAIN_LOOKS || ktime_before(ktime_get(), end))) {
		empty = an_queues_empty(vf) ? empty + 1 : 0;
		if (empty == 2)
			break;
		usleep_range(50, 100);
	}
}

/**
 * an_pair_leave() - off a VF that is about to be closed and still sends
 * @pair: the pair; nothing happens when no data traffic uses its VF
 * @why: reason, for trace events and counters
 *
 * Closing throws away what waits in the VF's queues and ring, and the driver of the
 * synthetic device, when it learns of it, moves the host's data path, behind which
 * the host drops what comes by the VF. So nothing is given to the VF any more, and
 * what it has goes out first. With claim driver that would be in vain: the driver
 * sends by the VF until it learns.
 *
 * Context: RTNL, from the VF's GOING_DOWN or before it. Sleeps for up to
 * AN_DRAIN_MS, or AN_DRAIN_LOOKS times where that takes longer.
 */
void an_pair_leave(struct an_pair *pair, enum an_reason why)
{
	if (pair->claim == AN_CLAIM_SELF) {
		an_pair_event(pair, AN_EV_DRAIN, why);
		if (pair->state == AN_DRAINING)
			an_drain(pair->vf);
		an_pair_event(pair, AN_EV_DRAINED, why);
	} else {
		an_pair_event(pair, AN_EV_UNFIT, why);
	}
}

/**
 * an_vf_in_step() - is a VF set up like its synthetic device?
 * @pair: a pair with a VF
 *
 * One that refused the MTU or the address would lose frames, and one without
 * the XDP program would get round it.
 *
 * Context: RTNL.
 * Return: true when it may carry traffic as far as that goes.
 */
bool an_vf_in_step(const struct an_pair *pair)
{
	const struct net_device *vf = pair->vf, *syn = pair->syn;

	return vf->mtu >= syn->mtu && an_xdp_fit(pair) &&
	       ether_addr_equal(vf->dev_addr, syn->dev_addr);
}

/**
 * an_vf_linked() - does a VF have carrier, and queues to use it?
 * @vf: the VF, up
 *
 * The core gives a device its queueing disciplines when it is up and has carrier, and
 * takes them when the carrier goes: by a work of its own, which has to wait for RTNL, and
 * tells everybody afterwards (linkwatch_do_dev()). Until then noop_qdisc is there, which
 * throws away what it gets and says that it was sent.
 *
 * Context: RTNL.
 * Return: true when it does.
 */
bool an_vf_linked(const struct net_device *vf)
{
	return netif_carrier_ok(vf) && !qdisc_tx_is_noop(vf);
}

static bool an_pair_fit(const struct an_pair *pair)
{
	const struct net_device *vf = pair->vf, *syn = pair->syn;

	if (!vf || !pair->window_over || !netif_running(syn) ||
	    !netif_running(vf) || !an_vf_linked(vf))
		return false;

	/*
	 * With claim driver the driver decides. Otherwise it has to be told first, for
	 * it tells the host, and what the VF sends before that is lost.
	 */
	return pair->claim == AN_CLAIM_DRIVER ||
	       (!pair->unseen && !pair->asleep && an_vf_in_step(pair));
}

/**
 * an_pair_evaluate() - look at the devices and tell the state machine
 * @pair: the pair
 * @why: what made the caller look
 *
 * Context: RTNL.
 */
void an_pair_evaluate(struct an_pair *pair, enum an_reason why)
{
	an_pair_event(pair, an_pair_fit(pair) ? AN_EV_FIT : AN_EV_UNFIT, why);
}

/**
 * an_vf_showable() - may the synthetic device's driver learn of a VF's link?
 * @pair: a pair with a VF; only with claim self is the driver kept from it
 *
 * hv_netvsc moves the host's data path as soon as the VF is up, and what the
 * host sends is lost until there is carrier, which can be seconds, and until the
 * VF is in step with the synthetic device, receive modes included. Somebody else
 * may open it before that.
 *
 * Context: RTNL.
 * Return: true when the VF, once up, can receive.
 */
bool an_vf_showable(const struct an_pair *pair)
{
	return pair->window_over && an_vf_linked(pair->vf) &&
	       an_vf_in_step(pair);
}
