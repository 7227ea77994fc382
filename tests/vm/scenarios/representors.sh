# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A VF's driver makes other netdevs with the NIC's address: representors and
# subfunctions, by devlink, by physical port name, on an auxiliary device. None
# is taken for the VF, whether the VF is there or not
# claims: auto self
# nics: 2
KINDS="la-pf la-vf la-sf la-uplink la-name-vf la-name-sf la-name-pf la-aux"

# left_alone KIND
left_alone() { assert_eq "$(master_of "$1")" "" "$1: not enslaved"; }

rig_up 2
vf_load mlx5_core devlink=1

# hv_netvsc alone takes a representor for its VF. A module that comes later
# does not put the real VF beside it, or the driver would not let go any more.
vf_plug 1
vf_lookalike 1 la-vf 0
assert_eq "$(master_of la-vf)" eth0 "without the module: hv_netvsc takes la-vf"
an_load
vf_plug 0
wait_for 5 log_has "eth0: VF $(vf_dev 0) left alone: the driver has another device"
assert_eq "$(master_of "$(vf_dev 0)")" "" "la-vf has the NIC: the VF is left alone"
check "la-vf has the NIC: eth0 stays alone" an_alone 0
vf_unplug 1
wait_for 5 an_active 0
assert_eq "$(master_of "$(vf_dev 0)")" eth0 "la-vf gone: the VF is taken"
vf_unplug 0
wait_for 5 an_alone 0
vf_up 1

# the other VF's function has them, NIC 0 has no VF: nothing else to take
for kind in $KINDS; do
	check "$kind registers" vf_lookalike 1 "$kind" 0
	assert_eq "$(mac_of "$kind")" "$(mac_of eth0)" "$kind: has the address"
	must ip link set "$kind" up
done
# All but the subfunction have a PCI function with a slot for a parent, which is
# enough for hv_netvsc: it was kept from joining them.
assert_eq "$(estat eth0 an_refused)" 7 "joins of hv_netvsc's refused"
# they are looked at again when the rename window is over, and by a module
# that comes later
an_unload
an_load
usleep $((300000 * ${SLOW:-1}))
for kind in $KINDS; do
	left_alone "$kind"
done
check "eth0 stays alone" an_alone 0
check "by the synthetic path" moves_by 10.0.0.2 syn
check "the real VF carries on" an_active 1

# what looks like none of them is a VF, and the address decides whose
check "la-name-p0 registers" vf_lookalike 1 la-name-p0 0
wait_for 5 an_state_is eth0 active
assert_eq "$(master_of la-name-p0)" eth0 "a plain port named p0 is taken"
vf_unplug 1
wait_for 5 an_alone 0
wait_for 5 an_alone 1

# and on the VF's own function, beside it
vf_up 0
for kind in $KINDS; do
	check "$kind registers" vf_lookalike 0 "$kind" 0
	must ip link set "$kind" up
	left_alone "$kind"
done
check "the VF stays" an_active 0
assert_eq "$(master_of "$(vf_dev 0)")" eth0 "eth0 is its master"
flow_start 1 tx 4
flow_start 2 rx 4
check "flow out" flow_moves 0 tx 1
check "flow in" flow_moves 0 rx 2
flow_stop 1 2
flow_check 1
flow_check 2
rig_clean
t_done
