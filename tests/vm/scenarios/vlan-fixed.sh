# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A VF whose VLAN filter cannot be turned off (mlx4's, ixgbevf's) carries VLANs on the
# synthetic NIC, and those on a bond above it, of which no driver is told
# claims: auto self
rig_up 1
an_load
vf_load mlx4_core vlan_fixed=1
vf_up 0
check "the filter stays on" eval \
	"ethtool -k $(vf_dev 0) | grep -q '^rx-vlan-filter: on \[fixed\]'"

vlan_both eth0 v5
check "VLAN on the NIC: by the VF, both ways" by_vf 10.1.5.2

# what is not in use does not get through
must in_peer 0 ip link add link hvup0 name v9 up type vlan id 9
must in_peer 0 ip addr add 10.1.9.2/24 dev v9
must in_peer 0 ip neigh add 10.1.9.1 lladdr "$(mac_of eth0)" dev v9 nud permanent
filtered=$(vf_row 0 rx_filtered)
refute "VLAN 9 is nobody's" in_peer 0 ping -q -c 5 -i 0.05 -W 1 10.1.9.1
assert_gt "$(vf_row 0 rx_filtered)" $((filtered + 4)) "the VF takes no frames of it"
ip link del v5
in_peer 0 ip link del v5

must ip link add bond0 type bond mode active-backup miimon 100
ip addr flush dev eth0
must ip link set eth0 down
must ip link set eth0 master bond0
must ip addr add 10.0.0.1/24 dev bond0
must ip link set bond0 up
wait_for 10 an_active 0
wait_for 5 on_vf 0
vlan_both bond0 bv5
check "VLAN on a bond: by the VF, both ways" by_vf 10.1.5.2
across "VLAN on a bond" 10.1.5.2
check "VLAN on a bond: by the next VF, both ways" by_vf 10.1.5.2
ip link del bv5
in_peer 0 ip link del v5
ip link set eth0 nomaster
ip link del bond0
