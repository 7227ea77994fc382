// SPDX-License-Identifier: GPL-2.0
/*
 * Hibernation
 *
 * While the system hibernates hv_netvsc closes its channel, and on waking up it
 * sets its own idea of the host's data path back, with no event to tell of it.
 * Until the VF's next link event the host then drops what goes by the VF. So
 * the VF is closed before, in order, and opened afterwards (claim self), or is left
 * to the driver's own path meanwhile (claim driver).
 */
#include <linux/rtnetlink.h>
#include <linux/suspend.h>

#include "../an_failover.h"

static void an_fall_asleep(struct an_pair *pair)
{
	pair->asleep = true;
	if (pair->claim == AN_CLAIM_SELF)
		dev_close(pair->vf);
	else
		an_fast_update(pair);
}

static void an_wake_up(struct an_pair *pair)
{
	pair->asleep = false;
	if (!pair->vf)
		return;
	/*
	 * If it is open, at somebody else's wish with claim self: then the driver tells
	 * the host, if it has not yet. Whether it has, nobody can know: it may have seen
	 * the VF wake up before it did so itself.
	 */
	if (netif_running(pair->vf))
		netdev_state_change(pair->vf);
	else if (pair->claim == AN_CLAIM_SELF)
		an_link_open(pair);
}

an_static int an_power_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	void (*tell)(struct an_pair *pair);

	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		tell = an_fall_asleep;
		break;
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		tell = an_wake_up;
		break;
	default:
		return NOTIFY_DONE;
	}

	rtnl_lock();
	an_pair_for_each(tell);
	rtnl_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block an_power = {
	.notifier_call	= an_power_event,
};

/**
 * an_power_init() - start to listen for hibernation
 * Return: 0 or a negative errno.
 */
int an_power_init(void)
{
	return register_pm_notifier(&an_power);
}

/**
 * an_power_exit() - stop to listen
 */
void an_power_exit(void)
{
	unregister_pm_notifier(&an_power);
}
