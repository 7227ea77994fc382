// SPDX-License-Identifier: GPL-2.0
/*
 * RNDIS: messages from the guest, and the answers to those of control
 */
#include "host.h"

/* Room for an answer: header, body, information */
struct rndis_reply {
	struct rndis_hdr hdr;
	union {
		struct rndis_init_done init;
		struct rndis_query_done query;
		struct rndis_done done;
		struct rndis_indication indication;
	};
	u8 info[256];
};

static bool rndis_reply(struct hvsim_channel *hc, struct rndis_reply *reply,
			u32 type, u32 body_len)
{
	bool sent;

	reply->hdr.type = type;
	reply->hdr.len = sizeof(reply->hdr) + body_len;
	spin_lock_bh(&hc->nic->rx_lock);
	sent = rx_control(hc, reply, reply->hdr.len);
	spin_unlock_bh(&hc->nic->rx_lock);
	if (!sent)
		pr_warn_ratelimited("hvsim: no room for an RNDIS answer\n");
	return sent;
}

static void rndis_init(struct hvsim_channel *hc, u32 request)
{
	struct rndis_reply reply = {
		.init = {
			.request = request,
			.status = RNDIS_STATUS_SUCCESS,
			.major = RNDIS_MAJOR_VERSION,
			.minor = RNDIS_MINOR_VERSION,
			.flags = RNDIS_DF_CONNECTIONLESS,
			.max_packets = 8,
			.max_transfer = 0x4000,
			.alignment = 3,	/* a power of two */
		},
	};

	hc->nic->running = true;
	rndis_reply(hc, &reply, RNDIS_MSG_INIT_C, sizeof(reply.init));
}

/* No answer; the guest only waits for what is under way. */
static void rndis_halt(struct hvsim_channel *hc)
{
	spin_lock_bh(&hc->nic->rx_lock);
	hc->nic->running = false;
	hc->nic->filter = 0;
	rx_purge_all(hc->nic);
	spin_unlock_bh(&hc->nic->rx_lock);
}

static void rndis_handle_query(struct hvsim_channel *hc,
			       const struct rndis_oid_req *req)
{
	struct rndis_reply reply = {
		.query = {
			.request = req->request,
			.offset = sizeof(reply.query),
		},
	};
	u8 *info = (u8 *)&reply.query + sizeof(reply.query);
	u32 len = sizeof(reply.info);

	reply.query.status = rndis_query(hc, req->oid, info, &len);
	if (reply.query.status != RNDIS_STATUS_SUCCESS)
		len = 0;
	reply.query.len = len;
	rndis_reply(hc, &reply, RNDIS_MSG_QUERY_C, sizeof(reply.query) + len);
}

static void rndis_handle_set(struct hvsim_channel *hc,
			     const struct rndis_oid_req *req, u32 len)
{
	struct rndis_reply reply = { .done.request = req->request };

	if (req->offset > len || req->len > len - req->offset)
		reply.done.status = RNDIS_STATUS_INVALID_LENGTH;
	else
		reply.done.status = rndis_set(hc, req->oid,
					      (const u8 *)req + req->offset,
					      req->len);
	rndis_reply(hc, &reply, RNDIS_MSG_SET_C, sizeof(reply.done));
}

static void rndis_keepalive(struct hvsim_channel *hc, u32 request)
{
	struct rndis_reply reply = {
		.done = {
			.request = request,
			.status = RNDIS_STATUS_SUCCESS,
		},
	};

	rndis_reply(hc, &reply, RNDIS_MSG_KEEPALIVE_C, sizeof(reply.done));
}

/**
 * rndis_indicate_link() - tell the guest that its link changed
 * @hc: the channel, rx_lock held
 *
 * Answers must always find a section, so what was not asked for leaves some.
 *
 * Return: false when there was no room.
 */
bool rndis_indicate_link(struct hvsim_channel *hc)
{
	struct {
		struct rndis_hdr hdr;
		struct rndis_indication body;
	} msg = {
		.hdr.type = RNDIS_MSG_INDICATE,
		.hdr.len = sizeof(msg),
		.body.status = hc->nic->link ? RNDIS_STATUS_MEDIA_CONNECT :
					       RNDIS_STATUS_MEDIA_DISCONNECT,
	};

	return hc->nic->rx.nfree > hc->nic->rx.spare / 2 &&
	       rx_control(hc, &msg, sizeof(msg));
}

/* A control message, whole, in hc->control */
static void rndis_control(struct hvsim_channel *hc, u32 len)
{
	const struct rndis_hdr *hdr = (const void *)hc->control;
	const struct rndis_oid_req *req = (const void *)(hdr + 1);
	u32 body = len - sizeof(*hdr);

	/* HALT is the shortest: a request number */
	if (body < sizeof(req->request))
		return;
	switch (hdr->type) {
	case RNDIS_MSG_INIT:
		rndis_init(hc, req->request);
		return;
	case RNDIS_MSG_HALT:
		rndis_halt(hc);
		return;
	case RNDIS_MSG_KEEPALIVE:
		rndis_keepalive(hc, req->request);
		return;
	case RNDIS_MSG_QUERY:
		if (body < sizeof(*req))
			break;
		rndis_handle_query(hc, req);
		return;
	case RNDIS_MSG_SET:
		if (body < sizeof(*req))
			break;
		rndis_handle_set(hc, req, body);
		return;
	}
	pr_warn_ratelimited("hvsim: bad RNDIS message, type %#x length %u\n",
			    hdr->type, len);
}

/* Data goes to the switch; the length of a control message is returned. */
static bool rndis_messages(struct hvsim_channel *hc, struct host_stream *stream,
			   u32 *control)
{
	struct rndis_hdr hdr;
	u32 start;

	for (;;) {
		start = stream->pos;
		if (!stream_copy(stream, &hdr, sizeof(hdr)))
			return true;
		if (hdr.len < sizeof(hdr) || hdr.len > stream->len - start)
			return false;
		if (hdr.type == RNDIS_MSG_PACKET) {
			if (!rndis_packet(hc, stream, hdr.len - sizeof(hdr)))
				return false;
		} else {
			if (*control || hdr.len > sizeof(hc->control))
				return false;
			stream_seek(stream, start);
			stream_copy(stream, hc->control, hdr.len);
			*control = hdr.len;
		}
		stream_seek(stream, start + hdr.len);
	}
}

/**
 * rndis_receive() - one packet with RNDIS messages
 * @hc: the channel
 * @desc: the packet
 * @msg: its NVSP message
 *
 * The guest gets its buffers back before it gets an answer.
 */
void rndis_receive(struct hvsim_channel *hc,
		   const struct vmpacket_descriptor *desc,
		   const struct nvsp_msg *msg)
{
	struct nvsp_msg done = { .type = NVSP_SEND_RNDIS_COMPLETE };
	struct host_stream stream;
	u32 control = 0;

	done.rndis_complete.status = NVSP_STATUS_SUCCESS;
	if (!stream_init(&stream, hc, desc, msg) ||
	    !rndis_messages(hc, &stream, &control)) {
		stats_inc(&hc->nic->sw.stats, DROP_BAD);
		done.rndis_complete.status = NVSP_STATUS_FAILURE;
	}

	spin_lock_bh(&hc->nic->rx_lock);
	hc->tx_messages++;
	ring_complete(hc, desc->trans_id, &done, sizeof(done));
	spin_unlock_bh(&hc->nic->rx_lock);

	if (control)
		rndis_control(hc, control);
}
