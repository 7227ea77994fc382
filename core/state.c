// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine: a table, nothing else. No locks, no devices; core/action.c
 * carries out what is decided here.
 */
#include "../an_failover.h"

/* Entries that are not listed: the event changes nothing in that state. */
#define AN_TO(state, ...)	{ AN_##state, true, __VA_ARGS__ }

struct an_entry {
	enum an_state next;
	bool listed;
	unsigned int actions;
};

static const struct an_entry table[AN_STATE_COUNT][AN_EVENT_COUNT] = {
	[AN_SYNTHETIC] = {
		[AN_EV_ARRIVED]	= AN_TO(JOINED, 0),
	},
	[AN_JOINED] = {
		[AN_EV_FIT]	= AN_TO(ACTIVE, AN_DO_STEER | AN_DO_COUNT |
						AN_DO_PEERS),
		[AN_EV_HOLD]	= AN_TO(HELD, 0),
		[AN_EV_LEFT]	= AN_TO(SYNTHETIC, 0),
	},
	[AN_ACTIVE] = {
		[AN_EV_UNFIT]	= AN_TO(JOINED, AN_DO_UNSTEER | AN_DO_COUNT |
						AN_DO_PEERS),
		[AN_EV_DRAIN]	= AN_TO(DRAINING, AN_DO_UNSTEER | AN_DO_COUNT),
		[AN_EV_HOLD]	= AN_TO(HELD, AN_DO_UNSTEER | AN_DO_COUNT |
					      AN_DO_PEERS),
		[AN_EV_LEFT]	= AN_TO(SYNTHETIC, AN_DO_UNSTEER | AN_DO_COUNT |
						   AN_DO_PEERS),
	},
	[AN_DRAINING] = {
		[AN_EV_UNFIT]	= AN_TO(JOINED, AN_DO_PEERS),
		[AN_EV_DRAINED]	= AN_TO(JOINED, AN_DO_PEERS),
		[AN_EV_HOLD]	= AN_TO(HELD, AN_DO_PEERS),
		[AN_EV_LEFT]	= AN_TO(SYNTHETIC, AN_DO_PEERS),
	},
	[AN_HELD] = {
		[AN_EV_UNHOLD]	= AN_TO(JOINED, 0),
		[AN_EV_LEFT]	= AN_TO(SYNTHETIC, 0),
	},
};

/**
 * an_decide() - what an event does to a pair
 * @state: the pair's state
 * @event: what happened
 *
 * Context: any; reads constants only.
 * Return: the next state, which may be @state, and the actions to carry out.
 */
struct an_transition an_decide(enum an_state state, enum an_event event)
{
	const struct an_entry *entry = &table[state][event];

	if (!entry->listed)
		return (struct an_transition){ .next = state };

	return (struct an_transition){
		.next = entry->next,
		.actions = entry->actions,
	};
}

static const char *const state_names[] = {
	[AN_SYNTHETIC]		= "synthetic",
	[AN_JOINED]		= "joined",
	[AN_ACTIVE]		= "active",
	[AN_DRAINING]		= "draining",
	[AN_HELD]		= "held",
};

static const char *const reason_names[] = {
	[AN_WHY_ARRIVED]	= "vf_arrived",
	[AN_WHY_LINK_UP]	= "link_up",
	[AN_WHY_CARRIER]	= "carrier_lost",
	[AN_WHY_VF_DOWN]	= "vf_down",
	[AN_WHY_REVOKED]	= "revoked",
	[AN_WHY_MOVED]		= "vf_moved",
	[AN_WHY_SYN_UP]		= "synthetic_up",
	[AN_WHY_SYN_DOWN]	= "synthetic_down",
	[AN_WHY_SYN_GONE]	= "synthetic_gone",
	[AN_WHY_DRIVER]		= "driver",
	[AN_WHY_UNLOAD]		= "unload",
};

static const char *const claim_names[] = {
	[AN_CLAIM_NONE]		= "none",
	[AN_CLAIM_DRIVER]	= "driver",
	[AN_CLAIM_SELF]		= "self",
};

/**
 * an_state_name() - a state, for people
 * @state: the state
 * Return: a constant string.
 */
const char *an_state_name(enum an_state state)
{
	BUILD_BUG_ON(ARRAY_SIZE(state_names) != AN_STATE_COUNT);
	return state_names[state];
}

/**
 * an_reason_name() - a reason, for people and for rows of ethtool -S
 * @why: the reason
 * Return: a constant string.
 */
const char *an_reason_name(enum an_reason why)
{
	BUILD_BUG_ON(ARRAY_SIZE(reason_names) != AN_REASON_COUNT);
	return reason_names[why];
}

/**
 * an_claim_name() - a claim, for people
 * @claim: the claim
 * Return: a constant string.
 */
const char *an_claim_name(enum an_claim claim)
{
	return claim_names[claim];
}
