/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One virtual switch: synthetic port, VF port, uplink
 *
 * Frames come in by switch_from_guest() and switch_from_uplink() and leave by
 * host_rx_frame(), the VF's rx() and uplink_deliver(). All of that runs with
 * bottom halves disabled, in any context, and takes no RTNL.
 */
#ifndef _HVSIM_SWITCH_H
#define _HVSIM_SWITCH_H

#include <linux/skbuff.h>

#include "flow.h"
#include "stats.h"

struct hvsim_nic;
struct hvsim_vf_port;
struct net_device;

/**
 * struct hvsim_switch - a NIC's switch
 * @nic: index of the NIC
 * @vf_path: where the guest's unicast traffic goes: the VF or, if false, the
 *	synthetic channel. Only the guest's SWITCH_DATA_PATH changes it.
 * @vf_tx: the guest was told to use the VF: what it sends there goes out. The
 *	same as @vf_path unless the host refused to move what is received.
 * @vf_multicast: knob, multicast and broadcast follow @vf_path too
 * @vf: what is plugged into the VF port; changed under @vf_lock, read under
 *	RCU
 * @vf_lock: plugging
 * @owner: the NIC, whose channels are the synthetic port; set once
 * @uplink: the rest of the world, set once
 * @stats: counters
 * @flows: numbered flows by direction
 */
struct hvsim_switch {
	unsigned int nic;
	bool vf_path;
	bool vf_tx;
	bool vf_multicast;
	struct hvsim_vf_port __rcu *vf;
	struct mutex vf_lock;		/* changes of vf */
	struct hvsim_nic *owner;
	struct net_device *uplink;
	struct hvsim_stats stats;
	struct flow_table flows[FLOW_DIRS];
};

/* switch.c */
int switch_init(struct hvsim_switch *sw, unsigned int nic);
void switch_destroy(struct hvsim_switch *sw);
void switch_set_path(struct hvsim_switch *sw, bool vf);
void switch_refuse_path(struct hvsim_switch *sw, bool vf);
void switch_from_guest(struct hvsim_switch *sw, struct sk_buff *skb,
		       enum flow_path path);
void switch_from_uplink(struct hvsim_switch *sw, struct sk_buff *skb);

/* segment.c */
struct sk_buff *wire_frames(struct sk_buff *skb);
bool wire_complete(struct sk_buff *skb);
unsigned int wire_len(const struct sk_buff *skb);

/* uplink.c */
int uplink_create(struct hvsim_switch *sw);
void uplink_destroy(struct hvsim_switch *sw);
void uplink_deliver(struct hvsim_switch *sw, struct sk_buff *skb);
bool uplink_congested(const struct hvsim_switch *sw);

/* vf_port.c */
void vf_port_rx(struct hvsim_switch *sw, struct sk_buff *skb);
bool vf_port_plugged(struct hvsim_switch *sw);

#endif /* _HVSIM_SWITCH_H */
