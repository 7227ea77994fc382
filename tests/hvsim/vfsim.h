/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Simulated VF: shared by the files of vfsim.ko
 *
 * A netdev on a real PCI function that behaves as the driver of an SR-IOV VF
 * does - finite rings, asynchronous completions, BQL, NAPI, receive filters -
 * and whose wire is hvsim's switch.
 */
#ifndef _TESTS_VFSIM_H
#define _TESTS_VFSIM_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/if_vlan.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/u64_stats_sync.h>
#include <net/xdp.h>

#include "hvsim.h"
#include "vfsim_compat.h"

struct devlink;
struct devlink_port;
struct devlink_port_attrs;

#define VFSIM_MAX_PORTS		4
#define VFSIM_MAX_QUEUES	32
#define VFSIM_MIN_RING		8
#define VFSIM_MAX_RING		8192
#define VFSIM_RX_RING		1024
#define VFSIM_MAX_MTU		9978
#define VFSIM_RESET_MOST	(60 * HZ)

/**
 * enum vfsim_shutdown - what the real driver does when the system goes down
 * @VFSIM_SHUTDOWN_DETACH: closes its netdevs and leaves them detached
 * @VFSIM_SHUTDOWN_STOP: stops the card, of which the netdevs are not told
 * @VFSIM_SHUTDOWN_UNREGISTER: unregisters its netdevs
 */
enum vfsim_shutdown {
	VFSIM_SHUTDOWN_DETACH,
	VFSIM_SHUTDOWN_STOP,
	VFSIM_SHUTDOWN_UNREGISTER,
};

/**
 * struct vfsim_family - a driver vfsim can pass for
 * @name: name of the PCI driver
 * @tx_fmt: prefix of a transmit queue's rows in ethtool -S
 * @rx_fmt: prefix of a receive queue's rows
 * @bql: the real driver reports to byte queue limits
 * @ops_lock: its operations run under the instance lock, where there is one
 * @detaches: its netdevs are stopped and detached before they are unregistered
 * @shutdown: what becomes of its netdevs when the system goes down
 */
struct vfsim_family {
	const char *name;
	const char *tx_fmt;
	const char *rx_fmt;
	bool bql;
	bool ops_lock;
	bool detaches;
	enum vfsim_shutdown shutdown;
};

/**
 * struct vfsim_params - the module's parameters, as a probe finds them
 * @ports: ports of a function
 * @queues: transmit and receive queues of a port
 * @txring: entries of a transmit ring, a power of two
 * @nic_of: NIC of each port; negative: the function's own plus the port's number
 * @bql: report to byte queue limits
 * @xdp: support native XDP
 * @vlan_fixed: the VLAN filter cannot be turned off, as mlx4's and ixgbevf's
 * @tso_max: limit for TSO packets in bytes and segments, 0 for none
 * @devlink: ports have a devlink port of flavour virtual, as mlx5's
 */
struct vfsim_params {
	unsigned int ports;
	unsigned int queues;
	u32 txring;
	int nic_of[VFSIM_MAX_PORTS];
	bool bql;
	u32 tso_max;
	bool xdp;
	bool vlan_fixed;
	bool devlink;
};

/**
 * struct vfsim_function - what the ports of a PCI function share
 * @pdev: the function
 * @family: the driver it passes for
 * @dead: knob, surprise removal: nothing is answered or completed any more
 * @reset_hold: knob, a function that is reset does not recover until it is 0 again,
 *	or after VFSIM_RESET_MOST
 * @dir: debugfs directory
 * @devlink: devlink instance, %NULL until something needs it
 * @n_devlink_ports: number for the next devlink port
 * @lock: protects @lookalikes, @devlink, @n_devlink_ports
 * @lookalikes: netdevs that are no port of the function, see vfsim_lookalike.c
 * @n_ports: number of @ports
 * @ports: the ports
 */
struct vfsim_function {
	struct pci_dev *pdev;
	const struct vfsim_family *family;
	bool dead;
	u32 reset_hold;
	struct dentry *dir;
	struct devlink *devlink;
	unsigned int n_devlink_ports;
	struct mutex lock;	/* devlink, n_devlink_ports, lookalikes */
	struct list_head lookalikes;
	unsigned int n_ports;
	struct vfsim *ports[VFSIM_MAX_PORTS];
};

/* Rare events of one queue, in the order of vfsim_tx_events/vfsim_rx_events */
enum vfsim_tx_event {
	VFSIM_TX_STOPPED,
	VFSIM_TX_WAKE,
	VFSIM_TX_REFUSED,		/* the switch did not take the frame */
	VFSIM_TX_DROPPED_CLOSE,		/* in the ring when it was closed */
	VFSIM_TX_DROPPED_CARRIER,
	VFSIM_TX_EVENTS
};

enum vfsim_rx_event {
	VFSIM_RX_DROPPED_FULL,
	VFSIM_RX_DROPPED_CLOSE,		/* in the ring when it was closed */
	VFSIM_RX_EVENTS
};

/* Rare events of the whole port, in the order of vfsim_events */
enum vfsim_event {
	VFSIM_RX_FILTERED,
	VFSIM_RX_OVERSIZE,
	VFSIM_RX_NOBUF,
	VFSIM_TX_TIMEOUT,
	VFSIM_XDP_PASS,
	VFSIM_XDP_DROP,
	VFSIM_XDP_TX,
	VFSIM_XDP_REDIRECT,
	VFSIM_XDP_ABORTED,		/* the program's or our fault */
	VFSIM_XDP_XMIT,			/* sent for another device */
	VFSIM_XDP_REFUSED,		/* the switch did not take the frame */
	VFSIM_EVENTS
};

/* Updated from the queue's NAPI poll only */
struct vfsim_counter {
	u64_stats_t packets;
	u64_stats_t bytes;
};

/**
 * struct vfsim_txd - one entry of a transmit ring
 * @skb: the frame, possibly GSO
 * @due: when the function gets round to it, 0 for at once
 */
struct vfsim_txd {
	struct sk_buff *skb;
	ktime_t due;
};

/**
 * struct vfsim_queue - a transmit and a receive ring with one NAPI
 * @napi: consumer of both rings
 * @vf: owner
 * @index: number of the queue
 * @txd: transmit ring, this queue's part of vfsim.rings
 * @tx_prod: entries ever put in; written under the transmit lock
 * @tx_cons: entries ever taken out; written by @napi
 * @tx_timer: polls again when the next entry is due
 * @rx_lock: protects @rx_ring and @rx_up
 * @rx_ring: received frames not yet polled
 * @rx_up: the queue takes frames
 * @xdp_rxq: what XDP knows of the receive ring, while the netdev is open
 * @xdp_flush: this poll redirected frames
 * @syncp: for @tx and @rx
 * @tx: frames given to the switch, as on the wire
 * @rx: frames given to the stack
 * @tx_events: rare events
 * @rx_events: rare events
 */
struct vfsim_queue {
	struct napi_struct napi;
	struct vfsim *vf;
	unsigned int index;

	struct vfsim_txd *txd;
	u32 tx_prod ____cacheline_aligned_in_smp;
	u32 tx_cons ____cacheline_aligned_in_smp;
	struct hrtimer tx_timer;

	spinlock_t rx_lock;	/* rx_ring, rx_up */
	struct sk_buff_head rx_ring;
	bool rx_up;
	struct xdp_rxq_info xdp_rxq;
	bool xdp_flush;

	struct u64_stats_sync syncp;
	struct vfsim_counter tx;
	struct vfsim_counter rx;
	atomic64_t tx_events[VFSIM_TX_EVENTS];
	atomic64_t rx_events[VFSIM_RX_EVENTS];
};

/**
 * struct vfsim_filter - what the function receives, replaced as a whole
 * @rcu: to free it after the readers
 * @flags: IFF_PROMISC, IFF_ALLMULTI
 * @n_uc: unicast addresses at the start of @addr
 * @n_mc: multicast addresses behind them
 * @addr: the addresses
 */
struct vfsim_filter {
	struct rcu_head rcu;
	unsigned int flags;
	unsigned int n_uc;
	unsigned int n_mc;
	u8 addr[][ETH_ALEN];
};

/**
 * struct vfsim_coalesce - interrupt moderation; remembered, without effect
 * @rx_usecs: as in struct ethtool_coalesce, like the others
 */
struct vfsim_coalesce {
	u32 rx_usecs;
	u32 rx_frames;
	u32 tx_usecs;
	u32 tx_frames;
	bool adaptive_rx;
	bool adaptive_tx;
};

/**
 * struct vfsim - a port of a simulated VF
 * @netdev: its netdev, whose private part this is
 * @fn: the PCI function
 * @port: its place at the switch
 * @devlink_port: its devlink port or %NULL
 * @ops: its netdev operations
 * @n_queues: number of @queues, constant
 * @n_active: how many of them are in use
 * @tx_size: transmit ring entries, power of two; changes with queues stopped
 * @rx_size: receive ring entries
 * @bql: report to byte queue limits
 * @link_lock: protects @carrier and @opened and orders their effect on the
 *	netdev's carrier
 * @carrier: knob, the link of the function
 * @opened: the netdev is open and its queues run
 * @leaving: no queue is woken any more
 * @paused: the netdev is open and its queues are stopped; RTNL
 * @fail_open: knob, opening fails
 * @fail_mtu: knob, changing the MTU to so much or more fails; 0: it never does
 * @fail_mac: knob, changing the MAC address fails
 * @fail_vlan: knob, VLAN filters are refused
 * @fail_xdp: knob, 1: programs are refused, 2: so is removing one
 * @slow_us: knob, how long a frame stays in the transmit ring
 * @stall: knob, bit mask of transmit queues that do not move
 * @sink: knob, what is sent is counted and goes nowhere: the wire costs nothing
 * @xdp_prog: the XDP program
 * @filter: address filter, %NULL takes everything
 * @filter_lock: protects the writers of @filter
 * @vlans: VLAN ids that pass the filter
 * @events: rare events
 * @coalesce: interrupt moderation
 * @rings: the transmit rings of all queues, while the netdev is open
 * @queues: the queues
 */
struct vfsim {
	struct net_device *netdev;
	struct vfsim_function *fn;
	struct hvsim_vf_port *port;
	struct devlink_port *devlink_port;
	struct net_device_ops ops;
	unsigned int n_queues;
	unsigned int n_active;
	u32 tx_size;
	u32 rx_size;
	bool bql;

	spinlock_t link_lock;	/* carrier, opened */
	bool carrier;
	bool opened;
	bool leaving;
	bool paused;

	u32 fail_open;
	u32 fail_mtu;
	u32 fail_mac;
	u32 fail_vlan;
	u32 fail_xdp;
	u32 slow_us;
	u32 stall;
	bool sink;

	struct bpf_prog __rcu *xdp_prog;

	struct vfsim_filter __rcu *filter;
	spinlock_t filter_lock;	/* writers of filter */
	DECLARE_BITMAP(vlans, VLAN_N_VID);

	atomic64_t events[VFSIM_EVENTS];
	struct vfsim_coalesce coalesce;
	struct vfsim_txd *rings;
	struct vfsim_queue *queues;
};

/* vfsim_function.c */
struct vfsim_function *
vfsim_function_create(struct pci_dev *pdev, const struct vfsim_family *family,
		      const struct vfsim_params *params, int nic);
void vfsim_function_destroy(struct vfsim_function *fn);
void vfsim_function_kill(struct vfsim_function *fn);
void vfsim_function_power(struct vfsim_function *fn, bool on);
void vfsim_function_shutdown(struct vfsim_function *fn);
int vfsim_check(const struct vfsim *vf);
extern const struct pci_error_handlers vfsim_error_handlers;

/* vfsim_lookalike.c */
int vfsim_lookalike_add(struct vfsim_function *fn, const char *kind, int nic);
void vfsim_lookalike_remove_all(struct vfsim_function *fn);

/* vfsim_devlink.c */
struct devlink_port *
vfsim_devlink_port_add(struct vfsim_function *fn,
		       const struct devlink_port_attrs *attrs);
void vfsim_devlink_port_remove(struct devlink_port *port);
void vfsim_devlink_free(struct vfsim_function *fn);

/* vfsim_netdev.c */
struct net_device *vfsim_netdev_create(struct vfsim_function *fn,
				       const struct vfsim_params *params);
void vfsim_netdev_destroy(struct net_device *netdev);
void vfsim_set_carrier(struct vfsim *vf, bool on);
void vfsim_power(struct vfsim *vf, bool on);
int vfsim_resize(struct vfsim *vf, u32 tx_size, u32 rx_size);
int vfsim_set_queues(struct vfsim *vf, unsigned int n);
void vfsim_pause(struct vfsim *vf);
void vfsim_unpause(struct vfsim *vf);
void vfsim_detach(struct vfsim *vf);

/* vfsim_tx.c */
netdev_tx_t vfsim_start_xmit(struct sk_buff *skb, struct net_device *netdev);
bool vfsim_tx_poll(struct vfsim_queue *q);
void vfsim_tx_drop_ring(struct vfsim_queue *q);
enum hrtimer_restart vfsim_tx_timer(struct hrtimer *timer);

/* vfsim_rx.c */
extern const struct hvsim_vf_ops vfsim_port_ops;
int vfsim_rx_poll(struct vfsim_queue *q, int budget);
void vfsim_rx_start(struct vfsim_queue *q);
void vfsim_rx_stop(struct vfsim_queue *q);

/* vfsim_xdp.c */
int vfsim_bpf(struct net_device *netdev, struct netdev_bpf *bpf);
int vfsim_xdp_xmit(struct net_device *netdev, int n, struct xdp_frame **frames,
		   u32 flags);
struct sk_buff *vfsim_xdp_rx(struct vfsim_queue *q, struct sk_buff *skb);
void vfsim_xdp_flush(struct vfsim_queue *q);
int vfsim_xdp_open(struct vfsim *vf);
void vfsim_xdp_close(struct vfsim *vf);
void vfsim_xdp_free(struct vfsim *vf);
bool vfsim_xdp_mtu_ok(const struct vfsim *vf, unsigned int mtu);

/* vfsim_filter.c; vfsim_filter_set() is in vfsim_compat.h */
bool vfsim_filter_pass(struct vfsim *vf, const struct sk_buff *skb);
void vfsim_filter_free(struct vfsim *vf);
int vfsim_vlan_add(struct net_device *netdev, __be16 proto, u16 vid);
int vfsim_vlan_kill(struct net_device *netdev, __be16 proto, u16 vid);

/* vfsim_stats.c */
void vfsim_count(struct vfsim_queue *q, struct vfsim_counter *c,
		 unsigned int packets, unsigned int bytes);
void vfsim_get_stats64(struct net_device *netdev,
		       struct rtnl_link_stats64 *stats);
unsigned int vfsim_stats_rows(const struct vfsim *vf);
void vfsim_stats_names(const struct vfsim *vf, u8 *buf);
void vfsim_stats_values(const struct vfsim *vf, u64 *values);

/* vfsim_ethtool.c */
extern const struct ethtool_ops vfsim_ethtool_ops;

/* vfsim_debugfs.c */
void vfsim_debugfs_init(void);
void vfsim_debugfs_exit(void);
void vfsim_debugfs_add(struct vfsim_function *fn);
void vfsim_debugfs_remove(struct vfsim_function *fn);

#endif /* _TESTS_VFSIM_H */
