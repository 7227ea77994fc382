# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC1091,SC2034,SC2153,SC2154
# The contenders of make bench: each puts an application's device over a VF. Part of
# guest.sh. Sets APP and VF for the first pair, APP<n> and VF<n> for each.

APP0='' VF0='' APP1='' VF1=''

# --- VFs: simulated ones of hvsim's NICs, e1000e behind ports of their own, or none ---

vfs_load() {
	local i=0
	case $SCENARIO in
	vfsim)
		vf_load mlx5_core
		while [ $i -lt "$PAIRS" ]; do
			vf_plug $i
			i=$((i + 1))
		done ;;
	e1000e)
		# one interrupt a packet, whatever the time between two
		must modprobe e1000e InterruptThrottleRate=0,0,0 ;;
	esac
}

# in_slot SLOT: netdev of the PCI function there
in_slot() {
	net_of "/sys/bus/pci/devices/$(cut -c1-7 "/sys/bus/pci/slots/$1/address"):00.0"
}

vf_of() {
	case $SCENARIO in
	vfsim) vf_dev "$1" ;;
	e1000e) in_slot $((14 + $1)) ;;
	esac
}

vf_there() { [ -n "$(vf_of "$1")" ]; }

# the wire costs nothing
vf_sink() {
	[ "$SCENARIO" != vfsim ] || vf_set "$1" sink "$2"
}

# far_end: somebody who answers pair 0, 10.0.0.4; sets FAR
far_end() {
	local dev mac
	[ -z "${FAR:-}" ] || return 0
	case $SCENARIO in
	vfsim) dev=hvup0 ;;
	e1000e) dev=$(in_slot 16) ;;
	esac
	FAR=$dev
	mac=$(mac_of "$dev")
	vf_sink 0 0
	must ip netns add peer0
	must ip link set "$dev" netns peer0
	must in_peer 0 ip link set "$dev" up
	must in_peer 0 ip addr add 10.0.0.4/24 dev "$dev"
	must in_peer 0 ip neigh add 10.0.0.1 lladdr "$(mac_of "$VF")" nud permanent \
		dev "$dev"
	must ip neigh add 10.0.0.4 lladdr "$mac" nud permanent dev "$APP"
	# where no driver asks for it
	[ "$SCENARIO" != vfsim ] || on_vf 0 || hv_set 0 datapath 1
	wait_for 20 in_peer 0 ping -q -c 1 -W 1 10.0.0.1
}

# --- applications' devices ---------------------------------------------------------

# The synthetic device of those that are not for Hyper-V
virtio_of() { echo "/sys/bus/pci/devices/0000:00:$(printf %x $((16 + $1))).0"; }

# app_before N: what is there before the VF; sets DEV
app_before() {
	case $CLAIM in
	bare)
		DEV= ;;
	hv_netvsc|an_failover-*)
		DEV=eth$1
		wait_for 5 netdev_exists "$DEV" ;;
	net_failover)
		# both have the PCI function as parent; the standby has a master
		for DEV in $(net_of "$(virtio_of "$1")"); do
			[ -n "$(master_of "$DEV")" ] || break
		done ;;
	bonding)
		DEV=bond$1
		must ip link add "$DEV" type bond mode active-backup miimon 100
		must ip link set "$(net_of "$(virtio_of "$1")")" master "$DEV" ;;
	team)
		DEV=team$1
		must ip link add "$DEV" address "00:15:5d:00:00:0$1" type team
		must teamnl "$DEV" setoption mode activebackup
		must ip link set "$(net_of "$(virtio_of "$1")")" master "$DEV" ;;
	esac
	[ -z "$DEV" ] || must ip link set "$DEV" up
}

# app_after N DEV VF: takes the VF, where that does not happen by itself; sets DEV
app_after() {
	DEV=$2
	case $CLAIM in
	bare)
		DEV=$3
		must ip link set "$DEV" up ;;
	bonding|team)
		must ip link set "$3" master "$DEV" ;;
	esac
	wait_for 20 has_carrier "$3"
	case $CLAIM in
	bonding) wait_for 5 ip link set "$DEV" type bond active_slave "$3" ;;
	team) must teamnl "$DEV" setoption activeport \
		"$(cat "/sys/class/net/$3/ifindex")" ;;
	esac
	wait_for 10 carries_by "$1" "$DEV" "$3"
	wait_for 5 link_told "$3"
}

# carries_by N DEV VF: the VF is where DEV sends, as those say who decide it
carries_by() {
	has_carrier "$3" || return
	[ "$CLAIM" = bare ] || [ "$(master_of "$3")" = "$2" ] || return
	case $CLAIM in
	hv_netvsc) on_vf "$1" ;;
	an_failover-*) on_vf "$1" && an_state_is "$2" active ;;
	bonding) [ "$(cat "/sys/class/net/$2/bonding/active_slave")" = "$3" ] ;;
	team) [ "$(teamnl "$2" getoption activeport)" = \
		"$(cat "/sys/class/net/$3/ifindex")" ] ;;
	esac
}

# each_pair COMMAND...: with the pair's number, device and VF
each_pair() {
	local i=0 app vf
	while [ $i -lt "$PAIRS" ]; do
		eval "app=\$APP$i vf=\$VF$i"
		# shellcheck disable=SC2154 # by eval
		"$@" $i "$app" "$vf" || return
		i=$((i + 1))
	done
}

carries_all() {
	case $SCENARIO in
	none) nothing_to_do "$APP" ;;
	*) each_pair carries_by ;;
	esac
}

claimed_as_asked() {
	local want=driver
	case $CLAIM in
	an_failover-*) ;;
	*) return 0 ;;
	esac
	[ "$CLAIM" = an_failover-auto ] || want=self
	[ "$(an_claim "$1")" = $want ]
}

# nothing_to_do DEV: without a VF the module waits
nothing_to_do() {
	has_carrier "$1" || return
	case $CLAIM in
	an_failover-*) an_state_is "$1" synthetic && an_claim_is "$1" none ;;
	hv_netvsc) [ ! -d /sys/module/an_failover ] ;;
	esac
}

modules_load() {
	must insmod /m/hvsim.ko nics="$PAIRS"
	must modprobe pktgen	# early, so that its symbols are known
	case $CLAIM in
	hv_netvsc|an_failover-*) must hv_load ;;
	net_failover) must modprobe net_failover; virtio_load ;;
	bonding) must modprobe bonding; virtio_load ;;
	team) must modprobe team_mode_activebackup; virtio_load ;;
	esac
	case $CLAIM in
	an_failover-*) must insmod /m/an-failover.ko claim="${CLAIM#an_failover-}" ;;
	esac
}

# one more neighbour, route and address: the same for all
address() {
	must ip addr add "10.0.$1.1/24" dev "$2"
	must ip neigh add "10.0.$1.2" lladdr "02:00:00:00:00:0$1" nud permanent dev "$2"
}

pair_before() {
	app_before "$1"
	eval "APP$1=$DEV"
}

pair_after() {
	wait_for 10 vf_there "$1"
	eval "VF$1=$(vf_of "$1")"
	app_after "$1" "$2" "$(vf_of "$1")"
	eval "APP$1=$DEV"
}

contender_up() {
	modules_load
	each_pair pair_before
	if [ "$SCENARIO" != none ]; then
		vfs_load
		each_pair pair_after
		check "claimed as asked" claimed_as_asked "$APP0"
	else
		wait_for 10 nothing_to_do "$APP0"
	fi
	each_pair address
	APP=$APP0 VF=$VF0
	note "$CLAIM: $APP over ${VF:-nothing}, $APP1 over ${VF1:-nothing}"
}
