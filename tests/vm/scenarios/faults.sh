# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# One after the other the allocations fail that the module's work leads to: when it
# is loaded, when a VF arrives, is configured and leaves. Traffic goes on by one
# path or the other, and the next attempt works
# claims: auto self
# allow: Call Trace:
# kernels: debug
# machine: nokmemleak
#
# The core shows where it was when vmalloc() fails, with a trace that is no fault.
# What is one has a line of its own besides.
# shellcheck source=tests/vm/lib-faults.sh
. /t/lib-faults.sh

MOST=400	# allocations in one go that would still be believed

passes() {
	check "$1: flow 1 moves" flow_moves 0 tx 1
	check "$1: flow 2 moves" flow_moves 0 rx 2
}

carries() { poll_for 10 an_active 0 && poll_for 5 on_vf 0; }
# for what may have failed: long enough for what has not
settles() { poll_for 1 an_active 0; }

# each WHAT TRY UNDO [self]: the first, second, ... allocation that TRY leads to fails,
# behind the sixteenth fewer and fewer of them (most are the core's, for messages
# to user space), until there is none left. TRY may fail then, UNDO may not, and after a TRY in
# which all allocations work the VF carries. "self": with claim auto it is the driver's
# business, and nothing is allocated on the module's account.
each() {
	local n=1 failed=0
	while [ $n -le $MOST ]; do
		fault_next $n
		"$2" 2>/dev/null
		fault_happened || break
		passes "$1, allocation $n failed"
		"$3" || t_die "$1, allocation $n failed: undone"
		failed=$((failed + 1))
		n=$((n + 1 + n / 16))
	done
	fault_recount
	if [ "$CLAIM" = "${4:-$CLAIM}" ]; then
		assert_gt $failed 0 "$1: allocations failed"
	else
		assert_eq $failed 0 "$1: is left to the driver"
	fi
	assert_le $n $MOST "$1: there is an end to it"
	check "$1: the VF carries" carries
	passes "$1"
	"$3" || t_die "$1: undone"
}

loads() { insmod /m/an-failover.ko claim="$CLAIM" && settles; }
unloads() {
	[ ! -d /sys/module/an_failover ] || rmmod an_failover || return
	same_as_before
}
same_as_before() {
	settings_of eth0 >/tmp/after
	same /tmp/before /tmp/after
}
plugs() {
	vf_plug 0
	settles
}
unplugs() {
	vf_unplug 0
	poll_for 5 an_alone 0 && poll_for 5 on_syn 0
}
leaves_and_returns() { unplugs && plugs; }
mtu_up() { ip link set eth0 mtu 1800; }
mtu_back() { ip link set eth0 mtu 1500 && carries; }
vlan_on() {
	ip link add link eth0 name eth0.9 type vlan id 9 && ip link set eth0.9 up
}
vlan_off() {
	! netdev_exists eth0.9 || ip link del eth0.9 || return
	carries
}
program_on() { xdp_on eth0 pass; }
program_off() { xdp_off eth0 && carries; }
groups_on() { ip link set eth0 promisc on && ip maddr add 33:33:00:00:12:34 dev eth0; }
groups_off() {
	ip link set eth0 promisc off
	ip maddr del 33:33:00:00:12:34 dev eth0 2>/dev/null
	carries
}
restarts() { ip link set eth0 down; ip link set eth0 up; }

rig_up 1
vf_load
# by IPv4, whose addresses stay while eth0 is down
flow_start 1 tx 4
flow_start 2 rx 4

# with the VF there: what finding it allocates is part of it
vf_plug 0
wait_for 10 vf_has_dev 0
settings_of eth0 >/tmp/before
# shellcheck disable=SC2046 # two words
fault_below $(symbol_code do_init_module)
each "load" loads unloads
vf_unplug 0
wait_for 5 on_syn 0

an_load
# shellcheck disable=SC2046
fault_below $(module_code an_failover)
each "VF arrives" plugs unplugs
plugs
check "a VF carries" carries
each "MTU" mtu_up mtu_back self
each "VLAN" vlan_on vlan_off
each "XDP" program_on program_off self
each "receive modes" groups_on groups_off self
each "down and up" restarts restarts
each "VF leaves" leaves_and_returns carries
echo 0 >$FAULTS/probability
flow_stop 1 2
rig_clean
t_done
