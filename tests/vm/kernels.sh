#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Make stock Debian kernels and what is needed to build modules for them
# available under ${XDG_CACHE_HOME:-~/.cache}/an_failover, by package name.
#
#   kernels.sh get 6.12      prepare if needed, print key=value lines
#   kernels.sh get debug     the same for the debug kernel (kernel-debug.sh),
#   kernels.sh get kcsan     for the one that looks for data races,
#   kernels.sh get uml       for the unit tests' User Mode Linux
#   kernels.sh update        look for newer packages, then prepare all
#   kernels.sh list          the supported series
#   kernels.sh clean         remove the whole cache
#
# With $KERNELS_MEMO, a directory, what "get" found is kept there and not looked for
# again, which takes seconds: for whoever builds many times.
#
# A kernel lives in kernels/<release>_<package version>.<layout>/: vmlinuz, lib/modules/
# and "manifest", which is written last and moved into place in one step. An
# entry without a manifest, or which no longer agrees with it, is made anew.
#
# 6.1 and 6.12 are bookworm's and are built with a bookworm host's own headers
# and gcc. 7.2 is trixie-backports': its kbuild tools want trixie's libc and
# gcc-14, so it is built in a chroot. A host that is not bookworm uses a chroot
# for the other two also.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
SERIES="6.1 6.12 7.2"
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/an_failover
MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
SECURITY=${DEBIAN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# Part of an entry's name: raise it when what an entry holds changes.
LAYOUT=2

# Directories of a kernel package that no test looks at, and the largest.
UNUSED="sound drivers/gpu drivers/media drivers/staging drivers/iio drivers/scsi
	drivers/usb drivers/net/wireless drivers/infiniband drivers/input
	drivers/hwmon drivers/mtd drivers/platform drivers/target drivers/md
	fs/[^c]* fs/c[^o]* net/wireless net/mac80211 net/bluetooth drivers/bluetooth"

say() { echo "kernels: $*" >&2; }
die() { say "$*"; exit 1; }

# Root is needed for debootstrap, chroot and apt-get install only.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "root (or sudo) is needed for: $*"
	fi
}

host_suite() {
	# shellcheck source=/dev/null
	(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
}

# suite_of SERIES: the Debian release that its packages belong to
suite_of() {
	case $1 in
	6.1|6.12) echo bookworm ;;
	7.2) echo trixie ;;
	*) die "no kernel series '$1' (have: $SERIES)" ;;
	esac
}

# root_of SERIES: where its headers are installed, / or a chroot
root_of() {
	local suite
	suite=$(suite_of "$1")
	if [ "$suite" = bookworm ] && [ "${AN_CHROOT:-}" != always ] &&
	   [ "$(host_suite)" = bookworm ]; then
		echo /
	else
		echo "$CACHE/chroot-$suite"
	fi
}

# in_root ROOT COMMAND...
in_root() {
	local root=$1
	shift
	if [ "$root" = / ]; then
		as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"
	else
		as_root env -i DEBIAN_FRONTEND=noninteractive LC_ALL=C \
			HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			chroot "$root" "$@"
	fi
}

# --- manifests ---------------------------------------------------------------

# Sizes and names of all that must be there. Contents are not read: damage of
# the kind that happens (full disk, interrupted copy, half a removal) shows.
manifest() {
	(cd "$1" && find . \( -path ./manifest -o -path ./var -o -path ./tmp \
		-o -path ./build -o -path ./root -o -path ./proc -o -path ./dev \
		-o -path ./sys -o -path ./run -o -path ./etc \) -prune \
		-o -type f -printf '%s %p\n' | LC_ALL=C sort | sha256sum)
}

manifest_write() {
	local new
	new=$(mktemp)
	manifest "$1" >"$new"
	as_root cp "$new" "$1/manifest.new"
	rm -f "$new"
	as_root mv "$1/manifest.new" "$1/manifest"
}

manifest_good() {
	[ -f "$1/manifest" ] && [ "$(manifest "$1")" = "$(cat "$1/manifest")" ]
}

# --- chroots -----------------------------------------------------------------

chroot_sources() {
	local suite=$1
	echo "deb $MIRROR $suite main"
	case $suite in
	bookworm) echo "deb $SECURITY bookworm-security main" ;;
	trixie) echo "deb $MIRROR trixie-backports main" ;;
	esac
}

chroot_make() {
	local suite=$1 root=$2 tmp=$2.new
	command -v debootstrap >/dev/null || die "debootstrap is missing: make deps"
	[ -f "$KEYRING" ] || die "$KEYRING is missing: make deps"
	say "making a $suite chroot in $root (about a minute)"
	as_root rm -rf "$root" "$tmp"
	as_root debootstrap --variant=minbase --keyring="$KEYRING" \
		--include=make,binutils,xz-utils,kmod,ca-certificates \
		"$suite" "$tmp" "$MIRROR" >"$CACHE/debootstrap.log" 2>&1 ||
		die "debootstrap failed: $CACHE/debootstrap.log"
	chroot_sources "$suite" | as_root tee "$tmp/etc/apt/sources.list" >/dev/null
	apt-config dump Acquire::http::Proxy 2>/dev/null |
		as_root tee "$tmp/etc/apt/apt.conf.d/90proxy" >/dev/null
	as_root cp -L /etc/resolv.conf "$tmp/etc/resolv.conf"
	in_root "$tmp" apt-get -qq update
	manifest_write "$tmp"
	as_root mv "$tmp" "$root"
}

chroot_ready() {
	local suite=$1 root=$2
	[ "$root" = / ] && return
	manifest_good "$root" && return
	[ ! -e "$root" ] || say "$root is damaged or half made: again from scratch"
	chroot_make "$suite" "$root"
}

# --- packages ----------------------------------------------------------------

# newest ROOT SERIES: "package version" of the newest image that apt can fetch
newest() {
	local root=$1 series=${2//./\\.} pkg ver
	local re="^linux-(image-$series\\.[0-9.]+(-[0-9]+|\\+deb[0-9]+)-amd64-unsigned"
	re="$re|binary-$series\\.[0-9.]+\\+deb[0-9]+-amd64)\$"

	in_root "$root" apt-cache pkgnames linux- | grep -E "$re" | sort -rV |
	while read -r pkg; do
		ver=$(in_root "$root" apt-cache madison "$pkg" |
			awk -F'|' '{gsub(/ /, "", $2); print $2; exit}')
		[ -z "$ver" ] || { echo "$pkg $ver"; break; }
	done
}

# Stale package lists name files that the mirror no longer has: refresh, retry.
apt_retry() {
	local root=$1
	shift
	in_root "$root" "$@" >>"$CACHE/apt.log" 2>&1 && return
	in_root "$root" apt-get -qq update >>"$CACHE/apt.log" 2>&1 || true
	in_root "$root" "$@" >>"$CACHE/apt.log" 2>&1 ||
		die "apt failed ($*): $CACHE/apt.log"
}

# ccache_ready ROOT: builds in there are faster with it, and nothing else. Asked for once.
ccache_ready() {
	local root=$1 asked=$1/var/an-failover-ccache
	if [ "$root" = / ] || [ -e "$asked" ]; then
		return
	fi
	as_root touch "$asked"
	{
		in_root "$root" apt-get -qq update &&
			in_root "$root" apt-get -y -qq --no-install-recommends install ccache
	} >>"$CACHE/apt.log" 2>&1 || true
	manifest_write "$root"
}

headers_ready() {
	local root=$1 rel=$2
	local kdir=${root%/}/usr/src/linux-headers-$rel

	[ -f "$kdir/Makefile" ] && [ -f "$kdir/Module.symvers" ] && return
	say "installing linux-headers-$rel"
	apt_retry "$root" apt-get -y -qq --no-install-recommends \
		install "linux-headers-$rel"
	[ "$root" = / ] || manifest_write "$root"
}

# image_fetch ROOT PACKAGE VERSION RELEASE DIRECTORY
image_fetch() {
	local root=$1 pkg=$2 ver=$3 rel=$4 dir=$5 dl names name deb

	names=$pkg=$ver
	# From 7.0 on the image and its modules are packages of their own.
	case $pkg in linux-binary-*) names="$names linux-modules-$rel=$ver" ;; esac
	dl=$(in_root "$root" mktemp -d /tmp/an-failover.XXXXXX)
	# apt fetches as a user of its own
	in_root "$root" chmod 0777 "$dl"
	for name in $names; do
		say "downloading $name"
		# apt-get download writes into the current directory
		apt_retry "$root" sh -c "cd $dl && apt-get -qq download '$name'"
	done
	rm -rf "$dir.new"
	mkdir -p "$dir.new"
	for deb in "${root%/}$dl"/*.deb; do
		dpkg -x "$deb" "$dir.new/x"
	done
	in_root "$root" rm -rf "$dl"
	image_arrange "$dir.new" "$rel"
	manifest_write "$dir.new"
	rm -rf "$dir"
	mv "$dir.new" "$dir"
}

# Keep the image and the modules that a test may want, nothing else.
image_arrange() {
	local dir=$1 rel=$2 mods unused

	mods=$(find "$dir/x" -type d -path "*/modules/$rel" | head -n1)
	# shellcheck disable=SC2086 # a pattern
	for unused in $UNUSED; do
		rm -rf "$mods/kernel"/$unused
	done
	mkdir -p "$dir/lib/modules"
	mv "$mods" "$dir/lib/modules/$rel"
	# In boot/ up to 6.12, beside the modules from 7.2 on.
	find "$dir" -name 'vmlinuz*' -type f -exec mv {} "$dir/vmlinuz" \;
	[ -s "$dir/vmlinuz" ] || die "no vmlinuz in the packages of $rel"
	rm -rf "$dir/x"
	depmod -b "$dir" "$rel" 2>/dev/null
}

# shellcheck source=scripts/ccache.sh
. "$here/../../scripts/ccache.sh"
# shellcheck source=tests/vm/kernel-debug.sh
. "$here/kernel-debug.sh"

# --- commands ----------------------------------------------------------------

get() {
	local series=$1 root suite pkg ver rel dir
	suite=$(suite_of "$series")
	root=$(root_of "$series")
	chroot_ready "$suite" "$root"
	read -r pkg ver <<<"$(newest "$root" "$series")"
	if [ -z "$pkg" ]; then
		in_root "$root" apt-get -qq update >&2
		read -r pkg ver <<<"$(newest "$root" "$series")"
	fi
	[ -n "$pkg" ] || die "no Linux $series package in $suite: is its suite (and security) in the apt sources?"
	rel=${pkg#linux-image-}
	rel=${rel#linux-binary-}
	rel=${rel%-unsigned}
	dir=$CACHE/kernels/${rel}_$ver.$LAYOUT
	headers_ready "$root" "$rel"
	ccache_ready "$root"
	manifest_good "$dir" || image_fetch "$root" "$pkg" "$ver" "$rel" "$dir"
	printf '%s\n' "K=$series" "REL=$rel" "VERSION=$ver" "DIR=$dir" \
		"VMLINUZ=$dir/vmlinuz" "MODDIR=$dir/lib/modules/$rel" \
		"ROOT=$root" "KDIR=/usr/src/linux-headers-$rel"
}

update() {
	local k root
	for k in $SERIES; do
		root=$(root_of "$k")
		chroot_ready "$(suite_of "$k")" "$root"
		in_root "$root" apt-get -qq update
		get "$k"
	done
}

# memo SERIES: what an earlier "get" has found
memo() {
	local file=$KERNELS_MEMO/$1
	if [ ! -s "$file" ]; then
		KERNELS_MEMO='' "$0" get "$1" >"$file.$$"
		mv "$file.$$" "$file"
	fi
	cat "$file"
}

main() {
	if [ -n "${KERNELS_MEMO:-}" ] && [ "${1:-}" = get ]; then
		memo "${2:?series}"
		return
	fi
	mkdir -p "$CACHE/kernels"
	case "${1:-} ${2:-}" in
	"get debug"|"get kcsan"|"get uml")
		# it takes minutes, in which others are not kept from their kernels
		exec 9>"$CACHE/lock-$2"
		flock 9
		debug_get "$2"
		return
		;;
	esac
	case ${1:-} in
	get|update|clean)
		exec 9>"$CACHE/lock"
		flock 9
		;;
	esac
	case ${1:-} in
	get) get "${2:?series}" ;;
	update) update ;;
	list) echo "$SERIES" ;;
	clean) as_root rm -rf "$CACHE" ;;
	*) die "usage: kernels.sh get SERIES | update | list | clean" ;;
	esac
}

main "$@"
