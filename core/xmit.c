// SPDX-License-Identifier: GPL-2.0
/*
 * Transmit path of the overlay (claim self)
 */
#include <linux/netpoll.h>
#include <net/sch_generic.h>

#include "../an_failover.h"

static netdev_tx_t an_vf_xmit(struct an_pair *pair, struct net_device *vf,
			      struct sk_buff *skb)
	__must_hold(txq)
{
	struct net_device *syn = skb->dev;
	struct netdev_queue *txq = skb_get_tx_queue(syn, skb);
	unsigned int segs = max_t(unsigned int, skb_shinfo(skb)->gso_segs, 1);
	unsigned int bytes = an_tx_bytes(skb, segs);
	struct an_pcpu_stats *stats;
	int rc;

	/*
	 * Hand on the VF's own choice of a queue. With a single queue the core
	 * never asked for one, and the VF chooses now.
	 */
	if (syn->real_num_tx_queues > 1)
		skb_record_rx_queue(skb,
				    qdisc_skb_cb(skb)->slave_dev_queue_mapping);
	else
		skb_set_queue_mapping(skb, 0);

	/*
	 * A synthetic device that is not LLTX (hv_netvsc's is) comes here with
	 * its queue locked. That is for its driver, and the VF has a lock of the
	 * same class.
	 */
	HARD_TX_UNLOCK(syn, txq);
	skb->dev = vf;
	rc = dev_queue_xmit(skb);
	HARD_TX_LOCK(syn, txq, smp_processor_id());

	stats = this_cpu_ptr(pair->stats.pcpu);
	u64_stats_update_begin(&stats->syncp);
	if (likely(rc == NET_XMIT_SUCCESS || rc == NET_XMIT_CN)) {
		u64_stats_add(&stats->tx_packets, segs);
		u64_stats_add(&stats->tx_bytes, bytes);
		u64_stats_add(&stats->tx_slow, segs);
	} else {
		u64_stats_add(&stats->tx_dropped, segs);
	}
	u64_stats_update_end(&stats->syncp);
	return rc;
}

/**
 * an_start_xmit() - overlay of ndo_start_xmit
 * @skb: the packet, consumed
 * @syn: the synthetic device
 *
 * Context: bottom halves off, or interrupts off for netpoll, which keeps to the
 * synthetic path.
 * Return: NETDEV_TX_OK or NETDEV_TX_BUSY of the synthetic path, NET_XMIT_* of
 * the VF's queue (the core takes both).
 */
netdev_tx_t an_start_xmit(struct sk_buff *skb, struct net_device *syn)
{
	struct an_pair *pair = an_pair_of_rcu(syn);
	struct net_device *vf = rcu_dereference_bh(pair->tx_vf);

	if (likely(vf && an_carries(vf)) && !netpoll_tx_running(syn))
		return an_vf_xmit(pair, vf, skb);

	return pair->syn_ops->ndo_start_xmit(skb, syn);
}

/**
 * an_select_queue() - overlay of ndo_select_queue
 * @syn: the synthetic device
 * @skb: the packet
 * @sb_dev: subordinate device of an L2 forwarding offload, or NULL
 *
 * Context: any; packet sockets with PACKET_QDISC_BYPASS ask without RCU.
 * Return: a queue of @syn; the VF's own choice is kept in the packet.
 */
u16 an_select_queue(struct net_device *syn, struct sk_buff *skb,
		    struct net_device *sb_dev)
{
	struct net_device *vf;
	struct an_pair *pair;
	u16 txq;

	rcu_read_lock();
	pair = an_pair_of_rcu(syn);
	vf = likely(pair) ? rcu_dereference(pair->tx_vf) : NULL;
	if (vf) {
		const struct net_device_ops *ops = vf->netdev_ops;

		txq = ops->ndo_select_queue ?
		      ops->ndo_select_queue(vf, skb, sb_dev) :
		      netdev_pick_tx(vf, skb, NULL);
		qdisc_skb_cb(skb)->slave_dev_queue_mapping = txq;
	} else if (likely(pair) && pair->syn_ops->ndo_select_queue) {
		txq = pair->syn_ops->ndo_select_queue(syn, skb, sb_dev);
	} else {
		txq = netdev_pick_tx(syn, skb, sb_dev);
	}
	rcu_read_unlock();

	return txq % syn->real_num_tx_queues;
}
