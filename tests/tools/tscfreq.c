// SPDX-License-Identifier: GPL-2.0
/*
 * tscfreq: how fast this machine's time stamp counter runs, in kHz
 *
 * An emulated CPU's counter is the host's, so the host can tell the guest, which would
 * have to find out while others take the CPU away from it.
 */
#include <stdio.h>
#include <x86intrin.h>

#include "clock.h"

#define TRIES	20
#define APART	100000000	/* ns */

struct reading {
	uint64_t tsc, ns;
};

/* Of some readings, the one that least can have come between */
static struct reading reading(void)
{
	struct reading best = { 0 };
	uint64_t before, took, least = UINT64_MAX;
	uint64_t ns;
	int i;

	for (i = 0; i < TRIES; i++) {
		before = __rdtsc();
		ns = now_ns();
		took = __rdtsc() - before;
		if (took >= least)
			continue;
		least = took;
		best.tsc = before + took / 2;
		best.ns = ns;
	}
	return best;
}

int main(void)
{
	struct timespec apart = { .tv_nsec = APART };
	struct reading first = reading(), last;

	nanosleep(&apart, NULL);
	last = reading();
	printf("%llu\n", (unsigned long long)((last.tsc - first.tsc) * 1000000 /
					      (last.ns - first.ns)));
	return 0;
}
