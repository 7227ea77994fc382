// SPDX-License-Identifier: GPL-2.0
/*
 * The switch: which port a frame leaves by, and what is counted
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rcupdate.h>

#include "host.h"
#include "switch.h"

int switch_init(struct hvsim_switch *sw, unsigned int nic)
{
	int err, dir;

	sw->nic = nic;
	mutex_init(&sw->vf_lock);
	err = stats_init(&sw->stats);
	for (dir = 0; !err && dir < FLOW_DIRS; dir++)
		err = flow_table_init(&sw->flows[dir]);
	if (err)
		switch_destroy(sw);
	return err;
}

void switch_destroy(struct hvsim_switch *sw)
{
	int dir;

	for (dir = 0; dir < FLOW_DIRS; dir++)
		flow_table_destroy(&sw->flows[dir]);
	stats_destroy(&sw->stats);
	mutex_destroy(&sw->vf_lock);
}

/**
 * switch_set_path() - move the guest's traffic
 * @sw: the switch
 * @vf: to the VF, else to the synthetic channel
 *
 * When it returns no frame is on its way to the guest by the old path any
 * more, so that the guest may close what it leaves behind.
 *
 * Context: process context, sleeps.
 */
void switch_set_path(struct hvsim_switch *sw, bool vf)
{
	if (vf != sw->vf_path)
		stats_inc(&sw->stats, vf ? SWITCHES_TO_VF : SWITCHES_TO_SYN);
	WRITE_ONCE(sw->vf_path, vf);
	WRITE_ONCE(sw->vf_tx, vf);
	synchronize_rcu_expedited();
}

/**
 * switch_refuse_path() - tell the guest that its traffic moved, but keep it
 * @sw: the switch
 * @vf: what was asked for
 *
 * A host moves the VF's receive filter, which can fail, and the guest's message
 * has no answer that could say so. What the VF sends is not subject to that
 * filter.
 */
void switch_refuse_path(struct hvsim_switch *sw, bool vf)
{
	stats_inc(&sw->stats, SWITCHES_REFUSED);
	WRITE_ONCE(sw->vf_tx, vf);
}

static void switch_count_tx(struct hvsim_switch *sw, const struct sk_buff *skb,
			    enum flow_path path)
{
	bool vf = path == FLOW_VF;

	stats_inc(&sw->stats, vf ? VF_TX_FRAMES : SYN_TX_FRAMES);
	stats_add(&sw->stats, vf ? VF_TX_BYTES : SYN_TX_BYTES, wire_len(skb));
	flow_account(&sw->flows[FLOW_TX], skb, path);
}

/**
 * switch_from_guest() - a frame from one of the guest's ports
 * @sw: the switch
 * @skb: consumed; may be GSO and may lack its checksum
 * @path: the port
 */
void switch_from_guest(struct hvsim_switch *sw, struct sk_buff *skb,
		       enum flow_path path)
{
	struct sk_buff *next;

	skb = wire_frames(skb);
	if (!skb) {
		stats_inc(&sw->stats, DROP_BAD);
		return;
	}

	for (; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		switch_count_tx(sw, skb, path);
		uplink_deliver(sw, skb);
	}
}

/**
 * switch_from_uplink() - a frame for the guest
 * @sw: the switch
 * @skb: consumed; not GSO, may lack its checksum
 *
 * As on the real host only unicast is steered to the VF, multicast and
 * broadcast always take the synthetic channel, unless a test wants to see the
 * VF's own filter at work.
 */
void switch_from_uplink(struct hvsim_switch *sw, struct sk_buff *skb)
{
	u16 tci;

	if (skb->protocol == htons(ETH_P_8021Q) && !skb_vlan_tag_present(skb)) {
		if (__skb_vlan_pop(skb, &tci)) {
			stats_inc(&sw->stats, DROP_BAD);
			kfree_skb(skb);
			return;
		}
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), tci);
	}

	rcu_read_lock();
	if (READ_ONCE(sw->vf_path) &&
	    (READ_ONCE(sw->vf_multicast) ||
	     !is_multicast_ether_addr(eth_hdr(skb)->h_dest)))
		vf_port_rx(sw, skb);
	else
		host_rx_frame(sw->owner, skb);
	rcu_read_unlock();
}
