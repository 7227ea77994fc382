// SPDX-License-Identifier: GPL-2.0
/*
 * The transmit fast path: what takes it, what does not, and what is left to see
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <linux/suspend.h>
#include <net/sch_generic.h>

#include "../core/profile.h"
#include "fixture.h"

static bool frame_taken(struct kunit *test, struct an_pair *pair)
{
	return an_test_taken(pair, an_fake_frame(test, pair->syn));
}

static void expect_sent_fast(struct kunit *test, struct net_device *syn,
			     struct net_device *vf)
{
	unsigned int by_syn = an_fake_sent(syn), by_vf = an_fake_sent(vf);
	struct an_pair *pair = an_test_pair(syn);
	struct an_totals before, after;

	an_stats_totals(&pair->stats, &before);
	KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	an_stats_totals(&pair->stats, &after);
	KUNIT_EXPECT_EQ(test, an_fake_sent(syn), by_syn);
	KUNIT_EXPECT_EQ(test, an_fake_sent(vf), by_vf + 1);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 1);
	KUNIT_EXPECT_EQ(test, after.tx_bytes - before.tx_bytes, AN_FAKE_LEN);
	KUNIT_EXPECT_EQ(test, after.tx_dropped, before.tx_dropped);
	KUNIT_EXPECT_EQ(test, after.tx_slow, before.tx_slow);
}

static void with_claim_self(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	/* behind whatever nft has there */
	KUNIT_EXPECT_EQ(test, an_test_pair(syn)->fast.hook.priority, INT_MAX);
	expect_sent_fast(test, syn, vf);
	/* Readers come to us. */
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&an_test_pair(syn)->fast.fold));
}

/* Packet sockets with PACKET_QDISC_BYPASS have bottom halves on. */
static void not_by_sockets_that_bypass(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct sk_buff *skb = an_fake_frame(test, syn);
	unsigned int verdict;

	rcu_read_lock();
	verdict = pair->fast.hook.hook(pair, skb, NULL);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, verdict, NF_ACCEPT);
	if (verdict == NF_ACCEPT)
		kfree_skb(skb);
}

/* Its queueing disciplines are there only when it has been opened. */
static void when_the_nic_has_been_opened(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	RCU_INIT_POINTER(pair->fast.vf, NULL);
	rtnl_lock();
	call_netdevice_notifiers(NETDEV_UP, syn);
	rtnl_unlock();
	expect_sent_fast(test, syn, vf);
}

/* Nothing of ours is in the synthetic device's operations then. */
static void with_claim_driver(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_adopted(test, &syn, &vf);
	expect_sent_fast(test, syn, vf);
}

static void a_hook_that_outlives_its_vf(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;
	unsigned int by_syn;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	pair = an_test_pair(syn);
	KUNIT_EXPECT_FALSE(test, pair->fast.hooked);
	vf = an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_TRUE(test, pair->fast.hooked);
	an_fake_unregister(vf);

	KUNIT_EXPECT_TRUE(test, pair->fast.hooked);
	by_syn = an_fake_sent(syn);
	an_fake_send(test, syn);
	KUNIT_EXPECT_EQ(test, an_fake_sent(syn), by_syn + 1);

	vf = an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	expect_sent_fast(test, syn, vf);
}

static unsigned int accepted(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

/* As many as a device may have. */
static struct nf_hook_ops others[1024];

static void others_leave(void *net)
{
	nf_unregister_net_hooks(net, others, ARRAY_SIZE(others));
}

/* The VF is used as if there were no fast path, until there is one. */
static void a_hook_that_is_refused(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_totals sum;
	struct an_pair *pair;
	unsigned int i;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	pair = an_test_pair(syn);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		others[i] = pair->fast.hook;
		others[i].hook = accepted;
	}
	KUNIT_ASSERT_EQ(test, 0, nf_register_net_hooks(dev_net(syn), others,
						       ARRAY_SIZE(others)));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action(test, others_leave, dev_net(syn)));

	vf = an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_FALSE(test, pair->fast.hooked);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(pair->fast.vf));
	KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	an_stats_totals(&pair->stats, &sum);
	KUNIT_EXPECT_GT(test, sum.tx_packets, 0);
	KUNIT_EXPECT_EQ(test, sum.tx_packets, sum.tx_slow);

	kunit_release_action(test, others_leave, dev_net(syn));
	an_schedule_setup(pair, 0);
	an_test_settle(syn);
	expect_sent_fast(test, syn, vf);
}

static void wanted_again(void *unused)
{
	an_fast_wanted = true;
}

static void turned_off(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;
	struct an_totals sum;

	KUNIT_ASSERT_EQ(test, 0, kunit_add_action(test, wanted_again, NULL));
	an_fast_wanted = false;
	pair = an_test_active(test, &syn, &vf);
	KUNIT_EXPECT_FALSE(test, pair->fast.hooked);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(syn->nf_hooks_egress));
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(pair->fast.vf));
	an_fake_send(test, syn);
	an_stats_totals(&pair->stats, &sum);
	KUNIT_EXPECT_EQ(test, sum.tx_packets, sum.tx_slow);
}

/* All of this changes before the notifier that tells us. */
static void devices_that_cannot_send(struct kunit *test)
{
	static const struct {
		int bit;
		bool good;
	} links[] = {
		{ __LINK_STATE_START, true },
		{ __LINK_STATE_PRESENT, true },
		{ __LINK_STATE_NOCARRIER, false },
	};
	struct net_device *devs[2];
	struct an_pair *pair = an_test_active(test, &devs[0], &devs[1]);
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(links); i++) {
		unsigned long *state = &devs[i % 2]->state;

		KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
		assign_bit(links[i / 2].bit, state, !links[i / 2].good);
		KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
		assign_bit(links[i / 2].bit, state, links[i / 2].good);
	}
}

static void a_queueing_discipline_of_the_user(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
	rtnl_lock();
	rtnl_dereference(syn->qdisc)->handle = TC_H_MAKE(1 << 16, 0);
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
	rtnl_dereference(syn->qdisc)->handle = 0;
	rtnl_unlock();
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
}

/* Only looked at, never followed: nothing but the hook is called meanwhile. */
static void tc_at_egress(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
	rcu_assign_pointer(syn->tcx_egress, (void *)test);
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
	RCU_INIT_POINTER(syn->tcx_egress, NULL);
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
}

/* As net.core.default_qdisc was when the one device was opened, not the other. */
static void a_default_that_paces(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct Qdisc *leaf, *vf_leaf;
	static struct Qdisc_ops fq;
	const struct Qdisc_ops *was;

	rtnl_lock();
	leaf = rtnl_dereference(netdev_get_tx_queue(syn, 0)->qdisc_sleeping);
	vf_leaf = rtnl_dereference(netdev_get_tx_queue(vf, 0)->qdisc_sleeping);
	was = leaf->ops;
	fq = *was;
	strscpy(fq.id, "fq");

	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
	leaf->ops = &fq;
	an_fast_update(pair);
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
	vf_leaf->ops = &fq;
	an_fast_update(pair);
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
	leaf->ops = was;
	an_fast_update(pair);
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
	vf_leaf->ops = was;
	rtnl_unlock();
}

static void not_while_the_system_hibernates(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;

	pair = an_test_adopted(test, &syn, &vf);
	an_power_event(NULL, PM_HIBERNATION_PREPARE, NULL);
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
	/* Also when the VF wakes up first: the driver may not have told the host. */
	rtnl_lock();
	netdev_state_change(vf);
	rtnl_unlock();
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
	an_power_event(NULL, PM_POST_HIBERNATION, NULL);
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));

	an_power_event(NULL, PM_HIBERNATION_PREPARE, NULL);
	set_bit(__LINK_STATE_NOCARRIER, &vf->state);
	an_power_event(NULL, PM_POST_HIBERNATION, NULL);
	clear_bit(__LINK_STATE_NOCARRIER, &vf->state);
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
	rtnl_lock();
	netdev_state_change(vf);
	rtnl_unlock();
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
}

static void set_offload(struct net_device *dev, netdev_features_t offload,
			bool on)
{
	rtnl_lock();
	dev->wanted_features &= ~offload;
	if (on)
		dev->wanted_features |= offload;
	netdev_update_features(dev);
	rtnl_unlock();
}

/* With claim driver nobody turns it off on the VF. */
static void an_offload_that_was_turned_off(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;

	pair = an_test_adopted(test, &syn, &vf);
	KUNIT_ASSERT_TRUE(test, syn->hw_features & vf->features & NETIF_F_SG);
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
	set_offload(syn, NETIF_F_SG, false);
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
	set_offload(vf, NETIF_F_SG, false);
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
	set_offload(vf, NETIF_F_SG, true);
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
	set_offload(syn, NETIF_F_SG, true);
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));

	/* the same thing by another name */
	rtnl_lock();
	syn->hw_features |= NETIF_F_IP_CSUM;
	an_fast_update(pair);
	rtnl_unlock();
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
}

static unsigned int tapped;

static int tap(struct sk_buff *skb, struct net_device *dev,
	       struct packet_type *type, struct net_device *orig)
{
	if (dev == type->dev && skb->len == AN_FAKE_LEN)
		tapped++;
	consume_skb(skb);
	return 0;
}

static struct packet_type listener = {
	.type = cpu_to_be16(ETH_P_ALL),
	.func = tap,
};

static void listen(struct net_device *dev)
{
	tapped = 0;
	listener.dev = dev;
	dev_add_pack(&listener);
}

static void a_tap_sees_it_once(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	listen(syn);
	expect_sent_fast(test, syn, vf);
	dev_remove_pack(&listener);
	KUNIT_EXPECT_EQ(test, tapped, 1);
}

/* It would be shown before the synthetic device has done its part. */
static void a_tap_that_would_see_another_packet(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct sk_buff *skb = an_fake_frame(test, syn);

	listen(syn);
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021AD), 5);
	KUNIT_EXPECT_FALSE(test, an_test_taken(pair, skb));

	/* The VF follows, so this is not about an offload turned off. */
	set_offload(syn, NETIF_F_HW_CSUM, false);
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_HW_CSUM);
	skb = an_fake_frame(test, syn);
	skb->ip_summed = CHECKSUM_PARTIAL;
	KUNIT_EXPECT_FALSE(test, an_test_taken(pair, skb));

	skb = an_fake_frame(test, syn);
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
	skb_shinfo(skb)->gso_size = 20;
	skb_shinfo(skb)->gso_segs = 3;
	KUNIT_EXPECT_FALSE(test, an_test_taken(pair, skb));
	KUNIT_EXPECT_EQ(test, tapped, 0);
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
	KUNIT_EXPECT_EQ(test, tapped, 1);

	/* a tag that the device adds: a tap is shown it beside the packet */
	rtnl_lock();
	syn->hw_features |= NETIF_F_HW_VLAN_CTAG_TX;
	syn->vlan_features = syn->hw_features;
	rtnl_unlock();
	set_offload(syn, NETIF_F_HW_VLAN_CTAG_TX, true);
	skb = an_fake_frame(test, syn);
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 5);
	KUNIT_EXPECT_TRUE(test, an_test_taken(pair, skb));
	dev_remove_pack(&listener);
	KUNIT_EXPECT_EQ(test, tapped, 2);
}

static void a_frame_the_vf_drops(struct kunit *test)
{
	struct an_totals before, after;
	struct net_device *syn, *vf;
	struct an_pair *pair;
	int i, refused = 0;

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
		refused += an_fake_send(test, syn) == NET_XMIT_DROP;
	an_stats_totals(&pair->stats, &after);
	/* one in the queue, one taken out of it and put aside */
	KUNIT_EXPECT_EQ(test, refused, 3);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 2);
	KUNIT_EXPECT_EQ(test, after.tx_dropped - before.tx_dropped, 3);
	netif_tx_wake_all_queues(vf);
}

static void headroom_for_the_active_path(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	syn->needed_headroom = 220;
	vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	vf->needed_headroom = 10;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	pair = an_test_pair(syn);
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 10);

	an_test_set_up(vf, false);
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 220);
	an_test_set_up(vf, true);
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 10);

	/* somebody else's doing, without and with the fast path */
	an_test_set_up(vf, false);
	syn->needed_headroom = 10;
	an_test_set_up(vf, true);
	an_test_set_up(vf, false);
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 10);
	syn->needed_headroom = 220;
	an_test_set_up(vf, true);
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 10);
	syn->needed_headroom = 300;
	rtnl_lock();
	an_release_vf(pair, AN_WHY_DRIVER);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 220);
}

/* Nobody reads through us, so the driver's own counters must have it in time. */
static void counters_of_the_driver_follow(struct kunit *test)
{
	struct rtnl_link_stats64 before, after;
	struct net_device *syn, *vf;
	struct an_pair *pair;
	int i;

	pair = an_test_adopted(test, &syn, &vf);
	netdev_stats_to_stats64(&before, &syn->stats);
	for (i = 0; i < 3; i++)
		an_fake_send(test, syn);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&pair->fast.fold));
	KUNIT_EXPECT_TRUE(test, pair->fast.fold_due);
	flush_delayed_work(&pair->fast.fold);
	netdev_stats_to_stats64(&after, &syn->stats);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 3);
	KUNIT_EXPECT_EQ(test, after.tx_bytes - before.tx_bytes, 3 * AN_FAKE_LEN);

	/* It comes to rest, and starts again with the next frame. */
	for (i = 0; i < 3; i++)
		flush_delayed_work(&pair->fast.fold);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&pair->fast.fold));
	an_fake_send(test, syn);
	flush_delayed_work(&pair->fast.fold);
	netdev_stats_to_stats64(&after, &syn->stats);
	KUNIT_EXPECT_EQ(test, after.tx_packets - before.tx_packets, 4);
}

static void counters_that_nobody_would_see(struct kunit *test)
{
	struct an_syn_type type;
	struct net_device *syn, *vf;
	struct an_pair *pair;

	pair = an_test_adopted(test, &syn, &vf);
	type = *pair->type;
	type.adds_dev_stats = false;
	rtnl_lock();
	pair->type = &type;
	an_fast_update(pair);
	KUNIT_EXPECT_FALSE(test, frame_taken(test, pair));
	pair->type = &an_syn_netvsc;
	an_fast_update(pair);
	KUNIT_EXPECT_TRUE(test, frame_taken(test, pair));
	rtnl_unlock();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(with_claim_self),
	KUNIT_CASE(with_claim_driver),
	KUNIT_CASE(not_by_sockets_that_bypass),
	KUNIT_CASE(when_the_nic_has_been_opened),
	KUNIT_CASE(a_hook_that_outlives_its_vf),
	KUNIT_CASE(a_hook_that_is_refused),
	KUNIT_CASE(turned_off),
	KUNIT_CASE(devices_that_cannot_send),
	KUNIT_CASE(a_queueing_discipline_of_the_user),
	KUNIT_CASE(tc_at_egress),
	KUNIT_CASE(a_default_that_paces),
	KUNIT_CASE(not_while_the_system_hibernates),
	KUNIT_CASE(an_offload_that_was_turned_off),
	KUNIT_CASE(a_tap_sees_it_once),
	KUNIT_CASE(a_tap_that_would_see_another_packet),
	KUNIT_CASE(a_frame_the_vf_drops),
	KUNIT_CASE(headroom_for_the_active_path),
	KUNIT_CASE(counters_of_the_driver_follow),
	KUNIT_CASE(counters_that_nobody_would_see),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_fast",
	.test_cases	= cases,
};

kunit_test_suite(suite);
