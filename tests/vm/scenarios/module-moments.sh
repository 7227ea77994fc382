# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The module is loaded, unloaded, and loaded with the other claim at any moment of
# a VF's life, under traffic: it finds the right state, and when it has gone
# everything is as it was
# claims: auto self
# cost: high
#
# With auto, hv_netvsc has the VF, and keeps it with either claim. With self, the VF
# came while the module was there, and nobody has it when that has gone: either
# claim then enslaves it, and it is left as it was found, closed.
OTHER=auto
[ "$CLAIM" = self ] || OTHER=self
WHEN=start

load() { must insmod /m/an-failover.ko "$@"; }
passes() {
	check "$WHEN, $1: sends" flow_moves 0 tx 1
	check "$WHEN, $1: receives" flow_moves 0 rx 2
}
settings() {
	settings_of eth0
	vf_has_no_dev 0 || settings_of "$(vf_dev 0)"
}
unload() { check "$WHEN: unloads" rmmod an_failover; }

# round STATE [NO]: the module comes and goes with both claims; NO traffic
round() {
	local c
	settings >/tmp/before
	for c in $CLAIM $OTHER; do
		load claim="$c" ${2:+window_ms=0}
		wait_for 5 an_state_is eth0 "$1"
		if [ -z "${2:-}" ]; then
			passes "claim=$c"
		else
			usleep $((300000 * ${SLOW:-1}))
			check "$WHEN, claim=$c: still $1" an_state_is eth0 "$1"
		fi
		unload
		[ -n "${2:-}" ] || passes "unloaded"
	done
	settings >/tmp/after
	check "$WHEN: all as it was" same /tmp/before /tmp/after
}

# vf_comes: and is whose it is in this scenario; without the module
vf_comes() {
	[ "$CLAIM" = auto ] || load claim=self
	vf_plug 0
	wait_for 5 on_vf 0
	[ "$CLAIM" = auto ] || unload
}

rig_up 1
vf_load
# by IPv4, whose addresses stay while eth0 is down
flow_start 1 tx 4
flow_start 2 rx 4
tcp_start 1 4 0 20000

WHEN="no VF"
round synthetic
alone=$(settings_of eth0 | head -n 2)

WHEN="VF active"
vf_comes
round active
[ "$CLAIM" = auto ] || check "the log says so" log_has "released (unload)"
# again and again, often before it has done what it does when loaded
[ "$CLAIM" = self ] || { flow_start 3 tx 6; flow_start 4 rx 6; }
for i in 0 1 2 3 4 5; do
	c=auto
	[ $((i % 2)) = 0 ] || c=self
	load claim="$c" window_ms=$((i * 8))
	[ $((i % 3)) != 0 ] || poll_for 5 an_active 0
	rmmod an_failover || t_fail "unloads in cycle $i"
done
if [ "$CLAIM" = auto ]; then
	flow_stop 3 4
	flow_check 3
	flow_check 4
fi

WHEN="VF without carrier"
vf_set 0 carrier 0
# hv_netvsc leaves the host's data path where it is
if [ "$CLAIM" = auto ]; then round joined no; else round joined; fi
vf_set 0 carrier 1

WHEN="VF down"
# what nobody has is opened by the module, and closed again
if [ "$CLAIM" = auto ]; then
	must ip link set "$(vf_dev 0)" down
	round joined
	must ip link set "$(vf_dev 0)" up
	wait_for 5 on_vf 0
else
	round active
fi

WHEN="VLAN and XDP"
must ip link add link eth0 name eth0.7 type vlan id 7
must ip link set eth0.7 up
must xdp_on eth0 pass
round active
must xdp_off eth0
must ip link del eth0.7

WHEN="MTU 1400"
must ip link set eth0 mtu 1400
round active
must ip link set eth0 mtu 1500

WHEN="eth0 down"
must ip link set eth0 down
round joined no
must ip link set eth0 up
wait_for 5 reaches 10.0.0.2

WHEN="in a namespace"
# hv_netvsc takes its VF along; one that nobody has is fetched by the module
# (with another address: the connection is not to be reset from there)
must ip netns add pod
pod() {
	local prog=$1
	shift
	nsenter --net=/run/netns/pod "/usr/sbin/$prog" "$@"
}
pod_active() { pod ethtool -S eth0 | grep -q 'an_state: 2$'; }
pod_settings() { pod ip -d link show eth0; pod ethtool -k eth0; }
must ip link set eth0 netns pod
pod ip -batch - <<-BATCH
	link set eth0 up
	addr add 10.0.0.3/24 dev eth0
BATCH
[ "$CLAIM" = self ] || wait_for 5 on_vf 0
pod_settings >/tmp/before
for c in $CLAIM $OTHER; do
	load claim="$c"
	wait_for 5 pod_active
	wait_for 5 on_vf 0
	check "$WHEN, claim=$c: traffic" nsenter --net=/run/netns/pod \
		/usr/bin/ping -q -c 3 -i 0.1 -W 1 10.0.0.2
	check "$WHEN: unloads" rmmod an_failover
	pod_settings >/tmp/after
	check "$WHEN, claim=$c: eth0 as it was" same /tmp/before /tmp/after
done
must nsenter --net=/run/netns/pod /usr/sbin/ip link set eth0 netns 1
must ip link set eth0 up
must ip addr add 10.0.0.1/24 dev eth0
ip netns del pod
wait_for 5 vf_has_dev 0
vf_unplug 0
vf_comes
passes "and back"

WHEN="VF leaves"
# in parallel: either may be first
load claim="$CLAIM"
wait_for 5 an_active 0
vf_unplug 0 &
unload
wait $!
passes "unloaded meanwhile"
assert_eq "$(settings_of eth0 | head -n 2)" "$alone" "eth0 as it was"
vf_comes
vf_unplug 0 &
load claim="$CLAIM"
wait $!
wait_for 5 an_alone 0
passes "loaded meanwhile"

WHEN="VF comes"
vf_plug 0 &
unload
wait $!
passes "unloaded meanwhile"
load claim="$OTHER"
wait_for 5 an_active 0
wait_for 5 on_vf 0
vf_unplug 0
wait_for 5 an_alone 0
unload
vf_plug 0 &
load claim="$CLAIM"
wait $!
wait_for 5 an_active 0
wait_for 5 on_vf 0
passes "loaded meanwhile"
vf_unplug 0
wait_for 5 an_alone 0
unload

WHEN="rename window"
load claim="$CLAIM" window_ms=10000
vf_plug 0
wait_for 3 vf_has_dev 0
[ "$CLAIM" = auto ] || check "$WHEN: the VF is still closed" an_state_is eth0 joined
unload
passes "unloaded"
if [ "$CLAIM" = self ]; then
	vf=$(vf_dev 0)
	assert_eq "$(master_of "$vf")" "" "$WHEN: nobody's"
	refute "$WHEN: no slave" flag_set "$vf" 0x800
	refute "$WHEN: closed" flag_set "$vf" 0x1
fi
load claim="$OTHER"
wait_for 5 an_active 0
wait_for 5 on_vf 0
unload

flow_stop 1 2
tcp_check 1
for id in 1 2; do
	assert_eq "$(flow_get $id dup)" 0 "flow $id: none twice"
done
rig_clean
t_done
