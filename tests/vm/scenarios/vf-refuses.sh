# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A VF that refuses the NIC's MTU or address when it arrives carries nothing, in
# either direction, and carries when it takes them
# claims: self
rig_up 1
an_load window_ms=$((2000 * SLOW))
vf_load
flow_start 1 tx 4
flow_start 2 rx 6
moves() {
	check "$1: flow 1 moves" flow_moves 0 tx 1
	check "$1: flow 2 moves" flow_moves 0 rx 2
}
# refused WHAT: in the window, before the VF is asked
refused() {
	vf_plug 0
	wait_for 5 vf_has_dev 0
	vf_set 0 "fail_$1" 1
	wait_for 10 log_has "refuses $2"
	vf=$(vf_dev 0)
	wait_for 5 has_carrier "$vf"
	check "$1 refused: joined" an_state_is eth0 joined
	check "$1 refused: the host is not told" on_syn 0
	moves "$1 refused"
	vf_set 0 "fail_$1" 0
}
taken() {
	wait_for 5 an_active 0
	wait_for 5 on_vf 0
	moves "$1"
	vf_unplug 0
	wait_for 5 an_alone 0
}
must ip link set eth0 mtu 2000
refused mtu "MTU 2000"
must ip link set "$vf" mtu 2000
taken "MTU given to it by hand"
refused mtu "MTU 2000"
# the VF fits at once, but the host takes its time to learn of it
hv_set 0 switch_delay_ms 1000
lost=$(switch_flow 0 tx 1 lost)
must ip link set eth0 mtu 1500
wait_for 5 an_active 0
check "MTU that it can have: flow 1 moves" flow_moves 0 tx 1
assert_eq "$(hv_stat 0 drop_vf_tx_path)" 0 "MTU that it can have: nothing by the VF too early"
assert_eq "$(switch_flow 0 tx 1 lost)" "$lost" "MTU that it can have: nothing lost, out"
hv_set 0 switch_delay_ms 0
taken "MTU that it can have"
flow_stop 1 2

must ip link set eth0 down
must ip link set eth0 address 00:15:5d:aa:bb:01
must ip link set eth0 up
must ip addr replace fd00:0::1/64 dev eth0 nodad
wait_for 5 reaches 10.0.0.2
flow_start 1 tx 4
flow_start 2 rx 4
refused mac "address 00:15:5d:aa:bb:01"
must ip link set eth0 down
must ip link set eth0 up
taken "NIC set down and up"
flow_stop 1 2
assert_eq "$(flow_get 1 dup) $(flow_get 2 dup)" "0 0" "none twice"
rig_clean
t_done
