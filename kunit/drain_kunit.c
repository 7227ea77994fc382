// SPDX-License-Identifier: GPL-2.0
/*
 * A VF that is closed in order: what waits in its queues still goes out, unless that
 * takes too long. (What is in its ring: scenario vf-drain.)
 */
#include <linux/ktime.h>
#include <linux/rtnetlink.h>

#include "fixture.h"

#define FRAMES	3
#define SOON_MS	5		/* until the VF goes on; time is simulated */
#define AT_ONCE_MS	3
#define LONG_MS		20		/* it has no longer, as usage.rst says */
#define TOO_LONG_MS	(LONG_MS + 5)

static struct {
	struct work_struct work;
	struct net_device *vf;
} later;

static void go_on(struct work_struct *work)
{
	usleep_range(SOON_MS * USEC_PER_MSEC, SOON_MS * USEC_PER_MSEC + 100);
	local_bh_disable();
	netif_tx_wake_all_queues(later.vf);
	local_bh_enable();
}

static void later_end(void *unused)
{
	cancel_work_sync(&later.work);
}

/* After SOON_MS the VF sends what it has, by itself. */
static void goes_on_soon(struct kunit *test, struct net_device *vf)
{
	INIT_WORK(&later.work, go_on);
	later.vf = vf;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action(test, later_end, NULL));
	schedule_work(&later.work);
}

/* Frames that the VF's queues keep: how many it had sent before. */
static unsigned int queue_up(struct kunit *test, struct net_device *syn,
			     struct net_device *vf)
{
	unsigned int before = an_fake_sent(vf);
	int i;

	netif_tx_stop_all_queues(vf);
	for (i = 0; i < FRAMES; i++)
		KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	KUNIT_ASSERT_EQ(test, an_fake_sent(vf), before);
	return before;
}

/* The same of a VF that is active, whose queues soon go on. */
static unsigned int busy(struct kunit *test, struct net_device **syn,
			 struct net_device **vf)
{
	unsigned int before;

	an_test_active(test, syn, vf);
	before = queue_up(test, *syn, *vf);
	goes_on_soon(test, *vf);
	return before;
}

/* Milliseconds that it takes to set the VF down */
static s64 set_down(struct net_device *vf)
{
	ktime_t start = ktime_get();

	an_test_set_up(vf, false);
	return ktime_ms_delta(ktime_get(), start);
}

static void what_waits_goes_out(struct kunit *test)
{
	struct net_device *syn, *vf;
	unsigned int before = busy(test, &syn, &vf);

	KUNIT_EXPECT_LT(test, set_down(vf), TOO_LONG_MS);
	KUNIT_EXPECT_EQ(test, an_fake_sent(vf), before + FRAMES);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_EQ(test, an_test_pair(syn)->stats.switch_why[AN_WHY_VF_DOWN], 1);
}

static void when_it_is_released(struct kunit *test)
{
	struct net_device *syn, *vf;
	unsigned int before = busy(test, &syn, &vf);
	struct an_pair *pair = an_test_pair(syn);

	rtnl_lock();
	an_release_vf(pair, AN_WHY_UNLOAD);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, an_fake_sent(vf), before + FRAMES);
	KUNIT_EXPECT_EQ(test, pair->stats.switch_why[AN_WHY_UNLOAD], 1);
}

static void when_the_nic_is_set_down(struct kunit *test)
{
	struct net_device *syn, *vf;
	unsigned int before = busy(test, &syn, &vf);

	an_test_set_up(syn, false);
	KUNIT_EXPECT_EQ(test, an_fake_sent(vf), before + FRAMES);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));
}

/* Nothing new meanwhile: it would never end. */
static void nothing_is_added(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	unsigned int before = an_fake_sent(syn);

	rtnl_lock();
	an_pair_event(pair, AN_EV_DRAIN, AN_WHY_REVOKED);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, pair->state, AN_DRAINING);
	KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	KUNIT_EXPECT_EQ(test, an_fake_sent(syn), before + 1);
	an_test_set_up(vf, false);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
}

static void not_for_ever(struct kunit *test)
{
	struct net_device *syn, *vf;
	unsigned int before;
	s64 ms;

	an_test_active(test, &syn, &vf);
	before = queue_up(test, syn, vf);
	ms = set_down(vf);
	KUNIT_EXPECT_GE(test, ms, LONG_MS);
	KUNIT_EXPECT_LT(test, ms, TOO_LONG_MS);
	KUNIT_EXPECT_EQ(test, an_fake_sent(vf), before);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
}

static void not_for_nothing(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	KUNIT_EXPECT_EQ(test, an_fake_send(test, syn), NET_XMIT_SUCCESS);
	KUNIT_EXPECT_LT(test, set_down(vf), AT_ONCE_MS);
}

/* It sends nothing any more, and the work that tells has not run. */
static void not_without_carrier(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	ktime_t start;

	queue_up(test, syn, vf);
	rtnl_lock();
	netif_carrier_off(vf);
	KUNIT_EXPECT_EQ(test, pair->state, AN_ACTIVE);
	start = ktime_get();
	dev_close(vf);
	KUNIT_EXPECT_LT(test, ktime_ms_delta(ktime_get(), start), AT_ONCE_MS);
	rtnl_unlock();
}

/* Without carrier nothing else sleeps there. */
static void after_those_who_are_about_to_send(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);
	struct rcu_gp_oldstate readers;

	rtnl_lock();
	netif_carrier_off(vf);
	get_state_synchronize_rcu_full(&readers);
	an_pair_leave(pair, AN_WHY_VF_DOWN);
	KUNIT_EXPECT_TRUE(test, poll_state_synchronize_rcu_full(&readers));
	rtnl_unlock();
}

/* The driver sends by it until it learns: the queues would not get empty. */
static void not_a_drivers_vf(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_adopted(test, &syn, &vf);
	queue_up(test, syn, vf);
	KUNIT_EXPECT_LT(test, set_down(vf), AT_ONCE_MS);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_waits_goes_out),
	KUNIT_CASE(when_it_is_released),
	KUNIT_CASE(when_the_nic_is_set_down),
	KUNIT_CASE(nothing_is_added),
	KUNIT_CASE(not_for_ever),
	KUNIT_CASE(not_for_nothing),
	KUNIT_CASE(not_without_carrier),
	KUNIT_CASE(after_those_who_are_about_to_send),
	KUNIT_CASE(not_a_drivers_vf),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_drain",
	.test_cases	= cases,
};

kunit_test_suite(suite);
