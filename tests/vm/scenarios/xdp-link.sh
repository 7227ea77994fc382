# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# XDP programs attached by BPF links, which cannot be read back from a netdev: a
# link that the module saw is followed, one older than the module keeps the VF shut
# claims: self
# cost: high

# link_on FIRST [SECOND]: attach; the link goes with the process
link_on() {
	rm -f /tmp/link
	bpflink xdp eth0 "$@" >/tmp/link &
	LINK=$!
	JOBS="$JOBS $LINK"
	poll_for 5 grep -q attached /tmp/link
}

link_off() {
	kill $LINK
	wait $LINK
}

# these programs drop everything, so nobody may have to ask for an address
neighbours() {
	ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:00 dev eth0 nud permanent
	in_peer 0 ip neigh replace 10.0.0.1 lladdr "$(mac_of eth0)" dev hvup0 \
		nud permanent
}

rig_up 1
neighbours
an_load
vf_load
must link_on drop pass
vf_up 0
burst 1
burst_is 0 0 200 "attached before the VF came: dropped on the VF"
vf_unplug 0
wait_for 5 an_alone 0
kill -USR1 $LINK
wait_for 5 grep -q replaced /tmp/link
burst 1
burst_is 200 200 0 "replaced while there was no VF"
check "a program is loaded" xdp_loaded
vf_up 0
burst 1
burst_is 200 0 200 "the VF came back and runs the new one"
link_off
wait_for 5 xdp_unloaded
burst 1
burst_is 200 0 200 "detached"

# older than the module
an_unload
must link_on drop
an_load
wait_for 5 log_has "stays closed: the XDP program came by a BPF link"
assert_eq "$(an_state eth0)" joined "unknown program: joined"
burst 1
burst_is 0 200 0 "unknown program: dropped on the synthetic path"
link_off
wait_for 10 an_active 0
must link_on drop
burst 1
burst_is 0 0 200 "attached again: dropped on the VF"
link_off
wait_for 5 xdp_unloaded
rig_clean
t_done
