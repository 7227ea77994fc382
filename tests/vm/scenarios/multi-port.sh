# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# One PCI function with two ports, as mana's and mlx4's: each is the VF of
# another NIC. hv_netvsc knows the function's slot only for the first; the
# second goes by its address.
# claims: auto self
# cost: high
# nics: 2

# both_carry EVENT: each pair by its own port, both ways
both_carry() {
	local nic port
	for nic in 0 1; do
		port=$nic
		[ "$SWAPPED" = 0 ] || port=$((1 - nic))
		wait_for 10 an_active $nic
		wait_for 5 on_vf $nic
		assert_eq "$(master_of "$(vf_dev 0 $port)")" eth$nic \
			"$1: port $port belongs to eth$nic"
		assert_eq "$(estat eth$nic an_claim)" "$(claim_number)" \
			"$1: eth$nic: claimed as asked"
	done
	all_move "$1"
}

# all_move EVENT
all_move() {
	local nic
	for nic in 0 1; do
		check "$1: eth$nic: flow out" flow_moves $nic tx $((1 + 10 * nic))
		check "$1: eth$nic: flow in" flow_moves $nic rx $((2 + 10 * nic))
	done
}

SWAPPED=0
rig_up 2
an_load
vf_load mana ports=2
vf_plug 0
for nic in 0 1; do
	flow_start $((1 + 10 * nic)) tx 4 $nic
	flow_start $((2 + 10 * nic)) rx 6 $nic
	tcp_start $((1 + nic)) 4 $nic
done
both_carry "mana"

# one port set down, one without carrier: the other pair does not notice
switches=$(estat eth0 an_switches)
must ip link set "$(vf_dev 0 1)" down
wait_for 5 an_state_is eth1 joined
wait_for 5 on_syn 1
all_move "port 1 down"
assert_eq "$(an_state eth0) $(estat eth0 an_switches)" "active $switches" \
	"port 1 down: eth0 stays as it was"
must ip link set "$(vf_dev 0 1)" up
both_carry "port 1 up"
switches=$(estat eth1 an_switches)
vf_set 0 carrier 0
wait_for 5 an_state_is eth0 joined
check "port 0 without carrier: flow moves" flow_moves 0 tx 1
assert_eq "$(an_state eth1) $(estat eth1 an_switches)" "active $switches" \
	"port 0 without carrier: eth1 stays as it was"
vf_set 0 carrier 1
both_carry "carrier back"

# the function goes, and returns as another family, its ports the other way round
vf_unplug 0
for nic in 0 1; do
	wait_for 5 an_alone $nic
	wait_for 5 on_syn $nic
done
all_move "function removed"
vf_param port_nic 1,0,-1,-1
vf_param family mlx4_core
SWAPPED=1
vf_plug 0
both_carry "mlx4, swapped"
# dead, both ports at once
vf_kill 0
vf_unplug 0
for nic in 0 1; do
	wait_for 5 an_alone $nic
done
all_move "function dead and removed"
flow_stop 1 2 11 12
tcp_check 1
tcp_check 2
for id in 1 2 11 12; do
	assert_eq "$(flow_get $id dup)" 0 "flow $id: none twice"
done
rig_clean
t_done
