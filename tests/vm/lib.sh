# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2119,SC2120
# Library of the scenarios in a test VM (busybox sh). NIC n is eth<n> here, with
# 10.0.n.1/24 and fd00:n::1/64, and hvup<n> in the name space peer<n>, with .2
# and ::2. See Documentation/testing.rst for the rig as a whole.

HV=/sys/kernel/debug/hvsim
VFSIM=/sys/kernel/debug/vfsim

# what the host says of this VM, e.g. VF_NOSLOT=1
# shellcheck source=/dev/null
[ ! -r /t/env ] || . /t/env

# shellcheck source=tests/vm/lib-traffic.sh
. /t/lib-traffic.sh
# shellcheck source=tests/vm/lib-xdp.sh
. /t/lib-xdp.sh
# shellcheck source=tests/vm/lib-cards.sh
. /t/lib-cards.sh

# busybox would run its own applets of these names, even by PATH
ip() { /usr/sbin/ip "$@"; }
bridge() { /usr/sbin/bridge "$@"; }
tc() { /usr/sbin/tc "$@"; }
ping() { /usr/bin/ping "$@"; }

# --- results -----------------------------------------------------------------

T_COUNT=${SECOND_AFTER:-0}	# in a second kernel the first one's checks count
T_FAILED=0

# say TEXT: one line of the result stream
say() { echo "<5>T: $*" >/dev/kmsg; }
note() { say "# $*"; }

t_ok() {
	T_COUNT=$((T_COUNT + 1))
	say "ok $T_COUNT - $*"
}

# t_fail TEXT: a failed check; the scenario goes on
t_fail() {
	T_COUNT=$((T_COUNT + 1))
	T_FAILED=$((T_FAILED + 1))
	say "not ok $T_COUNT - $*"
}

# t_die TEXT: a failed check without which the rest makes no sense
t_die() {
	t_fail "$*"
	t_done
}

# t_skip WHY: leave the scenario, as passed, because it does not apply here
t_skip() {
	T_COUNT=$((T_COUNT + 1))
	say "ok $T_COUNT - # SKIP $*"
	rig_clean
	t_done
}

t_done() {
	say "1..$T_COUNT"
	[ "$T_FAILED" = 0 ] && [ "$T_COUNT" -gt 0 ]
	exit
}

# check DESCRIPTION COMMAND...: passes when the command succeeds
check() {
	local what=$1
	shift
	if "$@"; then t_ok "$what"; else t_fail "$what ($*)"; fi
}

# refute DESCRIPTION COMMAND...: passes when the command fails
refute() {
	local what=$1
	shift
	if "$@"; then t_fail "$what (not: $*)"; else t_ok "$what"; fi
}

# same FILE FILE: nothing differs; says what does
same() {
	diff "$1" "$2" >/tmp/differs || { kline 'T: # ' </tmp/differs; return 1; }
}

# assert_eq GOT WANTED DESCRIPTION
assert_eq() {
	if [ "$1" = "$2" ]; then
		t_ok "$3"
	else
		t_fail "$3: got '$1', wanted '$2'"
	fi
}

# assert_le GOT LIMIT DESCRIPTION
assert_le() {
	if [ "$1" -le "$2" ]; then
		t_ok "$3 ($1 <= $2)"
	else
		t_fail "$3: got $1, more than $2"
	fi
}

# assert_gt GOT LIMIT DESCRIPTION
assert_gt() {
	if [ "$1" -gt "$2" ]; then
		t_ok "$3 ($1 > $2)"
	else
		t_fail "$3: got $1, not more than $2"
	fi
}

# CS is the uptime in 1/100 s. No process, not even a subshell: both are dear in an
# emulated machine, and more so on a debug kernel.
clock() {
	local up idle
	# shellcheck disable=SC2034
	read -r up idle </proc/uptime
	CS=${up%.*}${up#*.}
}

now() { clock; echo "$CS"; }

# nap MILLISECONDS: usleep for those that do it often. Nobody writes to this pipe.
[ -p /tmp/nap ] || mkfifo /tmp/nap
exec 7<>/tmp/nap
nap() {
	local ms=$((1000 + $1 % 1000))
	# shellcheck disable=SC3045 # busybox has it
	read -r -t "$(($1 / 1000)).${ms#1}" _ <&7 || :
}

# poll_for SECONDS COMMAND...: until it succeeds; silent. On a slow kernel ($SLOW)
# all deadlines are longer, and those of 5 s or more where the CPU may be taken away
# for a while ($PATIENCE seconds). It may be taken away for longer: five tries at least.
poll_for() {
	local end tries=0
	clock
	end=$((CS + $1 * 100 * ${SLOW:-1}))
	[ "$1" -lt 5 ] || end=$((end + ${PATIENCE:-0} * 100))
	shift
	until "$@"; do
		clock
		tries=$((tries + 1))
		[ "$CS" -lt "$end" ] || [ $tries -lt 5 ] || return 1
		nap $((20 * ${SLOW:-1}))
	done
}

# wait_for SECONDS COMMAND...: the same as a check of the scenario
wait_for() {
	local limit=$1
	shift
	if poll_for "$limit" "$@"; then
		t_ok "$* (within $limit s)"
	else
		t_fail "$* (not within $limit s)"
	fi
}

# must COMMAND...: nothing can go on without it
must() { "$@" || t_die "$*"; }

# log_since: the kernel log of this scenario, without what it said itself
log_since() {
	dmesg | sed -n "/T: begin $SCENARIO $CLAIM\$/,\$p" | grep -v ' T: '
}

log_has() { log_since | grep -q -e "$1"; }

# --- what must be the same before and after a scenario -----------------------

system_state() {
	local m mods=
	for m in an_failover hvsim vfsim hv_netvsc; do
		[ ! -d /sys/module/$m ] || mods="$mods $m"
	done
	# shellcheck disable=SC2046,SC2086 # words on one line
	echo net: $(ls -d /sys/class/net/*/) ns: $(ls /run/netns) pci: \
		$(ls /sys/bus/pci/devices) mods: $mods
}

# --- the simulated host ------------------------------------------------------

RIG_NICS=0

# in_peer N COMMAND...: in the world behind NIC N
in_peer() { (peer_exec "$@"); }

# The same in place of this (sub)shell: what runs in the background is then the
# program itself, which a signal has to reach.
peer_exec() {
	local ns=/run/netns/peer$1 prog=$2
	shift 2
	case $prog in
	ip|tc|bridge) prog=/usr/sbin/$prog ;;
	ping) prog=/usr/bin/$prog ;;
	esac
	exec nsenter --net="$ns" "$prog" "$@"
}

# quick lookups, for use with poll_for and wait_for
netdev_exists() { [ -d "/sys/class/net/$1" ]; }
netdev_gone() { [ ! -d "/sys/class/net/$1" ]; }
# carrier is unreadable while the device is down
has_carrier() {
	local c=
	{ read -r c <"/sys/class/net/$1/carrier"; } 2>/dev/null
	[ "$c" = 1 ]
}
has_no_carrier() { ! has_carrier "$1"; }
reaches() { ping -q -c 1 -W 1 "$1" >/dev/null; }

# rig_up [NICS [PARAMETERS...]]: hvsim, the stock hv_netvsc, names, addresses,
# carrier
rig_up() {
	local i
	RIG_NICS=${1:-1}
	[ $# = 0 ] || shift
	must insmod /m/hvsim.ko nics="$RIG_NICS" "$@"
	must hv_load
	i=0
	while [ $i -lt "$RIG_NICS" ]; do
		must peer_up $i
		must nic_up $i
		i=$((i + 1))
	done
	t_ok "rig with $RIG_NICS NIC(s)"
}

hv_load() { insmod /m/hv_netvsc.ko; }

peer_up() {
	ip netns add "peer$1" || return
	# a new namespace does not inherit this (guest/init), and would look for routers
	# shellcheck disable=SC2016 # for that shell
	in_peer "$1" sh -c 'for d in all default; do cd /proc/sys/net/ipv6/conf/$d
		echo 0 >accept_ra; echo 0 >router_solicitations; echo 0 >accept_dad
	done'
	ip link set "hvup$1" netns "peer$1" || return
	in_peer "$1" ip -batch - <<-BATCH
	link set lo up
	link set hvup$1 up
	addr add 10.0.$1.2/24 dev hvup$1
	addr add fd00:$1::2/64 dev hvup$1 nodad
	BATCH
}

# has_link_local IF: the kernel gives the address, and joins its multicast group,
# in its own time; "20 80" is link scope, permanent and no longer tentative
has_link_local() { grep -q " 20 80 *$1\$" /proc/net/if_inet6; }

# nic_up N: addresses on eth<n>; one frame each way proves the path
nic_up() {
	poll_for 5 netdev_exists "eth$1" || return
	ip -batch - <<-BATCH || return
	link set eth$1 up
	addr add 10.0.$1.1/24 dev eth$1
	addr add fd00:$1::1/64 dev eth$1 nodad
	BATCH
	poll_for 5 has_carrier "eth$1" || return
	poll_for 5 has_link_local "eth$1" || return
	poll_for 5 reaches "10.0.$1.2" && poll_for 5 reaches "fd00:$1::2"
}

# rig_clean: stop and unload whatever is there, in the order of a shutdown
rig_clean() {
	jobs_stop
	[ ! -d /sys/module/an_failover ] || an_unload
	if [ "$(echo /run/netns/*)" != '/run/netns/*' ] ||
	   [ -d /sys/module/hvsim ]; then
		rig_down
	fi
}

rig_down() {
	local ns m
	for m in vfsim hv_netvsc; do
		[ ! -d /sys/module/$m ] || check "$m unloads" rmmod $m
	done
	for ns in /run/netns/*; do
		[ ! -e "$ns" ] || ip netns del "${ns##*/}"
	done
	# uplinks come back when a name space has gone
	if [ -d /sys/module/hvsim ]; then
		poll_for 5 uplinks_back
		check "hvsim unloads" rmmod hvsim
	fi
	RIG_NICS=0
	vf_unplug_all
}

uplinks_back() {
	local i=0
	while [ $i -lt "$RIG_NICS" ]; do
		netdev_exists hvup$i || return
		i=$((i + 1))
	done
}

datapath() { cat $HV/nic"$1"/datapath; }
datapath_is() { [ "$(datapath "$1")" = "$2" ]; }

# hv_set N FILE VALUE
hv_set() { echo "$3" >$HV/nic"$1"/"$2"; }
hv_get() { cat $HV/nic"$1"/"$2"; }

# hv_stat N KEY
hv_stat() {
	local k v
	while read -r k v; do
		[ "$k" != "$2" ] || { echo "$v"; return; }
	done <$HV/nic"$1"/stats
	echo "no-$2"
}

# hv_state N KEY: a line of the host's state
hv_state() {
	local k v
	while read -r k v; do
		[ "$k" != "$2" ] || { echo "$v"; return; }
	done <$HV/nic"$1"/state
}

# channels_are N COUNT: open, as the host sees it
channels_are() { [ "$(hv_state "$1" channels)" = "$2" ]; }

hv_stats_reset() { echo 0 >$HV/nic"$1"/stats; }

# What the host tells the guest of the VF; the PCI function comes and goes on
# its own, see vf_give and vf_take.
vf_revoke() { hv_set "$1" assoc 0; }
vf_restore() { hv_set "$1" assoc 1; }

# vf_give N, vf_take N: what a host does, association and PCI function
vf_give() {
	vf_restore "$1"
	vf_plug "$1"
}

vf_take() {
	vf_revoke "$1"
	vf_unplug "$1"
}

# --- the VF ------------------------------------------------------------------

# The functions are taken off the bus when the VM starts, so that a VF is there
# only when a scenario plugs it. Root ports are found by their slot number.

# vf_bus N: "0000:05", the bus behind NIC N's port
vf_bus() { cut -c1-7 "/sys/bus/pci/slots/$((5 + $1))/address"; }

vf_pci() {
	if [ -n "${VF_NOSLOT:-}" ]; then
		printf '0000:00:%02x.0' $((16 + $1))
	else
		echo "$(vf_bus "$1"):00.0"
	fi
}

# vf_load [FAMILY] [PARAMETERS...]: the simulated VF's driver
vf_load() {
	local family=${1:-mlx5_core}
	[ $# = 0 ] || shift
	must insmod /m/vfsim.ko family="$family" "$@"
}

vf_unload() { rmmod vfsim; }

vf_present() { [ -e "/sys/bus/pci/devices/$(vf_pci "$1")" ]; }

# vf_plug N: the function appears on its bus
vf_plug() {
	local pci
	pci=$(vf_pci "$1")
	echo 1 >"/sys/class/pci_bus/${pci%:*}/rescan"
	must vf_present "$1"
}

# vf_unplug N: orderly removal; the driver's remove runs
vf_unplug() { echo 1 >"/sys/bus/pci/devices/$(vf_pci "$1")/remove"; }

vf_unplug_all() {
	local d vendor device
	for d in /sys/bus/pci/devices/*; do
		read -r vendor <"$d/vendor"
		read -r device <"$d/device"
		[ "$vendor:$device" != 0x1b36:0x0005 ] || echo 1 >"$d/remove"
	done
}

# vf_dev N [PORT]: name of the VF's netdev, empty if there is none
vf_dev() {
	local d port
	for d in "/sys/bus/pci/devices/$(vf_pci "$1")"/net/*; do
		case ${d##*/} in
		'*'|la-*) continue ;;
		esac
		read -r port <"$d/dev_port"
		[ "$port" != "${2:-0}" ] || echo "${d##*/}"
	done
}

vf_has_dev() { [ -n "$(vf_dev "$1")" ]; }
vf_has_no_dev() { [ -z "$(vf_dev "$1")" ]; }
vf_unbind() { vf_pci "$1" >"/sys/bus/pci/devices/$(vf_pci "$1")/driver/unbind"; }
vf_bind() { vf_pci "$1" >"/sys/bus/pci/drivers/${2:-mlx5_core}/bind"; }
# vf_set N KNOB VALUE; the knobs of a port other than the first are port1/...
vf_set() { echo "$3" >"$VFSIM/$(vf_pci "$1")/$2"; }
# vf_kill N: surprise removal; the function is only there by name
vf_kill() { vf_set "$1" dead 1; }
# vf_lookalike N KIND NIC: on the VF of NIC N a netdev KIND with NIC's address
vf_lookalike() { vf_set "$1" lookalike "$2 $3"; }
# vf_param NAME VALUE: a parameter of vfsim, for the next function
vf_param() { echo "$2" >"/sys/module/vfsim/parameters/$1"; }

# on_vf N / on_syn N: where the host sends, for wait_for
on_vf() { datapath_is "$1" vf; }
on_syn() { datapath_is "$1" synthetic; }

# --- the module --------------------------------------------------------------

# an_load [PARAMETERS...]: with the claim under test; a scenario for which it is
# all the same calls it alike
an_load() { must insmod /m/an-failover.ko claim="$CLAIM" "$@"; }

an_unload() { check "an_failover unloads" rmmod an_failover; }

# estat IF KEY: a row of ethtool -S
estat() {
	ethtool -S "$1" | while read -r k v; do
		[ "$k" != "$2:" ] || { echo "$v"; break; }
	done
}

# nth N WORD...: the rows an_state and an_claim are numbers
nth() {
	[ -n "$1" ] || return
	shift $(($1 + 1))
	echo "$1"
}

AN_STATES="synthetic joined active draining held"
AN_CLAIMS="none driver self"

# shellcheck disable=SC2086 # lists of words
an_state() { nth "$(estat "$1" an_state)" $AN_STATES; }
# shellcheck disable=SC2086
an_claim() { nth "$(estat "$1" an_claim)" $AN_CLAIMS; }

# index_of WORD WORDS...: the reverse of nth
index_of() {
	local i=0 word=$1
	shift
	while [ $# != 0 ] && [ "$1" != "$word" ]; do
		i=$((i + 1))
		shift
	done
	INDEX=$i
}

# for polling: as few processes as can be
# shellcheck disable=SC2086
an_state_is() {
	index_of "$2" $AN_STATES
	ethtool -S "$1" | grep -q " an_state: $INDEX\$"
}

# shellcheck disable=SC2086
an_claim_is() {
	index_of "$2" $AN_CLAIMS
	ethtool -S "$1" | grep -q " an_claim: $INDEX\$"
}

if_stat() { cat "/sys/class/net/$1/statistics/$2"; }
master_of() { basename "$(readlink "/sys/class/net/$1/master")" 2>/dev/null; }
mac_of() { cat "/sys/class/net/$1/address"; }

# an_claim, as ethtool -S has it, that the claim under test leads to
claim_number() { if [ "$CLAIM" = self ]; then echo 2; else echo 1; fi; }

an_active() { an_state_is "eth$1" active; }
an_alone() { an_state_is "eth$1" synthetic; }

# link_told DEV: the core has told everybody of its link, which it does some time
# after the link came up. While the driver of the synthetic device hears of a VF's,
# frames go by the synthetic path.
link_told() { [ "$(cat "/sys/class/net/$1/operstate")" = up ]; }

# vf_up N: NIC N's VF arrives, is taken and carries
vf_up() {
	vf_plug "$1"
	wait_for 10 an_active "$1"
	wait_for 5 on_vf "$1"
	wait_for 5 link_told "$(vf_dev "$1")"
	assert_eq "$(estat "eth$1" an_claim)" "$(claim_number)" \
		"eth$1: claimed as asked"
	assert_eq "$(master_of "$(vf_dev "$1")")" "eth$1" "eth$1: is the master"
}

# settings_of DEV: what the module may have changed and has to put back
settings_of() {
	local link
	link=$(ip -d link show dev "$1")
	echo "$1 $(mac_of "$1") master=$(master_of "$1")" \
		"$(cat "/sys/class/net/$1/mtu" "/sys/class/net/$1/flags")"
	echo "$link" | grep -o -e 'promiscuity.*' -e 'prog/xdp.*'
	ethtool -k "$1" | md5sum
	ethtool -S "$1" | grep -c an_state
	bridge fdb show dev "$1" | sort
	grep " $1 " /proc/net/dev_mcast
}

# stack_up [NICS [PARAMETERS...]]: host, module, and all VFs carrying
stack_up() {
	local i=0
	rig_up "$@"
	an_load
	vf_load
	while [ $i -lt "$RIG_NICS" ]; do
		vf_up $i
		i=$((i + 1))
	done
}

# --- a second kernel, in a scenario that says "machine: kexec" -----------------

boot_id() { cat /proc/sys/kernel/random/boot_id; }

# second_kernel: is this it? The scenario is run again there.
second_kernel() { [ -n "${SECOND_AFTER:-}" ]; }

# second_load CHECKS: the same kernel, with the file system as it is. It goes on
# counting after so many checks; this is one of them.
second_load() {
	SECOND_AFTER=$1
	(cd / && find . -xdev | cpio -o -H newc) >/tmp/initrd || return
	# without a checksum over it all, which takes long when emulated
	kexec -c -l -i /boot/vmlinuz --initrd=/tmp/initrd \
		--command-line="$(sed 's/ SECOND=.*//' /proc/cmdline
			) SECOND=$SCENARIO,$CLAIM,$1,$(boot_id)" || return
	rm /tmp/initrd
}

# second_start: shuts the devices down, nothing else; does not return. What is to
# be seen in the first kernel then, it has to say.
second_start() {
	[ "$T_COUNT" = "$SECOND_AFTER" ] ||
		t_die "$T_COUNT checks, and the second kernel was told $SECOND_AFTER"
	kexec -e -x -y
	t_die "the second kernel starts"
}

# flag_set IF MASK: a bit of the interface flags (0x800 is IFF_SLAVE)
flag_set() { [ $(($(cat "/sys/class/net/$1/flags") & $2)) != 0 ]; }

# --- QEMU's monitor ----------------------------------------------------------

# mon COMMAND...: the host has it done at once, and if it does not work the scenario
# fails
mon() { say "mon $*"; }
