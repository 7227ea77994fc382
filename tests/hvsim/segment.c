// SPDX-License-Identifier: GPL-2.0
/*
 * Frames as on the wire: segmentation and checksums
 */
#include <linux/if_vlan.h>
#include <linux/netdevice.h>

#include "compat.h"
#include "switch.h"

/* Fragments may stay fragments, everything else is done in software. */
#define SEGMENT_FEATURES	(NETIF_F_SG | NETIF_F_HIGHDMA | \
				 NETIF_F_FRAGLIST | NETIF_F_HW_VLAN_CTAG_TX)

/**
 * wire_len() - bytes on the wire, without the FCS
 * @skb: data at the Ethernet header; the tag may be in the data or not
 */
unsigned int wire_len(const struct sk_buff *skb)
{
	return skb->len + (skb_vlan_tag_present(skb) ? VLAN_HLEN : 0);
}

/**
 * wire_complete() - fill in the checksum that the sender left out
 * @skb: not GSO
 *
 * A checksum that was computed here needs no check any more.
 *
 * Return: false when there is no memory or the offsets are wrong.
 */
bool wire_complete(struct sk_buff *skb)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		if (skb_checksum_help(skb))
			return false;
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	} else if (skb->ip_summed == CHECKSUM_COMPLETE) {
		skb->ip_summed = CHECKSUM_NONE;
	}
	return true;
}

/**
 * wire_frames() - cut a frame into what goes on the wire
 * @skb: consumed; data at the Ethernet header
 *
 * Return: a list linked by skb->next, or NULL when @skb was not fit for it.
 */
struct sk_buff *wire_frames(struct sk_buff *skb)
{
	struct sk_buff *segs, *seg;

	if (!skb_is_gso(skb)) {
		if (wire_complete(skb))
			return skb;
		kfree_skb(skb);
		return NULL;
	}

	segs = skb_gso_segment(skb, SEGMENT_FEATURES);
	if (IS_ERR_OR_NULL(segs)) {
		kfree_skb(skb);
		return NULL;
	}
	consume_skb(skb);
	/* Each checksum was computed just now */
	for (seg = segs; seg; seg = seg->next)
		seg->ip_summed = CHECKSUM_UNNECESSARY;
	return segs;
}
