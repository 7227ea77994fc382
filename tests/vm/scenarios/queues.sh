# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Flows are spread over the VF's queues and over the synthetic channels, and the
# queue that the VF chose is the one that it sends by
# timeout: 600
# claims: auto self
# cost: high
# machine: smp4

# queue_rows DIR: frames of each queue of the VF, one number per line
queue_rows() {
	ethtool -S "$(vf_dev 0)" | sed -n "s/^ *$1[0-9][0-9]*_packets: //p"
}

# queues_used DIR COMMAND...: how many queues of the VF saw more than 20 frames
# of what the command did
queues_used() {
	local dir=$1
	shift
	queue_rows "$dir" >/tmp/q.before
	"$@"
	queue_rows "$dir" >/tmp/q.after
	paste /tmp/q.before /tmp/q.after | awk '$2 - $1 > 20 { n++ } END { print n + 0 }'
}

# which_queue COMMAND...: the only queue that the command sent by, or "several"
which_queue() {
	queue_rows tx >/tmp/q.before
	"$@"
	queue_rows tx >/tmp/q.after
	paste /tmp/q.before /tmp/q.after | awk '$2 - $1 > 20 { n++; q = NR - 1 }
		END { print n == 1 ? q : "several" }'
}

# eight IDS DIR: eight sockets at once, 100 datagrams each
eight() {
	local id
	flows_reset 0
	for id in $1; do flow_start "$id" "$2" 4 0 400; done
	for id in $1; do flow_seen_all "$2" "$id"; done
	# shellcheck disable=SC2086
	flow_stop $1
}

flow_seen_all() { poll_for 5 flow_seen 0 "$1" "$2" 100; }

# xps MASK: all of the VF's queue 6 and of no other, or of all queues again
xps_only() {
	local q
	for q in "/sys/class/net/$(vf_dev 0)"/queues/tx-*; do
		echo 0 >"$q/xps_cpus"
	done
	[ -z "$1" ] || echo f >"/sys/class/net/$(vf_dev 0)/queues/tx-$1/xps_cpus"
}

IDS="1 2 3 4 5 6 7 8"

# checks N: with N channels
checks() {
	assert_gt "$(queues_used tx eight "$IDS" tx)" 1 "$1 channel(s): sent by several queues"
	assert_gt "$(queues_used rx eight "$IDS" rx)" 1 "$1 channel(s): received by several"
	for id in $IDS; do
		assert_eq "$(flow_get "$id" lost) $(flow_get "$id" reordered)" "0 0" \
			"$1 channel(s): flow $id in order"
	done
	xps_only 6
	assert_eq "$(which_queue eight "$IDS" tx)" 6 "$1 channel(s): the VF's own choice"
	xps_only ""
}

rig_up 1 channels=4
wait_for 10 channels_are 0 4
an_load

# without a VF: by all channels, both ways
flows_reset 0
eight "$IDS" rx
busy=0
for i in 0 1 2 3; do
	[ "$(hv_state 0 channel${i}_rx_frames)" -lt 50 ] || busy=$((busy + 1))
done
assert_gt $busy 1 "synthetic: received by several channels"
eight "$IDS" tx
busy=0
for i in 0 1 2 3; do
	[ "$(hv_state 0 channel${i}_tx_messages)" -lt 50 ] || busy=$((busy + 1))
done
assert_gt $busy 1 "synthetic: sent by several channels"
# the host's send table is its own, not the driver's 0 1 2 3
assert_eq "$(ethtool -d eth0 raw on | od -An -tu4 -N16 | tr -s ' ')" " 3 2 1 0" \
	"synthetic: the host's send table"

# a VF with 8 queues behind 4 channels, then behind one
vf_load mlx5_core queues=8
vf_up 0
checks 4
check "one channel left" ethtool -L eth0 combined 1
wait_for 5 channels_are 0 1
checks 1
rig_clean

# A synthetic device that has never had more than one queue: nobody asks which one.
# hv_netvsc, which hands on the answer, would send all by the VF's first; what the
# fast path takes goes by the VF's choice.
rig_up 1 channels=1
an_load
vf_load mlx5_core queues=8
vf_up 0
checks "a single"
rig_clean
t_done
