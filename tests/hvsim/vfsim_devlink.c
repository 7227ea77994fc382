// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated VF: devlink ports, which say what a netdev stands for
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <net/devlink.h>

#include "vfsim.h"

/* Real drivers' instances can do something */
static const struct devlink_ops vfsim_devlink_ops = { };

static struct devlink *vfsim_devlink_get(struct vfsim_function *fn)
{
	struct devlink *devlink;

	lockdep_assert_held(&fn->lock);

	if (fn->devlink)
		return fn->devlink;
	devlink = devlink_alloc(&vfsim_devlink_ops, 0, &fn->pdev->dev);
	if (!devlink)
		return NULL;
	devlink_register(devlink);
	fn->devlink = devlink;
	return devlink;
}

/**
 * vfsim_devlink_port_add() - make a devlink port of a function
 * @fn: the function
 * @attrs: what kind of port
 *
 * Context: process.
 * Return: the port or an ERR_PTR.
 */
struct devlink_port *
vfsim_devlink_port_add(struct vfsim_function *fn,
		       const struct devlink_port_attrs *attrs)
{
	struct devlink_port_attrs copy = *attrs;
	struct devlink_port *port;
	struct devlink *devlink;
	int err = -ENOMEM;

	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return ERR_PTR(-ENOMEM);

	mutex_lock(&fn->lock);
	devlink = vfsim_devlink_get(fn);
	if (devlink) {
		devlink_port_attrs_set(port, &copy);
		err = devlink_port_register(devlink, port,
					    fn->n_devlink_ports++);
	}
	mutex_unlock(&fn->lock);

	if (!err)
		return port;
	kfree(port);
	return ERR_PTR(err);
}

/**
 * vfsim_devlink_port_remove() - undo vfsim_devlink_port_add()
 * @port: the port, whose netdev is unregistered
 *
 * Context: process.
 */
void vfsim_devlink_port_remove(struct devlink_port *port)
{
	devlink_port_unregister(port);
	kfree(port);
}

/**
 * vfsim_devlink_free() - remove the devlink instance, if there is one
 * @fn: the function, without devlink ports
 *
 * Context: process.
 */
void vfsim_devlink_free(struct vfsim_function *fn)
{
	if (!fn->devlink)
		return;
	devlink_unregister(fn->devlink);
	devlink_free(fn->devlink);
	fn->devlink = NULL;
}
