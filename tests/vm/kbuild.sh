#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build a directory of external modules for one of the test kernels:
#
#   kbuild.sh K=7.2 SRC OUT [make arguments, e.g. W=1 C=1]
#
# SRC is never written to: its files are copied to OUT (for a kernel that is
# built in a chroot, to a directory in there, and the results to OUT). A second
# build into the same OUT is incremental. MODPATH=FILE names a Module.symvers of
# another directory that symbols are taken from.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")

# shellcheck source=scripts/ccache.sh
. "$here/../../scripts/ccache.sh"

die() { echo "kbuild: $*" >&2; exit 1; }

# sources DIRECTORY: NUL separated names of what a build may need
sources() {
	(cd "$1" && find . \( -path ./.git -o -path ./build -o -path ./tests \
		-o -path ./Documentation -o -path ./debian \) -prune -o -type f \
		! -name '*.o' ! -name '*.ko' ! -name '*.mod' ! -name '*.mod.c' \
		! -name '*.cmd' ! -name '*.order' ! -name 'Module.symvers' \
		! -name '*.a' -print0)
}

# Copy what changed, drop sources that are gone: kbuild then sees what it would
# see in SRC itself.
mirror() {
	local src=$1 out=$2
	mkdir -p "$out"
	sources "$src" | sort -z >"$out/.sources.new"
	if [ -f "$out/.sources" ]; then
		comm -z -13 "$out/.sources.new" "$out/.sources" |
			(cd "$out" && xargs -0 -r rm -f)
	fi
	(cd "$src" && xargs -0 -r cp -pu --parents -t "$out") <"$out/.sources.new"
	mv "$out/.sources.new" "$out/.sources"
}

# Objects do not always name the tree that they were built against (the debug
# kernel's is relative): what belongs to another one goes.
same_kernel() {
	local out=$1
	if [ "$(cat "$out/.kdir" 2>/dev/null)" != "$KDIR" ]; then
		rm -rf "$out"
		mkdir -p "$out"
		echo "$KDIR" >"$out/.kdir"
	fi
}

[ $# -ge 3 ] || die "usage: kbuild.sh K=SERIES SRC OUT [make arguments]"
K=${1#K=}
src=$(readlink -f "$2")
mkdir -p "$3"
out=$(readlink -f "$3")
shift 3

eval "$("$here/kernels.sh" get "$K")" || exit 1
[ -n "${KDIR:-}" ] || exit 1

if [ "$ROOT" = / ]; then
	same_kernel "$out"
	mirror "$src" "$out"
	ccache_make "$KDIR" "$out" "$@"
	exit
fi

# One build directory per OUT, so that two checkouts do not meet; it is always seen at
# the same place.
dir=/build/$(echo "$out" | md5sum | cut -c1-16)
as=
[ "$(id -u)" = 0 ] || as=sudo
$as mkdir -p "$ROOT$dir"
[ -z "$as" ] || $as chown "$(id -u)" "$ROOT$dir"
mirror "$src" "$ROOT$dir"
$as mkdir -p "$ROOT/build/here"
ccache_headers "$ROOT$dir"

# objtool reads /proc. It is mounted in a namespace of its own, which goes away
# with the build: nothing stays mounted in the cache.
# shellcheck disable=SC2016,SC2086
in_chroot() {
	$as env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
		$CCACHE_SETTINGS CCACHE_EXTRAFILES=/build/here/.headers \
		unshare --mount sh -c 'mount -t proc proc "$1/proc" &&
			mount --bind "$1$2" "$1/build/here" && shift 2 && exec chroot "$@"' \
		sh "$ROOT" "$dir" "$ROOT" "$@"
}

# build [SETTING]
build() {
	in_chroot env "$@" make -j"$(nproc)" -C "$KDIR" M=/build/here \
		KCFLAGS=-fmacro-prefix-map=/build/here/= "${args[@]}" modules
}

args=("$@")
said=$out/.chroot.log
if [ ! -x "$ROOT/usr/bin/ccache" ]; then
	build
elif ! build DEBIAN_KERNEL_USE_CCACHE=1 2>&1 | tee "$said"; then
	# its cache may be damaged
	grep -q '^ccache: error' "$said" || exit 1
	build
fi
for f in "$ROOT$dir"/*.ko "$ROOT$dir"/*.o "$ROOT$dir/Module.symvers"; do
	[ ! -e "$f" ] || cp -pu "$f" "$out/"
done
