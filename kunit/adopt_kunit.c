// SPDX-License-Identifier: GPL-2.0
/*
 * claim=auto: the driver's VF is adopted, and what the driver leaves alone is taken
 */
#include <linux/rtnetlink.h>

#include "fixture.h"

static void auto_adopts_what_the_driver_took(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, false);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	an_drv.joins = true;
	an_test_settle(an_drv.syn);
	vf->mtu = 1400;
	an_fake_register(test, vf);
	KUNIT_EXPECT_NULL(test, an_drv.master_at_register);
	KUNIT_EXPECT_PTR_EQ(test, pair->vf, vf);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_DRIVER);
	KUNIT_EXPECT_PTR_EQ(test, an_drv.syn->netdev_ops, an_drv.ops);
	KUNIT_EXPECT_TRUE(test, vf->priv_flags & IFF_NO_ADDRCONF);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));
	an_test_settle(an_drv.syn);
	KUNIT_EXPECT_EQ(test, vf->mtu, 1500);

	an_test_set_up(vf, true);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(pair->tx_vf));
	an_fake_unregister(vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_SYNTHETIC);
	KUNIT_EXPECT_NULL(test, pair->vf);
}

static void auto_takes_what_the_driver_lets_go(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, false);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	an_drv.joins = true;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, pair->claim, AN_CLAIM_DRIVER);
	an_test_set_up(vf, true);
	KUNIT_ASSERT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	rtnl_lock();
	netdev_upper_dev_unlink(vf, an_drv.syn);
	KUNIT_EXPECT_FALSE(test, pair->shown);
	KUNIT_EXPECT_EQ(test, pair->stats.switch_why[AN_WHY_DRIVER], 1);
	KUNIT_EXPECT_NULL(test, pair->vf);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_NONE);
	KUNIT_EXPECT_EQ(test, pair->state, AN_SYNTHETIC);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_SELF);
	KUNIT_EXPECT_PTR_EQ(test, an_test_master(vf), an_drv.syn);
	an_drv.joins = false;
}

/* What the driver gave its VF is given to the next one, which is ours. */
static void addresses_of_the_drivers_vf(struct kunit *test)
{
	static const u8 second[ETH_ALEN] = { 0x02, 0xfa, 0x4e, 0x00, 0x00, 0x02 };
	static const u8 group[ETH_ALEN] = { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 };
	struct net_device *vf = an_drv_start(test, false);

	an_drv.joins = true;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_pair(an_drv.syn)->claim, AN_CLAIM_DRIVER);
	rtnl_lock();
	KUNIT_ASSERT_EQ(test, dev_uc_add(an_drv.syn, second), 0);
	KUNIT_ASSERT_EQ(test, dev_mc_add(an_drv.syn, group), 0);
	netif_addr_lock_bh(an_drv.syn);
	dev_uc_sync(vf, an_drv.syn);
	dev_mc_sync(vf, an_drv.syn);
	netif_addr_unlock_bh(an_drv.syn);
	KUNIT_EXPECT_EQ(test, netdev_uc_count(vf), 1);
	KUNIT_EXPECT_EQ(test, netdev_mc_count(vf), netdev_mc_count(an_drv.syn));
	rtnl_unlock();
	an_fake_unregister(vf);

	an_drv.joins = false;
	an_test_claim_self(test, true);
	vf = an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, an_test_pair(an_drv.syn)->claim, AN_CLAIM_SELF);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_uc_count(vf), 1);
	KUNIT_EXPECT_EQ(test, netdev_mc_count(vf), netdev_mc_count(an_drv.syn));
	rtnl_unlock();
}

static void auto_takes_what_the_driver_left(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, false);

	an_fake_register(test, vf);
	KUNIT_EXPECT_NULL(test, an_drv.master_at_register);
	KUNIT_EXPECT_EQ(test, an_test_pair(an_drv.syn)->claim, AN_CLAIM_SELF);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, an_drv.foreign, 0);
}

/* The driver does not want one that was there before its own device. */
static void auto_takes_what_was_there_first(struct kunit *test)
{
	struct net_device *syn;

	an_test_claim_self(test, false);
	an_fake_vf(test);
	syn = an_fake_syn(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, an_test_pair(syn)->claim, AN_CLAIM_SELF);
}

/* There is no switch then, after which the work would run anyway. */
static void auto_takes_a_closed_one_that_was_let_go(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, false);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	an_drv.joins = true;
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_JOINED);
	rtnl_lock();
	netdev_upper_dev_unlink(vf, an_drv.syn);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_SELF);
	an_drv.joins = false;
}

/* It goes on carrying as if we had never been there. */
static void the_drivers_vf_when_we_leave(struct kunit *test)
{
	struct net_device *vf = an_drv_start(test, false);
	struct an_pair *pair = an_test_pair(an_drv.syn);

	an_drv.joins = true;
	an_drv.syn->needed_headroom = 220;
	an_fake_register(test, vf);
	an_test_set_up(vf, true);
	KUNIT_ASSERT_EQ(test, an_test_state(an_drv.syn), AN_ACTIVE);
	KUNIT_ASSERT_EQ(test, pair->claim, AN_CLAIM_DRIVER);
	KUNIT_EXPECT_EQ(test, an_drv.syn->needed_headroom, 0);
	KUNIT_EXPECT_EQ(test, an_drv.told, 1);

	rtnl_lock();
	an_pair_destroy(pair, AN_WHY_UNLOAD);
	KUNIT_EXPECT_EQ(test, an_drv.told, 1);
	KUNIT_EXPECT_EQ(test, an_drv.syn->needed_headroom, 220);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));
	KUNIT_EXPECT_PTR_EQ(test, netdev_master_upper_dev_get(vf), an_drv.syn);
	netdev_upper_dev_unlink(vf, an_drv.syn);
	rtnl_unlock();
	an_drv.joins = false;
}

static void one_that_is_up_when_it_is_adopted(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;

	pair = an_test_adopted(test, &syn, &vf);
	rtnl_lock();
	netdev_upper_dev_unlink(vf, syn);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(pair->fast.vf));
	KUNIT_EXPECT_EQ(test, 0, netdev_master_upper_dev_link(vf, syn, NULL,
							      NULL, NULL));
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(pair->fast.vf), vf);
	rtnl_unlock();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(auto_adopts_what_the_driver_took),
	KUNIT_CASE(auto_takes_what_the_driver_lets_go),
	KUNIT_CASE(addresses_of_the_drivers_vf),
	KUNIT_CASE(auto_takes_what_the_driver_left),
	KUNIT_CASE(auto_takes_what_was_there_first),
	KUNIT_CASE(auto_takes_a_closed_one_that_was_let_go),
	KUNIT_CASE(the_drivers_vf_when_we_leave),
	KUNIT_CASE(one_that_is_up_when_it_is_adopted),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_adopt",
	.test_cases	= cases,
};

kunit_test_suite(suite);
