// SPDX-License-Identifier: GPL-2.0
/*
 * Receive path of a self-claimed VF
 */
#include <linux/if_ether.h>
#include <linux/if_vlan.h>

#include "../an_failover.h"

static void an_count_rx(struct an_pair *pair, unsigned int frames,
			unsigned int bytes)
{
	struct an_pcpu_stats *stats = this_cpu_ptr(pair->stats.pcpu);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->rx_packets, frames);
	u64_stats_add(&stats->rx_bytes, bytes);
	u64_stats_update_end(&stats->syncp);
}

/*
 * What is rare is done by functions of their own, so that the handler needs no stack
 * for any of it.
 */
static noinline rx_handler_result_t an_handle_gro(struct an_pair *pair,
						  struct sk_buff *skb,
						  unsigned int l2)
{
	unsigned int segs = skb_shinfo(skb)->gso_segs;

	/* All but the first had headers that are no longer there. */
	an_count_rx(pair, segs, skb->len + l2 +
		    (segs - 1) * (l2 + an_gso_hdr_len(skb)));
	skb->dev = pair->syn;
	return RX_HANDLER_ANOTHER;
}

static noinline struct sk_buff *an_unshare(struct sk_buff **pskb)
{
	struct sk_buff *skb = skb_share_check(*pskb, GFP_ATOMIC);

	if (skb)
		*pskb = skb;
	return skb;
}

static noinline rx_handler_result_t an_handle_closed(struct sk_buff *skb)
{
	dev_core_stats_rx_dropped_inc(skb->dev);
	kfree_skb(skb);
	return RX_HANDLER_CONSUMED;
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
	struct sk_buff *skb = *pskb;
	unsigned int l2 = ETH_HLEN;
	struct an_pair *pair;

	if (unlikely(skb_shared(skb))) {
		skb = an_unshare(pskb);
		if (!skb)
			return RX_HANDLER_CONSUMED;
	}

	pair = rcu_dereference(skb->dev->rx_handler_data);
	if (unlikely(!netif_running(pair->syn)))
		return an_handle_closed(skb);

	if (skb_vlan_tag_present(skb))
		l2 += VLAN_HLEN;
	if (skb_shinfo(skb)->gso_segs > 1)
		return an_handle_gro(pair, skb, l2);

	an_count_rx(pair, 1, skb->len + l2);
	skb->dev = pair->syn;
	return RX_HANDLER_ANOTHER;
}
