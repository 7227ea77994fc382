/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shadow of <linux/netdevice.h>: presents the newest API to the module on all
 * supported kernels, so that no other file needs to test a version.
 */
#ifndef _AN_COMPAT_LINUX_NETDEVICE_H
#define _AN_COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "an_failover supports Linux 6.1 and later"
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0) && !defined(AN_ANY_KERNEL)
#error "an_failover supports Linux up to 7.2 (make AN_ANY_KERNEL=1 to try)"
#endif

/*
 * What a header looks like is told by the version, which says nothing of what a
 * distribution has taken from later ones: locking could be wrong without an error.
 */
#if defined(RHEL_RELEASE_CODE) && !defined(AN_ANY_KERNEL)
#error "an_failover does not know Red Hat's kernels (make AN_ANY_KERNEL=1 to try)"
#endif

/*
 * 6.1 has no IFF_NO_ADDRCONF: there IFF_SLAVE alone keeps IPv6 off a VF
 * (addrconf_notify() skips slaves on NETDEV_UP).
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define IFF_NO_ADDRCONF 0
#endif

/* Since 6.3 IPv4 has a GSO limit of its own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
static inline unsigned int *an_gso_ipv4_max_size(struct net_device *dev)
{
	return &dev->gso_ipv4_max_size;
}
#else
static inline unsigned int *an_gso_ipv4_max_size(struct net_device *dev)
{
	return &dev->gso_max_size;
}

static inline unsigned int netif_get_gso_max_size(const struct net_device *dev,
						  const struct sk_buff *skb)
{
	return READ_ONCE(dev->gso_max_size);
}
#endif

/* Until 6.2 a driver was asked for its devlink port by a callback. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
static inline struct devlink_port *an_devlink_port(const struct net_device *dev)
{
	return dev->devlink_port;
}
#else
static inline struct devlink_port *an_devlink_port(struct net_device *dev)
{
	const struct net_device_ops *ops = dev->netdev_ops;

	return ops->ndo_get_devlink_port ? ops->ndo_get_devlink_port(dev) : NULL;
}
#endif

/* 6.16 gave dev_set_mac_address() an argument that holds any address. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
static inline int an_set_mac_address(struct net_device *dev,
				     struct sockaddr_storage *ss,
				     struct netlink_ext_ack *extack)
{
	return dev_set_mac_address(dev, (struct sockaddr *)ss, extack);
}
#else
static inline int an_set_mac_address(struct net_device *dev,
				     struct sockaddr_storage *ss,
				     struct netlink_ext_ack *extack)
{
	return dev_set_mac_address(dev, ss, extack);
}
#endif

/* Since 6.3 a driver says whether its ndo_xdp_xmit is ready to be used. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
static inline bool an_can_xdp_xmit(const struct net_device *dev)
{
	return dev->netdev_ops->ndo_xdp_xmit &&
	       READ_ONCE(dev->xdp_features) & NETDEV_XDP_ACT_NDO_XMIT;
}
#else
static inline bool an_can_xdp_xmit(const struct net_device *dev)
{
	return dev->netdev_ops->ndo_xdp_xmit;
}
#endif

/* Until 6.16 under another name. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
static inline int netif_get_port_parent_id(struct net_device *dev,
					   struct netdev_phys_item_id *ppid,
					   bool recurse)
{
	return dev_get_port_parent_id(dev, ppid, recurse);
}
#endif

/* What tc has at the egress of a device: a mini Qdisc, since 6.6 a tcx entry. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
static inline bool an_has_tc_egress(const struct net_device *dev)
{
#ifdef CONFIG_NET_XGRESS
	return rcu_access_pointer(dev->tcx_egress);
#else
	return false;
#endif
}
#else
static inline bool an_has_tc_egress(const struct net_device *dev)
{
#ifdef CONFIG_NET_EGRESS
	return rcu_access_pointer(dev->miniq_egress);
#else
	return false;
#endif
}
#endif

/* 6.12 has this, with a check for what earlier kernels do not have. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
static inline int dev_xdp_propagate(struct net_device *dev,
				    struct netdev_bpf *bpf)
{
	if (!dev->netdev_ops->ndo_bpf)
		return -EOPNOTSUPP;
	return dev->netdev_ops->ndo_bpf(dev, bpf);
}
#endif

#endif /* _AN_COMPAT_LINUX_NETDEVICE_H */
