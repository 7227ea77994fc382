// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool on the synthetic device: rows of "ethtool -S", link settings
 */
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>

#include "../core/profile.h"
#include "fixture.h"

#define VF_ROWS		5
#define OWN_ROWS	(5 + AN_REASON_COUNT)

/* A driver's rows: ours to be added to first and last. */
static const char driver_rows[][ETH_GSTRING_LEN] = {
	"vf_rx_packets", "something", "vf_tx_dropped",
};

static int driver_count(struct net_device *dev, int set)
{
	return set == ETH_SS_STATS ? ARRAY_SIZE(driver_rows) : -EOPNOTSUPP;
}

static void driver_strings(struct net_device *dev, u32 set, u8 *data)
{
	memcpy(data, driver_rows, sizeof(driver_rows));
}

static void driver_stats(struct net_device *dev, struct ethtool_stats *stats,
			 u64 *data)
{
	data[0] = 100;
	data[1] = 200;
	data[2] = 300;
}

static int driver_get_link(struct net_device *dev,
			   struct ethtool_link_ksettings *settings)
{
	settings->base.speed = SPEED_10;
	return 0;
}

static int driver_set_link(struct net_device *dev,
			   const struct ethtool_link_ksettings *settings)
{
	return -EBUSY;
}

static const struct ethtool_ops driver_ops = {
	.get_sset_count		= driver_count,
	.get_strings		= driver_strings,
	.get_ethtool_stats	= driver_stats,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= driver_get_link,
	.set_link_ksettings	= driver_set_link,
};

static int vf_get_link(struct net_device *dev,
		       struct ethtool_link_ksettings *settings)
{
	settings->base.speed = SPEED_40000;
	return 0;
}

static int vf_set_link(struct net_device *dev,
		       const struct ethtool_link_ksettings *settings)
{
	return settings->base.speed == SPEED_100 ? 0 : -EINVAL;
}

static const struct ethtool_ops vf_ops = {
	.get_link_ksettings	= vf_get_link,
	.set_link_ksettings	= vf_set_link,
};

static struct net_device *syn_with(struct kunit *test,
				   const struct ethtool_ops *ops)
{
	struct net_device *syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);

	syn->priv_flags |= IFF_NO_ADDRCONF;
	syn->ethtool_ops = ops;
	an_fake_register(test, syn);
	an_test_set_up(syn, true);
	return syn;
}

/* What "ethtool -S" would show. */
struct shown {
	int count;
	u8 *names;
	u64 *values;
};

static struct shown show(struct kunit *test, struct net_device *syn)
{
	struct shown all;

	rtnl_lock();
	all.count = syn->ethtool_ops->get_sset_count(syn, ETH_SS_STATS);
	rtnl_unlock();
	KUNIT_ASSERT_GT(test, all.count, 0);
	/* with something behind, which is to stay as it is */
	all.names = kunit_kzalloc(test, (all.count + 1) * ETH_GSTRING_LEN,
				  GFP_KERNEL);
	all.values = kunit_kzalloc(test, (all.count + 1) * sizeof(u64),
				   GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, all.names);
	KUNIT_ASSERT_NOT_NULL(test, all.values);
	rtnl_lock();
	syn->ethtool_ops->get_strings(syn, ETH_SS_STATS, all.names);
	syn->ethtool_ops->get_ethtool_stats(syn, NULL, all.values);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, all.names[all.count * ETH_GSTRING_LEN], 0);
	KUNIT_EXPECT_EQ(test, all.values[all.count], 0);
	return all;
}

static void expect_row(struct kunit *test, const struct shown *all, int row,
		       const char *name, u64 value)
{
	KUNIT_EXPECT_STREQ(test, all->names + row * ETH_GSTRING_LEN, name);
	KUNIT_EXPECT_EQ(test, all->values[row], value);
}

/* Numbers that can be told apart. */
static void count(struct an_pair *pair)
{
	struct an_pcpu_stats *p = per_cpu_ptr(pair->stats.pcpu, 0);
	int i;

	u64_stats_set(&p->rx_packets, 1);
	u64_stats_set(&p->rx_bytes, 2);
	u64_stats_set(&p->tx_packets, 3);
	u64_stats_set(&p->tx_bytes, 4);
	u64_stats_set(&p->tx_dropped, 5);
	u64_stats_set(&p->tx_slow, 1);
	pair->stats.refused = 6;
	pair->stats.switches = 7;
	for (i = 0; i < AN_REASON_COUNT; i++)
		pair->stats.switch_why[i] = 10 + i;
}

static void expect_own_rows(struct kunit *test, const struct shown *all, int row)
{
	/* as Documentation/usage.rst has them */
	static const char *const why[] = {
		"an_switch_vf_arrived", "an_switch_link_up", "an_switch_carrier_lost",
		"an_switch_vf_down", "an_switch_revoked", "an_switch_vf_moved",
		"an_switch_synthetic_up", "an_switch_synthetic_down",
		"an_switch_synthetic_gone", "an_switch_driver", "an_switch_unload",
	};
	int i;

	BUILD_BUG_ON(ARRAY_SIZE(why) != AN_REASON_COUNT);
	expect_row(test, all, row++, "an_state", AN_SYNTHETIC);
	expect_row(test, all, row++, "an_claim", AN_CLAIM_NONE);
	expect_row(test, all, row++, "an_refused", 6);
	expect_row(test, all, row++, "an_fast_packets", 3 - 1);
	expect_row(test, all, row++, "an_switches", 7);
	for (i = 0; i < AN_REASON_COUNT; i++)
		expect_row(test, all, row++, why[i], 10 + i);
}

static void the_drivers_rows_have_ours_added(struct kunit *test)
{
	struct net_device *syn = syn_with(test, &driver_ops);
	struct an_pair *pair = an_test_pair(syn);
	struct shown all;

	count(pair);
	all = show(test, syn);
	KUNIT_ASSERT_EQ(test, all.count, 3 + OWN_ROWS);
	expect_row(test, &all, 0, "vf_rx_packets", 101);
	expect_row(test, &all, 1, "something", 200);
	expect_row(test, &all, 2, "vf_tx_dropped", 305);
	expect_own_rows(test, &all, 3);

	/* the overlay has sent one while the two were read */
	u64_stats_set(&per_cpu_ptr(pair->stats.pcpu, 0)->tx_slow, 4);
	all = show(test, syn);
	expect_row(test, &all, 6, "an_fast_packets", 0);
}

static void a_driver_without_them_gets_the_rows(struct kunit *test)
{
	static const struct an_syn_type other = { .driver = "other" };
	static const char *const rows[VF_ROWS] = {
		"vf_rx_packets", "vf_rx_bytes", "vf_tx_packets", "vf_tx_bytes",
		"vf_tx_dropped",
	};
	struct net_device *syn = syn_with(test, &driver_ops);
	struct an_pair *pair = an_test_pair(syn);
	struct shown all;
	int i;

	pair->type = &other;
	count(pair);
	all = show(test, syn);
	KUNIT_ASSERT_EQ(test, all.count, 3 + VF_ROWS + OWN_ROWS);
	expect_row(test, &all, 0, "vf_rx_packets", 100);
	expect_row(test, &all, 2, "vf_tx_dropped", 300);
	for (i = 0; i < VF_ROWS; i++)
		expect_row(test, &all, 3 + i, rows[i], 1 + i);
	expect_own_rows(test, &all, 3 + VF_ROWS);
}

static void a_driver_without_any(struct kunit *test)
{
	struct net_device *syn = an_fake_syn(test);
	struct shown all;

	count(an_test_pair(syn));
	all = show(test, syn);
	KUNIT_ASSERT_EQ(test, all.count, OWN_ROWS);
	expect_own_rows(test, &all, 0);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			syn->ethtool_ops->get_sset_count(syn, ETH_SS_FEATURES));
	rtnl_unlock();
	KUNIT_EXPECT_NULL(test, syn->ethtool_ops->get_link_ksettings);
	KUNIT_EXPECT_NULL(test, syn->ethtool_ops->set_link_ksettings);
}

/* One of three operations is as good as none. */
static void a_driver_with_some_of_it(struct kunit *test)
{
	static struct ethtool_ops some[3];
	struct net_device *syn;
	struct shown all;
	int i;

	for (i = 0; i < ARRAY_SIZE(some); i++) {
		some[i] = driver_ops;
		if (i == 0)
			some[i].get_sset_count = NULL;
		else if (i == 1)
			some[i].get_strings = NULL;
		else
			some[i].get_ethtool_stats = NULL;
		syn = syn_with(test, &some[i]);
		count(an_test_pair(syn));
		all = show(test, syn);
		KUNIT_EXPECT_EQ(test, all.count, OWN_ROWS);
		expect_own_rows(test, &all, 0);
		an_fake_unregister(syn);
	}
}

static unsigned int asked_for;

static void note_strings(struct net_device *dev, u32 set, u8 *data)
{
	asked_for = set;
}

static int no_count(struct net_device *dev, int set)
{
	return -EIO;
}

/* Other sets of names are the driver's, and so is a failure to count. */
static void what_is_the_drivers(struct kunit *test)
{
	struct ethtool_ops ops = { .get_strings = note_strings };
	struct net_device *syn = syn_with(test, &ops);
	u64 data[2] = {};

	rtnl_lock();
	asked_for = ETH_SS_STATS;
	syn->ethtool_ops->get_strings(syn, ETH_SS_TEST, (u8 *)data);
	KUNIT_EXPECT_EQ(test, asked_for, ETH_SS_TEST);
	ops.get_strings = NULL;
	syn->ethtool_ops->get_strings(syn, ETH_SS_FEATURES, (u8 *)data);
	KUNIT_EXPECT_EQ(test, asked_for, ETH_SS_TEST);

	ops = driver_ops;
	ops.get_strings = note_strings;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			syn->ethtool_ops->get_sset_count(syn, ETH_SS_TEST));
	ops.get_sset_count = no_count;
	KUNIT_EXPECT_EQ(test, -EIO,
			syn->ethtool_ops->get_sset_count(syn, ETH_SS_STATS));
	syn->ethtool_ops->get_strings(syn, ETH_SS_STATS, (u8 *)data);
	syn->ethtool_ops->get_ethtool_stats(syn, NULL, data);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, asked_for, ETH_SS_TEST);
	KUNIT_EXPECT_EQ(test, data[0] | data[1], 0);
	an_fake_unregister(syn);
}

static void expect_link(struct kunit *test, struct net_device *syn, u32 speed,
			int err)
{
	struct ethtool_link_ksettings settings = {};

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, 0, __ethtool_get_link_ksettings(syn, &settings));
	KUNIT_EXPECT_EQ(test, settings.base.speed, speed);
	settings.base.speed = SPEED_100;
	KUNIT_EXPECT_EQ(test, err,
			syn->ethtool_ops->set_link_ksettings(syn, &settings));
	rtnl_unlock();
}

static void link_of_the_active_path(struct kunit *test)
{
	const struct ethtool_link_ksettings slow = { .base.speed = SPEED_10 };
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = syn_with(test, &driver_ops);
	expect_link(test, syn, SPEED_10, -EBUSY);

	vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	vf->ethtool_ops = &vf_ops;
	an_fake_register(test, vf);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	expect_link(test, syn, SPEED_40000, 0);
	rtnl_lock();
	KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
			    syn->ethtool_ops->set_link_ksettings(syn, &slow),
			    "the VF refuses");
	rtnl_unlock();
	an_test_set_up(vf, false);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_JOINED);
	expect_link(test, syn, SPEED_10, -EBUSY);
}

static void a_vf_without_link_settings(struct kunit *test)
{
	struct ethtool_link_ksettings settings = {};
	struct net_device *syn;

	an_test_claim_self(test, true);
	syn = syn_with(test, &driver_ops);
	an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			syn->ethtool_ops->set_link_ksettings(syn, &settings));
	rtnl_unlock();
}

static void the_drivers_own_come_back(struct kunit *test)
{
	struct net_device *syn = syn_with(test, &driver_ops);

	KUNIT_EXPECT_PTR_NE(test, syn->ethtool_ops, &driver_ops);
	KUNIT_EXPECT_TRUE(test, syn->ethtool_ops->get_link == ethtool_op_get_link);
	rtnl_lock();
	an_pair_destroy(an_pair_by_syn(syn), AN_WHY_UNLOAD);
	rtnl_unlock();
	KUNIT_EXPECT_PTR_EQ(test, syn->ethtool_ops, &driver_ops);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_drivers_rows_have_ours_added),
	KUNIT_CASE(a_driver_without_them_gets_the_rows),
	KUNIT_CASE(a_driver_without_any),
	KUNIT_CASE(a_driver_with_some_of_it),
	KUNIT_CASE(what_is_the_drivers),
	KUNIT_CASE(link_of_the_active_path),
	KUNIT_CASE(a_vf_without_link_settings),
	KUNIT_CASE(the_drivers_own_come_back),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_ethtool",
	.test_cases	= cases,
};

kunit_test_suite(suite);
