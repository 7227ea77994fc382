// SPDX-License-Identifier: GPL-2.0
/*
 * Receive path of a self-claimed VF
 */
#include <linux/if_ether.h>
#include <linux/if_vlan.h>

#include "../an_failover.h"

static void an_count_rx(struct an_pair *pair, const struct sk_buff *skb)
{
	unsigned int segs = max_t(unsigned int, skb_shinfo(skb)->gso_segs, 1);
	unsigned int l2 = ETH_HLEN;
	unsigned int bytes;
	struct an_pcpu_stats *stats = this_cpu_ptr(pair->stats.pcpu);

	if (skb_vlan_tag_present(skb))
		l2 += VLAN_HLEN;
	bytes = skb->len + segs * l2;
	if (segs > 1)
		bytes += (segs - 1) * an_gso_hdr_len(skb);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->rx_packets, segs);
	u64_stats_add(&stats->rx_bytes, bytes);
	u64_stats_update_end(&stats->syncp);
}

/**
 * an_handle_frame() - rx_handler of a self-claimed VF
 * @pskb: the packet, replaced when it was shared
 *
 * Whatever arrives on the VF is the synthetic device's. When that one is down
 * (somebody else opened the VF) nothing is received, as on any closed NIC.
 *
 * Context: RCU read side, softirq or bottom halves off.
 * Return: RX_HANDLER_ANOTHER, or RX_HANDLER_CONSUMED for a packet dropped.
 */
rx_handler_result_t an_handle_frame(struct sk_buff **pskb)
{
	struct sk_buff *skb = skb_share_check(*pskb, GFP_ATOMIC);
	struct an_pair *pair;

	if (unlikely(!skb))
		return RX_HANDLER_CONSUMED;
	*pskb = skb;

	pair = rcu_dereference(skb->dev->rx_handler_data);
	if (unlikely(!netif_running(pair->syn))) {
		dev_core_stats_rx_dropped_inc(skb->dev);
		kfree_skb(skb);
		return RX_HANDLER_CONSUMED;
	}

	an_count_rx(pair, skb);
	skb->dev = pair->syn;
	return RX_HANDLER_ANOTHER;
}
