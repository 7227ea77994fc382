# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# The kernels of kernels.sh, which reads this file, that are built here: Linux 6.12
# out of the distribution's source package, by the host's compiler.
#
#   debug   for x86 machines, with debug.config
#   kcsan   the same to find data races, with kcsan.config
#   uml     User Mode Linux for the unit tests, with tests/kunit/uml.config
#
# kernels/<name>_<package version>_<key>.<layout>/ has vmlinuz, lib/modules and
# kdir/, the part of the build tree that modules are built against. The key stands
# for the fragment, the compiler and what is changed in the source.

DEBUG_SERIES=6.12
DEBUG_UNUSED_DAYS=14

# debug_kcsan: debug.config with another purpose
debug_kcsan() {
	sed -e '/^CONFIG_LOCALVERSION=/d' -e '/^# --- what it is for/,$d' "$here/debug.config"
	cat "$here/kcsan.config"
}

# debug_kind debug|kcsan|uml: which one the rest of this file is about
debug_kind() {
	DEBUG_KIND=$1
	DEBUG_ARCH=x86 DEBUG_IMAGE=arch/x86/boot/bzImage DEBUG_TARGET=bzImage
	case $1 in
	debug)
		DEBUG_FRAGMENT=$here/debug.config
		;;
	kcsan)
		DEBUG_FRAGMENT=$CACHE/kcsan.config
		debug_kcsan >"$DEBUG_FRAGMENT"
		;;
	uml)
		DEBUG_FRAGMENT=$(readlink -f "$here/../kunit/uml.config")
		DEBUG_ARCH=um DEBUG_IMAGE=linux DEBUG_TARGET=linux
		;;
	esac
}

debug_source_version() {
	local ver root
	ver=$(dpkg-query -W -f '${Version}' linux-source-$DEBUG_SERIES 2>/dev/null || true)
	if [ -n "$ver" ] && [ -s /usr/src/linux-source-$DEBUG_SERIES.tar.xz ]; then
		echo "$ver"
		return
	fi
	root=$(root_of $DEBUG_SERIES)
	chroot_ready "$(suite_of $DEBUG_SERIES)" "$root"
	in_root "$root" apt-cache madison linux-source-$DEBUG_SERIES |
		awk -F'|' '{ gsub(/ /, "", $2); print $2; exit }'
}

# debug_unpack VERSION DIRECTORY: the source into DIRECTORY/linux
debug_unpack() {
	local ver=$1 dir=$2 root dl tarball=/usr/src/linux-source-$DEBUG_SERIES.tar.xz

	if [ "$(dpkg-query -W -f '${Version}' linux-source-$DEBUG_SERIES \
		2>/dev/null)" != "$ver" ]; then
		root=$(root_of $DEBUG_SERIES)
		dl=$(in_root "$root" mktemp -d /tmp/an-failover.XXXXXX)
		in_root "$root" chmod 0777 "$dl"
		say "downloading linux-source-$DEBUG_SERIES=$ver"
		apt_retry "$root" sh -c "cd $dl &&
			apt-get -qq download linux-source-$DEBUG_SERIES=$ver"
		dpkg -x "${root%/}$dl"/*.deb "$dir/deb"
		in_root "$root" rm -rf "$dl"
		tarball=$dir/deb$tarball
	fi
	say "unpacking Linux $ver"
	mkdir "$dir/linux"
	tar -xf "$tarball" -C "$dir/linux" --strip-components=1
	rm -rf "$dir/deb"
}

# What is changed in the source, in its directory.
# User Mode Linux of 6.12 keeps 2696 bytes of what XSAVE saves of a process. A CPU with
# AMX saves 11008 bytes, and the host takes back all or nothing (EFAULT; "ptrace set fp
# regs failed", and init is killed). uml.config makes room for them on the stack.
debug_change_uml() {
	sed -i 's/(HOST_FP_SIZE, 2696)/(HOST_FP_SIZE, 12288)/' arch/x86/um/user-offsets.c
}

# Two faults of 6.12 that lockdep reports, and then watches no more: pciehp's reset_lock
# and pci_rescan_remove_lock are taken in either order when a slot loses its power, and
# vmxnet3 reads its XDP program, under RTNL, as if in an RCU read-side section.
debug_change_debug() {
	sed -i 's/^\tinit_rwsem(&ctrl->reset_lock);/&\n\tlockdep_set_novalidate_class(\&ctrl->reset_lock);/' \
		drivers/pci/hotplug/pciehp_hpc.c
	sed -i 's/= rcu_dereference(adapter->xdp_bpf_prog);/= rcu_access_pointer(adapter->xdp_bpf_prog);/' \
		drivers/net/vmxnet3/vmxnet3_xdp.c
}

debug_change_kcsan() { :; }

# Options that another one switches off, or that are gone, would be lost in
# silence.
debug_check_config() {
	local lost
	lost=$(grep -E '^(CONFIG_|# CONFIG_)' "$DEBUG_FRAGMENT" |
		grep -vxFf "$1" | grep -v ' is not set$' || true)
	[ -z "$lost" ] || die "without effect in $DEBUG_FRAGMENT: $lost"
	lost=$(sed -n 's/^# \(CONFIG_[A-Z0-9_]*\) is not set$/\1=/p' \
		"$DEBUG_FRAGMENT" | grep -Ff - "$1" || true)
	[ -z "$lost" ] || die "against $DEBUG_FRAGMENT: $lost"
}

# debug_make LINUX ARGUMENT...: what ccache looks at is the same every time
debug_make() {
	local linux=$1 cc=gcc
	shift
	! ccache_works || cc="ccache gcc"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u KBUILD_OUTPUT -u KDIR -u KVER \
		LC_ALL=C CCACHE_NOHASHDIR=1 KBUILD_BUILD_USER=an KBUILD_BUILD_HOST=an \
		KBUILD_BUILD_TIMESTAMP='Thu Jan 1 00:00:00 UTC 1970' \
		make -C "$linux" ARCH="$DEBUG_ARCH" CC="$cc" "$@"
}

# debug_compile LINUX LOG: says how far it is, for it takes minutes
debug_compile() {
	local linux=$1 log=$2 start=$SECONDS said=$SECONDS

	debug_make "$linux" -s KCONFIG_ALLCONFIG="$DEBUG_FRAGMENT" allnoconfig >"$log" 2>&1 ||
		die "the $DEBUG_KIND kernel's configuration failed: $log"
	debug_check_config "$linux/.config"
	say "building the $DEBUG_KIND kernel, which takes minutes unless ccache knows it"
	debug_make "$linux" -j"$(nproc)" "$DEBUG_TARGET" modules >>"$log" 2>&1 &
	pid=$!
	# in the background it would not see an interrupt
	trap 'kill $pid 2>/dev/null' EXIT
	while kill -0 $pid 2>/dev/null; do
		sleep 1
		[ $((SECONDS - said)) -ge 20 ] || continue
		said=$SECONDS
		say "$DEBUG_KIND kernel: $((SECONDS - start)) s," \
			"$(grep -c '^  CC' "$log") files compiled"
	done
	wait $pid || { tail -n 20 "$log" >&2; die "the $DEBUG_KIND kernel failed: $log"; }
	trap - EXIT
}

# The part of the tree that modules are built against. The kernel's own script does
# not know that User Mode Linux also needs headers of the host's architecture.
debug_kdir_um() {
	local linux=$1 kdir=$2

	(cd "$linux" && find . -type f \( -name 'Makefile*' -o -name 'Kbuild*' -o \
		-path './include/*' -o -path './scripts/*' -o \
		-path './arch/um/*' -o -path './arch/x86/*' -o \
		-path './tools/testing/kunit/*' -o -path ./Module.symvers -o \
		-path ./.config \) ! -name '*.o' ! -name '*.cmd' ! -name '*.a' -print0 |
		xargs -0 cp -pu --parents -t "$kdir") &&
	# what is linked into each module
	(cd "$linux" && find scripts -name '*.o' -print0 |
		xargs -0 -r cp -pu --parents -t "$kdir")
}

debug_kdir_x86() {
	local linux=$1 kdir=$2

	(cd "$linux" && srctree=. objtree=. SRCARCH=x86 CC=gcc HOSTCC=gcc MAKE=make \
		sh scripts/package/install-extmod-build "$kdir") &&
	cp "$linux/.config" "$kdir/"
}

# debug_arrange LINUX DIRECTORY: what tests need, and no more
debug_arrange() {
	local linux=$1 dir=$2

	cp "$linux/$DEBUG_IMAGE" "$dir/vmlinuz" &&
	debug_make "$linux" -s INSTALL_MOD_PATH="$dir" modules_install &&
	rm -f "$dir"/lib/modules/*/build "$dir"/lib/modules/*/source &&
	mkdir -p "$dir/kdir" &&
	"debug_kdir_$DEBUG_ARCH" "$linux" "$dir/kdir"
}

# debug_build VERSION DIRECTORY
debug_build() {
	local ver=$1 dir=$2 log=$CACHE/$DEBUG_KIND-kernel.log
	local tool tmp=$CACHE/$DEBUG_KIND.build

	for tool in gcc make flex bison bc; do
		command -v $tool >/dev/null || die "$tool is missing: make deps"
	done
	rm -rf "$tmp" "$dir" "$dir.new"
	mkdir -p "$tmp" "$dir.new"
	debug_unpack "$ver" "$tmp"
	(cd "$tmp/linux" && "debug_change_$DEBUG_KIND")
	debug_compile "$tmp/linux" "$log"
	debug_arrange "$tmp/linux" "$dir.new" >>"$log" 2>&1 ||
		die "the $DEBUG_KIND kernel failed: $log"
	rm -rf "$tmp"
	manifest_write "$dir.new"
	mv "$dir.new" "$dir"
}

# debug_get debug|kcsan|uml
debug_get() {
	local ver key dir rel

	debug_kind "$1"
	ver=$(exec 7>"$CACHE/lock" && flock 7 && debug_source_version)
	[ -n "$ver" ] || die "no package linux-source-$DEBUG_SERIES"
	key=$({ cat "$DEBUG_FRAGMENT"; gcc --version; declare -f "debug_change_$DEBUG_KIND"; } | sha256sum | cut -c1-12)
	dir=$CACHE/kernels/${DEBUG_KIND}_${ver}_$key.$LAYOUT
	manifest_good "$dir" || debug_build "$ver" "$dir"
	touch "$dir"
	find "$CACHE/kernels" -maxdepth 1 -name "${DEBUG_KIND}_*" \
		-mtime +$DEBUG_UNUSED_DAYS -exec rm -rf {} +
	rel=$(cat "$dir/kdir/include/config/kernel.release")
	printf '%s\n' "K=$DEBUG_KIND" "REL=$rel" "VERSION=$ver" "DIR=$dir" \
		"VMLINUZ=$dir/vmlinuz" "MODDIR=$dir/lib/modules/$rel" \
		ROOT=/ "KDIR=$dir/kdir"
}
