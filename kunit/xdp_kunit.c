// SPDX-License-Identifier: GPL-2.0
/*
 * XDP: both devices run the program or neither does, whoever refuses
 */
#include <linux/bpf.h>
#include <linux/rtnetlink.h>

#include "fixture.h"

/* Never run. The references say who has one; the test keeps the first. */
static struct bpf_prog_aux aux[2];
static struct bpf_prog progs[2];

static int init(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(progs); i++) {
		memset(&aux[i], 0, sizeof(aux[i]));
		atomic64_set(&aux[i].refcnt, 1);
		progs[i].aux = &aux[i];
	}
	return 0;
}

static s64 users(const struct bpf_prog *prog)
{
	return atomic64_read(&prog->aux->refcnt) - 1;
}

/* What the VF had when the device's answer came. */
static struct bpf_prog *vf_at_once;

static struct bpf_prog *runs(const struct net_device *dev)
{
	return an_fake_priv(dev)->prog;
}

/* As dev_xdp_attach() and dev_xdp_install(), which nobody can call. */
static int attach_told(struct net_device *dev, struct bpf_prog *prog,
		       struct netlink_ext_ack *extack)
{
	struct bpf_xdp_entity *native = &dev->xdp_state[XDP_MODE_DRV];
	struct netdev_bpf bpf = {
		.command = XDP_SETUP_PROG,
		.prog = prog,
		.extack = extack,
	};
	struct net_device *vf;
	int err;

	rtnl_lock();
	if (prog)
		bpf_prog_inc(prog);
	err = dev->netdev_ops->ndo_bpf(dev, &bpf);
	vf = an_pair_by_syn(dev)->vf;
	vf_at_once = vf ? runs(vf) : NULL;
	if (!err) {
		if (prog)
			bpf_prog_inc(prog);
		if (native->prog)
			bpf_prog_put(native->prog);
		native->prog = prog;
	} else if (prog) {
		bpf_prog_put(prog);
	}
	rtnl_unlock();
	return err;
}

static int attach(struct net_device *dev, struct bpf_prog *prog)
{
	struct netlink_ext_ack extack = {};

	return attach_told(dev, prog, &extack);
}

static struct net_device *xdp_syn(struct kunit *test)
{
	struct net_device *syn = an_fake_alloc(test, "hv_netvsc", an_fake_mac);

	an_fake_xdp(syn);
	an_fake_manage(test, syn);
	return syn;
}

static struct net_device *xdp_vf(struct kunit *test)
{
	struct net_device *vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);

	an_fake_xdp(vf);
	return vf;
}

static struct an_pair *active(struct kunit *test, struct net_device **syn,
			      struct net_device **vf)
{
	an_test_claim_self(test, true);
	*syn = xdp_syn(test);
	*vf = xdp_vf(test);
	an_fake_register(test, *vf);
	KUNIT_ASSERT_EQ(test, an_test_state(*syn), AN_ACTIVE);
	return an_test_pair(*syn);
}

/* A NIC with a program, and a VF that is yet to come. */
static struct net_device *to_come(struct kunit *test, struct net_device **syn)
{
	an_test_claim_self(test, true);
	*syn = xdp_syn(test);
	KUNIT_ASSERT_EQ(test, attach(*syn, &progs[0]), 0);
	return xdp_vf(test);
}

static void expect_both(struct kunit *test, const struct net_device *syn,
			const struct net_device *vf, const struct bpf_prog *prog)
{
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_ACTIVE);
	KUNIT_EXPECT_PTR_EQ(test, runs(syn), prog);
	KUNIT_EXPECT_PTR_EQ(test, runs(vf), prog);
	KUNIT_EXPECT_TRUE(test, netif_running(vf));
}

static void expect_closed(struct kunit *test, const struct net_device *syn,
			  const struct net_device *vf)
{
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_JOINED);
	KUNIT_EXPECT_FALSE(test, netif_running(vf));
}

static void both_run_it(struct kunit *test)
{
	struct net_device *syn, *vf;
	struct an_pair *pair = active(test, &syn, &vf);

	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	expect_both(test, syn, vf, &progs[0]);
	/* core, synthetic device, VF, pair */
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 4);
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[1]), 0);
	expect_both(test, syn, vf, &progs[1]);
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 0);
	KUNIT_EXPECT_EQ(test, users(&progs[1]), 4);
	KUNIT_EXPECT_EQ(test, attach(syn, NULL), 0);
	expect_both(test, syn, vf, NULL);
	KUNIT_EXPECT_EQ(test, users(&progs[1]), 0);
	KUNIT_EXPECT_EQ(test, pair->stats.switches, 1);
}

/* The VF's message reaches who asked, and nothing has changed. */
static void expect_veto(struct kunit *test, struct net_device *syn, int wanted,
			const char *why)
{
	struct netlink_ext_ack extack = {};
	struct net_device *vf = an_test_pair(syn)->vf;
	struct bpf_prog *was = runs(syn);
	s64 other = users(&progs[1]);

	KUNIT_EXPECT_EQ(test, attach_told(syn, &progs[1], &extack), wanted);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(extack._msg, why), "%s",
				  extack._msg);
	KUNIT_EXPECT_EQ(test, users(&progs[1]), other);
	expect_both(test, syn, vf, was);
}

/* Some drivers want an MTU that fits in a page. */
static void with_the_mtu_that_both_have(struct kunit *test)
{
	struct net_device *syn, *vf;

	vf = to_come(test, &syn);
	vf->mtu = 9000;
	an_fake_priv(vf)->xdp_mtu = 3498;
	an_fake_register(test, vf);
	an_test_settle(syn);
	KUNIT_EXPECT_EQ(test, vf->mtu, 1500);
	expect_both(test, syn, vf, &progs[0]);
	KUNIT_EXPECT_EQ(test, an_fake_priv(vf)->xdp_refused, 0);
	KUNIT_ASSERT_EQ(test, attach(syn, NULL), 0);
}

static void a_vf_may_refuse(struct kunit *test)
{
	struct net_device *syn, *vf;

	active(test, &syn, &vf);
	an_fake_priv(vf)->fail_xdp = -EINVAL;
	expect_veto(test, syn, -EINVAL, "the VF refuses");
	an_fake_priv(vf)->fail_xdp = 0;
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	an_fake_priv(vf)->fail_xdp = -EINVAL;
	expect_veto(test, syn, -EINVAL, "the VF refuses");

	/* whoever asks without wanting to know why */
	KUNIT_EXPECT_EQ(test, attach_told(syn, &progs[1], NULL), -EINVAL);
	an_fake_priv(vf)->fail_xdp = 0;
	KUNIT_EXPECT_EQ(test, attach(syn, NULL), 0);
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 0);
	KUNIT_EXPECT_EQ(test, users(&progs[1]), 0);
}

static void what_a_vf_cannot_run(struct kunit *test)
{
	struct bpf_prog *own = &progs[0];
	struct net_device *syn, *vf;

	active(test, &syn, &vf);
	vf->xdp_state[XDP_MODE_SKB].prog = own;
	expect_veto(test, syn, -EBUSY, "program of its own");
	vf->xdp_state[XDP_MODE_SKB].prog = NULL;
	aux[1].dev_bound = true;
	expect_veto(test, syn, -EOPNOTSUPP, "bound to the synthetic device");
	aux[1].dev_bound = false;
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[1]), 0);
	expect_both(test, syn, vf, &progs[1]);
}

static void a_vf_without_native_xdp(struct kunit *test)
{
	struct net_device *syn;

	an_test_claim_self(test, true);
	syn = xdp_syn(test);
	an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, an_test_state(syn), AN_ACTIVE);
	expect_veto(test, syn, -EOPNOTSUPP, "no native XDP");
}

/* The VF had it already. */
static void the_driver_may_refuse(struct kunit *test)
{
	struct net_device *syn, *vf;

	active(test, &syn, &vf);
	an_fake_priv(syn)->fail_xdp = -EBUSY;
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[1]), -EBUSY);
	expect_both(test, syn, vf, NULL);
	an_fake_priv(syn)->fail_xdp = 0;
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	an_fake_priv(syn)->fail_xdp = -EBUSY;
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[1]), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, vf_at_once, &progs[0]);
	expect_both(test, syn, vf, &progs[0]);
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 4);
	KUNIT_EXPECT_EQ(test, users(&progs[1]), 0);

	an_fake_priv(syn)->fail_xdp_off = -EBUSY;
	KUNIT_EXPECT_EQ(test, attach(syn, NULL), -EBUSY);
	expect_both(test, syn, vf, &progs[0]);
	an_fake_priv(syn)->fail_xdp_off = 0;
}

/* The core takes no refusal then, so the VF with its program is closed. */
static void a_vf_that_keeps_its_program(struct kunit *test)
{
	struct netlink_ext_ack extack = {};
	struct net_device *syn, *vf;
	struct an_pair *pair = active(test, &syn, &vf);

	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	an_fake_priv(vf)->fail_xdp_off = -EIO;
	KUNIT_EXPECT_EQ(test, attach_told(syn, NULL, &extack), 0);
	KUNIT_EXPECT_NULL_MSG(test, extack._msg, "of a success");
	KUNIT_EXPECT_NULL(test, runs(syn));
	KUNIT_EXPECT_PTR_EQ(test, runs(vf), &progs[0]);
	expect_closed(test, syn, vf);

	/* ... also when somebody opens it, and nobody is told meanwhile */
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_open(vf, NULL), 0);
	KUNIT_EXPECT_TRUE(test, pair->unseen);
	KUNIT_EXPECT_EQ(test, pair->state, AN_JOINED);
	rtnl_unlock();
	expect_closed(test, syn, vf);

	an_fake_priv(vf)->fail_xdp_off = 0;
	an_schedule_setup(pair, 0);
	expect_both(test, syn, vf, NULL);
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 0);
}

static void a_program_that_was_there_first(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, true);
	syn = xdp_syn(test);
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	an_fake_priv(syn)->fail_xdp = -EINVAL;
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[1]), -EINVAL);
	vf = xdp_vf(test);
	an_fake_register(test, vf);
	expect_both(test, syn, vf, &progs[0]);
	KUNIT_EXPECT_EQ(test, users(&progs[1]), 0);

	/* taken back from a VF that leaves */
	an_fake_unregister(vf);
	KUNIT_EXPECT_NULL(test, runs(vf));
	KUNIT_EXPECT_PTR_EQ(test, runs(syn), &progs[0]);
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 3);
}

/* Nothing of claim=self listened when it came. */
static void found_when_the_vf_is_taken(struct kunit *test)
{
	struct net_device *syn, *vf;

	an_test_claim_self(test, false);
	syn = xdp_syn(test);
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 2);
	vf = xdp_vf(test);
	an_fake_register(test, vf);
	expect_both(test, syn, vf, &progs[0]);
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 4);
}

/* The core shows it to nobody, so that it is not known what to give to the VF. */
static void a_link_that_nobody_saw(struct kunit *test)
{
	void *link = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct net_device *syn, *vf;
	u64 switches;

	KUNIT_ASSERT_NOT_NULL(test, link);
	an_test_claim_self(test, false);
	syn = xdp_syn(test);
	syn->xdp_state[XDP_MODE_DRV].link = link;
	vf = xdp_vf(test);
	an_fake_register(test, vf);
	expect_closed(test, syn, vf);
	/* nor is it used for a moment when somebody opens it */
	switches = an_test_pair(syn)->stats.switches;
	an_test_set_up(vf, true);
	expect_closed(test, syn, vf);
	KUNIT_EXPECT_EQ(test, an_test_pair(syn)->stats.switches, switches);
	an_fake_unregister(vf);
	KUNIT_EXPECT_FALSE(test, an_test_pair(syn)->xdp_shut);
	vf = xdp_vf(test);
	an_fake_register(test, vf);
	expect_closed(test, syn, vf);
	syn->xdp_state[XDP_MODE_DRV].link = NULL;
	an_schedule_setup(an_test_pair(syn), 0);
	expect_both(test, syn, vf, NULL);
}

/* One that the watch saw is known, unless it was refused. */
static void a_link_that_was_seen(struct kunit *test)
{
	void *link = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct bpf_xdp_entity *native;
	struct net_device *syn, *vf;

	KUNIT_ASSERT_NOT_NULL(test, link);
	an_test_claim_self(test, true);
	syn = xdp_syn(test);
	native = &syn->xdp_state[XDP_MODE_DRV];
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	native->prog = NULL;
	native->link = link;
	an_fake_priv(syn)->fail_xdp = -EINVAL;
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[1]), -EINVAL);
	vf = xdp_vf(test);
	an_fake_register(test, vf);
	expect_both(test, syn, vf, &progs[0]);
	KUNIT_EXPECT_EQ(test, users(&progs[1]), 0);
	native->link = NULL;
	native->prog = &progs[0];
}

/* While the VF does not carry anyway it does not matter what it refuses. */
static void a_closed_vf_has_no_say(struct kunit *test)
{
	struct net_device *syn, *vf;

	vf = to_come(test, &syn);
	an_fake_priv(vf)->fail_xdp = -EINVAL;
	an_fake_register(test, vf);
	expect_closed(test, syn, vf);
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[1]), 0);
	expect_closed(test, syn, vf);
	KUNIT_EXPECT_PTR_EQ(test, runs(syn), &progs[1]);
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 0);

	/* asked again when the NIC is */
	an_fake_priv(vf)->fail_xdp = 0;
	an_test_set_up(syn, false);
	an_test_set_up(syn, true);
	expect_both(test, syn, vf, &progs[1]);
}

/* Drivers refuse a program while they have LRO, for one. */
static void what_a_vf_changes_may_help(struct kunit *test)
{
	struct net_device *syn, *vf;

	vf = to_come(test, &syn);
	an_fake_priv(vf)->fail_xdp = -EINVAL;
	an_fake_register(test, vf);
	expect_closed(test, syn, vf);

	an_fake_priv(vf)->fail_xdp = 0;
	rtnl_lock();
	netdev_features_change(vf);
	rtnl_unlock();
	expect_both(test, syn, vf, &progs[0]);
	KUNIT_ASSERT_EQ(test, attach(syn, NULL), 0);
}

static void a_vf_that_leaves_with_it(struct kunit *test)
{
	struct net_device *syn, *vf, *next;

	active(test, &syn, &vf);
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	an_fake_priv(vf)->fail_xdp_off = -EIO;
	an_fake_unregister(vf);
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_SYNTHETIC);
	KUNIT_EXPECT_PTR_EQ(test, runs(vf), &progs[0]);
	/* its own reference goes with it */
	bpf_prog_put(&progs[0]);
	next = xdp_vf(test);
	an_fake_register(test, next);
	expect_both(test, syn, next, &progs[0]);
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 4);
}

static void let_go_with_the_module(struct kunit *test)
{
	struct net_device *syn, *vf = to_come(test, &syn);

	an_fake_register(test, vf);
	expect_both(test, syn, vf, &progs[0]);
	rtnl_lock();
	an_pair_destroy(an_pair_by_syn(syn), AN_WHY_UNLOAD);
	rtnl_unlock();
	KUNIT_EXPECT_NULL(test, runs(vf));
	/* core, synthetic device */
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 2);
}

/* The core warns about a refusal, which fails the whole run. */
static void a_driver_that_is_gone_cannot_refuse(struct kunit *test)
{
	struct net_device *syn, *vf;

	active(test, &syn, &vf);
	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	an_fake_priv(syn)->fail_xdp_off = -ENODEV;
	an_fake_unregister(syn);
	KUNIT_EXPECT_NULL(test, runs(vf));
	/* what the driver should have let go */
	KUNIT_EXPECT_EQ(test, users(&progs[0]), 1);
}

static void other_commands_are_the_drivers(struct kunit *test)
{
	struct netdev_bpf bpf = { .command = XDP_SETUP_XSK_POOL };
	struct net_device *syn, *vf;
	struct an_pair *pair = active(test, &syn, &vf);

	KUNIT_EXPECT_EQ(test, attach(syn, &progs[0]), 0);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, syn->netdev_ops->ndo_bpf(syn, &bpf), 0);
	rtnl_unlock();
	KUNIT_EXPECT_PTR_EQ(test, pair->xdp_prog, &progs[0]);
	expect_both(test, syn, vf, &progs[0]);

	an_fake_priv(syn)->fail_xdp_other = -EBUSY;
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, syn->netdev_ops->ndo_bpf(syn, &bpf), -EBUSY);
	rtnl_unlock();
	KUNIT_EXPECT_PTR_EQ(test, pair->xdp_prog, &progs[0]);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(both_run_it),
	KUNIT_CASE(with_the_mtu_that_both_have),
	KUNIT_CASE(a_vf_may_refuse),
	KUNIT_CASE(what_a_vf_cannot_run),
	KUNIT_CASE(a_vf_without_native_xdp),
	KUNIT_CASE(the_driver_may_refuse),
	KUNIT_CASE(a_vf_that_keeps_its_program),
	KUNIT_CASE(a_program_that_was_there_first),
	KUNIT_CASE(found_when_the_vf_is_taken),
	KUNIT_CASE(a_link_that_nobody_saw),
	KUNIT_CASE(a_link_that_was_seen),
	KUNIT_CASE(a_closed_vf_has_no_say),
	KUNIT_CASE(what_a_vf_changes_may_help),
	KUNIT_CASE(a_vf_that_leaves_with_it),
	KUNIT_CASE(let_go_with_the_module),
	KUNIT_CASE(a_driver_that_is_gone_cannot_refuse),
	KUNIT_CASE(other_commands_are_the_drivers),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_xdp",
	.init		= init,
	.test_cases	= cases,
};

kunit_test_suite(suite);
