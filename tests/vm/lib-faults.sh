# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# Allocations that fail, on the debug kernel. Part of lib.sh.
#
# failslab fails what is allocated below one function or module, told by the
# return addresses on the stack. It counts those allocations, for ever, and fails
# one whose number the interval divides: the next but N fails when the interval
# is the count so far and N more.

FAULTS=/sys/kernel/debug/failslab
FAULTS_SEEN=0

# fault_below LOW HIGH: addresses of the code; of module_code or symbol_code
fault_below() {
	echo "$1" >$FAULTS/require-start
	echo "$2" >$FAULTS/require-end
	echo 0 >$FAULTS/verbose
	echo 32 >$FAULTS/stacktrace-depth
	echo N >$FAULTS/ignore-gfp-wait
	echo N >$FAULTS/cache-filter
	echo 100 >$FAULTS/probability
}

# module_code NAME: of a loaded module; its last section is a small one
module_code() {
	(cd "/sys/module/$1/sections" && cat .text* .exit.text) | sort >/tmp/sections
	printf '%s 0x%x' "$(head -n 1 /tmp/sections)" \
		$(($(tail -n 1 /tmp/sections) + 4096))
}

# symbol_code NAME: of a function of the kernel, up to the next one
symbol_code() {
	grep -m 1 -A 1 " $1\$" /proc/kallsyms | sed 's/^\([0-9a-f]*\).*/0x\1/' |
		tr '\n' ' '
}

# fault_next N: the Nth allocation from now
fault_next() {
	FAULT_AT=$((FAULTS_SEEN + $1))
	echo $FAULT_AT >$FAULTS/interval
	echo 1 >$FAULTS/times
}

# fault_happened: whether it came to that; nothing fails from now on
fault_happened() {
	if [ "$(cat $FAULTS/times)" = 0 ]; then
		FAULTS_SEEN=$FAULT_AT
		return
	fi
	echo 0 >$FAULTS/times
	return 1
}

# fault_recount: after a fault that did not happen nobody knows how many were
# counted since; a process of its own takes the fault that is still due
fault_recount() {
	local low high
	low=$(cat $FAULTS/require-start) high=$(cat $FAULTS/require-end)
	echo Y >$FAULTS/task-filter
	echo 0 >$FAULTS/require-start
	echo 0xffffffffffffffff >$FAULTS/require-end
	echo 1 >$FAULTS/times
	(echo 1 >/proc/self/make-it-fail
	 while [ "$(cat $FAULTS/times)" != 0 ]; do :; done) 2>/dev/null
	echo N >$FAULTS/task-filter
	echo "$low" >$FAULTS/require-start
	echo "$high" >$FAULTS/require-end
	FAULTS_SEEN=$FAULT_AT
}
