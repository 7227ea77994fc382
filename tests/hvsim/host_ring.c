// SPDX-License-Identifier: GPL-2.0
/*
 * The host's side of the rings
 */
#include "host.h"
#include "vmbus.h"

/**
 * ring_peek() - the next packet of the guest
 * @hc: the channel
 *
 * The packet stays in the ring, where it is contiguous, until ring_consume().
 */
struct vmpacket_descriptor *ring_peek(struct hvsim_channel *hc)
{
	struct hv_ring_buffer *ring = hc->chan.outbound.ring_buffer;
	u32 read = ring->read_index;

	/* The packet is looked at after the index that covers it */
	if (virt_load_acquire(&ring->write_index) == read)
		return NULL;
	return (struct vmpacket_descriptor *)(ring->buffer + read);
}

void ring_consume(struct hvsim_channel *hc,
		  const struct vmpacket_descriptor *desc)
{
	struct hv_ring_buffer *ring = hc->chan.outbound.ring_buffer;
	u32 pos = ring->read_index + (desc->len8 << 3) + VMBUS_TRAILER;

	if (pos >= hc->chan.outbound.ring_datasize)
		pos -= hc->chan.outbound.ring_datasize;
	/* Nothing of the packet is read once the guest may overwrite it */
	virt_store_release(&ring->read_index, pos);
}

/**
 * ring_room() - is there room for a packet to the guest?
 * @hc: the channel
 * @need: bytes, trailers included
 *
 * If not, the guest is asked to kick the host when it has made room.
 */
bool ring_room(struct hvsim_channel *hc, u32 need)
{
	struct hv_ring_buffer_info *info = &hc->chan.inbound;

	if (hv_get_bytes_to_write(info) > need)
		return true;
	WRITE_ONCE(info->ring_buffer->pending_send_sz, need);
	/* The guest may have made room before it could see the wish */
	virt_mb();
	return hv_get_bytes_to_write(info) > need;
}

/**
 * ring_write() - a packet to the guest
 * @hc: the channel, ring_room() said yes
 * @head: descriptor and what belongs to it
 * @head_len: a multiple of 8
 * @data: payload
 * @len: a multiple of 8
 */
void ring_write(struct hvsim_channel *hc, const void *head, u32 head_len,
		const void *data, u32 len)
{
	struct hv_ring_buffer_info *info = &hc->chan.inbound;
	struct hv_ring_buffer *ring = info->ring_buffer;
	u32 start = ring->write_index, end;
	u64 trailer = (u64)start << 32;

	/* Mapped twice in a row: no wrap to care for */
	memcpy(ring->buffer + start, head, head_len);
	memcpy(ring->buffer + start + head_len, data, len);
	memcpy(ring->buffer + start + head_len + len, &trailer,
	       sizeof(trailer));

	end = start + head_len + len + sizeof(trailer);
	if (end >= info->ring_datasize)
		end -= info->ring_datasize;
	/* The packet must be there before the index says so */
	virt_store_release(&ring->write_index, end);
}

/**
 * ring_complete() - the answer to a packet that asked for one
 * @hc: the channel, ring_room() said yes
 * @id: transaction
 * @data: payload
 * @len: a multiple of 8, may be 0
 */
void ring_complete(struct hvsim_channel *hc, u64 id, const void *data, u32 len)
{
	struct vmpacket_descriptor desc = {
		.type = VM_PKT_COMP,
		.offset8 = sizeof(desc) >> 3,
		.len8 = (sizeof(desc) + len) >> 3,
		.trans_id = id,
	};

	ring_write(hc, &desc, sizeof(desc), data, len);
}

/**
 * ring_signal_guest() - interrupt the guest unless it reads anyway
 * @hc: the channel, rx_lock held: it keeps the callback alive
 */
void ring_signal_guest(struct hvsim_channel *hc)
{
	struct vmbus_channel *chan = &hc->chan;
	unsigned long flags;

	/* Index first, then the question whether the guest still reads */
	virt_mb();
	if (READ_ONCE(chan->inbound.ring_buffer->interrupt_mask))
		return;

	chan->interrupts++;
	/* The callback believes to be in an interrupt */
	local_irq_save(flags);
	chan->onchannel_callback(chan->channel_callback_context);
	local_irq_restore(flags);
}
