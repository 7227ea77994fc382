// SPDX-License-Identifier: GPL-2.0
/*
 * The overlay's transmit path: by which device, which queue, and what is counted
 */
#include <linux/etherdevice.h>

#include "fixture.h"

#define LEN	100

/* Sends one frame by the synthetic device, as a protocol does. */
static int send(struct kunit *test, struct net_device *syn)
{
	struct sk_buff *skb = alloc_skb(LEN + 100, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	skb_put_zero(skb, LEN);
	skb_reset_mac_header(skb);
	skb->dev = syn;
	skb->protocol = htons(0x88b5);
	return dev_queue_xmit(skb);
}

static unsigned int sent(const struct net_device *dev)
{
	return skb_queue_len(&an_fake_priv(dev)->sent);
}

static void by_the_vf_while_it_is_active(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	unsigned int before = sent(syn);
	struct an_totals sum;
	struct sk_buff *skb;

	an_fake_priv(vf)->queue = 2;
	skb_queue_purge(&an_fake_priv(vf)->sent);
	an_stats_totals(&pair->stats, &sum);
	KUNIT_EXPECT_EQ(test, send(test, syn), NET_XMIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, sent(syn), before);
	KUNIT_ASSERT_EQ(test, sent(vf), 1);
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
		send(test, syn);
	an_stats_totals(&pair->stats, &after);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 10);
	KUNIT_EXPECT_EQ(test, after.tx_bytes - before.tx_bytes, 10 * LEN);
	KUNIT_EXPECT_EQ(test, after.tx_dropped, before.tx_dropped);
}

/* Carrier and IFF_UP change before the notifier that tells us. */
static void a_vf_that_just_lost_its_carrier(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	unsigned int by_syn = sent(syn), by_vf = sent(vf);

	set_bit(__LINK_STATE_NOCARRIER, &vf->state);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(pair->tx_vf), vf);
	send(test, syn);
	KUNIT_EXPECT_EQ(test, sent(syn), by_syn + 1);
	KUNIT_EXPECT_EQ(test, sent(vf), by_vf);
	clear_bit(__LINK_STATE_NOCARRIER, &vf->state);

	clear_bit(__LINK_STATE_START, &vf->state);
	send(test, syn);
	KUNIT_EXPECT_EQ(test, sent(syn), by_syn + 2);
	KUNIT_EXPECT_EQ(test, sent(vf), by_vf);
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
	by_syn = sent(syn);
	send(test, syn);
	KUNIT_EXPECT_EQ(test, sent(syn), by_syn + 1);
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
		send(test, syn);
	an_stats_totals(&pair->stats, &after);
	/* one in the queue, one taken out of it and put aside */
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 2);
	KUNIT_EXPECT_EQ(test, after.tx_dropped - before.tx_dropped, 3);
	netif_tx_wake_all_queues(vf);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(by_the_vf_while_it_is_active),
	KUNIT_CASE(counted_exactly),
	KUNIT_CASE(a_vf_that_just_lost_its_carrier),
	KUNIT_CASE(by_the_synthetic_path_without_a_vf),
	KUNIT_CASE(a_frame_the_vf_drops),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_xmit",
	.test_cases	= cases,
};

kunit_test_suite(suite);
