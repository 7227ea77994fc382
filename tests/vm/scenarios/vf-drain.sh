# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A VF that is set down, taken away or released with frames in its queues and ring:
# with claim self they still go out by it, before the host's data path moves. One that
# sends nothing any more is not waited for long.
# claims: self
stack_up 1
vf=$(vf_dev 0)

dropped() { awk '/_dropped_close / { n += $2 } END { print n + 0 }' "$VFSIM/$(vf_pci 0)/stats"; }
# what the host had from the VF and did not want, where that is not the VF's path
unwanted() { hv_stat 0 drop_vf_tx_path; }

# slowly: 4 ms from the queue to the wire, so that many are on their way
slowly() { vf_set 0 slow_us 4000; }
carries() {
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	slowly
	check "$1: by the VF" flow_moves 0 tx 1
	check "$1: by the VF, too" flow_moves 0 tx 2
}

flow_start 1 tx 4 0 1000
flow_start 2 tx 6 0 1000
carries "at first"
ip link set "$vf" down
wait_for 5 on_syn 0
assert_eq "$(dropped)" 0 "set down: the ring was empty"
check "set down: sends" flow_moves 0 tx 1
ip link set "$vf" up
carries "set up"
vf_take 0
wait_for 5 an_alone 0
vf_give 0
carries "given back"
an_unload
wait_for 5 on_syn 0
assert_eq "$(dropped)" 0 "unloaded: the ring was empty"
flow_stop 1 2
flow_whole 1
flow_whole 2
assert_eq "$(unwanted)" 0 "none by the VF too late"

an_load
wait_for 10 an_active 0
flow_start 3 tx 4 0 1000
check "again: by the VF" flow_moves 0 tx 3
vf_set 0 stall 255
vf=$(vf_dev 0)
clock
start=$CS
ip link set "$vf" down
clock
assert_le $((CS - start)) $((100 * (${SLOW:-1} + ${PATIENCE:-0}))) "one that sends nothing: down in time, in 1/100 s"
assert_gt "$(dropped)" 0 "what its ring had is lost"
vf_set 0 stall 0
check "and the rest goes on" flow_moves 0 tx 3
flow_stop 3
rig_clean
t_done
