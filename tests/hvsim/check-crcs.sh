#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Will the kernel's own hv_netvsc.ko accept hvsim.ko's exports?
#
#   $0 HVSIM_SYMVERS KERNEL_SYMVERS [HV_NETVSC_KO]
#
# HVSIM_SYMVERS is the Module.symvers of the build directory, KERNEL_SYMVERS that
# of the kernel's headers. Where hv_vmbus is a module, every export has to have
# the CRC that hv_vmbus has there; where it is built in, hvsim has to offer the
# renamed exports (vmbus_names.h). With HV_NETVSC_KO, a file of that kernel, also
# that nothing it wants of VMBus is missing.
set -eu
export LC_ALL=C

here=$(dirname "$0")
die() { echo "check-crcs: $*" >&2; exit 1; }

[ $# -ge 2 ] || die "usage: $0 HVSIM_SYMVERS KERNEL_SYMVERS [HV_NETVSC_KO]"
[ -r "$1" ] || die "no $1"
[ -r "$2" ] || die "no $2"

names=$(sed -n 's/^#define[[:space:]]*\([a-z_]*\)[[:space:]]*hvsim_\1$/\1/p' \
	"$here/vmbus_names.h")
[ -n "$names" ] || die "no names in vmbus_names.h"

# field FILE SYMBOL NUMBER
field() {
	awk -F'\t' -v s="$2" -v n="$3" '$2 == s { print $n; exit }' "$1"
}

bad=0
count=0
for name in $names; do
	owner=$(field "$2" "$name" 3)
	case $owner in
	*hv_vmbus) export=$name ;;
	vmlinux) export=hvsim_$name ;;
	*) die "$2 does not know $name" ;;
	esac
	count=$((count + 1))

	ours=$(field "$1" "$export" 1)
	theirs=$(field "$2" "$name" 1)
	if [ -z "$ours" ]; then
		echo "check-crcs: hvsim.ko does not export $export" >&2
		bad=1
	elif [ "$export" = "$name" ] && [ "$ours" != "$theirs" ]; then
		echo "check-crcs: $name: CRC $ours, hv_vmbus has $theirs:" \
			"the includes of its vmbus_*.c differ from the original's" >&2
		bad=1
	fi
done

if [ $# -ge 3 ]; then
	ko=$3
	case $ko in
	*.xz)
		ko=$(mktemp)
		trap 'rm -f "$ko"' EXIT
		xz -dc "$3" >"$ko"
		;;
	esac
	for name in $(nm -u "$ko" | awk '{ print $2 }' | grep -E 'vmbus|^_*hv_pkt'); do
		case $name in hvsim_*) name=${name#hvsim_} ;; esac
		echo "$names" | grep -qx "$name" && continue
		echo "check-crcs: hv_netvsc.ko imports $name, vmbus_names.h lacks it" >&2
		bad=1
	done
fi

[ $bad = 0 ] || exit 1
echo "check-crcs: $count exports match"
