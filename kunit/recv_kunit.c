// SPDX-License-Identifier: GPL-2.0
/*
 * The receive path: whose the frame becomes, what is counted, who owns it
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>

#include "fixture.h"

/* Experimental EtherType (IEEE 802): nobody else in the kernel wants it. */
#define ETHERTYPE	0x88b5
#define PAYLOAD		100

static struct sk_buff *frame(struct kunit *test, struct net_device *dev)
{
	struct sk_buff *skb = netdev_alloc_skb(dev, ETH_HLEN + PAYLOAD);
	struct ethhdr *eth;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	eth = skb_put_zero(skb, ETH_HLEN + PAYLOAD);
	ether_addr_copy(eth->h_dest, dev->dev_addr);
	eth->h_proto = htons(ETHERTYPE);
	skb->protocol = eth_type_trans(skb, dev);
	skb_reset_network_header(skb);
	return skb;
}

/* What the rx_handler makes of a frame, called as the core does. */
static rx_handler_result_t handle(struct sk_buff **skb)
{
	rx_handler_result_t result;

	local_bh_disable();
	rcu_read_lock();
	result = an_handle_frame(skb);
	rcu_read_unlock();
	local_bh_enable();
	return result;
}

static struct an_totals totals(const struct an_pair *pair)
{
	struct an_totals sum;

	an_stats_totals(&pair->stats, &sum);
	return sum;
}

static void becomes_the_synthetic_devices(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct sk_buff *skb = frame(test, vf), *was = skb;

	KUNIT_EXPECT_EQ(test, handle(&skb), RX_HANDLER_ANOTHER);
	KUNIT_EXPECT_PTR_EQ(test, skb, was);
	KUNIT_EXPECT_PTR_EQ(test, skb->dev, syn);
	KUNIT_EXPECT_EQ(test, totals(pair).rx_packets, 1);
	KUNIT_EXPECT_EQ(test, totals(pair).rx_bytes, ETH_HLEN + PAYLOAD);
	kfree_skb(skb);
}

static void a_shared_frame_is_left_alone(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct sk_buff *skb, *was;

	an_test_active(test, &syn, &vf);
	skb = frame(test, vf);
	was = skb_get(skb);
	KUNIT_EXPECT_EQ(test, handle(&skb), RX_HANDLER_ANOTHER);
	KUNIT_EXPECT_PTR_NE(test, skb, was);
	KUNIT_EXPECT_PTR_EQ(test, skb->dev, syn);
	KUNIT_EXPECT_PTR_EQ(test, was->dev, vf);
	KUNIT_EXPECT_EQ(test, refcount_read(&was->users), 1);
	kfree_skb(skb);
	kfree_skb(was);
}

static unsigned int freed;

static void count_free(struct sk_buff *skb)
{
	freed++;
}

static void a_closed_nic_receives_nothing(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct rtnl_link_stats64 before, after;
	struct sk_buff *skb;

	an_test_set_up(syn, false);
	dev_get_stats(vf, &before);
	skb = frame(test, vf);
	skb->destructor = count_free;
	freed = 0;
	KUNIT_EXPECT_EQ(test, handle(&skb), RX_HANDLER_CONSUMED);
	KUNIT_EXPECT_EQ(test, freed, 1);
	dev_get_stats(vf, &after);
	KUNIT_EXPECT_EQ(test, after.rx_dropped - before.rx_dropped, 1);
	KUNIT_EXPECT_EQ(test, totals(pair).rx_packets, 0);
}

static void a_vlan_tag_counts(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct sk_buff *skb = frame(test, vf);

	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 5);
	handle(&skb);
	KUNIT_EXPECT_EQ(test, totals(pair).rx_bytes,
			ETH_HLEN + VLAN_HLEN + PAYLOAD);
	kfree_skb(skb);
}

/* Three segments that GRO put together: headers counted three times. */
static void segments_count(struct kunit *test)
{
	const unsigned int headers = sizeof(struct iphdr) +
				     sizeof(struct tcphdr);
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct sk_buff *skb = frame(test, vf);
	struct tcphdr *tcp;

	skb_set_transport_header(skb, sizeof(struct iphdr));
	tcp = tcp_hdr(skb);
	tcp->doff = sizeof(*tcp) / 4;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	skb_shinfo(skb)->gso_size = 20;
	skb_shinfo(skb)->gso_segs = 3;
	handle(&skb);
	KUNIT_EXPECT_PTR_EQ(test, skb->dev, syn);
	KUNIT_EXPECT_EQ(test, totals(pair).rx_packets, 3);
	KUNIT_EXPECT_EQ(test, totals(pair).rx_bytes,
			PAYLOAD + 3 * ETH_HLEN + 2 * headers);
	kfree_skb(skb);
}

static unsigned int tapped;

static int tap(struct sk_buff *skb, struct net_device *dev,
	       struct packet_type *type, struct net_device *orig)
{
	tapped++;
	kfree_skb(skb);
	return 0;
}

/* Through the core, up to whoever listens on the synthetic device. */
static void delivered_once(struct kunit *test)
{
	struct packet_type type = {
		.type = htons(ETHERTYPE), .func = tap,
	};
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	type.dev = syn;
	tapped = 0;
	dev_add_pack(&type);
	local_bh_disable();
	netif_receive_skb(frame(test, vf));
	KUNIT_EXPECT_EQ(test, tapped, 1);
	netif_receive_skb(frame(test, syn));
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, tapped, 2);
	dev_remove_pack(&type);
}

/* A VF that was let go receives for itself again. */
static void not_after_the_vf_left(struct kunit *test)
{
	struct packet_type type = {
		.type = htons(ETHERTYPE), .func = tap,
	};
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	an_fake_unregister(syn);
	KUNIT_EXPECT_FALSE(test, vf->flags & IFF_SLAVE);
	rtnl_lock();
	KUNIT_EXPECT_FALSE(test, netdev_is_rx_handler_busy(vf));
	rtnl_unlock();
	type.dev = vf;
	tapped = 0;
	dev_add_pack(&type);
	local_bh_disable();
	netif_receive_skb(frame(test, vf));
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, tapped, 1);
	dev_remove_pack(&type);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(becomes_the_synthetic_devices),
	KUNIT_CASE(a_shared_frame_is_left_alone),
	KUNIT_CASE(a_closed_nic_receives_nothing),
	KUNIT_CASE(a_vlan_tag_counts),
	KUNIT_CASE(segments_count),
	KUNIT_CASE(delivered_once),
	KUNIT_CASE(not_after_the_vf_left),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_recv",
	.test_cases	= cases,
};

kunit_test_suite(suite);
