// SPDX-License-Identifier: GPL-2.0
/*
 * RNDIS: what can be asked for and set
 */
#include <linux/etherdevice.h>

#include "compat.h"
#include "host.h"

/* In units of 100 bit/s: 10 Gbit/s */
#define LINK_SPEED	100000000
/* What Azure's hosts report */
#define LSO_MAX		62780

static u32 answer(void *out, u32 *len, const void *data, u32 size)
{
	if (size > *len)
		return RNDIS_STATUS_BUFFER_TOO_SHORT;
	memcpy(out, data, size);
	*len = size;
	return RNDIS_STATUS_SUCCESS;
}

static u32 answer_u32(void *out, u32 *len, u32 value)
{
	return answer(out, len, &value, sizeof(value));
}

static u32 query_offload(void *out, u32 *len)
{
	const struct ndis_offload_caps caps = {
		.hdr = {
			.type = NDIS_TYPE_OFFLOAD,
			.revision = 3,
			.size = sizeof(caps),
		},
		.csum = {
			.tx4_encap = NDIS_ENCAP_8023,
			.tx4 = NDIS_TX_TCP4 | NDIS_TX_UDP4,
			.rx4_encap = NDIS_ENCAP_8023,
			.rx4 = NDIS_TX_TCP4 | NDIS_TX_UDP4,
			.tx6_encap = NDIS_ENCAP_8023,
			.tx6 = NDIS_TX_TCP6 | NDIS_TX_UDP6,
			.rx6_encap = NDIS_ENCAP_8023,
			.rx6 = NDIS_TX_TCP6 | NDIS_TX_UDP6,
		},
		.lso = {
			.encap4 = NDIS_ENCAP_8023,
			.max4 = LSO_MAX,
			.min_segs4 = 2,
			.encap6 = NDIS_ENCAP_8023,
			.max6 = LSO_MAX,
			.min_segs6 = 2,
			.options6 = NDIS_LSO6_OPTIONS,
		},
	};

	return answer(out, len, &caps, sizeof(caps));
}

/* The guest asks for as many channels as there are queues, and CPUs. */
static u32 query_rss(struct hvsim_nic *nic, void *out, u32 *len)
{
	const struct ndis_rss_caps caps = {
		.hdr = {
			.type = NDIS_TYPE_RSS_CAPABILITIES,
			.revision = 2,
			.size = sizeof(caps),
		},
		.messages = nic->channels,
		.queues = nic->channels,
		.entries = HOST_RSS_ENTRIES,
	};

	return answer(out, len, &caps, sizeof(caps));
}

/* The host's default name, which the guest knows not to take as an alias */
static u32 query_name(void *out, u32 *len)
{
	static const char name[] = "Network Adapter";
	u16 wide[sizeof(name)];
	int i;

	for (i = 0; i < sizeof(name); i++)
		wide[i] = name[i];
	return answer(out, len, wide, sizeof(wide));
}

/**
 * rndis_query() - answer a query
 * @hc: the channel
 * @oid: what is asked for
 * @out: the answer
 * @len: room for it, becomes its length
 */
u32 rndis_query(struct hvsim_channel *hc, u32 oid, void *out, u32 *len)
{
	struct hvsim_nic *nic = hc->nic;

	switch (oid) {
	case RNDIS_OID_GEN_MAXIMUM_FRAME_SIZE:
		return answer_u32(out, len, READ_ONCE(nic->max_mtu));
	case RNDIS_OID_GEN_LINK_SPEED:
		return answer_u32(out, len, LINK_SPEED);
	case RNDIS_OID_GEN_MEDIA_CONNECT_STATUS:
		return answer_u32(out, len, READ_ONCE(nic->link) ?
				  RNDIS_MEDIA_STATE_CONNECTED :
				  RNDIS_MEDIA_STATE_DISCONNECTED);
	case RNDIS_OID_GEN_CURRENT_PACKET_FILTER:
		return answer_u32(out, len, hc->nic->filter);
	case RNDIS_OID_802_3_PERMANENT_ADDRESS:
		return answer(out, len, nic->mac, ETH_ALEN);
	case RNDIS_OID_802_3_CURRENT_ADDRESS:
		return answer(out, len, nic->cur_mac, ETH_ALEN);
	case RNDIS_OID_GEN_FRIENDLY_NAME:
		return query_name(out, len);
	case OID_OFFLOAD_CAPABILITIES:
		return query_offload(out, len);
	case OID_RSS_CAPABILITIES:
		return query_rss(nic, out, len);
	}
	return RNDIS_STATUS_NOT_SUPPORTED;
}

static u32 set_filter(struct hvsim_channel *hc, const void *in, u32 len)
{
	if (len < sizeof(u32))
		return RNDIS_STATUS_INVALID_LENGTH;
	spin_lock_bh(&hc->nic->rx_lock);
	memcpy(&hc->nic->filter, in, sizeof(u32));
	if (!hc->nic->filter)
		rx_purge_all(hc->nic);
	spin_unlock_bh(&hc->nic->rx_lock);
	return RNDIS_STATUS_SUCCESS;
}

/* Twelve hexadecimal digits in UTF-16 */
static bool parse_mac(const u8 *wide, u32 len, u8 *mac)
{
	int i, hi, lo;

	if (len < 4 * ETH_ALEN)
		return false;
	for (i = 0; i < ETH_ALEN; i++) {
		hi = hex_to_bin(wide[4 * i]);
		lo = hex_to_bin(wide[4 * i + 2]);
		if (hi < 0 || lo < 0)
			return false;
		mac[i] = hi << 4 | lo;
	}
	return is_valid_ether_addr(mac);
}

/* The guest's only parameter is NetworkAddress; others are let pass. */
static u32 set_parameter(struct hvsim_nic *nic, const u8 *in, u32 len)
{
	static const char name[] = "NetworkAddress";
	const struct rndis_config_param *param = (const void *)in;
	u8 mac[ETH_ALEN];
	int i;

	if (len < sizeof(*param) ||
	    param->name_offset > len ||
	    param->name_len > len - param->name_offset ||
	    param->value_offset > len ||
	    param->value_len > len - param->value_offset)
		return RNDIS_STATUS_INVALID_LENGTH;

	if (param->name_len != 2 * strlen(name))
		return RNDIS_STATUS_SUCCESS;
	for (i = 0; name[i]; i++)
		if (in[param->name_offset + 2 * i] != name[i])
			return RNDIS_STATUS_SUCCESS;

	if (READ_ONCE(nic->fail_mac) ||
	    !parse_mac(in + param->value_offset, param->value_len, mac))
		return RNDIS_STATUS_FAILURE;
	ether_addr_copy(nic->cur_mac, mac);
	return RNDIS_STATUS_SUCCESS;
}

/* With the table for what it receives the guest gets that for what it sends. */
static u32 set_rss(struct hvsim_channel *hc, const void *in, u32 len)
{
	bool ok;

	spin_lock_bh(&hc->nic->rx_lock);
	ok = rss_set(hc->nic, in, len);
	if (ok && hc->nic->rss.entries)
		nvsp_send_table(hc);
	spin_unlock_bh(&hc->nic->rx_lock);
	return ok ? RNDIS_STATUS_SUCCESS : RNDIS_STATUS_FAILURE;
}

/**
 * rndis_set() - do what the guest sets
 * @hc: the channel
 * @oid: what is set
 * @in: to what
 * @len: length of that
 */
u32 rndis_set(struct hvsim_channel *hc, u32 oid, const void *in, u32 len)
{
	switch (oid) {
	case RNDIS_OID_GEN_CURRENT_PACKET_FILTER:
		return set_filter(hc, in, len);
	case RNDIS_OID_GEN_RNDIS_CONFIG_PARAMETER:
		return set_parameter(hc->nic, in, len);
	case OID_RSS_PARAMETERS:
		return set_rss(hc, in, len);
	case OID_OFFLOAD_PARAMETERS:
		/* All that was offered stays on */
		return RNDIS_STATUS_SUCCESS;
	}
	return RNDIS_STATUS_NOT_SUPPORTED;
}
