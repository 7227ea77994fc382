// SPDX-License-Identifier: GPL-2.0
/*
 * The notifier contract
 *
 * Two notifier blocks, one before and one behind the driver of the synthetic
 * device: last to arrive, first to leave. What happens where:
 *
 *   VF event      early                      driver            late
 *   POST_INIT     mark as slave              the same          -
 *   REGISTER      claim=self: enslave        joins or not      adopt or enslave
 *   UP, CHANGE    if it may carry: overlay off  host path -> VF   overlay on, fit?
 *   GOING_DOWN    no longer steer to it,     host path ->      overlay on
 *                 overlay off                synthetic
 *   DOWN          overlay off                -                 overlay on
 *   UNREGISTER    release                    leaves            release
 *   (PRE)CHANGEUPPER  a second VF, a representor: veto  -      adopt, release
 *
 * REGISTER, UP and CHANGE run under the instance lock of an "ops locked" VF
 * (since 6.15), others may: nothing here opens, closes or configures the device that
 * an event is about. That is left to the work item.
 */
#include <linux/rtnetlink.h>

#include "../an_failover.h"
#include "trace.h"

/* Being unloaded: replayed and late events mean nothing. RTNL. */
static bool an_dead;

static void an_syn_register(struct net_device *dev)
{
	struct net_device *vf;
	struct an_pair *pair;
	int err;

	if (!an_is_synthetic(dev))
		return;

	err = an_pair_create(dev);
	if (err && err != -EEXIST) {
		netdev_err(dev, "not managed: %pe\n", ERR_PTR(err));
		return;
	}

	pair = an_pair_by_syn(dev);
	if (pair->vf)
		return;

	/*
	 * claim=self has to be first. Otherwise give the driver, which looks
	 * for its VF when its own REGISTER is done, as long as udev.
	 */
	if (an_claim_self_first) {
		vf = an_pair_find_vf(pair);
		if (vf)
			an_take_vf(pair, vf);
	} else {
		an_schedule_setup(pair, an_window_ms + 1);
	}
}

static void an_syn_unregister(struct an_pair *pair)
{
	/* Also sent when the device moves to another namespace. */
	if (pair->syn->reg_state == NETREG_REGISTERED)
		an_release_vf(pair, AN_WHY_SYN_GONE);
	else
		an_pair_destroy(pair, AN_WHY_SYN_GONE);
}

static void an_syn_going_down(struct an_pair *pair)
{
	an_pair_leave(pair, AN_WHY_SYN_DOWN);
	if (pair->claim == AN_CLAIM_SELF)
		dev_close(pair->vf);
}

static int an_syn_early(struct an_pair *pair, unsigned long event)
{
	switch (event) {
	case NETDEV_REGISTER:
		/* In its new namespace. */
		an_syn_register(pair->syn);
		break;
	case NETDEV_GOING_DOWN:
		an_syn_going_down(pair);
		break;
	case NETDEV_UNREGISTER:
		an_syn_unregister(pair);
		break;
	}
	return NOTIFY_DONE;
}

/* A device that changes its namespace stays registered, but is not listed. */
static bool an_vf_moving(const struct net_device *vf)
{
	return __dev_get_by_index(dev_net(vf), vf->ifindex) != vf;
}

static enum an_reason an_why_left(const struct net_device *vf,
				  enum an_reason otherwise)
{
	if (vf->dismantle)
		return AN_WHY_REVOKED;
	return an_vf_moving(vf) ? AN_WHY_MOVED : otherwise;
}

static void an_vf_early(struct an_pair *pair, unsigned long event)
{
	struct net_device *vf = pair->vf;

	switch (event) {
	case NETDEV_GOING_DOWN:
		an_pair_leave(pair, vf->dismantle ? AN_WHY_REVOKED :
						    AN_WHY_VF_DOWN);
		fallthrough;
	case NETDEV_DOWN:
		pair->shown = false;
		an_overlay_event_begin(pair);
		break;
	case NETDEV_UP:
	case NETDEV_CHANGE:
		pair->unseen = !an_vf_showable(pair);
		if (pair->unseen)
			break;
		pair->shown = true;
		an_overlay_event_begin(pair);
		break;
	case NETDEV_UNREGISTER:
		if (pair->claim != AN_CLAIM_SELF) {
			/*
			 * hv_netvsc leaves its addresses marked as given to a
			 * VF, and they would not be given to the next one.
			 */
			an_link_lists_unsync(pair);
			break;
		}
		an_release_vf(pair, an_why_left(vf, AN_WHY_REVOKED));
		/* A second one, refused so far, may be waiting. */
		an_schedule_setup(pair, 0);
		break;
	}
}

static void an_refuse(struct an_pair *pair, const struct net_device *dev,
		      const char *why)
{
	pair->stats.refused++;
	trace_an_refused(pair, dev);
	net_warn_ratelimited("%s: %s refused: %s\n", pair->syn->name, dev->name,
			     why);
}

/*
 * The driver joins whatever has the address. While a VF of ours is there, it
 * has none and would join a second candidate: two VFs for one NIC. And a
 * representor that it joined would keep the VF out.
 */
static int an_veto_join(struct net_device *dev,
			struct netdev_notifier_changeupper_info *upper)
{
	struct an_pair *pair = an_pair_by_syn(upper->upper_dev);

	if (!pair || !upper->linking || !upper->master)
		return NOTIFY_DONE;

	if (!an_is_vf_candidate(dev)) {
		an_refuse(pair, dev, "not a VF's own port");
		NL_SET_ERR_MSG_MOD(upper->info.extack, "not a VF's own port");
		return notifier_from_errno(-EINVAL);
	}
	if (pair->claim != AN_CLAIM_SELF)
		return NOTIFY_DONE;

	NL_SET_ERR_MSG_MOD(upper->info.extack, "the NIC has a VF already");
	return notifier_from_errno(-EBUSY);
}

static int an_other_early(struct net_device *dev, unsigned long event,
			  struct netdev_notifier_changeupper_info *upper)
{
	struct an_pair *pair;

	switch (event) {
	case NETDEV_PRECHANGEUPPER:
		return an_veto_join(dev, upper);
	case NETDEV_UNREGISTER:
		if (dev->dismantle)
			an_pair_forget_vf(dev);
		break;
	case NETDEV_POST_INIT:
		pair = an_pair_for_candidate(dev);
		if (pair && !pair->vf)
			an_prepare_vf(pair, dev);
		break;
	case NETDEV_REGISTER:
		an_syn_register(dev);
		if (!an_claim_self_first)
			break;
		pair = an_pair_for_candidate(dev);
		if (pair && !pair->vf)
			an_take_vf(pair, dev);
		break;
	}
	return NOTIFY_DONE;
}

static int an_event_early(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct an_pair *pair;

	if (an_dead)
		return NOTIFY_DONE;

	pair = an_pair_by_syn(dev);
	if (pair)
		return an_syn_early(pair, event);

	pair = an_pair_by_vf(dev);
	if (!pair)
		return an_other_early(dev, event, ptr);
	an_vf_early(pair, event);
	return NOTIFY_DONE;
}

/* The VF did not do something that was asked of it: now it may. */
static void an_try_again(struct an_pair *pair)
{
	if (pair->unseen || pair->xdp_shut)
		an_schedule_setup(pair, 0);
}

static void an_syn_late(struct an_pair *pair, unsigned long event,
			const struct netdev_notifier_changeupper_info *upper)
{
	switch (event) {
	case NETDEV_UP:
		if (pair->claim == AN_CLAIM_SELF)
			an_link_open(pair);
		an_try_again(pair);
		an_pair_evaluate(pair, AN_WHY_SYN_UP);
		/* It has its queueing disciplines only now. */
		an_fast_update(pair);
		break;
	case NETDEV_CHANGEMTU:
	case NETDEV_CHANGEADDR:
		an_try_again(pair);
		an_pair_evaluate(pair, AN_WHY_LINK_UP);
		break;
	case NETDEV_FEAT_CHANGE:
		if (pair->claim == AN_CLAIM_SELF && pair->window_over)
			an_link_features(pair);
		an_fast_update(pair);
		break;
	case NETDEV_CHANGEUPPER:
		if (upper->linking)
			an_vlan_upper(pair, upper->upper_dev);
		break;
	}
}

static void an_vf_link_changed(struct an_pair *pair)
{
	if (netif_running(pair->vf) && !an_vf_linked(pair->vf))
		an_pair_evaluate(pair, AN_WHY_CARRIER);
	else
		an_pair_evaluate(pair, AN_WHY_LINK_UP);
	/* The driver has heard of it: after hibernation it uses the VF now. */
	an_fast_update(pair);
}

/*
 * Perhaps somebody else's doing: what the synthetic device has counts. Or he
 * gave the VF what it had refused.
 */
static void an_vf_drift(struct an_pair *pair)
{
	if (pair->window_over && !pair->repairing &&
	    (pair->unseen || pair->xdp_shut || an_link_drifted(pair)))
		an_schedule_setup(pair, 1);
}

static void an_vf_late(struct an_pair *pair, unsigned long event,
		       struct netdev_notifier_changeupper_info *upper)
{
	switch (event) {
	case NETDEV_UP:
	case NETDEV_CHANGE:
		an_overlay_event_end(pair);
		an_vf_link_changed(pair);
		/* Opened by somebody else. */
		if (pair->xdp_shut)
			an_schedule_setup(pair, 1);
		break;
	case NETDEV_GOING_DOWN:
	case NETDEV_DOWN:
		an_overlay_event_end(pair);
		break;
	case NETDEV_FEAT_CHANGE:
		an_fast_update(pair);
		fallthrough;
	case NETDEV_CHANGEMTU:
	case NETDEV_CHANGEADDR:
		an_vf_drift(pair);
		break;
	case NETDEV_CHANGEUPPER:
		if (pair->claim != AN_CLAIM_DRIVER || upper->linking ||
		    upper->upper_dev != pair->syn)
			break;
		an_release_vf(pair, an_why_left(pair->vf, AN_WHY_DRIVER));
		/* If the driver stays and does not want it, we do. */
		an_schedule_setup(pair, an_window_ms + 1);
		break;
	case NETDEV_UNREGISTER:
		an_release_vf(pair, an_why_left(pair->vf, AN_WHY_REVOKED));
		break;
	}
}

/*
 * The driver has a device that is no VF to us, by its dev_addr perhaps, and will not let
 * go of it unless it recognises its own by the ops.
 */
static void an_other_linked(const struct net_device *upper_dev)
{
	struct an_pair *pair = an_pair_by_syn(upper_dev);

	if (pair && !pair->vf)
		an_overlay_unwatch(pair);
}

/* What the driver had in place of a VF is gone: the way is free */
static void an_other_unlinked(const struct net_device *upper_dev)
{
	struct an_pair *pair = an_pair_by_syn(upper_dev);

	if (pair && !pair->vf)
		an_schedule_setup(pair, an_window_ms + 1);
}

static void an_other_late(struct net_device *dev, unsigned long event,
			  struct netdev_notifier_changeupper_info *upper)
{
	struct an_pair *pair;

	an_vlan_event(dev, event);
	if (event == NETDEV_CHANGEUPPER && !upper->linking)
		an_other_unlinked(upper->upper_dev);
	else if (event == NETDEV_CHANGEUPPER && upper->master)
		an_other_linked(upper->upper_dev);
	if (event != NETDEV_REGISTER && event != NETDEV_CHANGEUPPER)
		return;

	pair = an_pair_for_candidate(dev);
	if (!pair)
		return;
	if (pair->vf) {
		if (event == NETDEV_REGISTER)
			an_refuse(pair, dev, "the NIC has a VF already");
	} else if (event == NETDEV_REGISTER ||
		   (upper->linking && upper->upper_dev == pair->syn)) {
		an_take_vf(pair, dev);
	} else if (!upper->linking) {
		/* A bridge, bond, macvlan ... is about to let it go. */
		an_schedule_setup(pair, 1);
	}
}

static int an_event_late(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct an_pair *pair;

	if (an_dead)
		return NOTIFY_DONE;

	pair = an_pair_by_syn(dev);
	if (pair) {
		an_syn_late(pair, event, ptr);
		return NOTIFY_DONE;
	}

	pair = an_pair_by_vf(dev);
	if (pair)
		an_vf_late(pair, event, ptr);
	else
		an_other_late(dev, event, ptr);
	return NOTIFY_DONE;
}

static struct notifier_block an_early = {
	.notifier_call	= an_event_early,
	.priority	= INT_MAX,
};

static struct notifier_block an_late = {
	.notifier_call	= an_event_late,
	.priority	= INT_MIN,
};

static void an_stop(void)
{
	rtnl_lock();
	an_pair_destroy_all();
	an_dead = true;
	rtnl_unlock();
}

/**
 * an_notify_init() - start to listen
 *
 * Registering replays REGISTER and UP for what exists: this is how a running
 * system is taken over.
 *
 * Context: process context, no RTNL. May sleep.
 * Return: 0 or a negative errno, with nothing left behind.
 */
int an_notify_init(void)
{
	int err;

	err = an_work_init();
	if (err)
		return err;

	err = register_netdevice_notifier(&an_early);
	if (err)
		goto err_early;

	err = register_netdevice_notifier(&an_late);
	if (err)
		goto err_late;
	return 0;

err_late:
	an_stop();
	unregister_netdevice_notifier(&an_early);
err_early:
	an_work_exit();
	return err;
}

/**
 * an_notify_exit() - let everything go and stop to listen
 *
 * Context: process context, no RTNL. May sleep.
 */
void an_notify_exit(void)
{
	an_stop();
	unregister_netdevice_notifier(&an_late);
	unregister_netdevice_notifier(&an_early);
	an_work_exit();
}
