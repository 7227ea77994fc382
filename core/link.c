// SPDX-License-Identifier: GPL-2.0
/*
 * Keeping the VF's settings in step with the synthetic device's (claim self)
 *
 * The synthetic device is authoritative. Changes are made on the VF first and
 * on the synthetic device second, and rolled back when the second refuses: the
 * same order as hv_netvsc.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "../an_failover.h"
#include "profile.h"

/**
 * an_features_ours() - features of a VF that follow the synthetic device's
 * @pair: a pair with claim self
 *
 * Those that can be changed on both devices; LRO, which the core takes from the device
 * below when the one above does not want it; and the VLAN filter of a VF that refused
 * an entry: better to receive all VLANs than to lose one. What only one of the two can
 * change stays as it is: the core takes a VF's word for it that it can do all that it
 * is wanted to, and does not take back what it cannot.
 *
 * Context: RTNL.
 * Return: a mask of NETIF_F_* flags.
 */
netdev_features_t an_features_ours(const struct an_pair *pair)
{
	netdev_features_t both = pair->syn->hw_features | NETIF_F_UPPER_DISABLES;

	return (both & pair->vf->hw_features) |
	       (pair->vlan_all ? AN_VLAN_FILTERS : 0);
}

static netdev_features_t an_features_for(const struct an_pair *pair)
{
	netdev_features_t ours = an_features_ours(pair);
	netdev_features_t wanted = (pair->vf->wanted_features & ~ours) |
				   (pair->syn->features & ours);

	return pair->vlan_all ? wanted & ~AN_VLAN_FILTERS : wanted;
}

/**
 * an_link_features() - let the VF follow the features set on the synthetic NIC
 * @pair: a pair with claim self
 *
 * Context: RTNL, not from a notifier of the VF.
 */
void an_link_features(struct an_pair *pair)
{
	netdev_features_t wanted = an_features_for(pair);
	struct net_device *vf = pair->vf;

	if (vf->wanted_features == wanted)
		return;

	netdev_lock_ops(vf);
	vf->wanted_features = wanted;
	netdev_update_features(vf);
	netdev_unlock_ops(vf);
}

/**
 * an_link_mtu() - the VF has the synthetic device's MTU, whoever set another
 * @pair: a pair with a VF
 *
 * Context: RTNL, not from a notifier of the VF. May sleep.
 */
void an_link_mtu(struct an_pair *pair)
{
	struct net_device *vf = pair->vf, *syn = pair->syn;
	bool unfit = pair->claim == AN_CLAIM_SELF && vf->mtu < syn->mtu;
	int err;

	if (vf->mtu == syn->mtu)
		return;

	err = dev_set_mtu(vf, syn->mtu);
	if (err)
		net_warn_ratelimited("%s: VF %s refuses MTU %u (%d)%s\n",
				     syn->name, vf->name, syn->mtu, err,
				     unfit ? ": traffic stays on the synthetic path" : "");
}

static int an_vf_set_addr(struct net_device *vf, const u8 *addr)
{
	struct sockaddr_storage ss = { .ss_family = vf->type };

	if (ether_addr_equal(vf->dev_addr, addr))
		return 0;
	memcpy(((struct sockaddr *)&ss)->sa_data, addr, ETH_ALEN);
	return an_set_mac_address(vf, &ss, NULL);
}

/**
 * an_link_addr() - the VF has the synthetic device's address
 * @pair: a pair with a VF
 *
 * Context: RTNL, not from a notifier of the VF. May sleep.
 */
void an_link_addr(struct an_pair *pair)
{
	struct net_device *vf = pair->vf, *syn = pair->syn;
	int err = an_vf_set_addr(vf, syn->dev_addr);

	if (err)
		net_warn_ratelimited("%s: VF %s refuses address %pM (%d)\n",
				     syn->name, vf->name, syn->dev_addr, err);
}

static void an_link_rx_flags(struct an_pair *pair)
{
	const struct net_device *syn = pair->syn;
	bool promisc = syn->flags & IFF_PROMISC;
	bool allmulti = syn->flags & IFF_ALLMULTI;

	if (promisc != pair->promisc &&
	    !dev_set_promiscuity(pair->vf, promisc ? 1 : -1))
		pair->promisc = promisc;
	if (allmulti != pair->allmulti &&
	    !dev_set_allmulti(pair->vf, allmulti ? 1 : -1))
		pair->allmulti = allmulti;
}

/**
 * an_link_drifted() - does a VF differ from its synthetic device?
 * @pair: a pair with a VF
 *
 * With claim driver the features are the driver's business.
 *
 * Context: RTNL.
 * Return: true when MTU, address or features are not as they should be.
 */
bool an_link_drifted(const struct an_pair *pair)
{
	const struct net_device *vf = pair->vf, *syn = pair->syn;

	return vf->mtu != syn->mtu ||
	       !ether_addr_equal(vf->dev_addr, syn->dev_addr) ||
	       (pair->claim == AN_CLAIM_SELF &&
		vf->wanted_features != an_features_for(pair));
}

/**
 * an_link_sync() - bring a VF's settings in step with the synthetic device
 * @pair: a pair with claim self
 *
 * Context: RTNL, not from a notifier of the VF. May sleep.
 */
void an_link_sync(struct an_pair *pair)
{
	struct net_device *vf = pair->vf, *syn = pair->syn;

	an_link_mtu(pair);
	an_link_addr(pair);
	an_link_features(pair);
	an_link_rx_flags(pair);

	netif_addr_lock_bh(syn);
	dev_uc_sync(vf, syn);
	dev_mc_sync(vf, syn);
	netif_addr_unlock_bh(syn);
}

/**
 * an_link_lists_unsync() - take back the addresses that the VF was given
 * @pair: a pair with a VF, whoever gave it any; the master link is still in place
 *	(the nesting of the address locks needs it)
 *
 * Context: RTNL. Not under the VF's instance lock.
 */
void an_link_lists_unsync(struct an_pair *pair)
{
	dev_uc_unsync(pair->vf, pair->syn);
	dev_mc_unsync(pair->vf, pair->syn);
}

/**
 * an_link_unsync() - take back the addresses and modes given to a VF
 * @pair: a pair with claim self, overlay off, master link still in place
 *
 * Context: RTNL. Not under the VF's instance lock.
 */
void an_link_unsync(struct an_pair *pair)
{
	struct net_device *vf = pair->vf;

	an_link_lists_unsync(pair);

	if (pair->promisc)
		dev_set_promiscuity(vf, -1);
	if (pair->allmulti)
		dev_set_allmulti(vf, -1);
	pair->promisc = false;
	pair->allmulti = false;
}

/**
 * an_link_open() - open the VF when its synthetic device is up
 * @pair: a pair with claim self whose rename window is over
 *
 * A function that is being reset or is out of resources says no, and nobody
 * tells when it would say yes: it is asked again from time to time.
 *
 * Context: RTNL, not from a notifier of the VF. May sleep.
 */
void an_link_open(struct an_pair *pair)
{
	struct net_device *vf = pair->vf;
	int err;

	if (!pair->window_over || pair->xdp_shut || pair->asleep ||
	    !netif_running(pair->syn) || netif_running(vf)) {
		pair->open_due = false;
		return;
	}

	err = dev_open(vf, NULL);
	if (err && !pair->open_due)
		netdev_warn(pair->syn, "cannot open VF %s yet: %pe\n", vf->name,
			    ERR_PTR(err));
	pair->open_due = err;
	if (err)
		an_schedule_setup(pair, AN_AGAIN_MS);
}

static void an_limits_lower(struct an_pair *pair)
{
	struct net_device *syn = pair->syn, *vf = pair->vf;
	struct an_found *found = &pair->found;

	if (vf->tso_max_size >= syn->tso_max_size &&
	    vf->tso_max_segs >= syn->tso_max_segs)
		return;

	found->tso_max_size = syn->tso_max_size;
	found->tso_max_segs = syn->tso_max_segs;
	found->gso_max_size = syn->gso_max_size;
	found->gso_max_segs = syn->gso_max_segs;
	found->gso_ipv4_max_size = *an_gso_ipv4_max_size(syn);
	netif_set_tso_max_size(syn, min(syn->tso_max_size, vf->tso_max_size));
	netif_set_tso_max_segs(syn, min(syn->tso_max_segs, vf->tso_max_segs));
	found->low_size = syn->tso_max_size;
	found->low_segs = syn->tso_max_segs;
}

/**
 * an_link_limits() - TSO sizes that both paths can take
 * @pair: a pair with claim self
 * @vf_active: traffic is about to use the VF; false: it does no longer
 *
 * Only ever lowered: a packet can be built for one path and leave by the other.
 * Restoring leaves alone what an administrator lowered in the meantime. hv_netvsc sets
 * its tso_max_size again when it opens its channels anew (rndis_netdev_set_hwcaps()),
 * so that is nothing to tell by.
 *
 * Context: RTNL.
 */
void an_link_limits(struct an_pair *pair, bool vf_active)
{
	struct net_device *syn = pair->syn;
	struct an_found *found = &pair->found;
	bool size_ours, ipv4_ours, segs_ours;

	if (vf_active) {
		an_limits_lower(pair);
		return;
	}
	if (!found->tso_max_size)
		return;

	size_ours = syn->gso_max_size == found->low_size;
	ipv4_ours = *an_gso_ipv4_max_size(syn) == found->low_size;
	segs_ours = syn->gso_max_segs == found->low_segs;
	netif_set_tso_max_size(syn, found->tso_max_size);
	netif_set_tso_max_segs(syn, found->tso_max_segs);
	if (size_ours)
		WRITE_ONCE(syn->gso_max_size, found->gso_max_size);
	if (ipv4_ours)
		WRITE_ONCE(*an_gso_ipv4_max_size(syn),
			   found->gso_ipv4_max_size);
	if (segs_ours)
		WRITE_ONCE(syn->gso_max_segs, found->gso_max_segs);
	found->tso_max_size = 0;
}

/**
 * an_change_mtu() - overlay of ndo_change_mtu
 * @syn: the synthetic device
 * @mtu: the new MTU, already within the synthetic device's range
 *
 * Context: RTNL.
 * Return: 0, or the error of the device that refused; both devices then have
 * the MTU they had.
 */
int an_change_mtu(struct net_device *syn, int mtu)
{
	struct an_pair *pair = an_pair_by_syn(syn);
	struct net_device *vf = pair->vf;
	int old = vf->mtu;
	int err;

	err = dev_set_mtu(vf, mtu);
	if (err) {
		netdev_err(syn, "VF %s refuses MTU %d: %pe\n", vf->name, mtu,
			   ERR_PTR(err));
		return err;
	}

	if (pair->syn_ops->ndo_change_mtu)
		err = pair->syn_ops->ndo_change_mtu(syn, mtu);
	else
		WRITE_ONCE(syn->mtu, mtu);

	if (err) {
		netdev_err(syn, "MTU %d refused: %pe\n", mtu, ERR_PTR(err));
		dev_set_mtu(vf, old);
	}
	return err;
}

/**
 * an_set_mac() - overlay of ndo_set_mac_address
 * @syn: the synthetic device
 * @addr: struct sockaddr (struct sockaddr_storage since 6.16) with the address
 *
 * Context: RTNL.
 * Return: 0, or the error of the device that refused; both devices then have
 * the address they had.
 */
int an_set_mac(struct net_device *syn, void *addr)
{
	struct an_pair *pair = an_pair_by_syn(syn);
	const struct sockaddr *sa = addr;
	struct net_device *vf = pair->vf;
	u8 old[ETH_ALEN];
	int err;

	if (!pair->syn_ops->ndo_set_mac_address)
		return -EOPNOTSUPP;
	/* A VF that carries is not to be changed for nothing. */
	err = pair->type->prepares_mac ?
	      eth_prepare_mac_addr_change(syn, addr) : 0;
	if (err)
		return err;

	ether_addr_copy(old, vf->dev_addr);
	err = an_vf_set_addr(vf, sa->sa_data);
	if (err) {
		netdev_err(syn, "VF %s refuses address %pM: %pe\n", vf->name,
			   sa->sa_data, ERR_PTR(err));
		return err;
	}

	err = pair->syn_ops->ndo_set_mac_address(syn, addr);
	if (err && an_vf_set_addr(vf, old))
		netdev_err(syn, "VF %s refuses to go back to address %pM\n",
			   vf->name, old);
	return err;
}

/**
 * an_change_rx_flags() - overlay of ndo_change_rx_flags
 * @syn: the synthetic device
 * @change: IFF_PROMISC and IFF_ALLMULTI where they changed
 *
 * Context: RTNL.
 */
void an_change_rx_flags(struct net_device *syn, int change)
{
	struct an_pair *pair = an_pair_by_syn(syn);

	/*
	 * For a device that cannot filter unicast addresses the core switches to
	 * promiscuous with the address list locked, and the VF may have an instance lock.
	 */
	if (in_softirq())
		an_schedule_setup(pair, 0);
	else
		an_link_rx_flags(pair);
	if (pair->syn_ops->ndo_change_rx_flags)
		pair->syn_ops->ndo_change_rx_flags(syn, change);
}

/**
 * an_set_rx_mode() - overlay of ndo_set_rx_mode
 * @syn: the synthetic device
 *
 * Context: @syn's address list lock, bottom halves off. The VF stays as long as
 * the overlay can be running.
 */
void an_set_rx_mode(struct net_device *syn)
{
	struct an_pair *pair = an_pair_of_rcu(syn);

	dev_uc_sync(pair->vf, syn);
	dev_mc_sync(pair->vf, syn);
	if (pair->syn_ops->ndo_set_rx_mode)
		pair->syn_ops->ndo_set_rx_mode(syn);
}
