#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build for the test kernels and run scenarios on them (make vmtest):
#
#   run.sh [K=6.1|6.12|7.2|all|debug|kcsan] [DEBUG=1] [KCSAN=1] [CLAIM=auto|self]
#          [T=name[,name...]] [JOBS=n] [V=1] [SPREAD=n] [STOP=1]
#
# Default: Linux 6.12, both claims, all scenarios, three VMs at a time on two CPUs. "all" are
# the stock kernels. DEBUG=1 means K=debug: 6.12 with KASAN, lockdep, kmemleak and
# more (kernel-debug.sh), where every report is a failure. KCSAN=1 means K=kcsan, which
# reports data races: those of this module are failures, others are counted.
# V=1 shows what the scenarios say as they run, and keeps every boot's log.
# SPREAD=1: a scenario runs once with each claim, each time on another kernel; which
# ones is its turn among the others. Those that say "cost: high" run once. SPREAD=2 is
# the turn after that, and so on.
# STOP=1 ends with the first check that fails.
# DIR=directory takes the scenarios from another directory. $VMBUILD is where to
# build and log, for two runs side by side.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
logs=${VMBUILD:-$here/../../build/vm}/log
K='' CLAIM="auto self" T='' JOBS=$(($(nproc) * 3 / 2)) V='' DEBUG='' KCSAN='' SPREAD='' STOP='' DIR=$here/scenarios

for arg in "$@"; do
	case $arg in
	K=*|DEBUG=*|KCSAN=*|CLAIM=*|T=*|JOBS=*|V=*|SPREAD=*|STOP=*|DIR=*)
		# an empty value, as make passes it on, means the default
		[ -z "${arg#*=}" ] || printf -v "${arg%%=*}" %s "${arg#*=}"
		;;
	*)
		echo "vmtest: what is '$arg'? (K= DEBUG= KCSAN= CLAIM= T= JOBS= V= SPREAD= STOP= DIR=)" >&2
		exit 2
		;;
	esac
done
case $SPREAD in
*[!0-9]*) echo "vmtest: SPREAD is a number, not '$SPREAD'" >&2; exit 2 ;;
esac

for wish in "debug $DEBUG" "kcsan $KCSAN"; do
	kind=${wish% *}
	case ${wish#* } in ''|0) continue ;; esac
	[ "${K:-$kind}" = "$kind" ] || {
		echo "vmtest: ${kind^^}=1 is K=$kind, not '$K'" >&2
		exit 2
	}
	K=$kind
done
K=${K:-6.12}
[ "$K" != all ] || K=$("$here/kernels.sh" list)
for claim in $CLAIM; do
	case $claim in
	auto|self) ;;
	*) echo "vmtest: CLAIM=auto or CLAIM=self, not '$claim'" >&2; exit 2 ;;
	esac
done

rm -rf "$logs"
failed=0 built=
for k in ${K//,/ }; do
	echo "vmtest: building for Linux $k"
	if "$here/build.sh" "$k"; then
		built="$built $k"
	else
		echo "FAIL $k build"
		failed=$((failed + 1))
	fi
done
if [ $failed != 0 ]; then
	echo "0 passed, $failed failed"
	exit 1
fi
exec python3 "$here/vmrun.py" --kernels "$built" --claims "$CLAIM" \
	--tests "$T" --jobs "$JOBS" --scenarios "$DIR" \
	${V:+--verbose} ${SPREAD:+--spread "$SPREAD"} ${STOP:+--stop}
