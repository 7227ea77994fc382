// SPDX-License-Identifier: GPL-2.0
/*
 * Host to guest: receive sections, data frames, control messages
 */
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/sizes.h>

#include "host.h"
#include "vmbus.h"

/* The protocol's usual section, good for an MTU of 1500 */
#define RX_SECTION	1728
/* RNDIS headers, per-packet information, Ethernet header with a tag */
#define RX_OVERHEAD	192

/* A packet that tells the guest of one message in one section */
struct xfer_head {
	struct vmpacket_descriptor desc;
	u16 pageset;
	u8 sender_owns;
	u8 reserved;
	u32 count;
	u32 len;
	u32 offset;
} __packed;

#define XFER_SIZE	(sizeof(struct xfer_head) + sizeof(struct nvsp_msg) + \
			 VMBUS_TRAILER)

/**
 * rx_area_set() - start to use a receive buffer
 * @hc: the channel, rx_lock held
 * @buf: the buffer
 * @size: its size
 *
 * A section holds a frame of the MTU that the guest configured: the guest
 * takes no frame that is longer than a section.
 */
void rx_area_set(struct hvsim_channel *hc, u8 *buf, u32 size)
{
	struct rx_area *rx = &hc->nic->rx;
	u32 i;

	rx->section_size = max_t(u32, RX_SECTION,
				 ALIGN(hc->nic->mtu + RX_OVERHEAD, 64));
	rx->sections = min_t(u32, size / rx->section_size, HOST_RX_SECTIONS);
	rx->spare = min_t(u32, rx->sections / 4, HOST_RX_SPARE);
	rx->buf = buf;
	rx->nfree = rx->sections;
	for (i = 0; i < rx->sections; i++)
		rx->free[i] = rx->sections - 1 - i;
	bitmap_zero(rx->used, HOST_RX_SECTIONS);
}

void rx_area_clear(struct hvsim_channel *hc)
{
	hc->nic->rx.buf = NULL;
	hc->nic->rx.sections = 0;
	hc->nic->rx.nfree = 0;
}

/**
 * rx_release() - the guest gives a section back
 * @hc: the channel, rx_lock held
 * @id: transaction, from rx_announce()
 */
void rx_release(struct hvsim_channel *hc, u64 id)
{
	struct rx_area *rx = &hc->nic->rx;
	u64 section = id - 1;

	if (section >= rx->sections || !__test_and_clear_bit(section, rx->used))
		return;
	/* Any channel may have stopped to read for want of one */
	if (!rx->nfree)
		host_kick_all(hc->nic);
	rx->free[rx->nfree++] = section;
}

static u8 *rx_section(struct hvsim_channel *hc, u16 *section)
{
	struct rx_area *rx = &hc->nic->rx;

	*section = rx->free[--rx->nfree];
	__set_bit(*section, rx->used);
	return rx->buf + *section * rx->section_size;
}

static void rx_announce(struct hvsim_channel *hc, u16 section, u32 len,
			bool control)
{
	struct xfer_head head = {
		.desc = {
			.type = VM_PKT_DATA_USING_XFER_PAGES,
			.offset8 = sizeof(head) >> 3,
			.len8 = (sizeof(head) + sizeof(struct nvsp_msg)) >> 3,
			.flags = VMBUS_DATA_PACKET_FLAG_COMPLETION_REQUESTED,
			.trans_id = 1 + section,
		},
		.pageset = NVSP_RECV_BUF_ID,
		.count = 1,
		.len = len,
		.offset = section * hc->nic->rx.section_size,
	};
	struct nvsp_msg msg = {
		.type = NVSP_SEND_RNDIS,
		.rndis = {
			.channel = control,
			.section = NVSP_NO_SECTION,
		},
	};

	ring_write(hc, &head, sizeof(head), &msg, sizeof(msg));
}

/**
 * rx_control() - an RNDIS control message to the guest
 * @hc: the channel, rx_lock held
 * @msg: the message
 * @len: its length
 *
 * Return: false when there was no room; data leaves some to control.
 */
bool rx_control(struct hvsim_channel *hc, const void *msg, u32 len)
{
	u16 section;

	if (!hc->nic->rx.nfree || len > hc->nic->rx.section_size ||
	    !ring_room(hc, XFER_SIZE))
		return false;
	memcpy(rx_section(hc, &section), msg, len);
	rx_announce(hc, section, len, true);
	ring_signal_guest(hc);
	return true;
}

static struct rndis_ppi *rx_ppi(struct rndis_ppi *ppi, u32 type, u32 value)
{
	ppi->size = sizeof(*ppi);
	ppi->type = type;
	ppi->offset = offsetof(struct rndis_ppi, value);
	ppi->value = value;
	return ppi + 1;
}

/* Kept with a frame that waits */
struct rx_cb {
	u32 hash;
};

static struct rx_cb *rx_cb(const struct sk_buff *skb)
{
	return (struct rx_cb *)skb->cb;
}

static u32 rx_vlan(const struct sk_buff *skb)
{
	return FIELD_PREP(PPI_VLAN_PRIO, skb_vlan_tag_get_prio(skb)) |
	       FIELD_PREP(PPI_VLAN_CFI, !!skb_vlan_tag_get_cfi(skb)) |
	       FIELD_PREP(PPI_VLAN_ID, skb_vlan_tag_get_id(skb));
}

/*
 * The copy leaves a sum of 0 as it is, which in UDP means that there is none: IPv6
 * drops that.
 */
static void rx_copy_sum(u8 *to, const struct sk_buff *skb)
{
	__sum16 *sum = (void *)(to + skb_checksum_start_offset(skb) + skb->csum_offset);

	skb_copy_and_csum_dev(skb, to);
	if (!*sum)
		*sum = CSUM_MANGLED_0;
}

/* Returns the length of the RNDIS message in the section. */
static u32 rx_fill(u8 *to, const struct sk_buff *skb)
{
	struct rndis_hdr *hdr = (void *)to;
	struct rndis_pkt *pkt = (void *)(hdr + 1);
	struct rndis_ppi *first = (void *)(pkt + 1), *ppi = first;
	u32 csum = rx_checksum(skb);

	if (csum)
		ppi = rx_ppi(ppi, RNDIS_PPI_CSUM, csum);
	if (skb_vlan_tag_present(skb))
		ppi = rx_ppi(ppi, RNDIS_PPI_VLAN, rx_vlan(skb));
	if (rx_cb(skb)->hash)
		ppi = rx_ppi(ppi, RNDIS_PPI_HASH, rx_cb(skb)->hash);

	memset(pkt, 0, sizeof(*pkt));
	pkt->ppi_len = (u8 *)ppi - (u8 *)first;
	if (pkt->ppi_len)
		pkt->ppi_offset = sizeof(*pkt);
	pkt->data_offset = sizeof(*pkt) + pkt->ppi_len;
	pkt->data_len = skb->len;

	hdr->type = RNDIS_MSG_PACKET;
	hdr->len = sizeof(*hdr) + pkt->data_offset + skb->len;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		rx_copy_sum((u8 *)ppi, skb);
	else
		skb_copy_bits(skb, 0, ppi, skb->len);
	return hdr->len;
}

static void rx_data(struct hvsim_channel *hc, struct sk_buff *skb)
{
	struct hvsim_switch *sw = &hc->nic->sw;
	u16 section;
	u32 len;

	if (skb->len + RX_OVERHEAD - VLAN_ETH_HLEN > hc->nic->rx.section_size) {
		stats_inc(&sw->stats, DROP_BAD);
		dev_kfree_skb_any(skb);
		return;
	}

	len = rx_fill(rx_section(hc, &section), skb);
	rx_announce(hc, section, len, false);
	hc->rx_frames++;

	stats_inc(&sw->stats, SYN_RX_FRAMES);
	stats_add(&sw->stats, SYN_RX_BYTES, wire_len(skb));
	flow_account(&sw->flows[FLOW_RX], skb, FLOW_SYN);
	dev_consume_skb_any(skb);
}

/* Hands over what waits, as far as there is room; returns whether it did. */
static bool rx_flush(struct hvsim_channel *hc)
{
	struct rx_area *rx = &hc->nic->rx;
	struct sk_buff *skb;
	bool any = false;

	while (!skb_queue_empty(&hc->queue) && rx->nfree > rx->spare &&
	       ring_room(hc, XFER_SIZE + HOST_RING_SPARE)) {
		skb = __skb_dequeue(&hc->queue);
		rx_data(hc, skb);
		any = true;
	}
	return any;
}

/**
 * rx_flush_all() - hand over what waits on any channel
 * @nic: the NIC, rx_lock held
 *
 * The channels share the receive sections: what one gives back another may
 * wait for.
 */
void rx_flush_all(struct hvsim_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->channels; i++)
		if (nic->channel[i]->open && rx_flush(nic->channel[i]))
			ring_signal_guest(nic->channel[i]);
}

/**
 * rx_purge() - the guest receives no more by a channel: drop what waits
 * @hc: the channel, rx_lock held
 */
void rx_purge(struct hvsim_channel *hc)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&hc->queue))) {
		stats_inc(&hc->nic->sw.stats, DROP_SYN_RX_CLOSED);
		dev_kfree_skb_any(skb);
	}
}

void rx_purge_all(struct hvsim_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->channels; i++)
		rx_purge(nic->channel[i]);
}

static bool rx_wanted(u32 filter, const u8 *dest)
{
	if (filter & RNDIS_PACKET_TYPE_PROMISCUOUS)
		return true;
	if (is_broadcast_ether_addr(dest))
		return filter & RNDIS_PACKET_TYPE_BROADCAST;
	if (is_multicast_ether_addr(dest))
		return filter & RNDIS_PACKET_TYPE_ALL_MULTICAST;
	return filter & RNDIS_PACKET_TYPE_DIRECTED;
}

/* Why the guest does not get a frame, HVSIM_COUNTERS: it does. */
static enum hvsim_counter rx_refused(struct hvsim_channel *hc,
				     const struct sk_buff *skb)
{
	const struct hvsim_nic *nic = hc->nic;

	if (!hc->open || !nic->filter || !nic->rx.buf || nic->quiesced)
		return DROP_SYN_RX_CLOSED;
	if (!READ_ONCE(nic->link))
		return DROP_LINK_DOWN;
	if (!rx_wanted(nic->filter, eth_hdr(skb)->h_dest))
		return FILTERED_RX;
	if (skb_queue_len(&hc->queue) >= HOST_RX_QUEUE)
		return DROP_SYN_RX_FULL;
	return HVSIM_COUNTERS;
}

static struct hvsim_channel *rx_channel(struct hvsim_nic *nic,
					struct sk_buff *skb)
{
	const struct host_rss *rss = &nic->rss;
	struct hvsim_channel *hc = nic->primary;
	u32 hash = 0;

	if (rss->entries) {
		hash = rx_hash(rss, skb);
		hc = nic->channel[rss->table[hash & (rss->entries - 1)]];
	}
	rx_cb(skb)->hash = hash;
	return hc->open ? hc : nic->primary;
}

/**
 * host_rx_frame() - a frame for the guest by one of its channels
 * @nic: the NIC
 * @skb: consumed
 *
 * Context: bottom halves disabled.
 */
void host_rx_frame(struct hvsim_nic *nic, struct sk_buff *skb)
{
	struct hvsim_channel *hc;
	enum hvsim_counter why;

	spin_lock(&nic->rx_lock);
	hc = rx_channel(nic, skb);
	why = rx_refused(hc, skb);
	if (why == HVSIM_COUNTERS) {
		__skb_queue_tail(&hc->queue, skb);
		rx_flush(hc);
		ring_signal_guest(hc);
	}
	spin_unlock(&nic->rx_lock);

	if (why != HVSIM_COUNTERS) {
		stats_inc(&nic->sw.stats, why);
		dev_kfree_skb_any(skb);
	}
}
