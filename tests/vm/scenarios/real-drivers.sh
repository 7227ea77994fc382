# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Real drivers on QEMU's cards as VFs of three Hyper-V NICs: vmxnet3, e1000e and
# e1000 arrive, carry, leave and return; module and drivers are unloaded
# claims: auto self
# cost: high
# machine: cards
# allow: virtio_net virtio[0-9] far[0-9]: NETDEV WATCHDOG
#
# QEMU's hub holds back what the far end sends while the card at the near end takes
# nothing, as one that is being reset: on a busy machine for seconds.

# NIC by NIC: driver, card
CARDS="vmxnet3:$CARD_VMXNET3 e1000e:$CARD_E1000E e1000:$CARD_E1000"

# each COMMAND: with NIC, driver and card
each() {
	local c nic=0
	for c in $CARDS; do
		"$1" $nic "${c%:*}" "${c#*:}"
		nic=$((nic + 1))
	done
}

plug_in() { far_up "$3" "$1"; must modprobe "$2"; }

flows_on() {
	# Without a peer that takes whole packets, QEMU 7.2 cuts TSO packets into
	# IP fragments, which IPv6 does not have.
	must ethtool -K "eth$1" tso off
	flow_start $((2 * $1 + 1)) tx 4 "$1" 50
	flow_start $((2 * $1 + 2)) rx 6 "$1" 50
	tcp_start "$1" $((4 + $1 % 2 * 2)) "$1" 20000
}

arrived() {
	local vf
	# e1000 and e1000e take seconds to find their carrier
	wait_for 20 an_active "$1"
	wait_for 5 on_vf "$1"
	vf=$(card_dev "$3")
	assert_eq "$(master_of "$vf")" "eth$1" "$2: a lower device of eth$1"
	check "$2: TSO is off as on eth$1" eval \
		"ethtool -k $vf | grep -q '^tcp-segmentation-offload: off'"
	check "$2: sends and receives" carries "$vf"
}

claimed() {
	assert_eq "$(estat "eth$1" an_claim)" "$(claim_number)" "$2: claimed as asked"
}

remove() { card_remove "$3"; }
rescan() { card_rescan "$3"; }
unload() { check "$2 unloads while it carries" rmmod "$2"; }

alone() {
	wait_for 5 an_alone "$1"
	wait_for 5 on_syn "$1"
	check "$2: gone, eth$1 sends" flow_moves "$1" tx $((2 * $1 + 1))
	check "$2: gone, eth$1 receives" flow_moves "$1" rx $((2 * $1 + 2))
}

whole() {
	local id
	tcp_check "$1"
	flow_stop $((2 * $1 + 1)) $((2 * $1 + 2))
	for id in $((2 * $1 + 1)) $((2 * $1 + 2)); do
		assert_gt "$(flow_get $id received)" 100 "$2, flow $id: received"
		assert_eq "$(flow_get $id dup)" 0 "$2, flow $id: none twice"
	done
}

rig_up 3
an_load
each flows_on
each plug_in
each arrived
each claimed
each remove
each alone
each rescan
an_unload
an_load
each arrived
each unload
each alone
each whole
rig_clean
cards_done
t_done
