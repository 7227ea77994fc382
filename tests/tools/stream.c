// SPDX-License-Identifier: GPL-2.0
/*
 * stream: a long-lived TCP connection that checks what it carries
 *
 *   stream listen [-p PORT] [-r BYTES_PER_SECOND]
 *   stream connect HOST [-p PORT] [-r BYTES_PER_SECOND] [-t SECONDS]
 *
 * Both sides send a run of 64-bit numbers that count up from a base of their
 * own, and check what they receive against the other's. The connecting side
 * stops after SECONDS or on SIGTERM: it shuts down its direction, the listener
 * answers in kind, and each side prints one line:
 *
 *   side=connect ok sent=.. received=.. retrans=.. stall_ms=..
 *
 * "ok" is there only if all that arrived was right and complete and the
 * connection ended by an orderly shutdown of both directions. The numbers of
 * bytes sent on one side and received on the other are equal then: each side
 * ends with its own count, which the other compares.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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

#define CHUNK	8192u		/* bytes, a multiple of 8 */
#define BASE_CONNECT	0x636f6e6e00000000ull
#define BASE_LISTEN	0x6c697374000000ull
#define END_MARK	0xffffffff00000000ull	/* + number of words sent */

struct stream {
	const char *side;
	int fd;
	unsigned long rate;
	uint64_t stop_at;
	uint64_t tx_base, rx_base;
	uint64_t tx_bytes, rx_bytes;
	uint64_t tx_words;	/* numbered, written in full or in part */
	uint64_t rx_words;
	unsigned char tx_buf[CHUNK];
	size_t tx_off, tx_len;
	unsigned char rx_part[8];
	size_t rx_part_len;
	bool tx_ending, tx_done, rx_ended, rx_eof;
	uint64_t start, last_rx, stall;
	const char *error;
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void die(const char *what)
{
	fprintf(stderr, "stream: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void put_word(struct stream *s, uint64_t word)
{
	word = htobe64(word);
	memcpy(s->tx_buf + s->tx_len, &word, 8);
	s->tx_len += 8;
}

/* Fill the buffer: with numbers, or once with the mark that ends them. */
static void tx_fill(struct stream *s)
{
	s->tx_off = 0;
	s->tx_len = 0;
	if (s->tx_ending) {
		put_word(s, END_MARK + s->tx_words);
		return;
	}
	while (s->tx_len < CHUNK)
		put_word(s, s->tx_base + s->tx_words++);
}

static bool tx_allowed(struct stream *s)
{
	if (s->tx_done)
		return false;
	if (s->tx_off < s->tx_len || s->tx_ending || !s->rate)
		return true;
	return s->tx_bytes <= (now_ms() - s->start) * s->rate / 1000;
}

static void tx_step(struct stream *s)
{
	ssize_t n;

	if (s->tx_off == s->tx_len)
		tx_fill(s);
	n = send(s->fd, s->tx_buf + s->tx_off, s->tx_len - s->tx_off,
		 MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0) {
		if (errno != EAGAIN)
			s->error = strerror(errno);
		n = 0;
	}
	s->tx_off += n;
	s->tx_bytes += n;
	if (s->tx_off < s->tx_len)
		return;
	/* only the end mark travels alone */
	if (s->tx_len == 8) {
		s->tx_done = true;
		shutdown(s->fd, SHUT_WR);
	}
}

static void rx_word(struct stream *s, uint64_t word)
{
	if (s->rx_ended)
		s->error = "data after the end mark";
	else if (word == s->rx_base + s->rx_words)
		s->rx_words++;
	else if (word == END_MARK + s->rx_words)
		s->rx_ended = true;
	else
		s->error = "wrong data";
}

static void rx_step(struct stream *s)
{
	unsigned char buf[65536];
	uint64_t now = now_ms(), word;
	ssize_t n, i;

	n = recv(s->fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (n < 0) {
		if (errno != EAGAIN)
			s->error = strerror(errno);
		return;
	}
	if (n == 0) {
		s->rx_eof = true;
		return;
	}
	if (now - s->last_rx > s->stall)
		s->stall = now - s->last_rx;
	s->last_rx = now;
	s->rx_bytes += n;
	for (i = 0; i < n && !s->error; i++) {
		s->rx_part[s->rx_part_len++] = buf[i];
		if (s->rx_part_len < 8)
			continue;
		memcpy(&word, s->rx_part, 8);
		s->rx_part_len = 0;
		rx_word(s, be64toh(word));
	}
}

static bool ended_well(const struct stream *s)
{
	return !s->error && s->tx_done && s->rx_eof && s->rx_ended &&
	       !s->rx_part_len;
}

static int stream_run(struct stream *s)
{
	struct pollfd p = { .fd = s->fd };
	struct tcp_info ti = { 0 };
	socklen_t len = sizeof(ti);

	s->start = now_ms();
	s->last_rx = s->start;
	while (!s->error && !(s->tx_done && s->rx_eof)) {
		if (stop || s->rx_eof || (s->stop_at && now_ms() >= s->stop_at))
			s->tx_ending = true;
		p.events = s->rx_eof ? 0 : POLLIN;
		if (tx_allowed(s))
			p.events |= POLLOUT;
		if (poll(&p, 1, 5) < 0)
			continue;
		if (p.revents & (POLLIN | POLLERR | POLLHUP))
			rx_step(s);
		if (p.revents & POLLOUT && !s->error)
			tx_step(s);
	}
	getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, &ti, &len);
	printf("side=%s %s sent=%llu received=%llu retrans=%u stall_ms=%llu\n",
	       s->side, ended_well(s) ? "ok" : s->error ? s->error : "cut off",
	       (unsigned long long)s->tx_bytes,
	       (unsigned long long)s->rx_bytes, ti.tcpi_total_retrans,
	       (unsigned long long)s->stall);
	return ended_well(s) ? 0 : 1;
}

static int stream_listen(const char *port)
{
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(atoi(port)),
	};
	int fd, conn, one = 1, zero = 0;

	fd = socket(AF_INET6, SOCK_STREAM, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || listen(fd, 1))
		die("listen");
	conn = accept(fd, NULL, NULL);
	if (conn < 0)
		die("accept");
	close(fd);
	return conn;
}

/* The listener may be a moment late, and an IPv6 address tentative. */
static int stream_connect(const char *host, const char *port)
{
	struct sockaddr_storage ss;
	socklen_t len = parse_addr(host, port, &ss);
	uint64_t deadline = now_ms() + 10000;
	int fd;

	if (!len) {
		errno = EINVAL;
		die(host);
	}
	for (;;) {
		fd = socket(ss.ss_family, SOCK_STREAM, 0);
		if (fd < 0)
			die("socket");
		if (!connect(fd, (struct sockaddr *)&ss, len))
			return fd;
		if (stop || now_ms() > deadline)
			die("connect");
		close(fd);
		usleep(50000);
	}
}

static void usage(void)
{
	fprintf(stderr, "usage: stream listen [-p PORT] [-r RATE]\n"
		"       stream connect HOST [-p PORT] [-r RATE] [-t SECONDS]\n");
	exit(2);
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };
	static struct stream s = { .rate = 1000000 };
	const char *port = "7000";
	unsigned long seconds = 0;
	int opt;

	if (argc < 2)
		usage();
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	while ((opt = getopt(argc - 1, argv + 1, "p:r:t:")) != -1) {
		switch (opt) {
		case 'p':
			port = optarg;
			break;
		case 'r':
			s.rate = strtoul(optarg, NULL, 0);
			break;
		case 't':
			seconds = strtoul(optarg, NULL, 0);
			break;
		default:
			usage();
		}
	}
	s.side = argv[1];
	if (!strcmp(argv[1], "listen")) {
		s.tx_base = BASE_LISTEN;
		s.rx_base = BASE_CONNECT;
		s.fd = stream_listen(port);
	} else if (!strcmp(argv[1], "connect") && argv[1 + optind]) {
		s.tx_base = BASE_CONNECT;
		s.rx_base = BASE_LISTEN;
		s.fd = stream_connect(argv[1 + optind], port);
	} else {
		usage();
	}
	if (seconds)
		s.stop_at = now_ms() + seconds * 1000;
	return stream_run(&s);
}
