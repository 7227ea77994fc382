// SPDX-License-Identifier: GPL-2.0
/*
 * VMBus stand-in: the guest's side of the rings (original: ring_buffer.c)
 *
 * A ring is one page of indices and the data. The data is mapped twice in a
 * row, so that a packet that wraps is contiguous for both sides.
 */
#include "vmbus_names.h"
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/hyperv.h>
#include <linux/uio.h>
#include <linux/vmalloc.h>
#include <linux/slab.h>
#include <linux/prefetch.h>
#include <linux/io.h>
#include <linux/export.h>
#include <asm/mshyperv.h>
#include <linux/tracepoint.h>

#include "vmbus.h"

/* Here, as the original of vmbus_channel.c does not include linux/vmalloc.h */
void *hvsim_ring_area(u32 size)
{
	return vzalloc(size);
}

static struct hv_ring_buffer *ring_map(void *area, u32 npages)
{
	u32 i, ndata = npages - 1;
	struct page **pages;
	void *map;

	pages = kvcalloc(1 + 2 * ndata, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;

	pages[0] = vmalloc_to_page(area);
	for (i = 0; i < ndata; i++) {
		pages[1 + i] = vmalloc_to_page(area + (1 + i) * PAGE_SIZE);
		pages[1 + ndata + i] = pages[1 + i];
	}

	map = vmap(pages, 1 + 2 * ndata, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	return map;
}

/**
 * hvsim_ring_init() - make a ring of a piece of vmalloc memory
 * @ring: the ring
 * @area: page-aligned and zeroed, stays with the caller
 * @size: bytes, a multiple of the page size, at least two pages
 * @max_pkt_size: room for the copy of a received packet, 0 for a ring that
 *	is only written
 *
 * Return: 0 or -ENOMEM; hvsim_ring_free() is due in both cases.
 */
int hvsim_ring_init(struct hv_ring_buffer_info *ring, void *area, u32 size,
		    u32 max_pkt_size)
{
	spin_lock_init(&ring->ring_lock);
	ring->ring_size = size;
	ring->ring_datasize = size - sizeof(struct hv_ring_buffer);
	ring->ring_size_div10_reciprocal = reciprocal_value(size / 10);
	ring->priv_read_index = 0;

	ring->ring_buffer = ring_map(area, size >> PAGE_SHIFT);
	if (!ring->ring_buffer)
		return -ENOMEM;
	/* Both sides tell when they wait for room */
	ring->ring_buffer->feature_bits.feat_pending_send_sz = 1;

	if (!max_pkt_size)
		return 0;
	ring->pkt_buffer = kzalloc(max_pkt_size, GFP_KERNEL);
	if (!ring->pkt_buffer)
		return -ENOMEM;
	ring->pkt_buffer_size = max_pkt_size;
	return 0;
}

void hvsim_ring_free(struct hv_ring_buffer_info *ring)
{
	vunmap(ring->ring_buffer);
	ring->ring_buffer = NULL;
	kfree(ring->pkt_buffer);
	ring->pkt_buffer = NULL;
	ring->pkt_buffer_size = 0;
}

static u32 ring_put(struct hv_ring_buffer_info *ring, u32 pos, const void *src,
		    u32 len)
{
	memcpy(ring->ring_buffer->buffer + pos, src, len);
	pos += len;
	return pos >= ring->ring_datasize ? pos - ring->ring_datasize : pos;
}

/* An ID only for a packet whose completion was asked for; 0 is never used. */
static u64 ring_request_id(struct vmbus_channel *channel,
			   const struct vmpacket_descriptor *desc, u64 request)
{
	if (desc->flags != VMBUS_DATA_PACKET_FLAG_COMPLETION_REQUESTED ||
	    !channel->next_request_id_callback)
		return VMBUS_NO_RQSTOR;
	return channel->next_request_id_callback(channel, request);
}

/* The descriptor gets its ID in the ring. Returns where the next one starts. */
static u32 ring_put_packet(struct hv_ring_buffer_info *ring,
			   const struct kvec *vec, unsigned int count, u64 id)
{
	u32 start = ring->ring_buffer->write_index, pos = start;
	u64 trailer = (u64)start << 32;
	struct vmpacket_descriptor *desc;
	unsigned int i;

	for (i = 0; i < count; i++)
		pos = ring_put(ring, pos, vec[i].iov_base, vec[i].iov_len);
	desc = (void *)ring->ring_buffer->buffer + start;
	desc->trans_id = id;
	return ring_put(ring, pos, &trailer, sizeof(trailer));
}

static void ring_note_full(struct vmbus_channel *channel)
{
	channel->out_full_total++;
	if (channel->out_full_flag)
		return;
	channel->out_full_flag = true;
	channel->out_full_first++;
}

/**
 * hvsim_ring_write() - a packet from the guest to the host
 * @channel: the channel
 * @vec: the packet, its descriptor first, together a multiple of 8 bytes
 * @count: number of pieces
 * @request: the driver's pointer for the completion, or what it wants as the
 *	transaction ID of a packet without one
 *
 * Context: any.
 * Return: 0, -ENODEV when the channel is rescinded, or -EAGAIN when the ring or
 * the table of request IDs is full.
 */
int hvsim_ring_write(struct vmbus_channel *channel, const struct kvec *vec,
		     unsigned int count, u64 request)
{
	struct hv_ring_buffer_info *ring = &channel->outbound;
	u64 id = VMBUS_RQST_ERROR;
	u32 need = VMBUS_TRAILER;
	unsigned long flags;
	unsigned int i;
	u32 end;

	for (i = 0; i < count; i++)
		need += vec[i].iov_len;

	spin_lock_irqsave(&ring->ring_lock, flags);
	/* A ring filled to the brim would look empty */
	if (!channel->rescind && hv_get_bytes_to_write(ring) > need)
		id = ring_request_id(channel, vec[0].iov_base, request);
	if (id == VMBUS_RQST_ERROR) {
		ring_note_full(channel);
		spin_unlock_irqrestore(&ring->ring_lock, flags);
		return channel->rescind ? -ENODEV : -EAGAIN;
	}

	channel->out_full_flag = false;
	end = ring_put_packet(ring, vec, count,
			      id == VMBUS_NO_RQSTOR ? request : id);
	/* The packet must be there before the index says so */
	virt_store_release(&ring->ring_buffer->write_index, end);
	spin_unlock_irqrestore(&ring->ring_lock, flags);

	/* Index first, then the question whether the host still reads */
	virt_mb();
	if (!READ_ONCE(ring->ring_buffer->interrupt_mask))
		hvsim_host_kick(channel);
	return 0;
}

struct vmpacket_descriptor *hv_pkt_iter_first(struct vmbus_channel *channel)
{
	struct hv_ring_buffer_info *ring = &channel->inbound;
	u32 pos = ring->priv_read_index;
	struct vmpacket_descriptor *desc;
	u32 write;

	/* The packet is looked at after the index that covers it */
	write = virt_load_acquire(&ring->ring_buffer->write_index);
	if (write == pos)
		return NULL;

	desc = (void *)ring->ring_buffer->buffer + pos;
	memcpy(ring->pkt_buffer, desc,
	       min_t(u32, desc->len8 << 3, ring->pkt_buffer_size));
	return ring->pkt_buffer;
}
EXPORT_SYMBOL_GPL(hv_pkt_iter_first);

struct vmpacket_descriptor *
__hv_pkt_iter_next(struct vmbus_channel *channel,
		   const struct vmpacket_descriptor *desc)
{
	struct hv_ring_buffer_info *ring = &channel->inbound;
	u32 pos = ring->priv_read_index + (desc->len8 << 3) + VMBUS_TRAILER;

	if (pos >= ring->ring_datasize)
		pos -= ring->ring_datasize;
	ring->priv_read_index = pos;
	return hv_pkt_iter_first(channel);
}
EXPORT_SYMBOL_GPL(__hv_pkt_iter_next);

void hv_pkt_iter_close(struct vmbus_channel *channel)
{
	struct hv_ring_buffer_info *ring = &channel->inbound;
	u32 pending;

	/* Nothing of the packets is read once the host may overwrite them */
	virt_store_release(&ring->ring_buffer->read_index,
			   ring->priv_read_index);
	/* Make room first, then see whether the host waits for some */
	virt_mb();
	pending = READ_ONCE(ring->ring_buffer->pending_send_sz);
	if (!pending || hv_get_bytes_to_write(ring) <= pending)
		return;
	channel->intr_in_full++;
	hvsim_host_kick(channel);
}
EXPORT_SYMBOL_GPL(hv_pkt_iter_close);
