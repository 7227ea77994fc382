# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Somebody else handles the VF: opens it too early, shuts and opens it, gives it
# addresses, and settings that are the synthetic device's to choose
# claims: auto self
rig_up 1
an_load window_ms=$((2000 * SLOW))
vf_load
two_start
vf_plug 0
wait_for 5 vf_has_dev 0
vf=$(vf_dev 0)

# opened in the rename window: with claim self nothing moves before it is over
must ip link set "$vf" up
if [ "$CLAIM" = self ]; then
	check "the host is not told to send there yet" on_syn 0
	check "nor does it carry" an_state_is eth0 joined
fi
two_move "opened early"
wait_for 10 an_active 0
wait_for 5 on_vf 0
two_move "after the window"

must ip link set "$vf" down
wait_for 5 on_syn 0
check "joined" an_state_is eth0 joined
two_move "set down"
must ip link set "$vf" up
wait_for 5 an_active 0
wait_for 5 on_vf 0

# addresses on it: nobody listens there, nothing is disturbed
must ip addr add 192.0.2.1/24 dev "$vf"
must ip -6 addr add 2001:db8::1/64 dev "$vf" nodad
two_move "with addresses"
must ip addr flush dev "$vf"

# What the synthetic device has counts. An MTU: scenario mtu-drift.
mac=$(mac_of eth0)
mac_is() { [ "$(mac_of "$1")" = "$2" ]; }
filtered=$(vf_row 0 rx_filtered)
for other in 02:aa:bb:cc:dd:ee 02:aa:bb:cc:dd:ef; do
	must ip link set "$vf" address $other
	wait_for 5 mac_is "$vf" "$mac"
done
# what came while it had the other address
filtered=$(($(vf_row 0 rx_filtered) - filtered))
check "eth0 keeps its address" mac_is eth0 "$mac"
wait_for 5 an_active 0
feature_is() {
	ethtool -k "$1" | grep -q "^$2: $3"
}
must ethtool -K "$vf" tso off rx-vlan-filter off
if [ "$CLAIM" = self ]; then
	wait_for 5 feature_is "$vf" tcp-segmentation-offload on
	check "what eth0 knows nothing of is the VF's own" \
		feature_is "$vf" rx-vlan-filter off
else
	check "features are the driver's business" \
		feature_is "$vf" tcp-segmentation-offload off
	must ethtool -K "$vf" tso on
fi

# Modes: each holder gives back his own
must ip link set eth0 promisc on
for set in "promisc on" "promisc off" "allmulticast on" "allmulticast off" \
	   "multicast off" "multicast on" "arp off" "arp on"; do
	# shellcheck disable=SC2086
	must ip link set "$vf" $set
done
if [ "$CLAIM" = self ]; then
	check "promiscuous for eth0" flag_set "$vf" 0x100
fi
must ip link set eth0 promisc off
refute "no longer promiscuous" flag_set "$vf" 0x100
check "still a slave" flag_set "$vf" 0x800
assert_eq "$(master_of "$vf")" eth0 "still eth0's"
two_move "after all that"
flow_stop 1 2
flow_whole 1 10
flow_whole 2 $((10 + filtered))

# open although its NIC is shut: carries nothing, and is ready afterwards
must ip link set eth0 down
must ip link set "$vf" up
refute "not active" an_active 0
must ip link set eth0 up
wait_for 10 an_active 0
wait_for 5 on_vf 0
wait_for 5 reaches 10.0.0.2
an_unload
if [ "$CLAIM" = self ]; then
	check "what was set on the VF stays" feature_is "$vf" rx-vlan-filter off
	refute "no slave any more" flag_set "$vf" 0x800
fi
rig_clean
t_done
