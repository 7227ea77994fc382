// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of a VF's traffic, and how they reach "ip -s link"
 *
 * With claim driver the driver counts the VF's traffic itself, all but what the fast
 * path sends.
 *
 * A driver whose ndo_get_stats64 adds struct net_device.stats (hv_netvsc does)
 * gets our counts folded in there: when somebody reads by the overlay, by the fast
 * path's work item, and when the VF or the pair goes. They outlive this module. For
 * others they are added while reading, by the overlay or the watch, for as long as the
 * module is loaded.
 */
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "../an_failover.h"
#include "profile.h"

/**
 * an_stats_init() - make a pair's counters
 * @stats: the counters, zeroed memory
 * Return: 0 or -ENOMEM.
 */
int an_stats_init(struct an_stats *stats)
{
	spin_lock_init(&stats->lock);
	stats->pcpu = netdev_alloc_pcpu_stats(struct an_pcpu_stats);
	return stats->pcpu ? 0 : -ENOMEM;
}

/**
 * an_stats_free() - free a pair's counters
 * @stats: the counters; no reader or writer may be left
 */
void an_stats_free(struct an_stats *stats)
{
	free_percpu(stats->pcpu);
}

/**
 * an_stats_totals() - add the counters up
 * @stats: the counters
 * @sum: filled with the sums
 *
 * Context: any.
 */
void an_stats_totals(const struct an_stats *stats, struct an_totals *sum)
{
	const struct an_pcpu_stats *p;
	struct an_totals one;
	unsigned int start;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		p = per_cpu_ptr(stats->pcpu, cpu);
		do {
			start = u64_stats_fetch_begin(&p->syncp);
			one.rx_packets = u64_stats_read(&p->rx_packets);
			one.rx_bytes = u64_stats_read(&p->rx_bytes);
			one.tx_packets = u64_stats_read(&p->tx_packets);
			one.tx_bytes = u64_stats_read(&p->tx_bytes);
			one.tx_dropped = u64_stats_read(&p->tx_dropped);
			one.tx_slow = u64_stats_read(&p->tx_slow);
		} while (u64_stats_fetch_retry(&p->syncp, start));

		sum->rx_packets += one.rx_packets;
		sum->rx_bytes += one.rx_bytes;
		sum->tx_packets += one.tx_packets;
		sum->tx_bytes += one.tx_bytes;
		sum->tx_dropped += one.tx_dropped;
		sum->tx_slow += one.tx_slow;
	}
}

/**
 * an_stats_fold() - move what was counted into the synthetic device's counters
 * @pair: the pair; nothing happens when its driver does not add dev->stats
 *
 * Context: any but hard interrupts.
 * Return: true when there was something new.
 */
bool an_stats_fold(struct an_pair *pair)
{
	struct an_totals *folded = &pair->stats.folded;
	struct net_device *syn = pair->syn;
	struct an_totals now;
	bool news;

	if (!pair->type->adds_dev_stats)
		return false;

	spin_lock_bh(&pair->stats.lock);
	an_stats_totals(&pair->stats, &now);
	DEV_STATS_ADD(syn, rx_packets, now.rx_packets - folded->rx_packets);
	DEV_STATS_ADD(syn, rx_bytes, now.rx_bytes - folded->rx_bytes);
	DEV_STATS_ADD(syn, tx_packets, now.tx_packets - folded->tx_packets);
	DEV_STATS_ADD(syn, tx_bytes, now.tx_bytes - folded->tx_bytes);
	DEV_STATS_ADD(syn, tx_dropped, now.tx_dropped - folded->tx_dropped);
	news = memcmp(folded, &now, sizeof(now));
	*folded = now;
	spin_unlock_bh(&pair->stats.lock);
	return news;
}

static void an_pair_stats64(struct an_pair *pair, struct rtnl_link_stats64 *t)
{
	struct net_device *syn = pair->syn;
	struct an_totals sum;

	an_stats_fold(pair);
	if (pair->syn_ops->ndo_get_stats64)
		pair->syn_ops->ndo_get_stats64(syn, t);
	else
		netdev_stats_to_stats64(t, &syn->stats);

	if (pair->type->adds_dev_stats)
		return;

	an_stats_totals(&pair->stats, &sum);
	t->rx_packets += sum.rx_packets;
	t->rx_bytes += sum.rx_bytes;
	t->tx_packets += sum.tx_packets;
	t->tx_bytes += sum.tx_bytes;
	t->tx_dropped += sum.tx_dropped;
}

/**
 * an_get_stats64() - overlay of ndo_get_stats64
 * @syn: the synthetic device
 * @t: zeroed by the core, filled here
 *
 * Context: any in which the device cannot go; openvswitch reads counters without
 * RCU and RTNL.
 */
void an_get_stats64(struct net_device *syn, struct rtnl_link_stats64 *t)
{
	struct an_pair *pair;

	rcu_read_lock();
	pair = an_pair_of_rcu(syn);
	if (likely(pair))
		an_pair_stats64(pair, t);
	rcu_read_unlock();
}

unsigned int an_gso_hdr_len(const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int len;

	if (skb->encapsulation)
		len = skb_inner_transport_offset(skb);
	else
		len = skb_transport_offset(skb);

	if (info->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6))
		len += skb->encapsulation ? inner_tcp_hdrlen(skb) :
					    tcp_hdrlen(skb);
	else
		len += sizeof(struct udphdr);
	return len;
}
