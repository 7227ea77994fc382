/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HVSIM_CONTROL_H
#define _HVSIM_CONTROL_H

struct hvsim_nic;

void control_init(void);
void control_exit(void);
void control_add(struct hvsim_nic *nic);
void control_del(struct hvsim_nic *nic);

#endif /* _HVSIM_CONTROL_H */
