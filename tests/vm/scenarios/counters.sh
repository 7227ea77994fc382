# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Counters of the synthetic device are the switch's counts, nothing twice
# claims: auto self
stack_up 1
neighbours_known	# nothing but what is counted here
quiet() { # MICROSECONDS
	local a
	a=$(cat $HV/nic0/stats | md5sum)
	usleep "$1"
	[ "$(cat $HV/nic0/stats | md5sum)" = "$a" ]
}
# listeners report their groups twice, a second apart
wait_for 20 quiet 1500000
hv_stats_reset 0
rx_p=$(if_stat eth0 rx_packets) tx_p=$(if_stat eth0 tx_packets)
rx_b=$(if_stat eth0 rx_bytes) tx_b=$(if_stat eth0 tx_bytes)
vrx_p=$(estat eth0 vf_rx_packets) vtx_p=$(estat eth0 vf_tx_packets)
vrx_b=$(estat eth0 vf_rx_bytes) vtx_b=$(estat eth0 vf_tx_bytes)
flow_start 1 tx 4
flow_start 2 rx 4
wait_for 10 flow_seen 0 tx 1 60
wait_for 10 flow_seen 0 rx 2 60
flow_stop 1 2
wait_for 10 quiet 300000

host_tx=$(hv_stat 0 vf_tx_frames) host_rx=$(hv_stat 0 vf_rx_frames)
assert_gt "$host_tx" 50 "the host has frames from the VF"
assert_gt "$host_rx" 50 "the host has frames for the VF"
assert_eq $(($(estat eth0 vf_tx_packets) - vtx_p)) "$host_tx" "vf_tx_packets"
assert_eq $(($(estat eth0 vf_rx_packets) - vrx_p)) "$host_rx" "vf_rx_packets"
assert_eq "$(estat eth0 vf_tx_dropped)" 0 "vf_tx_dropped"
assert_eq $(($(estat eth0 vf_tx_bytes) - vtx_b)) "$(hv_stat 0 vf_tx_bytes)" \
	"vf_tx_bytes"
# hv_netvsc does not count the Ethernet header of what the VF receives
header=0
[ "$CLAIM" = self ] || header=14
assert_eq $(($(estat eth0 vf_rx_bytes) - vrx_b + header * host_rx)) \
	"$(hv_stat 0 vf_rx_bytes)" "vf_rx_bytes"

syn_tx=$(hv_stat 0 syn_tx_frames) syn_rx=$(hv_stat 0 syn_rx_frames)
assert_eq $(($(if_stat eth0 tx_packets) - tx_p)) $((host_tx + syn_tx)) \
	"eth0 tx_packets, both paths"
assert_eq $(($(if_stat eth0 rx_packets) - rx_p)) $((host_rx + syn_rx)) \
	"eth0 rx_packets, both paths"
note "bytes: tx $(($(if_stat eth0 tx_bytes) - tx_b)) rx $(($(if_stat eth0 rx_bytes) - rx_b))"
if [ "$CLAIM" = self ]; then
	assert_eq $(($(if_stat eth0 tx_bytes) - tx_b)) \
		$(($(hv_stat 0 vf_tx_bytes) + $(hv_stat 0 syn_tx_bytes))) \
		"eth0 tx_bytes, both paths"
fi

# segments count as frames, both ways
if [ "$CLAIM" = self ]; then
	vrx_p=$(estat eth0 vf_rx_packets) vtx_p=$(estat eth0 vf_tx_packets)
	vrx_b=$(estat eth0 vf_rx_bytes) vtx_b=$(estat eth0 vf_tx_bytes)
	hv_stats_reset 0
	tcp_start 1 4 0 20000000
	usleep 1000000
	tcp_check 1
	wait_for 10 quiet 300000
	for w in packets:frames bytes:bytes; do
		a=${w%:*} b=${w#*:}
		eval "v=\$vtx_${a%"${a#?}"}"
		assert_eq $(($(estat eth0 vf_tx_$a) - v)) \
			"$(hv_stat 0 vf_tx_$b)" "TSO: vf_tx_$a"
		eval "v=\$vrx_${a%"${a#?}"}"
		assert_eq $(($(estat eth0 vf_rx_$a) - v)) \
			"$(hv_stat 0 vf_rx_$b)" "GRO: vf_rx_$a"
	done
fi

# they do not go back when the VF goes, nor when the module does
before=$(if_stat eth0 rx_packets) vtx_p=$(estat eth0 vf_tx_packets)
vf_unplug 0
wait_for 5 an_alone 0
assert_eq $(($(if_stat eth0 rx_packets) >= before)) 1 "rx_packets keeps"
assert_eq "$(estat eth0 vf_tx_packets)" "$vtx_p" "vf_tx_packets keeps"
an_unload
assert_eq $(($(if_stat eth0 rx_packets) >= before)) 1 "rx_packets still keeps"
rig_clean
t_done
