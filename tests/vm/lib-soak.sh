# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# What tests/soak/soak.py makes its scenarios of: events of NIC n (lib-soak-events.sh),
# and what has to hold after each step. A scenario sources it behind lib.sh:
#
#   soak_start NICS FAMILY
#   step 1 "take 0"		the flows run on
#   must ev_take 0
#   want 0 STATE CLAIM HOST TX RX TX_LOSS RX_LOSS [FACT...]
#   settled
#   ...
#   soak_end
#
# want says what the model expects of a NIC: an_state and an_claim (-: the module
# is not there), the host's data path, the path of frames either way (-: none need
# get through), and how many frames of a flow, at most, the step may cost (-: any).
# Facts: see nic_facts; counts, rows: the netdev's counters, the rows vf_* of
# ethtool -S begin anew.
#
# Flow 2n + 1 leaves NIC n, flow 2n + 2 arrives there. They stand while counters
# are compared: what is still on its way then arrives within a deadline. All of it
# is read by one program that stays (look), and without one where that is possible: to
# start one is dear in an emulated machine, and more so on a debug kernel.

# shellcheck source=tests/vm/lib-soak-events.sh
. /t/lib-soak-events.sh

FLOW_IDLE=3600000
# What a step may cost (model.py) is so much time; and a debug kernel has less to do.
FLOW_RATE=100
# After a stand they do not make up for it.
FLOW_BURST=4
FLOW_PACK=1
# On a debug kernel half of all went into flows, most of that into waking programs.
[ "${SLOW:-1}" = 1 ] || { FLOW_RATE=50 FLOW_PACK=4; }

# soak_start NICS FAMILY
soak_start() {
	local n=0
	FAMILY=$2
	rig_up "$1"
	must ip netns add pod
	must in_pod ip link set lo up
	vf_load "$FAMILY"
	look_start
	while [ $n -lt "$1" ]; do
		must soak_nic $n
		n=$((n + 1))
	done
	settled_first
}

# soak_nic N: what stays the same, and the flows
soak_nic() {
	local bus pids id tx=4 rx=6
	bus=$(readlink "/sys/class/net/eth$1/device") || return
	eval "BUS$1=${bus##*/} SYN$1=eth$1 PCI$1=$(vf_pci "$1") WANT$1="
	# VLANs of this side come and go
	in_peer "$1" ip -batch - <<-BATCH || return
	link add link hvup$1 name v5 up type vlan id 5
	addr add 10.1.$1.2/24 dev v5
	BATCH
	peer_knows "$1" "00:15:5d:00:00:0$1" || return
	nic_config "$1" || return
	[ $(($1 % 2)) = 0 ] || { tx=6; rx=4; }
	flow_start $((2 * $1 + 1)) tx $tx "$1" $FLOW_RATE
	flow_start $((2 * $1 + 2)) rx $rx "$1" $FLOW_RATE
	pids=
	for id in $((2 * $1 + 1)) $((2 * $1 + 2)); do
		read -r pid <"/tmp/flow.$id.spid"
		pids="$pids $pid"
	done
	SENDERS="${SENDERS:-} $pids"
}

# peer_knows N MAC: nobody asks for addresses; questions to an address that was
# would reach the VF and no netdev
peer_knows() {
	in_peer "$1" ip -batch - <<-BATCH
	neigh replace 10.0.$1.1 lladdr $2 dev hvup$1 nud permanent
	neigh replace 10.0.$1.3 lladdr $2 dev hvup$1 nud permanent
	neigh replace 10.1.$1.1 lladdr $2 dev v5 nud permanent
	neigh replace fd00:$1::1 lladdr $2 dev hvup$1 nud permanent
	BATCH
}

in_pod() {
	local prog=$1
	shift
	case $prog in
	ping) prog=/usr/bin/ping ;;
	ip|ethtool) prog=/usr/sbin/$prog ;;
	esac
	nsenter --net=/run/netns/pod "$prog" "$@"
}

is_out() { [ -e "/tmp/out.$1" ]; }

# at N COMMAND...: where NIC N is
at() {
	local n=$1
	shift
	if is_out "$n"; then in_pod "$@"; else "$@"; fi
}

# syn N: SYN is the name of NIC N's netdev
syn() {
	local d
	eval "d=\$BUS$1"
	for d in "/sys/bus/vmbus/devices/$d/net/"*; do
		SYN=${d##*/}
	done
	! is_out "$1" || SYN=out$1
}

syn_there() { syn "$1"; netdev_exists "$SYN"; }
syn_gone() {
	local bus
	eval "bus=\$BUS$1"
	set -- "/sys/bus/vmbus/devices/$bus/net/"*
	[ ! -e "$1" ]
}

# vf N: VF is the name of its netdev, in this namespace
vf() {
	local d pci
	eval "pci=\$PCI$1"
	for d in "/sys/bus/pci/devices/$pci/net/"*; do
		VF=${d##*/}
	done
	[ "$VF" != '*' ]
}

# nic_config N: up, with addresses; they go when it is down
nic_config() {
	local host=1
	syn "$1"
	! is_out "$1" || host=3
	at "$1" ip -batch - <<-BATCH
	link set $SYN up
	addr replace 10.0.$1.$host/24 dev $SYN
	addr replace fd00:$1::$host/64 dev $SYN nodad
	neigh replace 10.0.$1.2 lladdr 02:00:00:00:00:0$1 dev $SYN nud permanent
	neigh replace fd00:$1::2 lladdr 02:00:00:00:00:0$1 dev $SYN nud permanent
	BATCH
}

# --- what holds after a step -------------------------------------------------

# step NUMBER TEXT
step() {
	STEP="$1: $2"
	note "step $STEP"
	flows_go
}

# shellcheck disable=SC2086 # pids
flows_go() { kill -CONT $SENDERS; }
# shellcheck disable=SC2086
flows_stand() { kill -STOP $SENDERS; }

# want N STATE CLAIM HOST TX RX TX_LOSS RX_LOSS [FACT...]
want() {
	local n=$1
	shift
	eval "WANT$n=\$*"
}

# wanted N: take it apart
wanted() {
	local w
	eval "w=\$WANT$1"
	# shellcheck disable=SC2086 # words
	set -- $w
	W_STATE=$1 W_CLAIM=$2 W_HOST=$3 W_TX=$4 W_RX=$5 W_TXLOSS=$6 W_RXLOSS=$7
	shift 7
	W_FACTS=$*
	at_rate W_TXLOSS
	at_rate W_RXLOSS
}

# at_rate VARIABLE: model.py's numbers are of 100 frames a second; a pack more or less
at_rate() {
	local n
	eval "n=\$$1"
	case $n in
	-|0) ;;
	*) eval "$1=$((n * FLOW_RATE / 100 + 2 * FLOW_PACK - 2))" ;;
	esac
}

# why TEXT: what did not hold when it was last looked at
why() { WHY=$*; return 1; }

# look_start: the program that look_at asks
look_start() {
	must mkfifo /tmp/look.q /tmp/look.a
	look /tmp/look.now </tmp/look.q >/tmp/look.a &
	JOBS="$JOBS $!"
	exec 8>/tmp/look.q 9</tmp/look.a
}

# look_at N: what NIC N counts now, as look says it. C_: the host's counters; P_: the
# frames of flows, by direction and path; D_: the netdev's packets; E_: its rows. What
# is not there is -. Fails without a netdev.
look_at() {
	local netns=- pci
	eval "pci=\$PCI$1"
	syn "$1"
	! is_out "$1" || netns=/run/netns/pod
	echo "$HV/nic$1 $SYN $netns $VFSIM/$pci/stats" >&8
	# an empty line, for read takes two system calls for a character, and . for a file few
	read -r _ <&9 || t_die "look is gone"
	# shellcheck disable=SC1091
	. /tmp/look.now
	case $D_tx$E_tx in
	*-*) why "$SYN is not there" ;;
	esac
}

# is_nth NUMBER WORD WORDS...: is that one WORD?
is_nth() {
	local n=$1 word=$2
	shift 2
	[ "$n" != - ] && shift "$n" && [ "${1:-}" = "$word" ]
}

nic_is() {
	wanted "$1"
	look_at "$1" || return
	# shellcheck disable=SC2153 # look's
	[ "$HOST" = "$W_HOST" ] || why "host sends by $HOST, not $W_HOST" || return
	# shellcheck disable=SC2086 # lists of words
	[ "$W_STATE" = - ] ||
		{ is_nth "$E_state" "$W_STATE" $AN_STATES &&
			is_nth "$E_claim" "$W_CLAIM" $AN_CLAIMS && [ "$E_refused" = 0 ]; } ||
		why "an_state $E_state, an_claim $E_claim, an_refused $E_refused, not $W_STATE, $W_CLAIM, 0" ||
		return
	nic_facts "$1"
}

# nic_facts N: what the VF has to be given. slave: it is the NIC's, with its MTU
# and address; promisc, allmulti, group: it has that mode, noX: it has not. (xdp,
# noxdp, vlan: see nic_moves.)
nic_facts() {
	local fact
	for fact in $W_FACTS; do
		case $fact in
		slave)
			vf "$1" || why "no VF" || return
			netdev_exists "$SYN/lower_$VF" || why "$VF is not $SYN's" || return
			alike mtu && alike address || return
			;;
		promisc) flag_set "$VF" 0x100 || why "VF not promiscuous" || return ;;
		nopromisc) ! flag_set "$VF" 0x100 || why "VF promiscuous" || return ;;
		allmulti) flag_set "$VF" 0x200 || why "VF not allmulti" || return ;;
		noallmulti) ! flag_set "$VF" 0x200 || why "VF allmulti" || return ;;
		group) has_group || why "VF has not the group" || return ;;
		nogroup) ! has_group || why "VF has the group" || return ;;
		esac
	done
}

# alike ATTRIBUTE
alike() {
	local a b
	read -r a <"/sys/class/net/$SYN/$1"
	read -r b <"/sys/class/net/$VF/$1"
	[ "$a" = "$b" ] || why "$VF has $1 $b, $SYN $a"
}

has_group() { grep -q " $VF .*01005e010203\$" /proc/net/dev_mcast; }

# nic_moves N: traffic passes, by the right path and no other
nic_moves() {
	local xdp
	wanted "$1"
	if is_out "$1"; then
		ping_moves "$1"
		return
	fi
	[ "$W_TX$W_RX" != -- ] || return 0
	look_at "$1" || return
	xdp=$VF_XDP
	flows_by "$1" || return
	[ "$W_RX" != - ] || return 0
	case " $W_FACTS " in
	*" xdp "*) [ "$VF_XDP" -gt "$xdp" ] || why "rx: not by the VF's program" ;;
	*" noxdp "*) [ "$VF_XDP" = "$xdp" ] || why "rx: by a program on the VF" ;;
	esac || return
	vlan_moves "$1"
}

# flows_by N: both directions, by the path wanted of each; from some frames on, for the
# first may have been on their way
flows_by() {
	local tx rx
	P_tx_none=0 P_rx_none=0
	path_of tx "$W_TX"
	path_of rx "$W_RX"
	eval "FROM_tx=\$P_tx_$BY_tx FROM_rx=\$P_rx_$BY_rx"
	poll_for 5 both_by "$1" 4 || return
	eval "tx=\$P_tx_$NOT_tx rx=\$P_rx_$NOT_rx"
	poll_for 5 both_by "$1" 8 || return
	eval "tx=\$((P_tx_$NOT_tx - tx)) rx=\$((P_rx_$NOT_rx - rx))"
	[ "$tx" = 0 ] || why "tx: $tx not by $W_TX" || return
	[ "$rx" = 0 ] || why "rx: $rx not by $W_RX"
}

# path_of DIRECTION PATH: the counters of the one wanted, and of the one that is not
path_of() {
	case $2 in
	vf) eval "BY_$1=vf NOT_$1=synthetic" ;;
	synthetic) eval "BY_$1=synthetic NOT_$1=vf" ;;
	*) eval "BY_$1=none NOT_$1=none" ;;
	esac
}

# both_by N COUNT: so many since FROM_, where any are wanted
both_by() {
	local tx rx
	look_at "$1" || return
	eval "tx=\$((P_tx_$BY_tx - FROM_tx)) rx=\$((P_rx_$BY_rx - FROM_rx))"
	[ "$BY_tx" = none ] || [ "$tx" -ge "$2" ] || why "tx: stands" || return
	[ "$BY_rx" = none ] || [ "$rx" -ge "$2" ] || why "rx: stands"
}

vlan_moves() {
	case " $W_FACTS " in
	*" vlan "*) poll_for 5 reaches "10.1.$1.2" || why "VLAN: no answer" ;;
	esac
}

pings() { at "$1" ping -q -c 5 -i 0.01 -W 1 "10.0.$1.2" >/dev/null; }

# for frames of no flow the rest of the traffic is not told apart
ping_moves() {
	local path=$W_TX tx rx
	case $W_TX$W_RX in
	vfvf|syntheticsynthetic) ;;
	*) return ;;
	esac
	look_at "$1" || return
	eval "tx=\$C_tx_$path rx=\$C_rx_$path"
	poll_for 5 pings "$1" || why "ping: no answer" || return
	look_at "$1" || return
	eval "tx=\$((C_tx_$path - tx)) rx=\$((C_rx_$path - rx))"
	if [ "$tx" -lt 5 ] || [ "$rx" -lt 5 ]; then
		why "ping: not by $path"
	fi
}

# ask ID...: how many has the receiver?
ask() {
	local id pid
	for id in "$@"; do
		: >"/tmp/flow.$id.recv"
		read -r pid <"/tmp/flow.$id.rpid"
		kill -USR1 "$pid"
	done
}

# answer ID: R_lost and R_dup, after ask
answer() {
	local id received lost dup reordered first last sockdrops alien
	poll_for 5 reported "$1" || why "flow $1: receiver gone" || return
	# shellcheck disable=SC1090
	. "/tmp/flow.$1.recv"
	R_lost=$lost R_dup=$dup
}

reported() { [ -s "/tmp/flow.$1.recv" ] || { ask "$1"; return 1; }; }

# moved N: notes what host and netdev count
moved() {
	look_at "$1" || return
	eval "MOVED$1='$C_tx_synthetic $C_tx_vf $C_rx_synthetic $C_rx_vf $D_tx $D_rx'"
}

# Counters of the fast path are seen up to 200 ms late (Documentation/usage.rst).
counters_nap() { nap $((200 * ${SLOW:-1})); }

# still N: they count no more, since that was noted
still() {
	local was now
	eval "was=\${MOVED$1:-}"
	moved "$1" || return
	eval "now=\$MOVED$1"
	[ "$was" = "$now" ] || { counters_nap; why "frames still move"; }
}

# take_stock N: all that is compared, in S_*
take_stock() {
	local tx=$((2 * $1 + 1)) rx=$((2 * $1 + 2))
	still "$1" || return
	ask $tx $rx
	answer $tx || return
	S_txlost=$R_lost S_dup=$R_dup
	answer $rx || return
	S_rxlost=$R_lost S_dup=$((S_dup + R_dup))
	still "$1" || return
	S_dup=$((S_dup + P_dup))
	# in front of the host; what the host has delivered and the netdev not
	S_tx=$((D_tx - C_tx_synthetic - C_tx_vf))
	S_rx=$((C_rx_synthetic + C_rx_vf - D_rx))
	S_vtx=$((E_tx - C_tx_vf))
	S_vrx=$((C_rx_vf - E_rx))
	STOCK="$S_txlost $S_rxlost $S_tx $S_rx $S_vtx $S_vrx $S_dup"
}

# within VALUE BEFORE LIMIT WHAT
within() {
	local n=$(($1 - $2))
	[ "$3" != - ] || return 0
	if [ $n -lt 0 ] || [ $n -gt "$3" ]; then
		why "$4: $n, at most $3 (of all: $LOST)"
	fi
}

# nic_counts N: nothing moves any more, and what was lost is within the budget
nic_counts() {
	local was tx=$W_TXLOSS rx=$W_RXLOSS vtx=$W_TXLOSS vrx=$W_RXLOSS
	eval "was=\$STOCK$1"
	take_stock "$1" || return
	case " $W_FACTS " in *" rows "*) vtx=- vrx=- ;; esac
	case " $W_FACTS " in *" counts "*) tx=- rx=- ;; esac
	NOW="$STOCK"
	# shellcheck disable=SC2086 # words
	set -- $was
	[ "$S_dup" = 0 ] || why "$S_dup twice" || return
	LOST="$((S_txlost - $1)) $((S_rxlost - $2)) $((S_tx - $3)) $((S_rx - $4)) $((S_vtx - $5)) $((S_vrx - $6))"
	within "$S_txlost" "$1" "$W_TXLOSS" "sent and lost" &&
		within "$S_rxlost" "$2" "$W_RXLOSS" "not received" &&
		within "$S_tx" "$3" "$tx" "tx_packets, and not at the host" &&
		within "$S_rx" "$4" "$rx" "from the host, and not in rx_packets" &&
		within "$S_vtx" "$5" "$vtx" "vf_tx_packets, and not at the host" &&
		within "$S_vrx" "$6" "$vrx" "by the VF, and not in vf_rx_packets"
}

# each SECONDS COMMAND: of all NICs, in time, or the end
each() {
	local n=0
	while [ $n -lt "$RIG_NICS" ]; do
		WHY='?'
		poll_for "$1" "$2" $n || { clues $n; t_die "step $STEP: NIC $n: $WHY"; }
		n=$((n + 1))
	done
}

# clues N: where frames may have gone: as the switch saw them, the receivers, and who
# drops some in between
clues() {
	local id
	{
		cat "$HV/nic$1/flows"
		grep -e drop -e filtered "$HV/nic$1/stats"
		for id in $((2 * $1 + 1)) $((2 * $1 + 2)); do
			ask $id
			answer $id
			cat "/tmp/flow.$id.recv"
		done
		syn "$1"
		at "$1" ethtool -S "$SYN" | grep -v ': 0$'
		at "$1" cat /proc/net/snmp | grep -e Ip: -e Udp:
		at "$1" grep -e '^Ip6In' -e '^Udp6In' /proc/net/snmp6
		in_peer "$1" cat /proc/net/snmp | grep -e Ip: -e Udp:
		cat /proc/net/softnet_stat
		tc -s qdisc | grep -B 1 'dropped [1-9]'
	} 2>&1 | kline "T: # "
}

# the stock is what the next step starts from
stocked() {
	wanted "$1"
	nic_counts "$1" || return
	eval "STOCK$1=\$NOW"
	[ "$LOST" = "0 0 0 0 0 0" ] || note "NIC $1: $LOST"
}

# Not traced: why says what did not hold, and to write a trace is dear as well.
settled() {
	local n=0
	set +x
	each 10 nic_is
	each 8 nic_moves
	flows_stand
	while [ $n -lt "$RIG_NICS" ]; do
		moved $n || :
		n=$((n + 1))
	done
	counters_nap
	each 5 stocked
	set -x
	t_ok "step $STEP"
}

settled_first() {
	local n=0
	while [ $n -lt "$RIG_NICS" ]; do
		eval "STOCK$n='0 0 0 0 0 0 0'"
		want $n - - synthetic synthetic synthetic - -
		n=$((n + 1))
	done
	STEP="0: start"
	settled
}

soak_end() {
	flows_go
	rig_clean
	exec 8>&- 9<&-
	rm -f /tmp/out.* /tmp/look.*
	t_done
}
