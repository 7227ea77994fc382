#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# dkms add, build, install, status and remove of this checkout against the
# installed headers of each supported kernel, in private trees: the host's
# DKMS, /usr/src and /lib/modules are not touched.
#
# usage: tests/dkms/test.sh [kernel version...]
#
# Default: the newest installed headers of each of 6.1 and 6.12, and of the cloud
# flavour, which Azure's images have. KTAP lines, "N passed, N failed" last; the log of a
# failure is kept and named.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
passed=0
failed=0

die()
{
	echo "dkms: $*" >&2
	exit 1
}

check()
{
	local what=$1 n=$((passed + failed + 1))

	shift
	if "$@" >>"$log" 2>&1; then
		passed=$((passed + 1))
		echo "ok $n - $what"
	else
		failed=$((failed + 1))
		echo "not ok $n - $what"
	fi
}

[ "$(id -u)" = 0 ] || die "needs root, as dkms does (private trees are used)"
for tool in dkms modinfo make gcc; do
	command -v $tool >/dev/null || die "$tool is missing: make deps"
done

conf()
{
	sed -n "s/^$1=\"\(.*\)\"\$/\1/p" "$top/dkms.conf"
}

name=$(conf PACKAGE_NAME)
version=$(conf PACKAGE_VERSION)
pattern=$(conf BUILD_EXCLUSIVE_KERNEL)

# newest PATTERN
newest()
{
	find /lib/modules -mindepth 2 -maxdepth 2 -name build |
		sed 's|.*/\([^/]*\)/build$|\1|' | grep -E -e "$1" | sort -V | tail -n 1
}

if [ $# -eq 0 ]; then
	for wanted in '^6\.1\.[^-]*-[^-]*-amd64' '^6\.12\.[^-]*-amd64' '-cloud-amd64$'; do
		kernel=$(newest "$wanted")
		if [ -n "$kernel" ]; then
			set -- "$@" "$kernel"
		else
			echo "# no headers like $wanted installed, left out"
		fi
	done
fi
[ $# -gt 0 ] || die "no kernel headers installed: make deps"

# Everything the test makes.
tmp=$(mktemp -d) || exit 1
log=$tmp/log
: >"$log"
cleanup()
{
	if [ "$failed" = 0 ]; then
		rm -rf "$tmp"
	else
		echo "# log: $log; trees beside it"
	fi
}
trap cleanup EXIT
mkdir "$tmp/checkout" "$tmp/src" "$tmp/dkms" "$tmp/modules"

# What a fresh clone would have.
files()
{
	cd "$top" || exit
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files -co --exclude-standard | while read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done
	else
		find . -path ./build -prune -o -type f -print
	fi
}
(files) | tar -C "$top" -cf - -T - | tar -C "$tmp/checkout" -xf - ||
	die "cannot copy the checkout"

# dkms signs with a key that it creates in /var/lib/dkms unless told otherwise
export mok_signing_key=$tmp/mok.key mok_certificate=$tmp/mok.pub

dkms_private()
{
	local command=$1

	shift
	echo "+ dkms $command $*"
	dkms "$command" --dkmstree "$tmp/dkms" --sourcetree "$tmp/src" \
		--installtree "$tmp/modules" --no-depmod "$@"
}

installed()
{
	find "$tmp/modules" -name 'an-failover.ko*'
}

field_is()
{
	[ "$(modinfo -F "$1" "$(installed)" 2>&1 | tee -a "$log")" = "$2" ]
}

host_state()
{
	find /var/lib/dkms /usr/src /lib/modules -maxdepth 2 -printf '%p %T@\n' |
		sort
}

status_is()
{
	dkms_private status -m "$name" -v "$version" -k "$1" |
		tee -a "$log" | grep -q ": $2"
}

one_module()
{
	[ "$(installed | wc -l)" = 1 ] &&
		[ "$(dirname "$(installed)" | grep -c '/updates')" = 1 ]
}

vermagic_is()
{
	modinfo -F vermagic "$(installed)" 2>&1 | tee -a "$log" |
		grep -q "^$1 "
}

uninstalled()
{
	[ -z "$(installed)" ]
}

nothing_left()
{
	[ -z "$(installed)" ] && [ ! -e "$tmp/dkms/$name/$version" ] &&
		! dkms_private status -m "$name" | grep -q "^$name"
}

# make_private KERNEL TARGET: the other way to install, below a directory of our own
make_private()
{
	make -C "$tmp/checkout" KDIR="/lib/modules/$1/build" DESTDIR="$tmp/dest" "$2"
}

# files_are FILE...: all that there is below that directory
files_are()
{
	[ "$(cd "$tmp/dest" && find . -type f | sort | tr '\n' ' ')" = "${*:+$* }" ]
}

refuses()
{
	! [[ $1 =~ $pattern ]]
}

accepts()
{
	[[ $1 =~ $pattern ]]
}

before=$(host_state)

check "dkms add of a checkout" dkms_private add "$tmp/checkout"
for kernel; do
	set -- -m "$name" -v "$version" -k "$kernel"
	mkdir "$tmp/modules/$kernel"
	check "$kernel: dkms build" dkms_private build "$@"
	check "$kernel: status says built" status_is "$kernel" built
	check "$kernel: dkms install" dkms_private install "$@"
	check "$kernel: status says installed" status_is "$kernel" installed
	check "$kernel: one an-failover.ko, under updates" one_module
	check "$kernel: vermagic" vermagic_is "$kernel"
	check "$kernel: version is $version" field_is version "$version"
	check "$kernel: called an_failover" field_is name an_failover
	check "$kernel: dkms uninstall" dkms_private uninstall "$@"
	check "$kernel: uninstalled" uninstalled
done
check "dkms remove" dkms_private remove "$name/$version" --all
check "remove leaves nothing" nothing_left

check "$kernel: make install" make_private "$kernel" install
check "$kernel: makes one file" files_are "./lib/modules/$kernel/updates/an-failover.ko"
check "$kernel: make uninstall" make_private "$kernel" uninstall
check "$kernel: leaves none" files_are

for kernel in 6.1.0-56-amd64 6.12.117+deb12-amd64 6.19.3 7.0.1 7.2-rc1 7.2.12; do
	check "BUILD_EXCLUSIVE_KERNEL has $kernel" accepts $kernel
done
for kernel in 5.10.0-30-amd64 6.0.12 6.20.1 7.3.0 7.20.1 16.1.0; do
	check "BUILD_EXCLUSIVE_KERNEL has no $kernel" refuses $kernel
done
check "the host is as it was" [ "$before" = "$(host_state)" ]

[ "$failed" = 0 ] || find "$tmp/dkms" -name make.log -exec tail -n 30 {} + |
	sed 's/^/# /'
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
