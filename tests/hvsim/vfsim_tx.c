// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: transmit rings
 *
 * As on a real NIC a frame sits in the ring after ndo_start_xmit returned, and
 * is lost when the ring is closed under it. One producer (under the transmit
 * lock of the netdev queue) and one consumer (the queue's NAPI poll).
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ktime.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "vfsim.h"

/* More than this in one go would starve the other users of the softirq */
#define VFSIM_TX_BATCH	64

static struct netdev_queue *vfsim_txq(const struct vfsim_queue *q)
{
	return netdev_get_tx_queue(q->vf->netdev, q->index);
}

static struct vfsim_txd *vfsim_txd(struct vfsim_queue *q, u32 n)
{
	return &q->txd[n & (q->vf->tx_size - 1)];
}

static u32 vfsim_tx_room(const struct vfsim_queue *q)
{
	/* Pairs with the release in vfsim_tx_poll(): the entry is empty now */
	u32 cons = smp_load_acquire(&q->tx_cons);

	return q->vf->tx_size - (READ_ONCE(q->tx_prod) - cons);
}

/* Producer side: nothing fits any more */
static void vfsim_tx_stop(struct vfsim_queue *q)
{
	struct netdev_queue *txq = vfsim_txq(q);

	netif_tx_stop_queue(txq);
	atomic64_inc(&q->tx_events[VFSIM_TX_STOPPED]);

	/* Pairs with the barrier in vfsim_tx_wake(): one of the two sees it */
	smp_mb__after_atomic();
	if (vfsim_tx_room(q))
		netif_tx_start_queue(txq);
}

/* Consumer side: with some hysteresis, a wake-up for each frame is dear */
static void vfsim_tx_wake(struct vfsim_queue *q)
{
	struct netdev_queue *txq = vfsim_txq(q);

	/* The room made must be visible before the queue's state is read */
	smp_mb();
	if (!netif_tx_queue_stopped(txq) || vfsim_tx_room(q) < q->vf->tx_size / 4)
		return;
	/* Pairs with the barrier in vfsim_detach(): for that it stays stopped */
	smp_rmb();
	if (READ_ONCE(q->vf->leaving))
		return;
	atomic64_inc(&q->tx_events[VFSIM_TX_WAKE]);
	netif_tx_wake_queue(txq);
}

netdev_tx_t vfsim_start_xmit(struct sk_buff *skb, struct net_device *netdev)
{
	struct vfsim *vf = netdev_priv(netdev);
	struct vfsim_queue *q = &vf->queues[skb_get_queue_mapping(skb)];
	struct netdev_queue *txq = vfsim_txq(q);
	u32 slow_us = READ_ONCE(vf->slow_us);
	bool doorbell = !netdev_xmit_more();
	struct vfsim_txd *d;

	if (unlikely(!vfsim_tx_room(q))) {
		netif_tx_stop_queue(txq);
		return NETDEV_TX_BUSY;
	}

	skb_tx_timestamp(skb);
	d = vfsim_txd(q, q->tx_prod);
	d->skb = skb;
	d->due = slow_us ? ktime_add_us(ktime_get(), slow_us) : 0;

	/* Before the consumer can see the entry and complete it */
	if (vf->bql)
		doorbell = __netdev_tx_sent_queue(txq, skb->len,
						  netdev_xmit_more());
	/* Pairs with the acquire in vfsim_tx_poll(): the entry is complete */
	smp_store_release(&q->tx_prod, q->tx_prod + 1);

	if (unlikely(!vfsim_tx_room(q)))
		vfsim_tx_stop(q);
	if (doorbell || netif_xmit_stopped(txq))
		napi_schedule(&q->napi);
	return NETDEV_TX_OK;
}

/* Frames and bytes on the wire: what the NIC makes of a GSO skb */
static void vfsim_wire_size(const struct sk_buff *skb, unsigned int *packets,
			    unsigned int *bytes)
{
	unsigned int hdr, segs;

	*packets = 1;
	*bytes = skb->len;
	if (!skb_is_gso(skb))
		return;

	hdr = skb_transport_offset(skb);
	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4)
		hdr += sizeof(struct udphdr);
	else
		hdr += tcp_hdrlen(skb);
	segs = DIV_ROUND_UP(skb->len - hdr, skb_shinfo(skb)->gso_size);
	*packets = segs;
	*bytes = skb->len + (segs - 1) * hdr;
}

static void vfsim_tx_one(struct vfsim_queue *q, struct sk_buff *skb)
{
	unsigned int packets, bytes;

	if (unlikely(!READ_ONCE(q->vf->carrier))) {
		atomic64_inc(&q->tx_events[VFSIM_TX_DROPPED_CARRIER]);
		dev_kfree_skb_any(skb);
		return;
	}

	/* A NIC does not know what becomes of a frame that it has sent */
	vfsim_wire_size(skb, &packets, &bytes);
	if (READ_ONCE(q->vf->sink))
		dev_consume_skb_any(skb);
	else if (!hvsim_vf_xmit(q->vf->port, skb))
		atomic64_inc(&q->tx_events[VFSIM_TX_REFUSED]);
	vfsim_count(q, &q->tx, packets, bytes);
}

static bool vfsim_tx_due(struct vfsim_queue *q, const struct vfsim_txd *d)
{
	if (likely(!d->due) || ktime_compare(d->due, ktime_get()) <= 0)
		return true;

	hrtimer_start(&q->tx_timer, d->due, HRTIMER_MODE_ABS);
	return false;
}

/**
 * vfsim_tx_poll() - send what is due and complete it
 * @q: the queue
 *
 * Context: NAPI poll of @q.
 * Return: true when there is more to do at once.
 */
bool vfsim_tx_poll(struct vfsim_queue *q)
{
	unsigned int done = 0, bytes = 0;
	u32 cons = q->tx_cons;
	u32 prod;

	/* Pairs with the release in vfsim_start_xmit(): see whole entries */
	prod = smp_load_acquire(&q->tx_prod);
	if (unlikely(READ_ONCE(q->vf->stall) & BIT(q->index) ||
		     READ_ONCE(q->vf->fn->dead)))
		return false;

	while (cons != prod && done < VFSIM_TX_BATCH) {
		struct vfsim_txd *d = vfsim_txd(q, cons);

		if (!vfsim_tx_due(q, d))
			break;
		bytes += d->skb->len;
		done++;
		vfsim_tx_one(q, d->skb);
		d->skb = NULL;
		cons++;
	}
	if (!done)
		return false;

	/* Pairs with the acquire in vfsim_tx_room(): the entries are free */
	smp_store_release(&q->tx_cons, cons);
	if (q->vf->bql)
		netdev_tx_completed_queue(vfsim_txq(q), done, bytes);
	vfsim_tx_wake(q);
	return done == VFSIM_TX_BATCH;
}

/**
 * vfsim_tx_drop_ring() - what happens to the frames in a ring that is closed
 * @q: the queue, its NAPI and its netdev queue are stopped
 *
 * Context: process.
 */
void vfsim_tx_drop_ring(struct vfsim_queue *q)
{
	for (; q->tx_cons != q->tx_prod; q->tx_cons++) {
		dev_kfree_skb_any(vfsim_txd(q, q->tx_cons)->skb);
		atomic64_inc(&q->tx_events[VFSIM_TX_DROPPED_CLOSE]);
	}
	netdev_tx_reset_queue(vfsim_txq(q));
}

enum hrtimer_restart vfsim_tx_timer(struct hrtimer *timer)
{
	struct vfsim_queue *q = container_of(timer, struct vfsim_queue,
					     tx_timer);

	napi_schedule(&q->napi);
	return HRTIMER_NORESTART;
}
