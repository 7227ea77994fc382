# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A VF whose driver fails to probe, or asks for patience, and works at the next
# try; one that somebody forbids a master; one that cannot be opened at first; one
# that refuses VLAN filters
# claims: auto self
# nics: 2
rig_up 2
an_load
vf_load
flow_start 1 tx 4

# probe failed: no netdev, and nobody minds
vf_param fail_probe 1
vf_plug 0
check "probe failed: no netdev" vf_has_no_dev 0
check "probe failed: eth0 stays alone" an_alone 0
check "probe failed: flow moves" flow_moves 0 tx 1
check "bound at the second try" vf_bind 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
vf_unplug 0
wait_for 5 an_alone 0

# another module is against the master link: nothing is left of the attempt
must insmod /m/ndwatch.ko veto=1
vf_plug 0
wait_for 5 vf_has_dev 0
wait_for 5 log_has "$([ "$CLAIM" = self ] && echo 'eth0: .*master link' ||
	echo 'err = -1')"
vf=$(vf_dev 0)
refute "no master: not a slave" flag_set "$vf" 0x800
assert_eq "$(master_of "$vf")" "" "no master"
check "no master: eth0 stays alone" an_alone 0
check "no master: flow moves" flow_moves 0 tx 1
check "no master: the receive handler is free" \
	ip link add link "$vf" name mv0 type macvlan
must ip link del mv0
vf_unplug 0
echo 0 >/sys/module/ndwatch/parameters/veto
vf_plug 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
must rmmod ndwatch
vf_unplug 0
wait_for 5 an_alone 0

# deferred: tried again when another one has been bound
vf_param defer_probe 1
vf_plug 0
check "probe deferred: no netdev" vf_has_no_dev 0
check "probe deferred: flow moves" flow_moves 0 tx 1
vf_plug 1
for nic in 0 1; do
	wait_for 10 an_active $nic
	wait_for 5 on_vf $nic
done
check "after both: flow moves" flow_moves 0 tx 1

# not to be opened: by the synthetic path, until it can be
vf=$(vf_dev 0)
refute "nothing is said of VFs that open" log_has "cannot open VF"
must ip link set eth0 down
vf_set 0 fail_open 1
must ip link set eth0 up
wait_for 5 on_syn 0
check "opening refused: flow moves" flow_moves 0 tx 1
assert_eq "$(an_state eth0)" joined "opening refused: joined"
[ "$CLAIM" = auto ] || check "opening refused: the log says so" \
	log_has "cannot open VF $vf yet"
vf_set 0 fail_open 0
# hv_netvsc does not try again
[ "$CLAIM" = self ] || must ip link set "$vf" up
wait_for 5 an_active 0
wait_for 5 on_vf 0
check "opened: flow moves" flow_moves 0 tx 1

# set down by an administrator it stays down
must ip link set "$vf" down
wait_for 5 on_syn 0
usleep 1500000
assert_eq "$(an_state eth0)" joined "set down: stays down"
must ip link set "$vf" up
wait_for 5 on_vf 0

# without room for VLAN filters: the VF takes all VLANs
vf_set 0 fail_vlan 1
vlan_both eth0 v5
wait_for 5 reaches 10.1.5.2
rx=$(hv_stat 0 vf_rx_frames)
check "VLAN refused: reached" ping -q -c 5 -i 0.05 -W 1 10.1.5.2
check "VLAN refused: by the VF" [ "$(hv_stat 0 vf_rx_frames)" -ge $((rx + 5)) ]
# the setting leaves with the module
if [ "$CLAIM" = self ]; then
	check "VLAN refused: the log says so" log_has "VF $vf refuses the filter of VLAN 5"
	check "the VF filters no VLANs" eval \
		"ethtool -k $vf | grep -q '^rx-vlan-filter: off'"
	an_unload
	check "the VF filters VLANs again" eval \
		"ethtool -k $vf | grep -q '^rx-vlan-filter: on'"
fi
ip link del v5
flow_stop 1
flow_whole 1 $FLOW_FEW
rig_clean
t_done
