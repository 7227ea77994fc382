// SPDX-License-Identifier: GPL-2.0
/*
 * flow - send and receive numbered UDP datagrams
 *
 * Every datagram carries a magic, a flow id and a sequence number, so that the
 * receiver (and the simulated switch, see tests/hvsim) can say exactly which
 * ones were lost, duplicated or overtaken. Each number is one attempt to send:
 * a send that the kernel refused leaves a hole and is counted by the sender.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FLOW_MAGIC	0x414e464cU
#define FLOW_PORT	9000
#define RCVBUF_BYTES	(64 << 20)
#define RX_BATCH	64
#define MAX_PAYLOAD	65507
#define BURSTS_PER_SEC	1000
#define NSEC_PER_SEC	1000000000ULL
/* Bounds the receiver's bitmap to 128 MiB */
#define MAX_SEQ		0x40000000ULL

struct flow_hdr {
	uint32_t magic;
	uint32_t id;
	uint64_t seq;
};

struct options {
	const char *dst;
	const char *iface;
	int family;
	uint16_t port;
	uint32_t id;
	uint64_t count;
	uint64_t rate;
	size_t size;
	int idle_ms;
	int start_ms;
};

struct tally {
	uint8_t *bitmap;
	uint64_t bits;
	uint64_t received;
	uint64_t unique;
	uint64_t dup;
	uint64_t reordered;
	uint64_t first;
	uint64_t last;
	uint32_t sockdrops;
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *fmt, ...)
{
	va_list ap;

	fputs("flow: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void __attribute__((noreturn)) usage(FILE *out, int code)
{
	fprintf(out,
		"usage: flow send DST -c COUNT -r RATE -i ID [-s SIZE] [-p PORT] [-b IFACE] [-4|-6]\n"
		"       flow recv -i ID -t IDLE_MS [-c COUNT] [-p PORT] [-b IFACE] [-w START_MS] [-4|-6]\n"
		"\n"
		"  -c COUNT     send: datagrams to send, 0 = until a signal\n"
		"               recv: stop after that many different ones\n"
		"  -r RATE      datagrams a second, 0 = as fast as possible\n"
		"  -i ID        flow id, 32 bits\n"
		"  -s SIZE      UDP payload in bytes, %zu..%d (default 64)\n"
		"  -p PORT      UDP port (default %d)\n"
		"  -b IFACE     bind the socket to this interface\n"
		"  -t IDLE_MS   stop when no datagram came for that long\n"
		"  -w START_MS  wait that long for the first one (default 10000)\n"
		"  -4, -6       only this address family\n",
		sizeof(struct flow_hdr), MAX_PAYLOAD, FLOW_PORT);
	exit(code);
}

static uint64_t number(char opt, const char *text, uint64_t min, uint64_t max)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || v < min || v > max)
		die("-%c %s: want a number from %" PRIu64 " to %" PRIu64,
		    opt, text, min, max);
	return v;
}

static void parse(struct options *o, int argc, char **argv, const char *known,
		  const char *required)
{
	uint64_t given = 0;
	int c;

	while ((c = getopt(argc, argv, known)) != -1) {
		if (c == 'h')
			usage(stdout, 0);
		if (c == '?')
			usage(stderr, 2);
		if (c >= 'a' && c <= 'z')
			given |= 1ULL << (c - 'a');
		switch (c) {
		case '4':
			o->family = AF_INET;
			break;
		case '6':
			o->family = AF_INET6;
			break;
		case 'b':
			o->iface = optarg;
			break;
		case 'c':
			o->count = number(c, optarg, 0, MAX_SEQ);
			break;
		case 'i':
			o->id = number(c, optarg, 0, UINT32_MAX);
			break;
		case 'p':
			o->port = number(c, optarg, 1, 65535);
			break;
		case 'r':
			o->rate = number(c, optarg, 0, 100000000);
			break;
		case 's':
			o->size = number(c, optarg, sizeof(struct flow_hdr),
					 MAX_PAYLOAD);
			break;
		case 't':
			o->idle_ms = number(c, optarg, 1, INT32_MAX);
			break;
		case 'w':
			o->start_ms = number(c, optarg, 1, INT32_MAX);
			break;
		}
	}

	for (; *required; required++) {
		if (!(given & 1ULL << (*required - 'a'))) {
			fprintf(stderr, "flow: -%c is missing\n", *required);
			usage(stderr, 2);
		}
	}
}

union addr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Not getaddrinfo(): a statically linked program would need libraries for it */
static socklen_t resolve(const struct options *o, union addr *a)
{
	char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
	char *scope;

	memset(a, 0, sizeof(*a));
	if (o->family != AF_INET6 &&
	    inet_pton(AF_INET, o->dst, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons(o->port);
		return sizeof(a->v4);
	}

	snprintf(host, sizeof(host), "%s", o->dst);
	scope = strchr(host, '%');
	if (scope) {
		*scope++ = '\0';
		a->v6.sin6_scope_id = if_nametoindex(scope);
		if (!a->v6.sin6_scope_id)
			die("%s: no interface '%s'", o->dst, scope);
	}
	if (o->family == AF_INET ||
	    inet_pton(AF_INET6, host, &a->v6.sin6_addr) != 1)
		die("%s: not a numeric address of the wanted family", o->dst);
	a->v6.sin6_family = AF_INET6;
	a->v6.sin6_port = htons(o->port);
	return sizeof(a->v6);
}

static void bind_iface(int fd, const char *iface)
{
	if (iface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, iface,
				strlen(iface)))
		die("bind to %s: %s", iface, strerror(errno));
}

/* SIGINT and SIGTERM end the run but still print its result */
static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = ns / NSEC_PER_SEC,
		.tv_nsec = ns % NSEC_PER_SEC,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	       EINTR && !stopped)
		;
}

/*
 * The socket stays unconnected on purpose: on a connected one an ICMP error
 * for an earlier datagram is reported by a later send, which then sends
 * nothing and would look like a loss.
 */
static void send_all(int fd, const struct options *o, const union addr *to,
		     socklen_t to_len)
{
	uint64_t burst = o->rate / BURSTS_PER_SEC;
	uint64_t start = now_ns();
	uint64_t errors = 0;
	uint64_t seq;
	char *buf;

	buf = calloc(1, o->size);
	if (!buf)
		die("out of memory");
	if (!burst)
		burst = 1;

	for (seq = 0; (!o->count || seq < o->count) && !stopped; seq++) {
		struct flow_hdr h = {
			.magic = htobe32(FLOW_MAGIC),
			.id = htobe32(o->id),
			.seq = htobe64(seq),
		};

		/* Absolute: a late burst is made up for, the rate holds */
		if (o->rate && seq && seq % burst == 0)
			sleep_until(start + seq * NSEC_PER_SEC / o->rate);

		memcpy(buf, &h, sizeof(h));
		if (sendto(fd, buf, o->size, 0, &to->any, to_len) !=
		    (ssize_t)o->size)
			errors++;
	}

	printf("id=%" PRIu32 " sent=%" PRIu64 " errors=%" PRIu64 "\n",
	       o->id, seq - errors, errors);
	free(buf);
}

static int cmd_send(int argc, char **argv)
{
	struct options o = { .port = FLOW_PORT, .size = 64 };
	socklen_t to_len;
	union addr to;
	int fd;

	parse(&o, argc, argv, "46b:c:hi:p:r:s:", "cri");
	if (optind != argc - 1) {
		fprintf(stderr, "flow: want one destination address\n");
		usage(stderr, 2);
	}
	o.dst = argv[optind];

	to_len = resolve(&o, &to);
	fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket: %s", strerror(errno));
	bind_iface(fd, o.iface);
	send_all(fd, &o, &to, to_len);

	close(fd);
	return 0;
}

static void grow(struct tally *t, uint64_t seq)
{
	uint64_t bits = t->bits ? t->bits : 1 << 16;

	while (bits <= seq)
		bits *= 2;
	if (bits == t->bits)
		return;

	t->bitmap = realloc(t->bitmap, bits / 8);
	if (!t->bitmap)
		die("out of memory");
	memset(t->bitmap + t->bits / 8, 0, (bits - t->bits) / 8);
	t->bits = bits;
}

static void account(struct tally *t, uint64_t seq)
{
	uint8_t mask = 1 << (seq % 8);

	grow(t, seq);
	if (!t->received++) {
		t->first = seq;
		t->last = seq;
	}

	if (t->bitmap[seq / 8] & mask) {
		t->dup++;
		return;
	}
	t->bitmap[seq / 8] |= mask;
	t->unique++;

	if (seq < t->last)
		t->reordered++;
	else
		t->last = seq;
	if (seq < t->first)
		t->first = seq;
}

static void look_at(struct tally *t, const struct options *o,
		    struct mmsghdr *m, const struct flow_hdr *h)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(&m->msg_hdr); c;
	     c = CMSG_NXTHDR(&m->msg_hdr, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL)
			memcpy(&t->sockdrops, CMSG_DATA(c),
			       sizeof(t->sockdrops));
	}

	if (m->msg_len < sizeof(*h) || be32toh(h->magic) != FLOW_MAGIC ||
	    be32toh(h->id) != o->id || be64toh(h->seq) >= MAX_SEQ)
		return;
	account(t, be64toh(h->seq));
}

/* Returns false when there is nothing more to read for now */
static bool recv_batch(int fd, struct tally *t, const struct options *o)
{
	static char ctrl[RX_BATCH][CMSG_SPACE(sizeof(uint32_t))];
	static struct flow_hdr hdr[RX_BATCH];
	struct mmsghdr msgs[RX_BATCH] = { 0 };
	struct iovec iov[RX_BATCH];
	int i, n;

	for (i = 0; i < RX_BATCH; i++) {
		iov[i].iov_base = &hdr[i];
		iov[i].iov_len = sizeof(hdr[i]);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		msgs[i].msg_hdr.msg_control = ctrl[i];
		msgs[i].msg_hdr.msg_controllen = sizeof(ctrl[i]);
	}

	n = recvmmsg(fd, msgs, RX_BATCH, MSG_DONTWAIT, NULL);
	if (n < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return false;
		die("receive: %s", strerror(errno));
	}
	for (i = 0; i < n; i++)
		look_at(t, o, &msgs[i], &hdr[i]);
	return n == RX_BATCH;
}

static bool done(const struct tally *t, const struct options *o)
{
	return stopped || (o->count && t->unique >= o->count);
}

/* Datagrams of other flows on the same port do not keep the receiver waiting */
static void recv_all(int fd, struct tally *t, const struct options *o)
{
	uint64_t deadline = now_ns() + o->start_ms * 1000000ULL;

	while (!done(t, o)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t before = t->received;
		uint64_t now = now_ns();

		if (now >= deadline)
			return;
		if (poll(&p, 1, (deadline - now) / 1000000 + 1) < 0 &&
		    errno != EINTR)
			die("poll: %s", strerror(errno));
		while (recv_batch(fd, t, o) && !done(t, o))
			;
		if (t->received != before)
			deadline = now_ns() + o->idle_ms * 1000000ULL;
	}
}

/* SO_RXQ_OVFL tells of drops before a datagram, this also of those after it */
static void read_drops(int fd, struct tally *t)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	if (!getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) &&
	    len > SK_MEMINFO_DROPS * sizeof(info[0]))
		t->sockdrops = info[SK_MEMINFO_DROPS];
}

static int open_receiver(const struct options *o)
{
	int size = RCVBUF_BYTES;
	int on = 1, off = 0;
	socklen_t len;
	union addr a;
	int fd;

	len = resolve(o, &a);
	fd = socket(a.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket: %s", strerror(errno));
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)))
		die("set up the socket: %s", strerror(errno));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)))
		die("set the receive buffer: %s", strerror(errno));
	if (a.any.sa_family == AF_INET6 && o->family == AF_UNSPEC &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)))
		die("accept IPv4 and IPv6: %s", strerror(errno));
	bind_iface(fd, o->iface);
	if (bind(fd, &a.any, len))
		die("bind port %u: %s", o->port, strerror(errno));

	return fd;
}

static int cmd_recv(int argc, char **argv)
{
	struct options o = { .port = FLOW_PORT, .start_ms = 10000 };
	struct tally t = { 0 };
	int fd;

	parse(&o, argc, argv, "46b:c:hi:p:t:w:", "it");
	if (optind != argc)
		usage(stderr, 2);
	/* The IPv6 wildcard takes IPv4 too; not everywhere is IPv6 there */
	o.dst = o.family == AF_INET ? "0.0.0.0" : "::";
	if (o.family == AF_UNSPEC) {
		fd = socket(AF_INET6, SOCK_DGRAM, 0);
		if (fd < 0)
			o.dst = "0.0.0.0";
		else
			close(fd);
	}

	fd = open_receiver(&o);
	recv_all(fd, &t, &o);
	read_drops(fd, &t);
	printf("id=%" PRIu32 " received=%" PRIu64 " lost=%" PRIu64
	       " dup=%" PRIu64 " reordered=%" PRIu64 " first=%" PRIu64
	       " last=%" PRIu64 " sockdrops=%" PRIu32 "\n",
	       o.id, t.received,
	       t.received ? t.last - t.first + 1 - t.unique : 0,
	       t.dup, t.reordered, t.first, t.last, t.sockdrops);

	free(t.bitmap);
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		usage(stderr, 2);

	catch_signals();
	if (!strcmp(argv[1], "send"))
		return cmd_send(argc - 1, argv + 1);
	if (!strcmp(argv[1], "recv"))
		return cmd_recv(argc - 1, argv + 1);
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))
		usage(stdout, 0);

	fprintf(stderr, "flow: no command '%s'\n", argv[1]);
	usage(stderr, 2);
}
