// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters (that a load with bad ones fails is shown by the scenario params)
 */
#include "fixture.h"

static void driver_names(struct kunit *test)
{
	static const char *const good[] = {
		"hv_netvsc", "virtio_net", "vmxnet3", "a-b", "X",
	};
	static const char *const bad[] = {
		"", " ", "hv netvsc", "hv_netvsc\n", "../x", "a,b", "\xc3\xa4",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		KUNIT_EXPECT_TRUE_MSG(test, an_driver_name_valid(good[i]),
				      "'%s'", good[i]);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_FALSE_MSG(test, an_driver_name_valid(bad[i]),
				       "'%s'", bad[i]);
}

static void listed_by_whole_name(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, an_synthetic_listed("hv_netvsc"));
	KUNIT_EXPECT_FALSE(test, an_synthetic_listed("hv_netvs"));
	KUNIT_EXPECT_FALSE(test, an_synthetic_listed("hv_netvsc2"));
	KUNIT_EXPECT_FALSE(test, an_synthetic_listed("HV_NETVSC"));
	KUNIT_EXPECT_FALSE(test, an_synthetic_listed(""));
}

static void claim_words(struct kunit *test)
{
	bool self = true;

	KUNIT_EXPECT_EQ(test, an_parse_claim("auto", &self), 0);
	KUNIT_EXPECT_FALSE(test, self);
	KUNIT_EXPECT_EQ(test, an_parse_claim("self", &self), 0);
	KUNIT_EXPECT_TRUE(test, self);
	KUNIT_EXPECT_EQ(test, an_parse_claim("driver", &self), -EINVAL);
	KUNIT_EXPECT_EQ(test, an_parse_claim("", &self), -EINVAL);
	KUNIT_EXPECT_EQ(test, an_parse_claim("AUTO", &self), -EINVAL);
	KUNIT_EXPECT_TRUE(test, self);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(driver_names),
	KUNIT_CASE(listed_by_whole_name),
	KUNIT_CASE(claim_words),
	{ }
};

static struct kunit_suite suite = {
	.name		= "an_params",
	.test_cases	= cases,
};

kunit_test_suite(suite);
