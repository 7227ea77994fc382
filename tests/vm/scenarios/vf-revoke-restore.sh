# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The host takes the VF and gives it back, twice, under TCP and UDP over IPv4
# and IPv6: connections survive, nothing comes twice, traffic goes where the
# host says.

rig_up 1
an_load
vf_load mlx5_core
vf_give 0
wait_for 15 on_vf 0
tcp_start 11 4
tcp_start 12 6
flow_start 1 tx 4
flow_start 2 rx 6
check "flow out" flow_moves 0 tx 1
check "flow in" flow_moves 0 rx 2

for round in 1 2; do
	vf_take 0
	wait_for 5 on_syn 0
	before=$(hv_stat 0 vf_tx_frames)
	check "round $round: revoked, out" flow_moves 0 tx 1
	check "round $round: revoked, in" flow_moves 0 rx 2
	assert_eq "$(hv_stat 0 vf_tx_frames)" "$before" "round $round: none by the VF"
	vf_give 0
	wait_for 15 on_vf 0
	before=$(hv_stat 0 vf_tx_frames)
	check "round $round: restored, out" flow_moves 0 tx 1
	check "round $round: restored, in" flow_moves 0 rx 2
	assert_gt "$(hv_stat 0 vf_tx_frames)" "$before" "round $round: by the VF again"
done

flow_stop 1 2
tcp_check 11
tcp_check 12
flow_whole 1 $FLOW_FEW
flow_whole 2 $FLOW_FEW
