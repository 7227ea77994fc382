# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC1091,SC2034,SC2153,SC2154
# One contender's boot of make bench, as a scenario whose name is the kind of VF and
# whose claim is the contender. What it measures it says on the console:
#
#   T: bench row WORKLOAD count=PACKETS insns=INSTRUCTIONS
#   T: bench wall WORKLOAD count=PACKETS ns=TIME cpu=TIME (instead, with $WALL)
#   T: bench symbol FUNCTION ADDRESS
#   T: bench features DEVICE FEATURE...
#
# For each name in $TRACE the host is then asked to record what the CPU runs while a
# loop goes on. APP is the device that has the address, VF the one that carries.

# WORKLOADS and TRACE; COUNT and TRACED: packets of each; PAIRS; FIND, SYMBOLS; WALL
. /t/bench.env
. /t/bench-contenders.sh
. /t/bench-workloads.sh

# Offloads that change what is sent, or who computes it
FEATURES="tx-checksumming scatter-gather tcp-segmentation-offload
	generic-segmentation-offload generic-receive-offload large-receive-offload
	tx-udp-segmentation tx-nocache-copy"

# busybox's grep would take a word for each line of the output
features() {
	local f all
	all=$(ethtool -k "$1")
	for f in $FEATURES; do
		echo "$all" | sed -n "s/^[[:space:]]*$f: \([a-z]*\).*/$f=\1/p"
	done
}

# The same for all: what not every device has is off
features_alike() {
	local dev
	for dev in "$@"; do
		ethtool -K "$dev" gso on gro on tx on rx on sg on tso on
		ethtool -K "$dev" lro off
		ethtool -K "$dev" tx-udp-segmentation off
	done
	for dev in "$@"; do
		# shellcheck disable=SC2046 # words on one line
		say bench features $(features "$dev")
	done
}

# Time is instructions here, and instructions are all that time is made of.
clock_is_exact() {
	local line more
	line=$(insns check)
	more=$(($(word insns "$line") - $(word loop "$line")))
	assert_le $more 20 "the clock counts instructions ($line)"
	assert_gt $more 0 "all of them"
}

# Where the functions named in $FIND are, and with $SYMBOLS all, by the second serial
# port. To read them all costs as much as everything else.
find_symbols() {
	local function
	grep -i ' t ' /proc/kallsyms >/tmp/symbols
	for function in $FIND; do
		say "bench symbol $function $(sed -n "s/ . $function\$//p" /tmp/symbols)"
	done
	[ -z "${SYMBOLS:-}" ] ||
		{ stty -F /dev/ttyS1 raw && gzip </tmp/symbols >/dev/ttyS1; }
}

for conf in all default; do
	echo 1 >"/proc/sys/net/ipv6/conf/$conf/disable_ipv6"
done
if [ -n "${WALL:-}" ]; then
	export INSNS_WALL=1
else
	clock_is_exact
fi
contender_up
must carries_all
# shellcheck disable=SC2086 # nothing where there is no VF
features_alike $APP $VF
# Time that nobody uses costs nothing. After it, whatever the change of the path has
# put off (linkwatch, notifications) is done; there is nothing that would say so.
sleep 2
for workload in $WORKLOADS; do
	"run_$workload"
	must carries_all
done
[ -z "$FIND${SYMBOLS:-}" ] || must find_symbols
for workload in $TRACE; do
	"trace_$workload"
done
must carries_all

[ "$T_FAILED" = 0 ] || t_done
# The machine has served, nothing is taken down.
say "1..$T_COUNT"
say "end $SCENARIO $CLAIM pass"
say "vm-done"
echo b >/proc/sysrq-trigger
sleep 60
