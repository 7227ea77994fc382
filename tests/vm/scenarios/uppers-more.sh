# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A team port, and vxlan with IPv4 and IPv6 below: their traffic goes by the VF,
# also across a revocation
# claims: auto self
# cost: high

sent_by_vf() { [ "$(hv_stat 0 vf_tx_frames)" -ge "$1" ]; }

# tunnel N LOCAL REMOTE: vxlan N at both ends, whole packets of TCP through it
tunnel() {
	must ip link add vx$1 mtu 1400 type vxlan id $1 dstport 4789 local $2 remote $3 dev eth0
	must in_peer 0 ip link add vx$1 mtu 1400 type vxlan id $1 dstport 4789 local $3 \
		remote $2 dev hvup0
	must ip addr add 192.168.$1.1/24 dev vx$1
	must in_peer 0 ip addr add 192.168.$1.2/24 dev vx$1
	must ip link set vx$1 up
	must in_peer 0 ip link set vx$1 up
	peer_exec 0 stream listen -p 7190 -r 0 >/tmp/vx.listen 2>&1 &
	lpid=$!
	stream connect 192.168.$1.2 -p 7190 -r 200000 >/tmp/vx.connect 2>&1 &
	cpid=$!
	JOBS="$JOBS $lpid $cpid"
	across "vxlan over $2" 192.168.$1.2
	syn=$(hv_stat 0 syn_tx_frames)
	check "vxlan over $2: TCP by the VF" \
		poll_for 5 sent_by_vf $(($(hv_stat 0 vf_tx_frames) + 100))
	assert_le $(($(hv_stat 0 syn_tx_frames) - syn)) 10 \
		"vxlan over $2: and not by the synthetic path"
	kill $cpid
	wait $cpid
	rc=$?
	wait $lpid
	rc="$rc $?"
	note "$(cat /tmp/vx.connect) | $(cat /tmp/vx.listen)"
	assert_eq "$rc" "0 0" "vxlan over $2: TCP survived, data complete"
	ip link del vx$1
	in_peer 0 ip link del vx$1
}

stack_up 1
tunnel 42 10.0.0.1 10.0.0.2
tunnel 43 fd00:0::1 fd00:0::2

must ip link add team0 address "$(mac_of eth0)" type team
must teamnl team0 setoption mode activebackup
ip addr flush dev eth0
must ip link set eth0 down
must ip link set eth0 master team0
must ip addr add 10.0.0.1/24 dev team0
must ip link set team0 up
must teamnl team0 setoption activeport "$(cat /sys/class/net/eth0/ifindex)"
wait_for 10 an_active 0
wait_for 5 on_vf 0
across team
# nobody tells the VF of this one
vlan_both team0 tv5
across "VLAN on a team" 10.1.5.2
rx=$(hv_stat 0 vf_rx_frames)
check "VLAN on a team: answers" ping -q -c 5 -i 0.05 -W 1 10.1.5.2
check "VLAN on a team: by the VF" [ "$(hv_stat 0 vf_rx_frames)" -ge $((rx + 5)) ]
ip link del tv5
in_peer 0 ip link del v5
ip link set eth0 nomaster
ip link del team0
