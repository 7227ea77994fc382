// SPDX-License-Identifier: GPL-2.0
/*
 * A driver of the synthetic device, between our two notifiers: what it sees, and
 * VFs that it takes itself
 */
#include <linux/rtnetlink.h>

#include "fixture.h"

struct an_drv an_drv;

static void an_drv_link_event(void)
{
	an_drv.seen++;
	an_drv.foreign += an_drv.syn->netdev_ops != an_drv.ops;
}

static int an_drv_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_PRECHANGEUPPER && an_drv.vetoes)
		return notifier_from_errno(-EPERM);
	if (event == NETDEV_NOTIFY_PEERS && dev == an_drv.syn)
		an_drv.told++;
	if (event == NETDEV_RESEND_IGMP && dev == an_drv.syn)
		an_drv.resent++;
	if (dev != an_drv.vf)
		return NOTIFY_DONE;

	switch (event) {
	case NETDEV_POST_INIT:
		an_drv.flags_at_init = dev->flags;
		break;
	case NETDEV_REGISTER:
		an_drv.master_at_register = netdev_master_upper_dev_get(dev);
		if (an_drv.joins)
			netdev_master_upper_dev_link(dev, an_drv.syn, NULL, NULL,
						     NULL);
		break;
	case NETDEV_UNREGISTER:
		an_drv.master_at_unregister = netdev_master_upper_dev_get(dev);
		if (an_drv.joins)
			netdev_upper_dev_unlink(dev, an_drv.syn);
		break;
	case NETDEV_JOIN:
		an_drv.joined++;
		break;
	case NETDEV_UP:
	case NETDEV_CHANGE:
	case NETDEV_GOING_DOWN:
	case NETDEV_DOWN:
		an_drv_link_event();
		break;
	}
	return NOTIFY_DONE;
}

static void an_drv_stop(void *unused)
{
	unregister_netdevice_notifier(&an_drv.nb);
}

/**
 * an_drv_start() - a synthetic device with a driver, and a VF that is yet to come
 * @test: the test, at whose end the driver stops to listen
 * @self: as with claim=self
 * Return: the VF, not registered; the rest is in an_drv.
 */
struct net_device *an_drv_start(struct kunit *test, bool self)
{
	an_test_claim_self(test, self);
	memset(&an_drv, 0, sizeof(an_drv));
	an_drv.syn = an_fake_syn(test);
	an_drv.ops = an_drv.syn->netdev_ops;
	an_drv.vf = an_fake_alloc(test, "mlx5_core", an_fake_mac);
	an_drv.nb.notifier_call = an_drv_event;
	KUNIT_ASSERT_EQ(test, register_netdevice_notifier(&an_drv.nb), 0);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, an_drv_stop, NULL));
	return an_drv.vf;
}
