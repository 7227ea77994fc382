// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of a NIC's switch
 */
#include <linux/seq_file.h>

#include "stats.h"

static const char * const names[HVSIM_COUNTERS] = {
	[SYN_TX_FRAMES]		= "syn_tx_frames",
	[SYN_TX_BYTES]		= "syn_tx_bytes",
	[SYN_RX_FRAMES]		= "syn_rx_frames",
	[SYN_RX_BYTES]		= "syn_rx_bytes",
	[VF_TX_FRAMES]		= "vf_tx_frames",
	[VF_TX_BYTES]		= "vf_tx_bytes",
	[VF_RX_FRAMES]		= "vf_rx_frames",
	[VF_RX_BYTES]		= "vf_rx_bytes",
	[DROP_VF_TX_PATH]	= "drop_vf_tx_path",
	[DROP_VF_RX_ABSENT]	= "drop_vf_rx_absent",
	[DROP_VF_RX_FULL]	= "drop_vf_rx_full",
	[DROP_SYN_RX_FULL]	= "drop_syn_rx_full",
	[DROP_SYN_RX_CLOSED]	= "drop_syn_rx_closed",
	[DROP_LINK_DOWN]	= "drop_link_down",
	[DROP_BAD]		= "drop_bad",
	[DROP_UPLINK_DOWN]	= "drop_uplink_down",
	[DROP_UPLINK_FULL]	= "drop_uplink_full",
	[FILTERED_RX]		= "filtered_rx",
	[SWITCHES_TO_VF]	= "switches_to_vf",
	[SWITCHES_TO_SYN]	= "switches_to_syn",
	[SWITCHES_REFUSED]	= "switches_refused",
};

static u64 stats_sum(const struct hvsim_stats *stats, enum hvsim_counter c)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(&stats->cpu[c], cpu));
	return sum;
}

int stats_init(struct hvsim_stats *stats)
{
	stats->cpu = __alloc_percpu(HVSIM_COUNTERS * sizeof(u64), sizeof(u64));
	return stats->cpu ? 0 : -ENOMEM;
}

void stats_destroy(struct hvsim_stats *stats)
{
	free_percpu(stats->cpu);
}

/* Nothing that counts is stopped: the old sums are taken off from now on. */
void stats_reset(struct hvsim_stats *stats)
{
	int c;

	for (c = 0; c < HVSIM_COUNTERS; c++)
		stats->base[c] = stats_sum(stats, c);
}

void stats_show(struct hvsim_stats *stats, struct seq_file *m)
{
	int c;

	for (c = 0; c < HVSIM_COUNTERS; c++)
		seq_printf(m, "%s %llu\n", names[c],
			   stats_sum(stats, c) - stats->base[c]);
}
