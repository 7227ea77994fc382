// SPDX-License-Identifier: GPL-2.0
/*
 * The uplink: a netdev that is the rest of the world to the switch
 *
 * What a test sends on hvup<N> goes to the guest, what the guest sends is
 * received there. It is a NIC like others: it computes and checks checksums
 * and handles VLAN tags, but does not segment.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>

#include "host.h"
#include "switch.h"

/* Frames that wait for NAPI: full, and where the host stops to read */
#define UPLINK_QUEUE	4096
#define UPLINK_HIGH	512

struct uplink_stats {
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
};

/**
 * struct uplink - private data of the netdev
 * @sw: its switch
 * @napi: receives what is in @queue
 * @queue: frames from the guest
 * @stats: counted with bottom halves disabled
 * @stalled: the host waits until the queue is shorter
 */
struct uplink {
	struct hvsim_switch *sw;
	struct napi_struct napi;
	struct sk_buff_head queue;
	struct uplink_stats __percpu *stats;
	bool stalled;
};

static netdev_tx_t uplink_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct uplink *up = netdev_priv(dev);

	this_cpu_inc(up->stats->tx_packets);
	this_cpu_add(up->stats->tx_bytes, skb->len);
	skb_tx_timestamp(skb);
	skb_reset_mac_header(skb);
	switch_from_uplink(up->sw, skb);
	return NETDEV_TX_OK;
}

static void uplink_wake_host(struct uplink *up)
{
	if (!READ_ONCE(up->stalled))
		return;
	WRITE_ONCE(up->stalled, false);
	host_kick_all(up->sw->owner);
}

static int uplink_poll(struct napi_struct *napi, int budget)
{
	struct uplink *up = container_of(napi, struct uplink, napi);
	struct sk_buff *skb;
	int done = 0;

	while (done < budget && (skb = skb_dequeue(&up->queue))) {
		this_cpu_inc(up->stats->rx_packets);
		this_cpu_add(up->stats->rx_bytes, ETH_HLEN + skb->len);
		napi_gro_receive(napi, skb);
		done++;
	}

	/* Shorter first, then the question who waits for that */
	smp_mb();
	if (skb_queue_len_lockless(&up->queue) < UPLINK_HIGH)
		uplink_wake_host(up);

	if (done < budget && napi_complete_done(napi, done) &&
	    !skb_queue_empty_lockless(&up->queue))
		napi_schedule(napi);
	return done;
}

/**
 * uplink_congested() - should the host stop reading?
 * @sw: the switch
 *
 * If so the host is kicked when it may go on.
 */
bool uplink_congested(const struct hvsim_switch *sw)
{
	struct uplink *up = netdev_priv(sw->uplink);

	if (skb_queue_len_lockless(&up->queue) < UPLINK_HIGH)
		return false;
	WRITE_ONCE(up->stalled, true);
	/* NAPI may have emptied the queue before it could see that */
	smp_mb();
	return skb_queue_len_lockless(&up->queue) >= UPLINK_HIGH;
}

/**
 * uplink_deliver() - a frame from the guest
 * @sw: the switch
 * @skb: consumed; as on the wire
 *
 * Context: bottom halves disabled.
 */
void uplink_deliver(struct hvsim_switch *sw, struct sk_buff *skb)
{
	struct net_device *dev = sw->uplink;
	struct uplink *up = netdev_priv(dev);

	if (!netif_running(dev)) {
		stats_inc(&sw->stats, DROP_UPLINK_DOWN);
		dev_kfree_skb_any(skb);
		return;
	}
	if (skb_queue_len_lockless(&up->queue) >= UPLINK_QUEUE) {
		stats_inc(&sw->stats, DROP_UPLINK_FULL);
		dev_kfree_skb_any(skb);
		return;
	}
	/* GRO takes fragments away, which a clone shares with TCP's own copy */
	if (skb_unclone(skb, GFP_ATOMIC)) {
		stats_inc(&sw->stats, DROP_BAD);
		dev_kfree_skb_any(skb);
		return;
	}

	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	if (!(dev->features & NETIF_F_RXCSUM))
		skb->ip_summed = CHECKSUM_NONE;
	skb->protocol = eth_type_trans(skb, dev);
	skb_queue_tail(&up->queue, skb);
	napi_schedule(&up->napi);
}

static int uplink_open(struct net_device *dev)
{
	struct uplink *up = netdev_priv(dev);

	napi_enable(&up->napi);
	netif_start_queue(dev);
	return 0;
}

static int uplink_stop(struct net_device *dev)
{
	struct uplink *up = netdev_priv(dev);
	struct sk_buff *skb;

	netif_stop_queue(dev);
	napi_disable(&up->napi);
	/* Nobody adds any more: the netdev has not been running for a while */
	synchronize_net();
	while ((skb = skb_dequeue(&up->queue))) {
		stats_inc(&up->sw->stats, DROP_UPLINK_DOWN);
		kfree_skb(skb);
	}
	uplink_wake_host(up);
	return 0;
}

static void uplink_get_stats64(struct net_device *dev,
			       struct rtnl_link_stats64 *stats)
{
	const struct uplink *up = netdev_priv(dev);
	const struct uplink_stats *s;
	int cpu;

	for_each_possible_cpu(cpu) {
		s = per_cpu_ptr(up->stats, cpu);
		stats->rx_packets += READ_ONCE(s->rx_packets);
		stats->rx_bytes += READ_ONCE(s->rx_bytes);
		stats->tx_packets += READ_ONCE(s->tx_packets);
		stats->tx_bytes += READ_ONCE(s->tx_bytes);
	}
}

static const struct net_device_ops uplink_ops = {
	.ndo_open		= uplink_open,
	.ndo_stop		= uplink_stop,
	.ndo_start_xmit		= uplink_xmit,
	.ndo_get_stats64	= uplink_get_stats64,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
};

static const struct ethtool_ops uplink_ethtool_ops = {
	.get_link	= ethtool_op_get_link,
	.get_ts_info	= ethtool_op_get_ts_info,
};

static void uplink_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &uplink_ops;
	dev->ethtool_ops = &uplink_ethtool_ops;
	dev->max_mtu = HVSIM_MTU_MAX;
	/* Frames wait behind the receive sections, with a count of drops */
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->hw_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_RXCSUM;
	dev->features = dev->hw_features | NETIF_F_HIGHDMA |
			NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_CTAG_RX;
	dev->vlan_features = dev->features;
}

/**
 * uplink_create() - make hvup<N>
 * @sw: the switch
 *
 * Context: takes RTNL.
 * Return: 0 or a negative error code.
 */
int uplink_create(struct hvsim_switch *sw)
{
	u8 mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, sw->nic };
	struct net_device *dev;
	char name[IFNAMSIZ];
	struct uplink *up;
	int err;

	snprintf(name, sizeof(name), "hvup%u", sw->nic);
	dev = alloc_netdev(sizeof(*up), name, NET_NAME_PREDICTABLE,
			   uplink_setup);
	if (!dev)
		return -ENOMEM;

	up = netdev_priv(dev);
	up->sw = sw;
	skb_queue_head_init(&up->queue);
	up->stats = alloc_percpu(struct uplink_stats);
	if (!up->stats) {
		err = -ENOMEM;
		goto err_stats;
	}
	netif_napi_add(dev, &up->napi, uplink_poll);
	eth_hw_addr_set(dev, mac);

	sw->uplink = dev;
	err = register_netdev(dev);
	if (err)
		goto err_register;
	return 0;

err_register:
	sw->uplink = NULL;
	netif_napi_del(&up->napi);
	free_percpu(up->stats);
err_stats:
	free_netdev(dev);
	return err;
}

void uplink_destroy(struct hvsim_switch *sw)
{
	struct net_device *dev = sw->uplink;
	struct uplink *up = netdev_priv(dev);

	unregister_netdev(dev);
	netif_napi_del(&up->napi);
	free_percpu(up->stats);
	free_netdev(dev);
	sw->uplink = NULL;
}
