// SPDX-License-Identifier: GPL-2.0
/*
 * Print the UDP datagrams that arrive at a port, one per line:
 *
 *   dgrams PORT
 *
 * What is not text is shown as dots. The first line says that it listens.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BUFFER (1 << 20)

static int listen_at(const char *port)
{
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(atoi(port)),
	};
	int bytes = RECEIVE_BUFFER;
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes,
				 sizeof(bytes)) ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any))) {
		perror("dgrams");
		exit(1);
	}
	return fd;
}

static void print(const char *data, ssize_t len)
{
	ssize_t i;

	while (len && data[len - 1] == '\n')
		len--;
	for (i = 0; i < len; i++)
		putchar(isprint((unsigned char)data[i]) ? data[i] : '.');
	putchar('\n');
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char data[65536];
	ssize_t len;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: dgrams PORT\n");
		return 2;
	}
	fd = listen_at(argv[1]);
	print("listening", 9);
	while ((len = recv(fd, data, sizeof(data), 0)) >= 0)
		print(data, len);
	perror("dgrams");
	return 1;
}
