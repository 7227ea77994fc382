# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# hv_netvsc closes its channels and opens them again (ring sizes, number of
# channels, MTU) while the VF carries: the VF path loses nothing by it, nor do
# the counters, and the synthetic path works afterwards
# claims: auto self
# cost: high
# machine: smp4
stack_up 1 channels=4
wait_for 10 channels_are 0 4
vf=$(vf_dev 0)
flows_both

# still EVENT: the pair is untouched, all flows go on, and by the VF
still() {
	check "$1: active" an_active 0
	check "$1: the host sends by the VF" on_vf 0
	flows_move
	assert_eq "$(hv_stat 0 drop_vf_tx_path) $(hv_stat 0 drop_vf_rx_absent)" \
		"0 0" "$1: the host dropped nothing"
}

# lost: frames of all flows that the host has missed so far
lost() {
	echo $(($(switch_flow 0 tx 1 lost) + $(switch_flow 0 rx 2 lost) +
		$(switch_flow 0 tx 3 lost) + $(switch_flow 0 rx 4 lost)))
}

lost_is() { [ "$(lost)" = "$1" ]; }

# none_lost EVENT: since it was last asked; what is late may still come. A frame
# a flow is let pass: once, of all runs, 7.2 lost that many where the queues
# stopped, and where has not been found.
none_lost() {
	poll_for 2 lost_is "$before"
	assert_le $(($(lost) - before)) 4 "$1: nothing lost"
	before=$(lost)
}

switches=$(estat eth0 an_switches) to_syn=$(hv_stat 0 switches_to_syn)
flows_reset 0
before=0
gone=0
# Whatever waits for a transmit queue that the driver then takes away is thrown
# away by the core: from 4 to 2 and from 4 to 3. (To a single channel hv_netvsc
# keeps the queues.)
for n in 1 2 4 3 1 4; do
	check "$n channel(s)" ethtool -L eth0 combined $n
	check "the host has $n" channels_are 0 $n
	still "$n channel(s)"
	case $n in
	2|3)
		now=$(lost)
		note "$n channel(s): lost with a queue: $((now - before))"
		gone=$((gone + now - before)) before=$now
		;;
	*) none_lost "$n channel(s)" ;;
	esac
done
refute "5 channels refused" ethtool -L eth0 combined 5
for size in "rx 256 tx 100" "rx 4000" "tx 256"; do
	# shellcheck disable=SC2086
	check "rings: $size" ethtool -G eth0 $size
	check "rings: all channels are back" channels_are 0 4
	still "rings: $size"
	none_lost "rings: $size"
done
for id in 1 2 3 4; do
	dir=$([ $((id % 2)) = 1 ] && echo tx || echo rx)
	assert_eq "$(switch_flow 0 "$dir" $id syn)" 0 "flow $id: all by the VF"
done
assert_eq "$(estat eth0 an_switches)" "$switches" "the data path stayed"
assert_eq "$(hv_stat 0 switches_to_syn)" "$to_syn" "the host's too"

for mtu in 4000 1400 1500; do
	check "MTU $mtu" ip link set eth0 mtu $mtu
	check "MTU $mtu: all channels are back" channels_are 0 4
	assert_eq "$(cat "/sys/class/net/$vf/mtu")" $mtu "MTU $mtu: the VF's too"
	wait_for 5 an_active 0
	still "MTU $mtu"
	none_lost "MTU $mtu"
done
flows_end $((20 + gone)) 10

# what is read now is what was counted before and after
tx=$(if_stat eth0 tx_packets) vtx=$(estat eth0 vf_tx_packets)
check "a ring size more" ethtool -G eth0 tx 192
check "tx_packets keeps what the VF sent" \
	[ "$(if_stat eth0 tx_packets)" -ge "$vtx" ]
check "vf_tx_packets keeps" [ "$(estat eth0 vf_tx_packets)" -ge "$vtx" ]
note "tx_packets before $tx, after $(if_stat eth0 tx_packets)"

# and without the VF
vf_take 0
wait_for 5 on_syn 0
wait_for 5 an_alone 0
flow_start 11 tx 4
flow_start 12 rx 6
for n in 2 4; do
	check "synthetic: $n channels" ethtool -L eth0 combined $n
	wait_for 5 has_carrier eth0
	check "synthetic: flow out" flow_moves 0 tx 11
	check "synthetic: flow in" flow_moves 0 rx 12
done
flow_stop 11 12
wait_for 5 reaches 10.0.0.2
vf_give 0
wait_for 10 an_active 0
wait_for 5 reaches 10.0.0.2
rig_clean
t_done
