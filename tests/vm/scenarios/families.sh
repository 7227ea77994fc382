# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Any family of VFs: mlx4, mana and one nobody has heard of
# claims: auto self
rig_up 1
an_load
T=/sys/kernel/tracing
echo 1 >$T/events/an_failover/an_attach/enable
for f in mlx4_core:mlx4 mana:mana vfsim:generic; do
	vf_load "${f%:*}"
	vf_up 0
	check "profile ${f#*:}" grep -q "profile=${f#*:}" $T/trace
	wait_for 5 reaches 10.0.0.2
	vf_unplug 0
	wait_for 5 an_alone 0
	vf_unload
done
echo 0 >$T/events/an_failover/an_attach/enable
echo >$T/trace
rig_clean
t_done
