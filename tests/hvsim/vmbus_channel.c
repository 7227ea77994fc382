// SPDX-License-Identifier: GPL-2.0
/*
 * VMBus stand-in: channels, GPADLs, request IDs (original: channel.c)
 */
#include "vmbus_names.h"
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/module.h>
#include <linux/hyperv.h>
#include <linux/uio.h>
#include <linux/interrupt.h>
#include <linux/set_memory.h>
#include <linux/export.h>
#include <asm/page.h>
#include <asm/mshyperv.h>
#include <linux/tracepoint.h>

#include "vmbus.h"

static atomic_t gpadl_last = ATOMIC_INIT(0xe1e0f);

/* The free slots are a list through req_arr[], its end is an index too big. */
static int requestor_init(struct vmbus_requestor *req, u32 size)
{
	u32 i;

	req->req_arr = kvmalloc_array(size, sizeof(u64), GFP_KERNEL);
	req->req_bitmap = bitmap_zalloc(size, GFP_KERNEL);
	if (!req->req_arr || !req->req_bitmap)
		return -ENOMEM;

	for (i = 0; i < size; i++)
		req->req_arr[i] = i + 1;
	req->size = size;
	req->next_request_id = 0;
	spin_lock_init(&req->req_lock);
	return 0;
}

static void requestor_free(struct vmbus_requestor *req)
{
	kvfree(req->req_arr);
	req->req_arr = NULL;
	bitmap_free(req->req_bitmap);
	req->req_bitmap = NULL;
	req->size = 0;
}

static void channel_free(struct vmbus_channel *channel)
{
	struct vmbus_gpadl *gpadl = &channel->ringbuffer_gpadlhandle;

	hvsim_ring_free(&channel->outbound);
	hvsim_ring_free(&channel->inbound);
	requestor_free(&channel->requestor);
	kvfree(gpadl->buffer);
	memset(gpadl, 0, sizeof(*gpadl));
}

static int channel_alloc(struct vmbus_channel *channel, u32 send, u32 recv)
{
	struct vmbus_gpadl *gpadl = &channel->ringbuffer_gpadlhandle;
	int err;

	gpadl->size = send + recv;
	gpadl->buffer = hvsim_ring_area(gpadl->size);
	if (!gpadl->buffer)
		return -ENOMEM;
	gpadl->gpadl_handle = atomic_inc_return(&gpadl_last);

	if (channel->rqstor_size) {
		err = requestor_init(&channel->requestor, channel->rqstor_size);
		if (err)
			return err;
	}

	err = hvsim_ring_init(&channel->outbound, gpadl->buffer, send, 0);
	if (err)
		return err;
	if (!channel->max_pkt_size)
		channel->max_pkt_size = VMBUS_DEFAULT_MAX_PKT_SIZE;
	return hvsim_ring_init(&channel->inbound, gpadl->buffer + send, recv,
			       channel->max_pkt_size);
}

int vmbus_open(struct vmbus_channel *newchannel, u32 send_ringbuffer_size,
	       u32 recv_ringbuffer_size, void *userdata, u32 userdatalen,
	       void (*onchannelcallback)(void *context), void *context)
{
	int err;

	if (newchannel->state != CHANNEL_OPEN_STATE ||
	    send_ringbuffer_size < 2 * PAGE_SIZE ||
	    recv_ringbuffer_size < 2 * PAGE_SIZE ||
	    !PAGE_ALIGNED(send_ringbuffer_size | recv_ringbuffer_size))
		return -EINVAL;

	err = channel_alloc(newchannel, send_ringbuffer_size,
			    recv_ringbuffer_size);
	if (err) {
		channel_free(newchannel);
		return err;
	}

	newchannel->onchannel_callback = onchannelcallback;
	newchannel->channel_callback_context = context;
	newchannel->state = CHANNEL_OPENED_STATE;
	hvsim_host_open(newchannel);
	return 0;
}
EXPORT_SYMBOL_GPL(vmbus_open);

static void channel_close(struct vmbus_channel *channel)
{
	if (channel->state != CHANNEL_OPENED_STATE)
		return;

	/* After this the host uses neither the rings nor the callback */
	hvsim_host_close(channel);
	channel->state = CHANNEL_OPEN_STATE;
	channel->onchannel_callback = NULL;
	channel->sc_creation_callback = NULL;
	channel_free(channel);
}

/* Subchannels go with their primary; the guest asks for new ones. */
void vmbus_close(struct vmbus_channel *channel)
{
	struct vmbus_channel *sub, *next;

	if (!channel->primary_channel)
		hvsim_host_stop_offers(channel);
	list_for_each_entry_safe(sub, next, &channel->sc_list, sc_list) {
		channel_close(sub);
		list_del_init(&sub->sc_list);
		sub->primary_channel = NULL;
	}
	channel_close(channel);
}
EXPORT_SYMBOL_GPL(vmbus_close);

int vmbus_establish_gpadl(struct vmbus_channel *channel, void *kbuffer,
			  u32 size, struct vmbus_gpadl *gpadl)
{
	gpadl->gpadl_handle = atomic_inc_return(&gpadl_last);
	gpadl->buffer = kbuffer;
	gpadl->size = size;
	/* hv_netvsc leaks a buffer that it believes to be shared with a host */
	gpadl->decrypted = false;
	return hvsim_host_gpadl_add(channel, gpadl);
}
EXPORT_SYMBOL_GPL(vmbus_establish_gpadl);

int vmbus_teardown_gpadl(struct vmbus_channel *channel,
			 struct vmbus_gpadl *gpadl)
{
	hvsim_host_gpadl_del(channel, gpadl->gpadl_handle);
	gpadl->gpadl_handle = 0;
	gpadl->decrypted = false;
	return 0;
}
EXPORT_SYMBOL_GPL(vmbus_teardown_gpadl);

static int channel_write(struct vmbus_channel *channel,
			 struct vmpacket_descriptor *desc, u32 desc_size,
			 void *buffer, u32 len, u64 request)
{
	u32 total = ALIGN(desc_size + len, sizeof(u64));
	u64 zero = 0;
	struct kvec vec[] = {
		{ .iov_base = desc, .iov_len = desc_size },
		{ .iov_base = buffer, .iov_len = len },
		{ .iov_base = &zero, .iov_len = total - desc_size - len },
	};

	desc->offset8 = desc_size >> 3;
	desc->len8 = total >> 3;
	return hvsim_ring_write(channel, vec, ARRAY_SIZE(vec), request);
}

int vmbus_sendpacket(struct vmbus_channel *channel, void *buffer,
		     u32 bufferlen, u64 requestid, enum vmbus_packet_type type,
		     u32 flags)
{
	struct vmpacket_descriptor desc = {
		.type = type,
		.flags = flags,
	};

	return channel_write(channel, &desc, sizeof(desc), buffer, bufferlen,
			     requestid);
}
EXPORT_SYMBOL(vmbus_sendpacket);

int vmbus_sendpacket_mpb_desc(struct vmbus_channel *channel,
			      struct vmbus_packet_mpb_array *desc,
			      u32 desc_size, void *buffer, u32 bufferlen,
			      u64 requestid)
{
	desc->type = VM_PKT_DATA_USING_GPA_DIRECT;
	desc->flags = VMBUS_DATA_PACKET_FLAG_COMPLETION_REQUESTED;
	desc->reserved = 0;
	return channel_write(channel, (struct vmpacket_descriptor *)desc,
			     desc_size, buffer, bufferlen, requestid);
}
EXPORT_SYMBOL_GPL(vmbus_sendpacket_mpb_desc);

u64 vmbus_next_request_id(struct vmbus_channel *channel, u64 rqst_addr)
{
	struct vmbus_requestor *req = &channel->requestor;
	unsigned long flags;
	u64 slot;

	if (!channel->rqstor_size)
		return VMBUS_NO_RQSTOR;

	lock_requestor(channel, flags);
	slot = req->next_request_id;
	if (slot < req->size) {
		req->next_request_id = req->req_arr[slot];
		req->req_arr[slot] = rqst_addr;
		__set_bit(slot, req->req_bitmap);
	}
	unlock_requestor(channel, flags);

	return slot < req->size ? slot + 1 : VMBUS_RQST_ERROR;
}
EXPORT_SYMBOL_GPL(vmbus_next_request_id);

u64 vmbus_request_addr(struct vmbus_channel *channel, u64 trans_id)
{
	struct vmbus_requestor *req = &channel->requestor;
	u64 slot = trans_id - 1, addr = VMBUS_RQST_ERROR;
	unsigned long flags;

	if (!channel->rqstor_size)
		return VMBUS_NO_RQSTOR;

	lock_requestor(channel, flags);
	/* A transaction ID of 0 wraps to a slot that cannot exist */
	if (slot < req->size && __test_and_clear_bit(slot, req->req_bitmap)) {
		addr = req->req_arr[slot];
		req->req_arr[slot] = req->next_request_id;
		req->next_request_id = slot;
	}
	unlock_requestor(channel, flags);
	return addr;
}
EXPORT_SYMBOL_GPL(vmbus_request_addr);
