# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Eight pairs at once; families change; all go and come
# claims: auto self
# nics: 8
# timeout: 120
stack_up 8
for n in 0 1 2 3 4 5 6 7; do
	wait_for 5 reaches "10.0.$n.2"
done
for n in 0 2 4 6; do
	vf_unplug $n
done
for n in 0 2 4 6; do
	wait_for 5 an_alone $n
	check "pair $((n + 1)) stays" an_active $((n + 1))
	wait_for 5 reaches "10.0.$n.2"
done
# what left as mlx5 comes back as MANA
echo mana >/sys/module/vfsim/parameters/family
for n in 0 2 4 6; do
	vf_plug $n
	wait_for 10 an_active $n
	wait_for 5 reaches "10.0.$n.2"
done
an_unload
for n in 0 1 2 3 4 5 6 7; do
	wait_for 5 reaches "10.0.$n.2"
done
rig_clean
t_done
