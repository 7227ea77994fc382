# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# shellcheck source=tests/vm/lib.sh
#
# make demo, the guest's side: flows in both directions while a VF arrives, is
# taken away by the host and given back. Runs like a scenario; CLAIM is auto or
# self, or "without" for stock hv_netvsc alone.
#
# Says what happens in "DEMO" lines for tests/vm/demo.awk.

DEMO_TCP=2000000		# bytes/s, each way: what emulation can keep up
DEMO_UDP=500			# datagrams/s, each way
DEMO_PHASE=3			# seconds of a steady phase

# the harness keeps a trace, which the sampler would fill
set +x

# emit WHAT TEXT...
emit() {
	read -r up _ </proc/uptime
	echo "<5>T: # DEMO ${up%.*}${up#*.}0 $*" >/dev/kmsg
}

# One sample: the counters in the order in which demo.awk wants them. Shell
# built-ins only: under emulation a process costs more than all of this.
sample() {
	read -r up _ </proc/uptime
	while read -r key val; do
		case $key in
		syn_tx_bytes) stb=$val ;;
		syn_rx_bytes) srb=$val ;;
		vf_tx_bytes) vtb=$val ;;
		vf_rx_bytes) vrb=$val ;;
		syn_tx_frames) stf=$val ;;
		syn_rx_frames) srf=$val ;;
		vf_tx_frames) vtf=$val ;;
		vf_rx_frames) vrf=$val ;;
		esac
	done <"$HV/nic0/stats"
	echo "<5>T: # DEMO ${up%.*}${up#*.}0 sample" \
		"$stb $srb $vtb $vrb $stf $srf $vtf $vrf" >/dev/kmsg
}

sampler() {
	was=
	while [ -e /tmp/sampling ]; do
		sample
		read -r path <"$HV/nic0/datapath"
		if [ "$path" != "$was" ]; then
			[ -z "$was" ] || emit event 2 "data path: $path"
			was=$path
		fi
		usleep 180000
	done
	sample
}

# phase NAME: let things settle, then measure
phase() {
	sleep 0.5
	emit phase "$1"
	sleep $DEMO_PHASE
	emit phase -
}

# The host gives and takes both the association and the PCI function.
host_gives() {
	emit event 1 "$1"
	vf_give 0
	poll_for 15 on_vf 0 || emit say "the host does not send to the VF"
}

host_takes() {
	emit event 1 "$1"
	vf_take 0
	poll_for 5 on_syn 0 || emit say "the host still sends to the VF"
}

# Who is whose master, and what the module says of it
show_pair() {
	ip -br link show master eth0 | while read -r vf_name flags mac more; do
		emit say "the pair: eth0 is the master of $vf_name $mac $flags $more"
	done
	[ "$CLAIM" != without ] || return 0
	emit say "an_failover: claim $(an_claim eth0), state $(an_state eth0)"
}

report() {
	for dir in tx rx; do
		id=1
		[ $dir = tx ] || id=2
		emit flow $dir seen="$(flow_get $id received)" \
			lost="$(flow_lost $id)" dup="$(flow_get $id dup)" \
			reordered="$(flow_get $id reordered)" \
			sockdrops="$(flow_get $id sockdrops)" \
			switch="$(switch_flow 0 $dir $id lost)"
	done
	emit tcp "$(cat /tmp/tcp.3.connect)"
}

rig_up 1
vf_load mlx5_core
[ "$CLAIM" = without ] || an_load
hv_stats_reset 0
flows_reset 0

flow_start 1 tx 4 0 $DEMO_UDP 400
flow_start 2 rx 4 0 $DEMO_UDP 400
tcp_start 3 4 0 "$DEMO_TCP"
: >/tmp/sampling
sampler &
sampler_pid=$!
# samples in time, whatever the flows do to this slow machine
renice -n -10 -p $sampler_pid >/dev/null
sleep 0.5

phase "synthetic only"
host_gives "VF arrives"
show_pair
phase "on the VF"
host_takes "host revokes"
phase "revoked: synthetic"
host_gives "host restores"
phase "on the VF again"

rm /tmp/sampling
wait $sampler_pid
flow_stop 1 2
tcp_check 3
report
emit "done"
