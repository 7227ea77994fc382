// SPDX-License-Identifier: GPL-2.0
/*
 * Claims: who enslaves the VF, in which order everybody is told, and that a
 * claim that fails leaves nothing behind
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "../core/profile.h"
#include "fixture.h"

static void expect_free(struct kunit *test, struct net_device *vf)
{
	KUNIT_EXPECT_NULL(test, an_test_master(vf));
	KUNIT_EXPECT_FALSE(test, vf->flags & IFF_SLAVE);
	KUNIT_EXPECT_FALSE(test, vf->priv_flags & IFF_NO_ADDRCONF);
	rtnl_lock();
	KUNIT_EXPECT_FALSE(test, netdev_is_rx_handler_busy(vf));
	rtnl_unlock();
}

static void self_enslaves_before_the_driver(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	an_fake_register(test, vf);
	KUNIT_EXPECT_TRUE(test, an_drv.flags_at_init & IFF_SLAVE);
	KUNIT_EXPECT_PTR_EQ(test, an_drv.master_at_register, an_drv.syn);
	KUNIT_EXPECT_EQ(test, an_drv.joined, 1);
	KUNIT_EXPECT_STREQ(test, pair->profile->name, "mlx5");
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_SELF);
	KUNIT_EXPECT_TRUE(test, vf->priv_flags & IFF_NO_ADDRCONF);
	KUNIT_EXPECT_PTR_EQ(test, an_drv.syn->netdev_ops, &pair->ops);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));

	an_fake_unregister(vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_SYNTHETIC);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_NONE);
	KUNIT_EXPECT_PTR_EQ(test, an_drv.syn->netdev_ops, an_drv.ops);
	KUNIT_EXPECT_EQ(test, pair->stats.switches, 2);
}

static void self_lets_go_before_the_driver(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);

	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	an_drv.master_at_unregister = an_drv.syn;
	an_fake_unregister(vf);
	KUNIT_EXPECT_NULL(test, an_drv.master_at_unregister);
}

static void the_driver_sees_its_own_operations(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);

	an_fake_register(test, vf);
	an_test_settle(an_drv.syn);
	an_fake_unregister(vf);
	/* UP; GOING_DOWN, DOWN */
	KUNIT_EXPECT_GE(test, an_drv.seen, 3);
	KUNIT_EXPECT_EQ(test, an_drv.foreign, 0);
}

static void the_overlay_is_back_after_each_event(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	/* the work that repairs it cannot run */
	rtnl_lock();
	dev_close(vf);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, &pair->ops);
	KUNIT_EXPECT_EQ(test, dev_open(vf, NULL), 0);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, &pair->ops);
	/* one whose end we are not told */
	an_overlay_event_begin(pair);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, pair->syn_ops);
	rtnl_unlock();
	an_schedule_setup(pair, 0);
	an_test_settle(syn);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, &pair->ops);
}

/* It came up before there was anybody to tell. */
static void the_driver_is_told_of_a_vf_in_use(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);

	an_fake_unregister(an_drv.syn);
	an_fake_register(test, vf);
	an_test_set_up(vf, true);
	an_drv.syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);
	an_drv.ops = an_drv.syn->netdev_ops;
	an_drv.seen = 0;
	an_drv.foreign = 0;
	an_fake_manage(test, an_drv.syn);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_GT(test, an_drv.seen, 0);
	KUNIT_EXPECT_EQ(test, an_drv.foreign, 0);
	/* Its device goes before it does. */
	an_drv.vf = NULL;
}

/* ... but not of a VF that cannot receive yet. */
static void not_before_there_is_carrier(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);

	netif_carrier_off(vf);
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_JOINED);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));
	KUNIT_EXPECT_GT(test, an_drv.seen, 0);
	KUNIT_EXPECT_EQ(test, an_drv.foreign, an_drv.seen);
}

static void a_refused_link_leaves_nothing(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	an_drv.vetoes = true;
	an_fake_register(test, vf);
	an_test_settle(an_drv.syn);
	KUNIT_EXPECT_NULL(test, pair->vf);
	KUNIT_EXPECT_EQ(test, pair->state, AN_SYNTHETIC);
	KUNIT_EXPECT_PTR_EQ(test, an_drv.syn->netdev_ops, an_drv.ops);
	expect_free(test, vf);

	an_drv.vetoes = false;
	an_schedule_setup(pair, 0);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
}

static void a_refused_handler_leaves_nothing(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	vf->priv_flags |= IFF_NO_RX_HANDLER;
	an_fake_register(test, vf);
	an_test_settle(an_drv.syn);
	KUNIT_EXPECT_NULL(test, pair->vf);
	KUNIT_EXPECT_NULL(test, pair->found.vf);
	expect_free(test, vf);

	vf->priv_flags &= ~IFF_NO_RX_HANDLER;
	an_schedule_setup(pair, 0);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
}

static rx_handler_result_t pass(struct sk_buff **skb)
{
	return RX_HANDLER_PASS;
}

static void somebody_elses_vf_is_left_alone(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);

	/* taken before the pair's synthetic device appears */
	an_fake_unregister(an_drv.syn);
	an_fake_register(test, vf);
	rtnl_lock();
	KUNIT_ASSERT_EQ(test, netdev_rx_handler_register(vf, pass, NULL), 0);
	rtnl_unlock();

	an_drv.syn = an_fake_syn(test);
	an_drv.ops = an_drv.syn->netdev_ops;
	an_test_settle(an_drv.syn);
	KUNIT_EXPECT_NULL(test, an_test_pair(an_drv.syn)->vf);
	KUNIT_EXPECT_NULL(test, an_test_master(vf));
	KUNIT_EXPECT_FALSE(test, vf->flags & IFF_SLAVE);

	rtnl_lock();
	netdev_rx_handler_unregister(vf);
	rtnl_unlock();
	an_schedule_setup(an_test_pair(an_drv.syn), 0);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
}

static void the_second_is_refused(struct kunit *test)
{
	struct net_device *syn, *vf, *second;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	second = an_fake_vf(test);
	an_test_settle(syn);
	KUNIT_EXPECT_PTR_EQ(test, pair->vf, vf);
	KUNIT_EXPECT_EQ(test, pair->stats.refused, 1);
	expect_free(test, second);
}

static void what_was_found_comes_back(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);

	vf->mtu = 1200;
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, vf->mtu, 1500);
	an_fake_unregister(an_drv.syn);
	KUNIT_EXPECT_EQ(test, vf->mtu, 1200);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));
	expect_free(test, vf);
}

/* What it has when it comes back from another namespace is our doing. */
static void what_was_found_before_it_moved(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	vf->mtu = 1200;
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	rtnl_lock();
	an_release_vf(pair, AN_WHY_MOVED);
	KUNIT_EXPECT_EQ(test, vf->mtu, 1500);
	rtnl_unlock();
	an_schedule_setup(pair, 0);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	an_fake_unregister(an_drv.syn);
	KUNIT_EXPECT_EQ(test, vf->mtu, 1200);
}

/* The next netdev may have its memory. */
static void nothing_was_found_of_the_next_one(struct kunit *test)
{
	struct net_device *syn, *vf, *other;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	rtnl_lock();
	an_release_vf(pair, AN_WHY_MOVED);
	rtnl_unlock();
	other = an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	rtnl_lock();
	an_release_vf(pair, AN_WHY_MOVED);
	KUNIT_EXPECT_PTR_EQ(test, pair->found.vf, other);
	KUNIT_EXPECT_TRUE(test, pair->found.kept);
	rtnl_unlock();
	an_fake_unregister(other);
	KUNIT_EXPECT_NULL(test, pair->found.vf);
	KUNIT_EXPECT_FALSE(test, pair->found.kept);
}

/* Without IPv6's own addresses before, and so it stays. */
static void what_was_not_ours_stays(struct kunit *test)
{
	struct net_device *vf, *syn;

	an_test_claim_self(test, true);
	vf = an_fake_vf(test);
	vf->priv_flags |= IFF_NO_ADDRCONF;
	vf->flags |= IFF_SLAVE;
	syn = an_fake_syn(test);
	KUNIT_ASSERT_PTR_EQ(test, an_test_master(vf), syn);
	an_fake_unregister(syn);
	KUNIT_EXPECT_NULL(test, an_test_master(vf));
	KUNIT_EXPECT_TRUE(test, vf->priv_flags & IFF_NO_ADDRCONF);
	KUNIT_EXPECT_TRUE(test, vf->flags & IFF_SLAVE);
}

static int set_last(struct net_device *dev, u8 last)
{
	u8 mac[ETH_ALEN];

	ether_addr_copy(mac, an_fake_mac);
	mac[ETH_ALEN - 1] = last;
	return an_test_set_mac(dev, mac);
}

/* One that was in use before the NIC appeared: its settings and its state. */
static void a_vf_in_use_comes_back(struct kunit *test)
{
	struct net_device *vf, *syn;

	an_test_claim_self(test, true);
	vf = an_fake_vf(test);
	vf->needed_headroom = 64;
	KUNIT_ASSERT_EQ(test, set_last(vf, 9), 0);
	an_test_set_up(vf, true);

	syn = an_fake_syn(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_TRUE(test, vf->flags & IFF_SLAVE);
	KUNIT_EXPECT_TRUE(test, vf->priv_flags & IFF_NO_ADDRCONF);
	KUNIT_EXPECT_EQ(test, vf->dev_addr[5], 1);
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 64);

	rtnl_lock();
	an_release_vf(an_pair_by_syn(syn), AN_WHY_SYN_GONE);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 0);
	KUNIT_EXPECT_EQ(test, vf->dev_addr[5], 9);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));
}

/* ... but not when it is the VF that goes. */
static void a_vf_in_use_that_leaves(struct kunit *test)
{
	struct net_device *vf, *syn;

	an_test_claim_self(test, true);
	vf = an_fake_vf(test);
	an_test_set_up(vf, true);
	syn = an_fake_syn(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	an_fake_unregister(vf);
	KUNIT_EXPECT_FALSE(test, vf->flags & IFF_UP);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_SYNTHETIC);
}

static void carrier_decides(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	an_test_carrier(vf, false);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(pair->tx_vf));
	KUNIT_EXPECT_EQ(test, pair->stats.switch_why[AN_WHY_CARRIER], 1);
	an_test_carrier(vf, true);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

/* A driver's work sets the carrier without RTNL; the core follows with it. */
static void carrier_without_queues(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	an_test_carrier(vf, false);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_JOINED);
	rtnl_lock();
	netif_carrier_on(vf);
	netdev_state_change(vf);
	KUNIT_EXPECT_EQ(test, pair->state, AN_JOINED);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(pair->tx_vf));
	rtnl_unlock();
	an_test_carrier(vf, true);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, an_fake_sent(vf), 1);
}

static void a_vf_that_does_not_open(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);

	an_fake_priv(vf)->fail_open = -EIO;
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_JOINED);
	an_fake_priv(vf)->fail_open = 0;
	an_test_set_up(an_drv.syn, false);
	an_test_set_up(an_drv.syn, true);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
}

/* What everybody knows is not said again each time the work item runs. */
static void what_is_known_is_not_said_again(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);
	unsigned int seen;

	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	seen = an_drv.seen;
	KUNIT_EXPECT_GT(test, seen, 0);
	an_schedule_setup(an_test_pair(an_drv.syn), 0);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, an_drv.seen, seen);
}

/* The next one starts from nothing. */
static void nothing_is_kept_of_a_vf(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	an_fake_priv(vf)->fail_open = -EIO;
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_JOINED);
	KUNIT_EXPECT_TRUE(test, pair->window_over);
	KUNIT_EXPECT_TRUE(test, pair->open_due);
	pair->vlan_all = true;
	an_fake_unregister(vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_SYNTHETIC);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_NONE);
	KUNIT_EXPECT_NULL(test, pair->vf);
	KUNIT_EXPECT_NULL(test, pair->found.vf);
	KUNIT_EXPECT_FALSE(test, pair->window_over);
	KUNIT_EXPECT_FALSE(test, pair->open_due);
	KUNIT_EXPECT_FALSE(test, pair->vlan_all);
}

static void mtu_of_both_or_neither(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	KUNIT_EXPECT_EQ(test, an_test_set_mtu(syn, 4000), 0);
	KUNIT_EXPECT_EQ(test, vf->mtu, 4000);
	an_fake_priv(vf)->fail_mtu = -EINVAL;
	KUNIT_EXPECT_EQ(test, an_test_set_mtu(syn, 1500), -EINVAL);
	KUNIT_EXPECT_EQ(test, syn->mtu, 4000);
	an_fake_priv(vf)->fail_mtu = 0;
	an_fake_priv(syn)->fail_mtu = -EBUSY;
	KUNIT_EXPECT_EQ(test, an_test_set_mtu(syn, 1500), -EBUSY);
	KUNIT_EXPECT_EQ(test, vf->mtu, 4000);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

static void address_of_both_or_neither(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	vf->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	KUNIT_EXPECT_EQ(test, set_last(syn, 9), 0);
	KUNIT_EXPECT_EQ(test, vf->dev_addr[5], 9);
	an_fake_priv(vf)->fail_mac = -EPERM;
	KUNIT_EXPECT_EQ(test, set_last(syn, 8), -EPERM);
	KUNIT_EXPECT_EQ(test, syn->dev_addr[5], 9);
	an_fake_priv(vf)->fail_mac = 0;
	an_fake_priv(syn)->fail_mac = -EBUSY;
	KUNIT_EXPECT_EQ(test, set_last(syn, 8), -EBUSY);
	KUNIT_EXPECT_EQ(test, vf->dev_addr[5], 9);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

/* By the work after a switch; there is none any more when the module goes. */
static void peers_learn_of_the_way_back(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, an_drv.told, 1);
	KUNIT_EXPECT_EQ(test, an_drv.resent, 1);
	rtnl_lock();
	an_pair_destroy(pair, AN_WHY_UNLOAD);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, an_drv.told, 2);
	KUNIT_EXPECT_EQ(test, an_drv.resent, 2);
}

static void peers_learn_of_each_switch(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, true);

	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	an_test_carrier(vf, false);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_JOINED);
	KUNIT_EXPECT_EQ(test, an_drv.told, 2);
	an_test_carrier(vf, true);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, an_drv.told, 3);
}

/* Whoever wants it sooner gets it, and nobody has to wait for longer than he said. */
static void the_work_is_not_late(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	unsigned long *expires = &pair->setup.timer.expires;

	an_schedule_setup(pair, 60000);
	KUNIT_EXPECT_TRUE(test, time_after(*expires, jiffies + 50 * HZ));
	an_schedule_setup(pair, 30000);
	KUNIT_EXPECT_TRUE(test, time_before(*expires, jiffies + 40 * HZ));
	an_schedule_setup(pair, 50000);
	KUNIT_EXPECT_TRUE(test, time_before(*expires, jiffies + 40 * HZ));
	an_schedule_setup(pair, 0);
	KUNIT_EXPECT_FALSE(test, timer_pending(&pair->setup.timer));

	/* nor does it get lost when RTNL is taken */
	an_test_settle(syn);
	rtnl_lock();
	an_schedule_setup(pair, 0);
	flush_delayed_work(&pair->setup);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&pair->setup));
	rtnl_unlock();
}

static void the_synthetic_device_comes_back(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	an_fake_unregister(syn);
	expect_free(test, vf);
	syn = an_fake_syn(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_PTR_EQ(test, an_test_pair(syn)->vf, vf);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(self_enslaves_before_the_driver),
	KUNIT_CASE(self_lets_go_before_the_driver),
	KUNIT_CASE(the_driver_sees_its_own_operations),
	KUNIT_CASE(the_overlay_is_back_after_each_event),
	KUNIT_CASE(the_driver_is_told_of_a_vf_in_use),
	KUNIT_CASE(not_before_there_is_carrier),
	KUNIT_CASE(a_refused_link_leaves_nothing),
	KUNIT_CASE(a_refused_handler_leaves_nothing),
	KUNIT_CASE(somebody_elses_vf_is_left_alone),
	KUNIT_CASE(the_second_is_refused),
	KUNIT_CASE(what_was_found_comes_back),
	KUNIT_CASE(what_was_found_before_it_moved),
	KUNIT_CASE(nothing_was_found_of_the_next_one),
	KUNIT_CASE(what_was_not_ours_stays),
	KUNIT_CASE(a_vf_in_use_comes_back),
	KUNIT_CASE(a_vf_in_use_that_leaves),
	KUNIT_CASE(carrier_decides),
	KUNIT_CASE(carrier_without_queues),
	KUNIT_CASE(a_vf_that_does_not_open),
	KUNIT_CASE(what_is_known_is_not_said_again),
	KUNIT_CASE(nothing_is_kept_of_a_vf),
	KUNIT_CASE(mtu_of_both_or_neither),
	KUNIT_CASE(address_of_both_or_neither),
	KUNIT_CASE(peers_learn_of_the_way_back),
	KUNIT_CASE(peers_learn_of_each_switch),
	KUNIT_CASE(the_work_is_not_late),
	KUNIT_CASE(the_synthetic_device_comes_back),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_claim",
	.test_cases	= cases,
};

kunit_test_suite(suite);
