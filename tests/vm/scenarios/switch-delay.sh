# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The host takes a second for SWITCH_DATA_PATH, or does not do what it confirms:
# traffic goes on, and the state is right as soon as it can be
# claims: auto self
# cost: high
rig_up 1
an_load
vf_load
hv_set 0 switch_delay_ms 1000
flows_both

# out_lost: frames of the guest's that the switch has missed
out_lost() { echo $(($(switch_flow 0 tx 1 lost) + $(switch_flow 0 tx 3 lost))); }

# delayed, to the VF and back, three times
for i in 1 2 3; do
	early=$(hv_stat 0 drop_vf_tx_path)
	lost=$(out_lost)
	vf_give 0
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	flows_move
	assert_eq "$(hv_stat 0 drop_vf_tx_path)" "$early" "round $i: nothing by the VF too early"
	assert_eq "$(out_lost)" "$lost" "round $i: nothing lost, out"
	before=$(hv_stat 0 vf_rx_frames)
	check "round $i: by the VF, in" flow_moves 0 rx 2
	assert_gt "$(hv_stat 0 vf_rx_frames)" "$before" "round $i: the VF receives"
	t=$(now)
	ip link set "$(vf_dev 0)" down
	assert_gt $(($(now) - t)) 80 "round $i: the VF waits for the host"
	wait_for 5 on_syn 0
	check "round $i: no longer active" [ "$(an_state eth0)" != active ]
	flows_move
	vf_unplug 0
	wait_for 5 an_alone 0
	flows_move
done

# the VF goes at once after it came: the answer finds nobody
vf_give 0
wait_for 10 vf_has_dev 0
vf_take 0
wait_for 5 an_alone 0
wait_for 5 on_syn 0
flows_move
flows_end
hv_set 0 switch_delay_ms 0

# refused: the VF sends, what is received stays where it was
hv_set 0 refuse_switch 1
vf_give 0
poll_for 5 vf_has_dev 0
wait_for 10 an_active 0
check "refused: the host still sends by VMBus" on_syn 0
assert_gt "$(hv_stat 0 switches_refused)" 0 "refused: it was asked"
flows_both
assert_eq "$(hv_stat 0 drop_vf_tx_path)" 0 "refused: what the VF sends gets out"
flows_end
for id in 1 2 3 4; do
	assert_eq "$(flow_lost $id)" 0 "refused: flow $id lost nothing"
done

# and taken again; from then on the host obeys
vf_take 0
wait_for 5 an_alone 0
hv_set 0 refuse_switch 0
vf_give 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
wait_for 5 reaches 10.0.0.2
rig_clean
t_done
