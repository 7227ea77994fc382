// SPDX-License-Identifier: GPL-2.0
/*
 * kline: copy standard input to the kernel log, line by line
 *
 *   command 2>&1 | kline [PREFIX]
 *
 * The console of a test VM carries one stream, the kernel log. What a scenario
 * prints goes there too: each line is one record, so it is neither torn apart
 * by a kernel message nor out of order with it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_OUT 900	/* a record of /dev/kmsg holds about 1000 */

int main(int argc, char **argv)
{
	const char *prefix = argc > 1 ? argv[1] : "";
	char in[8192], out[1100];
	int fd, len;

	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		perror("kline: /dev/kmsg");
		return 1;
	}
	while (fgets(in, sizeof(in), stdin)) {
		in[strcspn(in, "\r\n")] = '\0';
		len = snprintf(out, sizeof(out), "<5>%.100s%.*s\n", prefix,
			       LINE_MAX_OUT, in);
		if (write(fd, out, len) != len)
			return 1;
	}
	return 0;
}
