// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices for the unit tests
 */
#include <linux/bpf.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <net/sch_generic.h>

#include "fixture.h"

/* Locally administered, so that no real device of the machine has it. */
const u8 an_fake_mac[ETH_ALEN] = { 0x02, 0xfa, 0x4e, 0x00, 0x00, 0x01 };

static int an_fake_open(struct net_device *dev)
{
	if (an_fake_priv(dev)->fail_open)
		return an_fake_priv(dev)->fail_open;
	netif_tx_start_all_queues(dev);
	return 0;
}

static int an_fake_stop(struct net_device *dev)
{
	netif_tx_stop_all_queues(dev);
	return 0;
}

static netdev_tx_t an_fake_xmit(struct sk_buff *skb, struct net_device *dev)
{
	skb_queue_tail(&an_fake_priv(dev)->sent, skb);
	return NETDEV_TX_OK;
}

static u16 an_fake_select(struct net_device *dev, struct sk_buff *skb,
			  struct net_device *sb_dev)
{
	return an_fake_priv(dev)->queue;
}

static int an_fake_set_mtu(struct net_device *dev, int mtu)
{
	if (an_fake_priv(dev)->fail_mtu)
		return an_fake_priv(dev)->fail_mtu;
	dev->mtu = mtu;
	return 0;
}

static int an_fake_set_mac(struct net_device *dev, void *addr)
{
	an_fake_priv(dev)->macs++;
	if (an_fake_priv(dev)->fail_mac)
		return an_fake_priv(dev)->fail_mac;
	return eth_mac_addr(dev, addr);
}

static void an_fake_rx_mode(struct net_device *dev)
{
	an_fake_priv(dev)->rx_modes++;
}

static int an_fake_vlan_add(struct net_device *dev, __be16 proto, u16 vid)
{
	an_fake_priv(dev)->vlans++;
	if (an_fake_priv(dev)->fail_vlan)
		return an_fake_priv(dev)->fail_vlan;
	__set_bit(vid + (proto == htons(ETH_P_8021AD) ? VLAN_N_VID : 0),
		  an_fake_priv(dev)->vids);
	return 0;
}

static int an_fake_vlan_del(struct net_device *dev, __be16 proto, u16 vid)
{
	__clear_bit(vid + (proto == htons(ETH_P_8021AD) ? VLAN_N_VID : 0),
		    an_fake_priv(dev)->vids);
	return 0;
}

/* As hv_netvsc does, see hv/netvsc.c. */
static void an_fake_stats64(struct net_device *dev, struct rtnl_link_stats64 *t)
{
	netdev_stats_to_stats64(t, &dev->stats);
}

static int an_fake_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	struct an_fake *fake = an_fake_priv(dev);
	int err = bpf->prog ? fake->fail_xdp : fake->fail_xdp_off;

	if (bpf->command != XDP_SETUP_PROG)
		return fake->fail_xdp_other;
	if (bpf->prog && fake->xdp_mtu && dev->mtu > fake->xdp_mtu)
		err = -EMSGSIZE;
	if (err) {
		fake->xdp_refused++;
		return err;
	}
	if (fake->prog)
		bpf_prog_put(fake->prog);
	fake->prog = bpf->prog;
	return 0;
}

static int an_fake_xdp_xmit(struct net_device *dev, int n,
			    struct xdp_frame **frames, u32 flags)
{
	struct an_fake *fake = an_fake_priv(dev);
	int taken = min(n, fake->xdp_takes);

	fake->xdp_sent += max(taken, 0);
	return taken;
}

#define AN_FAKE_OPS						\
	.ndo_open		= an_fake_open,			\
	.ndo_stop		= an_fake_stop,			\
	.ndo_start_xmit		= an_fake_xmit,			\
	.ndo_select_queue	= an_fake_select,		\
	.ndo_change_mtu		= an_fake_set_mtu,		\
	.ndo_set_mac_address	= an_fake_set_mac,		\
	.ndo_set_rx_mode	= an_fake_rx_mode,		\
	.ndo_vlan_rx_add_vid	= an_fake_vlan_add,		\
	.ndo_vlan_rx_kill_vid	= an_fake_vlan_del,		\
	.ndo_get_stats64	= an_fake_stats64

static const struct net_device_ops an_fake_ops = {
	AN_FAKE_OPS,
};

static const struct net_device_ops an_fake_xdp_ops = {
	AN_FAKE_OPS,
	.ndo_bpf		= an_fake_bpf,
	.ndo_xdp_xmit		= an_fake_xdp_xmit,
};

static const struct ethtool_ops an_fake_ethtool = { };

static void an_fake_free(void *ptr)
{
	struct net_device *dev = ptr;
	struct an_fake *fake = an_fake_priv(dev);

	an_fake_unregister(dev);
	skb_queue_purge(&fake->sent);
	fake->pdev.dev.bus = NULL;
	fake->pdev.dev.driver = NULL;
	device_unregister(&fake->pdev.dev);
	free_netdev(dev);
}

/* The netdev's memory is the parent's: there is nothing to free. */
static void an_fake_release(struct device *parent)
{
}

/**
 * an_fake_alloc() - make a netdev, not yet registered
 * @test: the test, at whose end the netdev is unregistered and freed
 * @driver: name that its parent's driver has; the parent is on the PCI bus,
 *	unless the driver is hv_netvsc
 * @mac: its permanent address
 *
 * The parent is put on its bus behind the driver core's back: nothing is probed
 * there, and the module only asks which bus and driver it has.
 *
 * Return: the netdev, with four transmit queues.
 */
struct net_device *an_fake_alloc(struct kunit *test, const char *driver,
				 const u8 *mac)
{
	static unsigned int serial;
	struct net_device *dev = alloc_etherdev_mq(sizeof(struct an_fake), 4);
	struct device *parent;
	struct an_fake *fake;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	fake = an_fake_priv(dev);
	skb_queue_head_init(&fake->sent);
	fake->driver.name = driver;
	dev->netdev_ops = &an_fake_ops;
	dev->ethtool_ops = &an_fake_ethtool;
	dev->max_mtu = ETH_MAX_MTU;
	dev->hw_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO;
	dev->features = dev->hw_features;
	eth_hw_addr_set(dev, mac);

	parent = &fake->pdev.dev;
	parent->release = an_fake_release;
	device_initialize(parent);
	dev_set_name(parent, "an_fake.%u", serial++);
	KUNIT_ASSERT_EQ(test, device_add(parent), 0);
	if (strcmp(driver, "hv_netvsc"))
		parent->bus = &pci_bus_type;
	parent->driver = &fake->driver;
	SET_NETDEV_DEV(dev, parent);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, an_fake_free, dev));
	return dev;
}

/**
 * an_fake_xdp() - give a fake native XDP
 * @dev: from an_fake_alloc(), not yet registered
 */
void an_fake_xdp(struct net_device *dev)
{
	dev->netdev_ops = &an_fake_xdp_ops;
	dev->xdp_features = NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
			    NETDEV_XDP_ACT_NDO_XMIT;
	an_fake_priv(dev)->xdp_takes = INT_MAX;
}

/**
 * an_fake_register() - let a fake appear
 * @test: the test
 * @dev: from an_fake_alloc()
 */
void an_fake_register(struct kunit *test, struct net_device *dev)
{
	KUNIT_ASSERT_EQ(test, register_netdev(dev), 0);
}

/**
 * an_fake_unregister() - let a fake go; nothing happens when it is gone
 * @dev: from an_fake_alloc()
 */
void an_fake_unregister(struct net_device *dev)
{
	if (dev->reg_state == NETREG_REGISTERED)
		unregister_netdev(dev);
}

/**
 * an_fake_manage() - register a synthetic device and open it
 * @test: the test
 * @dev: from an_fake_alloc(), with the driver hv_netvsc
 */
void an_fake_manage(struct kunit *test, struct net_device *dev)
{
	/* Only the tests send. */
	dev->priv_flags |= IFF_NO_ADDRCONF;
	an_fake_register(test, dev);
	an_test_set_up(dev, true);
	KUNIT_ASSERT_NOT_NULL(test, an_test_pair(dev));
}

/**
 * an_fake_syn() - a synthetic device: registered, up, managed
 * @test: the test
 * Return: the netdev.
 */
struct net_device *an_fake_syn(struct kunit *test)
{
	struct net_device *dev = an_fake_alloc(test, "hv_netvsc", an_fake_mac);

	an_fake_manage(test, dev);
	return dev;
}

/**
 * an_fake_vf() - a VF with an_fake_syn()'s identity, registered
 * @test: the test
 * Return: the netdev.
 */
struct net_device *an_fake_vf(struct kunit *test)
{
	struct net_device *dev = an_fake_alloc(test, "mlx5_core", an_fake_mac);

	an_fake_register(test, dev);
	return dev;
}

/**
 * an_fake_frame() - a frame that a protocol is about to send
 * @test: the test
 * @dev: by which device
 * Return: AN_FAKE_LEN bytes, skb->data at the MAC header.
 */
struct sk_buff *an_fake_frame(struct kunit *test, struct net_device *dev)
{
	struct sk_buff *skb = alloc_skb(AN_FAKE_LEN + 100, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	skb_put_zero(skb, AN_FAKE_LEN);
	skb_reset_mac_header(skb);
	skb->dev = dev;
	skb->protocol = htons(0x88b5);
	return skb;
}

/**
 * an_fake_segments() - a TCP packet that will be three frames with a VLAN tag
 * @test: the test
 * @dev: by which device
 * @bytes: set to the length of all three on the wire
 * Return: the packet.
 */
struct sk_buff *an_fake_segments(struct kunit *test, struct net_device *dev,
				 unsigned int *bytes)
{
	const unsigned int headers = ETH_HLEN + sizeof(struct iphdr) +
				     sizeof(struct tcphdr);
	struct sk_buff *skb = an_fake_frame(test, dev);

	skb->protocol = htons(ETH_P_IP);
	skb_set_network_header(skb, ETH_HLEN);
	skb_set_transport_header(skb, headers - sizeof(struct tcphdr));
	tcp_hdr(skb)->doff = sizeof(struct tcphdr) / 4;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	skb_shinfo(skb)->gso_size = 20;
	skb_shinfo(skb)->gso_segs = 3;
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 5);
	*bytes = AN_FAKE_LEN + 2 * headers + 3 * VLAN_HLEN;
	return skb;
}

/**
 * an_fake_send() - send one frame, as a protocol does
 * @test: the test
 * @dev: by which device
 * Return: what dev_queue_xmit() says.
 */
int an_fake_send(struct kunit *test, struct net_device *dev)
{
	return dev_queue_xmit(an_fake_frame(test, dev));
}

/**
 * an_test_pair() - the pair of a synthetic device
 * @syn: the device
 * Return: the pair, which stays as long as @syn; or NULL.
 */
struct an_pair *an_test_pair(const struct net_device *syn)
{
	struct an_pair *pair;

	rtnl_lock();
	pair = an_pair_by_syn(syn);
	rtnl_unlock();
	return pair;
}

/**
 * an_test_settle() - let the work item of a pair run until it has nothing to do
 * @syn: the synthetic device
 *
 * Something that is tried again and again is tried a few times.
 */
void an_test_settle(const struct net_device *syn)
{
	struct an_pair *pair = an_test_pair(syn);
	int i;

	for (i = 0; pair && i < 5 && delayed_work_pending(&pair->setup); i++)
		flush_delayed_work(&pair->setup);
}

/**
 * an_test_state() - a pair's state when everything due is done
 * @syn: the synthetic device
 * Return: the state.
 */
enum an_state an_test_state(const struct net_device *syn)
{
	an_test_settle(syn);
	return an_test_pair(syn)->state;
}

static void an_test_claim_back(void *was)
{
	an_claim_self_first = was;
}

/**
 * an_test_claim_self() - choose the claim= parameter for one test
 * @test: the test, at whose end the former value is back
 * @self: as with claim=self
 */
void an_test_claim_self(struct kunit *test, bool self)
{
	void *was = an_claim_self_first ? test : NULL;

	KUNIT_ASSERT_EQ(test, 0, kunit_add_action(test, an_test_claim_back,
						  was));
	an_claim_self_first = self;
}

/**
 * an_test_active() - a pair whose VF is enslaved by us and carries
 * @test: the test
 * @syn: set to the synthetic device
 * @vf: set to the VF
 * Return: the pair.
 */
struct an_pair *an_test_active(struct kunit *test, struct net_device **syn,
			       struct net_device **vf)
{
	struct an_pair *pair;

	an_test_claim_self(test, true);
	*syn = an_fake_syn(test);
	*vf = an_fake_vf(test);
	KUNIT_ASSERT_EQ(test, an_test_state(*syn), AN_ACTIVE);
	pair = an_test_pair(*syn);
	KUNIT_ASSERT_PTR_EQ(test, pair->vf, *vf);
	return pair;
}

/* What the driver does when its VF leaves. */
static void an_fake_unlink(void *vf)
{
	struct an_pair *pair;

	rtnl_lock();
	pair = an_pair_by_vf(vf);
	if (pair && pair->claim == AN_CLAIM_DRIVER)
		netdev_upper_dev_unlink(vf, pair->syn);
	rtnl_unlock();
}

/**
 * an_test_adopted() - a pair whose VF the driver enslaved, both up
 * @test: the test
 * @syn: set to the synthetic device
 * @vf: set to the VF
 * Return: the pair.
 */
struct an_pair *an_test_adopted(struct kunit *test, struct net_device **syn,
				struct net_device **vf)
{
	struct an_pair *pair;

	an_test_claim_self(test, false);
	*syn = an_fake_syn(test);
	*vf = an_fake_vf(test);
	pair = an_test_pair(*syn);
	rtnl_lock();
	/* There is no driver that could have been faster than we. */
	an_release_vf(pair, AN_WHY_DRIVER);
	KUNIT_EXPECT_EQ(test, 0, netdev_master_upper_dev_link(*vf, *syn, NULL,
							      NULL, NULL));
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, an_fake_unlink,
							   *vf));
	an_test_set_up(*vf, true);
	KUNIT_ASSERT_EQ(test, pair->claim, AN_CLAIM_DRIVER);
	KUNIT_ASSERT_EQ(test, an_test_state(*syn), AN_ACTIVE);
	return pair;
}

/**
 * an_test_taken() - give a packet to the hook of the fast path, as nf_hook_egress() does
 * @pair: a pair that has it
 * @skb: the packet, freed if it is not taken
 * Return: true when it is.
 */
bool an_test_taken(struct an_pair *pair, struct sk_buff *skb)
{
	unsigned int verdict;

	rcu_read_lock_bh();
	rcu_read_lock();
	verdict = pair->fast.hook.hook(pair, skb, NULL);
	rcu_read_unlock();
	rcu_read_unlock_bh();
	if (verdict == NF_ACCEPT)
		kfree_skb(skb);
	return (verdict & NF_VERDICT_MASK) == NF_STOLEN;
}

/**
 * an_test_set_up() - open or close a device
 * @dev: the device
 * @up: open it
 */
void an_test_set_up(struct net_device *dev, bool up)
{
	rtnl_lock();
	if (up)
		dev_open(dev, NULL);
	else
		dev_close(dev);
	rtnl_unlock();
}

/**
 * an_test_carrier() - a device's carrier comes or goes
 * @dev: the device; when it is up the core tells everybody
 * @on: it comes
 *
 * Returns when the core has done so.
 */
void an_test_carrier(struct net_device *dev, bool on)
{
	int i;

	if (on)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
	/* time is simulated */
	for (i = 0; netif_running(dev) && qdisc_tx_is_noop(dev) == on && i < 250; i++)
		msleep(20);
	rtnl_lock();
	rtnl_unlock();
}

/**
 * an_test_master() - a device's master
 * @dev: the device
 * Return: the master or NULL.
 */
struct net_device *an_test_master(struct net_device *dev)
{
	struct net_device *master;

	rtnl_lock();
	master = netdev_master_upper_dev_get(dev);
	rtnl_unlock();
	return master;
}

/**
 * an_test_set_mtu() - set a device's MTU, as "ip link set mtu" does
 * @dev: the device
 * @mtu: the MTU
 * Return: what dev_set_mtu() says.
 */
int an_test_set_mtu(struct net_device *dev, int mtu)
{
	int err;

	rtnl_lock();
	err = dev_set_mtu(dev, mtu);
	rtnl_unlock();
	return err;
}

/**
 * an_test_set_mac() - set a device's address; it may be up
 * @dev: the device
 * @mac: the address
 * Return: what dev_set_mac_address() says.
 */
int an_test_set_mac(struct net_device *dev, const u8 *mac)
{
	struct sockaddr sa = { .sa_family = dev->type };
	int err;

	ether_addr_copy(sa.sa_data, mac);
	rtnl_lock();
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	err = dev_set_mac_address(dev, &sa, NULL);
	rtnl_unlock();
	return err;
}
