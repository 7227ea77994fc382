# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# synthetic=virtio_net: a virtio_net device as the synthetic NIC, no Hyper-V. No
# driver takes the VF, so it is the module's with either claim. It arrives, leaves
# and vanishes; MTU, MAC, features, modes, carrier, counters; unloading restores
# claims: auto self
# cost: high
# machine: cards
# allow: virtio_net virtio[0-9] far[0-9]: NETDEV WATCHDOG
#
# QEMU's hub holds back what the far end sends while the card at the near end takes
# nothing, as one that is being reset: on a busy machine for seconds.

# all that unloading has to leave as it was
settings() {
	echo "$(mac_of "$1") $(cat "/sys/class/net/$1/mtu" "/sys/class/net/$1/flags")" \
		"$(ip -d link show "$1" | grep -o 'promiscuity.*')" \
		"$(ethtool -k "$1" | md5sum)"
}
arrived() {
	wait_for 20 an_active 0
	VF=$(card_dev "$CARD_VMXNET3")
	assert_eq "$(an_claim eth0) $(master_of "$VF")" "self eth0" "$1: enslaved"
	check "$1: the VF carries" carries "$VF"
}
left() {
	wait_for 5 an_alone 0
	check "$1: traffic on the synthetic path" carries eth0
}
vf_is() { # WHAT VALUE: mtu or address
	assert_eq "$(cat "/sys/class/net/$VF/$1")" "$2" "the VF has $1 $2"
}
tx_of() { if_stat eth0 tx_packets; }
promiscuity() { ip -d link show "$1" | sed -n 's/.* promiscuity \([0-9]*\).*/\1/p'; }

# Whatever the order of the bus, the synthetic device is eth0.
virtio_load
syn=$(net_of /sys/bus/pci/devices/0000:00:1c.0)
if [ "$syn" != eth0 ]; then
	must ip link set eth0 name old0
	must ip link set "$syn" name eth0
fi
far_up "$CARD_VIRTIO" 0
far_up "$CARD_VMXNET3" 0
must nic_up 0
must modprobe vmxnet3
poll_for 5 card_there "$CARD_VMXNET3"
before=$(settings eth0)
vf_before=$(settings "$(card_dev "$CARD_VMXNET3")")
flow_start 1 tx 4
flow_start 2 rx 6
tcp_start 1 4

an_load synthetic=virtio_net
arrived "was there already"
sent=$(tx_of)
vf_sent=$(if_stat "$VF" tx_packets)
vf_sent_200() { [ $(($(if_stat "$VF" tx_packets) - vf_sent)) -gt 200 ]; }
poll_for 5 vf_sent_200
assert_gt $(($(tx_of) - sent)) 199 "what the VF sends counts as eth0's"
assert_gt "$(estat eth0 vf_tx_packets)" 199 "and in ethtool's rows"
assert_gt "$(estat eth0 vf_rx_packets)" 30 "as does what it receives"

# settings
check "MTU 2000" ip link set eth0 mtu 2000
vf_is mtu 2000
refute "MTU 30000 is too much for the VF" ip link set eth0 mtu 30000
assert_eq "$(cat /sys/class/net/eth0/mtu)" 2000 "eth0 keeps 2000"
vf_is mtu 2000
mac=$(mac_of eth0)
check "MAC changes" ip link set eth0 address 00:15:5d:aa:bb:02
vf_is address 00:15:5d:aa:bb:02
check "traffic with the new MAC" carries "$VF"
check "MAC back" ip link set eth0 address "$mac"
vf_is address "$mac"
must ethtool -K eth0 gro off
check "GRO off on the VF" eval \
	"ethtool -k $VF | grep -q '^generic-receive-offload: off'"
must ip link set eth0 promisc on
assert_eq "$(promiscuity "$VF")" 1 "the VF is promiscuous"
check "traffic with all that" carries "$VF"

# carrier (only while the card's driver is there: QEMU 7.2 does not survive it
# else)
mon set_link "near$CARD_VMXNET3" off
wait_for 5 an_state_is eth0 joined
check "no carrier: traffic on the synthetic path" carries eth0
mon set_link "near$CARD_VMXNET3" on
arrived "carrier is back"

# counters do not go back when the VF does
sent=$(tx_of)
card_remove "$CARD_VMXNET3"
left "removed"
assert_gt "$(tx_of)" "$sent" "eth0's counters go on from where they were"
card_rescan "$CARD_VMXNET3"
arrived "returned"
vf_is mtu 2000
assert_eq "$(promiscuity "$VF")" 1 "returned: promiscuous"

# unloaded: as everything was
must ethtool -K eth0 gro on
must ip link set eth0 promisc off
check "MTU 1500" ip link set eth0 mtu 1500
an_unload
check "unloaded: traffic on the synthetic path" carries eth0
assert_eq "$(settings eth0)" "$before" "unloaded: eth0 as it was"
assert_eq "$(settings "$VF")" "$vf_before" "unloaded: the VF as it was"
assert_eq "$(master_of "$VF")" "" "unloaded: the VF is free"
an_load synthetic=hv_netvsc,virtio_net
arrived "loaded again"

# the slot loses power, with it the card
echo 0 >"/sys/bus/pci/slots/$((13 + CARD_VMXNET3))/power"
left "no power"
mon device_add "vmxnet3,bus=rp$((13 + CARD_VMXNET3)),netdev=near$CARD_VMXNET3,mac=$mac,romfile="
wait_for 20 card_there "$CARD_VMXNET3"
arrived "a new card"
flow_stop 1 2
tcp_check 1
for id in 1 2; do
	assert_gt "$(flow_get $id received)" 1000 "flow $id: received"
	assert_eq "$(flow_get $id dup)" 0 "flow $id: none twice"
done

# the synthetic device goes and comes
dev=$(basename "$(readlink /sys/class/net/eth0/device)")
echo "$dev" >/sys/bus/virtio/drivers/virtio_net/unbind
wait_for 5 netdev_gone eth0
assert_eq "$(master_of "$VF")" "" "no synthetic device: the VF is free"
echo "$dev" >/sys/bus/virtio/drivers/virtio_net/bind
check "eth0 is back" nic_up 0
wait_for 20 an_active 0
check "eth0 is back: reaches the world" reaches 10.0.0.2
check "the VF's driver unloads while it carries" rmmod vmxnet3
wait_for 5 an_alone 0
check "still reaches the world" reaches 10.0.0.2
an_unload
cards_done
rig_clean
t_done
