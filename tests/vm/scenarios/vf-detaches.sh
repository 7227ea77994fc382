# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A VF whose driver stops and detaches its netdev before it unregisters it, as MANA's does:
# its queues are stopped, and up to 6.12 it has no carrier; nobody is told; when its ring is
# empty it goes. Without carrier what is sent goes by the synthetic path; with it, it waits
# in the VF's queues and is lost with them.
# claims: auto self
rig_up 1
an_load
vf_load mana
vf_up 0
flows_both

# goes HOW COMMAND...
goes() {
	local how=$1
	shift
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	flows_move
	check "$how" "$@"
	wait_for 5 an_alone 0
	wait_for 5 on_syn 0
	flows_move
}

goes "taken" vf_take 0
vf_give 0
goes "unbound" vf_unbind 0
vf_bind 0 mana
goes "its driver is unloaded" vf_unload
vf_load mana
wait_for 10 an_active 0
flows_move
flows_end -
for id in 1 3; do
	assert_le "$(flow_lost $id)" 10 "flow $id: lost of what was sent"
done
assert_eq "$(estat eth0 an_switch_revoked)" 3 "revocations counted"

# slow to leave
flow_start 5 tx 4 0 1000
vf_set 0 slow_us 60000
check "slowly" flow_moves 0 tx 5
clock
start=$CS
vf_take 0
clock
due=$(((CS - start) * 10 / ${SLOW:-1}))
wait_for 5 an_alone 0
check "and by the synthetic path" flow_moves 0 tx 5
flow_stop 5
case $(uname -r) in
7.*) flow_whole 5 $((10 + due)) ;;
*) flow_whole 5 10 ;;
esac
assert_eq "$(hv_stat 0 drop_vf_tx_path)" 0 "none by the VF when the host did not want it"
rig_clean
t_done
