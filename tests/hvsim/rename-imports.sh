#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A copy of hv_netvsc.ko that asks hvsim.ko for VMBus:
#
#   rename-imports.sh IN.ko[.xz] OUT.ko
#
# For kernels with VMBus built in, where vmlinux has the names. Only the symbol
# table changes (and a signature, which would be void, is lost): every section
# that is loaded stays as it is, and that is verified.
set -eu
export LC_ALL=C

here=$(dirname "$0")
die() { echo "rename-imports: $*" >&2; exit 1; }

[ $# = 2 ] || die "usage: rename-imports.sh IN.ko[.xz] OUT.ko"
[ -r "$1" ] || die "no $1"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

case $1 in
*.xz) xz -dc "$1" >"$tmp/in.ko" ;;
*) cp "$1" "$tmp/in.ko" ;;
esac

sed -n 's/^#define[[:space:]]*\([a-z_]*\)[[:space:]]*\(hvsim_\1\)$/\1 \2/p' \
	"$here/vmbus_names.h" >"$tmp/names"
[ -s "$tmp/names" ] || die "no names in vmbus_names.h"
objcopy --redefine-syms="$tmp/names" "$tmp/in.ko" "$tmp/out.ko"

nm -u "$tmp/out.ko" | grep -q ' hvsim_vmbus_open$' ||
	die "$1 imports no vmbus_open: not a hv_netvsc.ko?"

for section in .text .init.text .exit.text .rodata .data; do
	for f in in out; do
		: >"$tmp/$f.bin"
		objcopy -O binary --only-section="$section" --set-section-flags \
			"$section=alloc" "$tmp/$f.ko" "$tmp/$f.bin" 2>/dev/null || :
	done
	cmp -s "$tmp/in.bin" "$tmp/out.bin" || die "$section changed"
done

cp "$tmp/out.ko" "$2"
