# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The fast path is taken, and makes no difference but the speed: what applies to
# eth0's traffic applies with it as it does without
# claims: auto self
# cost: high

N=50

# goes WHAT SEEN WAY: of N datagrams the switch sees so many, sent by the fast path
# or not ("slow")
goes() {
	local way=$3 before
	before=$(estat eth0 an_fast_packets)
	burst_out 50 $N
	[ "$MODE" = fast ] || way=slow
	before=$(($(estat eth0 an_fast_packets) - before))
	if [ $before = 0 ]; then before=slow; elif [ $before -ge $N ]; then before=fast; fi
	assert_eq "$SEEN seen, $before" "$2 seen, $way" "$MODE: $1"
}

queueing() {
	goes "nothing in between" $N fast
	must tc qdisc add dev eth0 root pfifo
	goes "a root qdisc" $N slow
	tc -s qdisc show dev eth0
	assert_gt "$(tc -s qdisc show dev eth0 |
		sed -n 's/ Sent .* \([0-9]*\) pkt.*/\1/p')" $((N - 1)) "$MODE: counted by it"
	must tc qdisc replace dev eth0 root handle 1: mq
	must tc qdisc add dev eth0 parent 1:1 fq
	goes "a leaf qdisc" $N slow
	must tc qdisc del dev eth0 root
	goes "and no longer" $N fast
}

# counted N: what the tc filter has counted
tc_counted() {
	[ "$(tc -s filter show dev eth0 egress |
		sed -n 's/.*Sent [0-9]* bytes \([0-9]*\) pkt.*/\1/p')" -ge "$1" ]
}

tc_egress() {
	local link
	must tc qdisc add dev eth0 clsact
	must tc filter add dev eth0 egress pref 1 matchall action pass
	goes "tc passes" $N slow
	check "$MODE: counted by tc" tc_counted $N
	must tc filter replace dev eth0 egress pref 2 protocol ip flower \
		ip_proto udp action drop
	must tc filter del dev eth0 egress pref 1
	goes "tc drops" 0 slow
	must tc qdisc del dev eth0 clsact
	goes "no tc any more" $N fast

	case $(uname -r) in 6.1.*) return ;; esac
	rm -f /tmp/link
	bpflink tcx eth0 drop >/tmp/link &
	link=$!
	poll_for 5 grep -q attached /tmp/link
	goes "tcx drops" 0 slow
	kill $link
	wait $link
	goes "no tcx any more" $N fast
}

# A qdisc comes and goes under a flow: all in order. While it is put in place and
# taken away the kernel has eth0's queues drop what comes.
qdisc_loop() {
	local i=0
	flow_start 1 tx 4 0 500
	check "$MODE: flow 1 moves" flow_moves 0 tx 1
	while [ $i -lt 20 ]; do
		must tc qdisc add dev eth0 root pfifo
		must tc qdisc del dev eth0 root
		i=$((i + 1))
	done
	flow_stop 1
	assert_eq "$(flow_get 1 dup) $(flow_get 1 reordered)" "0 0" \
		"$MODE: a qdisc comes and goes: in order, none twice"
	note "$MODE: a qdisc comes and goes: $(flow_lost 1) of $(flow_get 1 sent) lost"
}

# what mark and priority say at eth0 and at the VF, each packet once
nft_rows() {
	nft list table netdev n | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p' |
		tr '\n' ' '
}
marks() {
	must nft -f - <<-RULES
	table netdev n {
		chain syn {
			type filter hook egress device eth0 priority 1000
			meta mark 7 meta priority 6 icmp type echo-request counter
		}
		chain vf {
			type filter hook egress device $(vf_dev 0) priority 0
			meta mark 7 meta priority 6 icmp type echo-request counter
		}
	}
	RULES
	# 0x10 (low delay) becomes priority 6, interactive
	must ping -q -c 10 -i 0.02 -W 1 -m 7 -Q 0x10 10.0.0.2
	assert_eq "$(nft_rows)" "10 10 " "$MODE: mark and priority, by both devices"
	must nft delete table netdev n
}

tapped() { tcpdump -Z root -n -r /tmp/cap 2>/dev/null | wc -l; }
tapped_all() { [ "$(tapped)" -ge $N ]; }
taps() {
	local pid
	tcpdump --immediate-mode -U -Z root -n -i eth0 -w /tmp/cap udp port 7050 2>/tmp/cap.err &
	pid=$!
	poll_for 5 grep -q listening /tmp/cap.err
	goes "captured" $N fast
	poll_for 5 tapped_all
	kill $pid
	wait $pid
	assert_eq "$(tapped)" $N "$MODE: tcpdump saw each once"
}

offloads() {
	must ethtool -K eth0 tx off
	goes "checksums in software, the VF has followed" $N fast
	# claim self would put that right
	if [ "$CLAIM" = auto ]; then
		must ethtool -K "$(vf_dev 0)" tx on
		goes "checksums in software, the VF has not followed" $N slow
	fi
	must ethtool -K eth0 tx on
	goes "and in hardware again" $N fast
}

# hv_netvsc adds what the fast path counted to its own within 200 ms
counters() {
	local before sent
	before=$(if_stat eth0 tx_packets)
	sent=$(($(hv_stat 0 vf_tx_frames) + $(hv_stat 0 syn_tx_frames)))
	burst_out 50 $N
	sent=$(($(hv_stat 0 vf_tx_frames) + $(hv_stat 0 syn_tx_frames) - sent))
	assert_eq $(($(if_stat eth0 tx_packets) - before)) $sent \
		"$MODE: counted as the host did"
}

# they bypass the fast path as well, and see no error
bypassing() {
	local before fast
	before=$(($(hv_stat 0 vf_tx_frames) + $(hv_stat 0 syn_tx_frames)))
	fast=$(estat eth0 an_fast_packets)
	check "$MODE: a socket that bypasses qdiscs sends" bypass eth0 $N
	fast=$(($(estat eth0 an_fast_packets) - fast))
	assert_le "$fast" 5 "$MODE: not by the fast path"
	before=$(($(hv_stat 0 vf_tx_frames) + $(hv_stat 0 syn_tx_frames) - before))
	assert_gt $before $((N - 1)) "$MODE: each is sent"
	assert_le $before $((N + 5)) "$MODE: none twice"
}

probes() {
	MODE=$1
	wait_for 10 an_active 0
	poll_for 5 reaches 10.0.0.2
	queueing
	tc_egress
	qdisc_loop
	marks
	taps
	offloads
	counters
	bypassing
	assert_eq "$(txstamp 10.0.0.2 7050 10)" "sched 20 software 10" \
		"$MODE: times of sending, of both devices' queues"
	echo 50 >/proc/sys/net/core/busy_poll
	echo 50 >/proc/sys/net/core/busy_read
	two_whole "$MODE: busy polling"
	echo 0 >/proc/sys/net/core/busy_poll
	echo 0 >/proc/sys/net/core/busy_read
}

# the user that tcpdump becomes
echo "root:x:0:0::/:/bin/sh" >/etc/passwd
stack_up 1
neighbours_known
probes fast
an_unload
an_load fast=0
probes slow
assert_eq "$(estat eth0 an_fast_packets)" 0 "turned off"
rm /etc/passwd
rig_clean
t_done
