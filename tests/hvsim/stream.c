// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes of a packet from the guest, wherever they are
 */
#include <linux/io.h>
#include <linux/overflow.h>

#include "host.h"

static bool stream_add(struct host_stream *stream, const u8 *data, u32 len)
{
	if (stream->count == ARRAY_SIZE(stream->seg))
		return false;
	stream->seg[stream->count].data = data;
	stream->seg[stream->count].len = len;
	stream->count++;
	stream->len += len;
	return true;
}

/* The layout of a GPA-direct packet behind its descriptor */
struct gpa_head {
	u32 reserved;
	u32 count;
} __packed;

struct gpa_piece {
	u32 len;
	u32 offset;
	u64 pfn[];
} __packed;

/* A range is contiguous memory: all of its page numbers follow the first. */
static bool stream_add_ranges(struct host_stream *stream,
			      const struct vmpacket_descriptor *desc)
{
	const struct gpa_head *head = (const void *)(desc + 1);
	const void *end = (const u8 *)desc + (desc->offset8 << 3);
	const struct gpa_piece *piece = (const void *)(head + 1);
	u32 i, n, pages;

	if ((const void *)piece > end)
		return false;
	for (i = 0; i < head->count; i++) {
		if ((const void *)(piece + 1) > end ||
		    piece->offset >= PAGE_SIZE)
			return false;
		pages = DIV_ROUND_UP(piece->offset + piece->len, PAGE_SIZE);
		if (!pages || (const void *)(piece->pfn + pages) > end)
			return false;
		for (n = 1; n < pages; n++)
			if (piece->pfn[n] != piece->pfn[0] + n)
				return false;
		if (!stream_add(stream,
				phys_to_virt(piece->pfn[0] << PAGE_SHIFT) +
				piece->offset, piece->len))
			return false;
		piece = (const void *)(piece->pfn + pages);
	}
	return true;
}

/**
 * stream_init() - find what an RNDIS packet of NVSP carries
 * @stream: filled
 * @hc: the channel
 * @desc: the packet
 * @msg: its NVSP message
 *
 * Return: false when the packet is not well formed.
 */
bool stream_init(struct host_stream *stream, struct hvsim_channel *hc,
		 const struct vmpacket_descriptor *desc,
		 const struct nvsp_msg *msg)
{
	u32 len = msg->rndis.section_len;
	u32 offset;

	stream->count = 0;
	stream->len = 0;
	stream->pos = 0;

	if (msg->rndis.section != NVSP_NO_SECTION) {
		if (!hc->nic->send_buf ||
		    check_mul_overflow(msg->rndis.section,
				       (u32)HOST_SEND_SECTION, &offset) ||
		    offset > hc->nic->send_size || len > hc->nic->send_size - offset)
			return false;
		stream_add(stream, hc->nic->send_buf + offset, len);
	}
	return desc->type != VM_PKT_DATA_USING_GPA_DIRECT ||
	       stream_add_ranges(stream, desc);
}

/**
 * stream_seek() - go somewhere else
 * @stream: the stream
 * @pos: bytes from its start
 *
 * Return: false when that is behind its end.
 */
bool stream_seek(struct host_stream *stream, u32 pos)
{
	if (pos > stream->len)
		return false;
	stream->pos = pos;
	return true;
}

/**
 * stream_copy() - take bytes out, and advance
 * @stream: the stream
 * @to: where to
 * @len: how many
 *
 * Return: false, and nothing done, when there are not as many.
 */
bool stream_copy(struct host_stream *stream, void *to, u32 len)
{
	u32 skip = stream->pos, n;
	unsigned int i;

	if (len > stream->len - stream->pos)
		return false;
	stream->pos += len;

	for (i = 0; len; i++) {
		if (skip >= stream->seg[i].len) {
			skip -= stream->seg[i].len;
			continue;
		}
		n = min(len, stream->seg[i].len - skip);
		memcpy(to, stream->seg[i].data + skip, n);
		to += n;
		len -= n;
		skip = 0;
	}
	return true;
}
