// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: module, PCI drivers
 *
 * One PCI driver for each driver vfsim can pass for. All of them know the same
 * device; the one that the family= parameter names takes it, unless
 * driver_override picks another.
 */
#include <linux/bitfield.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include "vfsim.h"

/* Native hot-plug slots are numbered from here, NIC 0 first */
#define VFSIM_FIRST_SLOT	5
/* So are the device numbers of functions that sit on the root bus */
#define VFSIM_FIRST_DEVICE	0x10

struct vfsim_driver {
	struct pci_driver pci;
	const struct vfsim_family *family;
};

static const struct vfsim_family vfsim_families[] = {
	{ .name = "mlx5_core", .tx_fmt = "tx%u", .rx_fmt = "rx%u", .bql = true,
	  .ops_lock = true, .shutdown = VFSIM_SHUTDOWN_STOP },
	{ .name = "mlx4_core", .tx_fmt = "tx%u", .rx_fmt = "rx%u", .bql = true,
	  .shutdown = VFSIM_SHUTDOWN_UNREGISTER },
	{ .name = "mana", .tx_fmt = "tx_%u", .rx_fmt = "rx_%u", .bql = false,
	  .ops_lock = true, .detaches = true, .shutdown = VFSIM_SHUTDOWN_DETACH },
	{ .name = "vfsim", .tx_fmt = "tx%u", .rx_fmt = "rx%u", .bql = true },
};

static unsigned int vfsim_family;

static int vfsim_family_set(const char *val, const struct kernel_param *kp)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vfsim_families); i++) {
		if (sysfs_streq(val, vfsim_families[i].name)) {
			WRITE_ONCE(vfsim_family, i);
			return 0;
		}
	}
	return -EINVAL;
}

static int vfsim_family_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", vfsim_families[vfsim_family].name);
}

static const struct kernel_param_ops vfsim_family_ops = {
	.set = vfsim_family_set,
	.get = vfsim_family_get,
};
module_param_cb(family, &vfsim_family_ops, NULL, 0644);
MODULE_PARM_DESC(family, "PCI driver to pass for: mlx5_core (default), mlx4_core, mana, vfsim");

static unsigned int queues = 4;
module_param(queues, uint, 0444);
MODULE_PARM_DESC(queues, "transmit and receive queues of a VF");

static unsigned int txring = 256;
module_param(txring, uint, 0444);
MODULE_PARM_DESC(txring, "entries of a transmit ring");

static bool bql = true;
module_param(bql, bool, 0644);
MODULE_PARM_DESC(bql, "use byte queue limits, where the real driver does");

static bool no_xdp;
module_param(no_xdp, bool, 0644);
MODULE_PARM_DESC(no_xdp, "the next VF has no native XDP");

static bool vlan_fixed;
module_param(vlan_fixed, bool, 0644);
MODULE_PARM_DESC(vlan_fixed, "the next VF's VLAN filter cannot be turned off");

static unsigned int tso_max;
module_param(tso_max, uint, 0644);
MODULE_PARM_DESC(tso_max, "the next VF's limit for TSO packets in bytes and segments (0: none)");

static unsigned int ports = 1;
module_param(ports, uint, 0644);
MODULE_PARM_DESC(ports, "ports of the next VF, 1 to 4");

static int port_nic[VFSIM_MAX_PORTS] = { -1, -1, -1, -1 };
module_param_array(port_nic, int, NULL, 0644);
MODULE_PARM_DESC(port_nic, "NIC of each port of the next VF, -1 (default): the VF's own + the port's number");

static bool devlink;
module_param(devlink, bool, 0644);
MODULE_PARM_DESC(devlink, "the next VF has devlink ports");

static unsigned int fail_probe;
module_param(fail_probe, uint, 0644);
MODULE_PARM_DESC(fail_probe, "so many next probes fail with -EIO");

static unsigned int defer_probe;
module_param(defer_probe, uint, 0644);
MODULE_PARM_DESC(defer_probe, "so many next probes ask to be tried again later");

static DEFINE_MUTEX(vfsim_lock);	/* fail_probe, defer_probe, by probes */

/* An entry that is for driver_override only says so in driver_data */
static const struct pci_device_id vfsim_ids[] = {
	{ PCI_DEVICE(0x1b36, 0x0005), .override_only = 1, .driver_data = 1 },
	{ PCI_DEVICE(0x1b36, 0x0005) },
	{ }
};

static int vfsim_nic(struct pci_dev *pdev)
{
	struct pci_dev *bridge = pci_upstream_bridge(pdev);
	int nic;
	u32 cap;

	if (bridge) {
		if (pcie_capability_read_dword(bridge, PCI_EXP_SLTCAP, &cap))
			return -ENODEV;
		nic = FIELD_GET(PCI_EXP_SLTCAP_PSN, cap) - VFSIM_FIRST_SLOT;
	} else {
		nic = PCI_SLOT(pdev->devfn) - VFSIM_FIRST_DEVICE;
	}
	return nic >= 0 ? nic : -ENODEV;
}

static int vfsim_enable(struct pci_dev *pdev)
{
	int err;

	err = pci_enable_device_mem(pdev);
	if (err)
		return err;
	err = pci_request_mem_regions(pdev, KBUILD_MODNAME);
	if (err)
		pci_disable_device(pdev);
	return err;
}

static void vfsim_disable(struct pci_dev *pdev)
{
	pci_release_mem_regions(pdev);
	pci_disable_device(pdev);
}

/* Whether this probe is one that has to fail; probes of two functions may race */
static bool vfsim_take(unsigned int *count)
{
	bool take;

	mutex_lock(&vfsim_lock);
	take = *count;
	if (take)
		WRITE_ONCE(*count, *count - 1);
	mutex_unlock(&vfsim_lock);
	return take;
}

static struct vfsim_params vfsim_params(void)
{
	struct vfsim_params params = {
		.ports = clamp(READ_ONCE(ports), 1U, VFSIM_MAX_PORTS),
		.queues = queues,
		.txring = txring,
		.bql = bql,
		.xdp = !no_xdp,
		.vlan_fixed = vlan_fixed,
		.devlink = devlink,
		.tso_max = tso_max,
	};

	memcpy(params.nic_of, port_nic, sizeof(params.nic_of));
	return params;
}

static int vfsim_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct vfsim_driver *drv =
		container_of(to_pci_driver(pdev->dev.driver),
			     struct vfsim_driver, pci);
	struct vfsim_params params = vfsim_params();
	struct vfsim_function *fn;
	int err, nic;

	if (!id->driver_data &&
	    drv->family != &vfsim_families[READ_ONCE(vfsim_family)])
		return -ENODEV;
	nic = vfsim_nic(pdev);
	if (nic < 0)
		return nic;
	if (vfsim_take(&fail_probe))
		return -EIO;
	if (vfsim_take(&defer_probe))
		return -EPROBE_DEFER;

	err = vfsim_enable(pdev);
	if (err)
		return err;
	fn = vfsim_function_create(pdev, drv->family, &params, nic);
	if (IS_ERR(fn)) {
		vfsim_disable(pdev);
		return PTR_ERR(fn);
	}
	pci_set_drvdata(pdev, fn);
	vfsim_debugfs_add(fn);
	return 0;
}

static void vfsim_remove(struct pci_dev *pdev)
{
	struct vfsim_function *fn = pci_get_drvdata(pdev);

	vfsim_debugfs_remove(fn);
	vfsim_function_destroy(fn);
	vfsim_disable(pdev);
}

static void vfsim_shutdown(struct pci_dev *pdev)
{
	pci_info(pdev, "shutdown\n");
	vfsim_debugfs_remove(pci_get_drvdata(pdev));
	vfsim_function_shutdown(pci_get_drvdata(pdev));
}

static int vfsim_suspend(struct device *dev)
{
	vfsim_function_power(dev_get_drvdata(dev), false);
	return 0;
}

static int vfsim_resume(struct device *dev)
{
	vfsim_function_power(dev_get_drvdata(dev), true);
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(vfsim_pm, vfsim_suspend, vfsim_resume);

static struct vfsim_driver vfsim_drivers[ARRAY_SIZE(vfsim_families)];

static int vfsim_register(struct vfsim_driver *drv,
			  const struct vfsim_family *family)
{
	drv->family = family;
	drv->pci.name = family->name;
	drv->pci.id_table = vfsim_ids;
	drv->pci.probe = vfsim_probe;
	drv->pci.remove = vfsim_remove;
	drv->pci.shutdown = vfsim_shutdown;
	drv->pci.driver.pm = &vfsim_pm;
	drv->pci.err_handler = &vfsim_error_handlers;
	return pci_register_driver(&drv->pci);
}

static void vfsim_unregister_first(unsigned int n)
{
	while (n--)
		pci_unregister_driver(&vfsim_drivers[n].pci);
}

static int __init vfsim_module_init(void)
{
	unsigned int i;
	int err;

	if (!queues || queues > VFSIM_MAX_QUEUES || txring < VFSIM_MIN_RING ||
	    txring > VFSIM_MAX_RING)
		return -EINVAL;
	txring = roundup_pow_of_two(txring);

	vfsim_debugfs_init();
	for (i = 0; i < ARRAY_SIZE(vfsim_drivers); i++) {
		err = vfsim_register(&vfsim_drivers[i], &vfsim_families[i]);
		if (err)
			goto err_register;
	}
	return 0;

err_register:
	vfsim_unregister_first(i);
	vfsim_debugfs_exit();
	return err;
}

static void __exit vfsim_module_exit(void)
{
	vfsim_unregister_first(ARRAY_SIZE(vfsim_drivers));
	vfsim_debugfs_exit();
}

module_init(vfsim_module_init);
module_exit(vfsim_module_exit);
MODULE_DESCRIPTION("Simulated SR-IOV VF for hvsim");
MODULE_LICENSE("GPL");
