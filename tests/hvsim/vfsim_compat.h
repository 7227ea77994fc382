/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Simulated VF: what differs between the supported kernels
 *
 * vfsim is written against the newest API; this adds what older kernels lack.
 */
#ifndef _TESTS_VFSIM_COMPAT_H
#define _TESTS_VFSIM_COMPAT_H

#include <linux/ethtool.h>
#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/version.h>
#include <net/devlink.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#include <net/netdev_lock.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
static inline void ethtool_puts(u8 **data, const char *str)
{
	ethtool_sprintf(data, "%s", str);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *),
	      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
static inline void napi_enable_locked(struct napi_struct *napi)
{
	napi_enable(napi);
}

static inline void napi_disable_locked(struct napi_struct *napi)
{
	napi_disable(napi);
}

static inline void netdev_lock_ops(struct net_device *netdev)
{
}

static inline void netdev_unlock_ops(struct net_device *netdev)
{
}

static inline void vfsim_request_ops_lock(struct net_device *netdev)
{
}
#else
/* From here on some drivers have their operations run under the instance lock */
static inline void vfsim_request_ops_lock(struct net_device *netdev)
{
	netdev->request_ops_lock = true;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vfsim_set_xdp_features(struct net_device *netdev)
{
}
#else
/* Before registration, when no lock is needed yet */
static inline void vfsim_set_xdp_features(struct net_device *netdev)
{
	netdev->xdp_features = NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
			       NETDEV_XDP_ACT_NDO_XMIT;
}
#endif

/*
 * The newest kernels run the ethtool operations of a driver with an instance lock
 * under that lock alone; a driver names those that need RTNL, as mlx5 and mana do.
 */
#ifdef ETHTOOL_OP_NEEDS_RTNL_SCHANNELS
#define VFSIM_ETHTOOL_RTNL	.op_needs_rtnl = ETHTOOL_OP_NEEDS_RTNL_SCHANNELS | \
						 ETHTOOL_OP_NEEDS_RTNL_SRINGPARAM | \
						 ETHTOOL_OP_NEEDS_RTNL_GLINK,
#else
#define VFSIM_ETHTOOL_RTNL
#endif

/*
 * Until 6.2 the core asked a driver for a netdev's devlink port, and the driver
 * told devlink of the netdev once that was registered.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
static inline void
vfsim_set_get_devlink_port(struct net_device_ops *ops,
			   struct devlink_port *(*get)(struct net_device *))
{
	ops->ndo_get_devlink_port = get;
}

static inline void vfsim_set_devlink_port(struct net_device *netdev,
					  struct devlink_port *port)
{
}

static inline void vfsim_devlink_registered(struct devlink_port *port,
					    struct net_device *netdev)
{
	devlink_port_type_eth_set(port, netdev);
}

static inline void vfsim_devlink_unregistering(struct devlink_port *port)
{
	devlink_port_type_clear(port);
}
#else
static inline void
vfsim_set_get_devlink_port(struct net_device_ops *ops,
			   struct devlink_port *(*get)(struct net_device *))
{
}

static inline void vfsim_set_devlink_port(struct net_device *netdev,
					  struct devlink_port *port)
{
	SET_NETDEV_DEVLINK_PORT(netdev, port);
}

static inline void vfsim_devlink_registered(struct devlink_port *port,
					    struct net_device *netdev)
{
}

static inline void vfsim_devlink_unregistering(struct devlink_port *port)
{
}
#endif

/*
 * The newest kernels call the receive mode operation from process context with
 * copies of the address lists, older ones under netif_addr_lock_bh. The
 * operation must therefore never sleep.
 */
int vfsim_filter_set(struct net_device *netdev, struct netdev_hw_addr_list *uc,
		     struct netdev_hw_addr_list *mc);

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
static inline void vfsim_set_rx_mode(struct net_device *netdev)
{
	vfsim_filter_set(netdev, &netdev->uc, &netdev->mc);
}

#define VFSIM_NDO_SET_RX_MODE	.ndo_set_rx_mode = vfsim_set_rx_mode
#else
#define VFSIM_NDO_SET_RX_MODE	.ndo_set_rx_mode_async = vfsim_filter_set
#endif

/* What mana_detach() does before it waits for the ring, which is not the core's to say */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
#define VFSIM_DETACH_CARRIER_OFF	1
#else
#define VFSIM_DETACH_CARRIER_OFF	0
#endif

#endif /* _TESTS_VFSIM_COMPAT_H */
