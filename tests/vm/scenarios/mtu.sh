# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# MTU: the synthetic device's counts; refused by the VF or the host, nothing changes
# claims: auto self
stack_up 1
vf=$(vf_dev 0)
mtu_is() { [ "$(cat "/sys/class/net/$1/mtu")" = "$2" ]; }
flows_both
for mtu in 9000 1400 1500; do
	check "MTU $mtu" ip link set eth0 mtu $mtu
	check "eth0 has $mtu" mtu_is eth0 $mtu
	check "the VF has $mtu" mtu_is "$vf" $mtu
	wait_for 5 on_vf 0
	flows_move
done

vf_set 0 fail_mtu 1
refute "MTU 2000 refused by the VF" ip link set eth0 mtu 2000
check "eth0 keeps 1500" mtu_is eth0 1500
check "the VF keeps 1500" mtu_is "$vf" 1500
vf_set 0 fail_mtu 0
refute "MTU 67 refused" ip link set eth0 mtu 67
check "eth0 keeps 1500" mtu_is eth0 1500
flows_move
flows_end

# a VF that comes later gets the MTU
vf_unplug 0
wait_for 5 an_alone 0
must ip link set eth0 mtu 4000
vf_up 0
check "the new VF has 4000" mtu_is "$(vf_dev 0)" 4000
rig_clean
t_done
