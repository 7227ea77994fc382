#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Does the harness tell the truth? Scenarios that fail in every way there is must
# fail, each for its own reason, and none may take the others with it. With
# DEBUG=1: what only the debug kernel notices. With KCSAN=1: data races.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
export VMBUILD=$here/../../build/vm-selftest
out=$VMBUILD/output
passed=0 failed=0 DEBUG=${DEBUG:-} KCSAN=${KCSAN:-}

# expect PATTERN: the run's output has such a line; else the output is shown
expect() {
	if grep -q -E -e "$1" "$out"; then
		passed=$((passed + 1))
		echo "ok $((passed + failed)) - $1"
	else
		failed=$((failed + 1))
		echo "not ok $((passed + failed)) - $1"
		[ $failed -gt 1 ] || sed 's/^/# /' "$out"
	fi
}

# run DIRECTORY ARGUMENT...: its scenarios, and the exit status as a last line
run() {
	local dir=$1
	shift
	WITHOUT_HVSIM=1 WITHOUT_MODULE=1 "$here/run.sh" DIR="$dir" JOBS=1 "$@" >"$out" 2>&1
	echo "status $?" >>"$out"
}

stock() {
	run "$here/selftest"
	expect '^ok .* none +pass '
	expect '^FAIL .* none +fails '
	expect "one is two: got '1', wanted '2'"
	expect '^FAIL .* none +hang '
	expect 'finished within 4 s'
	expect '^FAIL .* none +left '
	expect 'the system is as it was before'
	expect '^FAIL .* none +missing '
	expect 'every command is there .* assert_nothing: not found'
	expect '^FAIL .* none +monitor '
	expect "monitor: teleport card0: unknown command: 'teleport'"
	expect '^FAIL .* none +panic '
	expect 'Kernel panic'
	expect '^FAIL .* none +silent '
	expect 'no plan'
	expect '^FAIL .* none +splat '
	expect 'kernel: WARNING: .* a_test'
	expect '^1 passed, 8 failed$'
	# the exit status says so too
	expect '^status 1$'
}

debug() {
	run "$here/selftest/debug" K=debug
	expect '^ok .* none +pass '
	expect '^FAIL .* none +kasan '
	expect 'kernel: BUG: KASAN: '
	expect '^FAIL .* none +leak '
	expect 'no memory is leaked'
	expect '^FAIL .* none +lock '
	expect 'lock held when returning to user space'
	expect '^1 passed, 3 failed$'
	expect '^status 1$'
}

kcsan() {
	local build=$VMBUILD/kcsan
	mkdir -p "$build/m"
	"$here/kbuild.sh" K=kcsan "$here/selftest/race" "$build/race" >"$out" 2>&1 &&
		cp "$build"/race/*.ko "$build/m/"
	run "$here/selftest/kcsan" K=kcsan
	expect '^ok .* none +bystander '
	expect '^FAIL .* none +an_failover '
	expect 'kernel: BUG: KCSAN: data-race in race_loop \[an_failover\] / race_loop \[an_failover\]'
	expect '^ +[0-9]+ race_loop \[bystander\] / race_loop \[bystander\]$'
	expect '^1 passed, 1 failed$'
	expect '^status 1$'
}

mkdir -p "$VMBUILD"
if [ -n "${DEBUG#0}" ]; then
	debug
elif [ -n "${KCSAN#0}" ]; then
	kcsan
else
	stock
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
