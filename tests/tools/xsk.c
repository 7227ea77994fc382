// SPDX-License-Identifier: GPL-2.0
/*
 * AF_XDP sockets that answer UDP datagrams:
 *
 *   xsk [-z] [-1] INTERFACE PORT INTERFACE:QUEUE...
 *
 * Binds a socket to each INTERFACE:QUEUE, in copy mode (-z: without copying), and
 * attaches a program to the first INTERFACE, natively, that gives them what comes
 * there by UDP to PORT. Says "ready". Each frame goes back to its sender by the
 * socket that it came by, or all by the first one (-1); ports are not exchanged.
 * Says when a socket gets an error, and goes on with the others. On SIGTERM the
 * program is detached, and there is one line of counts.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xdp/xsk.h>

#define OBJECT		"/usr/bin/xsk.bpf.o"
#define MAX_SOCKETS	8
#define FRAME_SIZE	2048u
#define RING		1024u	/* the frames of either direction, too */
#define TICK_MS		20

/* As in the program */
struct place {
	uint32_t ifindex;
	uint32_t queue;
	uint32_t port;
};

struct sock {
	const char *name;		/* INTERFACE:QUEUE */
	struct place place;
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill;
	struct xsk_ring_cons comp;
	struct xsk_ring_cons rx;
	struct xsk_ring_prod tx;
	uint8_t *area;
	uint64_t free[RING];		/* frames to send from */
	unsigned int n_free;
	unsigned int received;
	int error;
	bool unbound;
};

static struct sock socks[MAX_SOCKETS];
static unsigned int n_socks;
static unsigned int sent, completed, refused;
static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static void fail(const char *what, int err)
{
	fprintf(stderr, "xsk: %s: %s\n", what, strerror(err < 0 ? -err : err));
	exit(1);
}

static void parse(struct sock *s, const char *name)
{
	char dev[IF_NAMESIZE];

	if (sscanf(name, "%15[^:]:%u", dev, &s->place.queue) != 2)
		fail(name, EINVAL);
	s->name = name;
	s->place.ifindex = if_nametoindex(dev);
	if (!s->place.ifindex)
		fail(name, errno);
}

static void give_to_nic(struct sock *s, uint64_t addr)
{
	uint32_t at;

	if (xsk_ring_prod__reserve(&s->fill, 1, &at) != 1)
		fail("fill ring", ENOSPC);
	*xsk_ring_prod__fill_addr(&s->fill, at) = addr;
	xsk_ring_prod__submit(&s->fill, 1);
}

/* The first half of the frames is for receiving, the second for sending */
static void sock_open(struct sock *s, const char *name, uint16_t bind_flags)
{
	const struct xsk_umem_config umem = {
		.fill_size = RING,
		.comp_size = RING,
		.frame_size = FRAME_SIZE,
	};
	const struct xsk_socket_config sock = {
		.rx_size = RING,
		.tx_size = RING,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = bind_flags | XDP_USE_NEED_WAKEUP,
	};
	const uint64_t half = RING * FRAME_SIZE;
	char dev[IF_NAMESIZE];
	unsigned int i;
	int err;

	parse(s, name);
	s->area = mmap(NULL, 2 * half, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->area == MAP_FAILED)
		fail("mmap", errno);
	err = xsk_umem__create(&s->umem, s->area, 2 * half, &s->fill, &s->comp,
			       &umem);
	if (err)
		fail("memory", err);
	err = xsk_socket__create(&s->xsk, if_indextoname(s->place.ifindex, dev),
				 s->place.queue, s->umem, &s->rx, &s->tx, &sock);
	if (err)
		fail(name, err);

	for (i = 0; i < RING; i++) {
		give_to_nic(s, i * FRAME_SIZE);
		s->free[s->n_free++] = half + i * FRAME_SIZE;
	}
}

static struct bpf_object *load(void)
{
	struct bpf_object *obj = bpf_object__open_file(OBJECT, NULL);
	int err;

	if (!obj)
		fail(OBJECT, errno);
	err = bpf_object__load(obj);
	if (err)
		fail("load", err);
	return obj;
}

static void add_sockets(struct bpf_object *obj, uint16_t port)
{
	int xsks = bpf_object__find_map_fd_by_name(obj, "sockets");
	int places = bpf_object__find_map_fd_by_name(obj, "places");
	uint32_t i;

	for (i = 0; i < n_socks; i++) {
		int fd = xsk_socket__fd(socks[i].xsk);

		socks[i].place.port = port;
		if (bpf_map_update_elem(xsks, &i, &fd, 0) ||
		    bpf_map_update_elem(places, &socks[i].place, &i, 0))
			fail(socks[i].name, errno);
	}
}

static void attach(int ifindex, uint16_t port)
{
	struct bpf_object *obj = load();
	int fd = bpf_program__fd(bpf_object__next_program(obj, NULL));
	int err;

	add_sockets(obj, port);
	err = bpf_xdp_attach(ifindex, fd,
			     XDP_FLAGS_DRV_MODE | XDP_FLAGS_UPDATE_IF_NOEXIST,
			     NULL);
	if (err)
		fail("attach", err);
}

/* Checksums do not change when what they cover changes places */
static void turn_round(uint8_t *frame)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	struct iphdr *ip = (struct iphdr *)(eth + 1);
	uint8_t mac[ETH_ALEN];
	uint32_t addr = ip->saddr;

	memcpy(mac, eth->h_source, ETH_ALEN);
	memcpy(eth->h_source, eth->h_dest, ETH_ALEN);
	memcpy(eth->h_dest, mac, ETH_ALEN);
	ip->saddr = ip->daddr;
	ip->daddr = addr;
}

static void send_back(struct sock *s, const uint8_t *frame, uint32_t len)
{
	struct xdp_desc *desc;
	uint32_t at;

	if (s->error || !s->n_free ||
	    xsk_ring_prod__reserve(&s->tx, 1, &at) != 1) {
		refused++;
		return;
	}
	desc = xsk_ring_prod__tx_desc(&s->tx, at);
	desc->addr = s->free[--s->n_free];
	desc->len = len;
	desc->options = 0;
	memcpy(s->area + desc->addr, frame, len);
	turn_round(s->area + desc->addr);
	xsk_ring_prod__submit(&s->tx, 1);
	sent++;
}

static void receive(struct sock *s, struct sock *out)
{
	uint32_t at, i, n = xsk_ring_cons__peek(&s->rx, RING, &at);

	for (i = 0; i < n; i++) {
		const struct xdp_desc *desc =
			xsk_ring_cons__rx_desc(&s->rx, at + i);

		send_back(out, s->area + desc->addr, desc->len);
		give_to_nic(s, desc->addr & ~(uint64_t)(FRAME_SIZE - 1));
	}
	xsk_ring_cons__release(&s->rx, n);
	s->received += n;
}

/* In copy mode the kernel sends when it is told to, a few at a time */
static void push(struct sock *s)
{
	uint32_t at, i, n;

	if (s->n_free < RING && !s->error)
		sendto(xsk_socket__fd(s->xsk), NULL, 0, MSG_DONTWAIT, NULL, 0);
	n = xsk_ring_cons__peek(&s->comp, RING, &at);
	for (i = 0; i < n; i++)
		s->free[s->n_free++] =
			*xsk_ring_cons__comp_addr(&s->comp, at + i);
	xsk_ring_cons__release(&s->comp, n);
	completed += n;
}

/*
 * poll() does not show it for these sockets. The kernel lets go of the device a
 * moment after it has set the error.
 */
static void look_for_error(struct sock *s)
{
	int fd = xsk_socket__fd(s->xsk), err = 0;
	socklen_t len = sizeof(err);

	if (!s->error &&
	    !getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) && err) {
		s->error = err;
		printf("error %s %s\n", s->name, strerrorname_np(err));
	}
	if (s->error && !s->unbound &&
	    sendto(fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && errno == ENXIO) {
		s->unbound = true;
		printf("unbound %s\n", s->name);
	}
	fflush(stdout);
}

static void serve(bool by_first)
{
	struct pollfd fds[MAX_SOCKETS];
	unsigned int i;

	for (i = 0; i < n_socks; i++) {
		fds[i].fd = xsk_socket__fd(socks[i].xsk);
		fds[i].events = POLLIN;
	}
	while (!stop) {
		poll(fds, n_socks, TICK_MS);
		for (i = 0; i < n_socks; i++) {
			struct sock *s = &socks[i];

			look_for_error(s);
			receive(s, by_first ? &socks[0] : s);
		}
		for (i = 0; i < n_socks; i++)
			push(&socks[i]);
	}
}

/* What the kernel had for the socket and could not give to it */
static unsigned int lost(struct sock *s)
{
	struct xdp_statistics st = {};
	socklen_t len = sizeof(st);

	if (getsockopt(xsk_socket__fd(s->xsk), SOL_XDP, XDP_STATISTICS, &st,
		       &len))
		fail("statistics", errno);
	return st.rx_dropped + st.rx_ring_full + st.rx_invalid_descs +
	       st.tx_invalid_descs;
}

static void report(void)
{
	unsigned int received = 0, missed = 0, i;

	for (i = 0; i < n_socks; i++) {
		received += socks[i].received;
		missed += lost(&socks[i]);
	}
	printf("received=%u sent=%u completed=%u refused=%u lost=%u", received,
	       sent, completed, refused, missed);
	for (i = 0; i < n_socks; i++)
		printf(" %s=%u", socks[i].name, socks[i].received);
	puts("");
}

int main(int argc, char **argv)
{
	const struct sigaction term = { .sa_handler = on_term };
	uint16_t flags = XDP_COPY;
	bool by_first = false;
	int opt, ifindex;

	while ((opt = getopt(argc, argv, "z1")) != -1) {
		if (opt == 'z')
			flags = XDP_ZEROCOPY;
		else if (opt == '1')
			by_first = true;
		else
			return 2;
	}
	argv += optind;
	argc -= optind;
	if (argc < 3 || argc > 2 + MAX_SOCKETS) {
		fprintf(stderr,
			"usage: xsk [-z] [-1] INTERFACE PORT INTERFACE:QUEUE...\n");
		return 2;
	}
	sigaction(SIGTERM, &term, NULL);

	ifindex = if_nametoindex(argv[0]);
	for (n_socks = 0; n_socks + 2 < (unsigned int)argc; n_socks++)
		sock_open(&socks[n_socks], argv[n_socks + 2], flags);
	attach(ifindex, atoi(argv[1]));
	puts("ready");
	fflush(stdout);

	serve(by_first);
	report();
	/* It is gone when the interface is */
	bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, NULL);
	return 0;
}
