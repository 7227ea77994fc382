# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The simulated VF alone, without an_failover: that it counts, filters, stalls
# and loses what a real one would, and that it may go at any moment.
# claims: none

# vf_stat KEY: a line of the VF's own counters, summed over its queues for a
# key that starts with tx_ or rx_ and that only queues have
vf_stat() {
	awk -v key="$1" '
	{ name = $1; sub(/^tx[0-9]+_/, "tx_", name); sub(/^rx[0-9]+_/, "rx_", name) }
	$1 == key { exact = 1; v = $2 }
	name == key && !exact { v += $2 }
	END { print v + 0 }' "$VFSIM/$(vf_pci 0)/stats"
}

vf_frames() { echo "$(if_stat "$VF" "$1_packets") $(if_stat "$VF" "$1_bytes")"; }

# send_burst COUNT: a flow of that many datagrams at once, as flow 9
send_burst() { flow send 10.0.0.2 -i 9 -c "$1" -r 0 -p 7009 >/tmp/burst; }

rig_up 1
vf_load mlx5_core
vf_give 0
wait_for 15 on_vf 0
VF=$(vf_dev 0)
assert_eq "$(ethtool -i "$VF" | sed -n 's/^driver: //p')" mlx5_core "driver"
assert_eq "$(ethtool -i "$VF" | sed -n 's/^bus-info: //p')" "$(vf_pci 0)" "bus"

# Counters: TSO and GRO on, yet both sides count frames on the wire
in_peer 0 iperf3 -s -1 >/dev/null &
JOBS="$JOBS $!"
poll_for 5 iperf3 -c 10.0.0.2 -n 8M >/tmp/iperf 2>&1
check "TCP by IPv4, out" grep -q receiver /tmp/iperf
wait $!
in_peer 0 iperf3 -s -1 >/dev/null &
JOBS="$JOBS $!"
poll_for 5 iperf3 -6 -R -c fd00:0::2 -n 8M >/tmp/iperf 2>&1
check "TCP by IPv6, in" grep -q receiver /tmp/iperf
ip link set "$VF" down
assert_eq "$(vf_frames tx)" "$(hv_stat 0 vf_tx_frames) $(hv_stat 0 vf_tx_bytes)" \
	"sent frames and bytes: the VF and the switch agree"
ip link set "$VF" up
wait_for 5 on_vf 0

# Filters: a frame for somebody else stays outside, unless promiscuous
in_peer 0 ip neigh add 10.0.0.77 lladdr 02:00:00:00:77:77 dev hvup0
before=$(vf_stat rx_filtered)
in_peer 0 ping -q -c 3 -i 0.2 -W 1 10.0.0.77 >/dev/null
assert_eq "$(vf_stat rx_filtered)" "$((before + 3))" "foreign unicast is filtered"
ip link set "$VF" promisc on
before=$(vf_stat rx_filtered)
in_peer 0 ping -q -c 3 -i 0.2 -W 1 10.0.0.77 >/dev/null
assert_eq "$(vf_stat rx_filtered)" "$before" "promiscuous: nothing is"
ip link set "$VF" promisc off

# A stalled queue stops, keeps what it has, and loses none of it
vf_set 0 stall 0xf
before=$(vf_stat tx_packets)
send_burst 100
assert_eq "$(vf_stat tx_packets)" "$before" "stalled: nothing leaves"
vf_set 0 stall 0
wait_for 5 flow_seen 0 tx 9 100
assert_eq "$(switch_flow 0 tx 9 seen)" 100 "moving again: nothing was lost"
assert_eq "$(vf_stat tx_dropped_close)" 0 "no frame was in a closed ring"

# What is in the ring when it is closed is lost, and counted
flows_reset 0
vf_set 0 slow_us 60000000
send_burst 20
ip link set "$VF" down
lost=$(vf_stat tx_dropped_close)
assert_gt "$lost" 0 "closed under traffic: frames in the ring are lost"
assert_eq "$(if_stat "$VF" tx_dropped)" "$lost" "and are in tx_dropped"
assert_eq "$(switch_flow 0 tx 9 seen)" 0 "and did not reach the switch"
vf_set 0 slow_us 0
ip link set "$VF" up
wait_for 5 on_vf 0

# Knobs of failure
for knob in fail_open fail_mtu fail_mac; do vf_set 0 $knob 1; done
refute "MTU refused" ip link set "$VF" mtu 1400
refute "address refused" ip link set "$VF" address 02:11:22:33:44:55
ip link set "$VF" down
refute "opening refused" ip link set "$VF" up
for knob in fail_open fail_mtu fail_mac; do vf_set 0 $knob 0; done
check "opening works again" ip link set "$VF" up
wait_for 5 on_vf 0
vf_set 0 carrier 0
wait_for 3 has_no_carrier "$VF"
vf_set 0 carrier 1
wait_for 3 has_carrier "$VF"

# Rings are replaced under traffic
flow_start 1 tx 4
flow_start 2 rx 6
check "rings change size" ethtool -G "$VF" tx 512 rx 64
check "coalescing is set" ethtool -C "$VF" rx-usecs 33
assert_eq "$(ethtool -c "$VF" | sed -n 's/^rx-usecs:[^0-9]*//p')" 33 "and stays"
check "out with new rings" flow_moves 0 tx 1
check "in with new rings" flow_moves 0 rx 2

# Removal, unbinding and unloading under traffic
round=0
while [ $round -lt 20 ]; do
	vf_unplug 0
	poll_for 5 on_syn 0 || t_fail "removal $round: host sends by VMBus"
	vf_plug 0
	poll_for 15 on_vf 0 || t_fail "removal $round: host sends by the VF"
	round=$((round + 1))
done
t_ok "$round removals"
vf_unbind 0
wait_for 5 on_syn 0
vf_bind 0
wait_for 15 on_vf 0
check "vfsim unloads under traffic" vf_unload
wait_for 5 on_syn 0
check "out by VMBus" flow_moves 0 tx 1
vf_load mana
wait_for 15 on_vf 0
check "out by the next VF" flow_moves 0 tx 1
check "in by the next VF" flow_moves 0 rx 2
flow_stop 1 2
assert_eq "$(flow_get 1 dup) $(flow_get 2 dup)" "0 0" "no datagram twice"
rig_clean
t_done
