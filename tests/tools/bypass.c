// SPDX-License-Identifier: GPL-2.0
/*
 * bypass: send frames by a packet socket that bypasses queueing disciplines
 *
 *   bypass NETDEV COUNT
 *
 * Each has to be sent at the first try (PACKET_QDISC_BYPASS reports what is dropped).
 * They are broadcasts of an experimental EtherType that nobody listens to.
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TYPE	0x88b5
#define LEN	100

static int fail(const char *what)
{
	fprintf(stderr, "bypass: %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	unsigned char frame[LEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				     0x02, 0, 0, 0, 0, 0x42, TYPE >> 8, TYPE & 0xff };
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(TYPE) };
	int fd, i, one = 1;

	if (argc != 3) {
		fprintf(stderr, "usage: bypass NETDEV COUNT\n");
		return 2;
	}
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0)
		return fail("socket");
	to.sll_ifindex = if_nametoindex(argv[1]);
	if (!to.sll_ifindex || bind(fd, (struct sockaddr *)&to, sizeof(to)))
		return fail(argv[1]);
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)))
		return fail("PACKET_QDISC_BYPASS");
	for (i = 0; i < atoi(argv[2]); i++)
		if (send(fd, frame, sizeof(frame), 0) != sizeof(frame))
			return fail("send");
	close(fd);
	return 0;
}
