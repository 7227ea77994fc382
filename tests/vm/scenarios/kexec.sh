# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# kexec into the same kernel while the VFs carry traffic: nothing goes wrong when
# their drivers shut down, each in its own way, and the second kernel's module
# takes a VF that works
# claims: auto self
# cost: high
# nics: 3
# machine: kexec

# each NIC sends and receives
flows_three() {
	local n
	for n in 0 1 2; do
		flow_start $((2 * n + 1)) tx 4 $n
		flow_start $((2 * n + 2)) rx 6 $n
	done
}

first_half() {
	local n=0 family

	# loaded first: with traffic that takes twice as long
	check "second kernel loaded" second_load 23
	rig_up 3
	an_load
	vf_load
	for family in mlx5_core mlx4_core mana; do
		vf_param family "$family"
		vf_up $n
		n=$((n + 1))
		say "expect ^$family .*: shutdown"
	done
	flows_three
	for n in 0 1 2; do
		check "eth$n sends" flow_moves $n tx $((2 * n + 1))
		check "eth$n receives" flow_moves $n rx $((2 * n + 2))
	done
	second_start
}

second_half() {
	refute "it is another kernel" [ "$(boot_id)" = "$SECOND_OF" ]
	stack_up
	two_whole "second kernel"
	for way in "tx 1" "rx 2"; do
		# shellcheck disable=SC2086 # two words
		assert_eq "$(switch_flow 0 $way syn)" 0 "$way: all by the VF"
	done
}

if second_kernel; then second_half; else first_half; fi
