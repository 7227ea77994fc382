# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The VF is gone before anybody was told: it answers nothing, completes nothing,
# and then its function is removed, with and without word from the host. The pair
# falls back, connections survive, nothing hangs or is left behind. Then the same
# by the hot-plug port: power off, a new card, power on.
# claims: auto self
# cost: high

# dead: the function stops to answer, under traffic both ways
dead() {
	flows_move
	vf_kill 0
	stuck=$(vf_row 0 tx_packets)
	flow_stands tx 1
	flow_stands rx 2
	assert_eq "$(vf_row 0 tx_packets)" "$stuck" "dead: the VF sends nothing"
}

# flow_stands DIR ID: 40 more were due in that time
flow_stands() {
	local seen
	seen=$(switch_flow 0 "$1" "$2" seen)
	usleep $((200000 * ${SLOW:-1}))
	assert_eq "$(switch_flow 0 "$1" "$2" seen)" "$seen" "dead: flow $2 stands"
}

back_on_syn() {
	wait_for 5 an_alone 0
	wait_for 5 on_syn 0
	flows_move
}

stack_up 1
flows_both
dead
vf=$(vf_dev 0)
refute "dead: no MTU" ip link set eth0 mtu 1400
assert_eq "$(cat /sys/class/net/eth0/mtu)" 1500 "dead: eth0 keeps its MTU"
refute "dead: no address" ip link set eth0 address 02:11:22:33:44:55
refute "dead: no channels" ethtool -L "$vf" combined 2
refute "dead: no rings" ethtool -G "$vf" tx 512
# leaving costs no longer than a VF that lives
start=$(now)
vf_take 0
assert_le $(($(now) - start)) $((100 * (3 * ${SLOW:-1} + ${PATIENCE:-0}))) "removed in time, in 1/100 s"
back_on_syn
assert_eq "$(estat eth0 an_switch_revoked)" 1 "counted with its reason"
vf_give 0
wait_for 10 an_active 0
wait_for 5 on_vf 0

# without a word from the host; the NIC set down and up before
dead
must ip link set eth0 down
must ip link set eth0 up
must ip addr replace fd00:0::1/64 dev eth0 nodad
wait_for 5 on_syn 0
check "dead VF not opened: flow 1 moves" flow_moves 0 tx 1
vf_unplug 0
back_on_syn
vf_plug 0
wait_for 10 an_active 0
wait_for 5 on_vf 0

# the driver is taken off a dead function, and binds to a new one
dead
check "driver unbound" vf_unbind 0
back_on_syn
vf_unplug 0
vf_plug 0
wait_for 10 an_active 0
wait_for 5 on_vf 0

# by the port: an orderly removal from the driver's point of view; QEMU pulls the
# card then, and a new one is put in
flows_move
port=/sys/bus/pci/slots/5/power
check "power off" eval "echo 0 >$port"
back_on_syn
check "the card is gone" eval "! vf_present 0"
mon device_add pci-testdev,bus=rp5,addr=0
card_in() { vf_present 0 || { echo 1 >$port && vf_present 0; } 2>/dev/null; }
wait_for 20 card_in
wait_for 10 an_active 0
wait_for 5 on_vf 0
flows_move
flows_end -
rig_clean
t_done
