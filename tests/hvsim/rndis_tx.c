// SPDX-License-Identifier: GPL-2.0
/*
 * Guest to host: an RNDIS data message becomes an skb
 */
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip6_checksum.h>

#include "host.h"

/* Per-packet information that the guest may send */
#define TX_PPI_MAX	256
/* Longer frames are kept in pages, with only their headers in the head */
#define TX_LINEAR	2048
#define TX_HEAD		256
#define TX_FRAME_MAX	(SZ_64K + ETH_HLEN)

/* What a message says about its frame; absent is 0 */
struct tx_info {
	u32 csum;
	u32 lso;
	u32 vlan;
	bool tagged;
};

static bool tx_parse_ppi(const u8 *data, u32 len, struct tx_info *info)
{
	const struct rndis_ppi *ppi;
	u32 value;

	memset(info, 0, sizeof(*info));
	while (len >= offsetof(struct rndis_ppi, value)) {
		ppi = (const void *)data;
		if (ppi->size > len || ppi->size < sizeof(*ppi) ||
		    ppi->offset > ppi->size - sizeof(value))
			return false;
		memcpy(&value, data + ppi->offset, sizeof(value));

		switch (ppi->type) {
		case RNDIS_PPI_CSUM:
			info->csum = value;
			break;
		case RNDIS_PPI_LSO:
			info->lso = value;
			break;
		case RNDIS_PPI_VLAN:
			info->vlan = value;
			info->tagged = true;
			break;
		}
		data += ppi->size;
		len -= ppi->size;
	}
	return true;
}

static struct sk_buff *tx_copy(struct host_stream *stream, u32 len)
{
	struct sk_buff *skb;
	bool ok = true;
	int i, err;

	if (len <= TX_LINEAR) {
		skb = alloc_skb(NET_SKB_PAD + NET_IP_ALIGN + len, GFP_ATOMIC);
		if (!skb)
			return NULL;
		skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
		ok = stream_copy(stream, skb_put(skb, len), len);
	} else {
		skb = alloc_skb_with_frags(NET_SKB_PAD + TX_HEAD, len - TX_HEAD,
					   PAGE_ALLOC_COSTLY_ORDER, &err,
					   GFP_ATOMIC);
		if (!skb)
			return NULL;
		skb_reserve(skb, NET_SKB_PAD);
		ok = stream_copy(stream, skb_put(skb, TX_HEAD), TX_HEAD);
		for (i = 0; ok && i < skb_shinfo(skb)->nr_frags; i++) {
			skb_frag_t *frag = &skb_shinfo(skb)->frags[i];

			ok = stream_copy(stream, skb_frag_address(frag),
					 skb_frag_size(frag));
		}
		skb->len += len - TX_HEAD;
		skb->data_len = len - TX_HEAD;
	}
	if (ok)
		return skb;
	kfree_skb(skb);
	return NULL;
}

/* The guest left a length of 0 in the headers, and in the checksum. */
static bool tx_lso_ipv4(struct sk_buff *skb, struct tcphdr *tcp, u32 l4)
{
	struct iphdr *ip = ip_hdr(skb);

	if (l4 < ETH_HLEN + sizeof(*ip))
		return false;
	ip->tot_len = htons(skb->len - ETH_HLEN);
	ip->check = 0;
	ip->check = ip_fast_csum(ip, ip->ihl);
	tcp->check = ~csum_tcpudp_magic(ip->saddr, ip->daddr, skb->len - l4,
					IPPROTO_TCP, 0);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	return true;
}

static bool tx_lso_ipv6(struct sk_buff *skb, struct tcphdr *tcp, u32 l4)
{
	struct ipv6hdr *ip = ipv6_hdr(skb);

	if (l4 < ETH_HLEN + sizeof(*ip))
		return false;
	ip->payload_len = htons(skb->len - ETH_HLEN - sizeof(*ip));
	tcp->check = ~csum_ipv6_magic(&ip->saddr, &ip->daddr, skb->len - l4,
				      IPPROTO_TCP, 0);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV6;
	return true;
}

static bool tx_lso(struct sk_buff *skb, u32 lso)
{
	u32 l4 = FIELD_GET(PPI_LSO_L4_OFFSET, lso);
	u32 mss = FIELD_GET(PPI_LSO_MSS, lso);
	struct tcphdr *tcp;
	u32 payload;
	bool ok;

	if (!(lso & PPI_LSO_V2) || !mss ||
	    skb_headlen(skb) < l4 + sizeof(*tcp) ||
	    !skb_partial_csum_set(skb, l4, offsetof(struct tcphdr, check)))
		return false;

	tcp = tcp_hdr(skb);
	payload = skb->len - min_t(u32, skb->len, l4 + tcp->doff * 4);
	ok = lso & PPI_LSO_IPV6 ? tx_lso_ipv6(skb, tcp, l4) :
				  tx_lso_ipv4(skb, tcp, l4);
	if (!ok)
		return false;
	if (payload <= mss) {
		skb_shinfo(skb)->gso_type = 0;
		return true;
	}
	skb_shinfo(skb)->gso_size = mss;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(payload, mss);
	return true;
}

static bool tx_checksum(struct sk_buff *skb, u32 csum)
{
	u16 off = csum & PPI_TX_TCP ? offsetof(struct tcphdr, check) :
				      offsetof(struct udphdr, check);

	if (!(csum & (PPI_TX_TCP | PPI_TX_UDP)))
		return true;
	return skb_partial_csum_set(skb, FIELD_GET(PPI_TX_L4_OFFSET, csum),
				    off);
}

static bool tx_apply(struct sk_buff *skb, const struct tx_info *info)
{
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = eth_hdr(skb)->h_proto;
	if (info->tagged)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q),
				       FIELD_GET(PPI_VLAN_ID, info->vlan) |
				       FIELD_GET(PPI_VLAN_CFI, info->vlan) << 12 |
				       FIELD_GET(PPI_VLAN_PRIO, info->vlan) <<
				       VLAN_PRIO_SHIFT);
	if (info->lso)
		return tx_lso(skb, info->lso);
	return tx_checksum(skb, info->csum);
}

/**
 * rndis_packet() - one data message
 * @hc: the channel
 * @stream: at the message's body
 * @len: bytes of the body
 *
 * Context: bottom halves disabled.
 * Return: false when the message is not well formed.
 */
bool rndis_packet(struct hvsim_channel *hc, struct host_stream *stream,
		  u32 len)
{
	struct hvsim_switch *sw = &hc->nic->sw;
	u32 start = stream->pos;
	u8 ppi[TX_PPI_MAX];
	struct tx_info info;
	struct rndis_pkt pkt;
	struct sk_buff *skb;

	if (len < sizeof(pkt) || !stream_copy(stream, &pkt, sizeof(pkt)) ||
	    pkt.ppi_len > sizeof(ppi) || pkt.ppi_offset > len ||
	    pkt.ppi_len > len - pkt.ppi_offset ||
	    pkt.data_offset > len || pkt.data_len > len - pkt.data_offset ||
	    pkt.data_len < ETH_HLEN || pkt.data_len > TX_FRAME_MAX)
		return false;

	stream_seek(stream, start + pkt.ppi_offset);
	stream_copy(stream, ppi, pkt.ppi_len);
	if (!tx_parse_ppi(ppi, pkt.ppi_len, &info))
		return false;

	if (!READ_ONCE(hc->nic->link)) {
		stats_inc(&sw->stats, DROP_LINK_DOWN);
		return true;
	}

	stream_seek(stream, start + pkt.data_offset);
	skb = tx_copy(stream, pkt.data_len);
	if (!skb || !tx_apply(skb, &info)) {
		kfree_skb(skb);
		return false;
	}
	switch_from_guest(sw, skb, FLOW_SYN);
	return true;
}
