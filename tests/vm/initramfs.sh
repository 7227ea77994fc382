#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Make the initramfs of a test VM, without the scenarios (vmrun.py appends them):
#
#   initramfs.sh KERNEL_DIRECTORY RELEASE BUILD_DIRECTORY
#
# BUILD_DIRECTORY has m/ (modules under test) and tools/; initramfs.cpio goes
# there. Not compressed: unpacking costs more than loading under emulation.
# $COVERAGE: each scenario's end tells what gcov counted.
set -euo pipefail
export LC_ALL=C

here=$(dirname "$(readlink -f "$0")")
kdir=$1
rel=$2
out=$(readlink -f "$3")

# Debian's own programs; busybox serves for the rest.
PROGRAMS="/usr/sbin/ip /usr/sbin/tc /usr/sbin/bridge /usr/sbin/ethtool
	/usr/bin/iperf3 /usr/bin/ping /usr/bin/tcpdump /usr/sbin/nft /usr/bin/teamnl
	/usr/sbin/kexec"

die() { echo "initramfs: $*" >&2; exit 1; }

copy_program() {
	local bin lib
	bin=$(command -v "$(basename "$1")") || die "$1 is missing: make deps"
	install -D "$(readlink -f "$bin")" "$root$1"
	ldd "$bin" | grep -o '/[^ )]*' | while read -r lib; do
		[ -e "$root$lib" ] || install -D "$(readlink -f "$lib")" "$root$lib"
	done
}

# Names of files of a module and of all it needs, by the package's modules.dep.
module_files() {
	awk -v want="$1" '
	function name(p) { sub(/.*\//, "", p); sub(/\.ko.*/, "", p); gsub(/-/, "_", p); return p }
	{ f = $1; sub(/:$/, "", f); if (name(f) == want) { $1 = f; print; exit } }
	' "$kdir/lib/modules/$rel/modules.dep" | tr ' ' '\n'
}

copy_module() {
	local f to
	for f in $(module_files "$1"); do
		case $f in */hv_vmbus.ko*) die "$1 would pull in hv_vmbus" ;; esac
		to=$root/lib/modules/$rel/${f%.xz}
		[ ! -e "$to" ] || continue
		mkdir -p "$(dirname "$to")"
		case $f in
		*.xz) xz -dc "$kdir/lib/modules/$rel/$f" >"$to" ;;
		*) cp "$kdir/lib/modules/$rel/$f" "$to" ;;
		esac
	done
}

make_tree() {
	local a m
	mkdir -p "$root"/{bin,dev,etc/modprobe.d,m,proc,root,run,sbin,sys,t,tmp,usr/bin,usr/sbin,var}
	install /bin/busybox "$root/bin/busybox"
	for a in $(busybox --list); do
		case $a in
		ip|ping|ping6|busybox|tc) ;;
		modprobe) ln -s /bin/busybox "$root/sbin/$a" ;;
		*) ln -s busybox "$root/bin/$a" ;;
		esac
	done
	ln -s /proc/mounts "$root/etc/mtab"
	# no devices that nobody asked for
	printf 'options %s\n' 'dummy numdummies=0' 'bonding max_bonds=0' \
		>"$root/etc/modprobe.d/vm.conf"
	for a in $PROGRAMS; do
		copy_program "$a"
	done
	install "$out"/tools/* "$root/usr/bin/"
	grep -v '^#' "$here/guest/modules.list" | while read -r m; do
		copy_module "$m"
	done
	# 7.2 has these in a package of its own; modprobe only says less without
	for a in modules.builtin modules.builtin.modinfo modules.order; do
		[ ! -e "$kdir/lib/modules/$rel/$a" ] ||
			cp "$kdir/lib/modules/$rel/$a" "$root/lib/modules/$rel/"
	done
	depmod -b "$root" "$rel"
	install -m 0644 "$out"/m/*.ko "$root/m/"
	install "$here/guest/init" "$root/init"
	[ -z "${COVERAGE:-}" ] || install "$here/guest/counters" "$root/usr/bin/"
}

root=$(mktemp -d "$out/root.XXXXXX")
trap 'rm -rf "$root"' EXIT
make_tree
# the same bytes each time: make bench counts instructions, of the boot too
find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . | sort | cpio -o -H newc --quiet --reproducible -R 0:0) \
	>"$out/initramfs.new"
mv "$out/initramfs.new" "$out/initramfs.cpio"
