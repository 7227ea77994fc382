// SPDX-License-Identifier: GPL-2.0
/*
 * VMBus stand-in: channel management (original: channel_mgmt.c)
 */
#include "vmbus_names.h"
#include <linux/kernel.h>
#include <linux/interrupt.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/cpu.h>
#include <linux/hyperv.h>
#include <linux/export.h>
#include <asm/mshyperv.h>
#include <linux/sched/isolation.h>
#include <linux/tracepoint.h>

#include "vmbus.h"

void vmbus_set_sc_create_callback(struct vmbus_channel *primary_channel,
				  void (*sc_cr_cb)(struct vmbus_channel *new_sc))
{
	primary_channel->sc_creation_callback = sc_cr_cb;
}
EXPORT_SYMBOL_GPL(vmbus_set_sc_create_callback);

/**
 * hvsim_channel_offer() - offer a subchannel to the guest
 * @primary: the NIC's primary channel
 * @channel: the subchannel, closed
 * @index: its number
 *
 * Context: process context without RTNL: whoever asked for the channel holds it
 * and waits until this is done.
 */
void hvsim_channel_offer(struct vmbus_channel *primary,
			 struct vmbus_channel *channel, u16 index)
{
	channel->primary_channel = primary;
	channel->offermsg.offer.sub_channel_index = index;
	channel->target_cpu = index % num_online_cpus();
	list_add_tail(&channel->sc_list, &primary->sc_list);
	if (primary->sc_creation_callback)
		primary->sc_creation_callback(channel);
}
