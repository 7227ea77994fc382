// SPDX-License-Identifier: GPL-2.0
/*
 * VMBus stand-in: the connection to the host (original: connection.c)
 */
#include "vmbus_names.h"
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/hyperv.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/set_memory.h>
#include <asm/mshyperv.h>
#include <linux/tracepoint.h>

#include "vmbus.h"

/* From WIN10 on the guest tears its GPADLs down after the channel's close. */
__u32 vmbus_proto_version = VERSION_WIN10_V5_3;
EXPORT_SYMBOL_GPL(vmbus_proto_version);
