// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool on the synthetic device. "ethtool -S": the driver's rows stay, those
 * that count the VF's traffic also count ours, and our own rows follow. Link
 * settings are those of the active path.
 */
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "../an_failover.h"
#include "profile.h"

/* hv_netvsc's names; rows of a driver that already has them are added to. */
static const struct {
	char name[ETH_GSTRING_LEN];
	size_t offset;
} vf_rows[] = {
	{ "vf_rx_packets", offsetof(struct an_totals, rx_packets) },
	{ "vf_rx_bytes", offsetof(struct an_totals, rx_bytes) },
	{ "vf_tx_packets", offsetof(struct an_totals, tx_packets) },
	{ "vf_tx_bytes", offsetof(struct an_totals, tx_bytes) },
	{ "vf_tx_dropped", offsetof(struct an_totals, tx_dropped) },
};

static const char *const own_rows[] = {
	"an_state", "an_claim", "an_refused", "an_fast_packets", "an_switches",
};

#define AN_OWN_ROWS	(ARRAY_SIZE(own_rows) + AN_REASON_COUNT)

static u64 an_vf_row(const struct an_totals *sum, unsigned int row)
{
	return *(const u64 *)((const u8 *)sum + vf_rows[row].offset);
}

static int an_driver_rows(struct an_pair *pair)
{
	const struct ethtool_ops *ops = pair->syn_ethtool;

	if (!ops->get_sset_count || !ops->get_strings ||
	    !ops->get_ethtool_stats)
		return 0;
	return ops->get_sset_count(pair->syn, ETH_SS_STATS);
}

static int an_find_row(const u8 *names, int count, const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strncmp(names + i * ETH_GSTRING_LEN, name,
			     ETH_GSTRING_LEN))
			return i;
	return -1;
}

static u8 *an_driver_names(struct an_pair *pair, int count)
{
	u8 *names = kvcalloc(count, ETH_GSTRING_LEN, GFP_KERNEL);

	if (names)
		pair->syn_ethtool->get_strings(pair->syn, ETH_SS_STATS, names);
	return names;
}

static int an_get_sset_count(struct net_device *syn, int set)
{
	struct an_pair *pair = an_pair_by_syn(syn);
	const struct ethtool_ops *ops = pair->syn_ethtool;
	int count;

	if (set != ETH_SS_STATS)
		return ops->get_sset_count ? ops->get_sset_count(syn, set) :
					     -EOPNOTSUPP;
	count = an_driver_rows(pair);
	if (count < 0)
		return count;
	if (!pair->type->has_vf_rows)
		count += ARRAY_SIZE(vf_rows);
	return count + AN_OWN_ROWS;
}

static void an_get_strings(struct net_device *syn, u32 set, u8 *data)
{
	struct an_pair *pair = an_pair_by_syn(syn);
	int count = an_driver_rows(pair);
	unsigned int i;

	if (set != ETH_SS_STATS) {
		if (pair->syn_ethtool->get_strings)
			pair->syn_ethtool->get_strings(syn, set, data);
		return;
	}
	if (count < 0)
		return;
	if (count)
		pair->syn_ethtool->get_strings(syn, set, data);

	data += count * ETH_GSTRING_LEN;
	if (!pair->type->has_vf_rows)
		for (i = 0; i < ARRAY_SIZE(vf_rows); i++)
			ethtool_sprintf(&data, "%s", vf_rows[i].name);
	for (i = 0; i < ARRAY_SIZE(own_rows); i++)
		ethtool_sprintf(&data, "%s", own_rows[i]);
	for (i = 0; i < AN_REASON_COUNT; i++)
		ethtool_sprintf(&data, "an_switch_%s", an_reason_name(i));
}

/* Add our counts to the driver's rows of the same meaning. */
static void an_add_vf_rows(struct an_pair *pair, const struct an_totals *sum,
			   u64 *data, int count)
{
	u8 *names = an_driver_names(pair, count);
	unsigned int i;
	int row;

	if (!names)
		return;

	for (i = 0; i < ARRAY_SIZE(vf_rows); i++) {
		row = an_find_row(names, count, vf_rows[i].name);
		if (row >= 0)
			data[row] += an_vf_row(sum, i);
	}
	kvfree(names);
}

static void an_get_ethtool_stats(struct net_device *syn,
				 struct ethtool_stats *stats, u64 *data)
{
	struct an_pair *pair = an_pair_by_syn(syn);
	int count = an_driver_rows(pair);
	struct an_totals sum;
	unsigned int i;

	if (count < 0)
		return;
	an_stats_totals(&pair->stats, &sum);
	if (count)
		pair->syn_ethtool->get_ethtool_stats(syn, stats, data);
	if (count && pair->type->has_vf_rows)
		an_add_vf_rows(pair, &sum, data, count);

	data += count;
	if (!pair->type->has_vf_rows)
		for (i = 0; i < ARRAY_SIZE(vf_rows); i++)
			*data++ = an_vf_row(&sum, i);
	*data++ = pair->state;
	*data++ = pair->claim;
	*data++ = pair->stats.refused;
	/* Read while both grow, the one of the two that is read last may be ahead. */
	*data++ = sum.tx_packets - min(sum.tx_packets, sum.tx_slow);
	*data++ = pair->stats.switches;
	for (i = 0; i < AN_REASON_COUNT; i++)
		*data++ = pair->stats.switch_why[i];
}

/* The VF that link settings are about, as hv_netvsc does for a VF of its own. */
static struct net_device *an_link_vf(const struct net_device *syn)
{
	struct an_pair *pair = an_pair_by_syn(syn);

	return pair->claim == AN_CLAIM_SELF && pair->state == AN_ACTIVE ?
	       pair->vf : NULL;
}

static int an_get_link_ksettings(struct net_device *syn,
				 struct ethtool_link_ksettings *settings)
{
	const struct ethtool_ops *ops = an_pair_by_syn(syn)->syn_ethtool;
	struct net_device *vf = an_link_vf(syn);

	if (vf)
		return __ethtool_get_link_ksettings(vf, settings);
	return ops->get_link_ksettings(syn, settings);
}

static int an_set_link_ksettings(struct net_device *syn,
				 const struct ethtool_link_ksettings *settings)
{
	const struct ethtool_ops *ops = an_pair_by_syn(syn)->syn_ethtool;
	struct net_device *vf = an_link_vf(syn);
	int err;

	if (!vf)
		return ops->set_link_ksettings(syn, settings);
	if (!vf->ethtool_ops->set_link_ksettings)
		return -EOPNOTSUPP;

	netdev_lock_ops(vf);
	err = vf->ethtool_ops->set_link_ksettings(vf, settings);
	netdev_unlock_ops(vf);
	return err;
}

/**
 * an_ethtool_install() - put our rows on the synthetic device
 * @pair: a new pair
 *
 * Drivers do not recognise themselves by their ethtool_ops, so this overlay
 * stays for as long as the pair.
 *
 * Context: RTNL.
 */
void an_ethtool_install(struct an_pair *pair)
{
	ASSERT_RTNL();

	pair->syn_ethtool = pair->syn->ethtool_ops;
	pair->ethtool = *pair->syn_ethtool;
	pair->ethtool.get_sset_count = an_get_sset_count;
	pair->ethtool.get_strings = an_get_strings;
	pair->ethtool.get_ethtool_stats = an_get_ethtool_stats;
	if (pair->syn_ethtool->get_link_ksettings)
		pair->ethtool.get_link_ksettings = an_get_link_ksettings;
	if (pair->syn_ethtool->set_link_ksettings)
		pair->ethtool.set_link_ksettings = an_set_link_ksettings;
	/* The copy must be complete before another CPU can call through it. */
	smp_wmb();
	pair->syn->ethtool_ops = &pair->ethtool;
}

/**
 * an_ethtool_remove() - restore the synthetic device's own ethtool_ops
 * @pair: the pair; wait for a grace period before it is freed
 *
 * Context: RTNL.
 */
void an_ethtool_remove(struct an_pair *pair)
{
	ASSERT_RTNL();
	pair->syn->ethtool_ops = pair->syn_ethtool;
}
