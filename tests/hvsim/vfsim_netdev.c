// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: the netdev and its life
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "vfsim.h"

/* As mlx5: the stack's own watchdog would be quicker than the real ones */
#define VFSIM_TX_TIMEOUT	(15 * HZ)

/* How long vfsim_detach() waits */
#define VFSIM_DETACH_MOST	(2 * HZ)

static int vfsim_poll(struct napi_struct *napi, int budget)
{
	struct vfsim_queue *q = container_of(napi, struct vfsim_queue, napi);
	bool more;
	int done;

	/* netpoll, interrupts may be off: not the place to run the switch */
	if (!budget)
		return 0;

	more = vfsim_tx_poll(q);
	done = vfsim_rx_poll(q, budget);
	if (more || done == budget)
		return budget;

	napi_complete_done(napi, done);
	return done;
}

static void vfsim_link_update(struct vfsim *vf)
{
	lockdep_assert_held(&vf->link_lock);

	if (vf->opened && vf->carrier)
		netif_carrier_on(vf->netdev);
	else
		netif_carrier_off(vf->netdev);
}

/**
 * vfsim_set_carrier() - plug or unplug the cable
 * @vf: the function
 * @on: whether there is a link
 *
 * Context: process.
 */
void vfsim_set_carrier(struct vfsim *vf, bool on)
{
	spin_lock_bh(&vf->link_lock);
	WRITE_ONCE(vf->carrier, on);
	vfsim_link_update(vf);
	spin_unlock_bh(&vf->link_lock);
}

static void vfsim_set_opened(struct vfsim *vf, bool on)
{
	spin_lock_bh(&vf->link_lock);
	WRITE_ONCE(vf->opened, on);
	vfsim_link_update(vf);
	spin_unlock_bh(&vf->link_lock);
}

/**
 * vfsim_power() - the function goes to sleep or wakes up
 * @vf: the function
 * @on: it wakes up
 *
 * Context: process, takes RTNL.
 */
void vfsim_power(struct vfsim *vf, bool on)
{
	rtnl_lock();
	if (!on)
		netif_device_detach(vf->netdev);
	if (netif_running(vf->netdev))
		vfsim_set_opened(vf, on);
	if (on)
		netif_device_attach(vf->netdev);
	rtnl_unlock();
}

static struct vfsim_txd *vfsim_alloc_rings(struct vfsim *vf, u32 tx_size)
{
	return kvcalloc(array_size(vf->n_queues, tx_size),
			sizeof(struct vfsim_txd), GFP_KERNEL);
}

static void vfsim_set_rings(struct vfsim *vf, struct vfsim_txd *rings,
			    u32 tx_size)
{
	unsigned int i;

	kvfree(vf->rings);
	vf->rings = rings;
	vf->tx_size = tx_size;
	for (i = 0; i < vf->n_queues; i++) {
		struct vfsim_queue *q = &vf->queues[i];

		q->txd = rings ? rings + i * tx_size : NULL;
		q->tx_prod = 0;
		q->tx_cons = 0;
	}
}

static void vfsim_start_queues(struct vfsim *vf)
{
	unsigned int i;

	for (i = 0; i < vf->n_active; i++) {
		napi_enable_locked(&vf->queues[i].napi);
		vfsim_rx_start(&vf->queues[i]);
	}
	/* The unused ones too, or the watchdog would take them for stuck */
	netif_tx_wake_all_queues(vf->netdev);
}

/*
 * A poll that still runs could wake a queue that was just stopped, hence NAPI
 * goes first. Entries put in between stay in the ring and are dropped with it.
 */
static void vfsim_stop_queues(struct vfsim *vf)
{
	unsigned int i;

	for (i = 0; i < vf->n_active; i++) {
		napi_disable_locked(&vf->queues[i].napi);
		hrtimer_cancel(&vf->queues[i].tx_timer);
	}
	netif_tx_disable(vf->netdev);
	for (i = 0; i < vf->n_active; i++) {
		struct vfsim_queue *q = &vf->queues[i];

		vfsim_rx_stop(q);
		vfsim_tx_drop_ring(q);
		txq_trans_cond_update(netdev_get_tx_queue(vf->netdev, i));
	}
}

/**
 * vfsim_pause() - stop an open port, without closing the netdev
 * @vf: the port
 *
 * What the rings hold is lost and the netdev has no carrier, as when it is
 * closed. Nothing happens when the netdev is not open.
 *
 * Context: process, the caller holds the lock of the netdev's operations.
 */
void vfsim_pause(struct vfsim *vf)
{
	if (!netif_running(vf->netdev) || vf->paused)
		return;

	vf->paused = true;
	vfsim_set_opened(vf, false);
	vfsim_stop_queues(vf);
}

/**
 * vfsim_unpause() - undo vfsim_pause()
 * @vf: the port, whose netdev may have been closed meanwhile
 *
 * Context: process, the caller holds the lock of the netdev's operations.
 */
void vfsim_unpause(struct vfsim *vf)
{
	if (!vf->paused)
		return;

	vf->paused = false;
	vfsim_start_queues(vf);
	vfsim_set_opened(vf, true);
}

static bool vfsim_rings_empty(const struct vfsim *vf)
{
	const struct vfsim_queue *q;
	unsigned int i;

	for (i = 0; i < vf->n_active; i++) {
		q = &vf->queues[i];
		/* Pairs with the release in vfsim_tx_poll(): what was sent is gone */
		if (smp_load_acquire(&q->tx_cons) != READ_ONCE(q->tx_prod))
			return false;
	}
	return true;
}

/**
 * vfsim_detach() - what mana_detach() does before the netdev is unregistered
 * @vf: the port
 *
 * What is in the rings goes out first. mana waits for that for two minutes; this one
 * for VFSIM_DETACH_MOST, and not for a ring that does not move. The driver of 6.12 has
 * taken the carrier by then. That of 7.2 has not: what it is given waits in its queues
 * and is lost.
 *
 * Context: process, RTNL.
 */
void vfsim_detach(struct vfsim *vf)
{
	unsigned long end = jiffies + VFSIM_DETACH_MOST;

	netdev_lock_ops(vf->netdev);
	if (netif_running(vf->netdev) && !vf->paused) {
		WRITE_ONCE(vf->leaving, true);
		/* Pairs with the barrier in vfsim_tx_wake() */
		smp_wmb();
		netif_tx_disable(vf->netdev);
		if (VFSIM_DETACH_CARRIER_OFF)
			vfsim_set_opened(vf, false);
		while (!vfsim_rings_empty(vf) && !vfsim_check(vf) &&
		       !READ_ONCE(vf->stall) && time_before(jiffies, end))
			usleep_range(100, 200);
		vfsim_pause(vf);
	}
	netif_device_detach(vf->netdev);
	netdev_unlock_ops(vf->netdev);
}

static int vfsim_open(struct net_device *netdev)
{
	struct vfsim *vf = netdev_priv(netdev);
	struct vfsim_txd *rings;
	int err;

	if (READ_ONCE(vf->fail_open) || vfsim_check(vf))
		return -EIO;

	rings = vfsim_alloc_rings(vf, vf->tx_size);
	if (!rings)
		return -ENOMEM;
	err = vfsim_xdp_open(vf);
	if (err) {
		kvfree(rings);
		return err;
	}
	vfsim_set_rings(vf, rings, vf->tx_size);
	vfsim_start_queues(vf);
	vfsim_set_opened(vf, true);
	return 0;
}

static int vfsim_stop(struct net_device *netdev)
{
	struct vfsim *vf = netdev_priv(netdev);

	if (!vf->paused) {
		vfsim_set_opened(vf, false);
		vfsim_stop_queues(vf);
	}
	vf->paused = false;
	vfsim_xdp_close(vf);
	vfsim_set_rings(vf, NULL, vf->tx_size);
	return 0;
}

/**
 * vfsim_resize() - change the sizes of the rings
 * @vf: the function
 * @tx_size: entries of a transmit ring, a power of two
 * @rx_size: entries of a receive ring
 *
 * What the rings hold is lost, as when the netdev is closed.
 *
 * Context: process, the caller holds the lock of the netdev's operations.
 * Return: 0, or -ENOMEM and nothing has changed.
 */
int vfsim_resize(struct vfsim *vf, u32 tx_size, u32 rx_size)
{
	struct vfsim_txd *rings;

	if (!netif_running(vf->netdev)) {
		vf->tx_size = tx_size;
		vf->rx_size = rx_size;
		return 0;
	}

	rings = vfsim_alloc_rings(vf, tx_size);
	if (!rings)
		return -ENOMEM;
	vfsim_stop_queues(vf);
	vfsim_set_rings(vf, rings, tx_size);
	vf->rx_size = rx_size;
	vfsim_start_queues(vf);
	return 0;
}

/**
 * vfsim_set_queues() - use more or fewer queues
 * @vf: the port
 * @n: number of queues, at most vfsim.n_queues
 *
 * As mlx5: the netdev stays up but loses its carrier for the moment, and what
 * the rings hold is lost.
 *
 * Context: process, the caller holds the lock of the netdev's operations.
 * Return: 0, or a negative errno and nothing has changed.
 */
int vfsim_set_queues(struct vfsim *vf, unsigned int n)
{
	int err;

	vfsim_pause(vf);
	err = netif_set_real_num_queues(vf->netdev, n, n);
	if (!err)
		WRITE_ONCE(vf->n_active, n);
	vfsim_unpause(vf);
	return err;
}

static int vfsim_change_mtu(struct net_device *netdev, int mtu)
{
	struct vfsim *vf = netdev_priv(netdev);
	u32 limit = READ_ONCE(vf->fail_mtu);

	if ((limit && mtu >= limit) || vfsim_check(vf))
		return -EIO;
	if (!vfsim_xdp_mtu_ok(vf, mtu))
		return -EOPNOTSUPP;
	WRITE_ONCE(netdev->mtu, mtu);
	return 0;
}

static int vfsim_set_mac_address(struct net_device *netdev, void *addr)
{
	struct vfsim *vf = netdev_priv(netdev);

	int err;

	err = vfsim_check(vf);
	if (err)
		return err;
	if (READ_ONCE(vf->fail_mac))
		return -EPERM;
	return eth_mac_addr(netdev, addr);
}

static void vfsim_tx_timeout(struct net_device *netdev, unsigned int queue)
{
	struct vfsim *vf = netdev_priv(netdev);

	atomic64_inc(&vf->events[VFSIM_TX_TIMEOUT]);
}

static struct devlink_port *vfsim_get_devlink_port(struct net_device *netdev)
{
	struct vfsim *vf = netdev_priv(netdev);

	return vf->devlink_port;
}

static const struct net_device_ops vfsim_netdev_ops = {
	.ndo_open		= vfsim_open,
	.ndo_stop		= vfsim_stop,
	.ndo_start_xmit		= vfsim_start_xmit,
	VFSIM_NDO_SET_RX_MODE,
	.ndo_set_mac_address	= vfsim_set_mac_address,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_change_mtu		= vfsim_change_mtu,
	.ndo_tx_timeout		= vfsim_tx_timeout,
	.ndo_get_stats64	= vfsim_get_stats64,
	.ndo_vlan_rx_add_vid	= vfsim_vlan_add,
	.ndo_vlan_rx_kill_vid	= vfsim_vlan_kill,
	.ndo_bpf		= vfsim_bpf,
	.ndo_xdp_xmit		= vfsim_xdp_xmit,
};

static void vfsim_set_ops(struct vfsim *vf, bool xdp)
{
	vf->ops = vfsim_netdev_ops;
	vfsim_set_get_devlink_port(&vf->ops, vfsim_get_devlink_port);
	if (xdp) {
		vfsim_set_xdp_features(vf->netdev);
	} else {
		vf->ops.ndo_bpf = NULL;
		vf->ops.ndo_xdp_xmit = NULL;
	}
	vf->netdev->netdev_ops = &vf->ops;
}

static void vfsim_netdev_init(struct net_device *netdev)
{
	netdev_features_t offloads = NETIF_F_SG | NETIF_F_IP_CSUM |
				     NETIF_F_IPV6_CSUM | NETIF_F_TSO |
				     NETIF_F_TSO6 | NETIF_F_HIGHDMA;

	netdev->ethtool_ops = &vfsim_ethtool_ops;
	netdev->watchdog_timeo = VFSIM_TX_TIMEOUT;
	netdev->min_mtu = ETH_MIN_MTU;
	netdev->max_mtu = VFSIM_MAX_MTU;
	netdev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;

	netdev->vlan_features = offloads;
	netdev->hw_features = offloads | NETIF_F_RXCSUM | NETIF_F_RXHASH |
			      NETIF_F_HW_VLAN_CTAG_FILTER;
	netdev->features = netdev->hw_features;
}

static void vfsim_queue_init(struct vfsim *vf, unsigned int index)
{
	struct vfsim_queue *q = &vf->queues[index];

	q->vf = vf;
	q->index = index;
	spin_lock_init(&q->rx_lock);
	__skb_queue_head_init(&q->rx_ring);
	u64_stats_init(&q->syncp);
	hrtimer_setup(&q->tx_timer, vfsim_tx_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS);
	netif_napi_add(vf->netdev, &q->napi, vfsim_poll);
}

static void vfsim_init(struct vfsim *vf)
{
	unsigned int i;

	spin_lock_init(&vf->link_lock);
	spin_lock_init(&vf->filter_lock);
	vf->carrier = true;
	vf->rx_size = VFSIM_RX_RING;
	vf->coalesce = (struct vfsim_coalesce) {
		.rx_usecs = 8,
		.rx_frames = 128,
		.tx_usecs = 8,
		.tx_frames = 128,
		.adaptive_rx = true,
	};
	for (i = 0; i < vf->n_queues; i++)
		vfsim_queue_init(vf, i);
}

/**
 * vfsim_netdev_create() - make a port of a function
 * @fn: the function
 * @params: how to make it
 *
 * The netdev is neither registered nor plugged into a switch.
 *
 * Context: process.
 * Return: the netdev or %NULL without memory.
 */
struct net_device *vfsim_netdev_create(struct vfsim_function *fn,
				       const struct vfsim_params *params)
{
	unsigned int n = params->queues;
	struct net_device *netdev;
	struct vfsim *vf;

	netdev = alloc_etherdev_mqs(sizeof(*vf), n, n);
	if (!netdev)
		return NULL;

	vf = netdev_priv(netdev);
	vf->queues = kvcalloc(n, sizeof(*vf->queues), GFP_KERNEL);
	if (!vf->queues) {
		free_netdev(netdev);
		return NULL;
	}
	vf->netdev = netdev;
	vf->fn = fn;
	vf->n_queues = n;
	vf->n_active = n;
	vf->tx_size = params->txring;
	vf->bql = params->bql && fn->family->bql;

	SET_NETDEV_DEV(netdev, &fn->pdev->dev);
	vfsim_set_ops(vf, params->xdp);
	vfsim_netdev_init(netdev);
	if (fn->family->ops_lock)
		vfsim_request_ops_lock(netdev);
	if (params->vlan_fixed)
		netdev->hw_features &= ~NETIF_F_HW_VLAN_CTAG_FILTER;
	if (params->tso_max) {
		netif_set_tso_max_size(netdev, params->tso_max);
		netif_set_tso_max_segs(netdev, params->tso_max);
	}
	vfsim_init(vf);
	return netdev;
}

/**
 * vfsim_netdev_destroy() - free what vfsim_netdev_create() made
 * @netdev: the netdev, unregistered and unplugged
 *
 * Context: process.
 */
void vfsim_netdev_destroy(struct net_device *netdev)
{
	struct vfsim *vf = netdev_priv(netdev);
	struct vfsim_queue *queues = vf->queues;

	vfsim_filter_free(vf);
	vfsim_xdp_free(vf);
	/* free_netdev() takes the NAPIs, which are in the queues, off its list */
	free_netdev(netdev);
	kvfree(queues);
}
