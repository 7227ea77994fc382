/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where to send to, for the small programs of the test VMs
 */
#ifndef _TOOLS_ADDR_H
#define _TOOLS_ADDR_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/**
 * parse_addr() - a numeric IPv4 or IPv6 address and a port
 * @host: the address (getaddrinfo() does not work in a static program)
 * @port: the port's number
 * @ss: filled in
 * Return: length of the address in @ss; 0 when @host is none.
 */
static inline socklen_t parse_addr(const char *host, const char *port,
				   struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(atoi(port));
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(atoi(port));
		return sizeof(*in6);
	}
	return 0;
}

#endif /* _TOOLS_ADDR_H */
