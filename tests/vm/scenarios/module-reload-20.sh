# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# 20 times loaded and unloaded under traffic
# claims: auto self
# timeout: 120
stack_up 1
flows_both
i=0
bad=0
while [ $i -lt 20 ]; do
	rmmod an_failover || bad=$((bad + 1))
	insmod /m/an-failover.ko claim="$CLAIM" window_ms=$((i * 10 % 50)) ||
		bad=$((bad + 1))
	# every other time it goes again before it has taken the VF
	if [ $((i % 2)) = 0 ]; then
		poll_for 5 an_active 0 || bad=$((bad + 1))
	fi
	i=$((i + 1))
done
assert_eq $bad 0 "20 cycles without an error"
wait_for 5 an_active 0
wait_for 5 on_vf 0
flows_move
flows_end
if [ "$CLAIM" = auto ]; then
	for id in 1 2 3 4; do
		assert_eq "$(flow_lost $id)" 0 "flow $id: none lost"
	done
fi
rig_clean
t_done
