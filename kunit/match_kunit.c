// SPDX-License-Identifier: GPL-2.0
/*
 * Matching: each rule, each look-alike
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <net/devlink.h>

#include "fixture.h"

static bool is_candidate(struct net_device *dev)
{
	bool is;

	rtnl_lock();
	is = an_is_vf_candidate(dev);
	rtnl_unlock();
	return is;
}

static struct net_device *candidate(struct kunit *test)
{
	struct net_device *dev = an_fake_alloc(test, "mlx5_core", an_fake_mac);

	KUNIT_ASSERT_TRUE(test, is_candidate(dev));
	return dev;
}

static void a_pci_functions_port(struct kunit *test)
{
	static const char *const drivers[] = {
		"mlx4_core", "mlx5_core", "mana", "e1000e", "unheard_of",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(drivers); i++)
		KUNIT_EXPECT_TRUE_MSG(test,
				      is_candidate(an_fake_alloc(test, drivers[i],
								 an_fake_mac)),
				      "%s", drivers[i]);
}

static void not_without_a_pci_parent(struct kunit *test)
{
	struct net_device *dev = candidate(test);
	struct device *parent = dev->dev.parent;

	dev->dev.parent = NULL;
	KUNIT_EXPECT_FALSE(test, is_candidate(dev));
	dev->dev.parent = parent;
	parent->bus = NULL;
	KUNIT_EXPECT_FALSE(test, is_candidate(dev));
}

static void not_another_link_type(struct kunit *test)
{
	struct net_device *dev = candidate(test);

	dev->type = ARPHRD_INFINIBAND;
	KUNIT_EXPECT_FALSE(test, is_candidate(dev));
	dev->type = ARPHRD_ETHER;
	dev->addr_len = 8;
	KUNIT_EXPECT_FALSE(test, is_candidate(dev));
}

static void not_a_synthetic_device(struct kunit *test)
{
	struct net_device *dev = candidate(test);

	an_fake_priv(dev)->driver.name = "hv_netvsc";
	KUNIT_EXPECT_FALSE(test, is_candidate(dev));
}

static void not_an_upper_device(struct kunit *test)
{
	static const unsigned long kinds[] = {
		IFF_802_1Q_VLAN, IFF_MACVLAN, IFF_EBRIDGE,
	};
	struct net_device *dev = candidate(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		dev->priv_flags |= kinds[i];
		KUNIT_EXPECT_FALSE_MSG(test, is_candidate(dev), "%lx", kinds[i]);
		dev->priv_flags &= ~kinds[i];
	}
	dev->flags |= IFF_MASTER;
	KUNIT_EXPECT_FALSE(test, is_candidate(dev));
}

static void devlink_flavours(struct kunit *test)
{
	struct devlink_port port = { .attrs_set = true };
	struct net_device *dev = candidate(test);
	unsigned int flavour;

	dev->devlink_port = &port;
	for (flavour = 0; flavour <= DEVLINK_PORT_FLAVOUR_PCI_SF; flavour++) {
		bool own = flavour == DEVLINK_PORT_FLAVOUR_PHYSICAL ||
			   flavour == DEVLINK_PORT_FLAVOUR_VIRTUAL;

		port.attrs.flavour = flavour;
		KUNIT_EXPECT_EQ_MSG(test, is_candidate(dev), own, "flavour %u",
				    flavour);
	}
	/* A port about which nothing was said is no representor. */
	port.attrs_set = false;
	KUNIT_EXPECT_TRUE(test, is_candidate(dev));
	dev->devlink_port = NULL;
}

static const char *port_name;

static int get_port_name(struct net_device *dev, char *name, size_t len)
{
	if (!port_name)
		return -EOPNOTSUPP;
	strscpy(name, port_name, len);
	return 0;
}

static void port_names(struct kunit *test)
{
	static const struct {
		const char *name;
		bool own;
	} names[] = {
		{ NULL, true }, { "p0", true }, { "p1", true },
		{ "pf0", false }, { "pf0vf3", false }, { "pf1sf88", false },
		{ "p0s1", false }, { "c1pf0vf1", false },
	};
	struct net_device *dev = candidate(test);
	const struct net_device_ops *own = dev->netdev_ops;
	struct net_device_ops ops = *own;
	unsigned int i;

	ops.ndo_get_phys_port_name = get_port_name;
	dev->netdev_ops = &ops;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		port_name = names[i].name;
		KUNIT_EXPECT_EQ_MSG(test, is_candidate(dev), names[i].own,
				    "%s", port_name);
	}
	dev->netdev_ops = own;
}

static int parent_id_error;

static int get_parent_id(struct net_device *dev,
			 struct netdev_phys_item_id *id)
{
	return parent_id_error;
}

/* mlx5: who is the port of a switch represents somebody else */
static void switch_ports(struct kunit *test)
{
	struct net_device *dev = candidate(test);
	const struct net_device_ops *own = dev->netdev_ops;
	struct net_device_ops ops = *own;

	ops.ndo_get_port_parent_id = get_parent_id;
	dev->netdev_ops = &ops;
	parent_id_error = 0;
	KUNIT_EXPECT_FALSE(test, is_candidate(dev));
	parent_id_error = -EOPNOTSUPP;
	KUNIT_EXPECT_TRUE(test, is_candidate(dev));
	dev->netdev_ops = own;
}

static bool same(const u8 *syn_perm, const u8 *vf_perm, const u8 *vf_addr)
{
	static struct net_device syn, vf;

	memcpy(syn.perm_addr, syn_perm, ETH_ALEN);
	memcpy(vf.perm_addr, vf_perm, ETH_ALEN);
	vf.dev_addr = vf_addr;
	vf.reg_state = NETREG_REGISTERED;
	return an_same_identity(&syn, &vf);
}

static void identity(struct kunit *test)
{
	static const u8 other[] = { 0x02, 0xfa, 0x4e, 0x00, 0x00, 0x02 };
	static const u8 group[] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };
	static const u8 all[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const u8 zero[ETH_ALEN];
	const u8 *mac = an_fake_mac;

	KUNIT_EXPECT_TRUE(test, same(mac, mac, mac));
	KUNIT_EXPECT_FALSE(test, same(mac, other, other));
	/* The permanent address counts, not the one in use. */
	KUNIT_EXPECT_TRUE(test, same(mac, mac, other));
	KUNIT_EXPECT_FALSE(test, same(mac, other, mac));
	/* Without one it is nobody's, whatever somebody gave it. */
	KUNIT_EXPECT_FALSE(test, same(mac, zero, mac));
	/* What is no station's address identifies nobody. */
	KUNIT_EXPECT_FALSE(test, same(zero, zero, zero));
	KUNIT_EXPECT_FALSE(test, same(group, group, group));
	KUNIT_EXPECT_FALSE(test, same(all, all, all));
}

/* The core notes later that it is permanent, if it is. */
static void before_registration(struct kunit *test)
{
	struct net_device *syn = an_fake_syn(test);
	struct net_device *vf = candidate(test);

	KUNIT_EXPECT_TRUE(test, an_same_identity(syn, vf));
	vf->addr_assign_type = NET_ADDR_RANDOM;
	KUNIT_EXPECT_FALSE(test, an_same_identity(syn, vf));
	an_fake_register(test, vf);
	KUNIT_EXPECT_FALSE(test, an_same_identity(syn, vf));
	KUNIT_EXPECT_EQ(test, an_test_state(syn), AN_SYNTHETIC);
	KUNIT_EXPECT_FALSE(test, vf->flags & IFF_SLAVE);
}

static void synthetic_needs_the_driver(struct kunit *test)
{
	struct net_device *dev = an_fake_alloc(test, "hv_netvsc", an_fake_mac);

	KUNIT_EXPECT_TRUE(test, an_is_synthetic(dev));
	an_fake_priv(dev)->driver.name = "hv_netvsc2";
	KUNIT_EXPECT_FALSE(test, an_is_synthetic(dev));
	an_fake_priv(dev)->driver.name = "hv_netvsc";
	dev->type = ARPHRD_LOOPBACK;
	KUNIT_EXPECT_FALSE(test, an_is_synthetic(dev));
	dev->type = ARPHRD_ETHER;
	dev->addr_len = 20;
	KUNIT_EXPECT_FALSE(test, an_is_synthetic(dev));
	dev->addr_len = ETH_ALEN;
	dev->dev.parent->driver = NULL;
	KUNIT_EXPECT_FALSE(test, an_is_synthetic(dev));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_pci_functions_port),
	KUNIT_CASE(not_without_a_pci_parent),
	KUNIT_CASE(not_another_link_type),
	KUNIT_CASE(not_a_synthetic_device),
	KUNIT_CASE(not_an_upper_device),
	KUNIT_CASE(devlink_flavours),
	KUNIT_CASE(port_names),
	KUNIT_CASE(switch_ports),
	KUNIT_CASE(identity),
	KUNIT_CASE(before_registration),
	KUNIT_CASE(synthetic_needs_the_driver),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_match",
	.test_cases	= cases,
};

kunit_test_suite(suite);
