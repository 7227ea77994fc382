/* SPDX-License-Identifier: GPL-2.0 */
/*
 * an_failover: a synthetic NIC and its SR-IOV VF as one interface
 *
 * Locks, and what each protects:
 *
 *   RTNL            the list of pairs, membership (which VF), state, claim, and
 *                   every operation on the two devices. Held by all notifiers.
 *   RCU             struct an_pair as found by an_pair_of_rcu(), tx_vf, and
 *                   fast.vf: the data path takes nothing else.
 *   stats.lock      folding of the per-CPU counters into the synthetic
 *                   device's own counters. Never taken in the data path.
 *   instance lock   (since 6.15, "ops locked" VFs such as mlx5's) is held by the
 *                   core in notifiers of the VF: always in REGISTER, UP and
 *                   CHANGE, else where the caller took it. Nothing that takes
 *                   it is called from those; see core/notify.c. Taken for
 *                   features and link settings of the VF.
 */
#ifndef _AN_FAILOVER_H
#define _AN_FAILOVER_H

#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>
#include <net/netdev_lock.h>

#define AN_VERSION "0.1.0"

struct an_vf_profile;
struct an_syn_type;

/**
 * enum an_claim - who enslaved the VF of a pair
 * @AN_CLAIM_NONE: there is no VF
 * @AN_CLAIM_DRIVER: the synthetic device's own driver, as stock hv_netvsc does
 * @AN_CLAIM_SELF: this module
 */
enum an_claim {
	AN_CLAIM_NONE,
	AN_CLAIM_DRIVER,
	AN_CLAIM_SELF,
};

/**
 * enum an_state - where a pair's data traffic is and why
 * @AN_SYNTHETIC: no VF; left by AN_EV_ARRIVED
 * @AN_JOINED: a VF is enslaved but does not carry: rename window, a device is
 *	down, no carrier; left when it becomes fit, is held, or leaves
 * @AN_ACTIVE: data traffic uses the VF
 * @AN_DRAINING: nothing is given to the VF any more, what it has still goes out
 * @AN_HELD: enslaved and deliberately kept off
 */
enum an_state {
	AN_SYNTHETIC,
	AN_JOINED,
	AN_ACTIVE,
	AN_DRAINING,
	AN_HELD,
	AN_STATE_COUNT,
};

/**
 * enum an_event - what can happen to a pair, as the state machine sees it
 * @AN_EV_ARRIVED: a VF was enslaved or adopted
 * @AN_EV_FIT: VF and synthetic device are up, the VF has carrier, the rename
 *	window is over
 * @AN_EV_UNFIT: one of these is no longer so
 * @AN_EV_DRAIN: the VF is about to be closed
 * @AN_EV_DRAINED: nothing is left in the VF's queues, or that takes too long
 * @AN_EV_HOLD: keep traffic off the VF although it looks fit
 * @AN_EV_UNHOLD: the hold is over
 * @AN_EV_LEFT: the VF is no longer enslaved
 */
enum an_event {
	AN_EV_ARRIVED,
	AN_EV_FIT,
	AN_EV_UNFIT,
	AN_EV_DRAIN,
	AN_EV_DRAINED,
	AN_EV_HOLD,
	AN_EV_UNHOLD,
	AN_EV_LEFT,
	AN_EVENT_COUNT,
};

/**
 * enum an_reason - why a state changed; part of trace events and counters
 * @AN_WHY_ARRIVED: a VF registered and matches
 * @AN_WHY_LINK_UP: the VF came up or its carrier returned
 * @AN_WHY_CARRIER: the VF lost its carrier
 * @AN_WHY_VF_DOWN: the VF was set down while it stays
 * @AN_WHY_REVOKED: the VF is being unregistered
 * @AN_WHY_MOVED: the VF is being moved to another namespace
 * @AN_WHY_SYN_UP: the synthetic device came up
 * @AN_WHY_SYN_DOWN: the synthetic device was set down
 * @AN_WHY_SYN_GONE: the synthetic device leaves (or changes its namespace)
 * @AN_WHY_DRIVER: the synthetic device's driver let the VF go
 * @AN_WHY_UNLOAD: this module is being unloaded
 */
enum an_reason {
	AN_WHY_ARRIVED,
	AN_WHY_LINK_UP,
	AN_WHY_CARRIER,
	AN_WHY_VF_DOWN,
	AN_WHY_REVOKED,
	AN_WHY_MOVED,
	AN_WHY_SYN_UP,
	AN_WHY_SYN_DOWN,
	AN_WHY_SYN_GONE,
	AN_WHY_DRIVER,
	AN_WHY_UNLOAD,
	AN_REASON_COUNT,
};

/* Actions of a transition, done in this order by core/action.c */
#define AN_DO_UNSTEER	BIT(0)	/* data traffic off the VF */
#define AN_DO_STEER	BIT(1)	/* data traffic to the VF */
#define AN_DO_COUNT	BIT(2)	/* a switch of the data path: count it */
#define AN_DO_PEERS	BIT(3)	/* tell neighbours (gratuitous ARP, NA) */

/* VLANs of a device, with customers' tags (0x8100) and with service tags (0x88a8) */
#define AN_VIDS		(2 * VLAN_N_VID)

/* Features of a VF that filters VLANs */
#define AN_VLAN_FILTERS	(NETIF_F_HW_VLAN_CTAG_FILTER | \
			 NETIF_F_HW_VLAN_STAG_FILTER)

/**
 * struct an_transition - what the state machine decided
 * @next: the state to enter
 * @actions: AN_DO_* to carry out
 */
struct an_transition {
	enum an_state next;
	unsigned int actions;
};

/* What a VF refuses for a while it is asked for again. */
#define AN_AGAIN_MS	1000

/**
 * struct an_pcpu_stats - traffic of a VF that this module counts, per CPU
 * @rx_packets: received (claim self)
 * @rx_bytes: received (claim self)
 * @tx_packets: sent by the fast path, or by the overlay (claim self), redirected
 *	frames included
 * @tx_bytes: likewise
 * @tx_dropped: refused by the VF's queue
 * @tx_slow: those of @tx_packets that the overlay sent
 * @syncp: for readers on 32-bit machines
 *
 * Frames and bytes as on the wire: a GSO or GRO packet counts its segments,
 * bytes include Ethernet headers and VLAN tags.
 */
struct an_pcpu_stats {
	u64_stats_t rx_packets;
	u64_stats_t rx_bytes;
	u64_stats_t tx_packets;
	u64_stats_t tx_bytes;
	u64_stats_t tx_dropped;
	u64_stats_t tx_slow;
	struct u64_stats_sync syncp;
};

/**
 * struct an_totals - sums of struct an_pcpu_stats over all CPUs
 */
struct an_totals {
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
	u64 tx_dropped;
	u64 tx_slow;
};

/**
 * struct an_stats - a pair's counters
 * @pcpu: data path counters
 * @lock: serialises folding
 * @folded: what is already contained in the synthetic device's dev->stats
 * @switches: changes of the data path, in all
 * @switch_why: the same per reason
 * @refused: candidates turned away
 */
struct an_stats {
	struct an_pcpu_stats __percpu *pcpu;
	spinlock_t lock;	/* folded, and adding it to dev->stats */
	struct an_totals folded;
	u64 switches;
	u64 switch_why[AN_REASON_COUNT];
	u64 refused;
};

/**
 * struct an_fast - the transmit fast path of a pair, see core/fast.c
 * @vf: where the hook sends; NULL: it steps aside
 * @fold_due: @fold will run, or the counters are folded by whoever reads them
 * @fold: shows what was counted to those who read the driver's counters
 * @hook: the netfilter egress hook on the synthetic device
 * @hooked: @hook is registered (RTNL)
 * @headroom: synthetic device's needed_headroom without a fast path (RTNL)
 * @headroom_low: the one that we gave it instead (RTNL)
 * @lowered: it has @headroom_low by our doing (RTNL)
 */
struct an_fast {
	struct net_device __rcu *vf;
	bool fold_due;
	struct delayed_work fold;
	struct nf_hook_ops hook;
	bool hooked;
	bool lowered;
	unsigned short headroom;
	unsigned short headroom_low;
};

/**
 * struct an_found - what was found on the two devices, to be put back
 * @vf: the VF the values below belong to (only compared, never dereferenced)
 * @vf_flags: VF's dev->flags before we set IFF_SLAVE
 * @vf_priv_flags: VF's dev->priv_flags before we set IFF_NO_ADDRCONF
 * @vf_mtu: VF's MTU
 * @vf_addr: VF's MAC address
 * @vf_wanted: VF's wanted_features
 * @vf_up: VF was up
 * @kept: @vf has left for another namespace with our settings, and may come back
 * @headroom: synthetic device's needed_headroom
 * @tso_max_size: synthetic device's limit; 0: we did not touch the limits
 * @tso_max_segs: likewise
 * @gso_max_size: likewise
 * @gso_ipv4_max_size: likewise
 * @gso_max_segs: likewise
 * @low_size: what @tso_max_size was lowered to
 * @low_segs: what @tso_max_segs was lowered to
 */
struct an_found {
	const struct net_device *vf;
	unsigned int vf_flags;
	unsigned long vf_priv_flags;
	unsigned int vf_mtu;
	u8 vf_addr[MAX_ADDR_LEN];
	netdev_features_t vf_wanted;
	bool vf_up;
	bool kept;
	unsigned short headroom;
	unsigned int tso_max_size;
	u16 tso_max_segs;
	unsigned int gso_max_size;
	unsigned int gso_ipv4_max_size;
	u16 gso_max_segs;
	unsigned int low_size;
	u16 low_segs;
};

/**
 * struct an_pair - a synthetic device and, while there is one, its VF
 * @tx_vf: where the transmit overlay sends; NULL: the synthetic path
 * @syn: the synthetic device, held from creation to destruction
 * @syn_ops: its own net_device_ops
 * @hnode: entry of the RCU hash by @syn, for the data path
 * @stats: counters
 * @fast: the fast path, for either claim
 * @node: entry of the list of pairs
 * @vf: the enslaved VF, held; NULL while there is none
 * @type: what is special about the synthetic device's driver
 * @profile: what is special about @vf's family
 * @state: see enum an_state
 * @claim: see enum an_claim
 * @window_end: when the rename window of @vf ends, in jiffies
 * @window_over: the rename window of @vf has passed
 * @unseen: @vf is up, but the driver of the synthetic device was not told, or not of
 *	its link's last change
 * @shown: the driver was told that @vf is up, and the host sends to it
 * @repairing: @setup is at work, what happens to @vf is our own doing
 * @peers_due: neighbours still have to be told about a switch
 * @asleep: the system hibernates: @vf stays closed (claim self), no fast path
 * @dead: being destroyed, @setup must not touch anything
 * @promisc: we hold a promiscuity count on @vf
 * @allmulti: we hold an allmulti count on @vf
 * @open_due: @vf could not be opened, to be tried again
 * @xdp_shut: @vf stays closed, it cannot run @xdp_prog
 * @event_depth: VF events being delivered while the overlay is off
 * @vlans: @vf has the filters of the VLANs on @syn
 * @vlan_all: @vf refused one of these, or nobody knows which, and gets all VLANs
 * @vids: those that @vf has from us, see core/vlan.c
 * @overlay_wanted: the overlay belongs on @syn outside of such events
 * @ops: the overlay of @syn_ops
 * @watch_ops: @syn_ops with our ndo_bpf and counters, while there is no VF
 * @xdp_prog: the native XDP program of @syn as far as we know, referenced
 * @xdp_vf_prog: the program that we gave to @vf, which holds the reference
 * @syn_ethtool: the synthetic device's own ethtool_ops
 * @ethtool: the overlay of @syn_ethtool
 * @found: what was found, to be restored
 * @setup: the work item: everything that must not run in a notifier
 * @syn_tracker: tracks the reference on @syn
 * @vf_tracker: tracks the reference on @vf
 *
 * All members below @fast are protected by RTNL; @dead is read without.
 */
struct an_pair {
	/* data path */
	struct net_device __rcu *tx_vf;
	struct net_device *syn;
	const struct net_device_ops *syn_ops;
	struct hlist_node hnode;
	struct an_stats stats;
	struct an_fast fast;

	/* control path */
	struct list_head node;
	struct net_device *vf;
	const struct an_syn_type *type;
	const struct an_vf_profile *profile;
	enum an_state state;
	enum an_claim claim;
	unsigned long window_end;
	bool window_over;
	bool unseen;
	bool shown;
	bool repairing;
	bool peers_due;
	bool asleep;
	bool dead;
	bool promisc;
	bool allmulti;
	bool vlans;
	bool vlan_all;
	DECLARE_BITMAP(vids, AN_VIDS);
	bool overlay_wanted;
	bool open_due;
	bool xdp_shut;
	unsigned int event_depth;
	struct net_device_ops ops;
	struct net_device_ops watch_ops;
	struct bpf_prog *xdp_prog;
	struct bpf_prog *xdp_vf_prog;
	const struct ethtool_ops *syn_ethtool;
	struct ethtool_ops ethtool;
	struct an_found found;
	struct delayed_work setup;
	netdevice_tracker syn_tracker;
	netdevice_tracker vf_tracker;
};

/* Internals that the unit tests look at (make kunit). */
#ifdef AN_KUNIT
#define an_static
bool an_driver_name_valid(const char *name);
int an_parse_claim(const char *word, bool *self_first);
int an_power_event(struct notifier_block *nb, unsigned long event, void *ptr);
#else
#define an_static static
#endif

/* an_failover.c: parameters */
extern bool an_claim_self_first;
extern unsigned int an_window_ms;
extern bool an_fast_wanted;
bool an_synthetic_listed(const char *driver);

/* core/pair.c */
struct an_pair *an_pair_of_rcu(const struct net_device *syn);
struct an_pair *an_pair_by_syn(const struct net_device *syn);
struct an_pair *an_pair_by_vf(const struct net_device *vf);
struct an_pair *an_pair_for_candidate(struct net_device *dev);
struct net_device *an_pair_find_vf(struct an_pair *pair);
void an_pair_forget_vf(const struct net_device *dev);
int an_pair_create(struct net_device *syn);
void an_pair_destroy(struct an_pair *pair, enum an_reason why);
void an_pair_for_each(void (*tell)(struct an_pair *pair));
void an_pair_destroy_all(void);

/* core/match.c */
bool an_is_synthetic(const struct net_device *dev);
bool an_is_vf_candidate(struct net_device *dev);
bool an_same_identity(const struct net_device *syn,
		      const struct net_device *vf);

/* core/notify.c */
int an_notify_init(void);
void an_notify_exit(void);

/* core/power.c */
int an_power_init(void);
void an_power_exit(void);

/* core/state.c */
struct an_transition an_decide(enum an_state state, enum an_event event);
const char *an_state_name(enum an_state state);
const char *an_reason_name(enum an_reason why);
const char *an_claim_name(enum an_claim claim);

/* core/action.c */
void an_pair_event(struct an_pair *pair, enum an_event event,
		   enum an_reason why);
void an_pair_evaluate(struct an_pair *pair, enum an_reason why);
void an_pair_leave(struct an_pair *pair, enum an_reason why);
bool an_vf_in_step(const struct an_pair *pair);
bool an_vf_linked(const struct net_device *vf);
bool an_vf_showable(const struct an_pair *pair);

/* core/claim.c */
int an_work_init(void);
void an_work_exit(void);
void an_prepare_vf(struct an_pair *pair, struct net_device *vf);
void an_adopt_vf(struct an_pair *pair, struct net_device *vf);
bool an_driver_has_other(const struct an_pair *pair,
			 const struct net_device *vf);
void an_take_vf(struct an_pair *pair, struct net_device *vf);
void an_release_vf(struct an_pair *pair, enum an_reason why);
void an_schedule_setup(struct an_pair *pair, unsigned int delay_ms);
void an_queue_work(struct delayed_work *work, unsigned int delay_ms);
void an_setup_work(struct work_struct *work);
void an_tell_peers(struct an_pair *pair);

/* core/overlay.c */
void an_overlay_install(struct an_pair *pair);
void an_overlay_remove(struct an_pair *pair);
void an_overlay_watch(struct an_pair *pair);
void an_overlay_unwatch(struct an_pair *pair);
void an_overlay_event_begin(struct an_pair *pair);
void an_overlay_event_end(struct an_pair *pair);
void an_overlay_repair(struct an_pair *pair);

/* core/link.c */
void an_link_mtu(struct an_pair *pair);
void an_link_addr(struct an_pair *pair);
bool an_link_drifted(const struct an_pair *pair);
void an_link_sync(struct an_pair *pair);
void an_link_lists_unsync(struct an_pair *pair);
void an_link_unsync(struct an_pair *pair);
void an_link_limits(struct an_pair *pair, bool vf_active);
netdev_features_t an_features_ours(const struct an_pair *pair);
void an_link_features(struct an_pair *pair);
void an_link_open(struct an_pair *pair);
int an_change_mtu(struct net_device *syn, int mtu);
int an_set_mac(struct net_device *syn, void *addr);
void an_change_rx_flags(struct net_device *syn, int change);
void an_set_rx_mode(struct net_device *syn);

/* core/vlan.c */
void an_vlan_upper(struct an_pair *pair, const struct net_device *upper);
void an_vlan_sync(struct an_pair *pair);
void an_vlan_unsync(struct an_pair *pair);
void an_vlan_event(struct net_device *dev, unsigned long event);

/* core/xmit.c */
netdev_tx_t an_start_xmit(struct sk_buff *skb, struct net_device *syn);
u16 an_select_queue(struct net_device *syn, struct sk_buff *skb,
		    struct net_device *sb_dev);

/**
 * an_carries() - is a device there, up, and does it have carrier?
 * @dev: either device of a pair
 *
 * All of this changes before the notifier that tells us, so the data path looks
 * for itself, once.
 *
 * Context: any.
 * Return: true when it can send.
 */
static inline bool an_carries(const struct net_device *dev)
{
	const unsigned long set = BIT(__LINK_STATE_START) |
				  BIT(__LINK_STATE_PRESENT);
	const unsigned long clear = BIT(__LINK_STATE_NOCARRIER);

	return (READ_ONCE(dev->state) & (set | clear)) == set;
}

/* core/fast.c, for kernels that have what it needs */
#ifdef CONFIG_NETFILTER_EGRESS
void an_fast_init(struct an_pair *pair);
void an_fast_exit(struct an_pair *pair);
void an_fast_start(struct an_pair *pair);
void an_fast_stop(struct an_pair *pair);
void an_fast_update(struct an_pair *pair);
#else
static inline void an_fast_init(struct an_pair *pair) {}
static inline void an_fast_exit(struct an_pair *pair) {}
static inline void an_fast_start(struct an_pair *pair) {}
static inline void an_fast_stop(struct an_pair *pair) {}
static inline void an_fast_update(struct an_pair *pair) {}
#endif

/* core/xdp.c */
void an_xdp_learn(struct an_pair *pair);
void an_xdp_forget(struct an_pair *pair);
bool an_xdp_fit(const struct an_pair *pair);
void an_xdp_sync(struct an_pair *pair);
void an_xdp_release(struct an_pair *pair);
int an_bpf(struct net_device *syn, struct netdev_bpf *bpf);
int an_xdp_xmit(struct net_device *syn, int n, struct xdp_frame **frames,
		u32 flags);

/* core/recv.c */
rx_handler_result_t an_handle_frame(struct sk_buff **pskb);

/* core/stats.c */
int an_stats_init(struct an_stats *stats);
void an_stats_free(struct an_stats *stats);
bool an_stats_fold(struct an_pair *pair);
void an_stats_totals(const struct an_stats *stats, struct an_totals *sum);
void an_get_stats64(struct net_device *syn, struct rtnl_link_stats64 *t);

/**
 * an_gso_hdr_len() - bytes that each segment of a GSO packet repeats
 * @skb: a GSO packet, skb->data at the MAC (transmit) or network header
 *
 * Context: any.
 * Return: length from skb->data to the end of the transport header.
 */
unsigned int an_gso_hdr_len(const struct sk_buff *skb);

/**
 * an_tx_bytes() - what a packet on its way to the VF will be on the wire
 * @skb: the packet, skb->data at its MAC header
 * @segs: the number of frames that it will become
 *
 * Context: any.
 * Return: bytes of all these frames.
 */
static inline unsigned int an_tx_bytes(const struct sk_buff *skb,
				       unsigned int segs)
{
	unsigned int vlan = skb_vlan_tag_present(skb) ? VLAN_HLEN : 0;
	unsigned int bytes = skb->len + vlan;

	if (segs > 1)
		bytes += (segs - 1) * (vlan + an_gso_hdr_len(skb));
	return bytes;
}

/* core/ethtool.c */
void an_ethtool_install(struct an_pair *pair);
void an_ethtool_remove(struct an_pair *pair);

#endif /* _AN_FAILOVER_H */
