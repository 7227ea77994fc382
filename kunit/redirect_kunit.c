// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that XDP programs of other devices redirect to the synthetic one
 */
#include <net/xdp.h>

#include "fixture.h"

static void active(struct kunit *test, struct net_device **syn, struct net_device **vf)
{
	an_test_claim_self(test, true);
	*syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);
	an_fake_xdp(*syn);
	an_fake_manage(test, *syn);
	*vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	an_fake_xdp(*vf);
	an_fake_register(test, *vf);
	KUNIT_ASSERT_EQ(test, an_test_state(*syn), AN_ACTIVE);
}

#define FRAMES	3

/* 1000 bytes in fragments of its own */
static void add_fragments(struct xdp_frame *frame)
{
	static u8 buffer[2048] __aligned(SMP_CACHE_BYTES);

	frame->data = buffer + sizeof(*frame);
	frame->frame_sz = sizeof(buffer);
	frame->flags = XDP_FLAGS_HAS_FRAGS;
	xdp_get_shared_info_from_frame(frame)->xdp_frags_size = 1000;
}

/* As many frames as are said to have been sent, and what they were counted as. */
static int redirect(struct net_device *syn, bool frags, struct an_totals *counted)
{
	struct an_pair *pair = an_test_pair(syn);
	struct xdp_frame frame[FRAMES] = {}, *frames[FRAMES];
	struct an_totals before;
	int i, rc;

	for (i = 0; i < FRAMES; i++) {
		frame[i].len = 100 + i;
		frames[i] = &frame[i];
	}
	if (frags)
		add_fragments(&frame[0]);
	an_stats_totals(&pair->stats, &before);
	local_bh_disable();
	rc = syn->netdev_ops->ndo_xdp_xmit(syn, FRAMES, frames, 0);
	local_bh_enable();
	an_stats_totals(&pair->stats, counted);
	counted->tx_packets -= before.tx_packets;
	counted->tx_bytes -= before.tx_bytes;
	counted->tx_dropped -= before.tx_dropped;
	counted->tx_slow -= before.tx_slow;
	return rc;
}

static void to_the_vf(struct kunit *test)
{
	static const struct {
		int takes, packets, bytes;
	} cases[] = {
		{ FRAMES, 3, 303 }, { 2, 2, 201 }, { 0, 0, 0 }, { -ENXIO, 0, 0 },
	};
	struct net_device *syn, *vf;
	struct an_totals counted;
	int i;

	active(test, &syn, &vf);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		an_fake_priv(vf)->xdp_takes = cases[i].takes;
		KUNIT_EXPECT_EQ(test, redirect(syn, false, &counted), cases[i].takes);
		KUNIT_EXPECT_EQ(test, counted.tx_packets, cases[i].packets);
		KUNIT_EXPECT_EQ(test, counted.tx_bytes, cases[i].bytes);
		/* not by the fast path */
		KUNIT_EXPECT_EQ(test, counted.tx_slow, cases[i].packets);
		KUNIT_EXPECT_EQ(test, counted.tx_dropped,
				FRAMES - cases[i].packets);
	}
	KUNIT_EXPECT_EQ(test, an_fake_priv(vf)->xdp_sent, 5);

	an_fake_priv(vf)->xdp_takes = 1;
	KUNIT_EXPECT_EQ(test, redirect(syn, true, &counted), 1);
	KUNIT_EXPECT_EQ(test, counted.tx_packets, 1);
	KUNIT_EXPECT_EQ(test, counted.tx_bytes, 1100);
	KUNIT_EXPECT_EQ(test, an_fake_priv(syn)->xdp_sent, 0);
}

static void expect_redirect_by_syn(struct kunit *test, struct net_device *syn,
				   const struct net_device *vf)
{
	unsigned int before = an_fake_priv(syn)->xdp_sent;
	struct an_totals counted;

	KUNIT_EXPECT_EQ(test, redirect(syn, false, &counted), FRAMES);
	KUNIT_EXPECT_EQ(test, counted.tx_packets, 0);
	KUNIT_EXPECT_EQ(test, an_fake_priv(syn)->xdp_sent, before + FRAMES);
	KUNIT_EXPECT_EQ(test, an_fake_priv(vf)->xdp_sent, 0);
}

static void to_the_driver(struct kunit *test)
{
	struct net_device *syn, *vf;

	active(test, &syn, &vf);
	vf->xdp_features &= ~NETDEV_XDP_ACT_NDO_XMIT;
	expect_redirect_by_syn(test, syn, vf);
	vf->xdp_features |= NETDEV_XDP_ACT_NDO_XMIT;

	/* before the notifiers */
	set_bit(__LINK_STATE_NOCARRIER, &vf->state);
	expect_redirect_by_syn(test, syn, vf);
	clear_bit(__LINK_STATE_NOCARRIER, &vf->state);
	clear_bit(__LINK_STATE_START, &vf->state);
	expect_redirect_by_syn(test, syn, vf);
	set_bit(__LINK_STATE_START, &vf->state);

	an_test_set_up(vf, false);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	expect_redirect_by_syn(test, syn, vf);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(to_the_vf),
	KUNIT_CASE(to_the_driver),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_redirect",
	.test_cases	= cases,
};

kunit_test_suite(suite);
