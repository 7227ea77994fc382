# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The VF, its NIC, the host's association and the module come in any order, twice
# or not at all
# claims: auto self
# carries WHAT CLAIM
carries() {
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	assert_eq "$(an_claim eth0)" "$2" "$1: claim"
	assert_eq "$(master_of vfx)" eth0 "$1: eth0's"
	flows_reset 0
	two_start
	two_move "$1"
	flow_stop 1 2
	assert_eq "$(switch_flow 0 tx 1 syn) $(switch_flow 0 rx 2 syn)" "0 0" \
		"$1: all by the VF"
}
mine=driver
[ "$CLAIM" = auto ] || mine=self

# association without a function: nothing to do
rig_up 1
an_load
vf_load
wait_for 5 reaches 10.0.0.2
check "association alone" an_alone 0

# the function without association: hv_netvsc waits, holding RTNL, when the VF
# comes up; traffic goes on
must rmmod hv_netvsc
vf_revoke 0
must hv_load
must nic_up 0
two_start
two_move "before"
vf_plug 0
wait_for 5 log_has "Waiting for the VF association from host"
two_move "not associated"
check "the host is not asked to switch" on_syn 0
vf_restore 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
two_move "associated"
# again: the host says it twice, the bus is searched twice
vf_restore 0
vf_plug 0
vf_plug 0
two_move "associated and found twice"
assert_eq "$(estat eth0 an_switches)" 1 "one switch"
assert_eq "$(estat eth0 an_refused)" 0 "no second candidate"
flow_stop 1 2
flow_whole 1 10
flow_whole 2 10

# VF, module, NIC
ip link set "$(vf_dev 0)" down
wait_for 5 on_syn 0
must rmmod hv_netvsc
vf=$(vf_dev 0)
must ip link set "$vf" name vfx
must ip link set vfx up
must hv_load
must nic_up 0
carries "VF, module, NIC" $mine

# VF, NIC, module; the driver had it before
an_unload
must ip link set eth0 down
must ip link set vfx down
wait_for 5 on_syn 0
must rmmod hv_netvsc
must hv_load
must nic_up 0
wait_for 10 on_vf 0
an_load
carries "VF, NIC, module" driver

# module, NIC, VF with a bus that is searched while the VF is there
vf_unplug 0
wait_for 5 an_alone 0
must rmmod hv_netvsc
must hv_load
must nic_up 0
vf_plug 0
wait_for 5 vf_has_dev 0
ip link set "$(vf_dev 0)" name vfx
if netdev_gone vfx; then
	# Linux 6.1, and it was up already
	ip link set "$(vf_dev 0)" down
	must ip link set "$(vf_dev 0)" name vfx
	ip link set vfx up
fi
carries "module, NIC, VF" $mine
rig_clean
t_done
