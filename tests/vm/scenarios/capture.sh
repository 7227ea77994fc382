# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# tcpdump and tc on the synthetic NIC see each frame once; what tc does there
# applies to traffic by either path
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
seq 20 >/tmp/cap.want
# the user that tcpdump becomes
echo "root:x:0:0::/:/bin/sh" >/etc/passwd
for path in vf syn; do
	if [ $path = syn ]; then
		vf_unplug 0
		wait_for 5 an_alone 0
	fi
	tcpdump --immediate-mode -Z root -n -i eth0 -w /tmp/cap.$path icmp 2>/tmp/cap.err &
	pid=$!
	poll_for 5 grep -q listening /tmp/cap.err
	in=$(seen ingress) out=$(seen egress)
	before=$(hv_stat 0 ${path}_tx_frames)
	must ping -q -c 20 -i 0.02 -W 1 10.0.0.2 >/dev/null
	assert_gt $(($(hv_stat 0 ${path}_tx_frames) - before)) 19 "$path: carried it"
	assert_eq $(($(seen ingress) - in)) 20 "$path: tc ingress saw each once"
	assert_eq $(($(seen egress) - out)) 20 "$path: tc egress saw each once"
	kill $pid
	wait $pid
	for what in request reply; do
		tcpdump -Z root -n -r /tmp/cap.$path |
			sed -n "s/.*ICMP echo $what.* seq \([0-9]*\),.*/\1/p" >/tmp/cap.seq
		check "$path: tcpdump saw each $what once" same /tmp/cap.seq /tmp/cap.want
	done
done
vf_up 0
rm /etc/passwd
# dropped there is dropped
must tc filter del dev eth0 egress protocol ip pref 1 handle 1 flower
must tc filter add dev eth0 egress protocol ip pref 1 handle 1 flower \
	dst_ip 10.0.0.2 ip_proto icmp action drop
refute "tc egress drops what goes by the VF" reaches 10.0.0.2
tc qdisc del dev eth0 clsact
wait_for 5 reaches 10.0.0.2
rig_clean
t_done
