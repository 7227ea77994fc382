// SPDX-License-Identifier: GPL-2.0
/*
 * Profiles: the real tables
 */
#include "../core/profile.h"
#include "fixture.h"

static const struct an_vf_profile *const all[] = {
	&an_profile_mlx4, &an_profile_mlx5, &an_profile_mana,
	&an_profile_generic,
};

/* Each driver name leads to the profile that it is listed in. */
static void every_driver_is_found(struct kunit *test)
{
	const char *const *driver;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		for (driver = all[i]->drivers; *driver; driver++)
			KUNIT_EXPECT_PTR_EQ_MSG(test, all[i],
						an_profile_of(an_fake_alloc(test, *driver,
									    an_fake_mac)),
						"%s", *driver);
}

static void others_are_generic(struct kunit *test)
{
	struct net_device *dev = an_fake_alloc(test, "mlx5_corex",
					       an_fake_mac);

	KUNIT_EXPECT_PTR_EQ(test, an_profile_of(dev), &an_profile_generic);
	KUNIT_EXPECT_TRUE(test, an_profile_is_port(dev));
	dev->dev.parent->driver = NULL;
	KUNIT_EXPECT_PTR_EQ(test, an_profile_of(dev), &an_profile_generic);
}

static void entries_are_complete(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		KUNIT_EXPECT_GT(test, strlen(all[i]->name), 0);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, all[i]->name, all[j]->name);
		if (all[i] == &an_profile_generic)
			continue;
		KUNIT_EXPECT_NOT_NULL(test, all[i]->drivers[0]);
	}
}

static void synthetic_types(struct kunit *test)
{
	struct net_device *dev = an_fake_alloc(test, "hv_netvsc", an_fake_mac);

	KUNIT_EXPECT_PTR_EQ(test, an_syn_type_of(dev), &an_syn_netvsc);
	an_fake_priv(dev)->driver.name = "virtio_net";
	KUNIT_EXPECT_FALSE(test, an_syn_type_of(dev)->adds_dev_stats);
	KUNIT_EXPECT_FALSE(test, an_syn_type_of(dev)->knows_by_ops);
	KUNIT_EXPECT_FALSE(test, an_syn_type_of(dev)->has_vf_rows);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_driver_is_found),
	KUNIT_CASE(others_are_generic),
	KUNIT_CASE(entries_are_complete),
	KUNIT_CASE(synthetic_types),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_profile",
	.test_cases	= cases,
};

kunit_test_suite(suite);
