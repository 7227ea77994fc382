# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# CPUs are taken offline and brought back while traffic runs and the VF comes and
# goes: nothing is lost by it, and counters contain the CPUs that are gone
# claims: auto self
# cost: high
# machine: smp4

cpu() { echo "$2" >"/sys/devices/system/cpu/cpu$1/online"; }
online() { cat /sys/devices/system/cpu/online; }

# all_counted WHEN: hv_netvsc's own rows start again with each VF. Frames may be on
# their way meanwhile, but few.
all_counted() {
	local tx rx
	[ "$CLAIM" = self ] || return 0
	tx=$(hv_stat 0 vf_tx_frames)
	rx=$(hv_stat 0 vf_rx_frames)
	assert_gt "$(estat eth0 vf_tx_packets)" $((tx - 20)) "$1: all sent are counted"
	assert_gt "$(estat eth0 vf_rx_packets)" $((rx - 20)) "$1: all received are counted"
}

stack_up 1 channels=4
flows_both
for n in 1 2 3; do
	flows_move
	check "cpu$n goes" cpu $n 0
	all_counted "cpu$n is gone"
done
flows_move
assert_eq "$(online)" 0 "one CPU is left"
vf_take 0
wait_for 10 an_alone 0
flows_move
check "cpu2 returns" cpu 2 1
vf_give 0
wait_for 15 an_active 0
wait_for 10 on_vf 0
flows_move
check "cpu1 returns" cpu 1 1
check "cpu3 returns" cpu 3 1
assert_eq "$(online)" 0-3 "all CPUs are back"
flows_move
flows_end
for id in 1 2 3 4; do
	assert_le "$(flow_lost $id)" 5 "flow $id: hardly any lost"
done
# hv_netvsc's own rows start again with each VF. Of ours the few frames that went with
# the VF are no fault: it had them from us, or for us.
if [ "$CLAIM" = self ]; then
	seen=$(hv_stat 0 vf_tx_frames)
	gone=$(($(estat eth0 vf_tx_packets) - seen))
	assert_gt $gone -1 "vf_tx_packets: all that the switch saw"
	assert_le $gone 20 "vf_tx_packets: few that it did not see"
	came=$(estat eth0 vf_rx_packets)
	gone=$(($(hv_stat 0 vf_rx_frames) - came))
	assert_gt $gone -1 "vf_rx_packets: what the switch gave"
	assert_le $gone 20 "vf_rx_packets: few that did not come"
fi
