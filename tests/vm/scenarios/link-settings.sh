# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# ethtool on the synthetic NIC: speed of the active path, features and TSO
# limits follow, and are restored
# claims: auto self
rig_up 1
setting() { ethtool eth0 2>/dev/null | sed -n "s/^[[:space:]]*$1: //p"; }
LIMITS="gso_max_size gso_max_segs tso_max_size tso_max_segs"
# hv_netvsc sets tso_max_size itself from here on; what that lowers stays low
case $(uname -r) in 7.*) LIMITS=${LIMITS#* } ;; esac
limit() { # IF NAME
	ip -d link show "$1" | sed -n "s/.* $2 \([0-9]*\).*/\1/p"
}
limits() { for l in $LIMITS; do printf '%s ' "$l=$(limit "$1" $l)"; done; }
speed=$(setting Speed) limits=$(limits eth0)
note "$limits"
same_features() {
	ethtool -k eth0 >/tmp/features.now
	check "$1" same /tmp/features /tmp/features.now
}
# "tso on" is more than what was on to begin with
must ethtool -K eth0 tso off
must ethtool -K eth0 tso on
ethtool -k eth0 >/tmp/features
an_load
vf_load mlx5_core tso_max=20000
vf_up 0
vf=$(vf_dev 0)
assert_eq "$(setting Speed)" 100000Mb/s "speed of the VF"
assert_eq "$(setting Duplex)" Full "duplex of the VF"
# what is built for the VF, or for the synthetic path and then sent by the VF
lower() { # LIMIT NAME: at most that while the VF carries
	[ "$CLAIM" != self ] || assert_eq "$(limit eth0 "$2")" "$1" "$2: the VF's"
}
lower 20000 gso_max_size
lower 20000 tso_max_size
lower 20000 gso_max_segs
lower 20000 tso_max_segs
vf_unplug 0
wait_for 5 an_alone 0
assert_eq "$(setting Speed)" "$speed" "speed of the synthetic path again"
same_features "features as before"
assert_eq "$(limits eth0)" "$limits" "TSO limits as before"

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
# an administrator's own limit stays, whatever the VF's
must ip link set eth0 gso_max_size 10000
vf_unplug 0
wait_for 5 an_alone 0
assert_eq "$(limit eth0 gso_max_size)" 10000 "gso_max_size: the administrator's"
must ip link set eth0 gso_max_size "$(limit eth0 tso_max_size)"
vf_up 0
wait_for 5 reaches 10.0.0.2
an_unload
same_features "features as before the module"
# with claim auto the VF goes on
[ "$CLAIM" = auto ] ||
	assert_eq "$(limits eth0)" "$limits" "TSO limits as before the module"
rig_clean
t_done
