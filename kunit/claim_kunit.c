// SPDX-License-Identifier: GPL-2.0
/*
 * Claims: who enslaves the VF, in which order everybody is told, and that a
 * claim that fails leaves nothing behind
 */
#include <linux/rtnetlink.h>

#include "fixture.h"

/* A driver of the synthetic device, between our two notifiers. */
static struct driver {
	struct notifier_block nb;
	struct net_device *syn;		/* its device */
	const struct net_device_ops *ops; /* which has these operations */
	struct net_device *vf;		/* the VF that it is to look at */
	bool joins;			/* enslaves VFs itself */
	bool vetoes;			/* refuses every master link */
	unsigned int seen;		/* link events of the VF */
	unsigned int foreign;		/* of those, with other operations */
	unsigned int told;		/* times that peers were told of its device */
	unsigned int resent;		/* times that its groups were reported anew */
	unsigned int joined;		/* times that the VF was said to have a master */
	unsigned int flags_at_init;	/* VF's flags in POST_INIT */
	struct net_device *master_at_register;
	struct net_device *master_at_unregister;
} drv;

static void driver_link_event(void)
{
	drv.seen++;
	drv.foreign += drv.syn->netdev_ops != drv.ops;
}

static int driver_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_PRECHANGEUPPER && drv.vetoes)
		return notifier_from_errno(-EPERM);
	if (event == NETDEV_NOTIFY_PEERS && dev == drv.syn)
		drv.told++;
	if (event == NETDEV_RESEND_IGMP && dev == drv.syn)
		drv.resent++;
	if (dev != drv.vf)
		return NOTIFY_DONE;

	switch (event) {
	case NETDEV_POST_INIT:
		drv.flags_at_init = dev->flags;
		break;
	case NETDEV_REGISTER:
		drv.master_at_register = netdev_master_upper_dev_get(dev);
		if (drv.joins)
			netdev_master_upper_dev_link(dev, drv.syn, NULL, NULL,
						     NULL);
		break;
	case NETDEV_UNREGISTER:
		drv.master_at_unregister = netdev_master_upper_dev_get(dev);
		if (drv.joins)
			netdev_upper_dev_unlink(dev, drv.syn);
		break;
	case NETDEV_JOIN:
		drv.joined++;
		break;
	case NETDEV_UP:
	case NETDEV_CHANGE:
	case NETDEV_GOING_DOWN:
	case NETDEV_DOWN:
		driver_link_event();
		break;
	}
	return NOTIFY_DONE;
}

static void driver_stop(void *unused)
{
	unregister_netdevice_notifier(&drv.nb);
}

/* A synthetic device with this driver, and a VF that is yet to come. */
static struct net_device *driver_start(struct kunit *test, bool self)
{
	an_test_claim_self(test, self);
	memset(&drv, 0, sizeof(drv));
	drv.syn = an_fake_syn(test);
	drv.ops = drv.syn->netdev_ops;
	drv.vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	drv.nb.notifier_call = driver_event;
	KUNIT_ASSERT_EQ(test, register_netdevice_notifier(&drv.nb), 0);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, driver_stop, NULL));
	return drv.vf;
}

static struct net_device *master_of(struct net_device *dev)
{
	struct net_device *master;

	rtnl_lock();
	master = netdev_master_upper_dev_get(dev);
	rtnl_unlock();
	return master;
}

static void expect_free(struct kunit *test, struct net_device *vf)
{
	KUNIT_EXPECT_NULL(test, master_of(vf));
	KUNIT_EXPECT_FALSE(test, vf->flags & IFF_SLAVE);
	KUNIT_EXPECT_FALSE(test, vf->priv_flags & IFF_NO_ADDRCONF);
	rtnl_lock();
	KUNIT_EXPECT_FALSE(test, netdev_is_rx_handler_busy(vf));
	rtnl_unlock();
}

static void self_enslaves_before_the_driver(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);
	struct an_pair *pair = an_test_pair(drv.syn);

	an_fake_register(test, vf);
	KUNIT_EXPECT_TRUE(test, drv.flags_at_init & IFF_SLAVE);
	KUNIT_EXPECT_PTR_EQ(test, drv.master_at_register, drv.syn);
	KUNIT_EXPECT_EQ(test, drv.joined, 1);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_SELF);
	KUNIT_EXPECT_TRUE(test, vf->priv_flags & IFF_NO_ADDRCONF);
	KUNIT_EXPECT_PTR_EQ(test, drv.syn->netdev_ops, &pair->ops);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));

	an_fake_unregister(vf);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_SYNTHETIC);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_NONE);
	KUNIT_EXPECT_PTR_EQ(test, drv.syn->netdev_ops, drv.ops);
	KUNIT_EXPECT_EQ(test, pair->stats.switches, 2);
}

static void self_lets_go_before_the_driver(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);

	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	drv.master_at_unregister = drv.syn;
	an_fake_unregister(vf);
	KUNIT_EXPECT_NULL(test, drv.master_at_unregister);
}

static void the_driver_sees_its_own_operations(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);

	an_fake_register(test, vf);
	an_test_settle(drv.syn);
	an_fake_unregister(vf);
	/* UP; GOING_DOWN, DOWN */
	KUNIT_EXPECT_GE(test, drv.seen, 3);
	KUNIT_EXPECT_EQ(test, drv.foreign, 0);
}

/* ... but not of a VF that cannot receive yet. */
static void not_before_there_is_carrier(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);

	netif_carrier_off(vf);
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_JOINED);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));
	KUNIT_EXPECT_GT(test, drv.seen, 0);
	KUNIT_EXPECT_EQ(test, drv.foreign, drv.seen);
}

static void auto_adopts_what_the_driver_took(struct kunit *test)
{
	struct net_device *vf = driver_start(test, false);
	struct an_pair *pair = an_test_pair(drv.syn);

	drv.joins = true;
	an_fake_register(test, vf);
	KUNIT_EXPECT_NULL(test, drv.master_at_register);
	KUNIT_EXPECT_PTR_EQ(test, pair->vf, vf);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_DRIVER);
	KUNIT_EXPECT_PTR_EQ(test, drv.syn->netdev_ops, drv.ops);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));

	an_test_set_up(vf, true);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(pair->tx_vf));
	an_fake_unregister(vf);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_SYNTHETIC);
	KUNIT_EXPECT_NULL(test, pair->vf);
}

static void auto_takes_what_the_driver_lets_go(struct kunit *test)
{
	struct net_device *vf = driver_start(test, false);
	struct an_pair *pair = an_test_pair(drv.syn);

	drv.joins = true;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, pair->claim, AN_CLAIM_DRIVER);
	an_test_set_up(vf, true);
	KUNIT_ASSERT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	rtnl_lock();
	netdev_upper_dev_unlink(vf, drv.syn);
	KUNIT_EXPECT_EQ(test, pair->stats.switch_why[AN_WHY_DRIVER], 1);
	KUNIT_EXPECT_NULL(test, pair->vf);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_NONE);
	KUNIT_EXPECT_EQ(test, pair->state, AN_SYNTHETIC);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_SELF);
	KUNIT_EXPECT_PTR_EQ(test, master_of(vf), drv.syn);
	drv.joins = false;
}

/* What the driver gave its VF is given to the next one, which is ours. */
static void addresses_of_the_drivers_vf(struct kunit *test)
{
	static const u8 second[ETH_ALEN] = { 0x02, 0xfa, 0x4e, 0x00, 0x00, 0x02 };
	static const u8 group[ETH_ALEN] = { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 };
	struct net_device *vf = driver_start(test, false);

	drv.joins = true;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_pair(drv.syn)->claim, AN_CLAIM_DRIVER);
	rtnl_lock();
	KUNIT_ASSERT_EQ(test, dev_uc_add(drv.syn, second), 0);
	KUNIT_ASSERT_EQ(test, dev_mc_add(drv.syn, group), 0);
	netif_addr_lock_bh(drv.syn);
	dev_uc_sync(vf, drv.syn);
	dev_mc_sync(vf, drv.syn);
	netif_addr_unlock_bh(drv.syn);
	KUNIT_EXPECT_EQ(test, netdev_uc_count(vf), 1);
	KUNIT_EXPECT_EQ(test, netdev_mc_count(vf), netdev_mc_count(drv.syn));
	rtnl_unlock();
	an_fake_unregister(vf);

	drv.joins = false;
	an_test_claim_self(test, true);
	vf = an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, an_test_pair(drv.syn)->claim, AN_CLAIM_SELF);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_uc_count(vf), 1);
	KUNIT_EXPECT_EQ(test, netdev_mc_count(vf), netdev_mc_count(drv.syn));
	rtnl_unlock();
}

static void auto_takes_what_the_driver_left(struct kunit *test)
{
	struct net_device *vf = driver_start(test, false);

	an_fake_register(test, vf);
	KUNIT_EXPECT_NULL(test, drv.master_at_register);
	KUNIT_EXPECT_EQ(test, an_test_pair(drv.syn)->claim, AN_CLAIM_SELF);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, drv.foreign, 0);
}

static void a_refused_link_leaves_nothing(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);
	struct an_pair *pair = an_test_pair(drv.syn);

	drv.vetoes = true;
	an_fake_register(test, vf);
	an_test_settle(drv.syn);
	KUNIT_EXPECT_NULL(test, pair->vf);
	KUNIT_EXPECT_EQ(test, pair->state, AN_SYNTHETIC);
	KUNIT_EXPECT_PTR_EQ(test, drv.syn->netdev_ops, drv.ops);
	expect_free(test, vf);

	drv.vetoes = false;
	an_schedule_setup(pair, 0);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
}

static rx_handler_result_t pass(struct sk_buff **skb)
{
	return RX_HANDLER_PASS;
}

static void somebody_elses_vf_is_left_alone(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);

	/* taken before the pair's synthetic device appears */
	an_fake_unregister(drv.syn);
	an_fake_register(test, vf);
	rtnl_lock();
	KUNIT_ASSERT_EQ(test, netdev_rx_handler_register(vf, pass, NULL), 0);
	rtnl_unlock();

	drv.syn = an_fake_syn(test);
	drv.ops = drv.syn->netdev_ops;
	an_test_settle(drv.syn);
	KUNIT_EXPECT_NULL(test, an_test_pair(drv.syn)->vf);
	KUNIT_EXPECT_NULL(test, master_of(vf));
	KUNIT_EXPECT_FALSE(test, vf->flags & IFF_SLAVE);

	rtnl_lock();
	netdev_rx_handler_unregister(vf);
	rtnl_unlock();
	an_schedule_setup(an_test_pair(drv.syn), 0);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
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
	struct net_device *vf = driver_start(test, true);

	vf->mtu = 1200;
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, vf->mtu, 1500);
	an_fake_unregister(drv.syn);
	KUNIT_EXPECT_EQ(test, vf->mtu, 1200);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));
	expect_free(test, vf);
}

/* Without IPv6's own addresses before, and so it stays. */
static void what_was_not_ours_stays(struct kunit *test)
{
	struct net_device *vf, *syn;

	an_test_claim_self(test, true);
	vf = an_fake_vf(test);
	vf->priv_flags |= IFF_NO_ADDRCONF;
	syn = an_fake_syn(test);
	KUNIT_ASSERT_PTR_EQ(test, master_of(vf), syn);
	an_fake_unregister(syn);
	KUNIT_EXPECT_NULL(test, master_of(vf));
	KUNIT_EXPECT_TRUE(test, vf->priv_flags & IFF_NO_ADDRCONF);
}

static int set_mac(struct net_device *dev, u8 last)
{
	struct sockaddr sa = { .sa_family = dev->type };
	int err;

	memcpy(sa.sa_data, an_fake_mac, ETH_ALEN);
	sa.sa_data[ETH_ALEN - 1] = last;
	rtnl_lock();
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	err = dev_set_mac_address(dev, &sa, NULL);
	rtnl_unlock();
	return err;
}

/* One that was in use before the NIC appeared: its settings and its state. */
static void a_vf_in_use_comes_back(struct kunit *test)
{
	struct net_device *vf, *syn;

	an_test_claim_self(test, true);
	vf = an_fake_vf(test);
	vf->needed_headroom = 64;
	KUNIT_ASSERT_EQ(test, set_mac(vf, 9), 0);
	an_test_set_up(vf, true);

	syn = an_fake_syn(test);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, vf->dev_addr[5], 1);
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 64);

	rtnl_lock();
	an_release_vf(an_pair_by_syn(syn), AN_WHY_SYN_GONE);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, syn->needed_headroom, 0);
	KUNIT_EXPECT_EQ(test, vf->dev_addr[5], 9);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));
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

static void a_vf_that_does_not_open(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);

	an_fake_priv(vf)->fail_open = -EIO;
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_JOINED);
	an_fake_priv(vf)->fail_open = 0;
	an_test_set_up(drv.syn, false);
	an_test_set_up(drv.syn, true);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
}

/* What everybody knows is not said again each time the work item runs. */
static void what_is_known_is_not_said_again(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);
	unsigned int seen;

	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	seen = drv.seen;
	KUNIT_EXPECT_GT(test, seen, 0);
	an_schedule_setup(an_test_pair(drv.syn), 0);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, drv.seen, seen);
}

/* The next one starts from nothing. */
static void nothing_is_kept_of_a_vf(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);
	struct an_pair *pair = an_test_pair(drv.syn);

	an_fake_priv(vf)->fail_open = -EIO;
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_JOINED);
	KUNIT_EXPECT_TRUE(test, pair->window_over);
	KUNIT_EXPECT_TRUE(test, pair->open_due);
	pair->vlan_all = true;
	an_fake_unregister(vf);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_SYNTHETIC);
	KUNIT_EXPECT_EQ(test, pair->claim, AN_CLAIM_NONE);
	KUNIT_EXPECT_NULL(test, pair->vf);
	KUNIT_EXPECT_NULL(test, pair->found.vf);
	KUNIT_EXPECT_FALSE(test, pair->window_over);
	KUNIT_EXPECT_FALSE(test, pair->open_due);
	KUNIT_EXPECT_FALSE(test, pair->vlan_all);
}

static int set_mtu(struct net_device *dev, int mtu)
{
	int err;

	rtnl_lock();
	err = dev_set_mtu(dev, mtu);
	rtnl_unlock();
	return err;
}

static void mtu_of_both_or_neither(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	KUNIT_EXPECT_EQ(test, set_mtu(syn, 4000), 0);
	KUNIT_EXPECT_EQ(test, vf->mtu, 4000);
	an_fake_priv(vf)->fail_mtu = -EINVAL;
	KUNIT_EXPECT_EQ(test, set_mtu(syn, 1500), -EINVAL);
	KUNIT_EXPECT_EQ(test, syn->mtu, 4000);
	an_fake_priv(vf)->fail_mtu = 0;
	an_fake_priv(syn)->fail_mtu = -EBUSY;
	KUNIT_EXPECT_EQ(test, set_mtu(syn, 1500), -EBUSY);
	KUNIT_EXPECT_EQ(test, vf->mtu, 4000);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

static void address_of_both_or_neither(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_active(test, &syn, &vf);
	vf->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	KUNIT_EXPECT_EQ(test, set_mac(syn, 9), 0);
	KUNIT_EXPECT_EQ(test, vf->dev_addr[5], 9);
	an_fake_priv(vf)->fail_mac = -EPERM;
	KUNIT_EXPECT_EQ(test, set_mac(syn, 8), -EPERM);
	KUNIT_EXPECT_EQ(test, syn->dev_addr[5], 9);
	an_fake_priv(vf)->fail_mac = 0;
	an_fake_priv(syn)->fail_mac = -EBUSY;
	KUNIT_EXPECT_EQ(test, set_mac(syn, 8), -EBUSY);
	KUNIT_EXPECT_EQ(test, vf->dev_addr[5], 9);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

/* By the work after a switch; there is none any more when the module goes. */
static void peers_learn_of_the_way_back(struct kunit *test)
{
	struct net_device *vf = driver_start(test, true);
	struct an_pair *pair = an_test_pair(drv.syn);

	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(drv.syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, drv.told, 1);
	KUNIT_EXPECT_EQ(test, drv.resent, 1);
	rtnl_lock();
	an_pair_destroy(pair, AN_WHY_UNLOAD);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, drv.told, 2);
	KUNIT_EXPECT_EQ(test, drv.resent, 2);
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
	KUNIT_CASE(not_before_there_is_carrier),
	KUNIT_CASE(auto_adopts_what_the_driver_took),
	KUNIT_CASE(auto_takes_what_the_driver_lets_go),
	KUNIT_CASE(addresses_of_the_drivers_vf),
	KUNIT_CASE(auto_takes_what_the_driver_left),
	KUNIT_CASE(a_refused_link_leaves_nothing),
	KUNIT_CASE(somebody_elses_vf_is_left_alone),
	KUNIT_CASE(the_second_is_refused),
	KUNIT_CASE(what_was_found_comes_back),
	KUNIT_CASE(what_was_not_ours_stays),
	KUNIT_CASE(a_vf_in_use_comes_back),
	KUNIT_CASE(carrier_decides),
	KUNIT_CASE(a_vf_that_does_not_open),
	KUNIT_CASE(what_is_known_is_not_said_again),
	KUNIT_CASE(nothing_is_kept_of_a_vf),
	KUNIT_CASE(mtu_of_both_or_neither),
	KUNIT_CASE(address_of_both_or_neither),
	KUNIT_CASE(peers_learn_of_the_way_back),
	KUNIT_CASE(the_work_is_not_late),
	KUNIT_CASE(the_synthetic_device_comes_back),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_claim",
	.test_cases	= cases,
};

kunit_test_suite(suite);
