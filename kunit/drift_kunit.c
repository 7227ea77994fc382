// SPDX-License-Identifier: GPL-2.0
/*
 * A VF whose settings are not the synthetic device's, by somebody else's doing or its
 * own refusal
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "fixture.h"

static const u8 second[ETH_ALEN] = { 0x02, 0xfa, 0x4e, 0x00, 0x00, 0x02 };

static void expect_put_right(struct kunit *test, struct net_device *syn,
			     struct net_device *vf)
{
	KUNIT_EXPECT_EQ(test, an_test_set_mtu(vf, 1400), 0);
	an_test_settle(syn);
	KUNIT_EXPECT_EQ(test, vf->mtu, 1500);
	KUNIT_EXPECT_EQ(test, an_test_set_mac(vf, second), 0);
	an_test_settle(syn);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(vf->dev_addr, syn->dev_addr));
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

static void what_drifts_is_put_right(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	expect_put_right(test, syn, vf);
}

static void what_drifts_of_the_drivers_vf(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_adopted(test, &syn, &vf);
	expect_put_right(test, syn, vf);
}

/* Each look sees it, whoever comes first. */
static void looked_at_before_it_is_put_right(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(vf, 1400), 0);
	an_pair_evaluate(pair, AN_WHY_LINK_UP);
	KUNIT_EXPECT_EQ(test, pair->state, AN_JOINED);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(vf, 1400), 0);
	an_pair_evaluate(pair, AN_WHY_LINK_UP);
	KUNIT_EXPECT_EQ(test, dev_set_mtu(syn, 1400), 0);
	KUNIT_EXPECT_EQ(test, pair->state, AN_ACTIVE);
	rtnl_unlock();
}

/* One that would lose frames does not carry, until it gives in. */
static void a_vf_that_refuses_a_setting(struct kunit *test)
{
	struct net_device *syn, *vf;
	bool mac;

	an_test_claim_self(test, true);
	for (mac = false; ; mac = true) {
		vf = an_fake_vf(test);
		KUNIT_ASSERT_EQ(test, 0, mac ? an_test_set_mac(vf, second) :
						an_test_set_mtu(vf, 1400));
		an_fake_priv(vf)->fail_mtu = -EINVAL;
		an_fake_priv(vf)->fail_mac = -EPERM;
		syn = an_fake_syn(test);
		KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
		an_fake_priv(vf)->fail_mtu = 0;
		an_fake_priv(vf)->fail_mac = 0;
		KUNIT_EXPECT_EQ(test, 0, mac ? an_test_set_mac(vf, syn->dev_addr) :
						an_test_set_mtu(vf, syn->mtu));
		KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
		an_fake_unregister(vf);
		an_fake_unregister(syn);
		if (mac)
			break;
	}
}

/* The host was told of it and would go on sending. */
static void a_vf_that_stays_as_somebody_set_it(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	KUNIT_EXPECT_EQ(test, an_test_set_mtu(vf, 1400), 0);
	an_fake_priv(vf)->fail_mtu = -EINVAL;
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_TRUE(test, pair->unseen);
	KUNIT_EXPECT_EQ(test, pair->stats.switch_why[AN_WHY_VF_DOWN], 1);
	an_fake_priv(vf)->fail_mtu = 0;
	KUNIT_EXPECT_EQ(test, an_test_set_mtu(vf, 1500), 0);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

/* What carries no frames now is still where the host sends. */
static void a_vf_that_is_changed_without_carrier(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	an_test_carrier(vf, false);
	KUNIT_EXPECT_TRUE(test, pair->shown);
	KUNIT_EXPECT_EQ(test, an_test_set_mtu(vf, 1400), 0);
	an_fake_priv(vf)->fail_mtu = -EINVAL;
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_FALSE(test, pair->shown);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));

	an_fake_priv(vf)->fail_mtu = 0;
	an_test_carrier(vf, true);
	an_schedule_setup(pair, 0);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_TRUE(test, pair->shown);
}

/* The host has to be told first, by the driver, and that by the work item. */
static void a_vf_that_fits_now_but_was_not_shown(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;

	an_test_claim_self(test, true);
	vf = an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, an_test_set_mtu(vf, 1400), 0);
	an_fake_priv(vf)->fail_mtu = -EINVAL;
	syn = an_fake_syn(test);
	pair = an_test_pair(syn);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_TRUE(test, pair->unseen);

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(syn, 1400), 0);
	KUNIT_EXPECT_TRUE(test, an_vf_in_step(pair));
	KUNIT_EXPECT_EQ(test, pair->state, AN_JOINED);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_FALSE(test, pair->unseen);
}

/* The same by an address that the NIC takes while it is up. */
static void a_vf_that_has_the_new_address(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	vf = an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, an_test_set_mac(vf, second), 0);
	an_fake_priv(vf)->fail_mac = -EPERM;
	syn = an_fake_syn(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_EQ(test, an_test_set_mac(syn, second), 0);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

static unsigned int asked;

static int pretend_mtu(struct net_device *dev, int mtu)
{
	asked++;
	return 0;
}

/* Asked for ever it would keep us busy for ever. */
static void a_vf_that_does_not_do_what_it_says(struct kunit *test)
{
	static struct net_device_ops ops;
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	ops = *vf->netdev_ops;
	ops.ndo_change_mtu = pretend_mtu;
	vf->netdev_ops = &ops;
	vf->mtu = 1400;
	asked = 0;
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_GE(test, asked, 1);
	KUNIT_EXPECT_LE(test, asked, 2);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&an_test_pair(syn)->setup));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_drifts_is_put_right),
	KUNIT_CASE(what_drifts_of_the_drivers_vf),
	KUNIT_CASE(looked_at_before_it_is_put_right),
	KUNIT_CASE(a_vf_that_refuses_a_setting),
	KUNIT_CASE(a_vf_that_stays_as_somebody_set_it),
	KUNIT_CASE(a_vf_that_is_changed_without_carrier),
	KUNIT_CASE(a_vf_that_fits_now_but_was_not_shown),
	KUNIT_CASE(a_vf_that_has_the_new_address),
	KUNIT_CASE(a_vf_that_does_not_do_what_it_says),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_drift",
	.test_cases	= cases,
};

kunit_test_suite(suite);
