// SPDX-License-Identifier: GPL-2.0
/*
 * Counters: exact whoever counts at the same time, folded once, never going back
 */
#include <linux/kthread.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "../core/profile.h"
#include "fixture.h"

#define WRITERS	4
#define ROUNDS	5000

static void count(struct an_stats *stats, u64 packets)
{
	struct an_pcpu_stats *p;

	local_bh_disable();
	p = this_cpu_ptr(stats->pcpu);
	u64_stats_update_begin(&p->syncp);
	u64_stats_add(&p->rx_packets, packets);
	u64_stats_add(&p->rx_bytes, 100 * packets);
	u64_stats_add(&p->tx_packets, 2 * packets);
	u64_stats_add(&p->tx_bytes, 200 * packets);
	u64_stats_add(&p->tx_dropped, 3 * packets);
	u64_stats_update_end(&p->syncp);
	local_bh_enable();
}

static void totals_add_up(struct kunit *test)
{
	struct an_stats stats = {};
	struct an_totals sum;
	int cpu;

	KUNIT_ASSERT_EQ(test, an_stats_init(&stats), 0);
	an_stats_totals(&stats, &sum);
	KUNIT_EXPECT_EQ(test, sum.rx_packets | sum.rx_bytes | sum.tx_packets |
			sum.tx_bytes | sum.tx_dropped, 0);

	for_each_possible_cpu(cpu)
		u64_stats_add(&per_cpu_ptr(stats.pcpu, cpu)->tx_bytes, 7);
	count(&stats, 5);
	an_stats_totals(&stats, &sum);
	KUNIT_EXPECT_EQ(test, sum.rx_packets, 5);
	KUNIT_EXPECT_EQ(test, sum.rx_bytes, 500);
	KUNIT_EXPECT_EQ(test, sum.tx_packets, 10);
	KUNIT_EXPECT_EQ(test, sum.tx_bytes, 1000 + 7 * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, sum.tx_dropped, 15);
	an_stats_free(&stats);
}

static int writer(void *stats)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		count(stats, 1);
		cond_resched();
	}
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void exact_under_concurrency(struct kunit *test)
{
	struct net_device *syn = an_fake_syn(test);
	struct an_pair *pair = an_test_pair(syn);
	struct rtnl_link_stats64 before, after;
	struct task_struct *tasks[WRITERS];
	int i;

	dev_get_stats(syn, &before);
	for (i = 0; i < WRITERS; i++) {
		tasks[i] = kthread_run(writer, &pair->stats, "an_writer/%d", i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tasks[i]);
	}
	for (i = 0; i < ROUNDS; i++) {
		an_stats_fold(pair);
		cond_resched();
	}
	for (i = 0; i < WRITERS; i++)
		kthread_stop(tasks[i]);
	an_stats_fold(pair);
	dev_get_stats(syn, &after);
	KUNIT_EXPECT_EQ(test, after.rx_packets - before.rx_packets,
			WRITERS * ROUNDS);
	KUNIT_EXPECT_EQ(test, after.tx_bytes - before.tx_bytes,
			200 * WRITERS * ROUNDS);
	KUNIT_EXPECT_EQ(test, after.tx_dropped - before.tx_dropped,
			3 * WRITERS * ROUNDS);
}

static void folded_once(struct kunit *test)
{
	struct net_device *syn = an_fake_syn(test);
	struct an_pair *pair = an_test_pair(syn);
	struct rtnl_link_stats64 stats;

	count(&pair->stats, 10);
	KUNIT_EXPECT_TRUE(test, an_stats_fold(pair));
	KUNIT_EXPECT_FALSE(test, an_stats_fold(pair));
	dev_get_stats(syn, &stats);
	KUNIT_EXPECT_EQ(test, stats.rx_packets, 10);
	KUNIT_EXPECT_EQ(test, stats.rx_bytes, 1000);

	/* What was counted after the last fold outlives the pair. */
	count(&pair->stats, 1);
	rtnl_lock();
	an_pair_destroy(pair, AN_WHY_UNLOAD);
	rtnl_unlock();
	dev_get_stats(syn, &stats);
	KUNIT_EXPECT_EQ(test, stats.rx_packets, 11);
}

static void read_at_once_and_kept(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct rtnl_link_stats64 before, after;

	dev_get_stats(syn, &before);
	count(&pair->stats, 10);
	dev_get_stats(syn, &after);
	KUNIT_EXPECT_EQ(test, after.rx_packets - before.rx_packets, 10);
	count(&pair->stats, 10);
	an_fake_unregister(vf);
	dev_get_stats(syn, &after);
	KUNIT_EXPECT_EQ(test, after.rx_packets - before.rx_packets, 20);
}

/* The differences are right also when a counter has wrapped. */
static void wraps(struct kunit *test)
{
	struct net_device *syn = an_fake_syn(test);
	struct an_pair *pair = an_test_pair(syn);
	struct rtnl_link_stats64 before, after;

	u64_stats_set(&per_cpu_ptr(pair->stats.pcpu, 0)->rx_packets, U64_MAX);
	pair->stats.folded.rx_packets = U64_MAX;
	dev_get_stats(syn, &before);
	count(&pair->stats, 3);
	an_stats_fold(pair);
	dev_get_stats(syn, &after);
	KUNIT_EXPECT_EQ(test, after.rx_packets - before.rx_packets, 3);
}

/* For another driver they are added while somebody reads. */
static void a_driver_that_does_not_add_them(struct kunit *test)
{
	static const struct an_syn_type other = { .driver = "other" };
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct rtnl_link_stats64 before = {}, after = {};
	const struct net_device_ops *own = pair->syn_ops;
	struct net_device_ops none = *own;

	an_get_stats64(syn, &before);
	pair->type = &other;
	none.ndo_get_stats64 = NULL;
	DEV_STATS_ADD(syn, collisions, 7);
	count(&pair->stats, 2);
	KUNIT_EXPECT_FALSE(test, an_stats_fold(pair));
	rtnl_lock();
	an_get_stats64(syn, &after);
	KUNIT_EXPECT_EQ(test, after.tx_bytes - before.tx_bytes, 400);
	pair->syn_ops = &none;
	memset(&after, 0, sizeof(after));
	an_get_stats64(syn, &after);
	pair->syn_ops = own;
	pair->type = &an_syn_netvsc;
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, after.collisions, 7);
	KUNIT_EXPECT_EQ(test, after.rx_packets - before.rx_packets, 2);
	KUNIT_EXPECT_EQ(test, after.rx_bytes - before.rx_bytes, 200);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 4);
	KUNIT_EXPECT_EQ(test, after.tx_bytes - before.tx_bytes, 400);
	KUNIT_EXPECT_EQ(test, after.tx_dropped - before.tx_dropped, 6);
}

/* Offsets from skb->data: 20 to the transport header, 60 to the inner one. */
static void headers_of_each_segment(struct kunit *test)
{
	static const struct {
		unsigned int type;
		bool tunnel;
		unsigned int len;
	} kinds[] = {
		{ SKB_GSO_TCPV4, false, 20 + 32 },
		{ SKB_GSO_TCPV6, false, 20 + 32 },
		{ SKB_GSO_UDP_L4, false, 20 + sizeof(struct udphdr) },
		{ SKB_GSO_TCPV4 | SKB_GSO_UDP_TUNNEL, true, 60 + 24 },
		{ SKB_GSO_UDP_L4 | SKB_GSO_UDP_TUNNEL, true,
		  60 + sizeof(struct udphdr) },
	};
	struct sk_buff *skb = alloc_skb(200, GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, 200);
	skb_set_transport_header(skb, 20);
	skb_set_inner_transport_header(skb, 60);
	tcp_hdr(skb)->doff = 32 / 4;
	inner_tcp_hdr(skb)->doff = 24 / 4;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		skb_shinfo(skb)->gso_type = kinds[i].type;
		skb->encapsulation = kinds[i].tunnel;
		KUNIT_EXPECT_EQ_MSG(test, an_gso_hdr_len(skb), kinds[i].len,
				    "kind %d", i);
	}
	kfree_skb(skb);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(totals_add_up),
	KUNIT_CASE(exact_under_concurrency),
	KUNIT_CASE(folded_once),
	KUNIT_CASE(read_at_once_and_kept),
	KUNIT_CASE(wraps),
	KUNIT_CASE(a_driver_that_does_not_add_them),
	KUNIT_CASE(headers_of_each_segment),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_stats",
	.test_cases	= cases,
};

kunit_test_suite(suite);
