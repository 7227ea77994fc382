#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Install the Debian packages that the make targets need. Does nothing, fast,
# when all of them are there; says what it is about to install otherwise.
#
# usage: scripts/deps.sh [--list]
set -eu

# Tools: building, style, DKMS, virtual machines, the demo's picture.
TOOLS="bc binutils bison bzip2 ca-certificates ccache cpio debian-archive-keyring
debootstrap dpkg-dev
busybox-static ethtool flex gcc git gnuplot-nox iperf3 iproute2 iputils-ping
kexec-tools kmod libbpf-dev libc6-dev libelf-dev libssl-dev libxdp-dev make dkms
xz-utils zlib1g-dev
clang file libteam-utils nftables perl python3 python3-git python3-ply qemu-system-x86
shellcheck sparse tcpdump"

# Kernels: the headers to build and to install against, and the source package
# that carries checkpatch and spdxcheck. A release of Debian has only some of
# them; the ones it does not have are left to the caches of the VM harness.
KERNELS="linux-headers-amd64 linux-headers-cloud-amd64 linux-headers-6.12-amd64
linux-source-6.12"

fail()
{
	echo "deps: $*" >&2
	exit 1
}

installed()
{
	dpkg-query -W -f '${Status}' "$1" 2>/dev/null |
		grep -q '^install ok installed$'
}

known()
{
	apt-cache show --no-all-versions "$1" >/dev/null 2>&1
}

missing()
{
	for pkg in "$@"; do
		installed "$pkg" || printf '%s ' "$pkg"
	done
}

if [ "${1:-}" = --list ]; then
	# shellcheck disable=SC2086 # a list of words
	printf '%s\n' $TOOLS $KERNELS
	exit 0
fi

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	fail "this is not Debian (no apt-get); install the equivalents of:
$("$0" --list | tr '\n' ' ')"
fi

# shellcheck disable=SC2086 # a list of words
need=$(missing $TOOLS)
# shellcheck disable=SC2086 # a list of words
kernels=$(missing $KERNELS)
if [ -z "$need" ]; then
	# What this release does not have is no reason to ask the network again.
	for pkg in $kernels; do
		! known "$pkg" || need="$need$pkg "
	done
fi
[ -n "$need" ] || exit 0

[ "$(id -u)" = 0 ] ||
	fail "not root; install these first: $need
      (for example: sudo apt-get install $need)"

want=
export DEBIAN_FRONTEND=noninteractive
# A fresh machine or container has no package lists yet, an old one stale ones.
echo "deps: apt-get update"
apt-get -q -q update || fail "apt-get update failed (network?)"

# shellcheck disable=SC2086 # a list of words
for pkg in $(printf '%s\n' $need $kernels | sort -u); do
	case " $kernels " in
	*" $pkg "*)
		if ! known "$pkg"; then
			echo "deps: $pkg is not in this release's archive, left out"
			continue
		fi ;;
	esac
	want="$want$pkg "
done

echo "deps: installing $want"
# shellcheck disable=SC2086 # a list of words
apt-get -q -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends $want ||
	fail "apt-get install failed, see above"
