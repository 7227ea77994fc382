# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The VF's PCI function is reset under traffic: what is sent goes by the
# synthetic path meanwhile, and by the VF again afterwards; what is set on the
# NIC in between reaches the VF
# claims: auto self

# reset: of the function, in the background, from which it does not recover yet.
# Its netdev is detached, and for such a one the core keeps link events back, so
# that nobody is told.
reset() {
	vf_set 0 reset_hold 1
	echo 1 >"/sys/bus/pci/devices/$(vf_pci 0)/reset" &
	RESET=$!
	wait_for 5 has_no_carrier "$vf"
	# what its ring had may still go out
	syn=$(hv_stat 0 syn_tx_frames)
	wait_for 5 by_syn
	syn=$(hv_stat 0 syn_tx_frames) by_vf=$(hv_stat 0 vf_tx_frames)
	wait_for 5 by_syn
	assert_eq "$(hv_stat 0 vf_tx_frames)" "$by_vf" "none by the VF"
}

by_syn() { [ "$(hv_stat 0 syn_tx_frames)" -gt $((syn + 30)) ]; }

reset_over() {
	vf_set 0 reset_hold 0
	wait $RESET
	assert_eq $? 0 "$1: the reset worked"
	wait_for 5 an_active 0
	wait_for 5 on_vf 0
	flows_move
	check "$1: by the VF" [ "$(hv_stat 0 vf_tx_frames)" -gt "$by_vf" ]
}

stack_up 1
vf=$(vf_dev 0)
flows_both
reset
reset_over first
assert_eq "$(master_of "$vf")" eth0 "eth0 is still the master"

# while the netdev is detached it takes no changes
reset
must ip link set eth0 promisc on
refute "MTU refused meanwhile" ip link set eth0 mtu 1400
assert_eq "$(cat /sys/class/net/eth0/mtu)" 1500 "and left as it was"
before=$(vf_row 0 rx_filtered)
reset_over second
in_peer 0 ip neigh add 10.0.0.77 lladdr 02:00:00:00:77:77 dev hvup0
in_peer 0 ping -q -c 3 -i 0.1 -W 1 10.0.0.77 >/dev/null
assert_eq "$(vf_row 0 rx_filtered)" "$before" "promiscuous, set during the reset"
must ip link set eth0 promisc off
# what the host sends by the VF meanwhile is lost
flows_end $FLOW_FEW -

# nor can it be opened
flows_both
reset
must ip link set eth0 down
must ip link set eth0 up
must ip addr replace fd00:0::1/64 dev eth0 nodad
vf_set 0 reset_hold 0
wait $RESET
# hv_netvsc does not try again
[ "$CLAIM" = self ] || must ip link set "$vf" up
wait_for 5 an_active 0
wait_for 5 on_vf 0
flows_move
# eth0 was down
flows_end -
rig_clean
t_done
