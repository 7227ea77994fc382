// SPDX-License-Identifier: GPL-2.0
/*
 * flow: send and receive a numbered UDP flow
 *
 *   flow send DST -i ID [-c COUNT] [-r RATE] [-n PACK] [-s SIZE] [-p PORT] [-b BURST]
 *   flow recv -i ID [-p PORT] [-t IDLE_MS] [-w FIRST_MS] [-c COUNT]
 *
 * Each datagram starts with a magic, the flow's number and a sequence number,
 * the format that the simulated switch recognises and checks on its own. The
 * receiver prints "listening", then one line of counts when nothing came for
 * IDLE_MS, when COUNT different ones came, or on SIGTERM, and in between on
 * SIGUSR1. The sender stops after COUNT, or on SIGTERM. Each time it wakes it
 * sends PACK, and so many fewer times.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "addr.h"
#include "clock.h"

#define FLOW_MAGIC	0x414e464cu
#define FLOW_WINDOW	65536u		/* sequence numbers the bitmap holds */
#define FLOW_MAX	65507

struct flow_hdr {
	uint32_t magic;
	uint32_t id;
	uint64_t seq;
} __attribute__((packed));

struct flow_opts {
	const char *dst;
	const char *port;
	uint32_t id;
	uint64_t count;
	unsigned long rate;
	unsigned long pack;
	unsigned long burst;
	size_t size;
	int idle_ms;
	int first_ms;
};

struct flow_count {
	uint64_t received;
	uint64_t unique;
	uint64_t dup;
	uint64_t reordered;
	uint64_t alien;		/* of no flow, or another one */
	uint64_t first;
	uint64_t last;
	uint32_t sockdrops;
	uint8_t seen[FLOW_WINDOW / 8];
};

static volatile sig_atomic_t stop, report;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		report = 1;
	else
		stop = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "flow: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fprintf(stderr,
		"usage: flow send DST -i ID [-c COUNT] [-r RATE] [-n PACK] [-s SIZE] [-p PORT] [-b BURST]\n"
		"       flow recv -i ID [-p PORT] [-t IDLE_MS] [-w FIRST_MS] [-c COUNT]\n");
	exit(2);
}

static void sleep_until(uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = ns / 1000000000ull,
		.tv_nsec = ns % 1000000000ull,
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static int flow_connect(const struct flow_opts *o)
{
	struct sockaddr_storage ss;
	socklen_t len = parse_addr(o->dst, o->port, &ss);
	int fd;

	if (!len) {
		errno = EINVAL;
		die(o->dst);
	}
	fd = socket(ss.ss_family, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	if (connect(fd, (struct sockaddr *)&ss, len))
		die("connect");
	return fd;
}

/* A datagram that could not be sent keeps its number: holes are losses. */
static bool flow_send_one(int fd, char *buf, size_t size, uint64_t seq,
			  uint64_t *errors)
{
	((struct flow_hdr *)buf)->seq = htobe64(seq);
	if (send(fd, buf, size, 0) == (ssize_t)size)
		return true;
	++*errors;
	return false;
}

static int flow_send(const struct flow_opts *o)
{
	uint64_t sent = 0, errors = 0, start, due, slot = 0;
	static char buf[FLOW_MAX];
	struct flow_hdr *h = (struct flow_hdr *)buf;
	int fd = flow_connect(o);

	h->magic = htonl(FLOW_MAGIC);
	h->id = htonl(o->id);
	start = now_ns();
	while (!stop && (!o->count || sent < o->count)) {
		if (o->rate) {
			due = start + slot / o->pack * o->pack * 1000000000ull / o->rate;
			if (due > now_ns())
				sleep_until(due);
			/* after a pause do not fire off all that was missed */
			else if ((now_ns() - due) * o->rate / 1000000000ull > o->burst)
				start += now_ns() - due;
			slot++;
		}
		if (flow_send_one(fd, buf, o->size, sent, &errors))
			sent++;
		else if (!o->rate)
			usleep(1000);
	}
	printf("id=%u sent=%llu errors=%llu\n", o->id,
	       (unsigned long long)sent, (unsigned long long)errors);
	return 0;
}

static int flow_bind(const struct flow_opts *o)
{
	int fd, one = 1, zero = 0, size = 16 << 20;
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(atoi(o->port)),
	};

	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof(one));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		die("bind");
	return fd;
}

/* The bits of numbers that the window moves past are cleared for reuse. */
static void flow_advance(struct flow_count *c, uint64_t seq)
{
	uint64_t s;

	if (seq - c->last >= FLOW_WINDOW) {
		memset(c->seen, 0, sizeof(c->seen));
	} else {
		for (s = c->last + 1; s <= seq; s++)
			c->seen[s % FLOW_WINDOW / 8] &= ~(1u << s % 8);
	}
	c->last = seq;
}

static bool flow_is_dup(const struct flow_count *c, uint64_t seq)
{
	return c->last - seq >= FLOW_WINDOW ||
	       c->seen[seq % FLOW_WINDOW / 8] & 1u << seq % 8;
}

static void flow_account(struct flow_count *c, uint64_t seq)
{
	if (!c->received++) {
		c->first = seq;
		c->last = seq;
	} else if (seq > c->last) {
		flow_advance(c, seq);
	} else {
		if (flow_is_dup(c, seq)) {
			c->dup++;
			return;
		}
		c->reordered++;
		if (seq < c->first)
			c->first = seq;
	}
	c->seen[seq % FLOW_WINDOW / 8] |= 1u << seq % 8;
	c->unique++;
}

static void flow_read(int fd, const struct flow_opts *o, struct flow_count *c)
{
	char buf[2048], ctl[CMSG_SPACE(sizeof(uint32_t))];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct flow_hdr *h = (struct flow_hdr *)buf;
	struct msghdr m;
	struct cmsghdr *cm;
	ssize_t n;

	for (;;) {
		memset(&m, 0, sizeof(m));
		m.msg_iov = &iov;
		m.msg_iovlen = 1;
		m.msg_control = ctl;
		m.msg_controllen = sizeof(ctl);
		n = recvmsg(fd, &m, MSG_DONTWAIT);
		if (n < 0)
			return;
		cm = CMSG_FIRSTHDR(&m);
		if (cm && cm->cmsg_level == SOL_SOCKET &&
		    cm->cmsg_type == SO_RXQ_OVFL)
			memcpy(&c->sockdrops, CMSG_DATA(cm), sizeof(c->sockdrops));
		if (n < (ssize_t)sizeof(*h) || ntohl(h->magic) != FLOW_MAGIC ||
		    ntohl(h->id) != o->id) {
			c->alien++;
			continue;
		}
		flow_account(c, be64toh(h->seq));
	}
}

static void flow_print(const struct flow_opts *o, const struct flow_count *c)
{
	uint64_t lost = 0;

	if (c->received)
		lost = c->last - c->first + 1 - c->unique;
	printf("id=%u received=%llu lost=%llu dup=%llu reordered=%llu ",
	       o->id, (unsigned long long)c->received, (unsigned long long)lost,
	       (unsigned long long)c->dup, (unsigned long long)c->reordered);
	printf("first=%llu last=%llu sockdrops=%u alien=%llu\n",
	       (unsigned long long)c->first, (unsigned long long)c->last,
	       c->sockdrops, (unsigned long long)c->alien);
	fflush(stdout);
}

/*
 * A signal that comes before poll() is seen when the next datagram arrives:
 * whoever waits for the line sends another one.
 */
static int flow_recv(const struct flow_opts *o)
{
	static struct flow_count c;
	int fd = flow_bind(o);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	printf("listening\n");
	fflush(stdout);
	while (!stop && (!o->count || c.unique < o->count)) {
		n = poll(&p, 1, c.received ? o->idle_ms : o->first_ms);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		flow_read(fd, o, &c);
		if (report) {
			report = 0;
			flow_print(o, &c);
		}
	}
	flow_read(fd, o, &c);
	flow_print(o, &c);
	return c.received ? 0 : 1;
}

static void parse(struct flow_opts *o, int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "i:c:r:n:s:p:t:w:b:")) != -1) {
		switch (opt) {
		case 'i':
			o->id = strtoul(optarg, NULL, 0);
			break;
		case 'c':
			o->count = strtoull(optarg, NULL, 0);
			break;
		case 'r':
			o->rate = strtoul(optarg, NULL, 0);
			break;
		case 'n':
			o->pack = strtoul(optarg, NULL, 0);
			break;
		case 's':
			o->size = strtoul(optarg, NULL, 0);
			break;
		case 'p':
			o->port = optarg;
			break;
		case 't':
			o->idle_ms = atoi(optarg);
			break;
		case 'w':
			o->first_ms = atoi(optarg);
			break;
		case 'b':
			o->burst = strtoul(optarg, NULL, 0);
			break;
		default:
			usage();
		}
	}
	if (o->size < sizeof(struct flow_hdr) || o->size > FLOW_MAX || !o->pack)
		usage();
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct flow_opts o = {
		.port = "7001",
		.id = 1,
		.rate = 1000,
		.pack = 1,
		.burst = 64,
		.size = 128,
		.idle_ms = 1000,
		.first_ms = 30000,
	};

	if (argc < 2)
		usage();
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	parse(&o, argc - 1, argv + 1);
	o.dst = argv[1 + optind];
	if (!strcmp(argv[1], "recv"))
		return flow_recv(&o);
	if (strcmp(argv[1], "send") || !o.dst)
		usage();
	return flow_send(&o);
}
