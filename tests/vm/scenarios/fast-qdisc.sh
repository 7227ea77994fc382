# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# TCP leaves pacing to a queueing discipline that does it: where eth0 has such a one by
# default, and the VF another, packets do not take the fast path
# claims: auto self

default() { echo "$1" >/proc/sys/net/core/default_qdisc; }
leaf_of() { tc qdisc show dev "$1" | grep -q "^qdisc $2 "; }

# goes WHAT QDISC fast|slow: 50 datagrams, with that one on the VF
goes() {
	local fast
	check "$1: the VF has $2" leaf_of "$(vf_dev 0)" "$2"
	fast=$(estat eth0 an_fast_packets)
	burst_out 50 50
	assert_eq "$SEEN" 50 "$1: sent"
	fast=$(($(estat eth0 an_fast_packets) - fast))
	if [ "$3" = fast ]; then
		assert_gt $fast 49 "$1: by the fast path"
	else
		assert_eq $fast 0 "$1: not by the fast path"
	fi
}

# another QDISC: VF, with that default
another() {
	vf_unplug 0
	wait_for 5 an_alone 0
	default "$1"
	vf_up 0
	wait_for 10 an_active 0
}

before=$(cat /proc/sys/net/core/default_qdisc)
default fq
rig_up 1
check "eth0 has fq" leaf_of eth0 fq
an_load
vf_load
vf_up 0
wait_for 10 an_active 0
neighbours_known
goes "the same" fq fast
another pfifo_fast
goes "another" pfifo_fast slow
another fq
goes "the same again" fq fast
default "$before"
rig_clean
t_done
