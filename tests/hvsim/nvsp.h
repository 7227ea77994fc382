/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NVSP and RNDIS on the wire: what the host speaks with hv_netvsc
 *
 * Only what this host uses; the numbers are those of the protocol, constants
 * that <linux/rndis.h> knows are not repeated. Guest and host are one machine,
 * so everything is in its byte order.
 */
#ifndef _HVSIM_NVSP_H
#define _HVSIM_NVSP_H

#include <linux/bits.h>
#include <linux/rndis.h>
#include <linux/types.h>

#define NVSP_VERSION_61		0x60001
#define NVSP_RECV_BUF_ID	0xcafe
#define NVSP_NO_SECTION		U32_MAX
#define NVSP_VRSS_ENTRIES	16

enum {
	NVSP_INIT			= 1,
	NVSP_INIT_COMPLETE		= 2,
	NVSP_SEND_NDIS_VERSION		= 100,
	NVSP_SEND_RECV_BUF		= 101,
	NVSP_SEND_RECV_BUF_COMPLETE	= 102,
	NVSP_REVOKE_RECV_BUF		= 103,
	NVSP_SEND_SEND_BUF		= 104,
	NVSP_SEND_SEND_BUF_COMPLETE	= 105,
	NVSP_REVOKE_SEND_BUF		= 106,
	NVSP_SEND_RNDIS			= 107,
	NVSP_SEND_RNDIS_COMPLETE	= 108,
	NVSP_SEND_NDIS_CONFIG		= 125,
	NVSP_VF_ASSOCIATION		= 128,
	NVSP_SWITCH_DATA_PATH		= 129,
	NVSP_SUBCHANNEL			= 133,
	NVSP_SEND_TABLE			= 134,
};

enum {
	NVSP_STATUS_SUCCESS	= 1,
	NVSP_STATUS_FAILURE	= 2,
	NVSP_STATUS_TOO_NEW	= 3,
	NVSP_STATUS_TOO_OLD	= 4,
};

#define NVSP_SUBCHANNEL_ALLOCATE	1

#define NVSP_CAP_SRIOV		BIT_ULL(2)

/* Messages have one size, whatever they hold: the guest copies all of it. */
#define NVSP_MSG_SIZE		40

/**
 * struct nvsp_msg - one NVSP message
 * @type: NVSP_*
 */
struct nvsp_msg {
	u32 type;
	union {
		struct {
			u32 min;
			u32 max;
		} __packed init;
		struct {
			u32 version;
			u32 max_mdl_chain;
			u32 status;
		} __packed init_complete;
		struct {
			u32 major;
			u32 minor;
		} __packed ndis_version;
		struct {
			u32 gpadl;
			u16 id;
		} __packed buf;
		struct {
			u32 status;
			u32 num_sections;
			u32 offset;
			u32 size;
			u32 count;
			u32 end;
		} __packed recv_buf_complete;
		struct {
			u32 status;
			u32 section_size;
		} __packed send_buf_complete;
		struct {
			u32 channel;
			u32 section;
			u32 section_len;
		} __packed rndis;
		struct {
			u32 status;
		} __packed rndis_complete;
		struct {
			u32 mtu;
			u32 reserved;
			u64 capabilities;
		} __packed ndis_config;
		struct {
			u32 allocated;
			u32 serial;
		} __packed vf;
		struct {
			u32 active;
		} __packed datapath;
		struct {
			u32 op_or_status;
			u32 count;
		} __packed subchannel;
		struct {
			u32 count;
			u32 offset;
		} __packed send_table;
		u8 pad[NVSP_MSG_SIZE - sizeof(u32)];
	};
} __packed;

/* RNDIS: every message starts so */
struct rndis_hdr {
	u32 type;
	u32 len;
};

struct rndis_init_done {
	u32 request;
	u32 status;
	u32 major;
	u32 minor;
	u32 flags;
	u32 medium;
	u32 max_packets;
	u32 max_transfer;
	u32 alignment;
	u32 reserved[2];
};

/* QUERY and SET; offsets count from @request */
struct rndis_oid_req {
	u32 request;
	u32 oid;
	u32 len;
	u32 offset;
	u32 vc;
};

struct rndis_query_done {
	u32 request;
	u32 status;
	u32 len;
	u32 offset;
};

/* SET and KEEPALIVE */
struct rndis_done {
	u32 request;
	u32 status;
};

struct rndis_indication {
	u32 status;
	u32 len;
	u32 offset;
};

struct rndis_config_param {
	u32 name_offset;
	u32 name_len;
	u32 type;
	u32 value_offset;
	u32 value_len;
};

/* PACKET; offsets count from @data_offset */
struct rndis_pkt {
	u32 data_offset;
	u32 data_len;
	u32 oob_offset;
	u32 oob_len;
	u32 oob_count;
	u32 ppi_offset;
	u32 ppi_len;
	u32 vc;
	u32 reserved;
};

/* Per-packet information: header and one word */
struct rndis_ppi {
	u32 size;
	u32 type;
	u32 offset;
	u32 value;
};

enum {
	RNDIS_PPI_CSUM	= 0,
	RNDIS_PPI_LSO	= 2,
	RNDIS_PPI_VLAN	= 6,
	RNDIS_PPI_HASH	= 8,
};

/* RNDIS_PPI_CSUM from the guest */
#define PPI_TX_IPV4		BIT(0)
#define PPI_TX_IPV6		BIT(1)
#define PPI_TX_TCP		BIT(2)
#define PPI_TX_UDP		BIT(3)
#define PPI_TX_L4_OFFSET	GENMASK(25, 16)
/* RNDIS_PPI_CSUM to the guest */
#define PPI_RX_TCP_BAD		BIT(0)
#define PPI_RX_UDP_BAD		BIT(1)
#define PPI_RX_TCP_GOOD		BIT(3)
#define PPI_RX_UDP_GOOD		BIT(4)
#define PPI_RX_IP_GOOD		BIT(5)
/* RNDIS_PPI_LSO, version 2 */
#define PPI_LSO_MSS		GENMASK(19, 0)
#define PPI_LSO_L4_OFFSET	GENMASK(29, 20)
#define PPI_LSO_V2		BIT(30)
#define PPI_LSO_IPV6		BIT(31)
/* RNDIS_PPI_VLAN */
#define PPI_VLAN_PRIO		GENMASK(2, 0)
#define PPI_VLAN_CFI		BIT(3)
#define PPI_VLAN_ID		GENMASK(15, 4)

/* OIDs that <linux/rndis.h> lacks */
#define OID_RSS_CAPABILITIES		0x00010203
#define OID_RSS_PARAMETERS		0x00010204
#define OID_OFFLOAD_PARAMETERS		0xfc01020c
#define OID_OFFLOAD_CAPABILITIES	0xfc01020d

struct ndis_object {
	u8 type;
	u8 revision;
	u16 size;
};

#define NDIS_TYPE_RSS_CAPABILITIES	0x88
#define NDIS_TYPE_OFFLOAD		0xa7

struct ndis_rss_caps {
	struct ndis_object hdr;
	u32 flags;
	u32 messages;
	u32 queues;
	u16 entries;
} __packed;

#define NDIS_RSS_DISABLE	BIT(4)

/* Offsets count from the start */
struct ndis_rss_params {
	struct ndis_object hdr;
	u16 flags;
	u16 base_cpu;
	u32 hash_info;
	u16 table_size;
	u16 pad1;
	u32 table_offset;
	u16 key_size;
	u16 pad2;
	u32 key_offset;
};

#define NDIS_TX_TCP4		(BIT(2) | BIT(4))
#define NDIS_TX_UDP4		BIT(6)
#define NDIS_TX_TCP6		(BIT(0) | BIT(2) | BIT(4))
#define NDIS_TX_UDP6		BIT(6)
#define NDIS_ENCAP_8023		BIT(1)
#define NDIS_LSO6_OPTIONS	(BIT(0) | BIT(2))

struct ndis_offload_caps {
	struct ndis_object hdr;
	struct {
		u32 tx4_encap;
		u32 tx4;
		u32 rx4_encap;
		u32 rx4;
		u32 tx6_encap;
		u32 tx6;
		u32 rx6_encap;
		u32 rx6;
	} csum;
	u32 lso_v1[4];
	u32 ipsec_v1[7];
	struct {
		u32 encap4;
		u32 max4;
		u32 min_segs4;
		u32 encap6;
		u32 max6;
		u32 min_segs6;
		u32 options6;
	} lso;
	u32 flags;
	/* Newer revisions: IPsec v2, RSC and encapsulation; offered are none */
	u8 newer[44];
};

#endif /* _HVSIM_NVSP_H */
