# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# QEMU's network cards in scenarios that say "machine: cards". Part of lib.sh.
#
# Card n is at one end of wire n; at the other is a virtio_net device, far<n>. Put
# into peer<i>, far<n> is a port of a bridge there, br0, as is hvup<i>. As on a
# real host, broadcasts and what is for an unknown address go by the synthetic
# path; the bridge learns by which port the guest sends and sends there. No frame
# comes twice, as it would with all on one of QEMU's hubs.

CARD_VIRTIO=0	# address of NIC 0
CARD_VMXNET3=1	# address of NIC 0
CARD_E1000E=2	# address of NIC 1
CARD_E1000=3	# address of NIC 2

# card_pci N
card_pci() {
	if [ "$1" = 0 ]; then
		echo 0000:00:1c.0
	else
		echo "$(cut -c1-7 "/sys/bus/pci/slots/$((13 + $1))/address"):00.0"
	fi
}

# net_of DIRECTORY: name of the netdev of a device in sysfs, empty if none
net_of() {
	local d
	for d in "$1"/net/* "$1"/virtio*/net/*; do
		[ ! -e "$d" ] || echo "${d##*/}"
	done
}

card_dev() { net_of "/sys/bus/pci/devices/$(card_pci "$1")"; }
card_there() { [ -n "$(card_dev "$1")" ]; }
card_gone() { ! card_there "$1"; }
card_remove() { echo 1 >"/sys/bus/pci/devices/$(card_pci "$1")/remove"; }
card_rescan() {
	local pci
	pci=$(card_pci "$1")
	echo 1 >"/sys/class/pci_bus/${pci%:*}/rescan"
}

# some kernels have the bus built in
virtio_load() {
	[ -d /sys/bus/pci/drivers/virtio-pci ] || must modprobe virtio_pci
	must modprobe virtio_net
}

# far_up CARD NIC: the other end of its wire goes into peer<NIC>. Load hv_netvsc
# before, so that its devices have the first names.
far_up() {
	local dev
	virtio_load
	dev=$(net_of "$(printf /sys/bus/pci/devices/0000:00:%x.0 $((24 + $1)))")
	bridge_up "$2"
	must ip link set "$dev" netns "peer$2" name "far$1"
	must in_peer "$2" ip link set "far$1" up master br0
	[ "$1" = $CARD_VIRTIO ] ||
		must in_peer "$2" bridge link set dev "far$1" \
			flood off mcast_flood off bcast_flood off
	must in_peer "$2" bridge link set dev "far$1" isolated on
}

# bridge_up NIC: peer<NIC>'s addresses go to br0
bridge_up() {
	[ -e "/run/netns/peer$1" ] || must ip netns add "peer$1"
	! in_peer "$1" ip link show br0 >/dev/null 2>&1 || return
	must in_peer "$1" ip link add br0 type bridge
	if in_peer "$1" ip link show "hvup$1" >/dev/null 2>&1; then
		must in_peer "$1" ip addr flush dev "hvup$1"
		must in_peer "$1" ip link set "hvup$1" master br0
		must in_peer "$1" bridge link set dev "hvup$1" isolated on
	fi
	must in_peer "$1" ip -batch - <<-BATCH
		link set lo up
		link set br0 up
		addr add 10.0.$1.2/24 dev br0
		addr add fd00:$1::2/64 dev br0 nodad
	BATCH
}

# cards_done: drivers unloaded, all cards on the bus
cards_done() {
	local m i
	for m in vmxnet3 e1000e e1000 virtio_net; do
		[ ! -d /sys/module/$m ] || check "$m unloads" rmmod $m
	done
	for i in 1 2 3; do
		[ -e "/sys/bus/pci/devices/$(card_pci $i)" ] || card_rescan $i
	done
}

# dev_count DEV: "received sent", as its own statistics have it
dev_count() { echo "$(if_stat "$1" rx_packets) $(if_stat "$1" tx_packets)"; }

# carries DEV: it sends and receives, 30 frames more of each within 10 s
carries() {
	local was
	was=$(dev_count "$1")
	# shellcheck disable=SC2086 # two words
	poll_for 10 dev_beyond "$1" $was
}

dev_beyond() {
	[ "$(if_stat "$1" rx_packets)" -ge $(($2 + 30)) ] &&
		[ "$(if_stat "$1" tx_packets)" -ge $(($3 + 30)) ]
}
