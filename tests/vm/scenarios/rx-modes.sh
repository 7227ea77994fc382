# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Promiscuous mode, allmulti and address lists reach the VF, and leave with it
# claims: auto self
stack_up 1
vf=$(vf_dev 0)
must ip link set eth0 promisc on
check "VF is promiscuous" flag_set "$vf" 0x100
must ip link set eth0 promisc off
refute "VF no longer" flag_set "$vf" 0x100
must ip link set eth0 allmulticast on
check "VF takes all multicast" flag_set "$vf" 0x200
must ip link set eth0 allmulticast off
refute "VF no longer" flag_set "$vf" 0x200
must ip maddr add 01:00:5e:01:02:03 dev eth0
check "multicast list" eval "ip maddr show dev $vf | grep -q 01:00:5e:01:02:03"
must ip maddr del 01:00:5e:01:02:03 dev eth0
refute "taken off the list" eval \
	"ip maddr show dev $vf | grep -q 01:00:5e:01:02:03"

# set while there is no VF, known to the one that comes
vf_unplug 0
wait_for 5 an_alone 0
must ip link set eth0 promisc on
must ip maddr add 01:00:5e:01:02:04 dev eth0
vf_up 0
vf=$(vf_dev 0)
check "new VF is promiscuous" flag_set "$vf" 0x100
check "new VF has the multicast list" eval \
	"ip maddr show dev $vf | grep -q 01:00:5e:01:02:04"
if [ "$CLAIM" = self ]; then
	an_unload
	refute "promiscuous mode taken back" flag_set "$vf" 0x100
	refute "multicast list taken back" eval \
		"ip maddr show dev $vf | grep -q 01:00:5e:01:02:04"
fi
must ip link set eth0 promisc off
rig_clean
t_done
