# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds that a compiler's cache helps, for bash scripts to source. ccache knows a
# file only where it was: the modules are therefore built at one place ($BUILD_AT),
# where the directory that they are in is mounted for as long as it takes, in a
# namespace of its own. Two checkouts do not meet there.

BUILD_AT=${XDG_CACHE_HOME:-$HOME/.cache}/an_failover/build

# What ccache looks at is the same every time; what is in a file says more than when
# it was written.
CCACHE_SETTINGS="CCACHE_NOHASHDIR=1
	CCACHE_SLOPPINESS=include_file_mtime,include_file_ctime,time_macros"

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

# ccache_make KDIR DIRECTORY [make arguments]: the modules of DIRECTORY, which gcov
# has to find again. Messages name the files there.
ccache_make() {
	local kdir=$1 dir=$2
	shift 2
	case " $* " in
	*" GCOV_PROFILE=y "*) ;;
	*)
		if ccache_works && mkdir -p "$BUILD_AT" 2>/dev/null &&
		   unshare --mount mount --bind "$dir" "$BUILD_AT" 2>/dev/null; then
			ccache_make_at "$kdir" "$dir" "$@"
			return
		fi
		;;
	esac
	make -j"$(nproc)" -C "$kdir" M="$dir" "$@" modules
}

# Debian's headers have a switch for it.
ccache_make_at() {
	local kdir=$1 dir=$2
	shift 2
	[ -f "$kdir/.kernelvariables" ] || set -- "CC=ccache gcc" "$@"
	# what is compiled in is the name in the checkout, too
	# shellcheck disable=SC2016,SC2086 # the shell's own words; a list
	env $CCACHE_SETTINGS DEBIAN_KERNEL_USE_CCACHE=1 CCACHE_FOR_CLANG=ccache \
		unshare --mount sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' \
		sh "$dir" "$BUILD_AT" \
		make -j"$(nproc)" -C "$kdir" M="$BUILD_AT" \
		"KCFLAGS=-fmacro-prefix-map=$BUILD_AT/=" "$@" modules 2>&1 |
		sed "s|$BUILD_AT|$dir|g"
	return "${PIPESTATUS[0]}"
}
