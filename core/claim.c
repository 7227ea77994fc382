// SPDX-License-Identifier: GPL-2.0
/*
 * Who enslaves the VF: adopting what the synthetic device's driver did (claim
 * driver), or doing it ourselves (claim self); and undoing it
 */
#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/rtnetlink.h>

#include "../an_failover.h"
#include "profile.h"
#include "trace.h"

/* Pairs have their own queue so that unloading can wait for just their work. */
static struct workqueue_struct *an_wq;

/**
 * an_work_init() - make the work queue
 * Return: 0 or -ENOMEM.
 */
int an_work_init(void)
{
	an_wq = alloc_workqueue("an_failover", WQ_UNBOUND, 0);
	return an_wq ? 0 : -ENOMEM;
}

/**
 * an_work_exit() - remove the work queue; no pair may be left
 */
void an_work_exit(void)
{
	destroy_workqueue(an_wq);
}

/**
 * an_schedule_setup() - let the work item run
 * @pair: the pair
 * @delay_ms: at the latest after so many milliseconds; 0: now
 *
 * Context: any.
 */
void an_schedule_setup(struct an_pair *pair, unsigned int delay_ms)
{
	unsigned long delay = msecs_to_jiffies(delay_ms);
	struct delayed_work *work = &pair->setup;
	unsigned long expires;

	if (READ_ONCE(pair->dead) || queue_delayed_work(an_wq, work, delay))
		return;
	/* When it is set or expires just now, it runs once too often. */
	expires = data_race(work->timer.expires);
	/* It is waiting for longer than that. */
	if (timer_pending(&work->timer) && time_after(expires, jiffies + delay))
		mod_delayed_work(an_wq, work, delay);
}

/**
 * an_queue_work() - let some other work item of a pair run
 * @work: the work item; nothing happens when it is queued already
 * @delay_ms: after so many milliseconds
 *
 * Context: any.
 */
void an_queue_work(struct delayed_work *work, unsigned int delay_ms)
{
	queue_delayed_work(an_wq, work, msecs_to_jiffies(delay_ms));
}

static void an_note_found(struct an_pair *pair, const struct net_device *vf)
{
	struct an_found *found = &pair->found;

	found->vf = vf;
	found->kept = false;
	found->vf_flags = vf->flags;
	found->vf_priv_flags = vf->priv_flags;
}

/**
 * an_prepare_vf() - mark a VF as a slave before anybody can see it
 * @pair: the pair it will join
 * @vf: the VF, not registered yet
 *
 * The first uevent must already say IFF_SLAVE, or udev, DHCP clients and IPv6
 * autoconfiguration take the VF for a NIC of its own.
 *
 * Context: RTNL, NETDEV_POST_INIT.
 */
void an_prepare_vf(struct an_pair *pair, struct net_device *vf)
{
	an_note_found(pair, vf);
	vf->flags |= IFF_SLAVE;
	vf->priv_flags |= IFF_NO_ADDRCONF;
}

static void an_unmark_slave(struct an_pair *pair, struct net_device *vf)
{
	const struct an_found *found = &pair->found;

	if (!(found->vf_flags & IFF_SLAVE))
		vf->flags &= ~IFF_SLAVE;
	if (!(found->vf_priv_flags & IFF_NO_ADDRCONF))
		vf->priv_flags &= ~IFF_NO_ADDRCONF;
}

static void an_attach(struct an_pair *pair, struct net_device *vf,
		      enum an_claim claim)
{
	pair->vf = vf;
	pair->claim = claim;
	pair->profile = an_profile_of(vf);
	netdev_hold(vf, &pair->vf_tracker, GFP_KERNEL);
}

static void an_detach(struct an_pair *pair)
{
	struct net_device *vf = pair->vf;

	pair->vf = NULL;
	an_fast_update(pair);
	pair->claim = AN_CLAIM_NONE;
	pair->window_over = false;
	pair->open_due = false;
	pair->vlan_all = false;
	pair->shown = false;
	if (!pair->found.kept)
		pair->found.vf = NULL;
	netdev_put(vf, &pair->vf_tracker);
}

/**
 * an_adopt_vf() - the synthetic device's driver enslaved a VF: go along
 * @pair: the pair, without a VF
 * @vf: a VF whose master is the synthetic device
 *
 * Context: RTNL. Takes no instance lock.
 */
void an_adopt_vf(struct an_pair *pair, struct net_device *vf)
{
	an_attach(pair, vf, AN_CLAIM_DRIVER);
	/* The rename window is the driver's own business, as are its ops. */
	an_overlay_unwatch(pair);
	pair->window_over = true;
	trace_an_attach(pair, vf);
	netdev_info(pair->syn, "VF %s (%s) adopted from %s\n", vf->name,
		    pair->profile->name, pair->type->driver);
	an_pair_event(pair, AN_EV_ARRIVED, AN_WHY_ARRIVED);
	an_pair_evaluate(pair, AN_WHY_ARRIVED);
	/* VLAN filters, and what else may sleep */
	an_schedule_setup(pair, 0);
}

/* Undo what was noted, for a VF that could not be enslaved. */
static void an_claim_failed(struct an_pair *pair, struct net_device *vf,
			    const char *what, int err)
{
	netdev_warn(pair->syn, "cannot enslave VF %s: %s: %pe\n", vf->name,
		    what, ERR_PTR(err));
	an_unmark_slave(pair, vf);
	pair->found.vf = NULL;
	pair->found.kept = false;
}

static void an_note_settings(struct an_pair *pair)
{
	struct net_device *vf = pair->vf;
	struct an_found *found = &pair->found;

	/* If it was up then it came up before we could tell the driver. */
	pair->unseen = netif_running(vf);
	found->headroom = pair->syn->needed_headroom;
	/* One that comes back has what we gave it. */
	if (found->kept)
		return;

	found->vf_mtu = vf->mtu;
	memcpy(found->vf_addr, vf->dev_addr, vf->addr_len);
	found->vf_wanted = vf->wanted_features;
	found->vf_up = netif_running(vf);
}

/**
 * an_claim_vf() - enslave a VF
 * @pair: the pair, without a VF
 * @vf: a registered VF, same namespace, no master
 *
 * Only what works under the VF's instance lock is done here; MTU, address,
 * features and opening follow from the work item when the rename window is
 * over.
 *
 * Where it fails the log says so, and nothing has changed.
 *
 * Context: RTNL; may be called from the VF's NETDEV_REGISTER.
 */
static void an_claim_vf(struct an_pair *pair, struct net_device *vf)
{
	struct net_device *syn = pair->syn;
	int err;

	if (pair->found.vf != vf)
		an_note_found(pair, vf);

	err = netdev_rx_handler_register(vf, an_handle_frame, pair);
	if (err) {
		an_claim_failed(pair, vf, "receive handler", err);
		return;
	}

	/* Before the link: our own CHANGEUPPER handler must know the VF. */
	an_attach(pair, vf, AN_CLAIM_SELF);
	/* Without LAG information, as hv_netvsc: RDMA drivers are told the same. */
	err = netdev_master_upper_dev_link(vf, syn, NULL, NULL, NULL);
	if (err)
		goto err_link;

	vf->flags |= IFF_SLAVE;
	vf->priv_flags |= IFF_NO_ADDRCONF;
	an_note_settings(pair);
	if (syn->needed_headroom < vf->needed_headroom)
		WRITE_ONCE(syn->needed_headroom, vf->needed_headroom);
	an_overlay_install(pair);
	an_xdp_learn(pair);
	call_netdevice_notifiers(NETDEV_JOIN, vf);

	trace_an_attach(pair, vf);
	netdev_info(syn, "VF %s (%s) enslaved\n", vf->name,
		    pair->profile->name);
	an_pair_event(pair, AN_EV_ARRIVED, AN_WHY_ARRIVED);
	pair->window_end = jiffies + msecs_to_jiffies(an_window_ms);
	an_schedule_setup(pair, an_window_ms);
	return;

err_link:
	an_claim_failed(pair, vf, "master link", err);
	an_detach(pair);
	netdev_rx_handler_unregister(vf);
}

/**
 * an_driver_has_other() - does the synthetic device have another lower device?
 * @pair: the pair
 * @vf: its VF to be, or NULL
 *
 * A driver that has a VF of its own, rightly or not, must go on to recognise its
 * device by the ops, or it would never let go of that VF.
 *
 * Context: RTNL.
 * Return: true when there is one besides @vf.
 */
bool an_driver_has_other(const struct an_pair *pair,
			 const struct net_device *vf)
{
	struct net_device *lower;
	struct list_head *iter;

	netdev_for_each_lower_dev(pair->syn, lower, iter)
		if (lower != vf)
			return true;
	return false;
}

/**
 * an_take_vf() - a registered VF belongs to a pair: adopt or enslave it
 * @pair: the pair, without a VF
 * @vf: the VF
 *
 * Context: RTNL; may be called from the VF's NETDEV_REGISTER.
 */
void an_take_vf(struct an_pair *pair, struct net_device *vf)
{
	struct net_device *master = netdev_master_upper_dev_get(vf);

	if (master == pair->syn)
		an_adopt_vf(pair, vf);
	else if (master || netdev_is_rx_handler_busy(vf))
		net_notice_ratelimited("%s: VF %s belongs to %s, left alone\n",
				       pair->syn->name, vf->name,
				       master ? master->name : "another user");
	else if (an_driver_has_other(pair, vf))
		net_notice_ratelimited("%s: VF %s left alone: the driver has another device\n",
				       pair->syn->name, vf->name);
	else if (!net_eq(dev_net(pair->syn), dev_net(vf)))
		/* Moving it is not possible inside its own REGISTER. */
		an_schedule_setup(pair, 1);
	else
		an_claim_vf(pair, vf);
}

static void an_restore_vf(struct an_pair *pair, struct net_device *vf)
{
	const struct an_found *found = &pair->found;
	struct sockaddr_storage ss = { .ss_family = vf->type };
	netdev_features_t ours = an_features_ours(pair);

	if (vf->mtu != found->vf_mtu)
		dev_set_mtu(vf, found->vf_mtu);

	if (memcmp(vf->dev_addr, found->vf_addr, vf->addr_len)) {
		memcpy(((struct sockaddr *)&ss)->sa_data, found->vf_addr,
		       vf->addr_len);
		an_set_mac_address(vf, &ss, NULL);
	}

	netdev_lock_ops(vf);
	vf->wanted_features = (vf->wanted_features & ~ours) |
			      (found->vf_wanted & ours);
	netdev_update_features(vf);
	netdev_unlock_ops(vf);

	if (found->vf_up)
		dev_open(vf, NULL);
}

/* In the VF's own UNREGISTER its settings no longer matter. */
static bool an_vf_stays(enum an_reason why)
{
	return why != AN_WHY_REVOKED && why != AN_WHY_MOVED;
}

/*
 * Undo a self claim. Until the link is gone the driver of the synthetic device
 * sees the VF's events, so closing the VF first makes it move the host's data
 * path back.
 */
static void an_unclaim(struct an_pair *pair, enum an_reason why)
{
	struct net_device *vf = pair->vf, *syn = pair->syn;

	if (an_vf_stays(why))
		dev_close(vf);

	an_overlay_remove(pair);
	/* Waits until no receiver and no user of the overlay is left. */
	netdev_rx_handler_unregister(vf);
	an_stats_fold(pair);
	an_link_unsync(pair);
	netdev_upper_dev_unlink(vf, syn);
	an_xdp_release(pair);

	/* Nobody is to take a VF that leaves for a NIC of its own. */
	if (!vf->dismantle)
		an_unmark_slave(pair, vf);
	WRITE_ONCE(syn->needed_headroom, pair->found.headroom);
	pair->found.kept = why == AN_WHY_MOVED;
	if (!an_vf_stays(why))
		return;
	/* Before it filters again: it had no room for them. */
	an_vlan_unsync(pair);
	an_restore_vf(pair, vf);
}

/**
 * an_release_vf() - let a pair's VF go, however it was claimed
 * @pair: the pair; nothing happens when it has no VF
 * @why: reason, for trace events and counters
 *
 * Context: RTNL, may sleep. With AN_WHY_REVOKED and AN_WHY_MOVED, from the VF's
 * own NETDEV_UNREGISTER; with claim driver, from its NETDEV_CHANGEUPPER; otherwise
 * not from a notifier of the VF.
 */
void an_release_vf(struct an_pair *pair, enum an_reason why)
{
	bool self = pair->claim == AN_CLAIM_SELF;
	struct net_device *vf = pair->vf;

	ASSERT_RTNL();
	if (!vf)
		return;

	if (self && an_vf_stays(why))
		an_pair_leave(pair, why);
	/* A driver's VF goes on carrying when it is we who leave. */
	if (self || why != AN_WHY_UNLOAD)
		an_pair_event(pair, AN_EV_LEFT, why);
	if (self)
		an_unclaim(pair, why);
	an_vlan_unsync(pair);
	trace_an_detach(pair, vf, why);
	if (self || why != AN_WHY_UNLOAD)
		netdev_info(pair->syn, "VF %s released (%s)\n", vf->name,
			    an_reason_name(why));
	else
		netdev_info(pair->syn, "VF %s left to %s (%s)\n", vf->name,
			    pair->type->driver, an_reason_name(why));
	an_detach(pair);
	/* The program may change before the next one arrives. */
	if (self && !pair->dead)
		an_overlay_watch(pair);
}

static void an_find_and_take(struct an_pair *pair)
{
	struct net_device *vf = an_pair_find_vf(pair);
	int err;

	if (!vf)
		return;

	if (!net_eq(dev_net(pair->syn), dev_net(vf)) &&
	    !netdev_master_upper_dev_get(vf)) {
		/* Its REGISTER in the new namespace does the rest. */
		err = dev_change_net_namespace(vf, dev_net(pair->syn), "eth%d");
		if (err)
			netdev_warn(pair->syn,
				    "cannot move VF %s to this namespace: %pe\n",
				    vf->name, ERR_PTR(err));
		return;
	}
	an_take_vf(pair, vf);
}

/*
 * The host goes on sending to a VF that it was shown. One that has since been
 * given another MTU or address, and refuses to have it put right, would lose
 * some of that: it is closed, and as it is out of step when it is opened again,
 * the host is not told.
 */
static void an_unshow_vf(struct an_pair *pair)
{
	if (!pair->shown || an_vf_in_step(pair))
		return;

	dev_close(pair->vf);
	an_link_open(pair);
}

static void an_setup_self(struct an_pair *pair)
{
	enum an_reason why = AN_WHY_LINK_UP;
	unsigned long now = jiffies;

	if (!pair->window_over) {
		if (time_before(now, pair->window_end)) {
			an_schedule_setup(pair,
					  jiffies_to_msecs(pair->window_end -
							   now));
			return;
		}
		pair->window_over = true;
		why = AN_WHY_ARRIVED;
	}

	an_link_sync(pair);
	an_xdp_sync(pair);
	an_unshow_vf(pair);
	if (why == AN_WHY_ARRIVED || pair->open_due)
		an_link_open(pair);
	/* Opened by somebody else, too early. */
	if (pair->unseen && an_vf_showable(pair))
		netdev_state_change(pair->vf);
	an_pair_evaluate(pair, why);
}

static void an_setup(struct an_pair *pair)
{
	an_overlay_repair(pair);
	/* A VF that does not do what it says would keep us busy for ever. */
	pair->repairing = true;

	if (!pair->vf)
		an_find_and_take(pair);
	/* Off while the driver had a VF. */
	if (!pair->vf && an_claim_self_first)
		an_overlay_watch(pair);

	if (pair->vf) {
		an_fast_start(pair);
		an_vlan_sync(pair);
	}

	if (pair->claim == AN_CLAIM_DRIVER) {
		an_link_mtu(pair);
		an_link_addr(pair);
	} else if (pair->claim == AN_CLAIM_SELF) {
		an_setup_self(pair);
	}

	pair->repairing = false;
	an_tell_peers(pair);
}

/**
 * an_tell_peers() - announce the synthetic device's addresses after a switch
 * @pair: the pair
 *
 * Context: RTNL, not from a notifier: this sends frames.
 */
void an_tell_peers(struct an_pair *pair)
{
	if (!pair->peers_due)
		return;

	pair->peers_due = false;
	if (!netif_running(pair->syn))
		return;
	call_netdevice_notifiers(NETDEV_NOTIFY_PEERS, pair->syn);
	call_netdevice_notifiers(NETDEV_RESEND_IGMP, pair->syn);
}

/**
 * an_setup_work() - the part of a pair's life that cannot run in notifiers
 * @work: &struct an_pair.setup
 *
 * Tries for RTNL instead of waiting for it, so that whoever holds RTNL may wait
 * for this work to end.
 */
void an_setup_work(struct work_struct *work)
{
	struct an_pair *pair = container_of(to_delayed_work(work),
					    struct an_pair, setup);

	if (!rtnl_trylock()) {
		an_schedule_setup(pair, 1);
		return;
	}
	if (!pair->dead)
		an_setup(pair);
	rtnl_unlock();
}
