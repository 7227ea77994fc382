// SPDX-License-Identifier: GPL-2.0
/*
 * The VF port: what hvsim.ko offers to a simulated VF (hvsim.h)
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "host.h"
#include "hvsim.h"
#include "switch.h"

struct hvsim_vf_port {
	struct hvsim_switch *sw;
	const struct hvsim_vf_ops *ops;
	void *priv;
};

int hvsim_vf_mac(unsigned int nic, u8 *mac)
{
	const struct hvsim_nic *n = hvsim_nic(nic);

	if (!n)
		return -ENODEV;
	ether_addr_copy(mac, n->mac);
	return 0;
}
EXPORT_SYMBOL_GPL(hvsim_vf_mac);

struct hvsim_vf_port *hvsim_vf_attach(unsigned int nic,
				      const struct hvsim_vf_ops *ops,
				      void *priv)
{
	struct hvsim_nic *n = hvsim_nic(nic);
	struct hvsim_vf_port *port;
	bool busy;

	if (!n)
		return ERR_PTR(-ENODEV);
	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return ERR_PTR(-ENOMEM);
	port->sw = &n->sw;
	port->ops = ops;
	port->priv = priv;

	mutex_lock(&n->sw.vf_lock);
	busy = rcu_access_pointer(n->sw.vf);
	if (!busy)
		rcu_assign_pointer(n->sw.vf, port);
	mutex_unlock(&n->sw.vf_lock);

	if (!busy)
		return port;
	kfree(port);
	return ERR_PTR(-EBUSY);
}
EXPORT_SYMBOL_GPL(hvsim_vf_attach);

void hvsim_vf_detach(struct hvsim_vf_port *port)
{
	struct hvsim_switch *sw = port->sw;

	mutex_lock(&sw->vf_lock);
	RCU_INIT_POINTER(sw->vf, NULL);
	mutex_unlock(&sw->vf_lock);
	synchronize_rcu();
	kfree(port);
}
EXPORT_SYMBOL_GPL(hvsim_vf_detach);

bool hvsim_vf_xmit(struct hvsim_vf_port *port, struct sk_buff *skb)
{
	struct hvsim_switch *sw = port->sw;

	if (!READ_ONCE(sw->vf_tx)) {
		stats_inc(&sw->stats, DROP_VF_TX_PATH);
		dev_kfree_skb_any(skb);
		return false;
	}
	skb_reset_mac_header(skb);
	switch_from_guest(sw, skb, FLOW_VF);
	return true;
}
EXPORT_SYMBOL_GPL(hvsim_vf_xmit);

bool vf_port_plugged(struct hvsim_switch *sw)
{
	return rcu_access_pointer(sw->vf);
}

/* A frame to the VF is as on the wire: checksum complete, tag in the data. */
static struct sk_buff *vf_wire(struct sk_buff *skb)
{
	if (!wire_complete(skb)) {
		kfree_skb(skb);
		return NULL;
	}
	if (!skb_vlan_tag_present(skb))
		return skb;
	/* Frees the frame when it fails */
	return __vlan_hwaccel_push_inside(skb);
}

/**
 * vf_port_rx() - a frame for the guest by the VF
 * @sw: the switch
 * @skb: consumed
 *
 * What the VF did not take is no part of the numbered flows: they tell what
 * reached the guest's port.
 *
 * Context: bottom halves disabled, RCU read lock held.
 */
void vf_port_rx(struct hvsim_switch *sw, struct sk_buff *skb)
{
	struct hvsim_vf_port *port = rcu_dereference(sw->vf);
	struct flow_number nr;
	unsigned int len;
	bool numbered;

	if (!port) {
		stats_inc(&sw->stats, DROP_VF_RX_ABSENT);
		dev_kfree_skb_any(skb);
		return;
	}

	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb = vf_wire(skb);
	if (!skb) {
		stats_inc(&sw->stats, DROP_BAD);
		return;
	}

	/* The VF consumes it, whatever it answers */
	len = wire_len(skb);
	numbered = flow_parse(skb, &nr);
	if (port->ops->rx(port->priv, skb)) {
		stats_inc(&sw->stats, VF_RX_FRAMES);
		stats_add(&sw->stats, VF_RX_BYTES, len);
		if (numbered)
			flow_record(&sw->flows[FLOW_RX], &nr, FLOW_VF);
	} else {
		stats_inc(&sw->stats, DROP_VF_RX_FULL);
	}
}
