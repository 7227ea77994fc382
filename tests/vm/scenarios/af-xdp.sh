# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# AF_XDP sockets, bound to the VF and to the synthetic device, get their frames
# and are heard; a VF that goes takes its own sockets with it and nothing else
# claims: auto self
# cost: high

# xsk_on [-1] IF PLACE...: sockets for UDP port 7050, the program on IF
xsk_on() {
	local first=
	[ "$1" != -1 ] || { first=-1; shift; }
	local dev=$1
	shift
	rm -f /tmp/xsk
	# shellcheck disable=SC2086 # an option or nothing
	xsk $first "$dev" 7050 "$@" >/tmp/xsk 2>/tmp/xsk.err &
	XSK=$!
	JOBS="$JOBS $XSK"
	poll_for 5 grep -q ready /tmp/xsk || { note "$(cat /tmp/xsk.err)"; false; }
}

xsk_off() {
	kill "$XSK"
	wait "$XSK"
	assert_eq "$? $(cat /tmp/xsk.err)" "0 " "the sockets served to the end"
	COUNTS=$(tail -n 1 /tmp/xsk)
	note "sockets: $COUNTS"
	assert_eq "$(word completed "$COUNTS")" "$(word sent "$COUNTS")" \
		"what was sent is done with"
	wait_for 5 xdp_unloaded
}

# all queues of the VF, whichever the frames come by
vf_places() { echo "$vf:0 $vf:1 $vf:2 $vf:3"; }

vf_errors() {
	[ "$(grep -c "^error $vf:[0-3] ENETDOWN" /tmp/xsk)" = 4 ] &&
		[ "$(grep -c "^unbound $vf:[0-3]" /tmp/xsk)" = 4 ]
}

# ask: a burst to the port; the answers go to a socket of the world
ask() {
	local pid
	rm -f /tmp/answers
	peer_exec 0 flow recv -i 50 -p 7050 -t 60000 >/tmp/answers &
	pid=$!
	poll_for 5 [ -s /tmp/answers ]
	burst 50
	poll_for 5 flow_seen 0 tx 50 200
	kill $pid
	wait $pid
}

# answered SYN VF DESCRIPTION: so many came and went by each path, none up the stack
answered() {
	burst_is 0 "$1" "$2" "$3: for the socket only"
	assert_eq "$(switch_flow 0 tx 50 syn)+$(switch_flow 0 tx 50 vf)" "$1+$2" \
		"$3: answers, by path"
	assert_eq "$(word received "$(tail -n 1 /tmp/answers)")" 200 \
		"$3: answers received"
}

others_start() {
	flow_start 1 tx 4
	flow_start 2 rx 4
}

# others WHAT: everybody else's traffic
others() {
	check "$1: others' frames from the guest" flow_moves 0 tx 1
	check "$1: others' frames to the guest" flow_moves 0 rx 2
}

stack_up 1
vf=$(vf_dev 0)

# neither device can do without copying
for dev in eth0 "$vf"; do
	refute "no zero copy on $dev" xsk -z "$dev" 7050 "$dev:0" 2>/tmp/xsk.err
	check "and said so" grep -q "not supported" /tmp/xsk.err
done

# program and sockets on the VF itself
# shellcheck disable=SC2046 # words
must xsk_on "$vf" $(vf_places)
before=$(vf_row 0 rx_xdp_redirect)
ask
answered 0 200 "on the VF"
assert_eq $(($(vf_row 0 rx_xdp_redirect) - before)) 200 "on the VF: natively"
others_start
others "on the VF"
vf_unplug 0
wait_for 5 an_alone 0
wait_for 5 vf_errors
others "VF gone"
vf_up 0
others "next VF"
flow_stop 1 2
burst 50
burst_is 200 0 200 "the next VF has nothing of it"
xsk_off
assert_eq "$(word received "$COUNTS") $(word sent "$COUNTS")" "200 200" \
	"the sockets had what was theirs"

# program on the synthetic device, sockets on both; the synthetic device's sends
vf=$(vf_dev 0)
# shellcheck disable=SC2046 # words
must xsk_on -1 eth0 eth0:0 $(vf_places)
sent=$(estat eth0 vf_tx_packets)
ask
answered 0 200 "on both"
assert_gt $(($(estat eth0 vf_tx_packets) - sent)) 199 "on both: sent by the VF, counted"
others_start
flow_start 50 rx 4
check "on both: answers" flow_moves 0 tx 50
vf_unplug 0
wait_for 5 an_alone 0
wait_for 5 vf_errors
check "VF gone: answers" flow_moves 0 tx 50
assert_gt "$(switch_flow 0 tx 50 syn)" 0 "VF gone: by the synthetic path"
others "VF gone"
flow_stop 50
assert_eq "$(flow_get 50 received)" 0 "VF going: none up the stack"
refute "the synthetic device's socket has no error" grep -q "error eth0" /tmp/xsk
ask
answered 200 0 "on both, VF gone"
vf_up 0
others "next VF"
flow_stop 1 2
burst 50
burst_is 200 0 200 "no socket for the next VF: up the stack"
xsk_off

# the module goes
vf=$(vf_dev 0)
# shellcheck disable=SC2046 # words
must xsk_on -1 eth0 eth0:0 $(vf_places)
an_unload
ask
if [ "$CLAIM" = auto ]; then
	answered 0 200 "module unloaded"
else
	answered 200 0 "module unloaded"
fi
an_load
wait_for 10 an_active 0
wait_for 5 on_vf 0
ask
answered 0 200 "module loaded"
refute "no socket has an error" grep -q error /tmp/xsk
xsk_off
rig_clean
t_done
