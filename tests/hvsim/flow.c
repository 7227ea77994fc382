// SPDX-License-Identifier: GPL-2.0
/*
 * Numbered flows: exact loss, duplication and reordering per flow
 *
 * A frame takes part when it is UDP over IPv4 or IPv6, with at most one VLAN
 * tag, and its payload starts with a magic number, a flow and a sequence
 * number, all big endian.
 */
#include <linux/bitmap.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/ipv6.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>

#include "flow.h"

#define FLOW_MAGIC	0x414e464c	/* "ANFL" */
#define FLOW_MAX	64
/* How far back a duplicate is recognised, in sequence numbers */
#define FLOW_WINDOW	65536

struct flow_mark {
	__be32 magic;
	__be32 id;
	__be64 seq;
} __packed;

/**
 * struct flow - one flow in one direction
 * @id: its number
 * @seen: frames, duplicates included
 * @dup: frames whose number had been seen within the window
 * @reordered: frames behind a higher number, duplicates not included
 * @first: lowest number
 * @last: highest number
 * @path: frames by the path they took
 * @window: which of the numbers (@last - FLOW_WINDOW, @last] were seen
 */
struct flow {
	u32 id;
	u64 seen;
	u64 dup;
	u64 reordered;
	u64 first;
	u64 last;
	u64 path[FLOW_PATHS];
	DECLARE_BITMAP(window, FLOW_WINDOW);
};

int flow_table_init(struct flow_table *table)
{
	spin_lock_init(&table->lock);
	table->flows = kvcalloc(FLOW_MAX, sizeof(*table->flows), GFP_KERNEL);
	return table->flows ? 0 : -ENOMEM;
}

void flow_table_destroy(struct flow_table *table)
{
	kvfree(table->flows);
}

void flow_table_reset(struct flow_table *table)
{
	spin_lock_bh(&table->lock);
	table->count = 0;
	table->overflow = 0;
	spin_unlock_bh(&table->lock);
}

static void flow_show(const struct flow *flow, enum flow_dir dir,
		      struct seq_file *m)
{
	u64 unique = flow->seen - flow->dup;

	seq_printf(m, "%s id=%u seen=%llu first=%llu last=%llu lost=%llu dup=%llu reordered=%llu syn=%llu vf=%llu\n",
		   dir == FLOW_TX ? "tx" : "rx", flow->id, flow->seen,
		   flow->first, flow->last,
		   flow->last - flow->first + 1 - unique, flow->dup,
		   flow->reordered, flow->path[FLOW_SYN], flow->path[FLOW_VF]);
}

void flow_table_show(struct flow_table *table, enum flow_dir dir,
		     struct seq_file *m)
{
	unsigned int i;

	spin_lock_bh(&table->lock);
	for (i = 0; i < table->count; i++)
		flow_show(&table->flows[i], dir, m);
	if (table->overflow)
		seq_printf(m, "%s overflow=%llu\n",
			   dir == FLOW_TX ? "tx" : "rx", table->overflow);
	spin_unlock_bh(&table->lock);
}

static int flow_ipv4_offset(const struct sk_buff *skb, int off)
{
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(skb, off, sizeof(buf), &buf);
	/* Only a first fragment would hold the number: leave fragments out */
	if (!ip || ip->protocol != IPPROTO_UDP || ip->ihl < 5 ||
	    ip->frag_off & htons(IP_MF | IP_OFFSET))
		return -1;
	return off + ip->ihl * 4;
}

static int flow_ipv6_offset(const struct sk_buff *skb, int off)
{
	const struct ipv6hdr *ip;
	struct ipv6hdr buf;

	ip = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!ip || ip->nexthdr != IPPROTO_UDP)
		return -1;
	return off + sizeof(*ip);
}

/* Offset of the UDP header, negative when there is none */
static int flow_udp_offset(const struct sk_buff *skb)
{
	const __be16 *proto;
	int off = ETH_HLEN;
	__be16 buf;

	proto = skb_header_pointer(skb, ETH_HLEN - 2, sizeof(buf), &buf);
	if (proto && *proto == htons(ETH_P_8021Q)) {
		off += VLAN_HLEN;
		proto = skb_header_pointer(skb, off - 2, sizeof(buf), &buf);
	}
	if (!proto)
		return -1;
	if (*proto == htons(ETH_P_IP))
		return flow_ipv4_offset(skb, off);
	if (*proto == htons(ETH_P_IPV6))
		return flow_ipv6_offset(skb, off);
	return -1;
}

static struct flow *flow_get(struct flow_table *table, u32 id, u64 seq)
{
	struct flow *flow;
	unsigned int i;

	for (i = 0; i < table->count; i++)
		if (table->flows[i].id == id)
			return &table->flows[i];
	if (table->count == FLOW_MAX)
		return NULL;

	flow = &table->flows[table->count++];
	memset(flow, 0, sizeof(*flow));
	flow->id = id;
	flow->first = seq;
	flow->last = seq;
	return flow;
}

/* A new highest number: the window moves and forgets what fell out of it. */
static void flow_advance(struct flow *flow, u64 seq)
{
	u64 n;

	if (seq - flow->last >= FLOW_WINDOW) {
		bitmap_zero(flow->window, FLOW_WINDOW);
	} else {
		for (n = flow->last + 1; n < seq; n++)
			__clear_bit(n % FLOW_WINDOW, flow->window);
	}
	flow->last = seq;
	__set_bit(seq % FLOW_WINDOW, flow->window);
}

static void flow_add(struct flow *flow, u64 seq, enum flow_path path)
{
	flow->path[path]++;
	if (!flow->seen++ || seq > flow->last) {
		flow_advance(flow, seq);
		return;
	}
	if (flow->last - seq < FLOW_WINDOW &&
	    __test_and_set_bit(seq % FLOW_WINDOW, flow->window)) {
		flow->dup++;
		return;
	}
	flow->reordered++;
	flow->first = min(flow->first, seq);
}

/**
 * flow_parse() - is this a frame of a numbered flow?
 * @skb: data at the Ethernet header, a frame as on the wire; a tag that is
 *	not in the data does not matter
 * @nr: filled when it is
 */
bool flow_parse(const struct sk_buff *skb, struct flow_number *nr)
{
	const struct flow_mark *mark;
	struct flow_mark buf;
	int off;

	off = flow_udp_offset(skb);
	if (off < 0)
		return false;
	mark = skb_header_pointer(skb, off + sizeof(struct udphdr),
				  sizeof(buf), &buf);
	if (!mark || mark->magic != htonl(FLOW_MAGIC))
		return false;
	nr->id = ntohl(mark->id);
	nr->seq = be64_to_cpu(mark->seq);
	return true;
}

/**
 * flow_record() - note that a numbered frame passed
 * @table: of the frame's direction
 * @nr: from flow_parse()
 * @path: the path it took
 *
 * Context: bottom halves disabled.
 */
void flow_record(struct flow_table *table, const struct flow_number *nr,
		 enum flow_path path)
{
	struct flow *flow;

	spin_lock(&table->lock);
	flow = flow_get(table, nr->id, nr->seq);
	if (flow)
		flow_add(flow, nr->seq, path);
	else
		table->overflow++;
	spin_unlock(&table->lock);
}

/* Both in one, for a frame that stays with the caller */
void flow_account(struct flow_table *table, const struct sk_buff *skb,
		  enum flow_path path)
{
	struct flow_number nr;

	if (flow_parse(skb, &nr))
		flow_record(table, &nr, path);
}
