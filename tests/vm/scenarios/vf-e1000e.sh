# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A real driver's device as the VF: e1000e, hot-plugged, with its own carrier
# claims: auto self
# machine: e1000e
# timeout: 120

# The world has two ways to the guest, hvup0 and the far end of the e1000e, and
# learns by which the guest sends, as a switch does.
world_up() {
	must modprobe virtio_pci
	must modprobe virtio_net
	must poll_for 5 netdev_exists eth1
	must ip link set eth1 netns peer0 name world0
	must in_peer 0 ip -batch - <<-BATCH
	link add br0 type bridge forward_delay 0 mcast_snooping 0
	addr flush dev hvup0
	link set hvup0 master br0
	link set world0 master br0
	link set world0 up
	link set br0 up
	addr add 10.0.0.2/24 dev br0
	addr add fd00:0::2/64 dev br0 nodad
	BATCH
	ip neigh flush dev eth0
}

plug() { mon "device_add e1000e,id=vf,netdev=vf,bus=rp5,mac=$(mac_of eth0)"; }

# Turning the slot's power off ejects what is in it, faster than device_del.
eject() {
	echo 0 >/sys/bus/pci/slots/5/power
	wait_for 10 unplugged
}
unplugged() { ! mon_has "info pci" "id \"vf\""; }

rig_up 1
world_up
wait_for 5 reaches 10.0.0.2
wait_for 5 reaches fd00::2
must modprobe e1000e
an_load
tcp_start 1 4
tcp_start 2 6
flow_start 1 tx 4
flow_start 2 rx 6

for round in 1 2; do
	plug
	wait_for 20 an_active 0
	wait_for 5 on_vf 0
	vf=$(vf_dev 0)
	assert_eq "$(master_of "$vf")" eth0 "round $round: $vf is the lower device"
	sent=$(if_stat "$vf" tx_packets)
	got=$(if_stat "$vf" rx_packets)
	sleep 1
	assert_gt "$(if_stat "$vf" tx_packets)" $((sent + 100)) "round $round: out by it"
	assert_gt "$(if_stat "$vf" rx_packets)" $((got + 100)) "round $round: in by it"

	eject
	wait_for 5 an_alone 0
	wait_for 5 on_syn 0
	check "round $round: traffic back, out" flow_moves 0 tx 1
	check "round $round: traffic back, in" flow_moves 0 rx 2
done

flow_stop 1 2
tcp_check 1
tcp_check 2
assert_eq "$(flow_get 1 dup) $(flow_get 2 dup)" "0 0" "no datagram twice"
rig_clean
rmmod e1000e virtio_net
