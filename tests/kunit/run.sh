#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unit tests (make kunit): builds the module together with the suites of kunit/
# for User Mode Linux, boots that, and judges. KASAN, lockdep, kmemleak and the
# reference trackers watch; a word from one of them is a failure. $COVERAGE is a
# directory to build in with gcov's counters, which are beside the objects then.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
out=${COVERAGE:-$top/build/kunit}
# A busy machine may let it wait; what it computes itself takes some 10 s.
SECONDS_AT_MOST=600
CPU_SECONDS_AT_MOST=60
passed=0 failed=0

die() {
	echo "kunit: $*" >&2
	echo "$passed passed, $((failed + 1)) failed"
	exit 1
}

build() {
	local log=$out/build.log
	echo "kunit: building for User Mode Linux $VERSION"
	"$top/tests/vm/kbuild.sh" K=uml "$top" "$out/module" ARCH=um AN_KUNIT=1 \
		${COVERAGE:+GCOV_PROFILE=y} >"$log" 2>&1 ||
		{ cat "$log" >&2; die "build failed: $log"; }
}

# A cpio of busybox, the module and init.
image() {
	local root=$out/root
	rm -rf "$root"
	mkdir -p "$root"/{bin,proc,sys,dev,mnt} || return
	cp /bin/busybox "$root/bin/" || return
	for applet in sh mount insmod rmmod sleep cat echo dmesg sed find poweroff; do
		ln -s busybox "$root/bin/$applet" || return
	done
	cp "$out/module/an-kunit.ko" "$root/an-kunit.ko" &&
	install -m 755 "$here/init" "$root/init" &&
	(cd "$root" && find . | cpio --quiet -o -H newc) >"$out/initrd"
}

boot() {
	echo "kunit: running"
	# a kernel that hangs ignores the first signal
	(
		ulimit -t $CPU_SECONDS_AT_MOST
		exec timeout -k 5 $SECONDS_AT_MOST "$VMLINUZ" mem=384M \
			initrd="$out/initrd" con=null con0=null,fd:1 quiet panic=-1 \
			time-travel=inf-cpu panic_on_warn=1 \
			${COVERAGE:+coverage="$out/module"}
	) </dev/null >"$out/console" 2>"$out/stderr"
	tr -d '\r' <"$out/console" >"$out/console.txt"
	grep -qx 'T: done' "$out/console.txt" ||
		die "did not end: $out/console.txt: $(tail -n 3 "$out/console.txt")"
	for word in loaded unloaded; do
		grep -qx "T: $word" "$out/console.txt" ||
			die "the module was not $word: $out/console.txt"
	done
}

# result SUITE: one suite's KTAP through the kernel's own parser
result() {
	local said
	sed -n "/^T: suite $1\$/,/^T: end\$/p" "$out/console.txt" |
		sed '1d;$d' >"$out/$1.ktap"
	said=$(python3 "$KDIR/tools/testing/kunit/kunit.py" parse "$out/$1.ktap" 2>&1) || true
	printf '%s\n' "$said" >"$out/$1.txt"
	count "$1" "$(grep -o 'Testing complete.*' "$out/$1.txt")"
}

# number WORD TEXT: the N of "WORD: N"
number() { echo "$2" | sed -n "s/.*$1: \([0-9]*\).*/\1/p" | grep . || echo 0; }

count() {
	local p f
	p=$(number passed "$2")
	f=$(($(number failed "$2") + $(number crashed "$2") + $(number errors "$2")))
	[ $((p + f)) != 0 ] || f=1
	passed=$((passed + p)) failed=$((failed + f))
	printf '%-14s %3d passed, %d failed\n' "$1" "$p" "$f"
	if [ $f != 0 ]; then
		grep -vE '^ *ok |PASSED' "$out/$1.ktap" | sed 's/^/    /'
	fi
}

# What the kernel said, in the terms of the VMs' log reader.
complaints() {
	sed -n 's/^K: //p' "$out/console.txt" >"$out/kernel.log"
	# kmemleak's own file comes before
	grep 'unreferenced object' "$out/console.txt" >>"$out/kernel.log"
	python3 - "$top/tests/vm" "$out/kernel.log" <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
import klog
bad = [line for line in open(sys.argv[2], errors="replace")
       if klog.SPLAT.search(line) or "unreferenced object" in line]
sys.stdout.writelines(bad)
sys.exit(bool(bad))
PY
}

mkdir -p "$out"
found=$("$top/tests/vm/kernels.sh" get uml) || die "no kernel"
eval "$found"
build
image || die "no initramfs"
boot
suites=$(find "$top/kunit" -name '*_kunit.c' | wc -l)
[ "$(grep -c '^T: suite ' "$out/console.txt")" = "$suites" ] ||
	die "not all of the $suites suites ran: $out/console.txt"
while read -r suite; do
	result "$suite"
done < <(sed -n 's/^T: suite //p' "$out/console.txt")
if complaints; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "kunit: the kernel complains, see $out/kernel.log"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
