# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A real driver, e1000e, on QEMU's emulated card as the VF; a second card with
# the same address is refused
# claims: auto self
# nics: 3
# machine: emptyports
# timeout: 120
#
# The card hangs on a hub of QEMU's, together with one more that stands for the
# world: in peer0, that one and hvup0 are ports of a bridge.
card() { # SLOT ID NETDEV MAC
	note "$(mon device_add "e1000e,bus=rp$1,id=$2,netdev=$3,mac=$4")"
}
card_net() { # SLOT: name of the netdev behind a port
	basename "$(echo "/sys/bus/pci/devices/$(cut -c1-7 \
		"/sys/bus/pci/slots/$1/address"):00.0/net/"*)"
}
has_card() { [ "$(card_net "$1")" != "*" ]; }
has_no_card() { ! has_card "$1"; }
power_off() { echo 0 >"/sys/bus/pci/slots/$1/power"; }
# QEMU lets go of a card some time after the guest did
card_again() { card "$@"; usleep 200000; has_card "$1"; }
# e1000e needs seconds for its carrier
carrying() {
	wait_for 20 an_active 0
	wait_for 5 on_vf 0
}

rig_up 1
mac=$(mac_of eth0)
must modprobe e1000e
for i in 0 1 2; do
	note "$(mon netdev_add "hubport,id=h$i,hubid=0")"
done
card 6 world h1 02:00:00:00:00:77
wait_for 15 has_card 6
world=$(card_net 6)
must ip link set "$world" netns peer0
in_peer 0 ip -batch - <<-BATCH
	link add br0 type bridge
	link set hvup0 master br0
	link set $world up
	link set $world master br0
	addr flush dev hvup0
	link set br0 up
	addr add 10.0.0.2/24 dev br0
	addr add fd00:0::2/64 dev br0 nodad
BATCH
# Without a peer that takes whole packets, QEMU 7.2 cuts TSO packets into IP
# fragments, which IPv6 does not have.
must ethtool -K eth0 tso off
an_load
wait_for 20 reaches 10.0.0.2
flow_start 1 tx 4
flow_start 2 rx 4
tcp_start 1 4
tcp_start 2 6

card 5 vf0 h0 "$mac"
wait_for 15 has_card 5
carrying
vf=$(card_net 5)
assert_eq "$(master_of "$vf")" eth0 "e1000e's device is a lower device of eth0"
assert_eq "$(an_claim eth0)" "$([ "$CLAIM" = self ] && echo self || echo driver)" \
	"claimed as asked"
refute "TSO is off on the VF as on eth0" eval \
	"ethtool -k $vf | grep -q '^tcp-segmentation-offload: on'"
tx=$(if_stat "$vf" tx_packets) rx=$(if_stat "$vf" rx_packets)
carries() {
	[ $(($(if_stat "$vf" tx_packets) - tx)) -gt 50 ] &&
		[ $(($(if_stat "$vf" rx_packets) - rx)) -gt 50 ]
}
wait_for 10 carries

card 7 vf1 h2 "$mac"
wait_for 15 has_card 7
refused() { [ "$(estat eth0 an_refused)" = 1 ]; }
wait_for 5 refused
assert_eq "$(master_of "$(card_net 7)")" "" "the second card is left alone"
check "the first goes on" an_active 0
power_off 7
wait_for 10 has_no_card 7

check "revoked: power off" power_off 5
wait_for 10 has_no_card 5
wait_for 5 an_alone 0
wait_for 5 on_syn 0
wait_for 20 reaches 10.0.0.2
wait_for 20 card_again 5 vf0 h0 "$mac"
carrying
wait_for 20 reaches 10.0.0.2
flow_stop 1 2
tcp_check 1
tcp_check 2
for id in 1 2; do
	assert_gt "$(flow_get $id received)" 100 "flow $id: received"
done
vf=$(card_net 5)
check "e1000e unloads while it carries" rmmod e1000e
wait_for 5 an_alone 0
rig_clean
power_off 5
power_off 6
t_done
