#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make check: every check there is, then the sum. Each part prints "N passed, N
# failed" last; one that does not, or whose exit status says otherwise, counts as a
# failure.
#
#   check.sh [PART...]	style unit kunit harness bench dkms vmtest soak debug
#
# What boots many machines goes on in one lane, the rest, which mostly has use for one
# CPU, beside it in another: machines that wait leave some of it. Each line says which
# part it is from.
#
# $SOAK: events of random sequences with the seed that stays (300), and a third of that
# with a new one.
# $BUDGET: seconds after which there must be a debug kernel (33 minutes), for the part
# of that name is left out when there is none and building one would take longer.
set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
out=$top/build/check
# dkms is late: the other lane may have to install headers first; and debug the last, for
# its kernel may have to be built
SMALL="style unit kunit harness bench dkms debug"
LARGE="vmtest soak"

# What covers most on the debug kernel in little time
DEBUG_SCENARIOS=vf-revoke-restore,netns,netvsc-rebind,claim-self

# result FILE: "PASSED FAILED", as its last line says
result() {
	tail -n 1 "$1" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p'
}

unit() {
	local dir n=0
	for dir in . vm soak mutants coverage bench; do
		python3 -m unittest discover -v -s "$top/tests/$dir" 2>&1 | tee "$out/unit.txt"
		if ! grep -qx OK "$out/unit.txt"; then
			echo "$n passed, 1 failed"
			return 1
		fi
		n=$((n + $(sed -n 's/^Ran \([0-9]*\) tests* .*/\1/p' "$out/unit.txt")))
	done
	echo "$n passed, 0 failed"
}

kunit() { "$top/tests/kunit/run.sh"; }
harness() { "$top/tests/vm/selftest.sh"; }
style() { "$top/scripts/style.sh"; }
# in a place of its own: the other lane builds for the same kernel
bench() {
	VMBUILD=$top/build/vm-bench "$top/tests/bench/bench.py" CI=1 JOBS=1 |
		sed -u 's/^bench: \([0-9]* passed\)/\1/'
}
dkms() { "$top/tests/dkms/test.sh"; }
vmtest() { "$top/tests/vm/run.sh" K=all SPREAD=1; }

# soak: the same events each time, and some that nobody has seen
soak() {
	local events=${SOAK:-300}
	"$top/tests/soak/soak.py" K=all JOBS=$(($(nproc) * 3 / 2)) \
		SEED=1 EVENTS="$events" FRESH=$((events / 3))
}

# Whoever kills this kills the build, too, which timeout has in a group of its own.
debug() {
	local left=$((${BUDGET:-2000} - SECONDS))
	# to find one that is cached takes a moment, too
	setpriv --pdeathsig TERM timeout $((left > 15 ? left : 15)) \
		"$top/tests/vm/kernels.sh" get debug >/dev/null
	if [ $? = 124 ]; then
		echo "debug: left out, no debug kernel could be built within the budget"
		echo "0 passed, 0 failed"
		return
	fi
	VMBUILD=$top/build/vm-debug "$top/tests/vm/run.sh" K=debug SPREAD=1 \
		JOBS=$((($(nproc) + 1) / 2)) T=$DEBUG_SCENARIOS
}

# part NAME: run it, show it, note its last line and how long it took
part() {
	local start=$SECONDS status p f
	{
		"$1" 2>&1
		echo $? >"$out/$1.status"
	} | tee "$out/$1.log" | sed -u "s/^/$1: /"
	status=$(cat "$out/$1.status")
	read -r p f < <(result "$out/$1.log")
	if [ -z "${f:-}" ] || { [ "$status" != 0 ] && [ "$f" = 0 ]; }; then
		echo "check: $1 came to a bad end (status $status)"
		p=${p:-0} f=$((${f:-0} + 1))
	fi
	echo "$p $f $((SECONDS - start))" >"$out/$1.sum"
}

# lane WANTED PART...: those of the parts that are wanted, one after the other
lane() {
	local wanted=$1 name
	shift
	for name in "$@"; do
		case " $wanted " in *" $name "*) part "$name" ;; esac
	done
}

# failures PART...: what went wrong, once more, for who sees but the end of all this
failures() {
	local name p f
	for name in "$@"; do
		read -r p f _ 2>/dev/null <"$out/$name.sum" || f=1
		[ "$f" = 0 ] || {
			grep '^soak: .*\(SEED=.* failed\|again\)' "$out/$name.log"
			grep -A 3 -e FAIL -e '^ *not ok' -e ERROR "$out/$name.log" |
				grep -v -e '^--$' -e '^ *ok '
		} | head -n 12 | sed "s/^/$name: /"
	done
}

# sums PART...: a part without a result, however that came, has failed
sums() {
	local name p f seconds passed=0 failed=0
	for name in "$@"; do
		read -r p f seconds 2>/dev/null <"$out/$name.sum" || p=0 f=1 seconds=0
		printf '%-8s %4d passed %4d failed %5d s\n' "$name" "$p" "$f" "$seconds"
		passed=$((passed + p)) failed=$((failed + f))
	done
	echo "$passed passed, $failed failed"
	[ $failed = 0 ] && [ $passed != 0 ]
}

for name in "$@"; do
	case " $SMALL $LARGE " in
	*" $name "*) ;;
	*) echo "check: no part '$name'" >&2; exit 2 ;;
	esac
done
# shellcheck disable=SC2086 # words
[ $# != 0 ] || set -- $SMALL $LARGE

rm -rf "$out"
mkdir -p "$out"
# In a process group of its own: in the background it would not see an interrupt.
set -m
# shellcheck disable=SC2086 # words
lane "$*" $SMALL </dev/null &
other=$!
set +m
trap 'kill -- -$other 2>/dev/null' EXIT
trap 'exit 1' INT TERM
# shellcheck disable=SC2086 # words
lane "$*" $LARGE
wait $other
trap - EXIT
failures "$@"
echo "check: all parts, after $SECONDS s"
sums "$@"
