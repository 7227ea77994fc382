# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Devices on top of the synthetic NIC: their traffic goes by the VF, also across
# a revocation
# claims: auto self
stack_up 1
bare() { ip addr flush dev eth0; }
addressed() { ip addr add 10.0.0.1/24 dev "$1"; ip link set "$1" up; }

bare
must ip link add link eth0 name up0 type macvlan mode bridge
addressed up0
across macvlan
ip link del up0

must ip link add link eth0 name up0 type ipvlan mode l2
addressed up0
across ipvlan
ip link del up0

must ip link add up0 type bridge
must ip link set eth0 master up0
addressed up0
across bridge
ip link del up0

must ip link add up0 type vrf table 10
must ip link set eth0 master up0
must ip link set up0 up
must ip addr add 10.0.0.1/24 dev eth0
in_vrf() { ping -I up0 -q -c 1 -W 1 "$1" >/dev/null; }
check "vrf" poll_for 8 in_vrf 10.0.0.2
before=$(hv_stat 0 vf_tx_frames)
for i in 1 2 3 4 5; do
	check "vrf: $i" in_vrf 10.0.0.2
done
assert_gt $(($(hv_stat 0 vf_tx_frames) - before)) 4 "vrf: by the VF"
ip addr flush dev eth0
ip link del up0

must ip link add up0 type bond mode active-backup miimon 100
must ip link set eth0 down
must ip link set eth0 master up0
addressed up0
wait_for 10 an_active 0
across bond
ip link set eth0 nomaster
ip link del up0
rig_clean
t_done
