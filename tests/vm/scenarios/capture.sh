# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A capture on the synthetic NIC sees each frame once; tc and nftables there
# apply to traffic by either path
# claims: auto self
stack_up 1
must tc qdisc add dev eth0 clsact
must tc filter add dev eth0 ingress protocol ip pref 1 handle 1 flower \
	dst_ip 10.0.0.1 ip_proto icmp action pass
must tc filter add dev eth0 egress protocol ip pref 1 handle 1 flower \
	dst_ip 10.0.0.2 ip_proto icmp action pass
seen() { # DIRECTION: packets that the filter has counted
	tc -s filter show dev eth0 "$1" | sed -n 's/.*Sent [0-9]* bytes \([0-9]*\) pkt.*/\1/p' | head -n 1
}
for path in vf syn; do
	if [ $path = syn ]; then
		vf_unplug 0
		wait_for 5 an_alone 0
	fi
	in=$(seen ingress) out=$(seen egress)
	before=$(hv_stat 0 ${path}_tx_frames)
	must ping -q -c 20 -i 0.02 -W 1 10.0.0.2 >/dev/null
	assert_gt $(($(hv_stat 0 ${path}_tx_frames) - before)) 19 "$path: carried it"
	assert_eq $(($(seen ingress) - in)) 20 "$path: tc ingress saw each once"
	assert_eq $(($(seen egress) - out)) 20 "$path: tc egress saw each once"
done
vf_up 0
# dropped there is dropped
must tc filter del dev eth0 egress protocol ip pref 1 handle 1 flower
must tc filter add dev eth0 egress protocol ip pref 1 handle 1 flower \
	dst_ip 10.0.0.2 ip_proto icmp action drop
refute "tc egress drops what goes by the VF" reaches 10.0.0.2
tc qdisc del dev eth0 clsact
wait_for 5 reaches 10.0.0.2
rig_clean
t_done
