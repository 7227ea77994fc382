// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: module, PCI drivers
 *
 * One PCI driver for each driver vfsim can pass for. All of them know the same
 * device; the one that the family= parameter names takes it, unless
 * driver_override picks another.
 */
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
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
	{ .name = "mlx5_core", .tx_fmt = "tx%u", .rx_fmt = "rx%u", .bql = true },
	{ .name = "mlx4_core", .tx_fmt = "tx%u", .rx_fmt = "rx%u", .bql = true },
	{ .name = "mana", .tx_fmt = "tx_%u", .rx_fmt = "rx_%u", .bql = false },
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

static int vfsim_plug(struct vfsim *vf, int nic)
{
	u8 mac[ETH_ALEN];
	int err;

	err = hvsim_vf_mac(nic, mac);
	if (err)
		return err;
	eth_hw_addr_set(vf->netdev, mac);

	vf->nic = nic;
	vf->port = hvsim_vf_attach(nic, &vfsim_port_ops, vf);
	return PTR_ERR_OR_ZERO(vf->port);
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

static int vfsim_create(struct pci_dev *pdev, const struct vfsim_family *family,
			int nic)
{
	struct net_device *netdev;
	struct vfsim *vf;
	int err;

	netdev = vfsim_netdev_create(pdev, family, queues, txring,
				     bql && family->bql, !no_xdp);
	if (!netdev)
		return -ENOMEM;
	vf = netdev_priv(netdev);

	err = vfsim_plug(vf, nic);
	if (err)
		goto err_plug;

	pci_set_drvdata(pdev, vf);
	vfsim_debugfs_add(vf);
	netif_carrier_off(netdev);
	err = register_netdev(netdev);
	if (err)
		goto err_register;
	return 0;

err_register:
	vfsim_debugfs_remove(vf);
	hvsim_vf_detach(vf->port);
err_plug:
	vfsim_netdev_destroy(netdev);
	return err;
}

static int vfsim_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct vfsim_driver *drv =
		container_of(to_pci_driver(pdev->dev.driver),
			     struct vfsim_driver, pci);
	int err, nic;

	if (!id->driver_data &&
	    drv->family != &vfsim_families[READ_ONCE(vfsim_family)])
		return -ENODEV;
	nic = vfsim_nic(pdev);
	if (nic < 0)
		return nic;

	err = vfsim_enable(pdev);
	if (err)
		return err;
	err = vfsim_create(pdev, drv->family, nic);
	if (err)
		vfsim_disable(pdev);
	return err;
}

static void vfsim_remove(struct pci_dev *pdev)
{
	struct vfsim *vf = pci_get_drvdata(pdev);

	vfsim_debugfs_remove(vf);
	unregister_netdev(vf->netdev);
	hvsim_vf_detach(vf->port);
	vfsim_netdev_destroy(vf->netdev);
	vfsim_disable(pdev);
}

static struct vfsim_driver vfsim_drivers[ARRAY_SIZE(vfsim_families)];

static int vfsim_register(struct vfsim_driver *drv,
			  const struct vfsim_family *family)
{
	drv->family = family;
	drv->pci.name = family->name;
	drv->pci.id_table = vfsim_ids;
	drv->pci.probe = vfsim_probe;
	drv->pci.remove = vfsim_remove;
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
