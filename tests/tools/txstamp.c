// SPDX-License-Identifier: GPL-2.0
/*
 * Ask for the time at which datagrams were sent, as PTP and tracing programs do:
 *
 *   txstamp ADDRESS PORT COUNT
 *
 * Prints how many times were told by the error queue: "sched N software N", the
 * first for each queueing discipline that a datagram came to.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define QUIET_MS	500

static void die(const char *what)
{
	fprintf(stderr, "txstamp: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Not connected, or what the other end's ICMP says would come in between. */
static int stamping(void)
{
	const int wanted = SOF_TIMESTAMPING_TX_SCHED |
			   SOF_TIMESTAMPING_TX_SOFTWARE |
			   SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &wanted, sizeof(wanted)))
		die("SO_TIMESTAMPING");
	return fd;
}

/* One message of the error queue: which of the times it tells, -1 if there is none */
static int told(int fd)
{
	char control[256];
	struct msghdr msg = {
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct sock_extended_err *err;
	struct cmsghdr *c;

	if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return -1;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_IP || c->cmsg_type != IP_RECVERR)
			continue;
		err = (struct sock_extended_err *)CMSG_DATA(c);
		if (err->ee_origin == SO_EE_ORIGIN_TIMESTAMPING)
			return err->ee_info;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	unsigned int times[3] = { 0 };
	struct pollfd poller = { 0 };
	char payload[100] = { 0 };
	int i, which;

	if (argc != 4) {
		fprintf(stderr, "usage: txstamp ADDRESS PORT COUNT\n");
		return 2;
	}
	poller.fd = stamping();
	to.sin_port = htons(atoi(argv[2]));
	if (inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		die(argv[1]);
	for (i = 0; i < atoi(argv[3]); i++)
		if (sendto(poller.fd, payload, sizeof(payload), 0,
			   (struct sockaddr *)&to, sizeof(to)) < 0)
			die("sendto");

	/* Until it has been quiet for a while. */
	while (poll(&poller, 1, QUIET_MS) > 0)
		while ((which = told(poller.fd)) >= 0)
			if (which <= SCM_TSTAMP_SCHED)
				times[which]++;
	printf("sched %u software %u\n", times[SCM_TSTAMP_SCHED],
	       times[SCM_TSTAMP_SND]);
	return 0;
}
