// SPDX-License-Identifier: GPL-2.0
/*
 * VMBus stand-in: the bus, its devices and drivers (has its original's name)
 */
#include "vmbus_names.h"
#include <linux/init.h>
#include <linux/module.h>
#include <linux/device.h>
#include <linux/platform_device.h>
#include <linux/interrupt.h>
#include <linux/sysctl.h>
#include <linux/slab.h>
#include <linux/acpi.h>
#include <linux/completion.h>
#include <linux/hyperv.h>
#include <linux/kernel_stat.h>
#include <linux/of_address.h>
#include <linux/clockchips.h>
#include <linux/cpu.h>
#include <linux/sched/isolation.h>
#include <linux/sched/task_stack.h>
#include <linux/smpboot.h>

#include <linux/delay.h>
#include <linux/panic_notifier.h>
#include <linux/ptrace.h>
#include <linux/screen_info.h>
#include <linux/efi.h>
#include <linux/random.h>
#include <linux/kernel.h>
#include <linux/syscore_ops.h>
#include <linux/dma-map-ops.h>
#include <linux/pci.h>
#include <clocksource/hyperv_timer.h>
#include <asm/mshyperv.h>
#include <linux/tracepoint.h>

#include "vmbus.h"

static const struct vmbus_device nic_type = { HV_NIC_GUID };
static struct device *bus_root;
static DECLARE_COMPLETION(device_released);

/*
 * There is no match(): its prototype changed between kernels, and nothing but
 * NICs and their driver is ever registered here. probe() asks instead.
 */
static int bus_probe(struct device *dev)
{
	struct hv_driver *drv = drv_to_hv_drv(dev->driver);
	struct hv_device *hdev = device_to_hv_device(dev);
	const struct hv_vmbus_device_id *id;

	for (id = drv->id_table; id && !guid_is_null(&id->guid); id++)
		if (guid_equal(&id->guid, &hdev->dev_type))
			return drv->probe(hdev, id);
	return -ENODEV;
}

static void bus_remove(struct device *dev)
{
	drv_to_hv_drv(dev->driver)->remove(device_to_hv_device(dev));
}

static ssize_t class_id_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "{%pUl}\n", &device_to_hv_device(dev)->dev_type);
}
static DEVICE_ATTR_RO(class_id);

static ssize_t device_id_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "{%pUl}\n",
			  &device_to_hv_device(dev)->dev_instance);
}
static DEVICE_ATTR_RO(device_id);

static struct attribute *device_attrs[] = {
	&dev_attr_class_id.attr,
	&dev_attr_device_id.attr,
	NULL
};
ATTRIBUTE_GROUPS(device);

/*
 * As the real bus: the devices sleep while the system hibernates and not while
 * it is suspended, and as late as can be, behind all VFs.
 */
static int bus_freeze(struct device *dev)
{
	struct hv_device *hdev = device_to_hv_device(dev);
	int err;

	if (!dev->driver)
		return 0;
	err = drv_to_hv_drv(dev->driver)->suspend(hdev);
	if (!err)
		hvsim_host_forget(hdev->channel);
	return err;
}

static int bus_thaw(struct device *dev)
{
	if (!dev->driver)
		return 0;
	return drv_to_hv_drv(dev->driver)->resume(device_to_hv_device(dev));
}

static const struct dev_pm_ops bus_pm = {
	.freeze_noirq	= bus_freeze,
	.thaw_noirq	= bus_thaw,
	.poweroff_noirq	= bus_freeze,
	.restore_noirq	= bus_thaw,
};

/*
 * The real bus's name, as udev rules and tools look for it, but no MODALIAS:
 * it would make modprobe load the real VMBus driver.
 */
static struct bus_type bus_type = {
	.name		= "vmbus",
	.probe		= bus_probe,
	.remove		= bus_remove,
	.dev_groups	= device_groups,
	.pm		= &bus_pm,
};

int __vmbus_driver_register(struct hv_driver *hv_driver, struct module *owner,
			    const char *mod_name)
{
	hv_driver->driver.name = hv_driver->name;
	hv_driver->driver.owner = owner;
	hv_driver->driver.mod_name = mod_name;
	hv_driver->driver.bus = &bus_type;
	return driver_register(&hv_driver->driver);
}
EXPORT_SYMBOL_GPL(__vmbus_driver_register);

void vmbus_driver_unregister(struct hv_driver *hv_driver)
{
	driver_unregister(&hv_driver->driver);
}
EXPORT_SYMBOL_GPL(vmbus_driver_unregister);

static void device_release(struct device *dev)
{
	kfree(device_to_hv_device(dev));
	complete(&device_released);
}

/**
 * hvsim_device_add() - offer a NIC to the guest
 * @nic: index of the NIC
 * @channel: its primary channel
 *
 * The instance's GUID has the form that Azure gives to its NICs.
 *
 * Return: the device or an ERR_PTR().
 */
struct hv_device *hvsim_device_add(unsigned int nic,
				   struct vmbus_channel *channel)
{
	guid_t instance = GUID_INIT(0x00155d00, nic, 0x0015, 0x5d, 0x00,
				    0x00, nic, 0x00, 0x15, 0x5d, 0x00);
	struct hv_device *hdev;
	int err;

	hdev = kzalloc(sizeof(*hdev), GFP_KERNEL);
	if (!hdev)
		return ERR_PTR(-ENOMEM);

	hdev->dev_type = nic_type.guid;
	hdev->dev_instance = instance;
	hdev->channel = channel;
	hdev->dma_mask = DMA_BIT_MASK(64);
	hdev->device.bus = &bus_type;
	hdev->device.parent = bus_root;
	hdev->device.release = device_release;
	hdev->device.dma_parms = &hdev->dma_parms;
	hdev->device.dma_mask = &hdev->dma_mask;
	hdev->device.coherent_dma_mask = hdev->dma_mask;
	channel->device_obj = hdev;
	dev_set_name(&hdev->device, "%pUl", &hdev->dev_instance);

	reinit_completion(&device_released);
	err = device_register(&hdev->device);
	if (err) {
		put_device(&hdev->device);
		channel->device_obj = NULL;
		return ERR_PTR(err);
	}
	return hdev;
}

/**
 * hvsim_device_del() - take a NIC away
 * @hdev: from hvsim_device_add()
 *
 * Waits until the last reference is gone: release() is code of this module.
 */
void hvsim_device_del(struct hv_device *hdev)
{
	reinit_completion(&device_released);
	device_unregister(&hdev->device);
	wait_for_completion(&device_released);
}

int hvsim_bus_register(void)
{
	int err;

	err = bus_register(&bus_type);
	if (err)
		return err;
	bus_root = root_device_register("hvsim");
	if (IS_ERR(bus_root)) {
		bus_unregister(&bus_type);
		return PTR_ERR(bus_root);
	}
	return 0;
}

void hvsim_bus_unregister(void)
{
	root_device_unregister(bus_root);
	bus_unregister(&bus_type);
}
