# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC1091,SC2034,SC2153,SC2154
# What make bench measures; part of guest.sh. run_<workload> measures and checks that
# each packet took the VF, trace_<workload> lets it run for the host to look at.

row() { say "bench row $1 count=$2 insns=$3"; }

# wall WORKLOAD COUNT NANOSECONDS CPU-NANOSECONDS
wall() { say "bench wall $1 count=$2 ns=$3 cpu=$4"; }

# row_of WORKLOAD LINE: as insns has measured it
row_of() {
	if [ -n "${WALL:-}" ]; then
		wall "$1" "$(word count "$2")" "$(word ns "$2")" "$(word cpu "$2")"
	else
		row "$1" "$(word count "$2")" "$(word insns "$2")"
	fi
}

# least_of WORKLOAD LINE: the shortest one alone, of what is to be the same to the last
# instruction: without timer ticks and what else runs at times
least_of() {
	if [ -n "${WALL:-}" ]; then
		row_of "$@"
	else
		row "$1" 1 "$(word least "$2")"
	fi
}

# traced WORKLOAD insns-COMMAND...: insns tells the host when it is warm, and has to be
# busy for so long that the host can have a look
traced() {
	export INSNS_SAY="<5>T: mon trace $1"
	shift
	check "traced: $*" "$@" >/dev/null
	unset INSNS_SAY
}

# traced_pktgen WORKLOAD
traced_pktgen() {
	must pktgen_run "$VF" 1000
	mon "trace $1"
	check "traced: $1" pktgen_run "$VF" "$TRACED"
}

# newest ADDRESS: the neighbour is found at the first look. Otherwise those that came
# later to its chain of the table are looked at before, seven instructions each, and how
# many there are differs from build to build.
newest() {
	# shellcheck disable=SC2046 # ADDRESS dev DEVICE lladdr MAC PERMANENT
	set -- $(ip neigh show to "$1")
	must ip neigh del "$1" dev "$3"
	must ip neigh add "$1" lladdr "$5" nud permanent dev "$3"
}

# --- devices that have nothing to do with it ---------------------------------------

OTHERS=7	# their group

others_up() {
	local i=0
	must modprobe dummy
	while [ $i -lt "$1" ]; do
		echo "link add other$i group $OTHERS type dummy"
		i=$((i + 1))
	done >/tmp/others
	must ip -batch /tmp/others
	must ip link set group $OTHERS up
	assert_eq "$(others_there)" "$1" "$1 unrelated devices"
}

others_there() { ip -o link show group $OTHERS up | wc -l; }

others_down() {
	must ip link del group $OTHERS
	assert_eq "$(others_there)" 0 "no unrelated devices"
}

# among N COMMAND...: while there are so many, and what their coming brings is over
among() {
	others_up "$1"
	shift
	sleep 2
	"$@"
	others_down
}

# --- transmit ----------------------------------------------------------------------

# udp_send ADDRESS SIZE COUNT [FLOWS]
udp_send() {
	vf_sink 0 1
	newest "$1"
	insns udp "$1" 9 "$2" "${4:-1}" "$3"
}

# tx_by DEVICE WORKLOAD ADDRESS SIZE [FLOWS]. On the synthetic path it is the shortest
# packet that counts: others have the simulated host's work in them.
tx_by() {
	local before line
	before=$(if_stat "$1" tx_packets)
	line=$(udp_send "$3" "$4" "$COUNT" "${5:-1}") || t_die "$2"
	assert_eq $(($(if_stat "$1" tx_packets) - before)) "$(word sent "$line")" \
		"$2: each packet left by $1"
	if [ "$1" = "$VF" ]; then
		row_of "$2" "$line"
	else
		least_of "$2" "$line"
	fi
}

# tx_udp WORKLOAD SIZE [FLOWS]: by the VF, or the synthetic device where there is none
tx_udp() { tx_by "${VF:-$APP}" "$1" 10.0.0.2 "$2" "${3:-1}"; }

run_udp64() { tx_udp udp64 64; }
run_udp1400() { tx_udp udp1400 1400; }

run_udp64_flows8() { tx_udp udp64_flows8 64 8; }
run_udp64_flows64() { tx_udp udp64_flows64 64 64; }
run_udp64_pairs8() { tx_udp udp64_pairs8 64; }
run_udp64_netdevs100() { among 100 tx_udp udp64_netdevs100 64; }
run_udp64_netdevs1000() { among 1000 tx_udp udp64_netdevs1000 64; }

trace_udp64() { traced udp64 udp_send 10.0.0.2 64 "$TRACED"; }
trace_udp1400() { traced udp1400 udp_send 10.0.0.2 1400 "$TRACED"; }

# other_up NAME: a device for which the module has nothing to do
other_up() {
	must modprobe dummy
	must ip link add "$1" type dummy
	must ip link set "$1" up
}

run_udp64_other() {
	other_up apart
	must ip addr add 10.0.9.1/24 dev apart
	must ip neigh add 10.0.9.2 lladdr 02:00:00:00:00:09 nud permanent dev apart
	tx_by apart udp64_other 10.0.9.2 64
	must ip link del apart
}

# --- events of such a device -------------------------------------------------------

# events WORKLOAD: it is opened and closed
events() {
	local line
	other_up apart
	line=$(insns event apart $((COUNT / 10))) || t_die "$1"
	least_of "$1" "$line"
	must ip link del apart
}

run_event() { events event; }
run_event_netdevs100() { among 100 events event_netdevs100; }
run_event_netdevs1000() { among 1000 events event_netdevs1000; }

# --- TCP by the VF -----------------------------------------------------------------

# A packet of 40 segments each time: what the device's limits are does not matter
SEGMENTS=40

tso_ready() {
	[ ! -e /tmp/zero ] || return 0
	must dd if=/dev/zero of=/tmp/zero bs=65536 count=1
	# a window, and memory, for all that nobody acknowledges
	must ip neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 nud permanent dev "$APP"
	must ip route add 10.0.0.3 dev "$APP" initcwnd 1000000
	echo 4000000 4000000 4000000 >/proc/sys/net/ipv4/tcp_mem
}

tso_send() {
	vf_sink 0 1
	newest 10.0.0.3
	insns tso 10.0.0.3 9 /tmp/zero $SEGMENTS "$1"
}

run_tso() {
	local before line count=$((COUNT / 4)) each=$SEGMENTS
	# QEMU's card cuts packets after it has counted them
	[ "$SCENARIO" != e1000e ] || each=1
	tso_ready
	before=$(if_stat "$VF" tx_packets)
	line=$(tso_send $count) || t_die tso
	assert_eq $(($(if_stat "$VF" tx_packets) - before)) \
		$((each * $(word sent "$line"))) "tso: each segment left by the VF"
	row_of tso "$line"
}

trace_tso() { tso_ready; traced tso tso_send $((TRACED / 4)); }

# --- request and answer ------------------------------------------------------------

rr_send() {
	local pid rc
	vf_sink 0 0
	newest 10.0.0.4
	peer_exec 0 insns echo 9 >/tmp/echo &
	pid=$!
	poll_for 5 [ -s /tmp/echo ]
	insns rr 10.0.0.4 9 "$1"
	rc=$?
	wait $pid
	rm /tmp/echo
	return $rc
}

run_rr() {
	local before line count=$((COUNT / 4))
	far_end
	before=$(dev_count "$VF")
	line=$(rr_send $count) || t_die rr
	note "rr: the VF had $before, has $(dev_count "$VF")"
	assert_le "$(word sent "$line")" $(($(if_stat "$VF" tx_packets) - ${before#* })) \
		"rr: requests left by the VF"
	assert_le "$(word sent "$line")" $(($(if_stat "$VF" rx_packets) - ${before% *})) \
		"rr: answers came by the VF"
	row_of rr "$line"
}

trace_rr() {
	far_end
	traced rr rr_send $((TRACED / 4))
}

# --- receive: pktgen as the driver of the VF ---------------------------------------

pg() {
	echo "$2" >"/proc/net/pktgen/$1" || t_die "pktgen: $1: $2"
}

# pktgen_setup DEV IP-DESTINATION
pktgen_setup() {
	local line
	pg kpktgend_0 rem_device_all
	pg kpktgend_0 "add_device $1"
	while read -r line; do
		pg "$1" "$line"
	done <<-SETTINGS
	xmit_mode netif_receive
	burst 1
	delay 0
	pkt_size 106
	dst_mac $(mac_of "$1")
	src_mac 02:00:00:00:00:00
	dst $2
	src_min 10.0.0.2
	src_max 10.0.0.2
	udp_src_min 9
	udp_src_max 9
	udp_dst_min 9
	udp_dst_max 9
	SETTINGS
}

# pktgen_run DEV COUNT: sets USEC; pktgen's own time, for it sleeps before and after
pktgen_run() {
	pg "$1" "count $2"
	pg pgctrl start
	USEC=$(sed -n 's/^Result: OK: \([0-9]*\)(.*/\1/p' "/proc/net/pktgen/$1")
	[ -n "$USEC" ]
}

# pktgen_cost: sets INSNS, of $COUNT packets. What comes once for a run does not count,
# nor what comes now and then, as a driver's timer does: of each length the shortest of
# three. Sets SENT, what was sent altogether.
pktgen_cost() {
	local n short='' long=''
	SENT=$((9 * COUNT))
	for n in 1 2 3; do
		pktgen_run "$VF" "$COUNT" || return
		[ "$USEC" -ge "${short:-$((USEC + 1))}" ] || short=$USEC
		pktgen_run "$VF" $((2 * COUNT)) || return
		[ "$USEC" -ge "${long:-$((USEC + 1))}" ] || long=$USEC
	done
	INSNS=$(((long - short) * 1000))
}

# all CPUs, but for idle and I/O wait, in ns
busy() { awk '/^cpu / { printf "%.0f", ($2 + $3 + $4 + $7 + $8) * 1e7 }' /proc/stat; }

# pktgen_time WORKLOAD: the same by the clock on the wall: of rounds the median
pktgen_time() {
	local n cpu rounds=11
	SENT=$((rounds * COUNT))
	cpu=$(busy)
	for n in $(seq $rounds); do
		pktgen_run "$VF" "$COUNT" || return
		echo "$USEC"
	done >/tmp/usec
	cpu=$((($(busy) - cpu) / rounds))
	USEC=$(sort -n /tmp/usec | sed -n $((rounds / 2 + 1))p)
	wall "$1" "$COUNT" $((1000 * USEC)) "$cpu"
}

# pktgen_measure WORKLOAD
pktgen_measure() {
	if [ -n "${WALL:-}" ]; then
		pktgen_time "$1"
	else
		pktgen_cost && row "$1" "$COUNT" "$INSNS"
	fi
}

# datagrams that came to the socket, which is full and has been since the first few
dropped_at_socket() { awk '/^Udp:/ { n = $6 } END { print n }' /proc/net/snmp; }

# vf_rx_of: what hv_netvsc has counted as received by the VF
vf_rx_of() { estat "$APP" vf_rx_packets; }

rx_ready() {
	local port=9
	[ -z "${SINK_PID:-}" ] || return 0
	insns sink $port "$APP" >/tmp/sink &
	SINK_PID=$!
	poll_for 5 [ -s /tmp/sink ] || t_die "no socket to receive at"
	pktgen_setup "$VF" 10.0.0.1
	must pktgen_run "$VF" 1000
}

run_rx_udp() {
	local dropped vf
	rx_ready
	dropped=$(dropped_at_socket)
	vf=$(vf_rx_of)
	must pktgen_measure rx_udp
	assert_eq $(($(dropped_at_socket) - dropped)) "$SENT" \
		"rx_udp: each packet came to the socket on $APP"
	[ -z "$vf" ] || assert_eq $(($(vf_rx_of) - vf)) "$SENT" \
		"rx_udp: and was the VF's"
}

trace_rx_udp() {
	rx_ready
	traced_pktgen rx_udp
}

# --- in by one pair, out by the other ----------------------------------------------

# What a driver receives says by which queue, and a device with several chooses by that
# among its own. Without, it has to compute a hash, for 640 instructions.
from_a_queue() {
	if [ -e "/sys/class/net/$VF/queues/tx-1" ]; then
		pg "$VF" "queue_map_min 1"
		pg "$VF" "queue_map_max 1"
	fi
}

forward_ready() {
	echo 1 >/proc/sys/net/ipv4/ip_forward
	vf_sink 1 1
	newest 10.0.1.2
	pktgen_setup "$VF" 10.0.1.2
	from_a_queue
	must pktgen_run "$VF" 1000
}

run_forward() {
	local sent
	forward_ready
	sent=$(if_stat "$VF1" tx_packets)
	must pktgen_measure forward
	assert_eq $(($(if_stat "$VF1" tx_packets) - sent)) "$SENT" \
		"forward: each packet left by the other VF"
	forward_done
}

forward_done() {
	echo 0 >/proc/sys/net/ipv4/ip_forward
	pktgen_setup "$VF" 10.0.0.1
}

trace_forward() {
	forward_ready
	traced_pktgen forward
	forward_done
}

# --- receive with GRO: the far end of a simulated VF -------------------------------

# They end behind GRO and routing: for an address that nobody has
gro_ready() {
	far_end
	[ -n "$(ip route show type blackhole)" ] || must ip route add blackhole 10.9.0.0/16
}

gro_send() {
	in_peer 0 insns frames "$FAR" "$(mac_of "$VF")" 10.0.0.4 10.9.0.1 $SEGMENTS "$1"
}

ip_received() { awk '/^Ip:/ { n = $4 } END { print n }' /proc/net/snmp; }

run_rx_gro() {
	local before ip line sent count=$((COUNT / 4))
	[ "$SCENARIO" = vfsim ] || return 0
	gro_ready
	before=$(if_stat "$VF" rx_packets)
	ip=$(ip_received)
	line=$(gro_send $count) || t_die rx_gro
	sent=$(word sent "$line")
	assert_eq $(($(if_stat "$VF" rx_packets) - before)) $((sent * SEGMENTS)) \
		"rx_gro: each segment came by the VF"
	assert_eq $(($(ip_received) - ip)) "$sent" "rx_gro: merged to one packet"
	row_of rx_gro "$line"
}

trace_rx_gro() {
	[ "$SCENARIO" = vfsim ] || return 0
	gro_ready
	traced rx_gro gro_send $((TRACED / 10))
}
