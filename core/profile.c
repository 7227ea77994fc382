// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the profile of a device
 */
#include <linux/netdevice.h>
#include <linux/string.h>

#include "profile.h"

static const char *const generic_drivers[] = { NULL };

/* Any other PCI function with the right identity: nothing is known about it. */
const struct an_vf_profile an_profile_generic = {
	.name		= "generic",
	.drivers	= generic_drivers,
};

static const struct an_vf_profile *const profiles[] = {
	&an_profile_mlx5,
	&an_profile_mana,
	&an_profile_mlx4,
};

static const struct an_syn_type syn_generic = {
	.driver		= "generic",
};

static const struct an_syn_type *const syn_types[] = {
	&an_syn_netvsc,
};

static const char *parent_driver(const struct net_device *dev)
{
	const struct device *parent = dev->dev.parent;

	return parent && parent->driver ? parent->driver->name : "";
}

/**
 * an_profile_of() - what is special about a VF's family
 * @vf: a netdev whose parent is a PCI function
 *
 * Context: RTNL, so that the parent keeps its driver.
 * Return: the profile, the generic one for an unknown family; never NULL.
 */
const struct an_vf_profile *an_profile_of(const struct net_device *vf)
{
	const char *driver = parent_driver(vf);
	const char *const *name;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(profiles); i++)
		for (name = profiles[i]->drivers; *name; name++)
			if (!strcmp(*name, driver))
				return profiles[i];
	return &an_profile_generic;
}

/**
 * an_profile_is_port() - is a netdev the port of a VF, in its family's eyes?
 * @dev: a netdev whose parent is a PCI function
 *
 * Context: RTNL.
 * Return: false when the family knows that it is something else, such as a
 * representor.
 */
bool an_profile_is_port(struct net_device *dev)
{
	const struct an_vf_profile *profile = an_profile_of(dev);

	return !profile->accept || profile->accept(dev);
}

/**
 * an_syn_type_of() - what is special about a synthetic device's driver
 * @syn: a synthetic device
 *
 * Context: RTNL.
 * Return: the description, a neutral one for an unknown driver; never NULL.
 */
const struct an_syn_type *an_syn_type_of(const struct net_device *syn)
{
	const char *driver = parent_driver(syn);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(syn_types); i++)
		if (!strcmp(syn_types[i]->driver, driver))
			return syn_types[i];
	return &syn_generic;
}
