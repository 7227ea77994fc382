# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Somebody moves the VF to another namespace, again and again, as plugins of
# containers do: it is fetched back each time, with an event, and nothing more;
# or it cannot be fetched
# claims: auto self
T=/sys/kernel/tracing
must ip netns add pod
rig_up 1
an_load
echo 1 >$T/events/an_failover/enable
# From 6.15 on, stock hv_netvsc locks up when a VF whose operations run under its
# instance lock, such as mlx5's, registers in another namespace.
vf_load mlx4_core
vf_up 0
two_start
tcp_start 1 4
back() { [ "$(master_of "$(vf_dev 0)")" = eth0 ]; }
two_move "before"
lines=$(log_since | wc -l)
for i in 1 2 3 4 5 6 7 8 9 10; do
	must ip link set "$(vf_dev 0)" netns pod
	poll_for 10 back || t_fail "round $i: fetched back"
	poll_for 10 an_active 0 || t_fail "round $i: active"
done
wait_for 5 on_vf 0
two_move "moved ten times"
# The driver's own lines are among these.
assert_le $(($(log_since | wc -l) - lines)) 120 "lines in the log"
assert_eq "$(grep -c "an_detach: .* reason=vf_moved" $T/trace)" 10 "ten events"
assert_eq "$(grep -c "an_attach: " $T/trace)" 11 "taken as often"
switches=$(estat eth0 an_switches)
assert_eq "$switches" 21 "two switches for each"

# with another name, and next to one that has the VF's
must ip link set "$(vf_dev 0)" netns pod name mine
wait_for 10 back
wait_for 10 an_active 0
vf=$(vf_dev 0)
must ip -n pod link add "$vf" type dummy
refute "the name is taken there" ip link set "$vf" netns pod
check "nothing happened" an_active 0
assert_eq "$(estat eth0 an_switches)" 23 "and nothing else happens"
wait_for 5 on_vf 0
two_move "renamed"
flow_stop 1 2
tcp_check 1
flow_whole 1 $FLOW_FEW
flow_whole 2 $FLOW_FEW

# as it was found in the first place
if [ "$CLAIM" = self ]; then
	vf=$(vf_dev 0)
	must ip link set eth0 mtu 2000
	must ip link set "$vf" netns pod name again
	wait_for 10 back
	wait_for 10 an_active 0
	assert_eq "$(cat "/sys/class/net/$(vf_dev 0)/mtu")" 2000 "the VF's MTU"
	an_unload
	assert_eq "$(cat "/sys/class/net/$(vf_dev 0)/mtu")" 1500 "the VF's MTU, unloaded"
	an_load
	wait_for 10 an_active 0

	# eth0 goes where the VF cannot follow: a name of its is taken there
	vf=$(vf_dev 0)
	must ip link property add dev "$vf" altname twin
	must ip -n pod link add twin type dummy
	refute "so far it could be fetched" log_has "cannot move VF"
	must ip link set eth0 netns pod
	wait_for 10 log_has "cannot move VF $vf to this namespace"
	assert_eq "$(log_since | grep -c "eth0: cannot move VF")" 1 "said once"
	check "the VF is where it was" [ "$(vf_dev 0)" = "$vf" ]
	assert_eq "$(master_of "$vf")" "" "nobody has it"
	assert_eq "$(ip netns exec pod ethtool -S eth0 | grep -c "an_state: 0$")" 1 "no VF"
	must ip -n pod link del twin
	must ip link property del dev "$vf" altname twin
	must ip -n pod link set eth0 netns 1
	must nic_up 0
	wait_for 10 an_active 0
fi
check "nothing is left there" [ "$(ip -n pod -br link | wc -l)" = 2 ]

# a new NIC finds it there, in use
vf=$(vf_dev 0)
must ip link set "$vf" down
wait_for 5 on_syn 0
check "hv_netvsc unloads" rmmod hv_netvsc
must ip link set "$vf" netns pod name busy
must ip -n pod link add other type bond
must ip -n pod link set busy master other
must hv_load
must nic_up 0
wait_for 10 log_has "VF busy belongs to other, left alone"
# what leaves it may be the last one, but is not
must ip -n pod link add link busy name busy.5 type vlan id 5
said() { log_since | grep -c "VF busy belongs to other, left alone"; }
before=$(said)
must ip -n pod link del busy.5
looked() { [ "$(said)" -gt "$before" ]; }
wait_for 10 looked
check "it is where it was" ip -n pod link show busy
must ip -n pod link del other
wait_for 10 back
wait_for 10 an_active 0
wait_for 5 on_vf 0
wait_for 5 reaches 10.0.0.2
echo 0 >$T/events/an_failover/enable
echo >$T/trace
ip netns del pod
rig_clean
t_done
