/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shadow of <net/netdev_lock.h>: the instance lock of "ops locked" devices came
 * with 6.15; before, RTNL alone protects a device's operations.
 */
#ifndef _AN_COMPAT_NET_NETDEV_LOCK_H
#define _AN_COMPAT_NET_NETDEV_LOCK_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#include_next <net/netdev_lock.h>
#else
struct net_device;

static inline void netdev_lock_ops(struct net_device *dev) { }
static inline void netdev_unlock_ops(struct net_device *dev) { }
#endif

#endif /* _AN_COMPAT_NET_NETDEV_LOCK_H */
