// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: native XDP
 *
 * Each received frame is put into a page of its own for the program, as a NIC
 * that receives into pages would have done in the first place. Frames that XDP
 * sends have no ring: they are on the wire when the call returns.
 */
#include <linux/bpf.h>
#include <linux/bpf_trace.h>
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <net/xdp.h>

#include "vfsim.h"

/* As Intel's drivers: less than others have, so larger frames fit */
#define VFSIM_XDP_HEADROOM	192
/* What fits into a page besides that and struct skb_shared_info */
#define VFSIM_XDP_MAX_LEN	(SKB_WITH_OVERHEAD(PAGE_SIZE) - \
				 VFSIM_XDP_HEADROOM)
#define VFSIM_XDP_MAX_MTU	(VFSIM_XDP_MAX_LEN - VLAN_ETH_HLEN)

static void vfsim_xdp_count(struct vfsim *vf, enum vfsim_event event)
{
	atomic64_inc(&vf->events[event]);
}

/* The VF's own representation of a frame to send is an skb */
static bool vfsim_xdp_send(struct vfsim *vf, struct xdp_frame *frame)
{
	struct sk_buff *skb = xdp_build_skb_from_frame(frame, vf->netdev);

	if (!skb)
		return false;
	skb_push(skb, ETH_HLEN);
	if (!hvsim_vf_xmit(vf->port, skb))
		vfsim_xdp_count(vf, VFSIM_XDP_REFUSED);
	return true;
}

/**
 * vfsim_xdp_xmit() - send what another device received
 * @netdev: the netdev
 * @n: number of @frames
 * @frames: the frames; those that were sent are consumed
 * @flags: XDP_XMIT_*
 *
 * Context: NAPI poll of any device.
 * Return: number of frames sent, or -EINVAL or -ENETDOWN.
 */
int vfsim_xdp_xmit(struct net_device *netdev, int n, struct xdp_frame **frames,
		   u32 flags)
{
	struct vfsim *vf = netdev_priv(netdev);
	int sent;

	if (flags & ~XDP_XMIT_FLAGS_MASK)
		return -EINVAL;
	if (!READ_ONCE(vf->opened) || !READ_ONCE(vf->carrier) ||
	    READ_ONCE(vf->fn->dead))
		return -ENETDOWN;

	for (sent = 0; sent < n; sent++) {
		if (!vfsim_xdp_send(vf, frames[sent]))
			break;
		vfsim_xdp_count(vf, VFSIM_XDP_XMIT);
	}
	return sent;
}

/* What the NIC had found out about the frame still holds */
static struct sk_buff *vfsim_xdp_pass(struct vfsim *vf, struct xdp_buff *xdp,
				      const struct sk_buff *from)
{
	struct sk_buff *skb = build_skb(xdp->data_hard_start, PAGE_SIZE);

	if (!skb)
		return NULL;
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	skb_put(skb, xdp->data_end - xdp->data);
	skb->protocol = eth_type_trans(skb, vf->netdev);
	skb->ip_summed = from->ip_summed;
	skb_set_hash(skb, from->hash, from->l4_hash ? PKT_HASH_TYPE_L4 :
						      PKT_HASH_TYPE_L3);
	return skb;
}

static bool vfsim_xdp_tx(struct vfsim *vf, struct xdp_buff *xdp)
{
	struct xdp_frame *frame = xdp_convert_buff_to_frame(xdp);

	return frame && vfsim_xdp_send(vf, frame);
}

/*
 * Run the program on one frame. Return: the skb to go on with; NULL when there
 * is none, and then *taken tells whether the page went away with the frame.
 */
static struct sk_buff *vfsim_xdp_verdict(struct vfsim_queue *q,
					 struct bpf_prog *prog,
					 struct xdp_buff *xdp,
					 const struct sk_buff *from,
					 bool *taken)
{
	struct vfsim *vf = q->vf;
	struct sk_buff *skb;
	u32 act = bpf_prog_run_xdp(prog, xdp);

	switch (act) {
	case XDP_PASS:
		vfsim_xdp_count(vf, VFSIM_XDP_PASS);
		skb = vfsim_xdp_pass(vf, xdp, from);
		*taken = skb;
		return skb;
	case XDP_TX:
		*taken = vfsim_xdp_tx(vf, xdp);
		if (!*taken)
			break;
		vfsim_xdp_count(vf, VFSIM_XDP_TX);
		return NULL;
	case XDP_REDIRECT:
		*taken = !xdp_do_redirect(vf->netdev, xdp, prog);
		if (!*taken)
			break;
		q->xdp_flush = true;
		vfsim_xdp_count(vf, VFSIM_XDP_REDIRECT);
		return NULL;
	case XDP_DROP:
		vfsim_xdp_count(vf, VFSIM_XDP_DROP);
		return NULL;
	default:
		bpf_warn_invalid_xdp_action(vf->netdev, prog, act);
		fallthrough;
	case XDP_ABORTED:
		break;
	}
	trace_xdp_exception(vf->netdev, prog, act);
	vfsim_xdp_count(vf, VFSIM_XDP_ABORTED);
	return NULL;
}

/**
 * vfsim_xdp_rx() - let the program see a received frame
 * @q: the queue
 * @skb: the frame, behind eth_type_trans(); consumed if something else returns
 *
 * Context: NAPI poll of @q.
 * Return: the frame to give to the stack, or %NULL.
 */
struct sk_buff *vfsim_xdp_rx(struct vfsim_queue *q, struct sk_buff *skb)
{
	struct bpf_prog *prog = rcu_dereference_bh(q->vf->xdp_prog);
	unsigned int len = skb->len + ETH_HLEN;
	struct sk_buff *pass = NULL;
	struct xdp_buff xdp;
	struct page *page;
	bool taken = false;

	if (likely(!prog))
		return skb;

	page = len <= VFSIM_XDP_MAX_LEN ? dev_alloc_page() : NULL;
	if (page) {
		xdp_init_buff(&xdp, PAGE_SIZE, &q->xdp_rxq);
		xdp_prepare_buff(&xdp, page_address(page), VFSIM_XDP_HEADROOM,
				 len, true);
		memcpy(xdp.data, skb_mac_header(skb), len);
		pass = vfsim_xdp_verdict(q, prog, &xdp, skb, &taken);
		if (!taken)
			put_page(page);
	} else {
		atomic64_inc(&q->vf->events[VFSIM_RX_NOBUF]);
	}
	dev_consume_skb_any(skb);
	return pass;
}

/**
 * vfsim_xdp_flush() - the end of a poll: send what was redirected
 * @q: the queue
 *
 * Context: NAPI poll of @q.
 */
void vfsim_xdp_flush(struct vfsim_queue *q)
{
	if (q->xdp_flush)
		xdp_do_flush();
	q->xdp_flush = false;
}

/**
 * vfsim_xdp_open() - make the receive queues known to XDP
 * @vf: the function
 *
 * Context: process.
 * Return: 0 or a negative errno, and nothing is left behind.
 */
int vfsim_xdp_open(struct vfsim *vf)
{
	unsigned int i;
	int err;

	for (i = 0; i < vf->n_queues; i++) {
		struct vfsim_queue *q = &vf->queues[i];

		err = xdp_rxq_info_reg(&q->xdp_rxq, vf->netdev, i, 0);
		if (err)
			goto err_reg;
		err = xdp_rxq_info_reg_mem_model(&q->xdp_rxq,
						 MEM_TYPE_PAGE_SHARED, NULL);
		if (err)
			goto err_model;
	}
	return 0;

err_model:
	xdp_rxq_info_unreg(&vf->queues[i].xdp_rxq);
err_reg:
	while (i--)
		xdp_rxq_info_unreg(&vf->queues[i].xdp_rxq);
	return err;
}

/**
 * vfsim_xdp_close() - undo vfsim_xdp_open()
 * @vf: the function, its NAPIs stopped
 *
 * Context: process.
 */
void vfsim_xdp_close(struct vfsim *vf)
{
	unsigned int i;

	for (i = 0; i < vf->n_queues; i++)
		xdp_rxq_info_unreg(&vf->queues[i].xdp_rxq);
}

/**
 * vfsim_xdp_mtu_ok() - can the VF have this MTU?
 * @vf: the function
 * @mtu: the MTU
 *
 * Context: RTNL.
 * Return: false when there is a program, which wants a frame in one page.
 */
bool vfsim_xdp_mtu_ok(const struct vfsim *vf, unsigned int mtu)
{
	return !rcu_access_pointer(vf->xdp_prog) || mtu <= VFSIM_XDP_MAX_MTU;
}

/* The caller's reference on prog becomes ours */
static int vfsim_xdp_setup(struct vfsim *vf, struct bpf_prog *prog,
			   struct netlink_ext_ack *extack)
{
	u32 fail = READ_ONCE(vf->fail_xdp);
	struct bpf_prog *old;

	/* Removal must always work, or unregistering could not */
	if (prog && vfsim_check(vf))
		return -EIO;
	if (fail && (prog || fail > 1)) {
		NL_SET_ERR_MSG(extack, "The knob fail_xdp is set");
		return -EOPNOTSUPP;
	}
	if (prog && vf->netdev->mtu > VFSIM_XDP_MAX_MTU) {
		NL_SET_ERR_MSG(extack, "The MTU is too large for XDP");
		return -EOPNOTSUPP;
	}

	old = rcu_replace_pointer(vf->xdp_prog, prog, lockdep_rtnl_is_held());
	if (old)
		bpf_prog_put(old);
	return 0;
}

/**
 * vfsim_bpf() - ndo_bpf
 * @netdev: the netdev
 * @bpf: what to do
 *
 * Context: RTNL, and the instance lock where there is one.
 * Return: 0 or a negative errno.
 */
int vfsim_bpf(struct net_device *netdev, struct netdev_bpf *bpf)
{
	struct vfsim *vf = netdev_priv(netdev);

	if (bpf->command != XDP_SETUP_PROG)
		return -EINVAL;
	return vfsim_xdp_setup(vf, bpf->prog, bpf->extack);
}

/**
 * vfsim_xdp_free() - drop the program that somebody left on the VF
 * @vf: the function, its netdev unregistered
 *
 * Context: process.
 */
void vfsim_xdp_free(struct vfsim *vf)
{
	struct bpf_prog *prog = rcu_replace_pointer(vf->xdp_prog, NULL, true);

	if (prog)
		bpf_prog_put(prog);
}
