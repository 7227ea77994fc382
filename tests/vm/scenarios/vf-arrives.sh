# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A VF arrives while flows of both families run both ways: they move to it, and
# it becomes a lower device without an address of its own.

rig_up 1
an_load
vf_load mlx5_core
flow_start 1 tx 4
flow_start 2 rx 4
flow_start 3 tx 6
flow_start 4 rx 6
wait_for 5 flow_seen 0 rx 4 50

vf_give 0
wait_for 15 an_state_is eth0 active
vf=$(vf_dev 0)
case $CLAIM in
auto) assert_eq "$(an_claim eth0)" driver "hv_netvsc holds the VF" ;;
self) assert_eq "$(an_claim eth0)" self "an_failover holds the VF" ;;
esac
assert_eq "$(datapath 0)" vf "the host sends by the VF"
assert_eq "$(master_of "$vf")" eth0 "the VF is a lower device of eth0"
assert_eq "$(ip -o addr show dev "$vf")" "" "the VF has no address"
check "the VF is up" has_carrier "$vf"
hv_stats_reset 0
for id in 1 3; do check "flow $id, out" flow_moves 0 tx $id; done
for id in 2 4; do check "flow $id, in" flow_moves 0 rx $id; done
assert_gt "$(hv_stat 0 vf_tx_frames)" 50 "frames out by the VF"
assert_gt "$(hv_stat 0 vf_rx_frames)" 50 "frames in by the VF"
flow_stop 1 2 3 4
for id in 1 2 3 4; do flow_whole $id; done
