/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Simulated Hyper-V host: what hvsim.ko offers to vfsim.ko
 *
 * hvsim.ko holds one virtual switch per NIC. A switch has three ports: the
 * synthetic channel (VMBus, used by the stock hv_netvsc), the VF port (used by
 * vfsim) and the uplink (a netdev hvup<N>, the rest of the world).
 */
#ifndef _TESTS_HVSIM_H
#define _TESTS_HVSIM_H

#include <linux/types.h>

struct sk_buff;
struct hvsim_vf_port;

/**
 * struct hvsim_vf_ops - callbacks from the switch into a simulated VF
 * @rx: a frame from the switch for the VF. Called with bottom halves disabled
 *	under RCU, never with RTNL taken for it. Consumes @skb in all cases
 *	(skb->data at the Ethernet header, linear or not, never GSO). Returns
 *	false when the VF had no room or was not up: the switch counts the drop.
 */
struct hvsim_vf_ops {
	bool (*rx)(void *priv, struct sk_buff *skb);
};

/**
 * hvsim_vf_mac() - MAC address the host gave to a NIC's VF
 * @nic: NIC index, 0 to hvsim's nics= parameter - 1
 * @mac: filled with the address, the same as the synthetic device's
 *
 * Context: any.
 * Return: 0, or -ENODEV when there is no such NIC.
 */
int hvsim_vf_mac(unsigned int nic, u8 *mac);

/**
 * hvsim_vf_attach() - plug a simulated VF into a NIC's switch
 * @nic: NIC index
 * @ops: callbacks, must stay valid until hvsim_vf_detach() returns
 * @priv: passed to the callbacks
 *
 * Context: process context, may sleep, RTNL may be held by the caller and is
 * never taken.
 * Return: the port, or ERR_PTR(-ENODEV) / ERR_PTR(-EBUSY) when the NIC's VF
 * port is taken / ERR_PTR(-ENOMEM).
 */
struct hvsim_vf_port *hvsim_vf_attach(unsigned int nic,
				      const struct hvsim_vf_ops *ops,
				      void *priv);

/**
 * hvsim_vf_detach() - unplug a simulated VF
 * @port: from hvsim_vf_attach()
 *
 * No callback runs after it returned (synchronize_rcu inside).
 *
 * Context: process context, may sleep, RTNL may be held and is never taken.
 */
void hvsim_vf_detach(struct hvsim_vf_port *port);

/**
 * hvsim_vf_xmit() - a frame from the VF into the switch
 * @port: from hvsim_vf_attach()
 * @skb: consumed; skb->data at the Ethernet header. May be GSO and may have
 *	CHECKSUM_PARTIAL: the switch segments and completes checksums, so that
 *	its counters and the numbering check are in frames on the wire.
 *
 * The frame is dropped and counted (drop_vf_tx_path) unless the guest has moved
 * the host's data path to the VF.
 *
 * Context: any, bottom halves disabled.
 * Return: true when the switch took it, false when it was dropped.
 */
bool hvsim_vf_xmit(struct hvsim_vf_port *port, struct sk_buff *skb);

#endif /* _TESTS_HVSIM_H */
