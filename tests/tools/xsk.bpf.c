// SPDX-License-Identifier: GPL-2.0
/*
 * XDP program of xsk: UDP to the port goes to the AF_XDP socket of the interface
 * and queue that it came by, if there is one, and everything else up the stack
 */
#include "frame.bpf.h"

#define MAX_SOCKETS 8

struct place {
	__u32 ifindex;
	__u32 queue;
	__u32 port;
};

struct {
	int (*type)[BPF_MAP_TYPE_XSKMAP];
	int (*max_entries)[MAX_SOCKETS];
	__u32 *key;
	__u32 *value;
} sockets SEC(".maps");

/* The socket of a place and port */
struct {
	int (*type)[BPF_MAP_TYPE_HASH];
	int (*max_entries)[MAX_SOCKETS];
	struct place *key;
	__u32 *value;
} places SEC(".maps");

static void *(*lookup)(void *map, const void *key) =
	(void *)BPF_FUNC_map_lookup_elem;
static long (*redirect_map)(void *map, __u32 key, __u64 flags) =
	(void *)BPF_FUNC_redirect_map;

SEC("xdp") int xdp_xsk(struct xdp_md *ctx)
{
	struct place place = {
		.ifindex = ctx->ingress_ifindex,
		.queue = ctx->rx_queue_index,
	};
	struct frame *f = udp_frame(ctx);
	__u32 *index;

	if (!f)
		return XDP_PASS;
	place.port = NTOHS(f->udp.dest);
	index = lookup(&places, &place);
	return index ? redirect_map(&sockets, *index, XDP_PASS) : XDP_PASS;
}

SEC("license") const char _license[] = "GPL";
