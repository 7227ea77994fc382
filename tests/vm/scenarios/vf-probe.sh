# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The VF's driver must not have the function at first; it is unloaded and loaded
# under traffic
# claims: auto self
rig_up 1
an_load
two_start
tcp_start 1 4
carries() {
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	two_move "$1"
}
# no driver may have the function
vf_plug 0
echo nobody >"/sys/bus/pci/devices/$(vf_pci 0)/driver_override"
vf_load
check "no driver has it" vf_has_no_dev 0
check "eth0 is alone" an_alone 0
for i in 1 2 3; do
	refute "probe $i fails" vf_bind 0
done
two_move "without a driver"
echo >"/sys/bus/pci/devices/$(vf_pci 0)/driver_override"
check "probe succeeds" vf_bind 0
carries "probed"

for i in 1 2; do
	check "vfsim unloads under traffic" vf_unload
	wait_for 5 an_alone 0
	wait_for 5 on_syn 0
	two_move "unloaded $i"
	vf_load
	carries "loaded $i"
done
assert_eq "$(estat eth0 an_switch_revoked)" 2 "two revocations"
flow_stop 1 2
tcp_check 1
flow_whole 1 $FLOW_FEW
flow_whole 2 $FLOW_FEW
rig_clean
t_done
