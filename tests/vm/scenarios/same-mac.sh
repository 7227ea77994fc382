# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Two PCI functions with the NIC's address: the first keeps it, the second is
# refused, and taken when the first has left. Then two NICs swap their addresses
# under traffic: each keeps its own VF, which is known by its permanent address
# claims: auto self
# cost: high
# nics: 2
# machine: cards
T=/sys/kernel/tracing

refusals() { grep -c "an_refused: .*$1" $T/trace; }
second_is_taken() { [ "$(master_of "$second")" = eth0 ]; }

rig_up 2
far_up "$CARD_VMXNET3" 0
card_remove "$CARD_VMXNET3"
must modprobe vmxnet3
an_load
vf_load
echo 1 >$T/events/an_failover/an_refused/enable
vf_up 0
flow_start 1 tx 4
flow_start 2 rx 4
tcp_start 1 4

card_rescan "$CARD_VMXNET3"
wait_for 5 card_there "$CARD_VMXNET3"
second=$(card_dev "$CARD_VMXNET3")
refused() { [ "$(estat eth0 an_refused)" = "$1" ]; }
wait_for 5 refused 1
assert_eq "$(refusals "$second")" 1 "an event says so"
check "and the log" log_has "$second refused: the NIC has a VF already"
assert_eq "$(master_of "$second")" "" "the second is left alone"
check "the first goes on" an_active 0
check "the first sends" flow_moves 0 tx 1
check "the first receives" flow_moves 0 rx 2
assert_eq "$(switch_flow 0 tx 1 syn)" 0 "none by another path"

# what it was refused for has gone
vf_unplug 0
wait_for 10 second_is_taken
wait_for 20 an_active 0
check "the second carries" carries "$second"

# now the other way round, and the first does not carry when it leaves
vf_plug 0
wait_for 5 refused 2
vf=$(vf_dev 0)
assert_eq "$(master_of "$vf")" "" "who was first is second now"
must ip link set "$second" down
wait_for 5 an_state_is eth0 joined
card_remove "$CARD_VMXNET3"
wait_for 10 an_active 0
wait_for 5 on_vf 0
assert_eq "$(master_of "$vf")" eth0 "it is taken"
check "it carries" carries "$vf"
echo 0 >$T/events/an_failover/an_refused/enable
echo >$T/trace

# addresses swapped: hv_netvsc changes them only while the NIC is down
vf_up 1
flow_start 3 tx 4 1
a=$(mac_of eth0) b=$(mac_of eth1)
swap() { # MAC OF eth0, OF eth1
	must ip link set eth0 down
	must ip link set eth1 down
	must ip link set eth0 address "$1"
	must ip link set eth1 address "$2"
	must ip link set eth0 up
	must ip link set eth1 up
	for n in 0 1; do
		wait_for 10 an_active $n
		wait_for 5 on_vf $n
	done
	for n in 0 1; do
		assert_eq "$(mac_of "$(vf_dev $n)")" "$(mac_of eth$n)" \
			"eth$n: its VF has its address"
		assert_eq "$(master_of "$(vf_dev $n)")" eth$n "eth$n: has its own VF"
	done
	check "eth0 sends" flow_moves 0 tx 1
	check "eth0 receives" flow_moves 0 rx 2
	check "eth1 sends" flow_moves 1 tx 3
}
swap "$b" "$a"
# they leave together and come back in the other order
vf_unplug 0
vf_unplug 1
wait_for 5 an_alone 0
wait_for 5 an_alone 1
vf_plug 1
vf_plug 0
swap "$a" "$b"

tcp_check 1
flow_stop 1 2 3
for id in 1 2 3; do
	assert_eq "$(flow_get $id dup)" 0 "flow $id: none twice"
done
rig_clean
cards_done
t_done
