// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: receive rings
 *
 * The switch hands over an skb from another device. As DMA would, its bytes
 * are copied into a buffer of this device, so that nothing of the sender's
 * socket, hash or routing leaks through and GRO may change what it gets.
 */
#include <linux/etherdevice.h>
#include <net/flow_dissector.h>

#include "vfsim.h"

static struct sk_buff *vfsim_rx_copy(struct vfsim *vf,
				     const struct sk_buff *skb)
{
	struct sk_buff *copy;

	copy = netdev_alloc_skb_ip_align(vf->netdev, skb->len);
	if (!copy)
		return NULL;
	if (skb_copy_bits(skb, 0, skb_put(copy, skb->len), skb->len)) {
		dev_kfree_skb_any(copy);
		return NULL;
	}
	if (skb_vlan_tag_present(skb))
		__vlan_hwaccel_put_tag(copy, skb->vlan_proto,
				       skb_vlan_tag_get(skb));
	copy->protocol = eth_type_trans(copy, vf->netdev);
	/* The stack does that much later, and the dissector starts from it */
	skb_reset_network_header(copy);
	return copy;
}

/* What the NIC learns by parsing: flow hash, and whether a checksum was there */
static struct vfsim_queue *vfsim_rx_steer(struct vfsim *vf, struct sk_buff *skb)
{
	netdev_features_t features = vf->netdev->features;
	struct flow_keys keys;
	bool l4;
	u32 hash;

	if (!skb_flow_dissect_flow_keys(skb, &keys, 0))
		return &vf->queues[0];

	l4 = !(keys.control.flags & FLOW_DIS_IS_FRAGMENT) &&
	     (keys.basic.ip_proto == IPPROTO_TCP ||
	      keys.basic.ip_proto == IPPROTO_UDP);
	hash = flow_hash_from_keys(&keys);
	if (features & NETIF_F_RXHASH)
		skb_set_hash(skb, hash, l4 ? PKT_HASH_TYPE_L4 :
					     PKT_HASH_TYPE_L3);
	if (l4 && features & NETIF_F_RXCSUM)
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	return &vf->queues[reciprocal_scale(hash, READ_ONCE(vf->n_active))];
}

static bool vfsim_rx_enqueue(struct vfsim_queue *q, struct sk_buff *skb)
{
	bool up, full = false;

	spin_lock(&q->rx_lock);
	up = q->rx_up;
	if (up)
		full = skb_queue_len(&q->rx_ring) >= q->vf->rx_size;
	if (up && !full)
		__skb_queue_tail(&q->rx_ring, skb);
	spin_unlock(&q->rx_lock);

	if (up && !full) {
		napi_schedule(&q->napi);
		return true;
	}
	if (full)
		atomic64_inc(&q->rx_events[VFSIM_RX_DROPPED_FULL]);
	dev_kfree_skb_any(skb);
	return false;
}

/* Frames that the NIC itself discards were delivered, for the switch */
static bool vfsim_rx_accept(struct vfsim *vf, struct sk_buff *skb)
{
	unsigned int max = READ_ONCE(vf->netdev->mtu) + VLAN_ETH_HLEN;
	struct sk_buff *copy;

	if (!vfsim_filter_pass(vf, skb)) {
		atomic64_inc(&vf->events[VFSIM_RX_FILTERED]);
		return true;
	}
	if (skb->len > max) {
		atomic64_inc(&vf->events[VFSIM_RX_OVERSIZE]);
		return true;
	}
	copy = vfsim_rx_copy(vf, skb);
	if (!copy) {
		atomic64_inc(&vf->events[VFSIM_RX_NOBUF]);
		return false;
	}
	return vfsim_rx_enqueue(vfsim_rx_steer(vf, copy), copy);
}

static bool vfsim_rx(void *priv, struct sk_buff *skb)
{
	struct vfsim *vf = priv;
	bool taken = false;

	if (READ_ONCE(vf->opened) && READ_ONCE(vf->carrier) &&
	    !READ_ONCE(vf->fn->dead) && pskb_may_pull(skb, ETH_HLEN))
		taken = vfsim_rx_accept(vf, skb);
	if (taken)
		dev_consume_skb_any(skb);
	else
		dev_kfree_skb_any(skb);
	return taken;
}

const struct hvsim_vf_ops vfsim_port_ops = {
	.rx = vfsim_rx,
};

/**
 * vfsim_rx_poll() - give received frames to the stack
 * @q: the queue
 * @budget: the most to give
 *
 * Context: NAPI poll of @q.
 * Return: number of frames given.
 */
int vfsim_rx_poll(struct vfsim_queue *q, int budget)
{
	int done;

	for (done = 0; done < budget; done++) {
		struct sk_buff *skb;

		spin_lock(&q->rx_lock);
		skb = __skb_dequeue(&q->rx_ring);
		spin_unlock(&q->rx_lock);
		if (!skb)
			break;

		vfsim_count(q, &q->rx, 1, skb->len + ETH_HLEN);
		skb = vfsim_xdp_rx(q, skb);
		if (!skb)
			continue;
		skb_record_rx_queue(skb, q->index);
		napi_gro_receive(&q->napi, skb);
	}
	vfsim_xdp_flush(q);
	return done;
}

void vfsim_rx_start(struct vfsim_queue *q)
{
	spin_lock_bh(&q->rx_lock);
	q->rx_up = true;
	spin_unlock_bh(&q->rx_lock);
}

/**
 * vfsim_rx_stop() - take no more frames and drop those that were not polled
 * @q: the queue, its NAPI is stopped
 *
 * Context: process.
 */
void vfsim_rx_stop(struct vfsim_queue *q)
{
	struct sk_buff_head left;

	__skb_queue_head_init(&left);
	spin_lock_bh(&q->rx_lock);
	q->rx_up = false;
	skb_queue_splice_init(&q->rx_ring, &left);
	spin_unlock_bh(&q->rx_lock);

	atomic64_add(skb_queue_len(&left),
		     &q->rx_events[VFSIM_RX_DROPPED_CLOSE]);
	__skb_queue_purge(&left);
}
