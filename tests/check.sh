#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make check: every check there is, one after the other, then the sum. Each
# part prints "N passed, N failed" last; one that does not, or whose exit status
# says otherwise, counts as a failure.
#
#   check.sh [PART...]	style unit kunit harness dkms vmtest
set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
out=$top/build/check
passed=0 failed=0 summary=

unit() {
	local dir n=0
	for dir in vm soak mutants coverage; do
		python3 -m unittest discover -v -s "$top/tests/$dir" 2>&1 | tee "$out/unit.txt"
		if ! grep -qx OK "$out/unit.txt"; then
			echo "$n passed, 1 failed"
			return 1
		fi
		n=$((n + $(sed -n 's/^Ran \([0-9]*\) tests.*/\1/p' "$out/unit.txt")))
	done
	echo "$n passed, 0 failed"
}

kunit() { "$top/tests/kunit/run.sh"; }
harness() { "$top/tests/vm/selftest.sh"; }
style() { "$top/scripts/style.sh"; }
dkms() { "$top/tests/dkms/test.sh"; }
vmtest() { "$top/tests/vm/run.sh" K=all SPREAD=1; }

# part NAME: run it, show it, add up its last line
part() {
	local start=$SECONDS status p f
	echo "== $1"
	"$1" 2>&1 | tee "$out/$1.log"
	status=$?
	read -r p f < <(tail -n 1 "$out/$1.log" |
		sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
	if [ -z "${f:-}" ] || { [ $status != 0 ] && [ "$f" = 0 ]; }; then
		echo "check: $1 came to a bad end (status $status)"
		p=${p:-0} f=$((${f:-0} + 1))
	fi
	passed=$((passed + p))
	failed=$((failed + f))
	summary+=$(printf '%-8s %4d passed %4d failed %5d s' \
		"$1" "$p" "$f" $((SECONDS - start)))$'\n'
}

rm -rf "$out"
mkdir -p "$out"
[ $# != 0 ] || set -- style unit kunit harness dkms vmtest
for name in "$@"; do
	case $name in
	style|unit|kunit|harness|dkms|vmtest) part "$name" ;;
	*) echo "check: no part '$name'" >&2; exit 2 ;;
	esac
done
printf '== sum\n%s' "$summary"
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed != 0 ]
