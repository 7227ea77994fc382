/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HVSIM_STATS_H
#define _HVSIM_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

struct seq_file;

/* tx = from the guest, rx = to the guest; keep stats.c's names in step */
enum hvsim_counter {
	SYN_TX_FRAMES,
	SYN_TX_BYTES,
	SYN_RX_FRAMES,
	SYN_RX_BYTES,
	VF_TX_FRAMES,
	VF_TX_BYTES,
	VF_RX_FRAMES,
	VF_RX_BYTES,
	DROP_VF_TX_PATH,
	DROP_VF_RX_ABSENT,
	DROP_VF_RX_FULL,
	DROP_SYN_RX_FULL,
	DROP_SYN_RX_CLOSED,
	DROP_LINK_DOWN,
	DROP_BAD,
	DROP_UPLINK_DOWN,
	DROP_UPLINK_FULL,
	FILTERED_RX,
	SWITCHES_TO_VF,
	SWITCHES_TO_SYN,
	SWITCHES_REFUSED,
	HVSIM_COUNTERS
};

/**
 * struct hvsim_stats - a NIC's counters
 * @cpu: this_cpu_add() is atomic on its CPU, in any context
 * @base: what the sums were at the last reset, under the control files' lock
 */
struct hvsim_stats {
	u64 __percpu *cpu;
	u64 base[HVSIM_COUNTERS];
};

int stats_init(struct hvsim_stats *stats);
void stats_destroy(struct hvsim_stats *stats);
void stats_reset(struct hvsim_stats *stats);
void stats_show(struct hvsim_stats *stats, struct seq_file *m);

static inline void stats_add(struct hvsim_stats *stats, enum hvsim_counter c,
			     u64 n)
{
	this_cpu_add(stats->cpu[c], n);
}

static inline void stats_inc(struct hvsim_stats *stats, enum hvsim_counter c)
{
	stats_add(stats, c, 1);
}

#endif /* _HVSIM_STATS_H */
