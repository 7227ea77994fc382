/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's half of the stand-in: what drivers/hv is for hv_netvsc
 *
 * The vmbus_*.c files export what hv_netvsc imports. On kernels with
 * MODVERSIONS an export's CRC depends on every structure that is complete
 * where the symbol is exported. So each vmbus_*.c has one original in
 * drivers/hv and includes what that includes, no more and no less, and this
 * header completes no structure of its own (check-crcs.sh proves it).
 */
#ifndef _HVSIM_VMBUS_H
#define _HVSIM_VMBUS_H

#include "vmbus_names.h"
#include <linux/hyperv.h>

struct kvec;

/* Behind every packet in a ring: the ring's indices when it was written */
#define VMBUS_TRAILER	sizeof(u64)

/* vmbus_ring.c */
void *hvsim_ring_area(u32 size);
int hvsim_ring_init(struct hv_ring_buffer_info *ring, void *area, u32 size,
		    u32 max_pkt_size);
void hvsim_ring_free(struct hv_ring_buffer_info *ring);
int hvsim_ring_write(struct vmbus_channel *channel, const struct kvec *vec,
		     unsigned int count, u64 request);

/* vmbus_mgmt.c */
void hvsim_channel_offer(struct vmbus_channel *primary,
			 struct vmbus_channel *channel, u16 index);

/* vmbus_drv.c */
int hvsim_bus_register(void);
void hvsim_bus_unregister(void);
struct hv_device *hvsim_device_add(unsigned int nic,
				   struct vmbus_channel *channel);
void hvsim_device_del(struct hv_device *hdev);

/* host.c, called by the guest's half */
void hvsim_host_open(struct vmbus_channel *channel);
void hvsim_host_close(struct vmbus_channel *channel);
void hvsim_host_stop_offers(struct vmbus_channel *primary);
void hvsim_host_forget(struct vmbus_channel *primary);
void hvsim_host_kick(struct vmbus_channel *channel);
int hvsim_host_gpadl_add(struct vmbus_channel *channel,
			 const struct vmbus_gpadl *gpadl);
void hvsim_host_gpadl_del(struct vmbus_channel *channel, u32 handle);

#endif /* _HVSIM_VMBUS_H */
