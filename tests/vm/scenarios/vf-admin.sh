# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# An administrator sets the VF down and up again
# claims: auto self
stack_up 1
vf=$(vf_dev 0)
flows_both
ip link set "$vf" down
wait_for 5 an_state_is eth0 joined
wait_for 5 on_syn 0
assert_eq "$(estat eth0 an_switch_vf_down)" 1 "counted with its reason"
flows_move
ip link set "$vf" up
wait_for 10 an_active 0
wait_for 5 on_vf 0
flows_move
flows_end
rig_clean
t_done
