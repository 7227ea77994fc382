# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# ethtool on the synthetic NIC: speed of the active path, features and TSO
# limits follow, and are restored
# claims: auto self
rig_up 1
setting() { ethtool eth0 2>/dev/null | sed -n "s/^[[:space:]]*$1: //p"; }
gso() { cat /sys/class/net/eth0/gso_max_size 2>/dev/null ||
	ip -d link show eth0 | sed -n 's/.*gso_max_size \([0-9]*\).*/\1/p'; }
speed=$(setting Speed) gso=$(gso)
same_features() {
	ethtool -k eth0 >/tmp/features.now
	assert_eq "$(diff /tmp/features /tmp/features.now | grep '^[<>]' |
		head -n 4 | tr '\n' ' ')" "" "$1"
}
ethtool -k eth0 >/tmp/features
an_load
vf_load
vf_up 0
vf=$(vf_dev 0)
assert_eq "$(setting Speed)" 100000Mb/s "speed of the VF"
assert_eq "$(setting Duplex)" Full "duplex of the VF"
vf_unplug 0
wait_for 5 an_alone 0
assert_eq "$(setting Speed)" "$speed" "speed of the synthetic path again"
same_features "features as before"
assert_eq "$(gso)" "$gso" "gso_max_size as before"

vf_up 0
vf=$(vf_dev 0)
feature() { ethtool -k "$1" | sed -n "s/^$2: //p"; }
short() { case $1 in tcp*) echo tso ;; *) echo rx ;; esac; }
for f in tcp-segmentation-offload rx-checksumming; do
	must ethtool -K eth0 "$(short $f)" off
	case $(feature "$vf" $f) in
	off*) t_ok "$f off on the VF too" ;;
	*) t_fail "$f off on the VF too" ;;
	esac
	must ethtool -K eth0 "$(short $f)" on
	assert_eq "$(feature "$vf" $f)" on "$f on again"
done
wait_for 5 reaches 10.0.0.2
an_unload
same_features "features as before the module"
assert_eq "$(gso)" "$gso" "gso_max_size as before the module"
rig_clean
t_done
