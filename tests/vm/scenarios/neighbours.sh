# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# After each move of the data path neighbours are told: a gratuitous ARP and an
# unsolicited neighbour advertisement arrive at the peer, and not many more
# claims: auto self
stack_up 1
# the user that tcpdump becomes
echo "root:x:0:0::/:/bin/sh" >/etc/passwd
peer_exec 0 tcpdump --immediate-mode -U -Z root -n -i hvup0 -w /tmp/cap \
	'arp or icmp6' 2>/tmp/cap.err &
pid=$!
poll_for 5 grep -q listening /tmp/cap.err

told() { tcpdump -Z root -n -r /tmp/cap "$@" 2>/dev/null | wc -l; }
by_arp() { told 'arp[14:4] = arp[24:4]'; }
by_ndp() { told 'icmp6 and ip6[40] = 136 and ip6 dst ff02::1'; }
more_than() { [ "$(by_arp)" -gt "$1" ] && [ "$(by_ndp)" -gt "$2" ]; }

# moves WHAT STATE COMMAND...: once, and they are told
moves() {
	local what=$1 state=$2 arp ndp switches
	shift 2
	arp=$(by_arp) ndp=$(by_ndp) switches=$(estat eth0 an_switches)
	must "$@"
	wait_for 10 an_state_is eth0 "$state"
	check "$what: told" poll_for 5 more_than "$arp" "$ndp"
	assert_eq $(($(estat eth0 an_switches) - switches)) 1 "$what: one move"
	assert_le $(($(by_arp) - arp)) 3 "$what: ARP"
	assert_le $(($(by_ndp) - ndp)) 3 "$what: NDP"
}
moves "carrier lost" joined vf_set 0 carrier 0
moves "carrier back" active vf_set 0 carrier 1
moves "revoked" synthetic vf_unplug 0
moves "restored" active vf_plug 0
kill $pid
wait $pid
rm /etc/passwd
rig_clean
t_done
