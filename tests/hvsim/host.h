/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's half: one kthread per channel reads what the guest sends
 *
 * The guest's driver holds RTNL while it waits for nearly every answer, so
 * nothing here may ever take it.
 *
 * A NIC has a primary channel, by which it is set up, and up to three more for
 * data (subchannels). All of them use one receive and one send buffer.
 *
 * Locks, outermost first:
 * hvsim_channel.poll_lock  the host's kthread while it looks at the rings;
 *			    opening and closing the channel; several channels':
 *			    by ascending index
 * hvsim_nic.rx_lock	    everything on the way to the guest: the inbound
 *			    rings, receive sections, the queues behind them, and
 *			    what was negotiated; bottom halves off
 * hv_ring_buffer_info.ring_lock, flow_table.lock
 */
#ifndef _HVSIM_HOST_H
#define _HVSIM_HOST_H

#include "vmbus_names.h"
#include <linux/hyperv.h>
#include <linux/mutex.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "nvsp.h"
#include "switch.h"

#define HVSIM_NICS_MAX		8
#define HVSIM_CHANNELS_MAX	4
#define HVSIM_MTU_MAX		9216
#define HVSIM_VF_SERIAL		5
/* Longest RNDIS control message, in either direction */
#define HOST_CONTROL_MAX	2048
/* Size of a send section, the guest's own default */
#define HOST_SEND_SECTION	6144
/* Receive sections that can be told apart */
#define HOST_RX_SECTIONS	32768
/* Frames that wait for a receive section */
#define HOST_RX_QUEUE		1024
/*
 * Receive sections, unless the guest has few, and ring space that data leaves
 * to control messages
 */
#define HOST_RX_SPARE		16
#define HOST_RING_SPARE		4096

struct dentry;
struct hvsim_nic;
struct host_stream;
struct task_struct;

/**
 * struct rx_area - the guest's receive buffer, cut into sections
 * @buf: the buffer, NULL when there is none (any more)
 * @section_size: bytes of a section
 * @sections: how many
 * @spare: how many data leaves to control messages
 * @nfree: height of the stack
 * @free: stack of free sections
 * @used: sections that the guest has not given back yet
 */
struct rx_area {
	u8 *buf;
	u32 section_size;
	u32 sections;
	u32 spare;
	u32 nfree;
	u16 free[HOST_RX_SECTIONS];
	DECLARE_BITMAP(used, HOST_RX_SECTIONS);
};

/**
 * struct host_gpadl - guest memory that the host was told of
 * @handle: its name
 * @buf: where it is
 * @size: bytes
 */
struct host_gpadl {
	u32 handle;
	u8 *buf;
	u32 size;
};

/* Receive and send buffer */
#define HOST_GPADLS	4

/* Receive indirection table, and the key of its hash: what the guest can do */
#define HOST_RSS_ENTRIES	128
#define HOST_RSS_KEY		40

/**
 * struct hvsim_channel - the host's end of a VMBus channel
 * @chan: what the guest sees
 * @nic: the NIC it belongs to
 * @index: 0 for the primary channel
 * @task: the host's kthread, for the channel's whole life
 * @wait: where @task sleeps
 * @kicked: there may be something to read
 * @poll_lock: see above
 * @open: rings and callback may be used
 * @queue: frames that wait for a section or for room in the ring
 * @rx_frames: frames handed to the guest by this channel
 * @tx_messages: RNDIS packets that the guest sent by it
 * @control: a control message while it is handled, under @poll_lock
 */
struct hvsim_channel {
	struct vmbus_channel chan;
	struct hvsim_nic *nic;
	unsigned int index;
	struct task_struct *task;
	wait_queue_head_t wait;
	bool kicked;
	struct mutex poll_lock;		/* reading, opening, closing */

	bool open;
	struct sk_buff_head queue;
	u64 rx_frames;
	u64 tx_messages;

	u8 control[HOST_CONTROL_MAX];
};

/**
 * struct host_rss - how what the guest receives is spread over its channels
 * @entries: size of the indirection table, 0: all by the primary channel
 * @table: channel by the low bits of the hash
 * @key: of the Toeplitz hash
 */
struct host_rss {
	unsigned int entries;
	u8 table[HOST_RSS_ENTRIES];
	u8 key[HOST_RSS_KEY];
};

/**
 * struct hvsim_nic - a NIC as its host knows it
 * @index: counts from 0
 * @mac: permanent address
 * @cur_mac: what the guest set
 * @hdev: the device on the guest's bus, NULL while it is rescinded
 * @primary: its first channel
 * @channel: all of them, the primary included
 * @channels: how many
 * @offered: subchannels that the guest asked for
 * @offer_work: offers them
 * @sw: its switch
 * @dir: control files
 * @assoc: a VF is associated
 * @link: media connected
 * @fail_mac: refuse to set a MAC address
 * @refuse_switch: complete SWITCH_DATA_PATH without doing it
 * @switch_delay_ms: delay of a SWITCH_DATA_PATH
 * @max_mtu: what is granted
 * @rx_lock: see above
 * @negotiated: send buffer known, the guest expects unasked messages
 * @running: RNDIS initialised, not halted
 * @quiesced: about to be rescinded, the guest receives no data
 * @guest_sriov: the guest can handle VF associations
 * @version: NVSP version
 * @ndis: NDIS version, major << 16 | minor
 * @mtu: from the guest's NDIS configuration
 * @filter: RNDIS packet filter, 0: the guest receives no data
 * @rss: spreading
 * @rx: receive sections
 * @send_buf: the guest's send buffer
 * @send_size: its size
 * @gpadls: what the guest shared, under the primary's poll_lock
 * @switch_work: completes SWITCH_DATA_PATH
 * @switch_id: transaction that it completes, 0: none
 * @switch_to_vf: what was asked for
 */
struct hvsim_nic {
	unsigned int index;
	u8 mac[ETH_ALEN];
	u8 cur_mac[ETH_ALEN];
	struct hv_device *hdev;
	struct hvsim_channel *primary;
	struct hvsim_channel *channel[HVSIM_CHANNELS_MAX];
	unsigned int channels;
	unsigned int offered;
	struct work_struct offer_work;
	struct hvsim_switch sw;
	struct dentry *dir;

	bool assoc;
	bool link;
	bool fail_mac;
	bool refuse_switch;
	u32 switch_delay_ms;
	u32 max_mtu;

	spinlock_t rx_lock;		/* the way to the guest */
	bool negotiated;
	bool running;
	bool quiesced;
	bool guest_sriov;
	u32 version;
	u32 ndis;
	u32 mtu;
	u32 filter;
	struct host_rss rss;
	struct rx_area rx;

	u8 *send_buf;
	u32 send_size;
	struct host_gpadl gpadls[HOST_GPADLS];

	struct delayed_work switch_work;
	u64 switch_id;
	bool switch_to_vf;
};

/**
 * struct host_stream - the bytes of what the guest sent by one packet
 * @seg: pieces, in order: a part of a send section, then ranges of memory
 * @count: number of pieces
 * @len: bytes in all
 * @pos: where the next copy starts
 *
 * The protocol lets RNDIS messages start and end anywhere in it.
 */
struct host_stream {
	struct {
		const u8 *data;
		u32 len;
	} seg[1 + MAX_PAGE_BUFFER_COUNT];
	unsigned int count;
	u32 len;
	u32 pos;
};

static inline struct hvsim_channel *to_host(struct vmbus_channel *chan)
{
	return container_of(chan, struct hvsim_channel, chan);
}

/* main.c */
struct hvsim_nic *hvsim_nic(unsigned int index);

/* offer.c */
void nic_offer_channels(struct work_struct *work);
int nic_offer(struct hvsim_nic *nic);
void nic_rescind(struct hvsim_nic *nic);

/* host.c */
int host_channels_create(struct hvsim_nic *nic, unsigned int count);
void host_channels_destroy(struct hvsim_nic *nic);
void host_kick(struct hvsim_channel *hc);
void host_kick_all(struct hvsim_nic *nic);
const struct host_gpadl *host_gpadl_find(struct hvsim_channel *hc, u32 handle);

/* host_ring.c, reading under poll_lock, writing under rx_lock */
struct vmpacket_descriptor *ring_peek(struct hvsim_channel *hc);
void ring_consume(struct hvsim_channel *hc,
		  const struct vmpacket_descriptor *desc);
bool ring_room(struct hvsim_channel *hc, u32 need);
void ring_write(struct hvsim_channel *hc, const void *head, u32 head_len,
		const void *data, u32 len);
void ring_complete(struct hvsim_channel *hc, u64 id, const void *data,
		   u32 len);
void ring_signal_guest(struct hvsim_channel *hc);

/* nvsp.c */
void nvsp_receive(struct hvsim_channel *hc,
		  const struct vmpacket_descriptor *desc);
void nvsp_vf_association(struct hvsim_channel *hc);
void nvsp_send_table(struct hvsim_channel *hc);
void nvsp_switch_work(struct work_struct *work);

/* rndis.c */
void rndis_receive(struct hvsim_channel *hc,
		   const struct vmpacket_descriptor *desc,
		   const struct nvsp_msg *msg);
bool rndis_indicate_link(struct hvsim_channel *hc);

/* rndis_oid.c, both return an RNDIS status */
u32 rndis_query(struct hvsim_channel *hc, u32 oid, void *out, u32 *len);
u32 rndis_set(struct hvsim_channel *hc, u32 oid, const void *in, u32 len);

/* rndis_rx.c, all but the last under the rx_lock */
void rx_area_set(struct hvsim_channel *hc, u8 *buf, u32 size);
void rx_area_clear(struct hvsim_channel *hc);
void rx_release(struct hvsim_channel *hc, u64 id);
void rx_flush_all(struct hvsim_nic *nic);
void rx_purge(struct hvsim_channel *hc);
void rx_purge_all(struct hvsim_nic *nic);
bool rx_control(struct hvsim_channel *hc, const void *msg, u32 len);
void host_rx_frame(struct hvsim_nic *nic, struct sk_buff *skb);

/* rx_info.c */
bool rss_set(struct hvsim_nic *nic, const void *in, u32 len);
u32 rx_hash(const struct host_rss *rss, const struct sk_buff *skb);
u32 rx_checksum(const struct sk_buff *skb);

/* rndis_tx.c, bottom halves disabled */
bool rndis_packet(struct hvsim_channel *hc, struct host_stream *stream,
		  u32 len);

/* stream.c */
bool stream_init(struct host_stream *stream, struct hvsim_channel *hc,
		 const struct vmpacket_descriptor *desc,
		 const struct nvsp_msg *msg);
bool stream_copy(struct host_stream *stream, void *to, u32 len);
bool stream_seek(struct host_stream *stream, u32 pos);

#endif /* _HVSIM_HOST_H */
