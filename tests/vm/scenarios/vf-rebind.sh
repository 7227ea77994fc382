# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The VF's driver is unbound and bound again, then unloaded and loaded
# claims: auto self
stack_up 1
flows_both
for i in 1 2; do
	vf_unbind 0
	wait_for 5 an_alone 0
	wait_for 5 on_syn 0
	flows_move
	vf_bind 0
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	flows_move
done
check "vfsim unloads while it carries" vf_unload
wait_for 5 an_alone 0
flows_move
vf_load
wait_for 10 an_active 0
wait_for 5 on_vf 0
flows_move
flows_end $FLOW_FEW
assert_eq "$(estat eth0 an_switch_revoked)" 3 "revocations counted"
rig_clean
t_done
