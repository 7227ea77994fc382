/* SPDX-License-Identifier: GPL-2.0 */
/* What the XDP programs of the scenarios have in common */
#ifndef FRAME_BPF_H
#define FRAME_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>

#define SEC(name) __attribute__((section(name), used))
#define NTOHS(x) __builtin_bswap16(x)

struct frame {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

/* The frame, if it is UDP over IPv4 without options */
static __always_inline struct frame *udp_frame(struct xdp_md *ctx)
{
	struct frame *f = (void *)(long)ctx->data;

	if ((void *)(f + 1) > (void *)(long)ctx->data_end ||
	    f->eth.h_proto != NTOHS(ETH_P_IP) || f->ip.ihl != 5 ||
	    f->ip.protocol != IPPROTO_UDP)
		return 0;
	return f;
}

#endif /* FRAME_BPF_H */
