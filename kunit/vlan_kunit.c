// SPDX-License-Identifier: GPL-2.0
/*
 * The VF has the filters of the VLANs that are on the synthetic device
 */
#include <linux/file.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include "fixture.h"

/* What "ip link add NAME link LOWER type vlan protocol PROTO id VID" sends. */
static struct sk_buff *new_vlan(struct kunit *test, struct net_device *lower,
				const char *name, u16 proto, u16 vid)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	struct nlattr *info, *data;
	struct nlmsghdr *nlh;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	nlh = nlmsg_put(skb, 0, 0, RTM_NEWLINK, sizeof(struct ifinfomsg),
			NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL);
	memset(nlmsg_data(nlh), 0, sizeof(struct ifinfomsg));
	nla_put_u32(skb, IFLA_LINK, lower->ifindex);
	nla_put_string(skb, IFLA_IFNAME, name);
	info = nla_nest_start(skb, IFLA_LINKINFO);
	nla_put_string(skb, IFLA_INFO_KIND, "vlan");
	data = nla_nest_start(skb, IFLA_INFO_DATA);
	nla_put_u16(skb, IFLA_VLAN_ID, vid);
	nla_put_be16(skb, IFLA_VLAN_PROTOCOL, htons(proto));
	nla_nest_end(skb, data);
	nla_nest_end(skb, info);
	nlmsg_end(skb, nlh);
	return skb;
}

/* A VLAN device, which goes with its lower device at the latest. */
static struct net_device *add_vlan_proto(struct kunit *test,
					 struct net_device *lower, u16 proto,
					 u16 vid)
{
	static unsigned int serial;
	struct msghdr msg = {};
	struct net_device *vlan;
	char name[IFNAMSIZ];
	struct socket *sock;
	struct sk_buff *skb;
	struct file *file;
	struct kvec vec;

	snprintf(name, sizeof(name), "anv%u", serial++);
	KUNIT_ASSERT_EQ(test, 0, sock_create_kern(&init_net, AF_NETLINK,
						  SOCK_RAW, NETLINK_ROUTE,
						  &sock));
	/* rtnetlink looks at who opened it. */
	file = sock_alloc_file(sock, 0, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	skb = new_vlan(test, lower, name, proto, vid);
	vec = (struct kvec){ .iov_base = skb->data, .iov_len = skb->len };
	kernel_sendmsg(sock, &msg, &vec, 1, skb->len);
	kfree_skb(skb);
	fput(file);

	rtnl_lock();
	vlan = __dev_get_by_name(&init_net, name);
	rtnl_unlock();
	KUNIT_ASSERT_NOT_NULL(test, vlan);
	return vlan;
}

static struct net_device *add_vlan(struct kunit *test, struct net_device *lower,
				   u16 vid)
{
	return add_vlan_proto(test, lower, ETH_P_8021Q, vid);
}

static void del_vlan(struct net_device *vlan)
{
	LIST_HEAD(list);

	rtnl_lock();
	vlan->rtnl_link_ops->dellink(vlan, &list);
	unregister_netdevice_many(&list);
	rtnl_unlock();
}

static struct net_device *filtering_vf(struct kunit *test)
{
	struct net_device *vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);

	vf->hw_features |= NETIF_F_HW_VLAN_CTAG_FILTER;
	vf->features |= NETIF_F_HW_VLAN_CTAG_FILTER;
	return vf;
}

static bool lets_in(const struct net_device *vf, u16 vid)
{
	return test_bit(vid, an_fake_priv(vf)->vids);
}

/* A pair whose VF filters VLANs and carries. */
static struct an_pair *active(struct kunit *test, struct net_device **syn,
			      struct net_device **vf)
{
	an_test_claim_self(test, true);
	*syn = an_fake_syn(test);
	*vf = filtering_vf(test);
	an_fake_register(test, *vf);
	KUNIT_ASSERT_EQ(test, an_test_state(*syn), AN_ACTIVE);
	return an_test_pair(*syn);
}

/* The same with the driver's VF. */
static struct an_pair *adopted(struct kunit *test, struct net_device **syn,
			       struct net_device **vf)
{
	an_test_adopted(test, syn, vf);
	rtnl_lock();
	(*vf)->hw_features |= NETIF_F_HW_VLAN_CTAG_FILTER;
	(*vf)->wanted_features |= NETIF_F_HW_VLAN_CTAG_FILTER;
	netdev_update_features(*vf);
	rtnl_unlock();
	return an_test_pair(*syn);
}

static void release(struct an_pair *pair)
{
	rtnl_lock();
	an_release_vf(pair, AN_WHY_SYN_GONE);
	rtnl_unlock();
}

static void those_that_are_there(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	add_vlan(test, syn, 5);
	add_vlan(test, syn, 7);
	vf = filtering_vf(test);
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 5));
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 7));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 6));

	release(an_test_pair(syn));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 7));
}

static void those_that_come_and_go(struct kunit *test)
{
	struct net_device *syn, *vf, *vlan;

	active(test, &syn, &vf);
	vlan = add_vlan(test, syn, 5);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 5));
	del_vlan(vlan);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
}

/* The same number of the two kinds is two VLANs. */
static void those_with_service_tags(struct kunit *test)
{
	struct net_device *syn, *vf, *vlan;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	vf = filtering_vf(test);
	vf->hw_features |= NETIF_F_HW_VLAN_STAG_FILTER;
	vf->features |= NETIF_F_HW_VLAN_STAG_FILTER;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	add_vlan_proto(test, syn, ETH_P_8021AD, 0);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, VLAN_N_VID));
	add_vlan(test, syn, 5);
	vlan = add_vlan_proto(test, syn, ETH_P_8021AD, 5);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 5));
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 5 + VLAN_N_VID));
	del_vlan(vlan);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 5));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5 + VLAN_N_VID));
	add_vlan_proto(test, syn, ETH_P_8021AD, 6);
	release(an_test_pair(syn));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, VLAN_N_VID));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 6 + VLAN_N_VID));
}

/* The VF sees the outer tag only. */
static void not_those_in_a_vlan(struct kunit *test)
{
	struct net_device *syn, *vf, *outer, *inner;
	struct an_pair *pair = active(test, &syn, &vf);

	outer = add_vlan(test, syn, 5);
	inner = add_vlan(test, outer, 9);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 9));
	del_vlan(inner);

	inner = add_vlan(test, outer, 7);
	add_vlan(test, syn, 7);
	release(pair);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 7));
	an_schedule_setup(pair, 0);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 7));
	del_vlan(inner);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 7));
}

/* Nor those on a NIC that is none of ours, or whose VF is not there. */
static void nor_those_of_others(struct kunit *test)
{
	static const u8 mac[ETH_ALEN] = { 0x02, 0xfa, 0x4e, 0x00, 0x00, 0x07 };
	struct net_device *syn, *vf, *other;

	active(test, &syn, &vf);
	other = an_fake_alloc(test, "e1000e", mac);
	an_fake_register(test, other);
	del_vlan(add_vlan(test, other, 5));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
	add_vlan(test, other, 6);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 6));

	an_fake_unregister(vf);
	del_vlan(add_vlan(test, syn, 5));
	add_vlan(test, other, 7);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_SYNTHETIC);
}

/* Better to receive all than to lose one; as it was when the VF is let go. */
static void a_vf_that_refuses_filters(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = active(test, &syn, &vf);

	add_vlan(test, syn, 5);
	an_fake_priv(vf)->fail_vlan = -ENOSPC;
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	add_vlan(test, syn, 6);
	KUNIT_EXPECT_TRUE(test, pair->vlan_all);
	KUNIT_EXPECT_TRUE(test, test_bit(6, pair->vids));
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);

	/* It has no room yet when it is to filter again, and is not asked for any. */
	an_fake_priv(vf)->vlans = 0;
	release(pair);
	KUNIT_EXPECT_EQ(test, an_fake_priv(vf)->vlans, 0);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	KUNIT_EXPECT_FALSE(test, pair->vlan_all);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 6));
}

/* VLANs on a bond are no business of the devices below it that filter none. */
static void below_another_device(struct kunit *test)
{
	static const u8 mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x77 };
	struct net_device *syn, *vf, *bond = an_fake_alloc(test, "other", mac);
	struct net_device *team = an_fake_alloc(test, "other", mac);
	struct an_pair *pair = active(test, &syn, &vf);

	an_fake_register(test, bond);
	add_vlan(test, syn, 5);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, 0, netdev_upper_dev_link(syn, bond, NULL));
	rtnl_unlock();
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	/* one more changes nothing */
	an_fake_register(test, team);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, 0, netdev_upper_dev_link(syn, team, NULL));
	netdev_upper_dev_unlink(syn, team);
	rtnl_unlock();
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);

	/* and so for the next one */
	an_fake_unregister(vf);
	vf = filtering_vf(test);
	an_fake_register(test, vf);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_FALSE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	release(pair);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	rtnl_lock();
	netdev_upper_dev_unlink(syn, bond);
	rtnl_unlock();
}

/* mlx4 and ixgbevf always filter. The bond's VLANs are noted on the NIC below it. */
static void a_filter_that_stays_on(struct kunit *test)
{
	static const u8 mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x77 };
	struct net_device *syn, *vf, *bond = an_fake_alloc(test, "other", mac);
	struct an_pair *pair;

	an_test_claim_self(test, true);
	syn = an_fake_syn(test);
	vf = filtering_vf(test);
	vf->hw_features &= ~NETIF_F_HW_VLAN_CTAG_FILTER;
	an_fake_register(test, vf);
	an_fake_register(test, bond);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	pair = an_test_pair(syn);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, 0, vlan_vid_add(syn, htons(ETH_P_8021Q), 5));
	KUNIT_EXPECT_EQ(test, 0, netdev_upper_dev_link(syn, bond, NULL));
	rtnl_unlock();
	an_test_settle(syn);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 5));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 6));

	/* one more, as the bond's own operation does */
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, 0, vlan_vid_add(syn, htons(ETH_P_8021Q), 6));
	rtnl_unlock();
	add_vlan(test, bond, 6);
	an_test_settle(syn);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 6));

	release(pair);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 6));
	rtnl_lock();
	netdev_upper_dev_unlink(syn, bond);
	vlan_vid_del(syn, htons(ETH_P_8021Q), 5);
	vlan_vid_del(syn, htons(ETH_P_8021Q), 6);
	rtnl_unlock();
}

/* The core says that there is no such device. */
static void one_that_comes_during_a_reset(struct kunit *test)
{
	struct net_device *syn, *vf, *vlan;
	struct an_pair *pair = active(test, &syn, &vf);

	vlan = add_vlan(test, syn, 5);
	an_fake_priv(vf)->fail_vlan = -ENODEV;
	add_vlan(test, syn, 6);
	an_test_settle(syn);
	KUNIT_EXPECT_FALSE(test, pair->vlan_all);
	del_vlan(vlan);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
	an_fake_priv(vf)->fail_vlan = 0;
	an_test_settle(syn);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 6));
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&pair->setup));
}

/* The features of the driver's VF are the driver's. */
static void a_drivers_vf_that_refuses(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair;

	pair = adopted(test, &syn, &vf);
	add_vlan(test, syn, 5);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 5));
	an_fake_priv(vf)->fail_vlan = -ENOSPC;
	add_vlan(test, syn, 6);
	KUNIT_EXPECT_FALSE(test, pair->vlan_all);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	an_fake_priv(vf)->fail_vlan = 0;

	rtnl_lock();
	netdev_upper_dev_unlink(vf, syn);
	rtnl_unlock();
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
}

/* Its filter is the driver's own affair. */
static void a_drivers_vf_below_another_device(struct kunit *test)
{
	static const u8 mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x77 };
	struct net_device *syn, *vf, *bond = an_fake_alloc(test, "other", mac);
	struct an_pair *pair = adopted(test, &syn, &vf);

	an_fake_register(test, bond);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, 0, netdev_upper_dev_link(syn, bond, NULL));
	KUNIT_EXPECT_FALSE(test, pair->vlan_all);
	KUNIT_EXPECT_TRUE(test, vf->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	netdev_upper_dev_unlink(syn, bond);
	rtnl_unlock();
}

/* The core stops with a BUG when one is taken back more often than given. */
static void one_that_somebody_else_has_too(struct kunit *test)
{
	struct net_device *syn, *vf, *ours, *his;

	active(test, &syn, &vf);
	an_fake_priv(vf)->fail_vlan = -ENOSPC;
	ours = add_vlan(test, syn, 5);
	an_fake_priv(vf)->fail_vlan = 0;
	his = add_vlan(test, vf, 5);
	del_vlan(ours);
	del_vlan(his);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
}

static void one_refused_to_us_and_given_to_him(struct kunit *test)
{
	struct net_device *syn, *vf, *ours;

	adopted(test, &syn, &vf);
	an_fake_priv(vf)->fail_vlan = -ENOSPC;
	ours = add_vlan(test, syn, 6);
	an_fake_priv(vf)->fail_vlan = 0;
	add_vlan(test, vf, 6);
	KUNIT_ASSERT_TRUE(test, lets_in(vf, 6));
	del_vlan(ours);
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 6));
}

/* The work item has seen it, then it is replayed for a notifier that is new. */
static void one_that_is_said_twice_to_have_come(struct kunit *test)
{
	struct net_device *syn, *vf, *vlan;

	active(test, &syn, &vf);
	vlan = add_vlan(test, syn, 5);
	rtnl_lock();
	an_vlan_event(vlan, NETDEV_REGISTER);
	rtnl_unlock();
	del_vlan(vlan);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
}

/* Nobody said that it went: not even then is anything left of it. */
static void one_that_went_unheard_of(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = active(test, &syn, &vf);

	rtnl_lock();
	KUNIT_ASSERT_EQ(test, 0, vlan_vid_add(vf, htons(ETH_P_8021Q), 5));
	__set_bit(5, pair->vids);
	rtnl_unlock();
	KUNIT_ASSERT_TRUE(test, lets_in(vf, 5));
	release(pair);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
}

/* A VLAN that somebody holds is said to go once a second. */
static void one_that_takes_long_to_go(struct kunit *test)
{
	struct net_device *syn, *vf, *vlan;

	active(test, &syn, &vf);
	vlan = add_vlan(test, syn, 5);
	rtnl_lock();
	vlan->reg_state = NETREG_UNREGISTERED;
	an_vlan_event(vlan, NETDEV_UNREGISTER);
	vlan->reg_state = NETREG_REGISTERED;
	rtnl_unlock();
	KUNIT_EXPECT_TRUE(test, lets_in(vf, 5));
	del_vlan(vlan);
	KUNIT_EXPECT_FALSE(test, lets_in(vf, 5));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(those_that_are_there),
	KUNIT_CASE(those_that_come_and_go),
	KUNIT_CASE(those_with_service_tags),
	KUNIT_CASE(not_those_in_a_vlan),
	KUNIT_CASE(nor_those_of_others),
	KUNIT_CASE(a_vf_that_refuses_filters),
	KUNIT_CASE(below_another_device),
	KUNIT_CASE(a_filter_that_stays_on),
	KUNIT_CASE(one_that_comes_during_a_reset),
	KUNIT_CASE(a_drivers_vf_that_refuses),
	KUNIT_CASE(a_drivers_vf_below_another_device),
	KUNIT_CASE(one_that_somebody_else_has_too),
	KUNIT_CASE(one_refused_to_us_and_given_to_him),
	KUNIT_CASE(one_that_is_said_twice_to_have_come),
	KUNIT_CASE(one_that_went_unheard_of),
	KUNIT_CASE(one_that_takes_long_to_go),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_vlan",
	.test_cases	= cases,
};

kunit_test_suite(suite);
