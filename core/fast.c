// SPDX-License-Identifier: GPL-2.0
/*
 * The transmit fast path, for either claim: a netfilter egress hook on the
 * synthetic device hands packets to the VF. One queueing discipline is run instead
 * of two, and the transmit function of the synthetic device not at all.
 *
 * Nobody is to notice but by the speed. The hook runs behind the user's own (nft
 * egress chains), and steps aside, so that the packet goes on as it would have
 * without, wherever it would get round something: tc at egress, a queueing
 * discipline that somebody chose, a device that is not fit to send, an offload that
 * was turned off. What comes later only for packets of the synthetic device, taps
 * and counters, it does itself.
 *
 * netpoll and XDP do not come here. Packet sockets that bypass the queueing disciplines
 * do, and are left alone.
 */
#include <linux/if_vlan.h>
#include <linux/netfilter_netdev.h>
#include <linux/rtnetlink.h>
#include <net/sch_generic.h>

#include "../an_failover.h"
#include "profile.h"

/* Counters are shown at the latest after twice this. */
#define AN_FOLD_MS	80

/* Work on a packet that an administrator may want to have done in software */
#define AN_TX_OFFLOADS	(NETIF_F_CSUM_MASK | NETIF_F_SG | NETIF_F_GSO_MASK | \
			 NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_STAG_TX)

/*
 * Queueing disciplines that the kernel attached by itself have the handle 0, and
 * tc cannot put anything below one of these.
 */
static bool an_user_wants_it(const struct net_device *syn)
{
	return rcu_dereference(syn->qdisc)->handle || an_has_tc_egress(syn);
}

/*
 * Show a packet to those who listen on the synthetic device. They see what comes
 * out of its queues: if that is not the packet as it is now, it has to go there.
 */
static bool an_fast_tap(struct sk_buff *skb, struct net_device *syn)
{
	netdev_features_t features = netif_skb_features(skb);

	if (netif_needs_gso(skb, features) ||
	    (skb->ip_summed == CHECKSUM_PARTIAL &&
	     !(features & NETIF_F_CSUM_MASK)) ||
	    (skb_vlan_tag_present(skb) &&
	     !vlan_hw_offload_capable(features, skb->vlan_proto)))
		return false;

	dev_queue_xmit_nit(skb, syn);
	return true;
}

/*
 * What an administrator lets one packet be (ip link set gso_max_size): a larger one is
 * cut before it reaches the synthetic device, as gso_features_check() does.
 */
static bool an_fast_too_large(const struct sk_buff *skb,
			      const struct net_device *syn)
{
	return skb_shinfo(skb)->gso_segs > READ_ONCE(syn->gso_max_segs) ||
	       skb->len >= netif_get_gso_max_size(syn, skb);
}

static void an_fast_count(struct an_pair *pair, int rc, unsigned int segs,
			  unsigned int bytes)
{
	struct an_pcpu_stats *stats = this_cpu_ptr(pair->stats.pcpu);

	u64_stats_update_begin(&stats->syncp);
	if (likely(rc == NET_XMIT_SUCCESS || rc == NET_XMIT_CN)) {
		u64_stats_add(&stats->tx_packets, segs);
		u64_stats_add(&stats->tx_bytes, bytes);
	} else {
		u64_stats_add(&stats->tx_dropped, segs);
	}
	u64_stats_update_end(&stats->syncp);

	if (unlikely(!READ_ONCE(pair->fast.fold_due))) {
		WRITE_ONCE(pair->fast.fold_due, true);
		an_queue_work(&pair->fast.fold, AN_FOLD_MS);
	}
}

/* From a guest or a packet socket nobody may have counted them yet. */
static unsigned int an_gso_segs(const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int hdr_len;

	if (likely(!(info->gso_type & SKB_GSO_DODGY)))
		return max_t(unsigned int, info->gso_segs, 1);
	if (!skb_transport_header_was_set(skb))
		return 1;
	hdr_len = an_gso_hdr_len(skb);
	return hdr_len < skb->len ?
	       DIV_ROUND_UP(skb->len - hdr_len, info->gso_size) : 1;
}

/*
 * The hook. A packet that the VF's queue refused is reported to the sender, as it
 * would be on the VF itself; kernels before 6.8 drop that information.
 *
 * A packet socket with PACKET_QDISC_BYPASS calls it with bottom halves on, which
 * __dev_queue_xmit() never does, and takes for lost what does not come back.
 */
static unsigned int an_fast_xmit(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct an_pair *pair = priv;
	struct net_device *vf = rcu_dereference(pair->fast.vf);
	struct net_device *syn = pair->syn;
	unsigned int segs = 1, bytes;
	int rc;

	if (!vf || unlikely(!in_softirq() || !an_carries(vf) ||
			    !an_carries(syn)) ||
	    an_user_wants_it(syn))
		return NF_ACCEPT;
	if (skb_is_gso(skb)) {
		if (unlikely(an_fast_too_large(skb, syn)))
			return NF_ACCEPT;
		segs = an_gso_segs(skb);
	}
	if (dev_nit_active(syn) && !an_fast_tap(skb, syn))
		return NF_ACCEPT;

	bytes = an_tx_bytes(skb, segs);
	skb->dev = vf;
	rc = dev_queue_xmit(skb);
	an_fast_count(pair, rc, segs, bytes);
	if (unlikely(rc != NET_XMIT_SUCCESS && rc != NET_XMIT_CN))
		return NF_STOLEN | ENOBUFS << NF_VERDICT_QBITS;
	return NF_STOLEN;
}

/*
 * Runs for as long as there is something new, and once more after it has said that
 * it will not: by then it sees what was counted by those who did not hear.
 */
static void an_fast_fold(struct work_struct *work)
{
	struct an_fast *fast = container_of(to_delayed_work(work),
					    struct an_fast, fold);
	struct an_pair *pair = container_of(fast, struct an_pair, fast);
	bool due = READ_ONCE(fast->fold_due);
	bool news = an_stats_fold(pair);

	if (!due && !news)
		return;
	WRITE_ONCE(fast->fold_due, news);
	an_queue_work(&fast->fold, AN_FOLD_MS);
}

/**
 * an_fast_init() - prepare the fast path of a pair; no packet takes it yet
 * @pair: a new pair
 */
void an_fast_init(struct an_pair *pair)
{
	struct an_fast *fast = &pair->fast;

	INIT_DELAYED_WORK(&fast->fold, an_fast_fold);
	fast->hook.hook = an_fast_xmit;
	fast->hook.dev = pair->syn;
	fast->hook.priv = pair;
	fast->hook.pf = NFPROTO_NETDEV;
	fast->hook.hooknum = NF_NETDEV_EGRESS;
	/* behind all others */
	fast->hook.priority = INT_MAX;
}

/**
 * an_fast_exit() - nothing of the fast path runs any more
 * @pair: the pair, a grace period after an_fast_stop()
 *
 * Context: may sleep.
 */
void an_fast_exit(struct an_pair *pair)
{
	cancel_delayed_work_sync(&pair->fast.fold);
}

/**
 * an_fast_start() - put the hook in place
 * @pair: a pair with a VF; nothing happens when the hook is there
 *
 * It stays when the VF leaves: taking it away drops all packets that wait for a
 * verdict from user space (nfqueue) in this namespace. But a system where no VF
 * ever comes does not get one.
 *
 * Context: RTNL, may sleep.
 */
void an_fast_start(struct an_pair *pair)
{
	struct an_fast *fast = &pair->fast;
	int err;

	ASSERT_RTNL();
	if (!an_fast_wanted || fast->hooked)
		return;

	err = nf_register_net_hook(dev_net(pair->syn), &fast->hook);
	if (err) {
		net_warn_ratelimited("%s: no fast path: %pe\n",
				     pair->syn->name, ERR_PTR(err));
		return;
	}
	fast->hooked = true;
	an_fast_update(pair);
}

/**
 * an_fast_stop() - take the hook away for good
 * @pair: the pair, without a VF; wait for a grace period before it is freed
 *
 * Context: RTNL, may sleep.
 */
void an_fast_stop(struct an_pair *pair)
{
	ASSERT_RTNL();
	if (pair->fast.hooked)
		nf_unregister_net_hook(dev_net(pair->syn), &pair->fast.hook);
}

/*
 * Room for a header that only the synthetic path needs would move small packets to
 * the next larger slab. Whoever changed it in the meantime has the last word.
 */
static void an_fast_headroom(struct an_pair *pair, const struct net_device *vf)
{
	struct net_device *syn = pair->syn;
	struct an_fast *fast = &pair->fast;

	if (fast->lowered && syn->needed_headroom == fast->headroom_low)
		WRITE_ONCE(syn->needed_headroom, fast->headroom);
	fast->lowered = vf && pair->type->makes_headroom &&
			vf->needed_headroom < syn->needed_headroom;
	if (!fast->lowered)
		return;

	fast->headroom = syn->needed_headroom;
	fast->headroom_low = vf->needed_headroom;
	WRITE_ONCE(syn->needed_headroom, fast->headroom_low);
}

/*
 * The kind that the kernel attached by itself, as net.core.default_qdisc was when the
 * device was first opened. TCP leaves pacing to "fq" and the like: what the synthetic
 * device has, the VF must have. "pfifo_fast" promises nothing.
 */
static bool an_fast_same_queueing(const struct net_device *syn,
				  const struct net_device *vf)
{
	const struct Qdisc *leaf, *vf_leaf;

	leaf = rtnl_dereference(netdev_get_tx_queue(syn, 0)->qdisc_sleeping);
	vf_leaf = rtnl_dereference(netdev_get_tx_queue(vf, 0)->qdisc_sleeping);
	return leaf->ops == vf_leaf->ops ||
	       !strcmp(leaf->ops->id, "pfifo_fast");
}

/*
 * What was turned off on the synthetic device is to be done in software there. With
 * claim self the VF has followed, but for what it cannot turn off.
 */
static bool an_fast_fit(const struct an_pair *pair)
{
	const struct net_device *syn = pair->syn, *vf = pair->vf;
	netdev_features_t off = syn->hw_features & ~syn->features;

	if (!vf || pair->state != AN_ACTIVE || !pair->fast.hooked ||
	    pair->asleep || !an_fast_same_queueing(syn, vf))
		return false;
	/* Nobody would see the packets counted. */
	if (pair->claim == AN_CLAIM_DRIVER && !pair->type->adds_dev_stats)
		return false;
	/* One does by protocol what the other does for all. */
	if (off & NETIF_F_CSUM_MASK)
		off |= NETIF_F_CSUM_MASK;
	return !(off & vf->features & AN_TX_OFFLOADS);
}

/**
 * an_fast_update() - let packets take the fast path, or no longer
 * @pair: a pair of which something has changed
 *
 * Context: RTNL; may run in any notifier.
 */
void an_fast_update(struct an_pair *pair)
{
	struct net_device *vf = an_fast_fit(pair) ? pair->vf : NULL;
	struct an_fast *fast = &pair->fast;

	ASSERT_RTNL();
	if (rtnl_dereference(fast->vf) == vf)
		return;

	an_fast_headroom(pair, vf);
	/* With claim self the counters' readers fold. */
	if (vf)
		WRITE_ONCE(fast->fold_due, pair->claim == AN_CLAIM_SELF);
	rcu_assign_pointer(fast->vf, vf);
}
