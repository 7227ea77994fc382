# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The VF, or its NIC, goes during the rename window; both go at the same time,
# twenty times
# claims: auto self
# cost: high
sysfs=/sys/bus/vmbus/drivers/hv_netvsc
rig_up 1
for d in "$sysfs"/*/net/eth0; do
	dev=${d%/net/eth0}
	dev=${dev##*/}
done
an_load window_ms=$((2000 * ${SLOW:-1}))
vf_load
unbind() { echo "$dev" >$sysfs/unbind; }
bind() { echo "$dev" >$sysfs/bind; }

vf_plug 0
wait_for 5 vf_has_dev 0
vf_unplug 0
wait_for 5 an_alone 0
check "synthetic: works" reaches 10.0.0.2
# the next one has a window of its own
vf_plug 0
wait_for 5 vf_has_dev 0
[ "$CLAIM" = auto ] || check "joined" an_state_is eth0 joined
unbind
wait_for 5 netdev_gone eth0
vf=$(vf_dev 0)
assert_eq "$(master_of "$vf")" "" "NIC gone: the VF is free"
bind
must nic_up 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
check "both back: works" reaches 10.0.0.2
vf_unplug 0
wait_for 5 an_alone 0
an_unload

# without a window, so that it is open or not when they go
an_load window_ms=0
function=/sys/bus/pci/devices/$(vf_pci 0)
for i in $(seq 20); do
	vf_plug 0
	# by turns: at once, and when it carries
	[ $((i % 2)) = 0 ] || poll_for 10 an_active 0 ||
		t_fail "round $i: carries"
	if [ $((i / 2 % 2)) = 0 ]; then
		echo 1 >"$function/remove" &
		unbind
	else
		unbind &
		echo 1 >"$function/remove"
	fi
	wait
	poll_for 5 netdev_gone eth0 || t_fail "round $i: NIC gone"
	poll_for 5 vf_has_no_dev 0 || t_fail "round $i: VF gone"
	bind
	poll_for 5 netdev_exists eth0 || t_fail "round $i: NIC back"
	ip link set eth0 up
done
# hv_netvsc, unbound with the VF open, leaves the host's path with the VF
vf_up 0
must nic_up 0
for why in revoked synthetic_gone driver; do
	note "released, $why: $(log_since | grep -c "released ($why)")"
done
two_whole "after all"
rig_clean
t_done
