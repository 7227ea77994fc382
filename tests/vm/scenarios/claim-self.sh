# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# claim=self takes the VF before stock hv_netvsc can, which stands aside
# claims: self
stack_up 1
vf=$(vf_dev 0)
check "hv_netvsc could not join" log_has "can not register netvsc VF receive"
check "the host's data path was moved by hv_netvsc" log_has \
	"Data path switched to VF: $vf"
two_whole "carried"
assert_eq "$(switch_flow 0 tx 1 syn)" 0 "all sent by the VF"
assert_eq "$(switch_flow 0 rx 2 syn)" 0 "all received by the VF"
check "flagged as a slave" flag_set "$vf" 0x800
assert_eq "$(ip -6 addr show dev "$vf")" "" "no IPv6 address on the VF"

# the other way: the synthetic device down and up takes the VF along
ip link set eth0 down
assert_eq "$(cat /sys/class/net/"$vf"/operstate)" down "VF closed with eth0"
wait_for 5 on_syn 0
ip link set eth0 up
wait_for 10 an_active 0
wait_for 5 on_vf 0
wait_for 5 reaches 10.0.0.2
rig_clean
t_done
