# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The VF loses its carrier and gets it back
# claims: auto self
stack_up 1
flow_start 1 tx 4
tcp_start 1 4
tcp_start 2 6
check "flow 1 moves" flow_moves 0 tx 1
for i in 1 2 3; do
	vf_set 0 carrier 0
	wait_for 5 an_state_is eth0 joined
	check "flow 1 moves, out by the synthetic path" flow_moves 0 tx 1
	vf_set 0 carrier 1
	wait_for 5 an_active 0
	check "flow 1 moves" flow_moves 0 tx 1
done
assert_eq "$(estat eth0 an_switch_carrier_lost)" 3 "counted"
wait_for 5 reaches 10.0.0.2
flow_stop 1
tcp_check 1
tcp_check 2
flow_whole 1 $FLOW_FEW
rig_clean
t_done
