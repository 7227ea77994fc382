#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything that can be said about the code without running it, one result
# line a check ("ok N - what", "not ok N - what"), "N passed, N failed" last.
#
# usage: scripts/style.sh [check...]     (default: all; --list names them)
#
# KDIR=  headers to build against (default: the newest installed 6.12)
#
# checkpatch and spdxcheck are the kernel's own. They are taken once out of the
# distribution's linux-source package into ${XDG_CACHE_HOME:-~/.cache}, never
# into the repository. Packages come from scripts/deps.sh.
set -u -o pipefail
export LC_ALL=C.UTF-8

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
out=$top/build/style
cache=${XDG_CACHE_HOME:-$HOME/.cache}/an_failover
tarball=/usr/src/linux-source-6.12.tar.xz

MAX_FILE=600		# lines of a source file
MAX_FUNCTION=60		# lines of a function, braces included
LONG_FUNCTION=40	# reported, not refused

GUEST='^tests/vm/(scenarios|selftest|guest)/'

CHECKS="spdx checkpatch version-tests file-length function-length shellcheck
gcc sparse clang module-version"

passed=0
failed=0

# shellcheck source=scripts/ccache.sh
. "$top/scripts/ccache.sh"

die()
{
	echo "style: $*" >&2
	exit 1
}

# result <text>: judges what the check wrote to $out/log
result()
{
	local n=$((passed + failed + 1))

	if [ -s "$out/log" ]; then
		failed=$((failed + 1))
		echo "not ok $n - $1"
		sed "s|$out/[a-z]*/||; s/^/# /" "$out/log" | head -n 200
	else
		passed=$((passed + 1))
		echo "ok $n - $1"
	fi
}

# every file of the checkout that is or will be tracked
files()
{
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files -co --exclude-standard -- "$@"
	else
		find . -path ./build -prune -o -type f -printf '%P\n' |
			while read -r file; do
				for pattern; do
					# shellcheck disable=SC2254 # a pattern
					case $file in $pattern) echo "$file" ;; esac
				done
			done
	fi | sort -u | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

sources()
{
	files '*.c' '*.h'
}

scripts()
{
	files '*' | while read -r file; do
		case $file in
		*.sh) echo "$file" ;;
		*.*) ;;
		*) head -c 64 "$file" | head -n 1 | tr -d '\0' |
			grep -Eq '^#!.*[/ ](ba|da|)sh( |$)' && echo "$file" ;;
		esac
	done
	files '.ci/*'
}

## the kernel's own checkers, in the cache

checkers_good()
{
	[ -f "$1/SHA256SUMS" ] && [ -d "$1/.git" ] &&
		(cd "$1" && sha256sum --quiet --strict -c SHA256SUMS &&
		 git diff --quiet HEAD -- LICENSES) >/dev/null 2>&1
}

# spdxcheck reads LICENSES/ out of a git commit, so the cache is a repository
checkers_make()
{
	local tmp

	[ -r "$tarball" ] || die "$tarball is missing: make deps"
	mkdir -p "$cache" && tmp=$(mktemp -d "$cache/.new.XXXXXX") || exit 1
	echo "# taking checkpatch and spdxcheck out of $tarball"
	tar -xJf "$tarball" -C "$tmp" --strip-components=1 --wildcards \
		'*/LICENSES' '*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
		'*/scripts/const_structs.checkpatch' '*/scripts/spdxcheck.py' \
		'*/scripts/spdxexclude' || die "cannot unpack $tarball"
	(
		cd "$tmp" && git init -q . && git add . &&
		git -c user.name=style -c user.email=style@localhost \
			-c commit.gpgsign=false commit -q --no-verify -m "$1" &&
		find LICENSES scripts -type f -exec sha256sum {} + >SHA256SUMS
	) || die "cannot set up $tmp"
	rm -rf "$cache/checkpatch-$1"
	mv -T "$tmp" "$cache/checkpatch-$1"
}

checkers()
{
	local version

	version=$(dpkg-query -W -f '${Version}' linux-source-6.12 2>/dev/null) ||
		die "the package linux-source-6.12 is missing: make deps"
	tools=$cache/checkpatch-$version
	checkers_good "$tools" || checkers_make "$version"
	checkers_good "$tools" || die "the cache $tools cannot be made good"
}

## checks on the text

check_spdx()
{
	local list

	mapfile -t list < <(files '*' | grep -Ev '(^|/)LICENSE$|\.(md|png|svg)$')
	for file in "${list[@]}"; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: ' ||
			echo "$file: no SPDX-License-Identifier in the first lines"
	done >"$out/log"
	(cd "$tools" && /usr/bin/python3 scripts/spdxcheck.py \
		"${list[@]/#/$top/}") >>"$out/log" 2>&1
	result "every file has a valid SPDX identifier (${#list[@]} files)"
}

# where kernel versions may be told apart
COMPAT='^compat/|^tests/hvsim/([^/]*_)?compat\.h$'

# "<types to ignore> <file>" for each source, from scripts/checkpatch.ignore
with_exceptions()
{
	sources | awk '
		NR == FNR && /^[^#]/ { re[++n] = $1; types[n] = $2 }
		NR == FNR { next }
		{
			ignore = "-"
			for (i = 1; i <= n; i++)
				if ($0 ~ re[i])
					ignore = ignore "," types[i]
			print ignore, $0
		}' scripts/checkpatch.ignore -
}

# .checkpatch.conf has the options
checkpatch()
{
	local ignore=$1 said

	shift
	[ "$ignore" = - ] || set -- --ignore "${ignore#-,}" "$@"
	said=$(perl "$tools/scripts/checkpatch.pl" -q --color=never -f "$@" 2>&1)
	[ -z "$said" ] || echo "$said"
}

check_checkpatch()
{
	local ignore list

	with_exceptions | sort >"$out/files"
	# as many at a time as there are processors
	export -f checkpatch
	export tools
	cut -d ' ' -f 1 "$out/files" | uniq | while read -r ignore; do
		mapfile -t list < <(sed -n "s|^$ignore ||p" "$out/files")
		# shellcheck disable=SC2016 # for the shell that xargs runs
		printf '%s\0' "${list[@]}" | xargs -0 -n 8 -P "$(nproc)" \
			bash -c 'checkpatch "$@"' checkpatch "$ignore"
	done >"$out/log" 2>&1
	result "checkpatch --strict ($(wc -l <"$out/files") files)"
}

check_version_tests()
{
	sources | grep -Ev "$COMPAT" |
		xargs -r grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION *\(|RHEL_RELEASE' \
		>"$out/log"
	result "kernel versions are tested in compat/ only"
}

check_file_length()
{
	local list

	mapfile -t list < <(sources; scripts)
	awk -v max="$MAX_FILE" '
		FNR == 1 && file { tell() } { file = FILENAME; n = FNR }
		function tell() { if (n > max) print file ": " n " lines" }
		END { tell() }' "${list[@]}" >"$out/log"
	result "no file is longer than $MAX_FILE lines (${#list[@]} files)"
}

# In kernel style a function's body is what stands between a lone { and a lone }
# in the first column, its name in the last line before that starts there.
check_function_length()
{
	local list

	mapfile -t list < <(files '*.c')
	awk '
		FNR == 1 { open = 0 }
		/^[a-zA-Z_].*\(/ { head = $0 }
		/^\{$/ { open = FNR }
		/^\}/ && open {
			sub(/\(.*/, "", head); sub(/.*[ *]/, "", head)
			print FNR - open + 1, FILENAME ":" open ": " head "()"
			open = 0
		}' "${list[@]}" | sort -n >"$out/functions"
	awk -v max="$MAX_FUNCTION" '$1 > max' "$out/functions" >"$out/log"
	result "no function is longer than $MAX_FUNCTION lines ($(awk \
		-v long="$LONG_FUNCTION" '
		{ n[NR] = $1 } $1 > long { over++ }
		END {
			printf "%d functions, median %d, 90th percentile %d, ", NR,
				n[int((NR + 1) / 2)], n[int((NR * 9 + 9) / 10)]
			printf "%d over %d", over, long
		}' "$out/functions"))"
	awk -v long="$LONG_FUNCTION" '$1 > long { print "#   " $0 }' \
		"$out/functions"
}

# What runs in a test VM is sourced by busybox after tests/vm/lib.sh: a scenario
# has no #! line, uses what the library defines, and its words are numbers and
# names of devices, without spaces to quote.
check_shellcheck()
{
	local list

	mapfile -t list < <(scripts | sort -u | grep -Ev "$GUEST")
	shellcheck -x -f gcc "${list[@]}" >"$out/log" 2>&1
	mapfile -t list < <(scripts | sort -u | grep -E "$GUEST")
	[ ${#list[@]} = 0 ] ||
		shellcheck -x -f gcc -s dash -e SC2034,SC2086,SC2154 \
			"${list[@]}" >>"$out/log" 2>&1
	result "shellcheck -x ($(scripts | sort -u | wc -l) scripts)"
}

## checks that build; each compiler has its own copy of the tree, so that the
## checkout and a running test are left alone

copy()
{
	rm -rf "${out:?}/$1" && mkdir -p "$out/$1" &&
		files '*' | grep -v '^Documentation/' |
			tar -cf - -T - | tar -xf - -C "$out/$1"
}

# build <copy> <make arguments>: the module, then the simulators
build()
{
	local dir=$out/$1 log=$out/$1.log status=0

	shift
	: >"$log"
	for part in "$dir" "$dir/tests/hvsim"; do
		ccache_make "$KDIR" "$part" "$@" >>"$log" 2>&1 || status=1
	done
	return $status
}

# Whatever a build says beyond its progress lines ("  CC [M]  x.o").
messages()
{
	grep -vE '^  [A-Z]+ |^make(\[[0-9]+\])?: (Entering|Leaving)|^$' "$1" |
		grep -vE '^warning: the compiler differs|^  (The kernel was built|You are using)' |
		grep -vE 'Skipping BTF generation' |
		grep -vE "${2:-^\$}"
}

check_gcc()
{
	copy gcc
	build gcc W=1
	messages "$out/gcc.log" >"$out/log"
	[ -s "$out/log" ] || [ -f "$out/gcc/an-failover.ko" ] ||
		echo "no an-failover.ko was built" >"$out/log"
	result "gcc W=1: $(gcc -dumpfullversion), $(built gcc) modules, ${KDIR_NAME}"
}

built()
{
	find "$out/$1" -name '*.ko' | wc -l
}

# C=2 checks what is already compiled: on top of gcc's build, same flags
check_sparse()
{
	if [ ! -d "$out/gcc" ]; then
		copy gcc
		build gcc W=1
	fi
	build gcc W=1 C=2
	messages "$out/gcc.log" >"$out/log"
	[ -s "$out/log" ] || grep -q '^  CHECK ' "$out/gcc.log" ||
		echo "sparse was not run" >"$out/log"
	result "sparse: $(sparse --version), $(grep -c '^  CHECK ' \
		"$out/gcc.log") files"
}

check_clang()
{
	local kbuild

	# Objects without the dropped mitigations displease objtool, of course.
	kbuild='^[^ ]*\.o: warning: objtool: '
	copy clang
	build clang W=1 CC="$top/scripts/clang-cc.sh"
	messages "$out/clang.log" "$kbuild" >"$out/log"
	result "clang W=1: $(clang -dumpversion), $(built clang) modules, ${KDIR_NAME}"
}

# One number: the packaging must not disagree with the module.
check_module_version()
{
	local dkms module

	dkms=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' dkms.conf)
	[ -f "$out/gcc/an-failover.ko" ] || { copy gcc; build gcc W=1; }
	module=$(modinfo -F version "$out/gcc/an-failover.ko" 2>&1)
	: >"$out/log"
	[ -n "$dkms" ] && [ "$dkms" = "$module" ] ||
		echo "dkms.conf has '$dkms', the module '$module'" >"$out/log"
	result "dkms.conf has the module's version ($module)"
}

## main

if [ "${1:-}" = --list ]; then
	echo "$CHECKS" | tr '\n' ' '
	echo
	exit 0
fi

# shellcheck disable=SC2086 # a list of words
[ $# -gt 0 ] || set -- $CHECKS
for tool in perl git shellcheck sparse clang gcc make modinfo; do
	command -v $tool >/dev/null || die "$tool is missing: make deps"
done
if [ -z "${KDIR:-}" ]; then
	KDIR=$(find /usr/src -maxdepth 1 -name 'linux-headers-6.12*-amd64' |
		grep -Ev -- '-(cloud|rt)-amd64$' | sort -V | tail -n 1)
	[ -n "$KDIR" ] || die "no headers of a 6.12 kernel: make deps, or KDIR="
fi
KDIR_NAME=$(basename "$KDIR")
KDIR_NAME=${KDIR_NAME#linux-headers-}

mkdir -p "$top/build" && exec 9>"$top/build/style.lock" || exit 1
if ! flock -n 9; then
	echo "# another run is under way, waiting for it"
	flock 9
fi
rm -rf "$out"
mkdir -p "$out" || exit 1
case " $* " in *" spdx "* | *" checkpatch "*) checkers ;; esac

for check; do
	case " $(echo "$CHECKS" | tr '\n' ' ') " in
	*" $check "*) "check_$(echo "$check" | tr - _)" ;;
	*) die "no check named $check" ;;
	esac
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
