// SPDX-License-Identifier: GPL-2.0
/*
 * Hibernation: the VF sleeps with claim self, and wakes as it was
 */
#include <linux/rtnetlink.h>
#include <linux/suspend.h>

#include "fixture.h"

static void tell(unsigned long event)
{
	an_power_event(NULL, event, NULL);
}

static void closed_while_the_system_sleeps(struct kunit *test)
{
	static const unsigned long events[][2] = {
		{ PM_HIBERNATION_PREPARE, PM_POST_HIBERNATION },
		{ PM_RESTORE_PREPARE, PM_POST_RESTORE },
	};
	struct net_device *syn, *vf;
	int i;

	an_test_active(test, &syn, &vf);
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		tell(events[i][0]);
		KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
		KUNIT_EXPECT_FALSE(test, netif_running(vf));
		tell(events[i][1]);
		KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
		KUNIT_EXPECT_TRUE(test, netif_running(vf));
	}
}

/* Memory and suspend to idle leave the driver's channel alone. */
static void other_sleep_is_nothing(struct kunit *test)
{
	static const unsigned long events[] = {
		PM_SUSPEND_PREPARE, PM_POST_SUSPEND,
	};
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	int i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		tell(events[i]);
		KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
		KUNIT_EXPECT_TRUE(test, netif_running(vf));
	}
	KUNIT_EXPECT_EQ(test, pair->stats.switches, 1);
}

/* The driver puts its own VF to sleep. */
static void not_the_drivers_vf(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_adopted(test, &syn, &vf);
	tell(PM_HIBERNATION_PREPARE);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));
	an_test_set_up(vf, false);
	tell(PM_POST_HIBERNATION);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));
}

static void nobody_opens_it_meanwhile(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	tell(PM_HIBERNATION_PREPARE);
	an_test_set_up(syn, false);
	an_test_set_up(syn, true);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));
	tell(PM_POST_HIBERNATION);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

/* One that arrives in the middle of it waits, one that leaves is not missed. */
static void vfs_that_come_and_go(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	tell(PM_HIBERNATION_PREPARE);
	vf = an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));
	tell(PM_POST_HIBERNATION);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);

	tell(PM_HIBERNATION_PREPARE);
	an_fake_unregister(vf);
	tell(PM_POST_HIBERNATION);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_SYNTHETIC);
	an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

/* The driver takes the host's path back while it sleeps, and tells nobody. */
static void somebody_opens_it_meanwhile(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	tell(PM_HIBERNATION_PREPARE);
	an_test_set_up(vf, true);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	tell(PM_POST_HIBERNATION);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

/* Nor does the fast path use it before the driver has seen its link. */
static void the_driver_takes_one_meanwhile(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;

	pair = an_test_adopted(test, &syn, &vf);
	KUNIT_ASSERT_PTR_EQ(test, rcu_access_pointer(pair->fast.vf), vf);
	rtnl_lock();
	netdev_upper_dev_unlink(vf, syn);
	rtnl_unlock();
	tell(PM_HIBERNATION_PREPARE);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, 0, netdev_master_upper_dev_link(vf, syn, NULL,
							      NULL, NULL));
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_DRIVER);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(pair->fast.vf));
	tell(PM_POST_HIBERNATION);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(pair->fast.vf), vf);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(closed_while_the_system_sleeps),
	KUNIT_CASE(other_sleep_is_nothing),
	KUNIT_CASE(not_the_drivers_vf),
	KUNIT_CASE(nobody_opens_it_meanwhile),
	KUNIT_CASE(somebody_opens_it_meanwhile),
	KUNIT_CASE(the_driver_takes_one_meanwhile),
	KUNIT_CASE(vfs_that_come_and_go),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_power",
	.test_cases	= cases,
};

kunit_test_suite(suite);
