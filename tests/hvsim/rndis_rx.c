// SPDX-License-Identifier: GPL-2.0
/*
 * Host to guest: receive sections, data frames, control messages
 */
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
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
	struct rx_area *rx = &hc->rx;
	u32 i;

	rx->section_size = max_t(u32, RX_SECTION,
				 ALIGN(hc->mtu + RX_OVERHEAD, 64));
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
	hc->rx.buf = NULL;
	hc->rx.sections = 0;
	hc->rx.nfree = 0;
}

/**
 * rx_release() - the guest gives a section back
 * @hc: the channel, rx_lock held
 * @id: transaction, from rx_announce()
 */
void rx_release(struct hvsim_channel *hc, u64 id)
{
	struct rx_area *rx = &hc->rx;
	u64 section = id - 1;

	if (section < rx->sections && __test_and_clear_bit(section, rx->used))
		rx->free[rx->nfree++] = section;
}

static u8 *rx_section(struct hvsim_channel *hc, u16 *section)
{
	struct rx_area *rx = &hc->rx;

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
		.offset = section * hc->rx.section_size,
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

	if (!hc->rx.nfree || len > hc->rx.section_size ||
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

static u8 rx_l4_proto(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6;
	const struct iphdr *ip;
	struct ipv6hdr buf6;
	struct iphdr buf;

	if (skb->protocol == htons(ETH_P_IP)) {
		ip = skb_header_pointer(skb, ETH_HLEN, sizeof(buf), &buf);
		return ip ? ip->protocol : 0;
	}
	if (skb->protocol == htons(ETH_P_IPV6)) {
		ip6 = skb_header_pointer(skb, ETH_HLEN, sizeof(buf6), &buf6);
		return ip6 ? ip6->nexthdr : 0;
	}
	return 0;
}

/* Good is only what is known to be: the guest checks the rest itself. */
static u32 rx_checksum(const struct sk_buff *skb)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL &&
	    skb->ip_summed != CHECKSUM_UNNECESSARY)
		return 0;

	switch (rx_l4_proto(skb)) {
	case IPPROTO_TCP:
		return PPI_RX_TCP_GOOD | PPI_RX_IP_GOOD;
	case IPPROTO_UDP:
		return PPI_RX_UDP_GOOD | PPI_RX_IP_GOOD;
	}
	return 0;
}

static u32 rx_vlan(const struct sk_buff *skb)
{
	return FIELD_PREP(PPI_VLAN_PRIO, skb_vlan_tag_get_prio(skb)) |
	       FIELD_PREP(PPI_VLAN_CFI, !!skb_vlan_tag_get_cfi(skb)) |
	       FIELD_PREP(PPI_VLAN_ID, skb_vlan_tag_get_id(skb));
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

	memset(pkt, 0, sizeof(*pkt));
	pkt->ppi_len = (u8 *)ppi - (u8 *)first;
	if (pkt->ppi_len)
		pkt->ppi_offset = sizeof(*pkt);
	pkt->data_offset = sizeof(*pkt) + pkt->ppi_len;
	pkt->data_len = skb->len;

	hdr->type = RNDIS_MSG_PACKET;
	hdr->len = sizeof(*hdr) + pkt->data_offset + skb->len;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		skb_copy_and_csum_dev(skb, (u8 *)ppi);
	else
		skb_copy_bits(skb, 0, ppi, skb->len);
	return hdr->len;
}

static void rx_data(struct hvsim_channel *hc, struct sk_buff *skb)
{
	struct hvsim_switch *sw = &hc->nic->sw;
	u16 section;
	u32 len;

	if (skb->len + RX_OVERHEAD - VLAN_ETH_HLEN > hc->rx.section_size) {
		stats_inc(&sw->stats, DROP_BAD);
		dev_kfree_skb_any(skb);
		return;
	}

	len = rx_fill(rx_section(hc, &section), skb);
	rx_announce(hc, section, len, false);

	stats_inc(&sw->stats, SYN_RX_FRAMES);
	stats_add(&sw->stats, SYN_RX_BYTES, wire_len(skb));
	flow_account(&sw->flows[FLOW_RX], skb, FLOW_SYN);
	dev_consume_skb_any(skb);
}

/**
 * rx_flush() - hand over what waits, as far as there is room
 * @hc: the channel, rx_lock held, open
 */
void rx_flush(struct hvsim_channel *hc)
{
	struct sk_buff *skb;

	while (!skb_queue_empty(&hc->queue) && hc->rx.nfree > hc->rx.spare &&
	       ring_room(hc, XFER_SIZE + HOST_RING_SPARE)) {
		skb = __skb_dequeue(&hc->queue);
		rx_data(hc, skb);
	}
}

/**
 * rx_purge() - the guest receives no more: drop what waits
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
	if (!hc->open || !hc->filter || !hc->rx.buf)
		return DROP_SYN_RX_CLOSED;
	if (!READ_ONCE(hc->nic->link))
		return DROP_LINK_DOWN;
	if (!rx_wanted(hc->filter, eth_hdr(skb)->h_dest))
		return FILTERED_RX;
	if (skb_queue_len(&hc->queue) >= HOST_RX_QUEUE)
		return DROP_SYN_RX_FULL;
	return HVSIM_COUNTERS;
}

/**
 * host_rx_frame() - a frame for the guest by the synthetic channel
 * @hc: the channel
 * @skb: consumed
 *
 * Context: bottom halves disabled.
 */
void host_rx_frame(struct hvsim_channel *hc, struct sk_buff *skb)
{
	enum hvsim_counter why;

	spin_lock(&hc->rx_lock);
	why = rx_refused(hc, skb);
	if (why == HVSIM_COUNTERS) {
		__skb_queue_tail(&hc->queue, skb);
		rx_flush(hc);
		ring_signal_guest(hc);
	}
	spin_unlock(&hc->rx_lock);

	if (why != HVSIM_COUNTERS) {
		stats_inc(&hc->nic->sw.stats, why);
		dev_kfree_skb_any(skb);
	}
}
