// SPDX-License-Identifier: GPL-2.0
/*
 * XDP (claim self): the VF runs the program of the synthetic device
 *
 * A program that is attached natively to the synthetic device sees what arrives
 * by either path, or the VF does not carry. So there are two facts to keep
 * equal: which program the synthetic device has, and which one we gave to the
 * VF. While they differ the VF is closed and the driver is not told of it, so
 * that the host sends by the synthetic path, where the program runs.
 *
 * Generic XDP needs nothing: it runs behind the receive handler, on frames that
 * are the synthetic device's already.
 *
 * A program that came by netlink can be read from the netdev. One that came by
 * a BPF link cannot; it is known when the overlay was there to see it.
 */
#include <linux/bpf.h>
#include <linux/netpoll.h>
#include <linux/rtnetlink.h>
#include <net/xdp.h>

#include "../an_failover.h"

static void an_xdp_know(struct an_pair *pair, struct bpf_prog *prog)
{
	struct bpf_prog *old = pair->xdp_prog;

	if (prog)
		bpf_prog_inc(prog);
	pair->xdp_prog = prog;
	if (old)
		bpf_prog_put(old);
}

static const struct bpf_xdp_entity *an_xdp_native(const struct an_pair *pair)
{
	return &pair->syn->xdp_state[XDP_MODE_DRV];
}

static bool an_xdp_unknown(const struct an_pair *pair)
{
	return an_xdp_native(pair)->link && !pair->xdp_prog;
}

/**
 * an_xdp_learn() - see which program the synthetic device has
 * @pair: the pair
 *
 * Context: RTNL; not from within ndo_bpf.
 */
void an_xdp_learn(struct an_pair *pair)
{
	const struct bpf_xdp_entity *native = an_xdp_native(pair);

	ASSERT_RTNL();

	if (!native->link && native->prog != pair->xdp_prog)
		an_xdp_know(pair, native->prog);
}

/**
 * an_xdp_forget() - the overlay no longer tells us of programs
 * @pair: the pair
 *
 * Context: RTNL.
 */
void an_xdp_forget(struct an_pair *pair)
{
	ASSERT_RTNL();
	an_xdp_know(pair, NULL);
}

/**
 * an_xdp_fit() - does the VF run what the synthetic device runs?
 * @pair: a pair with claim self
 *
 * Context: RTNL.
 * Return: true when it does, or when neither has a program.
 */
bool an_xdp_fit(const struct an_pair *pair)
{
	return !an_xdp_unknown(pair) && pair->xdp_prog == pair->xdp_vf_prog;
}

static int an_xdp_possible(struct net_device *vf, const struct bpf_prog *prog,
			   struct netlink_ext_ack *extack)
{
	if (dev_xdp_prog_count(vf)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "the VF has an XDP program of its own, detach that first");
		return -EBUSY;
	}
	if (!vf->netdev_ops->ndo_bpf) {
		NL_SET_ERR_MSG_MOD(extack,
				   "the VF has no native XDP: use xdpgeneric, or take the VF away");
		return -EOPNOTSUPP;
	}
	if (prog && bpf_prog_is_dev_bound(prog->aux)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "the XDP program is bound to the synthetic device");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* The VF's driver keeps the reference that it is given. */
static int an_xdp_set_vf(struct an_pair *pair, struct bpf_prog *prog,
			 struct netlink_ext_ack *extack)
{
	struct netdev_bpf bpf = {
		.command = XDP_SETUP_PROG,
		.prog = prog,
		.extack = extack,
	};
	int err;

	if (prog == pair->xdp_vf_prog)
		return 0;

	err = an_xdp_possible(pair->vf, prog, extack);
	if (err)
		return err;

	if (prog)
		bpf_prog_inc(prog);
	err = dev_xdp_propagate(pair->vf, &bpf);
	if (!err) {
		pair->xdp_vf_prog = prog;
		return 0;
	}
	if (prog)
		bpf_prog_put(prog);
	if (!extack->_msg)
		NL_SET_ERR_MSG_MOD(extack, "the VF refuses the XDP program");
	return err;
}

/*
 * hv_netvsc has dropped the program, and what it would need to say so, when the
 * core takes it off a device that goes; the core warns when that fails.
 */
static int an_xdp_driver(struct an_pair *pair, struct netdev_bpf *bpf)
{
	int err = pair->syn_ops->ndo_bpf(pair->syn, bpf);

	if (err && bpf->command == XDP_SETUP_PROG && !bpf->prog &&
	    pair->syn->dismantle)
		return 0;
	return err;
}

/*
 * VF first. It may refuse a program, but not stand in the way of detaching one
 * (the core does not take no for an answer) nor, while it does not carry
 * anyway, of replacing one: the work then keeps it closed.
 */
static int an_xdp_setup(struct an_pair *pair, struct netdev_bpf *bpf)
{
	struct netlink_ext_ack unused = {}, *extack = bpf->extack ?: &unused;
	int err;

	if (pair->xdp_shut || !bpf->prog)
		extack = &unused;
	err = an_xdp_set_vf(pair, bpf->prog, extack);
	if (err && bpf->prog && !pair->xdp_shut)
		return err;

	err = an_xdp_driver(pair, bpf);
	if (err)
		an_xdp_set_vf(pair, pair->xdp_prog, &unused);
	else
		an_xdp_know(pair, bpf->prog);
	an_schedule_setup(pair, 0);
	return err;
}

/**
 * an_bpf() - overlay of ndo_bpf
 * @syn: the synthetic device
 * @bpf: what to do; with a program, a reference on it becomes the driver's
 *
 * Context: RTNL, and since 6.15 @syn's instance lock if it has one.
 * Return: 0, or the error of the device that refused; both then have the
 * program they had.
 */
int an_bpf(struct net_device *syn, struct netdev_bpf *bpf)
{
	struct an_pair *pair = an_pair_by_syn(syn);
	int err;

	if (bpf->command == XDP_SETUP_PROG && pair->claim == AN_CLAIM_SELF)
		return an_xdp_setup(pair, bpf);

	err = an_xdp_driver(pair, bpf);
	if (!err && bpf->command == XDP_SETUP_PROG)
		an_xdp_know(pair, bpf->prog);
	return err;
}

static void an_xdp_shut(struct an_pair *pair, const char *why)
{
	struct net_device *vf = pair->vf;

	if (!pair->xdp_shut)
		netdev_warn(pair->syn, "VF %s stays closed: %s\n", vf->name,
			    why);
	pair->xdp_shut = true;
	if (netif_running(vf))
		dev_close(vf);
}

static void an_xdp_unshut(struct an_pair *pair)
{
	if (!pair->xdp_shut)
		return;
	pair->xdp_shut = false;
	netdev_info(pair->syn, "VF %s has the XDP program, or needs none\n",
		    pair->vf->name);
	an_link_open(pair);
}

/**
 * an_xdp_sync() - give the VF the synthetic device's program, or keep it closed
 * @pair: a pair with claim self whose rename window is over
 *
 * Context: RTNL, not from a notifier of the VF. May sleep.
 */
void an_xdp_sync(struct an_pair *pair)
{
	struct netlink_ext_ack extack = {};

	an_xdp_learn(pair);
	if (an_xdp_unknown(pair)) {
		an_xdp_shut(pair,
			    "the XDP program came by a BPF link too early to be seen, attach it again");
		return;
	}

	if (an_xdp_set_vf(pair, pair->xdp_prog, &extack)) {
		an_xdp_shut(pair, extack._msg);
		return;
	}
	an_xdp_unshut(pair);
}

/**
 * an_xdp_release() - take the program back from a VF that leaves
 * @pair: a pair with claim self whose VF receives nothing for us any more
 *
 * Context: RTNL, may sleep. Not under the VF's instance lock.
 */
void an_xdp_release(struct an_pair *pair)
{
	struct netlink_ext_ack extack = {};
	int err;

	err = an_xdp_set_vf(pair, NULL, &extack);
	if (err)
		netdev_warn(pair->syn, "VF %s keeps the XDP program: %s (%d)\n",
			    pair->vf->name, extack._msg, err);
	pair->xdp_vf_prog = NULL;
	pair->xdp_shut = false;
}

static unsigned int an_xdp_bytes(struct xdp_frame **frames, int from, int to)
{
	unsigned int bytes = 0;

	for (; from < to; from++)
		bytes += xdp_get_frame_len(frames[from]);
	return bytes;
}

static int an_vf_xdp_xmit(struct an_pair *pair, struct net_device *vf, int n,
			  struct xdp_frame **frames, u32 flags)
{
	unsigned int bytes = an_xdp_bytes(frames, 0, n);
	struct an_pcpu_stats *stats;
	int rc, sent;

	rc = vf->netdev_ops->ndo_xdp_xmit(vf, n, frames, flags);
	sent = max(rc, 0);
	/* Only those that were not sent are still there to be looked at. */
	bytes -= an_xdp_bytes(frames, sent, n);

	stats = this_cpu_ptr(pair->stats.pcpu);
	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->tx_packets, sent);
	u64_stats_add(&stats->tx_bytes, bytes);
	u64_stats_add(&stats->tx_slow, sent);
	u64_stats_add(&stats->tx_dropped, n - sent);
	u64_stats_update_end(&stats->syncp);
	return rc;
}

/**
 * an_xdp_xmit() - overlay of ndo_xdp_xmit
 * @syn: the synthetic device, whose driver has this operation too
 * @n: number of @frames
 * @frames: redirected here by a program; those sent are consumed
 * @flags: XDP_XMIT_*
 *
 * Context: bottom halves off.
 * Return: number of frames sent or a negative errno; the caller frees the rest.
 */
int an_xdp_xmit(struct net_device *syn, int n, struct xdp_frame **frames,
		u32 flags)
{
	struct an_pair *pair = an_pair_of_rcu(syn);
	struct net_device *vf = rcu_dereference_bh(pair->tx_vf);

	if (vf && netif_running(vf) && netif_carrier_ok(vf) &&
	    an_can_xdp_xmit(vf) && !netpoll_tx_running(syn))
		return an_vf_xdp_xmit(pair, vf, n, frames, flags);

	return pair->syn_ops->ndo_xdp_xmit(syn, n, frames, flags);
}
