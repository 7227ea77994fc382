#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A copy of hv_netvsc.ko that asks hvsim.ko for VMBus:
#
#   $0 FROM[.xz] TO
#
# For kernels with VMBus built in, where vmlinux has the names. Only the symbol
# table changes (and a signature, which would be void, is lost): every section
# that is loaded stays as it is, and that is verified.
set -eu
export LC_ALL=C

here=$(dirname "$0")
die() { echo "rename-imports: $*" >&2; exit 1; }

[ $# = 2 ] || die "usage: $0 FROM[.xz] TO"
[ -r "$1" ] || die "no $1"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

case $1 in
*.xz) xz -dc "$1" >"$tmp/stock.ko" ;;
*) cp "$1" "$tmp/stock.ko" ;;
esac

sed -n 's/^#define[[:space:]]*\([a-z_]*\)[[:space:]]*\(hvsim_\1\)$/\1 \2/p' \
	"$here/vmbus_names.h" >"$tmp/names"
[ -s "$tmp/names" ] || die "no names in vmbus_names.h"
objcopy --redefine-syms="$tmp/names" "$tmp/stock.ko" "$tmp/copy.ko"

nm -u "$tmp/copy.ko" | grep -q ' hvsim_vmbus_open$' ||
	die "$1 imports no vmbus_open: not a hv_netvsc.ko?"

# Each section by its name and contents; a section that cannot be taken out of
# one file is missing there too, .text is not.
for section in .text .init.text .exit.text .rodata .data .modinfo; do
	for ko in stock copy; do
		objcopy --dump-section "$section=$tmp/$ko$section" "$tmp/$ko.ko" \
			/dev/null 2>"$tmp/err" || : >"$tmp/$ko$section"
	done
	cmp -s "$tmp/stock$section" "$tmp/copy$section" || die "$section changed"
done
[ -s "$tmp/stock.text" ] || die "cannot compare: $(cat "$tmp/err")"

cp "$tmp/copy.ko" "$2"
