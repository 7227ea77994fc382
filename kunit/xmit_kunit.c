// SPDX-License-Identifier: GPL-2.0
/*
 * The overlay's transmit path: by which device, which queue, and what is counted
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/sch_generic.h>

#include "fixture.h"

static void by_the_vf_while_it_is_active(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	unsigned int before = an_fake_sent(syn);
	struct an_totals sum;
	struct sk_buff *skb;

	an_fake_priv(vf)->queue = 2;
	skb_queue_purge(&an_fake_priv(vf)->sent);
	an_stats_totals(&pair->stats, &sum);
	KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, an_fake_sent(syn), before);
	KUNIT_ASSERT_EQ(test, an_fake_sent(vf), 1);
	skb = skb_peek(&an_fake_priv(vf)->sent);
	KUNIT_EXPECT_PTR_EQ(test, skb->dev, vf);
	KUNIT_EXPECT_EQ(test, skb_get_queue_mapping(skb), 2);
}

static void counted_exactly(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct an_totals before, after;
	int i;

	an_stats_totals(&pair->stats, &before);
	for (i = 0; i < 10; i++)
		an_fake_send(test, syn);
	an_stats_totals(&pair->stats, &after);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 10);
	KUNIT_EXPECT_EQ(test, after.tx_bytes - before.tx_bytes, 10 * AN_FAKE_LEN);
	KUNIT_EXPECT_EQ(test, after.tx_dropped, before.tx_dropped);
}

/* hv_netvsc needs no lock of the core's, other drivers find theirs held. */
static void with_the_lock_and_without(struct kunit *test)
{
	struct net_device *syn, *vf;
	unsigned int before;

	an_test_active(test, &syn, &vf);
	before = an_fake_sent(vf);
	syn->lltx = !syn->lltx;
	KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	syn->lltx = !syn->lltx;
	KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, an_fake_sent(vf), before + 2);
}

/* As they will be on the wire. */
static void segments_and_tags_count(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct an_totals before, after;
	unsigned int bytes;
	struct sk_buff *skb = an_fake_segments(test, syn, &bytes);

	rtnl_lock();
	syn->hw_features |= NETIF_F_HW_VLAN_CTAG_TX;
	syn->wanted_features |= NETIF_F_HW_VLAN_CTAG_TX;
	syn->vlan_features = syn->hw_features;
	netdev_update_features(syn);
	rtnl_unlock();
	an_stats_totals(&pair->stats, &before);
	KUNIT_EXPECT_EQ(test, dev_queue_xmit(skb), NET_XMIT_SUCCESS);
	an_stats_totals(&pair->stats, &after);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 3);
	KUNIT_EXPECT_EQ(test, after.tx_bytes - before.tx_bytes,
			bytes);
}

static bool recorded;

static u16 note_recorded(struct net_device *dev, struct sk_buff *skb,
			 struct net_device *sb_dev)
{
	recorded = skb_rx_queue_recorded(skb);
	return 3;
}

/* Then the core asks nobody for a queue, and the VF is told of no choice. */
static void a_nic_with_one_queue(struct kunit *test)
{
	static struct net_device_ops ops;
	struct net_device *syn, *vf;
	struct sk_buff *skb;

	an_test_active(test, &syn, &vf);
	ops = *vf->netdev_ops;
	ops.ndo_select_queue = note_recorded;
	vf->netdev_ops = &ops;
	KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	KUNIT_EXPECT_TRUE(test, recorded);

	rtnl_lock();
	KUNIT_ASSERT_EQ(test, netif_set_real_num_tx_queues(syn, 1), 0);
	rtnl_unlock();
	skb_queue_purge(&an_fake_priv(vf)->sent);
	skb = an_fake_frame(test, syn);
	/* whoever used these bytes before */
	qdisc_skb_cb(skb)->slave_dev_queue_mapping = 1;
	KUNIT_EXPECT_EQ(test, dev_queue_xmit(skb), NET_XMIT_SUCCESS);
	KUNIT_EXPECT_FALSE(test, recorded);
	KUNIT_ASSERT_EQ(test, an_fake_sent(vf), 1);
	KUNIT_EXPECT_EQ(test, 3, skb_get_queue_mapping(skb));
}

/* Drivers that leave the choice to the core, which goes by the socket's. */
static void queues_that_the_core_chooses(struct kunit *test)
{
	static struct net_device_ops ops;
	struct net_device *syn, *vf;
	struct an_pair *pair;
	struct sk_buff *skb;

	an_test_claim_self(test, true);
	syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);
	ops = *syn->netdev_ops;
	ops.ndo_select_queue = NULL;
	syn->netdev_ops = &ops;
	an_fake_manage(test, syn);
	vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	vf->netdev_ops = &ops;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	pair = an_test_pair(syn);

	skb = an_fake_frame(test, syn);
	skb_record_rx_queue(skb, 2);
	/* Nobody holds RCU where a packet socket that bypasses the queues asks. */
	KUNIT_EXPECT_EQ(test, an_select_queue(syn, skb, NULL), 2);
	local_bh_disable();
	KUNIT_EXPECT_EQ(test, an_select_queue(syn, skb, NULL), 2);
	KUNIT_EXPECT_EQ(test, 2, qdisc_skb_cb(skb)->slave_dev_queue_mapping);
	RCU_INIT_POINTER(pair->tx_vf, NULL);
	skb_record_rx_queue(skb, 1);
	KUNIT_EXPECT_EQ(test, an_select_queue(syn, skb, NULL), 1);
	rcu_assign_pointer(pair->tx_vf, vf);
	local_bh_enable();
	kfree_skb(skb);
}

/* Carrier and IFF_UP change before the notifier that tells us. */
static void a_vf_that_just_lost_its_carrier(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	unsigned int by_syn = an_fake_sent(syn), by_vf = an_fake_sent(vf);

	set_bit(__LINK_STATE_NOCARRIER, &vf->state);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(pair->tx_vf), vf);
	an_fake_send(test, syn);
	KUNIT_EXPECT_EQ(test, an_fake_sent(syn), by_syn + 1);
	KUNIT_EXPECT_EQ(test, an_fake_sent(vf), by_vf);
	clear_bit(__LINK_STATE_NOCARRIER, &vf->state);

	clear_bit(__LINK_STATE_START, &vf->state);
	an_fake_send(test, syn);
	KUNIT_EXPECT_EQ(test, an_fake_sent(syn), by_syn + 2);
	KUNIT_EXPECT_EQ(test, an_fake_sent(vf), by_vf);
	set_bit(__LINK_STATE_START, &vf->state);
}

static void by_the_synthetic_path_without_a_vf(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct an_totals before, after;
	unsigned int by_syn;

	an_fake_unregister(vf);
	an_stats_totals(&pair->stats, &before);
	by_syn = an_fake_sent(syn);
	an_fake_send(test, syn);
	KUNIT_EXPECT_EQ(test, an_fake_sent(syn), by_syn + 1);
	an_stats_totals(&pair->stats, &after);
	KUNIT_EXPECT_EQ(test, after.tx_packets, before.tx_packets);
}

/* What does not fit the VF's queue is dropped, and the sender is told. */
static void a_frame_the_vf_drops(struct kunit *test)
{
	struct an_totals before, after;
	struct net_device *syn, *vf;
	struct an_pair *pair;
	int i;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	vf->tx_queue_len = 1;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	pair = an_test_pair(syn);

	netif_tx_stop_all_queues(vf);
	an_stats_totals(&pair->stats, &before);
	for (i = 0; i < 5; i++)
		an_fake_send(test, syn);
	an_stats_totals(&pair->stats, &after);
	/* one in the queue, one taken out of it and put aside */
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 2);
	KUNIT_EXPECT_EQ(test, after.tx_dropped - before.tx_dropped, 3);
	netif_tx_wake_all_queues(vf);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(by_the_vf_while_it_is_active),
	KUNIT_CASE(counted_exactly),
	KUNIT_CASE(with_the_lock_and_without),
	KUNIT_CASE(segments_and_tags_count),
	KUNIT_CASE(a_nic_with_one_queue),
	KUNIT_CASE(queues_that_the_core_chooses),
	KUNIT_CASE(a_vf_that_just_lost_its_carrier),
	KUNIT_CASE(by_the_synthetic_path_without_a_vf),
	KUNIT_CASE(a_frame_the_vf_drops),
	{ }
};

/* What the fast path takes never comes to the overlay. */
static int no_fast_path(struct kunit_suite *suite)
{
	an_fast_wanted = false;
	return 0;
}

static void fast_path_again(struct kunit_suite *suite)
{
	an_fast_wanted = true;
}

static struct kunit_suite suite = {
	.name		= "an_xmit",
	.suite_init	= no_fast_path,
	.suite_exit	= fast_path_again,
	.test_cases	= cases,
};

kunit_test_suite(suite);
