/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network devices for the unit tests: registered with the core, carried by
 * nobody. What a driver would do is counted, and can be made to fail.
 */
#ifndef _AN_KUNIT_FIXTURE_H
#define _AN_KUNIT_FIXTURE_H

#include <kunit/test.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/pci.h>

#include "../an_failover.h"

/**
 * struct an_fake - private area of a fake netdev
 * @pdev: its parent; only the generic device in there is ever looked at
 * @driver: the parent's driver, of which only the name counts
 * @sent: frames handed to ndo_start_xmit, kept
 * @queue: what ndo_select_queue answers
 * @fail_open: error of ndo_open
 * @fail_mtu: error of ndo_change_mtu
 * @fail_mac: error of ndo_set_mac_address
 * @fail_vlan: error of ndo_vlan_rx_add_vid
 * @vlans: calls of ndo_vlan_rx_add_vid
 * @vids: VLAN filters that are set, those of service tags from VLAN_N_VID on
 * @macs: calls of ndo_set_mac_address
 * @rx_modes: calls of ndo_set_rx_mode
 * @fail_xdp: error of ndo_bpf for a program that is to be attached
 * @fail_xdp_off: its error for detaching one
 * @fail_xdp_other: its error for other commands
 * @xdp_mtu: the largest MTU with a program; 0: any
 * @xdp_refused: how often a program was refused
 * @prog: the XDP program it runs, with the reference that it was given
 * @xdp_takes: frames that a call of ndo_xdp_xmit takes at most, or its error
 * @xdp_sent: frames that it took, in all
 */
struct an_fake {
	struct pci_dev pdev;
	struct device_driver driver;
	struct sk_buff_head sent;
	u16 queue;
	int fail_open;
	int fail_mtu;
	int fail_mac;
	int fail_vlan;
	unsigned int vlans;
	DECLARE_BITMAP(vids, AN_VIDS);
	unsigned int macs;
	unsigned int rx_modes;
	int fail_xdp;
	int fail_xdp_off;
	int fail_xdp_other;
	int xdp_mtu;
	unsigned int xdp_refused;
	struct bpf_prog *prog;
	int xdp_takes;
	unsigned int xdp_sent;
};

extern const u8 an_fake_mac[ETH_ALEN];

struct net_device *an_fake_alloc(struct kunit *test, const char *driver,
				 const u8 *mac);
void an_fake_xdp(struct net_device *dev);
void an_fake_register(struct kunit *test, struct net_device *dev);
void an_fake_unregister(struct net_device *dev);
void an_fake_manage(struct kunit *test, struct net_device *dev);
struct net_device *an_fake_syn(struct kunit *test);
struct net_device *an_fake_vf(struct kunit *test);

/**
 * an_fake_priv() - the private area of a fake
 * @dev: from an_fake_alloc()
 * Return: its struct an_fake.
 */
static inline struct an_fake *an_fake_priv(const struct net_device *dev)
{
	return netdev_priv(dev);
}

/* bytes of a frame */
#define AN_FAKE_LEN	100

struct sk_buff *an_fake_frame(struct kunit *test, struct net_device *dev);
struct sk_buff *an_fake_segments(struct kunit *test, struct net_device *dev,
				 unsigned int *bytes);
int an_fake_send(struct kunit *test, struct net_device *dev);

/**
 * an_fake_sent() - how many frames a fake's driver was given
 * @dev: from an_fake_alloc()
 * Return: the number, since the queue was last emptied.
 */
static inline unsigned int an_fake_sent(const struct net_device *dev)
{
	return skb_queue_len(&an_fake_priv(dev)->sent);
}

struct an_pair *an_test_pair(const struct net_device *syn);
void an_test_settle(const struct net_device *syn);
enum an_state an_test_state(const struct net_device *syn);
void an_test_claim_self(struct kunit *test, bool self);
struct an_pair *an_test_active(struct kunit *test, struct net_device **syn,
			       struct net_device **vf);
struct an_pair *an_test_adopted(struct kunit *test, struct net_device **syn,
				struct net_device **vf);
bool an_test_taken(struct an_pair *pair, struct sk_buff *skb);
void an_test_set_up(struct net_device *dev, bool up);
void an_test_carrier(struct net_device *dev, bool on);

struct net_device *an_test_master(struct net_device *dev);
int an_test_set_mtu(struct net_device *dev, int mtu);
int an_test_set_mac(struct net_device *dev, const u8 *mac);

/**
 * struct an_drv - a driver of the synthetic device, see kunit/driver.c
 * @nb: how it listens
 * @syn: its device
 * @ops: which has these operations
 * @vf: the VF that it is to look at
 * @joins: it enslaves VFs itself
 * @vetoes: it refuses every master link
 * @seen: link events of the VF
 * @foreign: of those, with other operations on its device
 * @told: times that peers were told of its device
 * @resent: times that its groups were reported anew
 * @joined: times that the VF was said to have a master
 * @flags_at_init: VF's flags in POST_INIT
 * @master_at_register: VF's master when the driver hears of its REGISTER
 * @master_at_unregister: the same for UNREGISTER
 */
struct an_drv {
	struct notifier_block nb;
	struct net_device *syn;
	const struct net_device_ops *ops;
	struct net_device *vf;
	bool joins;
	bool vetoes;
	unsigned int seen;
	unsigned int foreign;
	unsigned int told;
	unsigned int resent;
	unsigned int joined;
	unsigned int flags_at_init;
	struct net_device *master_at_register;
	struct net_device *master_at_unregister;
};

extern struct an_drv an_drv;

struct net_device *an_drv_start(struct kunit *test, bool self);

#endif /* _AN_KUNIT_FIXTURE_H */
