// SPDX-License-Identifier: GPL-2.0
/*
 * insns: send packets and count the instructions that it took
 *
 *   insns check
 *   insns udp ADDRESS PORT SIZE FLOWS COUNT
 *   insns event DEVICE COUNT
 *   insns sink PORT DEVICE
 *   insns echo PORT
 *   insns rr ADDRESS PORT COUNT
 *   insns tso ADDRESS PORT FILE SEGMENTS COUNT
 *   insns frames DEVICE MAC SOURCE DESTINATION SEGMENTS COUNT
 *
 * For an emulated CPU whose time stamp counter is its count of instructions (QEMU
 * with -icount shift=0). check measures a loop of known length. sink holds a socket
 * that nobody reads, on one device; echo answers a connection. The others do their
 * work COUNT times for the caches of the kernel, then COUNT times more, each of which is
 * measured by itself, and print a line of key=value: "insns" is the sum of the "count"
 * cheapest, "least" the shortest. In between $INSNS_SAY goes to the kernel's log, so that
 * a host can look at what follows.
 *
 * With $INSNS_WALL it is time that is measured, on whatever machine: of rounds of
 * COUNT the median, in nanoseconds, and "cpu", what all CPUs were busy in a round.
 *
 * udp     sends datagrams, from FLOWS sockets in turn
 * event   opens and closes a device
 * rr      sends a request of one byte and waits for the answer
 * tso     sends packets of SEGMENTS segments out of FILE on a connection that nobody
 *         answers: it is made by TCP_REPAIR, with a window without end
 * frames  sends, by a packet socket, TCP data of SEGMENTS segments, which the device
 *         has to cut
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/tcp.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>
#include <x86intrin.h>

#include "addr.h"
#include "clock.h"

#define LOOP	10000u
#define TRIES	10
#define ROUNDS	11u
#define DEAREST	50u		/* one of so many does not count */
#define MSS	1460u
#define SCALE	14		/* of the window */
#define WINDOW	0x40000000u
#define MAX_FLOWS	1024u

/* What is done over and over */
struct work {
	int fd;
	int flow[MAX_FLOWS];
	unsigned int flows, next;
	struct ifreq ifr;
	int file;
	size_t size;
	char buf[65536];
};

static struct work work;

static void die(const char *what)
{
	fprintf(stderr, "insns: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void set(int fd, int level, int option, const void *value, socklen_t len)
{
	if (setsockopt(fd, level, option, value, len))
		die("setsockopt");
}

static void set_int(int fd, int level, int option, int value)
{
	set(fd, level, option, &value, sizeof(value));
}

static void connect_to(int fd, const char *host, const char *port)
{
	struct sockaddr_storage ss;
	socklen_t len = parse_addr(host, port, &ss);

	if (!len)
		errno = EINVAL;
	if (!len || fd < 0 || connect(fd, (struct sockaddr *)&ss, len))
		die(host);
}

static int listening(int type, const char *port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
	};
	int fd = socket(AF_INET, type, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) ||
	    (type == SOCK_STREAM && listen(fd, 1)))
		die("listen");
	return fd;
}

static void say_listening(void)
{
	puts("listening");
	fflush(stdout);
}

/* Two instructions a turn; an interrupt does not come in every try */
static int check(char **arg)
{
	uint64_t start, n, least = UINT64_MAX;
	int i;

	(void)arg;
	for (i = 0; i < TRIES; i++) {
		n = LOOP;
		start = __rdtsc();
		asm volatile("1: dec %0; jnz 1b" : "+r" (n));
		n = __rdtsc() - start;
		if (n < least)
			least = n;
	}
	printf("loop=%u insns=%llu\n", 2 * LOOP, (unsigned long long)least);
	return 0;
}

static void send_once(struct work *w)
{
	if (send(w->fd, w->buf, w->size, 0) != (ssize_t)w->size)
		die("send");
}

static void send_next(struct work *w)
{
	w->fd = w->flow[w->next];
	w->next = w->next + 1 < w->flows ? w->next + 1 : 0;
	send_once(w);
}

static void open_close(struct work *w)
{
	w->ifr.ifr_flags |= IFF_UP;
	if (ioctl(w->fd, SIOCSIFFLAGS, &w->ifr))
		die("open");
	w->ifr.ifr_flags &= ~IFF_UP;
	if (ioctl(w->fd, SIOCSIFFLAGS, &w->ifr))
		die("close");
}

static void ask_once(struct work *w)
{
	send_once(w);
	if (recv(w->fd, w->buf, 1, 0) != 1)
		die("recv");
}

static void sendfile_once(struct work *w)
{
	off_t at = 0;

	if (sendfile(w->fd, w->file, &at, w->size) != (ssize_t)w->size)
		die("sendfile");
}

static void tell(const char *what)
{
	int fd = open("/dev/kmsg", O_WRONLY);
	char line[128];
	int len;

	/* without its end the kernel would wait for more of the line */
	len = snprintf(line, sizeof(line), "%s\n", what);
	if (fd < 0 || write(fd, line, len) != len)
		die("/dev/kmsg");
	close(fd);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* All CPUs, but for idle and I/O wait */
static uint64_t busy_ns(void)
{
	unsigned long long user, nice, system, irq, softirq;
	FILE *file = fopen("/proc/stat", "r");

	if (!file || fscanf(file, "cpu %llu %llu %llu %*u %*u %llu %llu", &user, &nice,
			    &system, &irq, &softirq) != 5)
		die("/proc/stat");
	fclose(file);
	return (user + nice + system + irq + softirq) *
	       (NSEC_PER_SEC / sysconf(_SC_CLK_TCK));
}

static int measure_time(void (*once)(struct work *w), unsigned long count)
{
	uint64_t ns[ROUNDS], busy, start;
	unsigned long i, round;

	for (i = 0; i < count; i++)
		once(&work);
	busy = busy_ns();
	for (round = 0; round < ROUNDS; round++) {
		start = now_ns();
		for (i = 0; i < count; i++)
			once(&work);
		ns[round] = now_ns() - start;
	}
	busy = busy_ns() - busy;
	qsort(ns, ROUNDS, sizeof(ns[0]), by_value);
	printf("sent=%lu count=%lu ns=%llu cpu=%llu\n", count + ROUNDS * count, count,
	       (unsigned long long)ns[ROUNDS / 2], (unsigned long long)busy / ROUNDS);
	return 0;
}

/* Without the dearest ones: they have a timer tick in them, or what else runs at times */
static int measure(void (*once)(struct work *w), unsigned long count)
{
	unsigned long i, counted = count - count / DEAREST;
	uint64_t *insns, start, sum = 0;

	if (getenv("INSNS_WALL"))
		return measure_time(once, count);
	insns = calloc(count + 1, sizeof(*insns));
	if (!insns)
		die("calloc");
	for (i = 0; i < count; i++)
		once(&work);
	if (getenv("INSNS_SAY"))
		tell(getenv("INSNS_SAY"));
	for (i = 0; i < count; i++) {
		start = __rdtsc();
		once(&work);
		insns[i] = __rdtsc() - start;
	}
	qsort(insns, count, sizeof(insns[0]), by_value);
	for (i = 0; i < counted; i++)
		sum += insns[i];
	printf("least=%llu sent=%lu count=%lu insns=%llu\n", (unsigned long long)insns[0],
	       2 * count, counted, (unsigned long long)sum);
	free(insns);
	return 0;
}

static int udp(char **arg)
{
	unsigned int i;

	work.size = strtoul(arg[2], NULL, 0);
	work.flows = strtoul(arg[3], NULL, 0);
	if (!work.flows || work.flows > MAX_FLOWS) {
		errno = EINVAL;
		die("flows");
	}
	for (i = 0; i < work.flows; i++) {
		work.flow[i] = socket(AF_INET, SOCK_DGRAM, 0);
		connect_to(work.flow[i], arg[0], arg[1]);
	}
	return measure(send_next, strtoul(arg[4], NULL, 0));
}

static int event(char **arg)
{
	work.fd = socket(AF_INET, SOCK_DGRAM, 0);
	snprintf(work.ifr.ifr_name, IFNAMSIZ, "%s", arg[0]);
	if (work.fd < 0 || ioctl(work.fd, SIOCGIFFLAGS, &work.ifr))
		die(arg[0]);
	return measure(open_close, strtoul(arg[1], NULL, 0));
}

static int rr(char **arg)
{
	work.fd = socket(AF_INET, SOCK_STREAM, 0);
	work.size = 1;
	set_int(work.fd, IPPROTO_TCP, TCP_NODELAY, 1);
	connect_to(work.fd, arg[0], arg[1]);
	return measure(ask_once, strtoul(arg[2], NULL, 0));
}

static int echo(char **arg)
{
	int listener = listening(SOCK_STREAM, arg[0]), fd;
	ssize_t len;

	say_listening();
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		die("accept");
	set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	while ((len = recv(fd, work.buf, sizeof(work.buf), 0)) > 0)
		if (send(fd, work.buf, len, 0) != len)
			die("send");
	return 0;
}

static int sink(char **arg)
{
	int fd = listening(SOCK_DGRAM, arg[0]);

	set_int(fd, SOL_SOCKET, SO_RCVBUF, 1);
	set(fd, SOL_SOCKET, SO_BINDTODEVICE, arg[1], strlen(arg[1]));
	say_listening();
	pause();
	return 0;
}

/* Established, although nobody is there */
static void repair(int fd, const char *host, const char *port)
{
	struct tcp_repair_opt opt[] = {
		{ .opt_code = 2 /* MSS */, .opt_val = MSS },
		{ .opt_code = 3 /* window scale */, .opt_val = SCALE | SCALE << 16 },
	};
	struct tcp_repair_window win;
	socklen_t len = sizeof(win);

	set_int(fd, IPPROTO_TCP, TCP_REPAIR, 1);
	connect_to(fd, host, port);
	set(fd, IPPROTO_TCP, TCP_REPAIR_OPTIONS, opt, sizeof(opt));
	/* the same as before, but the MSS is looked at again */
	set(fd, IPPROTO_IP, IP_OPTIONS, NULL, 0);
	if (getsockopt(fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &win, &len))
		die("window");
	win.snd_wnd = WINDOW;
	win.max_window = WINDOW;
	set(fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &win, sizeof(win));
	set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, WINDOW / 2);
	set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_int(fd, IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_OFF_NO_WP);
}

static int tso(char **arg)
{
	work.fd = socket(AF_INET, SOCK_STREAM, 0);
	work.file = open(arg[2], O_RDONLY);
	work.size = MSS * strtoul(arg[3], NULL, 0);
	if (work.file < 0)
		die(arg[2]);
	repair(work.fd, arg[0], arg[1]);
	measure(sendfile_once, strtoul(arg[4], NULL, 0));
	/* nor is anybody told of the end */
	set_int(work.fd, IPPROTO_TCP, TCP_REPAIR, 1);
	return 0;
}

struct frame {
	struct virtio_net_hdr vnet;
	struct ethhdr eth;
	struct iphdr ip;
	struct tcphdr tcp;
};

static_assert(sizeof(struct frame) == 64, "as on the wire, no holes");

static void fill_frame(struct frame *f, size_t data, const char *from, const char *to)
{
	f->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	f->vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	f->vnet.gso_size = MSS;
	f->vnet.hdr_len = sizeof(*f) - sizeof(f->vnet);
	f->vnet.csum_start = sizeof(f->eth) + sizeof(f->ip);
	f->vnet.csum_offset = offsetof(struct tcphdr, check);
	f->eth.h_proto = htons(ETH_P_IP);
	f->ip.version = 4;
	f->ip.ihl = 5;
	f->ip.ttl = 64;
	f->ip.protocol = IPPROTO_TCP;
	f->ip.tot_len = htons(sizeof(f->ip) + sizeof(f->tcp) + data);
	f->ip.frag_off = htons(IP_DF);
	inet_pton(AF_INET, from, &f->ip.saddr);
	inet_pton(AF_INET, to, &f->ip.daddr);
	f->tcp.source = htons(9);
	f->tcp.dest = htons(9);
	f->tcp.doff = 5;
	f->tcp.ack = 1;
	f->tcp.window = htons(1000);
}

/* "aa:bb:cc:dd:ee:ff" of the device's neighbour, and a device to send by */
static void packet_socket(struct work *w, const char *dev, const char *mac)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(dev),
	};
	struct frame *f = (struct frame *)w->buf;
	uint8_t *to = f->eth.h_dest;

	f->eth.h_source[0] = 2;
	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", to, to + 1, to + 2, to + 3,
		   to + 4, to + 5) != 6) {
		errno = EINVAL;
		die(mac);
	}
	/* it receives nothing: protocol 0 */
	w->fd = socket(AF_PACKET, SOCK_RAW, 0);
	set_int(w->fd, SOL_PACKET, PACKET_VNET_HDR, 1);
	if (bind(w->fd, (struct sockaddr *)&ll, sizeof(ll)))
		die(dev);
}

static int frames(char **arg)
{
	size_t data = MSS * strtoul(arg[4], NULL, 0);

	fill_frame((struct frame *)work.buf, data, arg[2], arg[3]);
	packet_socket(&work, arg[0], arg[1]);
	work.size = sizeof(struct frame) + data;
	return measure(send_once, strtoul(arg[5], NULL, 0));
}

static const struct command {
	const char *name;
	int args;
	int (*run)(char **arg);
} commands[] = {
	{ "check", 0, check },
	{ "udp", 5, udp },
	{ "event", 2, event },
	{ "sink", 2, sink },
	{ "echo", 1, echo },
	{ "rr", 3, rr },
	{ "tso", 5, tso },
	{ "frames", 6, frames },
	{ }
};

int main(int argc, char **argv)
{
	const struct command *c;

	/* no page faults while it counts */
	mlockall(MCL_CURRENT | MCL_FUTURE);
	for (c = commands; c->name; c++)
		if (argc > 1 && !strcmp(argv[1], c->name) && argc == c->args + 2)
			return c->run(argv + 2);
	fprintf(stderr, "usage: see the beginning of insns.c\n");
	return 2;
}
