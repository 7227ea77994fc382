// SPDX-License-Identifier: GPL-2.0
/*
 * NVSP: negotiation, buffers, VF association, data path
 */
#include <linux/if_ether.h>

#include "host.h"
#include "vmbus.h"

/* A completion of the data path switch, with its trailer */
#define SWITCH_REPLY	64

static void nvsp_complete(struct hvsim_channel *hc, u64 id,
			  const struct nvsp_msg *msg)
{
	spin_lock_bh(&hc->nic->rx_lock);
	ring_complete(hc, id, msg, sizeof(*msg));
	spin_unlock_bh(&hc->nic->rx_lock);
}

static void nvsp_init(struct hvsim_channel *hc, u64 id,
		      const struct nvsp_msg *msg)
{
	struct nvsp_msg reply = { .type = NVSP_INIT_COMPLETE };

	reply.init_complete.status = NVSP_STATUS_SUCCESS;
	if (msg->init.min > NVSP_VERSION_61)
		reply.init_complete.status = NVSP_STATUS_TOO_NEW;
	else if (msg->init.max < NVSP_VERSION_61)
		reply.init_complete.status = NVSP_STATUS_TOO_OLD;
	else
		hc->nic->version = NVSP_VERSION_61;
	reply.init_complete.version = hc->nic->version;
	reply.init_complete.max_mdl_chain = 34;
	nvsp_complete(hc, id, &reply);
}

static void nvsp_ndis_config(struct hvsim_channel *hc,
			     const struct nvsp_msg *msg)
{
	spin_lock_bh(&hc->nic->rx_lock);
	hc->nic->mtu = max_t(u32, msg->ndis_config.mtu, ETH_HLEN) - ETH_HLEN;
	hc->nic->guest_sriov = msg->ndis_config.capabilities & NVSP_CAP_SRIOV;
	spin_unlock_bh(&hc->nic->rx_lock);
}

static void nvsp_recv_buf(struct hvsim_channel *hc, u64 id,
			  const struct nvsp_msg *msg)
{
	struct nvsp_msg reply = { .type = NVSP_SEND_RECV_BUF_COMPLETE };
	const struct host_gpadl *gpadl;

	reply.recv_buf_complete.status = NVSP_STATUS_FAILURE;
	gpadl = host_gpadl_find(hc, msg->buf.gpadl);
	if (gpadl && msg->buf.id == NVSP_RECV_BUF_ID) {
		spin_lock_bh(&hc->nic->rx_lock);
		rx_area_set(hc, gpadl->buf, gpadl->size);
		reply.recv_buf_complete.status = NVSP_STATUS_SUCCESS;
		reply.recv_buf_complete.num_sections = 1;
		reply.recv_buf_complete.size = hc->nic->rx.section_size;
		reply.recv_buf_complete.count = hc->nic->rx.sections;
		reply.recv_buf_complete.end = gpadl->size;
		spin_unlock_bh(&hc->nic->rx_lock);
	}
	nvsp_complete(hc, id, &reply);
}

static void nvsp_revoke_recv_buf(struct hvsim_channel *hc)
{
	spin_lock_bh(&hc->nic->rx_lock);
	hc->nic->filter = 0;
	rx_purge_all(hc->nic);
	rx_area_clear(hc);
	spin_unlock_bh(&hc->nic->rx_lock);
}

/* With the send buffer the negotiation is over: the VF may be announced. */
static void nvsp_send_buf(struct hvsim_channel *hc, u64 id,
			  const struct nvsp_msg *msg)
{
	struct nvsp_msg reply = { .type = NVSP_SEND_SEND_BUF_COMPLETE };
	const struct host_gpadl *gpadl;

	reply.send_buf_complete.status = NVSP_STATUS_FAILURE;
	gpadl = host_gpadl_find(hc, msg->buf.gpadl);
	if (gpadl) {
		hc->nic->send_buf = gpadl->buf;
		hc->nic->send_size = gpadl->size;
		reply.send_buf_complete.status = NVSP_STATUS_SUCCESS;
		reply.send_buf_complete.section_size = HOST_SEND_SECTION;
	}
	nvsp_complete(hc, id, &reply);

	spin_lock_bh(&hc->nic->rx_lock);
	hc->nic->negotiated = gpadl;
	if (hc->nic->negotiated && hc->nic->assoc)
		nvsp_vf_association(hc);
	spin_unlock_bh(&hc->nic->rx_lock);
}

/**
 * nvsp_vf_association() - tell the guest about its VF
 * @hc: the channel, ring_room() said yes, rx_lock held
 */
void nvsp_vf_association(struct hvsim_channel *hc)
{
	struct vmpacket_descriptor desc = {
		.type = VM_PKT_DATA_INBAND,
		.offset8 = sizeof(desc) >> 3,
		.len8 = (sizeof(desc) + sizeof(struct nvsp_msg)) >> 3,
	};
	struct nvsp_msg msg = { .type = NVSP_VF_ASSOCIATION };

	if (!hc->nic->guest_sriov)
		return;
	msg.vf.allocated = hc->nic->assoc;
	msg.vf.serial = HVSIM_VF_SERIAL + hc->nic->index;
	ring_write(hc, &desc, sizeof(desc), &msg, sizeof(msg));
	ring_signal_guest(hc);
}

static void nvsp_switch(struct hvsim_channel *hc, u64 id,
			const struct nvsp_msg *msg)
{
	struct hvsim_nic *nic = hc->nic;
	u32 delay = READ_ONCE(nic->switch_delay_ms);

	spin_lock_bh(&nic->rx_lock);
	nic->switch_id = id;
	nic->switch_to_vf = msg->datapath.active;
	spin_unlock_bh(&nic->rx_lock);
	schedule_delayed_work(&nic->switch_work, msecs_to_jiffies(delay));
}

/* The path changes just before the guest is told, and not when it asks. */
void nvsp_switch_work(struct work_struct *work)
{
	struct hvsim_nic *nic = container_of(to_delayed_work(work),
					     struct hvsim_nic, switch_work);
	struct hvsim_channel *hc = nic->primary;
	bool again = false;

	if (READ_ONCE(nic->refuse_switch))
		switch_refuse_path(&nic->sw, nic->switch_to_vf);
	else
		switch_set_path(&nic->sw, nic->switch_to_vf);

	spin_lock_bh(&nic->rx_lock);
	if (hc->open) {
		again = !ring_room(hc, SWITCH_REPLY);
		if (!again) {
			ring_complete(hc, nic->switch_id, NULL, 0);
			nic->switch_id = 0;
			ring_signal_guest(hc);
		}
	}
	spin_unlock_bh(&nic->rx_lock);
	if (again)
		schedule_delayed_work(&nic->switch_work, 1);
}

/* The guest waits until it has opened what it is told that it gets. */
static void nvsp_subchannel(struct hvsim_channel *hc, u64 id,
			    const struct nvsp_msg *msg)
{
	struct nvsp_msg reply = { .type = NVSP_SUBCHANNEL };
	struct hvsim_nic *nic = hc->nic;

	reply.subchannel.op_or_status = NVSP_STATUS_FAILURE;
	if (msg->subchannel.op_or_status == NVSP_SUBCHANNEL_ALLOCATE &&
	    nic->channels > 1) {
		nic->offered = min(msg->subchannel.count, nic->channels - 1);
		reply.subchannel.op_or_status = NVSP_STATUS_SUCCESS;
		reply.subchannel.count = nic->offered;
	}
	nvsp_complete(hc, id, &reply);
	if (reply.subchannel.op_or_status == NVSP_STATUS_SUCCESS)
		schedule_work(&nic->offer_work);
}

/**
 * nvsp_send_table() - tell the guest which channel to send what by
 * @hc: the primary channel, rx_lock held
 *
 * The other way round than what the guest starts with, so that one can see
 * whether it arrived. Left out when there is no room: the guest's own will do.
 */
void nvsp_send_table(struct hvsim_channel *hc)
{
	struct {
		struct vmpacket_descriptor desc;
		struct nvsp_msg msg;
		u32 table[NVSP_VRSS_ENTRIES];
	} packet = {
		.desc.type = VM_PKT_DATA_INBAND,
		.desc.offset8 = sizeof(packet.desc) >> 3,
		.desc.len8 = sizeof(packet) >> 3,
		.msg.type = NVSP_SEND_TABLE,
		.msg.send_table.count = NVSP_VRSS_ENTRIES,
		.msg.send_table.offset = sizeof(packet.msg),
	};
	unsigned int i, n = 1 + hc->nic->offered;

	if (!ring_room(hc, sizeof(packet) + VMBUS_TRAILER))
		return;
	for (i = 0; i < NVSP_VRSS_ENTRIES; i++)
		packet.table[i] = n - 1 - i % n;
	ring_write(hc, &packet, sizeof(packet), NULL, 0);
	ring_signal_guest(hc);
}

static void nvsp_message(struct hvsim_channel *hc,
			 const struct vmpacket_descriptor *desc,
			 const struct nvsp_msg *msg)
{
	u64 id = desc->trans_id;

	switch (msg->type) {
	case NVSP_SEND_RNDIS:
		rndis_receive(hc, desc, msg);
		break;
	case NVSP_INIT:
		nvsp_init(hc, id, msg);
		break;
	case NVSP_SEND_NDIS_VERSION:
		hc->nic->ndis = msg->ndis_version.major << 16 |
			   msg->ndis_version.minor;
		break;
	case NVSP_SEND_NDIS_CONFIG:
		nvsp_ndis_config(hc, msg);
		break;
	case NVSP_SEND_RECV_BUF:
		nvsp_recv_buf(hc, id, msg);
		break;
	case NVSP_REVOKE_RECV_BUF:
		nvsp_revoke_recv_buf(hc);
		break;
	case NVSP_SEND_SEND_BUF:
		nvsp_send_buf(hc, id, msg);
		break;
	case NVSP_REVOKE_SEND_BUF:
		hc->nic->send_buf = NULL;
		break;
	case NVSP_SWITCH_DATA_PATH:
		nvsp_switch(hc, id, msg);
		break;
	case NVSP_SUBCHANNEL:
		nvsp_subchannel(hc, id, msg);
		break;
	default:
		pr_warn_ratelimited("hvsim: unknown NVSP message %u\n",
				    msg->type);
	}
}

/**
 * nvsp_receive() - a packet from the guest
 * @hc: the channel, poll_lock held, room for an answer
 * @desc: the packet, in the ring
 *
 * Context: bottom halves disabled.
 */
void nvsp_receive(struct hvsim_channel *hc,
		  const struct vmpacket_descriptor *desc)
{
	u32 head = desc->offset8 << 3, len = desc->len8 << 3;

	switch (desc->type) {
	case VM_PKT_COMP:
		spin_lock(&hc->nic->rx_lock);
		rx_release(hc, desc->trans_id);
		spin_unlock(&hc->nic->rx_lock);
		break;
	case VM_PKT_DATA_INBAND:
	case VM_PKT_DATA_USING_GPA_DIRECT:
		if (head <= len && len - head >= sizeof(struct nvsp_msg)) {
			nvsp_message(hc, desc, (const void *)desc + head);
			break;
		}
		fallthrough;
	default:
		pr_warn_ratelimited("hvsim: bad packet, type %u length %u\n",
				    desc->type, len);
	}
}
