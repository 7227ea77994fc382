/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HVSIM_FLOW_H
#define _HVSIM_FLOW_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct seq_file;
struct sk_buff;

enum flow_dir { FLOW_TX, FLOW_RX, FLOW_DIRS };
enum flow_path { FLOW_SYN, FLOW_VF, FLOW_PATHS };

struct flow;

/* What a frame of a numbered flow says of itself */
struct flow_number {
	u32 id;
	u64 seq;
};

/**
 * struct flow_table - numbered flows that crossed a guest port
 * @lock: the flows and their number; taken with bottom halves disabled,
 *	innermost
 * @flows: fixed size, the first @count are in use
 * @count: flows seen since the last reset
 * @overflow: frames of flows that found no room
 */
struct flow_table {
	spinlock_t lock;	/* flows and count */
	struct flow *flows;
	unsigned int count;
	u64 overflow;
};

int flow_table_init(struct flow_table *table);
void flow_table_destroy(struct flow_table *table);
void flow_table_reset(struct flow_table *table);
void flow_table_show(struct flow_table *table, enum flow_dir dir,
		     struct seq_file *m);
bool flow_parse(const struct sk_buff *skb, struct flow_number *nr);
void flow_record(struct flow_table *table, const struct flow_number *nr,
		 enum flow_path path);
void flow_account(struct flow_table *table, const struct sk_buff *skb,
		  enum flow_path path);

#endif /* _HVSIM_FLOW_H */
