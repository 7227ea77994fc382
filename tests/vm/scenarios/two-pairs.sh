# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Two pairs at once: each keeps to itself
# claims: auto self
# cost: high
# nics: 2
stack_up 2
flows_both 0
flow_start 11 tx 4 1
flow_start 12 rx 4 1
check "flow 11 moves" flow_moves 1 tx 11
vf_unplug 0
wait_for 5 an_alone 0
check "the other pair stays on its VF" an_active 1
flows_move 0
check "flow 11 moves" flow_moves 1 tx 11
vf_plug 0
wait_for 10 an_active 0
flows_end
flow_stop 11 12
flow_check 11
flow_check 12
assert_eq "$(switch_flow 1 tx 11 syn)" 0 "the other pair used its VF only"
rig_clean
t_done
