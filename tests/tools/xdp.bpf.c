// SPDX-License-Identifier: GPL-2.0
/*
 * XDP programs of the scenarios, one per section; they leave alone what is no
 * UDP over IPv4 to one of these ports:
 *
 *   7040-7049	the program's verdict
 *   20000-	plus an interface index: section "redirect" sends it there
 */
#include "frame.bpf.h"

#define PORT_FIRST	7040
#define PORT_LAST	7049
#define PORT_IFINDEX	20000
#define MAX_IFINDEX	1000

static long (*redirect)(__u32 ifindex, __u64 flags) =
	(void *)BPF_FUNC_redirect;

static __always_inline int verdict(struct xdp_md *ctx, int act)
{
	struct frame *f = udp_frame(ctx);
	__u16 port = f ? NTOHS(f->udp.dest) : 0;

	return port >= PORT_FIRST && port <= PORT_LAST ? act : XDP_PASS;
}

SEC("drop") int xdp_drop(struct xdp_md *ctx)
{
	return verdict(ctx, XDP_DROP);
}

SEC("pass") int xdp_pass(struct xdp_md *ctx)
{
	return verdict(ctx, XDP_PASS);
}

SEC("aborted") int xdp_aborted(struct xdp_md *ctx)
{
	return verdict(ctx, XDP_ABORTED);
}

/* Back to the sender. Swapping what the checksums cover does not change them. */
SEC("tx") int xdp_tx(struct xdp_md *ctx)
{
	struct frame *f = udp_frame(ctx);
	__u8 mac[ETH_ALEN];
	__be32 addr;

	if (!f || verdict(ctx, XDP_TX) != XDP_TX)
		return XDP_PASS;

	__builtin_memcpy(mac, f->eth.h_dest, ETH_ALEN);
	__builtin_memcpy(f->eth.h_dest, f->eth.h_source, ETH_ALEN);
	__builtin_memcpy(f->eth.h_source, mac, ETH_ALEN);
	addr = f->ip.daddr;
	f->ip.daddr = f->ip.saddr;
	f->ip.saddr = addr;
	return XDP_TX;
}

SEC("redirect") int xdp_redirect(struct xdp_md *ctx)
{
	struct frame *f = udp_frame(ctx);
	__u16 port = f ? NTOHS(f->udp.dest) : 0;

	if (port <= PORT_IFINDEX || port > PORT_IFINDEX + MAX_IFINDEX)
		return XDP_PASS;
	return redirect(port - PORT_IFINDEX, 0);
}

SEC("license") const char _license[] = "GPL";
