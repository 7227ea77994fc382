# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# hv_netvsc is unloaded while the VF carries, and loaded again
# claims: auto self
stack_up 1
for i in 1 2 3; do
	check "hv_netvsc unloads" rmmod hv_netvsc
	wait_for 5 netdev_gone eth0
	assert_eq "$(master_of "$(vf_dev 0)")" "" "the VF is free"
	must hv_load
	check "eth0 is back" nic_up 0
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	wait_for 5 reaches 10.0.0.2
done

# once more with the VF joined but without carrier: not ours to be taken apart
vf_set 0 carrier 0
wait_for 5 an_state_is eth0 joined
check "hv_netvsc unloads without the VF's carrier" rmmod hv_netvsc
vf_set 0 carrier 1
must hv_load
check "eth0 is back" nic_up 0
wait_for 10 an_active 0
rig_clean
t_done
