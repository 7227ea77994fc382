# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# MAC address: both devices change or neither
# claims: auto self
stack_up 1
vf=$(vf_dev 0)
old=$(mac_of eth0)
new=00:15:5d:aa:bb:01
# hv_netvsc changes its address only while it is down
set_mac() { ip link set eth0 down && ip link set eth0 address "$1" &&
	ip link set eth0 up; }

check "new address" set_mac $new
assert_eq "$(mac_of eth0)" $new "eth0 has it"
assert_eq "$(mac_of "$vf")" $new "the VF has it"
wait_for 10 an_active 0

# a VF is known by its permanent address
vf_unplug 0
wait_for 5 an_alone 0
vf_up 0
vf=$(vf_dev 0)
mac_is() { [ "$(mac_of "$1")" = "$2" ]; }
wait_for 5 mac_is "$vf" $new
check "old address" set_mac "$old"
assert_eq "$(mac_of "$vf")" "$old" "the VF goes along"
wait_for 10 an_active 0

vf_set 0 fail_mac 1
refute "refused by the VF" set_mac $new
assert_eq "$(mac_of eth0)" "$old" "eth0 keeps its address"
vf_set 0 fail_mac 0
hv_set 0 fail_mac 1
refute "refused by the host" set_mac $new
assert_eq "$(mac_of eth0)" "$old" "eth0 keeps its address"
assert_eq "$(mac_of "$vf")" "$old" "the VF goes back to it"
hv_set 0 fail_mac 0
must ip link set eth0 up
wait_for 10 an_active 0
wait_for 5 reaches 10.0.0.2
refute "nothing is said of a VF that does go back" log_has "refuses to go back"
rig_clean
t_done
