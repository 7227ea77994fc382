# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Trace events: attach, state with its reason, detach
# claims: auto self
rig_up 1
an_load
T=/sys/kernel/tracing
echo 1 >$T/events/an_failover/enable
vf_load
vf_up 0
vf=$(vf_dev 0)
wanted=driver
[ "$CLAIM" = auto ] || wanted=self
traced() { grep -q -e "$1" $T/trace; }
check "attach" traced "an_attach: eth0 vf=$vf claim=$wanted profile=mlx5"
check "joined" traced "an_state: eth0 synthetic -> joined reason=vf_arrived"
check "active" traced "an_state: eth0 joined -> active reason=link_up"
vf_set 0 carrier 0
wait_for 5 an_state_is eth0 joined
check "carrier lost" traced "active -> joined reason=carrier_lost"
check "nor more" [ "$(grep -c an_state: $T/trace)" = 3 ]
vf_set 0 carrier 1
wait_for 5 an_active 0
must ip link set eth0 down
wait_for 5 an_state_is eth0 joined
check "set down" traced "-> joined reason=synthetic_down"
nic_up 0
wait_for 10 an_active 0
vf_unplug 0
wait_for 5 an_alone 0
if [ "$CLAIM" = self ]; then
	check "revoked" traced "active -> draining reason=revoked"
	check "in order" traced "draining -> joined reason=revoked"
else
	check "revoked" traced "active -> joined reason=revoked"
fi
check "detach" traced "an_detach: eth0 vf=$vf reason=revoked"
echo 0 >$T/events/an_failover/enable
echo >$T/trace
assert_eq "$(estat eth0 an_switches)" 6 "six switches"
assert_eq "$(estat eth0 an_switch_link_up)" 3 "three by the VF's link"
assert_eq "$(estat eth0 an_switch_carrier_lost)" 1 "one for lost carrier"
assert_eq "$(estat eth0 an_switch_synthetic_down)" 1 "one for eth0 down"
assert_eq "$(estat eth0 an_switch_revoked)" 1 "one for the revocation"
rig_clean
t_done
