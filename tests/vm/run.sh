#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build for the test kernels and run scenarios on them (make vmtest):
#
#   run.sh [K=6.1|6.12|7.2|all] [CLAIM=auto|self] [T=name[,name...]] [JOBS=n] [V=1]
#
# Default: Linux 6.12, both claims, all scenarios, two VMs side by side.
# V=1 shows what the scenarios say as they run, and keeps every boot's log.
# DIR=directory takes the scenarios from another directory. $VMBUILD is where to
# build and log, for two runs side by side.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
logs=${VMBUILD:-$here/../../build/vm}/log
K=6.12 CLAIM="auto self" T='' JOBS=2 V='' DIR=$here/scenarios

for arg in "$@"; do
	case $arg in
	K=*|CLAIM=*|T=*|JOBS=*|V=*|DIR=*)
		# an empty value, as make passes it on, means the default
		[ -z "${arg#*=}" ] || printf -v "${arg%%=*}" %s "${arg#*=}"
		;;
	*)
		echo "vmtest: what is '$arg'? (K= CLAIM= T= JOBS= V= DIR=)" >&2
		exit 2
		;;
	esac
done

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
	--tests "$T" --jobs "$JOBS" --scenarios "$DIR" ${V:+--verbose}
