// SPDX-License-Identifier: GPL-2.0
/*
 * The transmit fast path and packets of many segments: what they are counted as, and
 * how large they may be
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/tcp.h>

#include "fixture.h"

/* What a packet that takes the fast path is counted as. */
static struct an_totals counted(struct kunit *test, struct an_pair *pair,
				struct sk_buff *skb)
{
	struct an_totals before, after;

	an_stats_totals(&pair->stats, &before);
	KUNIT_EXPECT_TRUE(test, an_test_taken(pair, skb));
	an_stats_totals(&pair->stats, &after);
	after.tx_packets -= before.tx_packets;
	after.tx_bytes -= before.tx_bytes;
	after.tx_dropped -= before.tx_dropped;
	return after;
}

/* Segments as a guest or a packet socket leaves them: the device is to count. */
static struct sk_buff *uncounted_segments(struct kunit *test, struct net_device *syn,
					  unsigned int *bytes)
{
	struct sk_buff *skb = an_fake_segments(test, syn, bytes);

	skb_shinfo(skb)->gso_type |= SKB_GSO_DODGY;
	skb_shinfo(skb)->gso_segs = 0;
	return skb;
}

static void segments_and_tags_count(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct an_totals sum;
	struct sk_buff *skb;
	unsigned int bytes;

	sum = counted(test, pair, an_fake_segments(test, syn, &bytes));
	KUNIT_EXPECT_EQ(test, sum.tx_packets, 3);
	KUNIT_EXPECT_EQ(test, sum.tx_bytes, bytes);
	sum = counted(test, pair, uncounted_segments(test, syn, &bytes));
	KUNIT_EXPECT_EQ(test, sum.tx_packets, 3);
	KUNIT_EXPECT_EQ(test, sum.tx_bytes, bytes);

	/* from the same sources, but to be sent as it is */
	skb = an_fake_frame(test, syn);
	skb_set_transport_header(skb, ETH_HLEN + sizeof(struct iphdr));
	skb_shinfo(skb)->gso_type = SKB_GSO_DODGY;
	sum = counted(test, pair, skb);
	KUNIT_EXPECT_EQ(test, sum.tx_packets, 1);
	KUNIT_EXPECT_EQ(test, sum.tx_bytes, AN_FAKE_LEN);
}

/* Nor can what they say be relied upon: nobody can cut that. */
static void segments_of_nonsense(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct an_totals sum;
	unsigned int bytes;
	struct sk_buff *skb = uncounted_segments(test, syn, &bytes);

	skb_set_transport_header(skb, AN_FAKE_LEN - sizeof(struct tcphdr));
	tcp_hdr(skb)->doff = 15;
	sum = counted(test, pair, skb);
	KUNIT_EXPECT_EQ(test, sum.tx_packets, 0);
	KUNIT_EXPECT_EQ(test, sum.tx_dropped, 1);

	/* nobody says where it begins */
	skb = uncounted_segments(test, syn, &bytes);
	skb->transport_header = (typeof(skb->transport_header))~0U;
	sum = counted(test, pair, skb);
	KUNIT_EXPECT_EQ(test, sum.tx_packets + sum.tx_dropped, 1);

	/* nothing but headers */
	skb = uncounted_segments(test, syn, &bytes);
	skb_set_transport_header(skb, AN_FAKE_LEN - sizeof(struct tcphdr));
	tcp_hdr(skb)->doff = sizeof(struct tcphdr) / 4;
	sum = counted(test, pair, skb);
	KUNIT_EXPECT_EQ(test, sum.tx_packets + sum.tx_dropped, 1);
}

static struct sk_buff *other_protocol(struct kunit *test, struct net_device *syn)
{
	unsigned int bytes;
	struct sk_buff *skb = an_fake_segments(test, syn, &bytes);

	skb->protocol = htons(ETH_P_IPV6);
	return skb;
}

/* ip link set gso_max_size, gso_max_segs */
static void larger_than_the_administrator_wants(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	unsigned int bytes;

	KUNIT_EXPECT_TRUE(test, an_test_taken(pair, an_fake_segments(test, syn, &bytes)));
	WRITE_ONCE(syn->gso_max_segs, 2);
	KUNIT_EXPECT_FALSE(test, an_test_taken(pair, an_fake_segments(test, syn, &bytes)));
	WRITE_ONCE(syn->gso_max_segs, 3);
	KUNIT_EXPECT_TRUE(test, an_test_taken(pair, an_fake_segments(test, syn, &bytes)));
	KUNIT_EXPECT_TRUE(test, an_test_taken(pair, other_protocol(test, syn)));
	WRITE_ONCE(syn->gso_ipv4_max_size, AN_FAKE_LEN);
	KUNIT_EXPECT_FALSE(test, an_test_taken(pair, an_fake_segments(test, syn, &bytes)));
	KUNIT_EXPECT_TRUE(test, an_test_taken(pair, an_fake_frame(test, syn)));
	/* which is for IPv4 only */
	KUNIT_EXPECT_TRUE(test, an_test_taken(pair, other_protocol(test, syn)));
	WRITE_ONCE(syn->gso_max_size, AN_FAKE_LEN);
	KUNIT_EXPECT_FALSE(test, an_test_taken(pair, other_protocol(test, syn)));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(segments_and_tags_count),
	KUNIT_CASE(segments_of_nonsense),
	KUNIT_CASE(larger_than_the_administrator_wants),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_segs",
	.test_cases	= cases,
};

kunit_test_suite(suite);
