# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# VLANs on the synthetic NIC go by a VF that filters them, made before and after
# it came
# claims: auto self
stack_up 1
# vlan_up ID: VLAN device on both sides, 10.1.ID.1 and .2
vlan_up() {
	must ip link add link eth0 name "v$1" type vlan id "$1"
	must ip link set "v$1" up
	must ip addr add "10.1.$1.1/24" dev "v$1"
	in_peer 0 ip link add link hvup0 name "v$1" type vlan id "$1"
	in_peer 0 ip link set "v$1" up
	in_peer 0 ip addr add "10.1.$1.2/24" dev "v$1"
}
vf=$(vf_dev 0)
# hv_netvsc switches the filter of its VF off, as it has none itself
[ "$CLAIM" = auto ] || check "the VF filters VLANs" eval \
	"ethtool -k $vf | grep -q '^rx-vlan-filter: on'"
vlan_up 5
check "VLAN 5, made after the VF came" by_vf 10.1.5.2

vf_unplug 0
wait_for 5 an_alone 0
vlan_up 6
check "VLAN 6 by the synthetic path" moves_by 10.1.6.2 syn
vf_up 0
check "VLAN 5, made before the VF came" by_vf 10.1.5.2
check "VLAN 6, made while there was none" by_vf 10.1.6.2

must ip link del v5
check "VLAN 6 stays when 5 goes" by_vf 10.1.6.2
# nor is the VF left with a filter for it; hv_netvsc's own takes all VLANs
if [ "$CLAIM" = self ]; then
	filtered=$(vf_row 0 rx_filtered)
	in_peer 0 ip neigh replace 10.1.5.1 lladdr "$(mac_of eth0)" dev v5
	refute "VLAN 5 is gone" in_peer 0 ping -q -c 5 -i 0.05 -W 1 10.1.5.1
	assert_gt "$(vf_row 0 rx_filtered)" $((filtered + 4)) \
		"the VF takes no frames of VLAN 5"
fi
must ip link add link eth0 name v5 type vlan id 5
must ip link set v5 up
must ip addr add 10.1.5.1/24 dev v5
check "VLAN 5 again" by_vf 10.1.5.2

# the module's filters leave with it, those of others stay
vf=$(vf_dev 0)
an_unload
if [ "$CLAIM" = self ]; then
	check "VLANs go on by the synthetic path" reaches 10.1.6.2
fi
ip link del v5
ip link del v6
rig_clean
t_done
