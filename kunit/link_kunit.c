// SPDX-License-Identifier: GPL-2.0
/*
 * A VF's settings follow the synthetic device's, and are as they were afterwards
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>

#include "fixture.h"

static const u8 group[ETH_ALEN] = { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 };
static const u8 second[ETH_ALEN] = { 0x02, 0xfa, 0x4e, 0x00, 0x00, 0x02 };

/* The VF with these TSO limits carries. */
static struct net_device *limited_vf(struct kunit *test, struct net_device *syn,
				     unsigned int size, u16 segs)
{
	struct net_device *vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);

	netif_set_tso_max_size(vf, size);
	netif_set_tso_max_segs(vf, segs);
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	return vf;
}

static void expect_limits(struct kunit *test, const struct net_device *dev,
			  unsigned int size, u16 segs)
{
	KUNIT_EXPECT_EQ(test, dev->tso_max_size, size);
	KUNIT_EXPECT_EQ(test, dev->gso_max_size, size);
	KUNIT_EXPECT_EQ(test, dev->gso_ipv4_max_size, size);
	KUNIT_EXPECT_EQ(test, dev->tso_max_segs, segs);
	KUNIT_EXPECT_EQ(test, dev->gso_max_segs, segs);
}

static void limits_of_the_smaller(struct kunit *test)
{
	static const struct {
		unsigned int size, segs;
	} vfs[] = {
		{ 30000, 40 }, { 30000, 200 }, { 60000, 40 }, { 60000, 200 },
		{ 50000, 100 },
	};
	struct net_device *syn, *vf;
	int i;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	netif_set_tso_max_size(syn, 50000);
	netif_set_tso_max_segs(syn, 100);
	for (i = 0; i < ARRAY_SIZE(vfs); i++) {
		vf = limited_vf(test, syn, vfs[i].size, vfs[i].segs);
		expect_limits(test, syn, min(vfs[i].size, 50000U),
			      min(vfs[i].segs, 100U));
		an_fake_unregister(vf);
		expect_limits(test, syn, 50000, 100);
	}
}

/* What an administrator set meanwhile is his. */
static void limits_set_by_hand_stay(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	netif_set_tso_max_size(syn, 50000);
	vf = limited_vf(test, syn, 30000, 40);
	rtnl_lock();
	WRITE_ONCE(syn->gso_max_size, 20000);
	WRITE_ONCE(syn->gso_ipv4_max_size, 19000);
	WRITE_ONCE(syn->gso_max_segs, 30);
	rtnl_unlock();
	an_fake_unregister(vf);
	KUNIT_EXPECT_EQ(test, syn->tso_max_size, 50000);
	KUNIT_EXPECT_EQ(test, syn->gso_max_size, 20000);
	KUNIT_EXPECT_EQ(test, syn->gso_ipv4_max_size, 19000);
	KUNIT_EXPECT_EQ(test, syn->gso_max_segs, 30);
}

/* What was put back is not put back again, over what the driver set since. */
static void limits_come_back_once(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	netif_set_tso_max_size(syn, 50000);
	vf = limited_vf(test, syn, 30000, syn->tso_max_segs);
	KUNIT_EXPECT_EQ(test, syn->tso_max_size, 30000);
	an_test_set_up(vf, false);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_EQ(test, syn->tso_max_size, 50000);
	netif_set_tso_max_size(syn, 20000);
	an_test_set_up(vf, true);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, syn->tso_max_size, 20000);
	an_test_set_up(vf, false);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_EQ(test, syn->tso_max_size, 20000);
}

/* The driver sets its own limit again, as when it opens its channels anew. */
static void limits_set_by_the_driver(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	netif_set_tso_max_size(syn, 50000);
	netif_set_tso_max_segs(syn, 100);
	vf = limited_vf(test, syn, 30000, 40);
	netif_set_tso_max_size(syn, 50000);
	netif_set_tso_max_segs(syn, 100);
	KUNIT_EXPECT_EQ(test, syn->gso_max_size, 30000);
	an_fake_unregister(vf);
	expect_limits(test, syn, 50000, 100);
}

static void set_feature(struct net_device *dev, netdev_features_t feature,
			bool on)
{
	rtnl_lock();
	dev->wanted_features &= ~feature;
	if (on)
		dev->wanted_features |= feature;
	netdev_update_features(dev);
	rtnl_unlock();
}

static void features_follow(struct kunit *test)
{
	struct net_device *syn, *vf;
	netdev_features_t was;

	an_test_active(test, &syn, &vf);
	was = vf->wanted_features;
	KUNIT_ASSERT_TRUE(test, vf->features & NETIF_F_TSO);
	set_feature(syn, NETIF_F_TSO, false);
	an_test_settle(syn);
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_TSO);
	set_feature(syn, NETIF_F_TSO, true);
	an_test_settle(syn);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_TSO);

	/* somebody else's doing is put right */
	set_feature(vf, NETIF_F_TSO, false);
	an_test_settle(syn);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_TSO);

	set_feature(syn, NETIF_F_TSO, false);
	an_test_settle(syn);
	an_fake_unregister(syn);
	KUNIT_EXPECT_EQ(test, vf->wanted_features, was);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_TSO);
}

/* The core would believe that a VF can do all that it is wanted to. */
static void features_that_only_one_can_change(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);
	syn->hw_features |= NETIF_F_TSO6;
	syn->features |= NETIF_F_TSO6;
	an_fake_manage(test, syn);
	vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	vf->hw_features |= NETIF_F_RXHASH;
	vf->features |= NETIF_F_RXHASH;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_TSO6);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_RXHASH);
	set_feature(vf, NETIF_F_RXHASH, false);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&an_test_pair(syn)->setup));
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_RXHASH);

	set_feature(syn, NETIF_F_TSO, false);
	an_test_settle(syn);
	KUNIT_EXPECT_FALSE(test, vf->features & (NETIF_F_TSO | NETIF_F_TSO6));
	an_fake_unregister(syn);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_TSO);
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_TSO6);
}

/* The core switches it off on a lower device, and would not give it back. */
static void large_packets_nobody_asked_for(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	KUNIT_ASSERT_FALSE(test, syn->features & NETIF_F_LRO);
	vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	vf->hw_features |= NETIF_F_LRO;
	vf->features |= NETIF_F_LRO | NETIF_F_RXCSUM;
	an_fake_register(test, vf);
	KUNIT_ASSERT_TRUE(test, vf->features & NETIF_F_LRO);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_LRO);
	set_feature(syn, NETIF_F_TSO, false);
	an_test_settle(syn);
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_LRO);
	an_fake_unregister(syn);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_LRO);
}

/* Refused because the NIC is up: the VF does not notice. */
static void an_address_for_a_nic_that_is_up(struct kunit *test)
{
	struct sockaddr sa = { .sa_family = ARPHRD_ETHER };
	struct net_device *syn, *vf;
	unsigned int calls;

	an_test_active(test, &syn, &vf);
	calls = an_fake_priv(vf)->macs;
	ether_addr_copy(sa.sa_data, second);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mac_address(syn, &sa, NULL), -EBUSY);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, an_fake_priv(vf)->macs, calls);
}

static unsigned int flag_changes;

static void own_change_flags(struct net_device *dev, int change)
{
	flag_changes++;
}

/* What the driver does without works, and what it cannot do is not pretended. */
static void a_driver_with_few_operations(struct kunit *test)
{
	static struct net_device_ops few;
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);
	few = *syn->netdev_ops;
	few.ndo_change_mtu = NULL;
	few.ndo_set_mac_address = NULL;
	few.ndo_set_rx_mode = NULL;
	few.ndo_change_rx_flags = own_change_flags;
	syn->netdev_ops = &few;
	an_fake_manage(test, syn);
	vf = an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);

	KUNIT_EXPECT_EQ(test, an_test_set_mtu(syn, 4000), 0);
	KUNIT_EXPECT_EQ(test, syn->mtu, 4000);
	KUNIT_EXPECT_EQ(test, vf->mtu, 4000);
	KUNIT_EXPECT_EQ(test, an_test_set_mac(syn, second), -EOPNOTSUPP);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(vf->dev_addr, an_fake_mac));
	flag_changes = 0;
	rtnl_lock();
	dev_set_promiscuity(syn, 1);
	KUNIT_EXPECT_EQ(test, vf->promiscuity, 1);
	dev_set_promiscuity(syn, -1);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, flag_changes, 2);
}

static struct net_device *stubborn;

static int refuse_and_forbid(struct net_device *dev, void *addr)
{
	an_fake_priv(stubborn)->fail_mac = -EPERM;
	return -EBUSY;
}

/* Neither takes the other's: no frames, until one does. */
static void an_address_that_is_not_taken_back(struct kunit *test)
{
	static struct net_device_ops ops;
	struct net_device *syn;

	an_test_claim_self(test, true);
	syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);
	ops = *syn->netdev_ops;
	ops.ndo_set_mac_address = refuse_and_forbid;
	syn->netdev_ops = &ops;
	an_fake_manage(test, syn);
	stubborn = an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	stubborn->priv_flags |= IFF_LIVE_ADDR_CHANGE;

	KUNIT_EXPECT_EQ(test, an_test_set_mac(syn, second), -EBUSY);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(stubborn->dev_addr, second));
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	an_fake_priv(stubborn)->fail_mac = 0;
	an_schedule_setup(an_test_pair(syn), 0);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(stubborn->dev_addr,
						 an_fake_mac));
}

static void expect_modes(struct kunit *test, const struct net_device *vf,
			 unsigned int promisc, unsigned int allmulti)
{
	KUNIT_EXPECT_EQ(test, vf->promiscuity, promisc);
	KUNIT_EXPECT_EQ(test, vf->allmulti, allmulti);
}

static void receive_modes(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;

	pair = an_test_active(test, &syn, &vf);
	expect_modes(test, vf, 0, 0);
	rtnl_lock();
	dev_set_promiscuity(syn, 1);
	expect_modes(test, vf, 1, 0);
	dev_set_allmulti(syn, 1);
	expect_modes(test, vf, 1, 1);
	dev_set_promiscuity(syn, -1);
	expect_modes(test, vf, 0, 1);
	dev_set_allmulti(syn, -1);
	expect_modes(test, vf, 0, 0);
	dev_set_promiscuity(syn, 1);
	dev_set_allmulti(syn, 1);
	an_release_vf(pair, AN_WHY_SYN_GONE);
	expect_modes(test, vf, 0, 0);
	/* The next VF is given them again. */
	KUNIT_EXPECT_FALSE(test, pair->promisc);
	KUNIT_EXPECT_FALSE(test, pair->allmulti);
	dev_set_promiscuity(syn, -1);
	dev_set_allmulti(syn, -1);
	rtnl_unlock();
}

/* With the list of addresses locked the VF cannot be asked. */
static void promiscuous_for_an_address(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	rtnl_lock();
	KUNIT_ASSERT_EQ(test, dev_uc_add(syn, second), 0);
	KUNIT_EXPECT_TRUE(test, syn->flags & IFF_PROMISC);
	KUNIT_EXPECT_FALSE(test, pair->promisc);
	rtnl_unlock();
	an_test_settle(syn);
	KUNIT_EXPECT_TRUE(test, pair->promisc);

	rtnl_lock();
	KUNIT_ASSERT_EQ(test, dev_uc_del(syn, second), 0);
	/* What the VF has of the list is counted until it is synced again. */
	dev_set_allmulti(syn, 1);
	dev_set_allmulti(syn, -1);
	KUNIT_EXPECT_FALSE(test, syn->flags & IFF_PROMISC);
	rtnl_unlock();
	an_test_settle(syn);
	KUNIT_EXPECT_FALSE(test, pair->promisc);
	expect_modes(test, vf, 0, 0);
}

/* Is the group in the list? Others are there, too. */
static bool has_group(const struct net_device *dev)
{
	struct netdev_hw_addr *ha;

	netdev_for_each_mc_addr(ha, dev)
		if (ether_addr_equal(ha->addr, group))
			return true;
	return false;
}

static void address_lists(struct kunit *test)
{
	static const u8 third[ETH_ALEN] = { 0x02, 0xfa, 0x4e, 0x00, 0x00, 0x03 };
	struct net_device *syn, *vf;
	unsigned int modes;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	syn->priv_flags |= IFF_UNICAST_FLT;
	rtnl_lock();
	KUNIT_ASSERT_EQ(test, dev_uc_add(syn, second), 0);
	rtnl_unlock();
	vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	vf->priv_flags |= IFF_UNICAST_FLT;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_EQ(test, netdev_uc_count(vf), 1);

	rtnl_lock();
	modes = an_fake_priv(syn)->rx_modes;
	KUNIT_ASSERT_EQ(test, dev_uc_add(syn, third), 0);
	KUNIT_EXPECT_EQ(test, netdev_uc_count(vf), 2);
	KUNIT_EXPECT_GT_MSG(test, an_fake_priv(syn)->rx_modes, modes,
			    "the driver's own turn, too");
	dev_uc_del(syn, third);
	KUNIT_EXPECT_EQ(test, netdev_uc_count(vf), 1);

	KUNIT_ASSERT_EQ(test, dev_mc_add(syn, group), 0);
	KUNIT_EXPECT_TRUE(test, has_group(vf));
	dev_mc_del(syn, group);
	KUNIT_EXPECT_FALSE(test, has_group(vf));
	KUNIT_ASSERT_EQ(test, dev_mc_add(syn, group), 0);
	an_release_vf(an_pair_by_syn(syn), AN_WHY_SYN_GONE);
	KUNIT_EXPECT_EQ(test, netdev_uc_count(vf), 0);
	KUNIT_EXPECT_FALSE(test, has_group(vf));
	rtnl_unlock();
}

static void expect_opens(struct kunit *test, struct an_pair *pair, bool opens)
{
	pair->open_due = !opens;
	rtnl_lock();
	an_link_open(pair);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, netif_running(pair->vf), opens);
	KUNIT_EXPECT_FALSE(test, pair->open_due);
}

/* Each reason is enough, and it is not tried again because of it. */
static void reasons_not_to_open(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = an_test_active(test, &syn, &vf);

	an_test_set_up(vf, false);
	an_test_settle(syn);
	pair->window_over = false;
	expect_opens(test, pair, false);
	pair->window_over = true;
	pair->xdp_shut = true;
	expect_opens(test, pair, false);
	pair->xdp_shut = false;
	pair->asleep = true;
	expect_opens(test, pair, false);
	pair->asleep = false;
	an_test_set_up(syn, false);
	expect_opens(test, pair, false);
	an_test_set_up(syn, true);
	an_test_set_up(vf, false);
	expect_opens(test, pair, true);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(limits_of_the_smaller),
	KUNIT_CASE(limits_set_by_hand_stay),
	KUNIT_CASE(limits_come_back_once),
	KUNIT_CASE(limits_set_by_the_driver),
	KUNIT_CASE(features_follow),
	KUNIT_CASE(features_that_only_one_can_change),
	KUNIT_CASE(large_packets_nobody_asked_for),
	KUNIT_CASE(an_address_for_a_nic_that_is_up),
	KUNIT_CASE(a_driver_with_few_operations),
	KUNIT_CASE(an_address_that_is_not_taken_back),
	KUNIT_CASE(receive_modes),
	KUNIT_CASE(promiscuous_for_an_address),
	KUNIT_CASE(address_lists),
	KUNIT_CASE(reasons_not_to_open),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_link",
	.test_cases	= cases,
};

kunit_test_suite(suite);
