# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A paired VF cannot be taken away by a bridge, a bond or a team, nor set free by
# hand. One that is in a bridge or a bond when its NIC appears is left there, and
# taken when it is let go.
# claims: auto self
must modprobe bridge
must modprobe bonding max_bonds=0
must modprobe team
rig_up 1
an_load
vf_load
vf_up 0
vf=$(vf_dev 0)
must ip link add br0 type bridge
must ip link add bond0 type bond mode active-backup miimon 100
must ip link add team0 type team
flow_start 1 tx 4
flow_start 2 rx 6
moves() {
	check "$1: flow 1 moves" flow_moves 0 tx 1
	check "$1: flow 2 moves" flow_moves 0 rx 2
}
moves "before"
refused() {
	"$@" 2>/tmp/err && return 1
	note "$*: $(cat /tmp/err)"
	[ "$(master_of "$vf")" = eth0 ]
}
check "nomaster" refused ip link set "$vf" nomaster
for master in br0 bond0 team0; do
	check "master $master" refused ip link set "$vf" master $master
done
by_sysfs() { echo "+$vf" >/sys/class/net/bond0/bonding/slaves; }
check "into a bond by sysfs" refused by_sysfs
for kind in macvlan ipvlan; do
	check "$kind on it" refused ip link add link "$vf" name x0 type $kind
done
moves "afterwards"
check "active all the time" an_active 0
assert_eq "$(estat eth0 an_switches)" 1 "nothing was switched"
assert_eq "$(switch_flow 0 tx 1 syn)" 0 "all sent by the VF"
flow_stop 1 2
flow_check 1
flow_check 2

finish() {
	for master in br0 bond0 team0; do
		ip link del $master
	done
	rig_clean
	t_done
}

# hv_netvsc's probe sets up a VF that it could not join, too, and locks the lists of
# addresses of both. Without a master link the one is not nested in the other:
# lockdep reports that, and no more.
if [ -r /proc/lockdep_stats ]; then
	finish
fi

# in a bridge or bond before there is a pair
nic_goes() {
	vf=$(vf_dev 0)
	# first, or the host goes on sending to the VF
	must ip link set "$vf" down
	wait_for 5 on_syn 0
	must rmmod hv_netvsc
	# not the name that the NIC is about to get
	[ "$vf" = vfx ] || ip link set "$vf" name vfx
}
nic_comes() {
	must hv_load
	must nic_up 0
}
for master in br0 bond0; do
	nic_goes
	must ip link set vfx master $master
	must ip link set $master up
	nic_comes
	check "$master: eth0 is alone" an_alone 0
	assert_eq "$(master_of vfx)" $master "$master: keeps the VF"
	check "$master: the log says so" log_has "eth0: VF vfx belongs to $master, left alone"
	check "$master: eth0 works without" reaches 10.0.0.2
	must ip link set vfx nomaster
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	assert_eq "$(master_of vfx)" eth0 "$master: let go, taken by eth0"
	assert_eq "$(an_claim eth0)" self "$master: by this module"
	check "$master: traffic" reaches 10.0.0.2
	check "$master: a slave" flag_set vfx 0x800
done

# and with a macvlan on it
nic_goes
must ip link add link vfx name mv0 type macvlan
nic_comes
check "macvlan: eth0 is alone" an_alone 0
must ip link del mv0
wait_for 10 an_active 0
wait_for 5 on_vf 0
check "macvlan: traffic" reaches 10.0.0.2
finish
