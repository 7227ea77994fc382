# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The VF's channels change under traffic, as mlx5 does it: queues close and
# open and the carrier is away for a moment, but the netdev stays up. The pair
# stays on the VF and uses the queues that there are
# claims: auto self
# cost: high

# queue_rows DIR: frames of each queue of the VF, one number per line
queue_rows() {
	ethtool -S "$vf" | sed -n "s/^ *$1[0-9][0-9]*_packets: //p"
}
# last_queue DIR: the last of the VF's queues that was used since mark_queues, from 1
last_queue() {
	queue_rows "$1" | paste "/tmp/q.$1" - |
		awk '$2 > $1 { n = NR } END { print n + 0 }'
}
mark_queues() {
	queue_rows tx >/tmp/q.tx
	queue_rows rx >/tmp/q.rx
}

tx_queues() { echo $#; }

# channels N: to N of them, and everything uses these only
channels() {
	check "$1 channels" ethtool -L "$vf" combined "$1"
	assert_eq "$(tx_queues "/sys/class/net/$vf/queues/tx-"*)" "$1" \
		"$1 channels: transmit queues"
	check "$1 channels: eth0 keeps its state" an_active 0
	check "$1 channels: the host keeps its path" on_vf 0
	wait_for 5 has_carrier "$vf"
	mark_queues
	flows_move
	assert_le "$(last_queue tx)" "$1" "$1 channels: highest sending queue"
	assert_le "$(last_queue rx)" "$1" "$1 channels: highest receiving queue"
	assert_gt "$(last_queue tx)" 0 "$1 channels: the VF sends"
	assert_gt "$(last_queue rx)" 0 "$1 channels: the VF receives"
}

stack_up 1
vf=$(vf_dev 0)
flows_both
switches=$(hv_stat 0 switches_to_syn)
for n in 1 3; do
	channels $n
done
refute "five refused" ethtool -L "$vf" combined 5
refute "none refused" ethtool -L "$vf" combined 0
assert_eq "$(hv_stat 0 switches_to_syn)" "$switches" "the host was never told to switch"

# in a row, while frames wait in the queues
round=0
while [ $round -lt 8 ]; do
	ethtool -L "$vf" combined $((1 + round % 4)) || t_fail "round $round"
	round=$((round + 1))
done
t_ok "8 changes in a row"
wait_for 5 an_active 0
wait_for 5 on_vf 0
flows_move

# changed while it is down, in use when it is up
must ip link set "$vf" down
wait_for 5 an_state_is eth0 joined
must ethtool -L "$vf" combined 2
must ip link set "$vf" up
wait_for 5 an_active 0
wait_for 5 on_vf 0
mark_queues
flows_move
assert_le "$(last_queue tx)" 2 "highest sending queue"
flows_end 10 100
rig_clean
t_done
