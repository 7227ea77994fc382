// SPDX-License-Identifier: GPL-2.0
/*
 * an_failover: a synthetic NIC and its SR-IOV VF as one interface
 *
 * Entry: parameters, and the ladder that brings the module up and down. See
 * Documentation/an_failover.rst for the architecture.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/string.h>

#include "an_failover.h"

#define AN_MAX_SYNTHETIC	8
#define AN_MAX_WINDOW_MS	10000

static char *synthetic[AN_MAX_SYNTHETIC] = { "hv_netvsc" };
static unsigned int synthetic_count = 1;
module_param_array(synthetic, charp, &synthetic_count, 0444);
MODULE_PARM_DESC(synthetic,
		 "Drivers whose devices are synthetic NICs, at most 8 (default hv_netvsc)");

static char *claim = "auto";
module_param(claim, charp, 0444);
MODULE_PARM_DESC(claim,
		 "Who enslaves a VF: auto = the NIC's driver where it can, else this module (default); self = this module");

unsigned int an_window_ms = 100;
module_param_named(window_ms, an_window_ms, uint, 0444);
MODULE_PARM_DESC(window_ms,
		 "Time in ms to leave a VF that this module takes closed, so that udev can rename it, 0 to 10000 (default 100, as hv_netvsc)");

bool an_fast_wanted = true;
module_param_named(fast, an_fast_wanted, bool, 0444);
MODULE_PARM_DESC(fast,
		 "Hand packets to the VF before the synthetic NIC's queues (default Y; needs CONFIG_NETFILTER_EGRESS)");

/* claim=self: take a VF before the synthetic device's driver can */
bool an_claim_self_first;

/**
 * an_synthetic_listed() - is a driver named in the synthetic= parameter?
 * @driver: name of a device driver
 *
 * Context: any.
 * Return: true when it is.
 */
bool an_synthetic_listed(const char *driver)
{
	unsigned int i;

	for (i = 0; i < synthetic_count; i++)
		if (!strcmp(synthetic[i], driver))
			return true;
	return false;
}

an_static bool an_driver_name_valid(const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isalnum(*c) && *c != '_' && *c != '-')
			return false;
	return c != name;
}

an_static int an_parse_claim(const char *word, bool *self_first)
{
	if (strcmp(word, "auto") && strcmp(word, "self"))
		return -EINVAL;
	*self_first = !strcmp(word, "self");
	return 0;
}

static int __init an_check_params(void)
{
	unsigned int i;

	for (i = 0; i < synthetic_count; i++) {
		if (an_driver_name_valid(synthetic[i]))
			continue;
		pr_err("synthetic: \"%s\" is not the name of a driver\n",
		       synthetic[i]);
		return -EINVAL;
	}

	if (an_parse_claim(claim, &an_claim_self_first)) {
		pr_err("claim: \"%s\" is neither auto nor self\n", claim);
		return -EINVAL;
	}

	if (an_window_ms > AN_MAX_WINDOW_MS) {
		pr_err("window_ms: %u is more than %u\n", an_window_ms,
		       AN_MAX_WINDOW_MS);
		return -EINVAL;
	}
	return 0;
}

static int __init an_init(void)
{
	int err;

	err = an_check_params();
	if (err)
		return err;

	err = an_notify_init();
	if (err)
		return err;

	err = an_power_init();
	if (err)
		goto err_power;

	pr_info("%s loaded, claim=%s\n", AN_VERSION, claim);
	return 0;

err_power:
	an_notify_exit();
	return err;
}

static void __exit an_exit(void)
{
	an_power_exit();
	an_notify_exit();
}

module_init(an_init);
module_exit(an_exit);

MODULE_DESCRIPTION("Transparent failover between a synthetic NIC and its SR-IOV VF");
MODULE_AUTHOR("The an_failover developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(AN_VERSION);
