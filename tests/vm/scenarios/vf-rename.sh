# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The VF is renamed, as udev does, in the rename window and after it
# claims: auto self
T=/sys/kernel/tracing
rig_up 1
an_load window_ms=$((2000 * ${SLOW:-1}))
echo 1 >$T/events/an_failover/enable
traced() { grep -q -e "$1" $T/trace; }
lower() { [ -e "/sys/class/net/eth0/lower_$1" ]; }
vf_load
two_start
vf_plug 0
wait_for 5 vf_has_dev 0
old=$(vf_dev 0)

# With claim driver the window is hv_netvsc's: 100 ms, gone by now perhaps.
if [ "$CLAIM" = self ]; then
	must ip link set "$old" name enP1
	check "closed and joined" an_state_is eth0 joined
	vf=enP1
else
	vf=$old
fi
wait_for 10 an_active 0
wait_for 5 on_vf 0
assert_eq "$(master_of "$vf")" eth0 "in the window: eth0's"
check "eth0's link to it has the name" lower "$vf"
two_move "renamed in the window"

# names that are taken
refute "not the NIC's name" ip link set "$vf" name eth0
refute "not lo" ip link set "$vf" name lo
check "still active" an_active 0

# Later. Until 6.1 nothing that is up can be renamed.
case $(uname -r) in
6.1.*)
	refute "the kernel renames nothing that is up" \
		ip link set "$vf" name enP2
	must ip link set "$vf" down
	must ip link set "$vf" name enP2
	must ip link set enP2 up
	wait_for 5 an_active 0
	wait_for 5 on_vf 0
	;;
*)
	must ip link set "$vf" name enP2
	assert_eq "$(estat eth0 an_switches)" 1 "nothing was switched"
	# the NIC itself
	must ip link set eth0 name wan0
	two_move "eth0 renamed"
	check "as wan0" an_state_is wan0 active
	assert_eq "$(master_of enP2)" wan0 "its master too"
	must ip link set wan0 name eth0
	;;
esac
check "active" an_active 0
check "the link to it has the new name" lower enP2
refute "and not the old one" lower "$vf"
assert_eq "$(vf_dev 0)" enP2 "the VF"
two_move "renamed later"
flow_stop 1 2
flow_whole 1 10
flow_whole 2 10

# names in log and trace follow
vf_unplug 0
wait_for 5 an_alone 0
check "log: released" log_has "VF enP2 released"
check "trace: attach" traced "an_attach: eth0 vf=$old "
check "trace: detach" traced "an_detach: eth0 vf=enP2 reason=revoked"
vf_plug 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
wait_for 5 reaches 10.0.0.2
echo 0 >$T/events/an_failover/enable
echo >$T/trace
rig_clean
t_done
