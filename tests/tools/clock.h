/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time, for the small programs of the test VMs
 */
#ifndef _TOOLS_CLOCK_H
#define _TOOLS_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NSEC_PER_SEC	1000000000ull

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

#endif /* _TOOLS_CLOCK_H */
