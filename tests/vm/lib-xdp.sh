# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# XDP in scenarios: programs, bursts of frames for them. Part of lib.sh.

XDP_OBJ=/usr/bin/xdp.bpf.o

# xdp_on IF SECTION: attach natively or replace; what it says is in /tmp/xdp.err
xdp_on() {
	ip -force link set dev "$1" xdpdrv obj $XDP_OBJ sec "$2" 2>/tmp/xdp.err
}

xdp_off() { ip link set dev "$1" xdpdrv off; }
xdp_said() { grep -q -e "$1" /tmp/xdp.err; }
xdp_attached() { ip link show dev "$1" | grep -q prog/xdp; }

# vf_row N KEY: a counter of the VF itself
vf_row() {
	local k v
	while read -r k v; do
		[ "$k" != "$2" ] || { echo "$v"; return; }
	done <"$VFSIM/$(vf_pci "$1")/stats"
}

# xdp_loaded: a program of XDP_OBJ has users; the kernel lists what it compiled
xdp_loaded() { grep -q ' bpf_prog_[0-9a-f]*_xdp_' /proc/kallsyms; }
xdp_unloaded() { ! xdp_loaded; }

# burst ID [PORT]: 200 datagrams from the world behind NIC 0 to the guest. Then
# GOT is how many a socket received, SYN and VF how many the switch gave to the
# guest by which path. IDs 40 to 49 are for the programs.
burst() {
	local out=/tmp/burst.$1 port=${2:-$((7000 + $1))} pid

	rm -f "$out"
	flows_reset 0
	flow recv -i "$1" -p "$port" -t 60000 >"$out" &
	pid=$!
	poll_for 5 [ -s "$out" ]
	in_peer 0 flow send 10.0.0.1 -i "$1" -p "$port" -c 200 -r 1000 >/dev/null
	usleep $((300000 * ${SLOW:-1}))
	kill $pid
	wait $pid
	GOT=$(word received "$(tail -n 1 "$out")")
	SYN=$(switch_flow 0 rx "$1" syn)
	VF=$(switch_flow 0 rx "$1" vf)
}

# burst_is GOT SYN VF DESCRIPTION, of the last burst
burst_is() {
	assert_eq "$GOT received, $SYN+$VF sent" "$1 received, $2+$3 sent" "$4"
}
