// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine: every state and event, and what must hold for any sequence
 */
#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/prandom.h>

#include "../an_failover.h"

#define STEER	AN_DO_STEER
#define UNSTEER	AN_DO_UNSTEER
#define COUNT	AN_DO_COUNT
#define PEERS	AN_DO_PEERS

struct expectation {
	enum an_state state;
	enum an_event event;
	enum an_state next;
	unsigned int actions;
};

/* Whatever is not listed changes nothing. */
static const struct expectation changes[] = {
	{ AN_SYNTHETIC, AN_EV_ARRIVED, AN_JOINED, 0 },
	{ AN_JOINED, AN_EV_FIT, AN_ACTIVE, STEER | COUNT | PEERS },
	{ AN_JOINED, AN_EV_HOLD, AN_HELD, 0 },
	{ AN_JOINED, AN_EV_LEFT, AN_SYNTHETIC, 0 },
	{ AN_ACTIVE, AN_EV_UNFIT, AN_JOINED, UNSTEER | COUNT | PEERS },
	{ AN_ACTIVE, AN_EV_DRAIN, AN_DRAINING, UNSTEER | COUNT },
	{ AN_ACTIVE, AN_EV_HOLD, AN_HELD, UNSTEER | COUNT | PEERS },
	{ AN_ACTIVE, AN_EV_LEFT, AN_SYNTHETIC, UNSTEER | COUNT | PEERS },
	{ AN_DRAINING, AN_EV_UNFIT, AN_JOINED, PEERS },
	{ AN_DRAINING, AN_EV_DRAINED, AN_JOINED, PEERS },
	{ AN_DRAINING, AN_EV_HOLD, AN_HELD, PEERS },
	{ AN_DRAINING, AN_EV_LEFT, AN_SYNTHETIC, PEERS },
	{ AN_HELD, AN_EV_UNHOLD, AN_JOINED, 0 },
	{ AN_HELD, AN_EV_LEFT, AN_SYNTHETIC, 0 },
};

static struct expectation expected(enum an_state state, enum an_event event)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(changes); i++)
		if (changes[i].state == state && changes[i].event == event)
			return changes[i];
	return (struct expectation){ state, event, state, 0 };
}

static void every_state_and_event(struct kunit *test)
{
	unsigned int state, event;

	for (state = 0; state < AN_STATE_COUNT; state++)
		for (event = 0; event < AN_EVENT_COUNT; event++) {
			struct expectation want = expected(state, event);
			struct an_transition got = an_decide(state, event);

			KUNIT_EXPECT_EQ_MSG(test, got.next, want.next,
					    "%s, event %u",
					    an_state_name(state), event);
			KUNIT_EXPECT_EQ_MSG(test, got.actions, want.actions,
					    "%s, event %u",
					    an_state_name(state), event);
		}
}

/* All states that some sequence of events leads to. */
static unsigned long reachable_from(enum an_state from)
{
	unsigned long seen = BIT(from), before;
	unsigned int state, event;

	do {
		before = seen;
		for (state = 0; state < AN_STATE_COUNT; state++)
			for (event = 0; event < AN_EVENT_COUNT; event++)
				if (seen & BIT(state))
					seen |= BIT(an_decide(state, event).next);
	} while (seen != before);
	return seen;
}

static void every_state_reached_and_left(struct kunit *test)
{
	unsigned int state;

	for (state = 0; state < AN_STATE_COUNT; state++)
		KUNIT_EXPECT_EQ_MSG(test, reachable_from(state),
				    GENMASK(AN_STATE_COUNT - 1, 0), "from %s",
				    an_state_name(state));
}

static void unfit_is_never_active(struct kunit *test)
{
	static const enum an_event bad[] = {
		AN_EV_UNFIT, AN_EV_DRAIN, AN_EV_HOLD, AN_EV_LEFT,
	};
	unsigned int state, i;

	for (state = 0; state < AN_STATE_COUNT; state++)
		for (i = 0; i < ARRAY_SIZE(bad); i++)
			KUNIT_EXPECT_NE(test, an_decide(state, bad[i]).next,
					AN_ACTIVE);
}

static void left_means_synthetic(struct kunit *test)
{
	unsigned int state, event;

	for (state = 0; state < AN_STATE_COUNT; state++)
		KUNIT_EXPECT_EQ(test, an_decide(state, AN_EV_LEFT).next,
				AN_SYNTHETIC);
	for (event = 0; event < AN_EVENT_COUNT; event++)
		if (event != AN_EV_ARRIVED)
			KUNIT_EXPECT_EQ(test,
					an_decide(AN_SYNTHETIC, event).next,
					AN_SYNTHETIC);
}

/* No steering without its undo, no move uncounted, whatever happens. */
static void actions_are_undone(struct kunit *test)
{
	enum an_state state = AN_SYNTHETIC;
	struct rnd_state rnd;
	int steered = 0, i;

	prandom_seed_state(&rnd, 42);
	for (i = 0; i < 20000; i++) {
		enum an_event event = prandom_u32_state(&rnd) % AN_EVENT_COUNT;
		struct an_transition to = an_decide(state, event);
		bool moves = to.actions & (STEER | UNSTEER);

		steered += !!(to.actions & STEER) - !!(to.actions & UNSTEER);
		KUNIT_ASSERT_EQ(test, steered, to.next == AN_ACTIVE);
		KUNIT_ASSERT_EQ(test, !!(to.actions & COUNT), moves);
		if (to.next == state)
			KUNIT_ASSERT_EQ(test, to.actions, 0);
		state = to.next;
	}
}

/* Neighbours hear of each move, at the latest when draining is over. */
static void peers_are_told(struct kunit *test)
{
	unsigned int state, event;

	for (state = 0; state < AN_STATE_COUNT; state++)
		for (event = 0; event < AN_EVENT_COUNT; event++) {
			struct an_transition to = an_decide(state, event);
			bool moved = to.actions & COUNT ||
				     state == AN_DRAINING;
			bool due = moved && to.next != AN_DRAINING;

			KUNIT_EXPECT_EQ(test, !!(to.actions & PEERS), due);
		}
}

static void names_are_unique(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < AN_STATE_COUNT; i++)
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, an_state_name(i),
					    an_state_name(j));
	for (i = 0; i < AN_REASON_COUNT; i++)
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, an_reason_name(i),
					    an_reason_name(j));
	KUNIT_EXPECT_STREQ(test, an_claim_name(AN_CLAIM_NONE), "none");
	KUNIT_EXPECT_STREQ(test, an_claim_name(AN_CLAIM_DRIVER), "driver");
	KUNIT_EXPECT_STREQ(test, an_claim_name(AN_CLAIM_SELF), "self");
}

/* "an_switch_" and the reason have to fit a row of ethtool -S. */
static void reasons_fit_a_row(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < AN_REASON_COUNT; i++)
		KUNIT_EXPECT_LT(test, strlen("an_switch_") +
				strlen(an_reason_name(i)), ETH_GSTRING_LEN);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_state_and_event),
	KUNIT_CASE(every_state_reached_and_left),
	KUNIT_CASE(unfit_is_never_active),
	KUNIT_CASE(left_means_synthetic),
	KUNIT_CASE(actions_are_undone),
	KUNIT_CASE(peers_are_told),
	KUNIT_CASE(names_are_unique),
	KUNIT_CASE(reasons_fit_a_row),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_state",
	.test_cases	= cases,
};

kunit_test_suite(suite);
