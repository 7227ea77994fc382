// SPDX-License-Identifier: GPL-2.0
/*
 * The host: a kthread per channel, and the channel's life
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "host.h"
#include "vmbus.h"

/* Packets between two looks at softirqs and at who waits for the CPU */
#define HOST_BATCH	64
/* A completion and an RNDIS answer, with their trailers */
#define HOST_REPLY	256

/**
 * host_kick() - make the host look at a channel
 * @hc: the channel
 *
 * Context: any.
 */
void host_kick(struct hvsim_channel *hc)
{
	WRITE_ONCE(hc->kicked, true);
	wake_up(&hc->wait);
}

/**
 * host_kick_all() - the same for all channels of a NIC
 * @nic: the NIC
 *
 * Context: any.
 */
void host_kick_all(struct hvsim_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->channels; i++)
		host_kick(nic->channel[i]);
}

void hvsim_host_kick(struct vmbus_channel *channel)
{
	channel->sig_events++;
	host_kick(to_host(channel));
}

/* An answer always fits, and the uplink is not flooded. */
static bool host_may_read(struct hvsim_channel *hc)
{
	bool room;

	spin_lock_bh(&hc->nic->rx_lock);
	room = ring_room(hc, HOST_REPLY) &&
	       (hc->nic->rx.nfree || !hc->nic->rx.sections);
	spin_unlock_bh(&hc->nic->rx_lock);
	return room && !uplink_congested(&hc->nic->sw);
}

/* Returns whether it had to stop for want of room: a kick will come. */
static bool host_read(struct hvsim_channel *hc)
{
	struct vmpacket_descriptor *desc;
	bool blocked = false;
	int n;

	/* Softirqs wait for the batch: the uplink aggregates what it gets */
	local_bh_disable();
	for (n = 0; n < HOST_BATCH; n++) {
		desc = ring_peek(hc);
		if (!desc)
			break;
		/* Completions of received frames need no room */
		blocked = desc->type != VM_PKT_COMP && !host_may_read(hc);
		if (blocked)
			break;
		nvsp_receive(hc, desc);
		ring_consume(hc, desc);
	}

	spin_lock(&hc->nic->rx_lock);
	rx_flush_all(hc->nic);
	ring_signal_guest(hc);
	spin_unlock(&hc->nic->rx_lock);
	local_bh_enable();
	return blocked;
}

/* Returns whether to come again at once. */
static bool host_poll(struct hvsim_channel *hc)
{
	struct hv_ring_buffer *in, *out;
	bool more = false;

	mutex_lock(&hc->poll_lock);
	if (hc->open) {
		in = hc->chan.inbound.ring_buffer;
		out = hc->chan.outbound.ring_buffer;
		WRITE_ONCE(in->pending_send_sz, 0);
		WRITE_ONCE(out->interrupt_mask, 1);
		more = !host_read(hc);
		if (more && !ring_peek(hc)) {
			WRITE_ONCE(out->interrupt_mask, 0);
			/* What came before the guest saw that is ours to see */
			virt_mb();
			more = ring_peek(hc);
		}
	}
	mutex_unlock(&hc->poll_lock);
	return more;
}

static int host_thread(void *data)
{
	struct hvsim_channel *hc = data;

	while (!kthread_should_stop()) {
		wait_event_idle(hc->wait, READ_ONCE(hc->kicked) ||
				kthread_should_stop());
		WRITE_ONCE(hc->kicked, false);
		/* What is read from here on is newer than the last kick */
		smp_mb();
		while (host_poll(hc))
			cond_resched();
	}
	return 0;
}

static void host_session_start(struct hvsim_nic *nic)
{
	nic->version = 0;
	nic->ndis = 0;
	nic->mtu = ETH_DATA_LEN;
	nic->guest_sriov = false;
	nic->rss.entries = 0;
}

void hvsim_host_open(struct vmbus_channel *channel)
{
	struct hvsim_channel *hc = to_host(channel);

	mutex_lock(&hc->poll_lock);
	spin_lock_bh(&hc->nic->rx_lock);
	if (!hc->index)
		host_session_start(hc->nic);
	hc->rx_frames = 0;
	hc->tx_messages = 0;
	hc->open = true;
	spin_unlock_bh(&hc->nic->rx_lock);
	mutex_unlock(&hc->poll_lock);
	host_kick(hc);
}

static void host_session_end(struct hvsim_nic *nic)
{
	nic->negotiated = false;
	nic->running = false;
	nic->filter = 0;
	rx_area_clear(nic->primary);
	nic->send_buf = NULL;
}

void hvsim_host_close(struct vmbus_channel *channel)
{
	struct hvsim_channel *hc = to_host(channel);

	mutex_lock(&hc->poll_lock);
	spin_lock_bh(&hc->nic->rx_lock);
	hc->open = false;
	rx_purge(hc);
	if (!hc->index)
		host_session_end(hc->nic);
	spin_unlock_bh(&hc->nic->rx_lock);
	mutex_unlock(&hc->poll_lock);

	if (hc->index)
		return;
	cancel_delayed_work_sync(&hc->nic->switch_work);
	hc->nic->switch_id = 0;
}

/* The guest closes its primary channel: nothing may be offered any more. */
void hvsim_host_stop_offers(struct vmbus_channel *primary)
{
	cancel_work_sync(&to_host(primary)->nic->offer_work);
}

int hvsim_host_gpadl_add(struct vmbus_channel *channel,
			 const struct vmbus_gpadl *gpadl)
{
	struct hvsim_channel *hc = to_host(channel);
	int i, err = -ENOSPC;

	mutex_lock(&hc->poll_lock);
	for (i = 0; err && i < HOST_GPADLS; i++) {
		if (hc->nic->gpadls[i].handle)
			continue;
		hc->nic->gpadls[i].handle = gpadl->gpadl_handle;
		hc->nic->gpadls[i].buf = gpadl->buffer;
		hc->nic->gpadls[i].size = gpadl->size;
		err = 0;
	}
	mutex_unlock(&hc->poll_lock);
	return err;
}

const struct host_gpadl *host_gpadl_find(struct hvsim_channel *hc, u32 handle)
{
	int i;

	for (i = 0; i < HOST_GPADLS; i++)
		if (handle && hc->nic->gpadls[i].handle == handle)
			return &hc->nic->gpadls[i];
	return NULL;
}

/* The guest revokes a buffer first; should it not, the host lets go of it. */
void hvsim_host_gpadl_del(struct vmbus_channel *channel, u32 handle)
{
	struct hvsim_channel *hc = to_host(channel);
	struct host_gpadl *gpadl;

	mutex_lock(&hc->poll_lock);
	gpadl = (struct host_gpadl *)host_gpadl_find(hc, handle);
	if (gpadl) {
		spin_lock_bh(&hc->nic->rx_lock);
		if (hc->nic->rx.buf == gpadl->buf) {
			rx_purge_all(hc->nic);
			rx_area_clear(hc);
		}
		if (hc->nic->send_buf == gpadl->buf)
			hc->nic->send_buf = NULL;
		spin_unlock_bh(&hc->nic->rx_lock);
		memset(gpadl, 0, sizeof(*gpadl));
	}
	mutex_unlock(&hc->poll_lock);
}

static struct hvsim_channel *host_channel_create(struct hvsim_nic *nic,
						 unsigned int index)
{
	struct hvsim_channel *hc;

	hc = kvzalloc(sizeof(*hc), GFP_KERNEL);
	if (!hc)
		return ERR_PTR(-ENOMEM);

	hc->nic = nic;
	hc->index = index;
	init_waitqueue_head(&hc->wait);
	mutex_init(&hc->poll_lock);
	__skb_queue_head_init(&hc->queue);

	hc->chan.state = CHANNEL_OPEN_STATE;
	hc->chan.offermsg.child_relid = 1 + nic->index +
					index * HVSIM_NICS_MAX;
	spin_lock_init(&hc->chan.sched_lock);
	INIT_LIST_HEAD(&hc->chan.sc_list);

	hc->task = kthread_run(host_thread, hc, "hvsim/%u:%u", nic->index,
			       index);
	if (IS_ERR(hc->task)) {
		long err = PTR_ERR(hc->task);

		kvfree(hc);
		return ERR_PTR(err);
	}
	return hc;
}

/* The guest's driver is gone, so the channel is closed. */
static void host_channel_destroy(struct hvsim_channel *hc)
{
	kthread_stop(hc->task);
	mutex_destroy(&hc->poll_lock);
	kvfree(hc);
}

/**
 * host_channels_create() - the channels that the guest can open
 * @nic: their NIC
 * @count: how many, the primary included
 *
 * Return: 0 or a negative error code.
 */
int host_channels_create(struct hvsim_nic *nic, unsigned int count)
{
	struct hvsim_channel *hc;
	unsigned int i;

	spin_lock_init(&nic->rx_lock);
	INIT_DELAYED_WORK(&nic->switch_work, nvsp_switch_work);
	INIT_WORK(&nic->offer_work, nic_offer_channels);

	for (i = 0; i < count; i++) {
		hc = host_channel_create(nic, i);
		if (IS_ERR(hc)) {
			host_channels_destroy(nic);
			return PTR_ERR(hc);
		}
		nic->channel[i] = hc;
		nic->channels = i + 1;
	}
	nic->primary = nic->channel[0];
	return 0;
}

void host_channels_destroy(struct hvsim_nic *nic)
{
	while (nic->channels)
		host_channel_destroy(nic->channel[--nic->channels]);
}
