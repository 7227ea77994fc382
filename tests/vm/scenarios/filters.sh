# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# nftables rules (families netdev and inet) and shapers on the synthetic NIC apply
# to each frame once, by whichever path it goes
# claims: auto self
# cost: high

stack_up 1
must nft -f - <<RULES
table netdev n {
	chain out {
		type filter hook egress device eth0 priority 0
		ip daddr 10.0.0.2 icmp type echo-request counter comment "netdev-egress"
	}
	chain in {
		type filter hook ingress device eth0 priority 0
		ip saddr 10.0.0.2 icmp type echo-reply counter comment "netdev-ingress"
	}
}
table inet i {
	chain out {
		type filter hook output priority 0
		oifname "eth0" icmp type echo-request counter comment "inet-output"
	}
	chain early {
		type filter hook ingress device eth0 priority 1
		icmp type echo-reply counter comment "inet-ingress"
	}
	chain in {
		type filter hook input priority 0
		iifname "eth0" icmp type echo-reply counter comment "inet-input"
	}
}
RULES

# counted: what each rule has seen, one "NAME PACKETS" a line
counted() {
	nft list ruleset |
		sed -n 's/.*counter packets \([0-9]*\) .*comment "\(.*\)"/\2 \1/p' | sort
}

# by PATH N: what went out by it since by_start is N frames at least
by_start() { BEFORE=$(hv_stat 0 "$1_tx_frames"); }
by() {
	assert_gt $(($(hv_stat 0 "$1_tx_frames") - BEFORE)) $(($2 - 1)) \
		"$1: carried $2"
}

# drop_again HOOK...: take the rule that drops off again
drop_again() {
	must nft delete rule "$@" handle "$(nft -a list chain "$@" |
		sed -n 's/.* drop # handle //p')"
}

rules() {
	counted >/tmp/nft.before
	by_start "$1"
	must ping -q -c 20 -i 0.02 -W 1 10.0.0.2
	by "$1" 20
	counted >/tmp/nft.after
	awk 'NR == FNR { n[$1] = $2; next } { print $1, $2 - n[$1] }' \
		/tmp/nft.before /tmp/nft.after >/tmp/nft.new
	note "$(cat /tmp/nft.new)"
	assert_eq "$(grep -c ' 20$' /tmp/nft.new)" 5 \
		"$1: each of five rules counted each packet once"
	must nft add chain netdev n drop-out \
		'{ type filter hook egress device eth0 priority 1; }'
	must nft add rule netdev n drop-out udp dport 7050 drop
	burst_out 50 20
	assert_eq "$SEEN" 0 "$1: dropped by the egress hook"
	must nft delete chain netdev n drop-out
	burst_out 50 20
	assert_eq "$SEEN" 20 "$1: and no longer"
	for hook in "netdev n in" "inet i in" "inet i early"; do
		must nft add rule $hook ip saddr 10.0.0.2 drop
		refute "$1: dropped by $hook" reaches 10.0.0.2
		drop_again $hook
	done
	check "$1: and no longer" poll_for 2 reaches 10.0.0.2
}

# shaped PATH WHAT: flow 51 is held to a few frames a second, 52 is not
shaped() {
	by_start "$1"
	burst_out 51 100
	assert_le "$SEEN" 50 "$1: $2: limited"
	assert_gt "$SEEN" 3 "$1: $2: some got through"
	by "$1" "$SEEN"
	tc -s qdisc show dev eth0
	assert_gt "$(tc -s qdisc show dev eth0 |
		sed -n 's/.*dropped \([0-9]*\),.*/\1/p' | sort -n | tail -n 1)" 40 \
		"$1: $2: the rest was dropped there"
}

shapers() {
	must tc qdisc add dev eth0 root tbf rate 16kbit burst 2000 limit 3000
	shaped "$1" tbf
	must tc qdisc replace dev eth0 root handle 1: htb default 10
	must tc class add dev eth0 parent 1: classid 1:10 htb rate 16kbit burst 2000
	must tc class add dev eth0 parent 1: classid 1:20 htb rate 1gbit
	must tc qdisc add dev eth0 parent 1:10 pfifo limit 12
	must tc filter add dev eth0 parent 1: protocol ip pref 1 flower \
		ip_proto udp dst_port 7052 classid 1:20
	shaped "$1" htb
	burst_out 52 100
	assert_eq "$SEEN" 100 "$1: htb: the other class is not limited"
	tc qdisc del dev eth0 root
	burst_out 51 100
	assert_eq "$SEEN" 100 "$1: no longer limited"
}

poll_for 5 reaches 10.0.0.2
rules vf
shapers vf
vf_unplug 0
wait_for 5 an_alone 0
poll_for 5 reaches 10.0.0.2
rules syn
shapers syn
must nft flush ruleset
