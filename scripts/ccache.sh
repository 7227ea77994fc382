# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds that a compiler's cache helps, for bash scripts to source. ccache knows a
# file only where it was: the modules are therefore built at one place ($BUILD_AT),
# where the directory that they are in is mounted for as long as it takes, in a
# namespace of its own. Two checkouts do not meet there.

BUILD_AT=${XDG_CACHE_HOME:-$HOME/.cache}/an_failover/build

# What ccache looks at is the same every time; what is in a file says more than when
# it was written. It does not see that a header has come which is found before the one
# that was: the names of all are part of what it looks at (ccache_headers).
CCACHE_SETTINGS="CCACHE_NOHASHDIR=1
	CCACHE_SLOPPINESS=include_file_mtime,include_file_ctime,time_macros"

# ccache_headers DIRECTORY
ccache_headers() {
	(cd "$1" && find . -name '*.h' | LC_ALL=C sort >.headers)
}

# ccache_works: its own cache may be damaged or not writable
ccache_works() {
	local dir status
	command -v ccache >/dev/null && dir=$(mktemp -d) || return
	echo 'int an;' >"$dir/an.c"
	ccache gcc -c "$dir/an.c" -o "$dir/an.o" 2>/dev/null
	status=$?
	rm -rf "$dir"
	return $status
}

# ccache_make KDIR DIRECTORY [make arguments]: the modules of DIRECTORY. Messages name
# the files there. gcov has to find them again; and parts of a cache may be damaged.
ccache_make() {
	local kdir=$1 dir=$2 said status=0
	shift 2
	case " $* " in
	*" GCOV_PROFILE=y "*) ;;
	*)
		if ccache_works && mkdir -p "$BUILD_AT" 2>/dev/null &&
		   unshare --mount mount --bind "$dir" "$BUILD_AT" 2>/dev/null; then
			said=$(mktemp)
			ccache_make_at "$kdir" "$dir" "$@" >"$said" || status=$?
			cat "$said"
			[ $status = 0 ] || ! grep -q '^ccache: error' "$said" || status=again
			rm -f "$said"
			[ $status = again ] || return $status
		fi
		;;
	esac
	make -j"$(nproc)" -C "$kdir" M="$dir" "$@" modules
}

# Debian's headers have a switch for it. What is compiled in as a file's name is the one
# in the checkout.
ccache_make_at() {
	local kdir=$1 dir=$2
	shift 2
	[ -f "$kdir/.kernelvariables" ] || set -- "CC=ccache gcc" "$@"
	ccache_headers "$dir"
	# shellcheck disable=SC2016,SC2086 # the shell's own words; a list
	env $CCACHE_SETTINGS CCACHE_EXTRAFILES="$BUILD_AT/.headers" \
		DEBIAN_KERNEL_USE_CCACHE=1 CCACHE_FOR_CLANG=ccache \
		unshare --mount sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' \
		sh "$dir" "$BUILD_AT" \
		make -j"$(nproc)" -C "$kdir" M="$BUILD_AT" \
		KCFLAGS="-fmacro-prefix-map=$BUILD_AT/= ${KCFLAGS:-}" "$@" modules 2>&1 |
		sed "s|$BUILD_AT|$dir|g"
	return "${PIPESTATUS[0]}"
}
