# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The synthetic NIC moves to another network namespace and back: the VF goes
# along; a VF that somebody moves away is fetched back
# claims: auto self
# Not mlx5_core: from 6.15 on, stock hv_netvsc locks up when such a VF registers in
# another namespace, see "Found in stock hv_netvsc" in Documentation/usage.rst.
rig_up 1
an_load
vf_load mlx4_core
vf_up 0
must ip netns add pod
in_pod() {
	local prog=$1
	shift
	nsenter --net=/run/netns/pod "/usr/sbin/$prog" "$@"
}
pod_has() { in_pod ip link show "$1" >/dev/null 2>&1; }
pod_vf() { in_pod ip -br link show master eth0 2>/dev/null | cut -d' ' -f1; }
pod_vf_there() { [ -n "$(pod_vf)" ]; }
pod_active() {
	in_pod ethtool -S eth0 | grep -q 'an_state: 2$'
}
must ip link set eth0 netns pod
in_pod ip -batch - <<-BATCH
	link set eth0 up
	addr add 10.0.0.1/24 dev eth0
BATCH
wait_for 10 pod_vf_there
wait_for 10 pod_active
wait_for 5 on_vf 0
check "traffic in the namespace" nsenter --net=/run/netns/pod \
	/usr/bin/ping -q -c 3 -i 0.1 -W 1 10.0.0.2

must nsenter --net=/run/netns/pod /usr/sbin/ip link set eth0 netns 1
must nic_up 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
wait_for 5 vf_has_dev 0
assert_eq "$(master_of "$(vf_dev 0)")" eth0 "the VF came back along"

# what container network plugins do
must ip link set "$(vf_dev 0)" netns pod
wait_for 10 vf_has_dev 0
wait_for 10 an_active 0
assert_eq "$(master_of "$(vf_dev 0)")" eth0 "fetched back"
wait_for 5 on_vf 0
wait_for 5 reaches 10.0.0.2

# the namespace is deleted with both inside
must ip link set eth0 netns pod
wait_for 10 pod_vf_there
must ip netns del pod
wait_for 10 netdev_exists eth0
must nic_up 0
wait_for 10 an_active 0
wait_for 5 reaches 10.0.0.2
rig_clean
t_done
