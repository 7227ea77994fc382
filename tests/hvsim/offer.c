// SPDX-License-Identifier: GPL-2.0
/*
 * Offers to the guest: a NIC, its subchannels, and a NIC's rescind
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>

#include "host.h"
#include "vmbus.h"

/* How long a rescind waits for the guest to be done with what it was given */
#define RESCIND_TRIES	400
#define RESCIND_WAIT_MS	5

/* Without RTNL, which the guest holds while it waits for its subchannels */
void nic_offer_channels(struct work_struct *work)
{
	struct hvsim_nic *nic = container_of(work, struct hvsim_nic,
					     offer_work);
	unsigned int i;

	for (i = 1; i <= nic->offered; i++)
		hvsim_channel_offer(&nic->primary->chan,
				    &nic->channel[i]->chan, i);
}

/**
 * nic_offer() - give a NIC to the guest
 * @nic: the NIC, not offered
 *
 * Its driver, if there is one, probes it before this returns.
 *
 * Context: process context; the driver takes RTNL.
 * Return: 0 or a negative error code.
 */
int nic_offer(struct hvsim_nic *nic)
{
	struct hv_device *hdev;

	ether_addr_copy(nic->cur_mac, nic->mac);
	hdev = hvsim_device_add(nic->index, &nic->primary->chan);
	if (IS_ERR(hdev))
		return PTR_ERR(hdev);
	nic->hdev = hdev;
	return 0;
}

static void rescind_set(struct hvsim_nic *nic, bool on)
{
	struct vmbus_channel *chan;
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < nic->channels; i++) {
		chan = &nic->channel[i]->chan;
		if (!nic->channel[i]->open) {
			chan->rescind = on;
			continue;
		}
		/* No packet is half way into the ring when this is done */
		spin_lock_irqsave(&chan->outbound.ring_lock, flags);
		chan->rescind = on;
		spin_unlock_irqrestore(&chan->outbound.ring_lock, flags);
	}
}

static bool rescind_idle(struct hvsim_nic *nic)
{
	unsigned int i;

	if (nic->rx.nfree != nic->rx.sections || nic->switch_id ||
	    work_busy(&nic->offer_work))
		return false;
	for (i = 0; i < nic->channels; i++)
		if (nic->channel[i]->open && ring_peek(nic->channel[i]))
			return false;
	return true;
}

/* From here on the guest sends nothing; if it still owes something, undone. */
static bool rescind_try(struct hvsim_nic *nic)
{
	unsigned int i;
	bool idle;

	for (i = 0; i < nic->channels; i++)
		mutex_lock_nested(&nic->channel[i]->poll_lock, i);
	spin_lock_bh(&nic->rx_lock);
	nic->quiesced = true;
	rx_purge_all(nic);
	rescind_set(nic, true);
	idle = rescind_idle(nic);
	if (!idle)
		rescind_set(nic, false);
	spin_unlock_bh(&nic->rx_lock);
	while (i--)
		mutex_unlock(&nic->channel[i]->poll_lock);
	return idle;
}

/**
 * hvsim_host_forget() - the guest hibernates
 * @primary: primary channel of a NIC, closed
 *
 * The host that the guest wakes up on knows nothing of its data path.
 */
void hvsim_host_forget(struct vmbus_channel *primary)
{
	switch_set_path(&to_host(primary)->nic->sw, false);
}

/**
 * nic_rescind() - take a NIC away from the guest
 * @nic: the NIC, offered
 *
 * hv_netvsc waits for ever, with RTNL held, for an answer that a rescinded
 * channel will not bring, and until it has returned each received message, which
 * it cannot by such a channel. So the guest is first left to finish.
 *
 * The VF is not taken away with it. A NIC that is offered again is a new one,
 * whose data path is synthetic.
 *
 * Context: process context; the driver takes RTNL.
 */
void nic_rescind(struct hvsim_nic *nic)
{
	int tries;

	for (tries = 0; !rescind_try(nic); tries++) {
		if (tries == RESCIND_TRIES) {
			pr_warn("hvsim: NIC %u rescinded while it is busy\n",
				nic->index);
			rescind_set(nic, true);
			break;
		}
		msleep(RESCIND_WAIT_MS);
	}

	hvsim_device_del(nic->hdev);
	nic->hdev = NULL;

	switch_set_path(&nic->sw, false);
	spin_lock_bh(&nic->rx_lock);
	rescind_set(nic, false);
	nic->quiesced = false;
	spin_unlock_bh(&nic->rx_lock);
}
