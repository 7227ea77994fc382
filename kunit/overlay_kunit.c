// SPDX-License-Identifier: GPL-2.0
/*
 * The overlay: saved, replaced, restored
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "../core/profile.h"
#include "fixture.h"

/* A device that nobody but the test puts an overlay on. */
static struct an_pair *bare(struct kunit *test)
{
	struct an_pair *pair = kunit_kzalloc(test, sizeof(*pair), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pair);
	pair->syn = an_fake_alloc(test, "e1000e", an_fake_mac);
	pair->syn_ops = pair->syn->netdev_ops;
	pair->type = &an_syn_netvsc;
	rtnl_lock();
	return pair;
}

static void unlock(void)
{
	rtnl_unlock();
}

static bool is_on(const struct an_pair *pair)
{
	return pair->syn->netdev_ops == &pair->ops;
}

static void only_listed_members_change(struct kunit *test)
{
	struct an_pair *pair = bare(test);
	const struct net_device_ops *own = pair->syn->netdev_ops;
	struct net_device_ops left;

	an_overlay_install(pair);
	KUNIT_EXPECT_TRUE(test, is_on(pair));
	KUNIT_EXPECT_TRUE(test, pair->ops.ndo_start_xmit == an_start_xmit);
	KUNIT_EXPECT_TRUE(test, pair->ops.ndo_select_queue == an_select_queue);
	KUNIT_EXPECT_TRUE(test, pair->ops.ndo_get_stats64 == an_get_stats64);

	left = pair->ops;
	left.ndo_start_xmit = own->ndo_start_xmit;
	left.ndo_select_queue = own->ndo_select_queue;
	left.ndo_set_rx_mode = own->ndo_set_rx_mode;
	left.ndo_change_rx_flags = own->ndo_change_rx_flags;
	left.ndo_set_mac_address = own->ndo_set_mac_address;
	left.ndo_change_mtu = own->ndo_change_mtu;
	left.ndo_get_stats64 = own->ndo_get_stats64;
	KUNIT_EXPECT_MEMEQ(test, &left, own, sizeof(left));

	an_overlay_remove(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, own);
	unlock();
}

static int own_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	return 0;
}

static int own_xdp_xmit(struct net_device *dev, int n,
			struct xdp_frame **frames, u32 flags)
{
	return 0;
}

/* What the driver does not have must not appear. */
static void xdp_only_where_the_driver_has_it(struct kunit *test)
{
	struct an_pair *pair = bare(test);
	const struct net_device_ops *own = pair->syn->netdev_ops;
	struct net_device_ops with = *own;

	an_overlay_install(pair);
	KUNIT_EXPECT_NULL(test, pair->ops.ndo_bpf);
	KUNIT_EXPECT_NULL(test, pair->ops.ndo_xdp_xmit);
	an_overlay_remove(pair);

	with.ndo_bpf = own_bpf;
	with.ndo_xdp_xmit = own_xdp_xmit;
	pair->syn->netdev_ops = &with;
	an_overlay_install(pair);
	KUNIT_EXPECT_TRUE(test, pair->ops.ndo_bpf == an_bpf);
	KUNIT_EXPECT_TRUE(test, pair->ops.ndo_xdp_xmit == an_xdp_xmit);
	an_overlay_remove(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, &with);
	pair->syn->netdev_ops = own;
	unlock();
}

static void again_and_again(struct kunit *test)
{
	struct an_pair *pair = bare(test);
	const struct net_device_ops *own = pair->syn->netdev_ops;
	int i;

	for (i = 0; i < 3; i++) {
		an_overlay_install(pair);
		KUNIT_EXPECT_PTR_EQ(test, pair->syn_ops, own);
		KUNIT_EXPECT_TRUE(test, is_on(pair));
		an_overlay_remove(pair);
		KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, own);
	}
	/* Removing what is not there does nothing. */
	an_overlay_remove(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, own);
	unlock();
}

static void off_during_events(struct kunit *test)
{
	struct an_pair *pair = bare(test);

	an_overlay_install(pair);
	an_overlay_event_begin(pair);
	KUNIT_EXPECT_FALSE(test, is_on(pair));
	an_overlay_event_begin(pair);
	an_overlay_event_end(pair);
	KUNIT_EXPECT_FALSE_MSG(test, is_on(pair), "the outer event goes on");
	an_overlay_event_end(pair);
	KUNIT_EXPECT_TRUE(test, is_on(pair));

	/* The end of an event for which it was not taken off. */
	an_overlay_event_end(pair);
	KUNIT_EXPECT_TRUE(test, is_on(pair));
	an_overlay_remove(pair);
	unlock();
}

static void an_events_end_can_be_missed(struct kunit *test)
{
	struct an_pair *pair = bare(test);
	const struct net_device_ops *own = pair->syn->netdev_ops;

	an_overlay_install(pair);
	an_overlay_event_begin(pair);
	an_overlay_repair(pair);
	KUNIT_EXPECT_TRUE(test, is_on(pair));
	an_overlay_event_begin(pair);
	an_overlay_event_end(pair);
	KUNIT_EXPECT_TRUE(test, is_on(pair));

	an_overlay_event_begin(pair);
	an_overlay_remove(pair);
	an_overlay_event_end(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, own);
	an_overlay_repair(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, own);

	/* nor is it remembered when the next VF comes */
	an_overlay_install(pair);
	an_overlay_event_begin(pair);
	an_overlay_remove(pair);
	an_overlay_install(pair);
	KUNIT_EXPECT_TRUE(test, is_on(pair));
	an_overlay_remove(pair);
	unlock();
}

/* Enslaved while an event is being delivered: on when that is over. */
static void installed_within_an_event(struct kunit *test)
{
	struct an_pair *pair = bare(test);

	an_overlay_install(pair);
	an_overlay_event_begin(pair);
	an_overlay_install(pair);
	KUNIT_EXPECT_FALSE(test, is_on(pair));
	an_overlay_event_end(pair);
	KUNIT_EXPECT_TRUE(test, is_on(pair));
	an_overlay_remove(pair);
	unlock();
}

static void the_watch(struct kunit *test)
{
	struct an_pair *pair = bare(test);
	const struct net_device_ops *own = pair->syn->netdev_ops;
	struct net_device_ops with = *own;

	an_overlay_watch(pair);
	KUNIT_EXPECT_PTR_EQ_MSG(test, pair->syn->netdev_ops, own,
				"no XDP, nothing to watch");
	with.ndo_bpf = own_bpf;
	pair->syn->netdev_ops = &with;
	pair->syn_ops = &with;
	an_overlay_watch(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, &pair->watch_ops);
	KUNIT_EXPECT_PTR_EQ(test, pair->watch_ops.ndo_start_xmit,
			    own->ndo_start_xmit);

	/* The overlay comes over it, and leaves the driver's own behind. */
	an_overlay_install(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn_ops, &with);
	an_overlay_remove(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, &with);

	an_overlay_watch(pair);
	an_overlay_unwatch(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, &with);
	pair->syn->netdev_ops = own;
	unlock();
}

/* A driver that would not show what the VF carried, and does not mind ops. */
static void counters_kept_without_a_vf(struct kunit *test)
{
	struct an_pair *pair = bare(test);
	const struct net_device_ops *own = pair->syn->netdev_ops;

	pair->type = &(const struct an_syn_type){ .driver = "other" };
	an_overlay_watch(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, &pair->watch_ops);
	KUNIT_EXPECT_TRUE(test, pair->watch_ops.ndo_get_stats64 ==
			  an_get_stats64);
	an_overlay_install(pair);
	an_overlay_event_begin(pair);
	KUNIT_EXPECT_TRUE(test, is_on(pair));
	an_overlay_event_end(pair);
	an_overlay_remove(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, &pair->watch_ops);
	an_overlay_unwatch(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, own);
	unlock();
}

/* With claim=auto nothing had watched before. */
static void counters_kept_though_nothing_watched(struct kunit *test)
{
	struct an_pair *pair = bare(test);
	const struct net_device_ops *own = pair->syn->netdev_ops;

	pair->type = &(const struct an_syn_type){ .driver = "other" };
	an_overlay_install(pair);
	an_overlay_remove(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, &pair->watch_ops);
	KUNIT_EXPECT_PTR_EQ(test, pair->watch_ops.ndo_start_xmit,
			    own->ndo_start_xmit);
	KUNIT_EXPECT_TRUE(test, pair->watch_ops.ndo_get_stats64 ==
			  an_get_stats64);
	an_overlay_unwatch(pair);
	KUNIT_EXPECT_PTR_EQ(test, pair->syn->netdev_ops, own);
	unlock();
}

static struct sk_buff *frame(struct kunit *test, struct net_device *dev)
{
	struct sk_buff *skb = alloc_skb(ETH_FRAME_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, ETH_ZLEN);
	skb->dev = dev;
	return skb;
}

/* A caller that looked the operations up before they were taken off. */
static void a_caller_in_flight(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	const struct net_device_ops *seen = syn->netdev_ops;
	struct sk_buff *skb = frame(test, syn), *other = frame(test, syn);

	an_fake_priv(syn)->queue = 3;
	local_bh_disable();
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, seen, &pair->ops);
	pair->syn->netdev_ops = pair->syn_ops;
	RCU_INIT_POINTER(pair->tx_vf, NULL);
	seen->ndo_start_xmit(skb, syn);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&an_fake_priv(syn)->sent), 1);
	KUNIT_EXPECT_EQ(test, seen->ndo_select_queue(syn, other, NULL), 3);
	kfree_skb(other);
	pair->syn->netdev_ops = &pair->ops;
	rcu_read_unlock();
	local_bh_enable();
}

/* Packets and counters find the pair by RCU. */
static void freed_when_nobody_reads_it(struct kunit *test)
{
	struct an_pair *pair = an_test_pair(an_fake_syn(test));
	struct rcu_gp_oldstate readers;

	rtnl_lock();
	get_state_synchronize_rcu_full(&readers);
	an_pair_destroy(pair, AN_WHY_UNLOAD);
	KUNIT_EXPECT_TRUE(test, poll_state_synchronize_rcu_full(&readers));
	rtnl_unlock();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(only_listed_members_change),
	KUNIT_CASE(xdp_only_where_the_driver_has_it),
	KUNIT_CASE(again_and_again),
	KUNIT_CASE(off_during_events),
	KUNIT_CASE(an_events_end_can_be_missed),
	KUNIT_CASE(installed_within_an_event),
	KUNIT_CASE(the_watch),
	KUNIT_CASE(counters_kept_without_a_vf),
	KUNIT_CASE(counters_kept_though_nothing_watched),
	KUNIT_CASE(a_caller_in_flight),
	KUNIT_CASE(freed_when_nobody_reads_it),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_overlay",
	.test_cases	= cases,
};

kunit_test_suite(suite);
