# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Somebody sets another MTU on the VF: it is put right again. With claim self one
# that refuses carries nothing until it takes the MTU
# claims: auto self
stack_up 1
vf=$(vf_dev 0)
mtu_is() { [ "$(cat "/sys/class/net/$1/mtu")" = "$2" ]; }
flow_start 1 tx 4
flow_start 2 rx 4
for mtu in 1300 2000; do
	must ip link set "$vf" mtu $mtu
	wait_for 5 mtu_is "$vf" 1500
	check "eth0 keeps 1500" mtu_is eth0 1500
done
two_move "put right"
if [ "$CLAIM" = self ]; then
	vf_set 0 fail_mtu 1400
	must ip link set "$vf" mtu 1300
	wait_for 5 on_syn 0
	check "refused: joined" an_state_is eth0 joined
	two_move "refused"
	vf_set 0 fail_mtu 0
	must ip link set "$vf" mtu 1400
	wait_for 5 an_active 0
	wait_for 5 on_vf 0
	check "taken: put right" mtu_is "$vf" 1500
	two_move "taken"
fi
flow_stop 1 2
flow_whole 1
flow_whole 2
rig_clean
t_done
