# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# All at once, under traffic from all CPUs: the VF comes and goes, its driver and
# the host do what they please, the administrator changes settings, look-alikes come
# and go, counters are read, the module is reloaded with either claim. What was too
# late may fail, nothing else; afterwards all is as if nothing had been
# timeout: 1200
# claims: auto self
# cost: high
# machine: smp4
#
# Each actor is a process that does what it can do in turn, do_<kind>, until all
# kinds of events have succeeded EVENTS times.
EVENTS=6
[ "${SLOW:-1}" = 1 ] || EVENTS=1
ACTORS="slot host port admin veth reader reload"
kinds() {
	case $1 in
	slot) echo plug ;;
	host) echo assoc ;;
	port) echo carrier vf_down vf_name bind ;;
	admin) echo mtu modes group vlan xdp restart ;;
	veth) echo look_alikes ;;
	reader) echo ip_link ethtool_rows ethtool_features counters ;;
	reload) echo load_auto load_self ;;
	esac
}

# what who comes too late is told
LATE='Device or resource busy|No such (device|file)|Cannot find device|does not exist'
LATE="$LATE|nonexistent|no device matches|no stats available|Network is down"
LATE="$LATE|Input/output error|Command failed|Dump was interrupted"

FLOWS="1 2 3 4 5 6 7 8"

# --- events ------------------------------------------------------------------

GROUP=01:00:5e:01:02:03
PCI=$(vf_pci 0)
VFDEV=/sys/bus/pci/devices/$PCI
BUS=/sys/class/pci_bus/${PCI%:*}
# ipb LINE...: commands of ip, all of them
ipb() { printf '%s\n' "$@" | ip -force -batch -; }
# vf_now: VF is the name of its netdev, without a process
vf_now() {
	set -- "$VFDEV"/net/*
	VF=${1##*/}
	[ "$VF" != '*' ]
}

# every other time the VF is in use before it goes; in between nobody else can
# take the name of the NIC
do_plug() {
	echo 1 >"$VFDEV/remove" || return
	[ $((ROUND % 2)) = 0 ] || there_and_back
	echo 1 >"$BUS/rescan" || return
	[ $((ROUND % 2)) = 0 ] || poll_for 1 vf_carries
	usleep 2000000
}
# Another actor may set the NIC up while it has the other name, and 6.1 does not
# rename what is up.
there_and_back() {
	ipb "link set eth0 down" "link set eth0 name nic0"
	poll_for 10 named_again
	ip link set eth0 up
}
named_again() {
	netdev_exists eth0 || ipb "link set nic0 down" "link set nic0 name eth0"
	netdev_exists eth0
}
vf_carries() { on_vf 0 && flow_seen 0 rx 2 1; }
# not revoked for longer: hv_netvsc waits for it, holding RTNL
do_assoc() { vf_revoke 0 && vf_restore 0 && usleep 1000000; }
# there may be no VF, or no longer
do_carrier() { poll_for 2 flap; }
flap() { vf_set 0 carrier 0 && vf_set 0 carrier 1; }
do_vf_down() { poll_for 2 down_and_up; }
down_and_up() {
	vf_now && ip link set "$VF" down || return
	ip link set "$VF" up || true
}
do_vf_name() { poll_for 2 rename; }
rename() { vf_now && ip link set "$VF" name "vf$((ROUND % 10))"; }
do_bind() { poll_for 2 rebind; }
rebind() { vf_now && vf_unbind 0 && vf_bind 0; }
do_mtu() { ipb "link set eth0 mtu 1400" "link set eth0 mtu 1500"; }
do_modes() {
	ipb "link set eth0 promisc on" "link set eth0 allmulticast on" \
		"link set eth0 promisc off" "link set eth0 allmulticast off"
}
do_group() { ipb "maddr add $GROUP dev eth0" "maddr del $GROUP dev eth0"; }
do_vlan() {
	ipb "link add link eth0 name eth0.7 up type vlan id 7" "link del eth0.7"
}
# also in place of one that could not be taken off
do_xdp() {
	ip -force link set dev eth0 xdpdrv obj "$XDP_OBJ" sec pass && xdp_off eth0
}
do_restart() {
	ipb "link set eth0 down" "link set eth0 address 00:15:5d:aa:bb:cc" \
		"link set eth0 address $MAC" "link set eth0 up"
}
do_look_alikes() { usleep 1000000; ip -force -batch /tmp/veths; }
do_ip_link() { usleep 500000; ip -s -batch /tmp/links >/dev/null; }
do_ethtool_rows() { ethtool -S eth0 >/dev/null; }
do_ethtool_features() { ethtool -k eth0 >/dev/null; }
do_counters() { cat /proc/net/dev /sys/class/net/eth0/statistics/* >/dev/null; }
do_load_auto() { reload auto; }
do_load_self() { reload self; }

# reload CLAIM: every other time it has brought the VF into use; nothing may fail
reload() {
	[ $((ROUND % 2)) = 0 ] || poll_for 1 an_active 0
	rmmod an_failover && insmod /m/an-failover.ko claim="$1" ||
		echo "not reloaded with claim=$1" >&2
}

# --- actors ------------------------------------------------------------------

# act ACTOR: /tmp/did.<kind> says how often
act() {
	local kind
	set +x
	exec >/dev/null 2>"/tmp/said.$1"
	ROUND=0
	until [ -e /tmp/stop ]; do
		ROUND=$((ROUND + 1))
		for kind in $KINDS; do
			! "do_$kind" || echo $(($(did "$kind") + 1)) >"/tmp/did.$kind"
		done
	done
}

# did KIND: how often
did() {
	local n=0
	[ ! -e "/tmp/did.$1" ] || read -r n <"/tmp/did.$1"
	echo "$n"
}

enough() {
	local kind
	for kind in $ALL; do
		[ "$(did "$kind")" -ge $EVENTS ] || return
	done
}

# storm: all actors, until there were enough of all events
storm() {
	local a kind start pids=
	rm -f /tmp/did.* /tmp/stop
	ALL=
	for a in $ACTORS; do
		KINDS=$(kinds "$a")
		ALL="$ALL $KINDS"
		act "$a" &
		pids="$pids $!"
	done
	start=$(now)
	poll_for 800 enough
	: >/tmp/stop
	note "after $(($(now) - start))0 ms"
	# shellcheck disable=SC2086
	wait $pids
	for kind in $ALL; do
		assert_gt "$(did "$kind")" $((EVENTS - 1)) "$kind: happened"
	done
	for a in $ACTORS; do
		grep -Eiv "$LATE" "/tmp/said.$a" >/tmp/unexpected
		head -n 5 /tmp/unexpected | kline "T: # $a: "
		assert_eq "$(wc -l </tmp/unexpected)" 0 "$a: nothing failed but what was late"
	done
	check "the module is loaded" test -d /sys/module/an_failover
}

# calm: undo what an actor began and could not end
calm() {
	vf_present 0 || vf_plug 0
	[ -e "$VFDEV/driver" ] || vf_bind 0
	wait_for 5 vf_has_dev 0
	vf_set 0 carrier 1
	must ipb "link set eth0 mtu 1500" "link set eth0 promisc off" \
		"link set eth0 allmulticast off" "link set eth0 xdpdrv off" \
		"link set eth0 down" "link set eth0 address $MAC" "link set eth0 up"
	! netdev_exists eth0.7 || must ip link del eth0.7
	ip maddr del "$GROUP" dev eth0 2>/dev/null
	must ip link set "$(vf_dev 0)" up
	# it went when the NIC was set down
	must ip addr replace fd00:0::1/64 dev eth0 nodad
	wait_for 5 has_link_local eth0
}

# --- traffic -----------------------------------------------------------------

# traffic: each CPU has a sender and a receiver of either direction
traffic() {
	local id way=tx
	for id in $FLOWS; do
		flow_start "$id" $way 4 0 30
		taskset -p $((1 << (id - 1) / 2)) "$(cat "/tmp/flow.$id.spid")"
		taskset -p $((1 << (id - 1) / 2)) "$(cat "/tmp/flow.$id.rpid")"
		if [ $way = tx ]; then way=rx; else way=tx; fi
	done
	tcp_start 1 4 0 20000
	tcp_start 2 4 0 20000
}

# by_both ID: what the switch saw of a flow, by either path
by_both() {
	local way=tx
	[ $(($1 % 2)) = 1 ] || way=rx
	assert_gt "$(switch_flow 0 $way "$1" vf)" 20 "flow $1: by the VF"
	assert_gt "$(switch_flow 0 $way "$1" syn)" 20 "flow $1: by the synthetic path"
	check "flow $1: moves" flow_moves 0 $way "$1"
}

# quiet: listeners report their groups twice, a second apart
quiet() {
	local a
	a=$(md5sum <"$HV/nic0/stats")
	usleep 1500000
	[ "$(md5sum <"$HV/nic0/stats")" = "$a" ]
}

# counted: the frames of two flows are in eth0's counters and in the switch's
counted() {
	local tx rx
	neighbours_known
	wait_for 20 quiet
	hv_stats_reset 0
	tx=$(if_stat eth0 tx_packets) rx=$(if_stat eth0 rx_packets)
	two_whole "afterwards"
	wait_for 20 quiet
	assert_gt "$(hv_stat 0 vf_tx_frames)" 19 "sent by the VF"
	assert_eq "$(if_stat eth0 tx_packets)" \
		$((tx + $(hv_stat 0 vf_tx_frames) + $(hv_stat 0 syn_tx_frames))) \
		"tx_packets are the switch's frames"
	assert_eq "$(if_stat eth0 rx_packets)" \
		$((rx + $(hv_stat 0 vf_rx_frames) + $(hv_stat 0 syn_rx_frames))) \
		"rx_packets are the switch's frames"
}

# but for addresses that hv_netvsc does not take back from a VF of its own
settings() { settings_of eth0 | grep -v -e permanent -e "eth0  "; }

# --- the scenario ------------------------------------------------------------

rig_up 1 channels=4
MAC=$(mac_of eth0)
in_peer 0 ip neigh replace 10.0.0.1 lladdr "$MAC" dev hvup0 nud permanent
settings >/tmp/before
vf_load mlx5_core queues=4
an_load
vf_up 0
for i in 0 1 2; do
	echo "link add la$i up address $MAC type veth peer name lb$i address $MAC"
done >/tmp/veths
for i in 0 1 2; do echo "link del la$i"; done >>/tmp/veths
for i in 0 1 2; do echo "link show"; done >/tmp/links
traffic
storm
calm
wait_for 10 an_active 0
wait_for 10 on_vf 0
for id in $FLOWS; do by_both "$id"; done
# shellcheck disable=SC2086
flow_stop $FLOWS
for id in $FLOWS; do
	assert_eq "$(flow_get "$id" dup)" 0 "flow $id: none twice"
done
tcp_check 1
tcp_check 2

# as if nothing had been
an_unload
vf_unplug 0
an_load
vf_up 0
counted
an_unload
vf_unplug 0
wait_for 5 vf_has_no_dev 0
settings >/tmp/after
check "eth0 as it was" same /tmp/before /tmp/after
