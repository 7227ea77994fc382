# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# hv_netvsc is unbound from its device and bound again while the VF carries
# claims: auto self
stack_up 1
for d in /sys/bus/vmbus/drivers/hv_netvsc/*/net/eth0; do
	dev=${d%/net/eth0}
	dev=${dev##*/}
done
for i in 1 2 3; do
	echo "$dev" >/sys/bus/vmbus/drivers/hv_netvsc/unbind
	wait_for 5 netdev_gone eth0
	vf=$(vf_dev 0)
	assert_eq "$(master_of "$vf")" "" "the VF is free"
	echo "$dev" >/sys/bus/vmbus/drivers/hv_netvsc/bind
	check "eth0 is back" nic_up 0
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	wait_for 5 reaches 10.0.0.2
	assert_eq "$(estat eth0 an_claim)" "$(claim_number)" "claimed as before"
done
rig_clean
t_done
