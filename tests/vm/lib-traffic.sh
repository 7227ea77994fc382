# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# Traffic of the scenarios: numbered UDP flows, checked TCP connections. Part of
# lib.sh. A slow kernel ($SLOW) is sent that much less.

JOBS=

jobs_stop() {
	# shellcheck disable=SC2086
	[ -z "$JOBS" ] || kill $JOBS 2>/dev/null
	wait
	JOBS=
}

addr_of() {	# SIDE FAMILY NIC
	local host=1
	[ "$1" != peer ] || host=2
	if [ "$2" = 6 ]; then echo "fd00:$3::$host"; else echo "10.0.$3.$host"; fi
}

# flow_start ID tx|rx 4|6 [NIC] [PACKETS_PER_SECOND] [SIZE]: a numbered UDP flow
# from (tx) or to (rx) the guest, until flow_stop. IDs are 1 to 60. The receiver
# says how far it is on SIGUSR1; it appends, so that its file can be emptied before. A
# sender that was kept from sending makes up for FLOW_BURST datagrams of it, no more:
# where a path is about to end, all of them would be lost at once.
flow_start() {
	local id=$1 dir=$2 fam=$3 nic=${4:-0} size=${6:-200}
	local rate=$((${5:-200} / ${SLOW:-1})) burst=${FLOW_BURST:-8}
	local pack=${FLOW_PACK:-1}
	local port=$((7000 + $1)) out=/tmp/flow.$1 idle=${FLOW_IDLE:-60000}

	# what an earlier receiver said is not this one's word that it listens
	rm -f "$out".*

	if [ "$dir" = tx ]; then
		peer_exec "$nic" flow recv -i "$id" -p $port -t "$idle" >>"$out.recv" &
		echo $! >"$out.rpid"
		poll_for 5 [ -s "$out.recv" ]
		flow send "$(addr_of peer "$fam" "$nic")" -i "$id" -p $port \
			-r "$rate" -b "$burst" -n "$pack" -s "$size" >"$out.send" &
	else
		flow recv -i "$id" -p $port -t "$idle" >>"$out.recv" &
		echo $! >"$out.rpid"
		poll_for 5 [ -s "$out.recv" ]
		peer_exec "$nic" flow send "$(addr_of guest "$fam" "$nic")" \
			-i "$id" -p $port -r "$rate" -b "$burst" -n "$pack" -s "$size" >"$out.send" &
	fi
	echo $! >"$out.spid"
	JOBS="$JOBS $! $(cat "$out.rpid")"
}

# flow_stop ID...: ends the senders, then waits for the receivers
flow_stop() {
	local id
	for id in "$@"; do
		kill "$(cat "/tmp/flow.$id.spid")"
		wait "$(cat "/tmp/flow.$id.spid")"
	done
	# what is still on its way has a moment to arrive
	usleep $((200000 * ${SLOW:-1}))
	for id in "$@"; do
		kill "$(cat "/tmp/flow.$id.rpid")"
		wait "$(cat "/tmp/flow.$id.rpid")"
		note "flow $id: $(cat "/tmp/flow.$id.send") | $(tail -n 1 "/tmp/flow.$id.recv")"
	done
}

flow_wait() { flow_stop "$@"; }

# word KEY TEXT: the value in "... key=value ..."
word() {
	local w
	# shellcheck disable=SC2086
	for w in $2; do
		[ "${w%%=*}" != "$1" ] || { echo "${w#*=}"; return; }
	done
	echo 0
}

# flow_get ID KEY: received, lost, dup, reordered, sockdrops; sent, errors
flow_get() {
	word "$2" "$(cat "/tmp/flow.$1.recv" "/tmp/flow.$1.send")"
}

# flows [NIC]: what the switch saw of every flow
flows() { cat "$HV/nic${1:-0}/flows"; }
flows_reset() { echo 0 >"$HV/nic${1:-0}/flows"; }

# switch_flow NIC tx|rx ID KEY: seen, lost, dup, reordered, syn, vf
switch_flow() {
	local line
	while read -r line; do
		case $line in
		"$2 id=$3 "*) word "$4" "$line"; return ;;
		esac
	done <"$HV/nic$1/flows"
	echo 0
}

# flow_seen NIC tx|rx ID COUNT: at least COUNT have passed the switch
flow_seen() { [ "$(switch_flow "$1" "$2" "$3" seen)" -ge "$4" ]; }

# flow_moves NIC tx|rx ID: the flow advances now, by 20 more, within 5 s
flow_moves() {
	poll_for 5 flow_seen "$1" "$2" "$3" $(($(switch_flow "$1" "$2" "$3" seen) + 20))
}

# flow_check ID [LOST]: nothing twice or out of order, at most LOST lost
flow_check() {
	assert_gt "$(flow_get "$1" received)" 0 "flow $1: received"
	assert_le "$(flow_lost "$1")" "${2:-0}" "flow $1: lost"
	assert_eq "$(flow_get "$1" dup)" 0 "flow $1: none twice"
	assert_eq "$(flow_get "$1" reordered)" 0 "flow $1: none out of order"
}

# flow_whole ID [LOST]: the same where the path changed under the flow, and a
# frame by the new path may overtake one by the old
flow_whole() {
	assert_gt "$(flow_get "$1" received)" 0 "flow $1: received"
	assert_le "$(flow_lost "$1")" "${2:-0}" "flow $1: lost"
	assert_eq "$(flow_get "$1" dup)" 0 "flow $1: none twice"
}

# flow_lost ID: sent and never received, ends of the flow included
flow_lost() {
	# a sender that died has said nothing
	[ -s "/tmp/flow.$1.send" ] || { echo "the sender of flow $1 is dead"; return; }
	echo $(($(flow_get "$1" sent) - $(flow_get "$1" received) + $(flow_get "$1" dup)))
}

# tcp_start ID 4|6 [NIC] [BYTES_PER_SECOND]: data both ways until tcp_check
tcp_start() {
	local id=$1 fam=$2 nic=${3:-0} out=/tmp/tcp.$1
	local rate=$((${4:-60000} / ${SLOW:-1}))
	local port=$((7100 + $1))

	peer_exec "$nic" stream listen -p $port -r "$rate" >"$out.listen" 2>"$out.err" &
	echo $! >"$out.lpid"
	stream connect "$(addr_of peer "$fam" "$nic")" -p $port -r "$rate" \
		>"$out.connect" 2>>"$out.err" &
	echo $! >"$out.cpid"
	JOBS="$JOBS $! $(cat "$out.lpid")"
}

# tcp_check ID: the connection lived, all data came and was right
tcp_check() {
	local out=/tmp/tcp.$1 a b
	kill "$(cat "$out.cpid")"
	wait "$(cat "$out.cpid")"
	a=$?
	wait "$(cat "$out.lpid")"
	b=$?
	note "tcp $1: $(cat "$out.connect") | $(cat "$out.listen")"
	assert_eq "$a $b" "0 0" "tcp $1: survived, data complete"
}

# flows_both [NIC]: flows 1 to 4, both ways by IPv4 and IPv6, and TCP by both
flows_both() {
	flow_start 1 tx 4 "${1:-0}"
	flow_start 2 rx 4 "${1:-0}"
	flow_start 3 tx 6 "${1:-0}"
	flow_start 4 rx 6 "${1:-0}"
	tcp_start 1 4 "${1:-0}"
	tcp_start 2 6 "${1:-0}"
	flows_move "${1:-0}"
}

# flows_move [NIC]: each of them still advances
flows_move() {
	local id dir
	for id in 1 2 3 4; do
		dir=tx
		[ $((id % 2)) = 1 ] || dir=rx
		check "flow $id moves" flow_moves "${1:-0}" $dir $id
	done
}

# vlan_both NETDEV NAME: VLAN 5 on it, 10.1.5.1, and at the peer of NIC 0, 10.1.5.2
vlan_both() {
	must ip -batch - <<-BATCH
	link add link $1 name $2 up type vlan id 5
	addr add 10.1.5.1/24 dev $2
	BATCH
	in_peer 0 ip -batch - <<-BATCH
	link add link hvup0 name v5 up type vlan id 5
	addr add 10.1.5.2/24 dev v5
	BATCH
}

# neighbours_known: both ends of NIC 0 know each other for good, and do not ask
neighbours_known() {
	local a
	# nor do they by link-local addresses, whose entries come with a question
	for a in ipv4 ipv6; do
		a=/proc/sys/net/$a/neigh
		must sh -c "echo 3600 >$a/eth0/delay_first_probe_time"
		must in_peer 0 sh -c "echo 3600 >$a/hvup0/delay_first_probe_time"
	done
	ip neigh flush dev eth0
	in_peer 0 ip neigh flush dev hvup0
	for a in 10.0.0.2 fd00:0::2; do
		must ip neigh replace $a lladdr 02:00:00:00:00:00 dev eth0 nud permanent
	done
	for a in 10.0.0.1 fd00:0::1; do
		must in_peer 0 ip neigh replace $a lladdr "$(mac_of eth0)" dev hvup0 \
			nud permanent
	done
}

# two_start: flow 1 out by IPv4, flow 2 in by IPv6, of NIC 0
two_start() {
	flow_start 1 tx 4
	flow_start 2 rx 6
}

# two_move WHEN: each of them still advances
two_move() {
	check "$1: flow 1 moves" flow_moves 0 tx 1
	check "$1: flow 2 moves" flow_moves 0 rx 2
}

# two_whole WHEN: both run for a moment and arrive whole and in order
two_whole() {
	two_start
	two_move "$1"
	flow_stop 1 2
	flow_check 1
	flow_check 2
}

# At most so many of a flow are lost where hv_netvsc's VF is taken away: a few, and what a
# busy machine makes of that (25 seen). Three tenths of a second's.
FLOW_FEW=60

# flows_end [LOST [LOST IN]]: connections lived, nothing twice, of each flow at most LOST
# lost, in either direction if nothing else is said: ten, where nothing is said, - for any
# number
flows_end() {
	local id limit
	flow_stop 1 2 3 4
	tcp_check 1
	tcp_check 2
	for id in 1 2 3 4; do
		assert_eq "$(flow_get $id dup)" 0 "flow $id: none twice"
		assert_eq "$(flow_get $id sockdrops)" 0 "flow $id: socket kept up"
		limit=${1:-10}
		[ $((id % 2)) = 1 ] || limit=${2:-$limit}
		if [ "$limit" = - ]; then
			note "flow $id: $(flow_lost $id) lost of $(flow_get $id sent)"
		else
			assert_le "$(flow_lost $id)" "$limit" "flow $id: lost"
		fi
	done
}

# moves_by ADDRESS PATH: pinged by that path of NIC 0, the VF by the fast path
moves_by() {
	local before fast
	poll_for 8 reaches "$1" || return
	before=$(hv_stat 0 "$2_tx_frames")
	fast=$(estat eth0 an_fast_packets)
	ping -q -c 5 -i 0.05 -W 1 "$1" >/dev/null || return
	fast=$(($(estat eth0 an_fast_packets) - fast))
	if [ "$2" = vf ]; then [ $fast -ge 5 ]; else [ $fast = 0 ]; fi || return
	[ $(($(hv_stat 0 "$2_tx_frames") - before)) -ge 5 ]
}

# by_vf ADDRESS: ping it, and the VF of NIC 0 carries it both ways
by_vf() {
	local tx rx
	poll_for 5 reaches "$1" || return
	tx=$(hv_stat 0 vf_tx_frames) rx=$(hv_stat 0 vf_rx_frames)
	ping -q -c 5 -i 0.05 -W 1 "$1" >/dev/null || return
	[ $(($(hv_stat 0 vf_tx_frames) - tx)) -ge 5 ] &&
		[ $(($(hv_stat 0 vf_rx_frames) - rx)) -ge 5 ]
}

# across WHAT [ADDRESS]: by the VF of NIC 0, by the synthetic path without it, by
# the next VF
across() {
	local to=${2:-10.0.0.2}
	check "$1: by the VF" moves_by "$to" vf
	vf_unplug 0
	wait_for 5 an_alone 0
	check "$1: by the synthetic path" moves_by "$to" syn
	vf_plug 0
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	check "$1: by the next VF" moves_by "$to" vf
}

# burst_out ID COUNT: that many datagrams; SEEN by the switch in the end
burst_out() {
	flows_reset 0
	flow send 10.0.0.2 -i "$1" -p $((7000 + $1)) -c "$2" -r 1000 -s 200 >/dev/null
	usleep $((300000 * ${SLOW:-1}))
	SEEN=$(switch_flow 0 tx "$1" seen)
}
