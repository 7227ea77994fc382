// SPDX-License-Identifier: GPL-2.0
/*
 * What is made of events that others cause: joins that are refused, devices that
 * stand in a VF's way, and when the way is free
 */
#include <linux/delay.h>
#include <linux/rtnetlink.h>

#include "fixture.h"

static const u8 other_mac[ETH_ALEN] = { 0x02, 0xfa, 0x4e, 0x00, 0x00, 0x0f };

/* A netdev that nobody takes for a VF of the NIC. */
static struct net_device *another(struct kunit *test)
{
	struct net_device *dev = an_fake_alloc(test, "e1000e", other_mac);

	an_fake_register(test, dev);
	return dev;
}

static int join_told(struct net_device *dev, struct net_device *master,
		     struct netlink_ext_ack *extack)
{
	int err;

	rtnl_lock();
	err = netdev_master_upper_dev_link(dev, master, NULL, NULL, extack);
	rtnl_unlock();
	return err;
}

static int join(struct net_device *dev, struct net_device *master)
{
	return join_told(dev, master, NULL);
}

static void leave(struct net_device *dev, struct net_device *master)
{
	rtnl_lock();
	netdev_upper_dev_unlink(dev, master);
	rtnl_unlock();
}

static void window_back(void *ms)
{
	an_window_ms = (unsigned long)ms;
}

static void window_of(struct kunit *test, unsigned int ms)
{
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action(test, window_back,
					 (void *)(unsigned long)an_window_ms));
	an_window_ms = ms;
}

/* It has the address, but no PCI function: anybody can make one. */
static struct net_device *look_alike(struct kunit *test)
{
	struct net_device *dev = an_fake_alloc(test, "veth", an_fake_mac);

	an_fake_priv(dev)->pdev.dev.bus = NULL;
	an_fake_register(test, dev);
	return dev;
}

static void a_look_alike_must_not_join(struct kunit *test)
{
	struct net_device *syn = an_fake_syn(test);
	struct net_device *fraud = look_alike(test);
	struct netlink_ext_ack extack = {};

	KUNIT_EXPECT_EQ(test, join_told(fraud, syn, &extack), -EINVAL);
	KUNIT_EXPECT_STREQ(test, strstr(extack._msg ?: "", "not a VF"),
			   "not a VF's own port");
	KUNIT_EXPECT_EQ(test, join(fraud, syn), -EINVAL);
	KUNIT_EXPECT_NULL(test, an_test_master(fraud));
	KUNIT_EXPECT_EQ(test, an_test_pair(syn)->stats.refused, 2);

	/* ... whoever else may like it */
	KUNIT_EXPECT_EQ(test, join(fraud, another(test)), 0);
	rtnl_lock();
	netdev_upper_dev_unlink(fraud, netdev_master_upper_dev_get(fraud));
	rtnl_unlock();
}

static void a_second_vf_must_not_join(struct kunit *test)
{
	struct net_device *syn, *vf, *second;
	struct netlink_ext_ack extack = {};
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	second = an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, join_told(second, syn, &extack), -EBUSY);
	KUNIT_EXPECT_STREQ(test, strstr(extack._msg ?: "", "the NIC"),
			   "the NIC has a VF already");
	KUNIT_EXPECT_EQ(test, join(second, syn), -EBUSY);
	KUNIT_EXPECT_NULL(test, an_test_master(second));

	/* a link that makes it no slave means nothing */
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_upper_dev_link(second, syn, NULL), 0);
	netdev_upper_dev_unlink(second, syn);
	rtnl_unlock();
	KUNIT_EXPECT_PTR_EQ(test, pair->vf, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);

	/* its turn, also when no traffic has to be moved */
	an_test_set_up(vf, false);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	an_fake_unregister(vf);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_PTR_EQ(test, pair->vf, second);
}

/* The first one is what traffic goes to. */
static void a_second_one_of_the_drivers(struct kunit *test)
{
	struct net_device *syn, *vf, *second;
	struct an_pair *pair;

	pair = an_test_adopted(test, &syn, &vf);
	second = an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, join(second, syn), 0);
	KUNIT_EXPECT_PTR_EQ(test, pair->vf, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	leave(second, syn);
	KUNIT_EXPECT_PTR_EQ(test, pair->vf, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

/* The driver would not let go of it, were its operations replaced. */
static void while_the_driver_has_another(struct kunit *test)
{
	struct net_device *syn, *wrong, *vf;
	struct an_pair *pair;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	pair = an_test_pair(syn);
	wrong = another(test);
	KUNIT_ASSERT_EQ(test, join(wrong, syn), 0);
	vf = an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_SYNTHETIC);
	KUNIT_EXPECT_NULL(test, an_test_master(vf));

	leave(wrong, syn);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_PTR_EQ(test, pair->vf, vf);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_SELF);
}

/* Nor does it learn of XDP programs then; it does before and afterwards. */
static void the_watch_makes_way(struct kunit *test)
{
	struct net_device *syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);
	const struct net_device_ops *own;
	struct net_device *wrong;
	struct an_pair *pair;

	an_test_claim_self(test, true);
	an_fake_xdp(syn);
	own = syn->netdev_ops;
	an_fake_manage(test, syn);
	pair = an_test_pair(syn);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, &pair->watch_ops);

	wrong = another(test);
	/* a link that makes it no slave means nothing */
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_upper_dev_link(wrong, syn, NULL), 0);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, &pair->watch_ops);
	netdev_upper_dev_unlink(wrong, syn);
	rtnl_unlock();

	KUNIT_ASSERT_EQ(test, join(wrong, syn), 0);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, own);
	leave(wrong, syn);
	an_test_settle(syn);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, &pair->watch_ops);
}

static void watched_by_whoever_enslaves(struct kunit *test)
{
	struct net_device *syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);
	const struct net_device_ops *own;
	struct an_pair *pair;
	struct net_device *vf;

	an_test_claim_self(test, false);
	an_fake_xdp(syn);
	own = syn->netdev_ops;
	an_fake_manage(test, syn);
	an_test_settle(syn);
	pair = an_test_pair(syn);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, own);
	vf = an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, pair->claim, AN_CLAIM_SELF);

	rtnl_lock();
	an_release_vf(pair, AN_WHY_DRIVER);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, &pair->watch_ops);
	KUNIT_EXPECT_EQ(test, 0, netdev_master_upper_dev_link(vf, syn, NULL,
							      NULL, NULL));
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_DRIVER);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, own);
	netdev_upper_dev_unlink(vf, syn);
	KUNIT_EXPECT_PTR_EQ(test, syn->netdev_ops, own);
	rtnl_unlock();
}

static void while_somebody_has_the_vf(struct kunit *test)
{
	struct net_device *syn, *vf, *bridge, *upper;

	an_test_claim_self(test, true);
	bridge = another(test);
	upper = another(test);
	vf = an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, join(vf, bridge), 0);
	syn = an_fake_syn(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_SYNTHETIC);

	/* a second upper device of his is no invitation */
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_upper_dev_link(vf, upper, NULL), 0);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_SYNTHETIC);
	leave(vf, upper);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_SYNTHETIC);

	leave(vf, bridge);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_PTR_EQ(test, an_test_pair(syn)->vf, vf);
}

/* A link that makes it no slave is no invitation either. */
static void while_it_is_below_something(struct kunit *test)
{
	struct net_device *syn, *vf, *upper;
	struct an_pair *pair;

	window_of(test, 500);
	an_test_claim_self(test, false);
	upper = another(test);
	vf = an_fake_vf(test);
	syn = an_fake_syn(test);
	pair = an_test_pair(syn);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_upper_dev_link(vf, upper, NULL), 0);
	KUNIT_EXPECT_NULL(test, pair->vf);
	netdev_upper_dev_unlink(vf, upper);
	rtnl_unlock();
}

/* Of the driver's VF only the link to its NIC counts. */
static void the_drivers_vf_elsewhere(struct kunit *test)
{
	struct net_device *syn, *vf, *upper;
	struct an_pair *pair;

	pair = an_test_adopted(test, &syn, &vf);
	upper = another(test);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_upper_dev_link(vf, upper, NULL), 0);
	netdev_upper_dev_unlink(vf, upper);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_DRIVER);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);

	KUNIT_EXPECT_EQ(test, pair->stats.switches, 1);
	an_test_set_up(syn, false);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_TRUE_MSG(test, netif_running(vf), "the driver's business");
	an_test_carrier(vf, true);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	an_test_set_up(syn, true);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, pair->stats.switch_why[AN_WHY_SYN_UP], 1);
}

static struct {
	struct notifier_block nb;
	struct net_device *syn;
	struct net_device *vf;
	bool left;			/* we had let go before */
} slow;

/* A driver whose notifier comes behind ours. */
static int slow_driver(struct notifier_block *nb, unsigned long event, void *ptr)
{
	if (event != NETDEV_UNREGISTER ||
	    netdev_notifier_info_to_dev(ptr) != slow.vf)
		return NOTIFY_DONE;
	slow.left = !an_pair_by_vf(slow.vf);
	netdev_upper_dev_unlink(slow.vf, slow.syn);
	return NOTIFY_DONE;
}

static void a_driver_that_lets_go_late(struct kunit *test)
{
	struct an_pair *pair;

	an_test_adopted(test, &slow.syn, &slow.vf);
	pair = an_test_pair(slow.syn);
	slow.nb.notifier_call = slow_driver;
	slow.nb.priority = INT_MIN;
	KUNIT_ASSERT_EQ(test, register_netdevice_notifier(&slow.nb), 0);
	an_fake_unregister(slow.vf);
	unregister_netdevice_notifier(&slow.nb);
	KUNIT_EXPECT_TRUE(test, slow.left);
	KUNIT_EXPECT_EQ(test, an_test_state(slow.syn), AN_SYNTHETIC);
	KUNIT_EXPECT_NULL(test, pair->vf);
	KUNIT_EXPECT_EQ(test, pair->stats.switch_why[AN_WHY_REVOKED], 1);
}

/* As its driver may do on the way down. */
static void told_of_a_closed_vf(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	rtnl_lock();
	clear_bit(__LINK_STATE_START, &vf->state);
	netdev_state_change(vf);
	KUNIT_EXPECT_EQ(test, pair->state, AN_JOINED);
	set_bit(__LINK_STATE_START, &vf->state);
	netdev_state_change(vf);
	KUNIT_EXPECT_EQ(test, pair->state, AN_ACTIVE);
	rtnl_unlock();
}

/* udev may rename a VF as long as it is closed. */
static void closed_while_it_can_be_renamed(struct kunit *test)
{
	struct net_device *syn, *vf;

	window_of(test, 500);
	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	vf = an_fake_vf(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));

	/* Nor is anything done to it. */
	rtnl_lock();
	syn->wanted_features &= ~NETIF_F_TSO;
	netdev_update_features(syn);
	rtnl_unlock();
	KUNIT_EXPECT_FALSE(test, syn->features & NETIF_F_TSO);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_TSO);

	/* time is simulated */
	msleep(an_window_ms + 100);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_TSO);
}

/* Whoever had a VF for the window has a moment more to want it again. */
static void expect_after_window(struct kunit *test, struct net_device *syn,
				unsigned long start)
{
	struct timer_list *timer = &an_test_pair(syn)->setup.timer;

	KUNIT_EXPECT_TRUE(test, timer_pending(timer));
	KUNIT_EXPECT_TRUE(test, time_after(timer->expires, start +
					   msecs_to_jiffies(an_window_ms)));
	an_test_settle(syn);
}

static void the_driver_has_its_time(struct kunit *test)
{
	unsigned long start = jiffies;
	struct net_device *syn, *wrong;

	window_of(test, 500);
	an_test_claim_self(test, false);
	syn = an_fake_syn(test);
	expect_after_window(test, syn, start);
	wrong = another(test);
	KUNIT_ASSERT_EQ(test, join(wrong, syn), 0);
	start = jiffies;
	leave(wrong, syn);
	expect_after_window(test, syn, start);
}

static void the_driver_has_its_time_again(struct kunit *test)
{
	struct net_device *syn, *vf;
	unsigned long start;

	window_of(test, 500);
	an_test_adopted(test, &syn, &vf);
	/* else telling the peers comes first */
	an_test_set_up(vf, false);
	an_test_settle(syn);
	start = jiffies;
	leave(vf, syn);
	expect_after_window(test, syn, start);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_look_alike_must_not_join),
	KUNIT_CASE(a_second_vf_must_not_join),
	KUNIT_CASE(a_second_one_of_the_drivers),
	KUNIT_CASE(while_the_driver_has_another),
	KUNIT_CASE(the_watch_makes_way),
	KUNIT_CASE(watched_by_whoever_enslaves),
	KUNIT_CASE(while_somebody_has_the_vf),
	KUNIT_CASE(while_it_is_below_something),
	KUNIT_CASE(the_drivers_vf_elsewhere),
	KUNIT_CASE(a_driver_that_lets_go_late),
	KUNIT_CASE(told_of_a_closed_vf),
	KUNIT_CASE(closed_while_it_can_be_renamed),
	KUNIT_CASE(the_driver_has_its_time),
	KUNIT_CASE(the_driver_has_its_time_again),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_notify",
	.test_cases	= cases,
};

kunit_test_suite(suite);
