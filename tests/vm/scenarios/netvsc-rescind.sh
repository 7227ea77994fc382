# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The host takes the synthetic NIC while its VF carries, and offers it again
# claims: auto self
# machine: smp4

# By the end of what was sent the NIC is gone: that is what is lost.
round_trip() {
	flow_start 1 tx 4
	flow_start 2 rx 4
	check "$1: flow out" flow_moves 0 tx 1
	check "$1: flow in" flow_moves 0 rx 2
	hv_set 0 offer 0
	wait_for 5 netdev_gone eth0
	vf=$(vf_dev 0)
	assert_eq "$(master_of "$vf")" "" "$1: the VF is free"
	# hv_netvsc marks its VF and leaves the mark behind
	[ "$CLAIM" != self ] ||
		refute "$1: the VF is no slave" flag_set "$vf" 0x800
	assert_eq "$(hv_get 0 offer) $(datapath 0)" "0 synthetic" "$1: the host has let go"
	refute "$1: no message to a gone channel" log_has 'Unable to send'
	flow_stop 1 2

	hv_set 0 offer 1
	check "$1: eth0 is back" nic_up 0
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	assert_eq "$(estat eth0 an_claim)" "$(claim_number)" "$1: claimed as before"
	assert_eq "$(master_of "$(vf_dev 0)")" eth0 "$1: eth0 is the master"
	before=$(hv_stat 0 vf_tx_frames)
	flow_start 1 tx 4
	flow_start 2 rx 6
	check "$1: flow out again" flow_moves 0 tx 1
	check "$1: flow in again" flow_moves 0 rx 2
	flow_stop 1 2
	flow_check 1
	flow_check 2
	assert_gt "$(hv_stat 0 vf_tx_frames)" "$before" "$1: by the VF"
}

stack_up 1 channels=4
wait_for 10 channels_are 0 4
round_trip "first"
wait_for 10 channels_are 0 4
round_trip "second"

# the NIC goes and its VF with it, as when a NIC is removed from a machine
hv_set 0 offer 0
vf_unplug 0
wait_for 5 netdev_gone eth0
hv_set 0 offer 1
check "without VF: eth0 is back" nic_up 0
check "without VF: alone" an_alone 0
vf_up 0

# the VF is there but out of order when the NIC goes
vf_set 0 carrier 0
wait_for 5 an_state_is eth0 joined
hv_set 0 offer 0
wait_for 5 netdev_gone eth0
vf_set 0 carrier 1
hv_set 0 offer 1
check "eth0 is back" nic_up 0
wait_for 10 an_active 0
wait_for 5 reaches 10.0.0.2
rig_clean
t_done
