# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Somebody sets another MTU on the VF: it is put right again
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
check "flow 1 moves" flow_moves 0 tx 1
check "flow 2 moves" flow_moves 0 rx 2
flow_stop 1 2
flow_whole 1
flow_whole 2
rig_clean
t_done
