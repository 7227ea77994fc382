// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: counters, as ndo_get_stats64, ethtool -S and debugfs show them
 */
#include <linux/ethtool.h>

#include "vfsim.h"

static const char * const vfsim_tx_events[VFSIM_TX_EVENTS] = {
	[VFSIM_TX_STOPPED] = "stopped",
	[VFSIM_TX_WAKE] = "wake",
	[VFSIM_TX_REFUSED] = "refused",
	[VFSIM_TX_DROPPED_CLOSE] = "dropped_close",
	[VFSIM_TX_DROPPED_CARRIER] = "dropped_carrier",
};

static const char * const vfsim_rx_events[VFSIM_RX_EVENTS] = {
	[VFSIM_RX_DROPPED_FULL] = "dropped_full",
	[VFSIM_RX_DROPPED_CLOSE] = "dropped_close",
};

static const char * const vfsim_events[VFSIM_EVENTS] = {
	[VFSIM_RX_FILTERED] = "rx_filtered",
	[VFSIM_RX_OVERSIZE] = "rx_oversize",
	[VFSIM_RX_NOBUF] = "rx_nobuf",
	[VFSIM_TX_TIMEOUT] = "tx_timeout",
	[VFSIM_XDP_PASS] = "rx_xdp_pass",
	[VFSIM_XDP_DROP] = "rx_xdp_drop",
	[VFSIM_XDP_TX] = "rx_xdp_tx",
	[VFSIM_XDP_REDIRECT] = "rx_xdp_redirect",
	[VFSIM_XDP_ABORTED] = "rx_xdp_aborted",
	[VFSIM_XDP_XMIT] = "tx_xdp_xmit",
	[VFSIM_XDP_REFUSED] = "tx_xdp_refused",
};

/* packets and bytes before the events */
#define VFSIM_TX_ROWS	(2 + VFSIM_TX_EVENTS)
#define VFSIM_RX_ROWS	(2 + VFSIM_RX_EVENTS)

/* tx_packets, tx_bytes, rx_packets, rx_bytes of all queues */
#define VFSIM_SUM_ROWS	4

void vfsim_count(struct vfsim_queue *q, struct vfsim_counter *c,
		 unsigned int packets, unsigned int bytes)
{
	u64_stats_update_begin(&q->syncp);
	u64_stats_add(&c->packets, packets);
	u64_stats_add(&c->bytes, bytes);
	u64_stats_update_end(&q->syncp);
}

static void vfsim_read(const struct vfsim_queue *q,
		       const struct vfsim_counter *c, u64 *packets, u64 *bytes)
{
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&q->syncp);
		*packets = u64_stats_read(&c->packets);
		*bytes = u64_stats_read(&c->bytes);
	} while (u64_stats_fetch_retry(&q->syncp, start));
}

static void vfsim_add_queue(const struct vfsim_queue *q,
			    struct rtnl_link_stats64 *s)
{
	u64 packets, bytes;

	vfsim_read(q, &q->tx, &packets, &bytes);
	s->tx_packets += packets;
	s->tx_bytes += bytes;
	vfsim_read(q, &q->rx, &packets, &bytes);
	s->rx_packets += packets;
	s->rx_bytes += bytes;

	s->tx_dropped +=
		atomic64_read(&q->tx_events[VFSIM_TX_DROPPED_CLOSE]) +
		atomic64_read(&q->tx_events[VFSIM_TX_DROPPED_CARRIER]);
	s->rx_dropped += atomic64_read(&q->rx_events[VFSIM_RX_DROPPED_CLOSE]);
	s->rx_missed_errors +=
		atomic64_read(&q->rx_events[VFSIM_RX_DROPPED_FULL]);
}

void vfsim_get_stats64(struct net_device *netdev, struct rtnl_link_stats64 *s)
{
	struct vfsim *vf = netdev_priv(netdev);
	unsigned int i;

	for (i = 0; i < vf->n_queues; i++)
		vfsim_add_queue(&vf->queues[i], s);

	s->rx_dropped += atomic64_read(&vf->events[VFSIM_RX_NOBUF]);
	s->rx_length_errors = atomic64_read(&vf->events[VFSIM_RX_OVERSIZE]);
	s->rx_errors = s->rx_length_errors;
}

/**
 * vfsim_stats_rows() - number of rows in ethtool -S
 * @vf: the function
 *
 * Context: any.
 * Return: the number.
 */
unsigned int vfsim_stats_rows(const struct vfsim *vf)
{
	return VFSIM_SUM_ROWS + VFSIM_EVENTS +
	       vf->n_queues * (VFSIM_TX_ROWS + VFSIM_RX_ROWS);
}

static void vfsim_queue_names(u8 **buf, const char *fmt, unsigned int queue,
			      const char * const *events, unsigned int n)
{
	char prefix[ETH_GSTRING_LEN];
	unsigned int i;

	snprintf(prefix, sizeof(prefix), fmt, queue);
	ethtool_sprintf(buf, "%s_packets", prefix);
	ethtool_sprintf(buf, "%s_bytes", prefix);
	for (i = 0; i < n; i++)
		ethtool_sprintf(buf, "%s_%s", prefix, events[i]);
}

/**
 * vfsim_stats_names() - names of the rows in ethtool -S
 * @vf: the function
 * @buf: ETH_GSTRING_LEN bytes for each of them
 *
 * Context: any.
 */
void vfsim_stats_names(const struct vfsim *vf, u8 *buf)
{
	unsigned int i;

	ethtool_puts(&buf, "tx_packets");
	ethtool_puts(&buf, "tx_bytes");
	ethtool_puts(&buf, "rx_packets");
	ethtool_puts(&buf, "rx_bytes");
	for (i = 0; i < VFSIM_EVENTS; i++)
		ethtool_puts(&buf, vfsim_events[i]);
	for (i = 0; i < vf->n_queues; i++) {
		vfsim_queue_names(&buf, vf->fn->family->tx_fmt, i, vfsim_tx_events,
				  VFSIM_TX_EVENTS);
		vfsim_queue_names(&buf, vf->fn->family->rx_fmt, i, vfsim_rx_events,
				  VFSIM_RX_EVENTS);
	}
}

static u64 *vfsim_event_values(u64 *v, const atomic64_t *events, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		*v++ = atomic64_read(&events[i]);
	return v;
}

/**
 * vfsim_stats_values() - values of the rows in ethtool -S
 * @vf: the function
 * @values: one for each row
 *
 * Context: any.
 */
void vfsim_stats_values(const struct vfsim *vf, u64 *values)
{
	u64 *sum = values, *v = values + VFSIM_SUM_ROWS;
	unsigned int i;

	memset(sum, 0, VFSIM_SUM_ROWS * sizeof(*sum));
	v = vfsim_event_values(v, vf->events, VFSIM_EVENTS);
	for (i = 0; i < vf->n_queues; i++) {
		const struct vfsim_queue *q = &vf->queues[i];

		vfsim_read(q, &q->tx, &v[0], &v[1]);
		sum[0] += v[0];
		sum[1] += v[1];
		v = vfsim_event_values(v + 2, q->tx_events, VFSIM_TX_EVENTS);

		vfsim_read(q, &q->rx, &v[0], &v[1]);
		sum[2] += v[0];
		sum[3] += v[1];
		v = vfsim_event_values(v + 2, q->rx_events, VFSIM_RX_EVENTS);
	}
}
