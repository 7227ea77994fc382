// SPDX-License-Identifier: GPL-2.0
/*
 * What the host tells the guest of a received frame: flow hash and checksums
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip6_checksum.h>

#include "host.h"

/* Addresses and ports as the hash takes them: network byte order, no gaps */
#define TUPLE_MAX	(2 * sizeof(struct in6_addr) + 2 * sizeof(__be16))

/**
 * struct rx_flow - what a frame says of its flow
 * @proto: IPPROTO_TCP, IPPROTO_UDP, 0 for all else, fragments included
 * @l4: offset of the transport header, when there is a @proto
 * @l4_len: bytes from there on, without padding
 * @pseudo: checksum of the pseudo header
 * @tuple: addresses, then ports
 * @len: length of @tuple, 0: not IP
 */
struct rx_flow {
	u8 proto;
	u32 l4;
	u32 l4_len;
	__wsum pseudo;
	u8 tuple[TUPLE_MAX];
	u32 len;
};

static bool flow_is_l4(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

static void flow_ipv4(struct rx_flow *flow, const struct sk_buff *skb)
{
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(skb, ETH_HLEN, sizeof(buf), &buf);
	if (!ip || ip->ihl < 5 || ntohs(ip->tot_len) < ip->ihl * 4)
		return;

	flow->len = sizeof(ip->addrs);
	memcpy(flow->tuple, &ip->addrs, sizeof(ip->addrs));
	if (ip_is_fragment(ip) || !flow_is_l4(ip->protocol))
		return;
	flow->proto = ip->protocol;
	flow->l4 = ETH_HLEN + ip->ihl * 4;
	flow->l4_len = ntohs(ip->tot_len) - ip->ihl * 4;
	flow->pseudo = csum_tcpudp_nofold(ip->saddr, ip->daddr, flow->l4_len,
					  flow->proto, 0);
}

static void flow_ipv6(struct rx_flow *flow, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip;
	struct ipv6hdr buf;

	ip = skb_header_pointer(skb, ETH_HLEN, sizeof(buf), &buf);
	if (!ip)
		return;

	flow->len = sizeof(ip->addrs);
	memcpy(flow->tuple, &ip->addrs, sizeof(ip->addrs));
	/* Extension headers are left to the guest, as real hosts do */
	if (!flow_is_l4(ip->nexthdr))
		return;
	flow->proto = ip->nexthdr;
	flow->l4 = ETH_HLEN + sizeof(*ip);
	flow->l4_len = ntohs(ip->payload_len);
	flow->pseudo = ~csum_unfold(csum_ipv6_magic(&ip->saddr, &ip->daddr,
						    flow->l4_len, flow->proto,
						    0));
}

static void flow_of(struct rx_flow *flow, const struct sk_buff *skb)
{
	memset(flow, 0, sizeof(*flow));
	if (skb->protocol == htons(ETH_P_IP))
		flow_ipv4(flow, skb);
	else if (skb->protocol == htons(ETH_P_IPV6))
		flow_ipv6(flow, skb);

	if (!flow->proto || flow->l4 + flow->l4_len > skb->len ||
	    skb_copy_bits(skb, flow->l4, flow->tuple + flow->len,
			  2 * sizeof(__be16)))
		flow->proto = 0;
	else
		flow->len += 2 * sizeof(__be16);
}

static u32 toeplitz(const u8 *key, const u8 *data, u32 len)
{
	u32 window = key[0] << 24 | key[1] << 16 | key[2] << 8 | key[3];
	u32 hash = 0, i;
	int bit;

	for (i = 0; i < len; i++) {
		for (bit = 7; bit >= 0; bit--) {
			if (data[i] & BIT(bit))
				hash ^= window;
			window <<= 1;
			if (key[i + 4] & BIT(bit))
				window |= 1;
		}
	}
	return hash;
}

/**
 * rx_hash() - hash of a frame's flow
 * @rss: the key
 * @skb: data at the Ethernet header, a tag is not in the data
 *
 * UDP's ports count too, which is more than hv_netvsc asks for, so that
 * datagrams of one pair of hosts are spread as well.
 *
 * Return: the hash, 0 for what is not IP.
 */
u32 rx_hash(const struct host_rss *rss, const struct sk_buff *skb)
{
	struct rx_flow flow;

	BUILD_BUG_ON(TUPLE_MAX + sizeof(u32) > HOST_RSS_KEY);
	flow_of(&flow, skb);
	return toeplitz(rss->key, flow.tuple, flow.len);
}

static bool checksum_good(const struct sk_buff *skb, const struct rx_flow *flow)
{
	__be16 check;

	if (skb->ip_summed != CHECKSUM_NONE)
		return true;
	/* UDP over IPv4 may go without */
	if (flow->proto == IPPROTO_UDP && skb->protocol == htons(ETH_P_IP) &&
	    !skb_copy_bits(skb, flow->l4 + 6, &check, sizeof(check)) && !check)
		return true;
	return !csum_fold(skb_checksum(skb, flow->l4, flow->l4_len,
				       flow->pseudo));
}

/**
 * rx_checksum() - what the host found out about a frame's checksums
 * @skb: data at the Ethernet header, a tag is not in the data
 *
 * Frames that the uplink's own stack made are known to be good, all others are
 * checked, as a NIC does.
 *
 * Return: the value of the guest's RNDIS_PPI_CSUM, 0: nothing to say.
 */
u32 rx_checksum(const struct sk_buff *skb)
{
	struct rx_flow flow;
	bool good;

	flow_of(&flow, skb);
	if (!flow.proto)
		return 0;
	good = checksum_good(skb, &flow);
	if (flow.proto == IPPROTO_TCP)
		return PPI_RX_IP_GOOD |
		       (good ? PPI_RX_TCP_GOOD : PPI_RX_TCP_BAD);
	return PPI_RX_IP_GOOD | (good ? PPI_RX_UDP_GOOD : PPI_RX_UDP_BAD);
}

/**
 * rss_set() - the guest spreads what it receives
 * @nic: the NIC, rx_lock held
 * @in: &struct ndis_rss_params with table and key
 * @len: length of all that
 *
 * Return: false, and nothing has changed, when it makes no sense.
 */
bool rss_set(struct hvsim_nic *nic, const void *in, u32 len)
{
	const struct ndis_rss_params *params = in;
	struct host_rss rss = {};
	u32 channel, i;

	if (len < sizeof(*params))
		return false;
	if (params->flags & NDIS_RSS_DISABLE) {
		nic->rss.entries = 0;
		return true;
	}
	if (params->table_size != sizeof(u32) * HOST_RSS_ENTRIES ||
	    params->key_size != HOST_RSS_KEY ||
	    params->table_offset > len || params->key_offset > len ||
	    params->table_size > len - params->table_offset ||
	    params->key_size > len - params->key_offset)
		return false;

	rss.entries = HOST_RSS_ENTRIES;
	for (i = 0; i < HOST_RSS_ENTRIES; i++) {
		memcpy(&channel, in + params->table_offset + i * sizeof(u32),
		       sizeof(channel));
		if (channel > nic->offered)
			return false;
		rss.table[i] = channel;
	}
	memcpy(rss.key, in + params->key_offset, HOST_RSS_KEY);
	nic->rss = rss;
	return true;
}
