/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of what hv_netvsc imports from the VMBus driver
 *
 * Where the VMBus driver is a module the stand-in takes its place, names
 * included. Where it is built in (7.x), vmlinux owns the names: there the
 * stand-in exports hvsim_<name>, and rename-imports.sh makes a copy of
 * hv_netvsc.ko that asks for those. Include this before linux/hyperv.h, so
 * that the prototypes are renamed too.
 */
#ifndef _HVSIM_VMBUS_NAMES_H
#define _HVSIM_VMBUS_NAMES_H

#ifdef CONFIG_HYPERV_VMBUS
#define __hv_pkt_iter_next		hvsim___hv_pkt_iter_next
#define __vmbus_driver_register		hvsim___vmbus_driver_register
#define hv_pkt_iter_close		hvsim_hv_pkt_iter_close
#define hv_pkt_iter_first		hvsim_hv_pkt_iter_first
#define vmbus_close			hvsim_vmbus_close
#define vmbus_driver_unregister		hvsim_vmbus_driver_unregister
#define vmbus_establish_gpadl		hvsim_vmbus_establish_gpadl
#define vmbus_next_request_id		hvsim_vmbus_next_request_id
#define vmbus_open			hvsim_vmbus_open
#define vmbus_proto_version		hvsim_vmbus_proto_version
#define vmbus_request_addr		hvsim_vmbus_request_addr
#define vmbus_sendpacket		hvsim_vmbus_sendpacket
#define vmbus_sendpacket_mpb_desc	hvsim_vmbus_sendpacket_mpb_desc
#define vmbus_set_sc_create_callback	hvsim_vmbus_set_sc_create_callback
#define vmbus_teardown_gpadl		hvsim_vmbus_teardown_gpadl
#endif

#endif /* _HVSIM_VMBUS_NAMES_H */
