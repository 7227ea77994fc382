# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# Events of NIC n for lib-soak.sh (ev_*), in any order that tests/soak/model.py allows.

ev_calm() { :; }
ev_give() { vf_give "$1"; }
ev_take() { vf_take "$1"; }
ev_unplug() { vf_unplug "$1"; }
ev_kill_take() { vf_kill "$1" && vf_take "$1"; }
ev_kill_unplug() { vf_kill "$1" && vf_unplug "$1"; }
ev_vf_unbind() { vf_unbind "$1"; }
ev_vf_bind() { vf_bind "$1" "$FAMILY"; }
ev_carrier_off() { vf_set "$1" carrier 0; }
ev_carrier_on() { vf_set "$1" carrier 1; }
ev_vf_down() { vf "$1" && ip link set "$VF" down; }
ev_vf_up() { vf "$1" && ip link set "$VF" up; }
ev_syn_down() { syn "$1" && at "$1" ip link set "$SYN" down; }
ev_syn_up() { nic_config "$1"; }
ev_mtu() { syn "$1" && at "$1" ip link set "$SYN" mtu "$2"; }

# hv_netvsc changes its address while it is down
ev_mac() {
	local mac=00:15:5d:00:00:0$1
	[ "$2" = 0 ] || mac=00:15:5d:aa:bb:0$1
	syn "$1" && ip -batch - <<-BATCH || return
	link set $SYN down
	link set $SYN address $mac
	BATCH
	peer_knows "$1" "$mac" && nic_config "$1"
}

ev_rename() { syn "$1" && ip link set "$SYN" name "$2$1"; }
ev_vf_rename() { vf "$1" && ip link set "$VF" name "vf$2$1"; }
# its name may be taken there
ev_vf_moved() { vf "$1" && ip link set "$VF" netns pod name "moved$1"; }

# its name may be taken by a VF
ev_ns_out() {
	syn "$1"
	ip link set "$SYN" netns pod name "out$1" && : >"/tmp/out.$1" &&
		nic_config "$1"
}

ev_ns_back() {
	syn "$1"
	in_pod ip link set "$SYN" netns 1 name "back$1" && rm "/tmp/out.$1" &&
		nic_config "$1"
}

ev_vlan_add() {
	syn "$1" && ip -batch - <<-BATCH
	link add link $SYN name vlan$1 up type vlan id 5
	addr add 10.1.$1.1/24 dev vlan$1
	BATCH
}
ev_vlan_del() { ip link del "vlan$1"; }
ev_xdp_on() { syn "$1" && xdp_on "$SYN" pass; }
ev_xdp_off() { syn "$1" && xdp_off "$SYN"; }
ev_promisc() { syn "$1" && ip link set "$SYN" promisc "$2"; }
ev_allmulti() { syn "$1" && ip link set "$SYN" allmulticast "$2"; }
ev_group() { syn "$1" && ip maddr "$2" "$GROUP" dev "$SYN"; }
GROUP=01:00:5e:01:02:03

# nic_back N: its netdev is a new one
nic_back() {
	poll_for 5 syn_there "$1" && peer_knows "$1" "00:15:5d:00:00:0$1" &&
		nic_config "$1"
}

ev_rebind() {
	local bus
	eval "bus=\$BUS$1"
	echo "$bus" >/sys/bus/vmbus/drivers/hv_netvsc/unbind &&
		poll_for 5 syn_gone "$1" &&
		echo "$bus" >/sys/bus/vmbus/drivers/hv_netvsc/bind &&
		nic_back "$1"
}

ev_rescind() {
	hv_set "$1" offer 0 && poll_for 5 syn_gone "$1" &&
		hv_set "$1" offer 1 && nic_back "$1"
}

ev_netvsc_reload() {
	local n=0
	rmmod hv_netvsc && hv_load || return
	while [ $n -lt "$RIG_NICS" ]; do
		nic_back $n || return
		n=$((n + 1))
	done
}

ev_vf_reload() { vf_unload && vf_load "$FAMILY"; }
ev_load() { insmod /m/an-failover.ko claim="$1"; }
ev_unload() { rmmod an_failover; }

# at_once EVENT...: side by side, each of a NIC of its own
at_once() {
	local e pid pids=
	for e in "$@"; do
		(eval "$e") &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid" || return
	done
}
