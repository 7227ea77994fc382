/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events: a VF joins and leaves a pair, a state changes, a
 * candidate is refused
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM an_failover

#if !defined(_AN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _AN_TRACE_H

#include <linux/tracepoint.h>

#include "../an_failover.h"
#include "profile.h"

TRACE_DEFINE_ENUM(AN_SYNTHETIC);
TRACE_DEFINE_ENUM(AN_JOINED);
TRACE_DEFINE_ENUM(AN_ACTIVE);
TRACE_DEFINE_ENUM(AN_DRAINING);
TRACE_DEFINE_ENUM(AN_HELD);
TRACE_DEFINE_ENUM(AN_CLAIM_NONE);
TRACE_DEFINE_ENUM(AN_CLAIM_DRIVER);
TRACE_DEFINE_ENUM(AN_CLAIM_SELF);
TRACE_DEFINE_ENUM(AN_WHY_ARRIVED);
TRACE_DEFINE_ENUM(AN_WHY_LINK_UP);
TRACE_DEFINE_ENUM(AN_WHY_CARRIER);
TRACE_DEFINE_ENUM(AN_WHY_VF_DOWN);
TRACE_DEFINE_ENUM(AN_WHY_REVOKED);
TRACE_DEFINE_ENUM(AN_WHY_MOVED);
TRACE_DEFINE_ENUM(AN_WHY_SYN_UP);
TRACE_DEFINE_ENUM(AN_WHY_SYN_DOWN);
TRACE_DEFINE_ENUM(AN_WHY_SYN_GONE);
TRACE_DEFINE_ENUM(AN_WHY_DRIVER);
TRACE_DEFINE_ENUM(AN_WHY_UNLOAD);

#define an_show_state(s) __print_symbolic(s,		\
	{ AN_SYNTHETIC, "synthetic" },			\
	{ AN_JOINED, "joined" },			\
	{ AN_ACTIVE, "active" },			\
	{ AN_DRAINING, "draining" },			\
	{ AN_HELD, "held" })

#define an_show_claim(c) __print_symbolic(c,		\
	{ AN_CLAIM_NONE, "none" },			\
	{ AN_CLAIM_DRIVER, "driver" },			\
	{ AN_CLAIM_SELF, "self" })

#define an_show_reason(w) __print_symbolic(w,		\
	{ AN_WHY_ARRIVED, "vf_arrived" },		\
	{ AN_WHY_LINK_UP, "link_up" },			\
	{ AN_WHY_CARRIER, "carrier_lost" },		\
	{ AN_WHY_VF_DOWN, "vf_down" },			\
	{ AN_WHY_REVOKED, "revoked" },			\
	{ AN_WHY_MOVED, "vf_moved" },			\
	{ AN_WHY_SYN_UP, "synthetic_up" },		\
	{ AN_WHY_SYN_DOWN, "synthetic_down" },		\
	{ AN_WHY_SYN_GONE, "synthetic_gone" },		\
	{ AN_WHY_DRIVER, "driver" },			\
	{ AN_WHY_UNLOAD, "unload" })

TRACE_EVENT(an_attach,
	TP_PROTO(const struct an_pair *pair, const struct net_device *vf),
	TP_ARGS(pair, vf),
	TP_STRUCT__entry(
		__array(char, syn, IFNAMSIZ)
		__array(char, vf, IFNAMSIZ)
		__array(char, profile, 16)
		__field(enum an_claim, claim)
	),
	TP_fast_assign(
		strscpy(__entry->syn, pair->syn->name, IFNAMSIZ);
		strscpy(__entry->vf, vf->name, IFNAMSIZ);
		strscpy(__entry->profile, pair->profile->name, 16);
		__entry->claim = pair->claim;
	),
	TP_printk("%s vf=%s claim=%s profile=%s", __entry->syn, __entry->vf,
		  an_show_claim(__entry->claim), __entry->profile)
);

TRACE_EVENT(an_detach,
	TP_PROTO(const struct an_pair *pair, const struct net_device *vf,
		 enum an_reason why),
	TP_ARGS(pair, vf, why),
	TP_STRUCT__entry(
		__array(char, syn, IFNAMSIZ)
		__array(char, vf, IFNAMSIZ)
		__field(enum an_reason, why)
	),
	TP_fast_assign(
		strscpy(__entry->syn, pair->syn->name, IFNAMSIZ);
		strscpy(__entry->vf, vf->name, IFNAMSIZ);
		__entry->why = why;
	),
	TP_printk("%s vf=%s reason=%s", __entry->syn, __entry->vf,
		  an_show_reason(__entry->why))
);

TRACE_EVENT(an_state,
	TP_PROTO(const struct an_pair *pair, enum an_state next,
		 enum an_reason why),
	TP_ARGS(pair, next, why),
	TP_STRUCT__entry(
		__array(char, syn, IFNAMSIZ)
		__field(enum an_state, prev)
		__field(enum an_state, next)
		__field(enum an_reason, why)
	),
	TP_fast_assign(
		strscpy(__entry->syn, pair->syn->name, IFNAMSIZ);
		__entry->prev = pair->state;
		__entry->next = next;
		__entry->why = why;
	),
	TP_printk("%s %s -> %s reason=%s", __entry->syn,
		  an_show_state(__entry->prev), an_show_state(__entry->next),
		  an_show_reason(__entry->why))
);

TRACE_EVENT(an_refused,
	TP_PROTO(const struct an_pair *pair, const struct net_device *vf),
	TP_ARGS(pair, vf),
	TP_STRUCT__entry(
		__array(char, syn, IFNAMSIZ)
		__array(char, vf, IFNAMSIZ)
	),
	TP_fast_assign(
		strscpy(__entry->syn, pair->syn->name, IFNAMSIZ);
		strscpy(__entry->vf, vf->name, IFNAMSIZ);
	),
	TP_printk("%s refused=%s", __entry->syn, __entry->vf)
);

#endif /* _AN_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
