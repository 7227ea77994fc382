#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build everything that a test VM of one kernel needs, under build/vm/<series>
# (or $VMBUILD/<series>):
#
#   build.sh SERIES [make arguments for the modules]
#
#   kernel.env        where image, modules and headers are (kernels.sh get)
#   module/ hvsim/    build directories
#   m/                hv_netvsc.ko, hvsim.ko, vfsim.ko, an-failover.ko
#   tools/            programs for the guest
#   initramfs.cpio    all but the scenarios
#
# $WITHOUT_HVSIM and $WITHOUT_MODULE leave those out, for tests of the harness.
# $COVERAGE: the module has gcov's counters (a kernel with CONFIG_GCOV_KERNEL).
set -euo pipefail
export LC_ALL=C

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
K=$1
shift
out=${VMBUILD:-$top/build/vm}/$K

die() { echo "build: $*" >&2; exit 1; }

# quietly LOG COMMAND...: output only when it fails
quietly() {
	local log=$out/$1
	shift
	"$@" >"$log" 2>&1 && return
	cat "$log" >&2
	die "Linux $K: failed: $* (log: $log)"
}

# The distribution's file as it is. Where hv_vmbus is built in, its symbols are
# taken: a copy's imports get the names that hvsim exports, nothing else changes.
netvsc() {
	local ko
	ko=$(find "$MODDIR" -name 'hv_netvsc.ko*' | head -n1)
	[ -n "$ko" ] || die "no hv_netvsc in $MODDIR"
	case $ko in
	*.xz) xz -dc "$ko" >"$out/hv_netvsc.stock.ko" ;;
	*) cp "$ko" "$out/hv_netvsc.stock.ko" ;;
	esac
	if grep -q '^CONFIG_HYPERV_VMBUS=y' "$ROOT$KDIR/.config"; then
		"$top/tests/hvsim/rename-imports.sh" "$out/hv_netvsc.stock.ko" \
			"$out/m/hv_netvsc.ko"
	else
		cp "$out/hv_netvsc.stock.ko" "$out/m/hv_netvsc.ko"
	fi
}

# strip_to KO: debug information would only take time to load
strip_to() {
	strip --strip-debug -o "$out/m/$(basename "$1")" "$1"
}

mkdir -p "$out/m" "$out/tools"
exec 8>"$out/lock"
flock 8
"$here/kernels.sh" get "$K" >"$out/kernel.new"
mv "$out/kernel.new" "$out/kernel.env"
# shellcheck source=/dev/null
. "$out/kernel.env"

quietly tools.log make -C "$top/tests/tools" O="$out/tools"
if [ -z "${WITHOUT_HVSIM:-}" ]; then
	quietly hvsim.log "$here/kbuild.sh" K="$K" "$top/tests/hvsim" "$out/hvsim" "$@"
	for ko in "$out"/hvsim/*.ko; do
		strip_to "$ko"
	done
fi
if [ -z "${WITHOUT_MODULE:-}" ]; then
	quietly module.log "$here/kbuild.sh" K="$K" "$top" "$out/module" \
		${COVERAGE:+GCOV_PROFILE=y} "$@"
	strip_to "$out/module/an-failover.ko"
fi
netvsc
if [ -z "${WITHOUT_HVSIM:-}" ]; then
	quietly crcs.log "$top/tests/hvsim/check-crcs.sh" "$out/hvsim/Module.symvers" \
		"$ROOT$KDIR/Module.symvers" "$out/hv_netvsc.stock.ko"
fi
quietly initramfs.log "$here/initramfs.sh" "$DIR" "$REL" "$out"
