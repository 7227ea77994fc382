/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What moved between the kernels that this is built for
 */
#ifndef _HVSIM_COMPAT_H
#define _HVSIM_COMPAT_H

/* skb_gso_segment() had no header of its own before 6.6 */
#if __has_include(<net/gso.h>)
#include <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

/* hex_to_bin() neither */
#if __has_include(<linux/hex.h>)
#include <linux/hex.h>
#else
#include <linux/kernel.h>
#endif

#endif /* _HVSIM_COMPAT_H */
