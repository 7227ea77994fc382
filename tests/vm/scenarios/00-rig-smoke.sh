# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The rig itself, without an_failover: stock hv_netvsc on the simulated host, a
# VF that arrives, is revoked and restored, with the host's data path following.
# claims: none

rig_up 1
vf_load mlx5_core
assert_eq "$(datapath 0)" synthetic "the host sends by the synthetic path"
flow_start 1 tx 4
flow_start 2 rx 6
check "traffic on the synthetic path, out" flow_moves 0 tx 1
check "traffic on the synthetic path, in" flow_moves 0 rx 2
assert_eq "$(hv_stat 0 vf_tx_frames)" 0 "nothing by a VF that is not there"

for round in 1 2; do
	vf_give 0
	wait_for 15 on_vf 0
	assert_eq "$(master_of "$(vf_dev 0)")" eth0 "round $round: VF joined"
	before=$(hv_stat 0 vf_rx_frames)
	check "round $round: traffic on the VF, out" flow_moves 0 tx 1
	check "round $round: traffic on the VF, in" flow_moves 0 rx 2
	assert_gt "$(hv_stat 0 vf_rx_frames)" "$before" "round $round: by the VF"

	vf_take 0
	wait_for 5 on_syn 0
	check "round $round: VF gone" vf_has_no_dev 0
	before=$(hv_stat 0 syn_rx_frames)
	check "round $round: traffic back, out" flow_moves 0 tx 1
	check "round $round: traffic back, in" flow_moves 0 rx 2
	assert_gt "$(hv_stat 0 syn_rx_frames)" "$before" "round $round: by VMBus"
done
flow_stop 1 2
assert_eq "$(flow_get 1 dup) $(flow_get 2 dup)" "0 0" "no datagram twice"
assert_eq "$(hv_stat 0 drop_bad)" 0 "no malformed frame"
check "hv_netvsc says so" log_has "Data path switched to VF"
