# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A VF whose PCI function has no slot: stock hv_netvsc refuses it, we do not
# claims: auto self
# machine: noslot
rig_up 1
vf_load
vf_plug 0
wait_for 5 vf_has_dev 0
vf=$(vf_dev 0)
check "stock hv_netvsc refuses" log_has "no PCI slot information"
assert_eq "$(master_of "$vf")" "" "stock hv_netvsc leaves it alone"

# up already when the module takes it: the host has to be told all the same
must ip link set "$vf" up
an_load
wait_for 10 an_active 0
wait_for 5 on_vf 0
assert_eq "$(estat eth0 an_claim)" 2 "enslaved by the module with either claim"
flows_both
vf_unplug 0
wait_for 5 an_alone 0
wait_for 5 on_syn 0
flows_move
vf_plug 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
flows_move
# nor does hv_netvsc fetch it back from another namespace
must ip netns add pod
must ip link set "$(vf_dev 0)" netns pod
wait_for 5 vf_has_dev 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
ip netns del pod
flows_move
flows_end
check "flagged as a slave before anybody saw it" flag_set "$(vf_dev 0)" 0x800
rig_clean
t_done
