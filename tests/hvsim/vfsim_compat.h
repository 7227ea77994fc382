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

static inline void vfsim_request_ops_lock(struct net_device *netdev)
{
}
#else
/* From here on mlx5 has its operations run under the instance lock */
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

#endif /* _TESTS_VFSIM_COMPAT_H */
