# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Eight pairs: all VFs come at once, leave at once, come back as another family,
# with traffic on each, and hv_netvsc's unloading takes all apart
# claims: auto self
# cost: high
# nics: 8
ALL="0 1 2 3 4 5 6 7"

# for_all COMMAND: side by side
for_all() {
	local n pids=
	for n in $ALL; do
		"$1" "$n" &
		pids="$pids $!"
	done
	for n in $pids; do
		wait "$n" || return
	done
}

# poll all at once: one look at a NIC is several processes
all_are() {
	local n
	for n in $ALL; do
		an_state_is "eth$n" "$1" || return
		datapath_is "$n" "$2" || return
	done
}

# each NIC's host has seen its own frames and no other's, by the path given
carried() { # PATH WHAT
	local n was
	for n in $ALL; do
		was=$(hv_stat "$n" "$1_tx_frames")
		poll_for 5 ping -q -c 2 -i 0.01 -W 1 "10.0.$n.2" >/dev/null ||
			t_fail "$2: eth$n reaches its peer"
		[ $(($(hv_stat "$n" "$1_tx_frames") - was)) -ge 2 ] ||
			t_fail "$2: eth$n sent by $1"
	done
	t_ok "$2: every pair carries ($1)"
}

masters_right() {
	local n
	for n in $ALL; do
		[ "$(master_of "$(vf_dev "$n")")" = "eth$n" ] || return
		[ "$(mac_of "$(vf_dev "$n")")" = "$(mac_of "eth$n")" ] || return
	done
}

rig_up 8
an_load
vf_load
for n in 0 3 7; do
	flow_start $((n + 1)) tx 4 "$n" 50
done
check "all come at once" for_all vf_plug
wait_for 20 all_are active vf
check "each VF is its own NIC's" masters_right
carried vf "came"

check "all leave at once" for_all vf_unplug
wait_for 20 all_are synthetic synthetic
carried syn "left"

# what left as mlx5 comes back as MANA, half of it while the others leave again
echo mana >/sys/module/vfsim/parameters/family
check "all come back as MANA" for_all vf_plug
wait_for 20 all_are active vf
half() { if [ $(($1 % 2)) = 0 ]; then vf_unplug "$1"; fi; }
check "every other one leaves" for_all half
for n in 0 2 4 6; do
	wait_for 5 an_alone $n
	check "pair $((n + 1)) stays" an_active $((n + 1))
done
other_half() { if [ $(($1 % 2)) = 0 ]; then vf_plug "$1"; else vf_unplug "$1"; fi; }
check "these come and the others leave" for_all other_half
for n in 0 2 4 6; do
	wait_for 5 an_active $n
	wait_for 5 an_alone $((n + 1))
done
check "each VF is its own NIC's" eval \
	'ALL="0 2 4 6"; masters_right'
an_unload
flow_stop 1 4 8
for n in 1 4 8; do
	assert_gt "$(flow_get $n received)" 50 "flow $n: received"
	assert_eq "$(flow_get $n dup)" 0 "flow $n: none twice"
done
rig_clean
t_done
