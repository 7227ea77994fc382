/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What moved between the kernels that this is built for
 */
#ifndef _HVSIM_COMPAT_H
#define _HVSIM_COMPAT_H

#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/version.h>

/* skb_gso_segment() and hex_to_bin() had no headers of their own in 6.1 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#include <linux/hex.h>
#include <net/gso.h>
#endif

#endif /* _HVSIM_COMPAT_H */
