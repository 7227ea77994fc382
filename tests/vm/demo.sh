#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make demo: one VM with stock hv_netvsc on the simulated host, three times:
# without the module, with claim=auto, with claim=self. In each, a TCP stream
# and a paced UDP flow run in both directions while a VF arrives, the host
# takes it away and gives it back. Tables at the end, a picture in build/demo/.
#
# usage: tests/vm/demo.sh [run...]	(without, auto, self)
#
# K=6.12   the kernel
#
# The exit status is 0 only if every connection survived, the traffic went where
# it should, no guest fell silent and no kernel complained.
set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top" || exit 1
out=build/demo
K=${K:-6.12}
failed=0
start=$(date +%s)

say()
{
	printf '[%3d s] %s\n' "$(($(date +%s) - start))" "$*"
}

describe()
{
	case $1 in
	without) echo "stock hv_netvsc without the module" ;;
	*) echo "with an_failover, claim=$1" ;;
	esac
}

# What a reader wants to follow while the guest runs, one line an event.
tell()
{
	tr -d '\r' | sed -nu \
		-e 's/.*DEMO [0-9]* event [0-9] /           event: /p' \
		-e 's/.*DEMO [0-9]* phase \([^-].*\)/           phase: \1/p' \
		-e 's/.*DEMO [0-9]* say /           /p'
}

prepare()
{
	local known=build/vm/$K/accel

	"$here/build.sh" "$K" || return
	# A /dev/kvm that does not work takes ten seconds to find out.
	if [ -z "${ACCEL:-}" ]; then
		find "$known" -newer "$0" -mmin -600 2>/dev/null | grep -q . ||
			python3 "$here/demo_boot.py" "$K" accel >"$known" ||
			return
		ACCEL=$(tail -n 1 "$known")
	fi
	export ACCEL
	say "accelerator: $ACCEL"
}

boot()
{
	python3 "$here/demo_boot.py" "$K" "$1" "$out/$1.log" "$out/$1.harness"
}

# Every shortcoming counts, without the module too: stock hv_netvsc can do what
# is asked here, so one in that run is the rig's fault and the comparison void.
judge()
{
	local run=$1 log=$out/$1.log reasons=$out/$1.reasons

	awk -v run="$run" -v dir="$out" -f "$here/demo.awk" "$log" \
		>"$reasons" || echo "$run: cannot read the console" >>"$reasons"
	if [ -f "$out/$run.harness" ]; then
		sed "s/^/$run: /" "$out/$run.harness" >>"$reasons"
	else
		echo "$run: did not finish, the VM broke off" >>"$reasons"
	fi
	[ -s "$reasons" ] || return 0

	sed 's/^/!! /' "$reasons"
	echo "!! $run: the console is in $log"
	return 1
}

## the end

table_phases()
{
	echo
	echo "Throughput at the virtual switch by path and phase, Mbit/s (the flows are"
	echo "paced and the machine is emulated: look at where it goes, not how much)"
	echo
	printf '  %-9s %-24s %10s %8s %12s %8s\n' "" "" \
		"sent: syn." "VF" "recvd: syn." "VF"
	for run; do
		while IFS='|' read -r name stx srx vtx vrx; do
			printf '  %-9s %-24s %10s %8s %12s %8s\n' "$run" \
				"$name" "$stx" "$vtx" "$srx" "$vrx"
		done <"$out/$run.phases"
	done
}

table_frames()
{
	echo
	echo "Frames by path in the whole run; numbered UDP flows end to end (received /"
	echo "lost / duplicated / reordered); TCP stream, contents compared"
	echo
	printf '  %-9s %9s %9s %9s %9s  %-20s %-20s %-9s %s\n' "" \
		"sent:syn." "VF" "recv:syn." "VF" "UDP sent" "UDP received" \
		"TCP alive" "longest pause"
	for run; do
		IFS='|' read -r stx vtx srx vrx ts tl td tr rs rl rd rr ok \
			pause _ <"$out/$run.sum" || continue
		printf '  %-9s %9s %9s %9s %9s  %-20s %-20s %-9s %s ms\n' \
			"$run" "$stx" "$vtx" "$srx" "$vrx" \
			"$ts/$tl/$td/$tr" "$rs/$rl/$rd/$rr" "$ok" "$pause"
	done
	echo
}

tables()
{
	table_phases "$@"
	table_frames "$@"
}

draw()
{
	if ! gnuplot -e "dir='$out'; runs='$*'" "$here/demo.gp" \
	   >"$out/gnuplot.log" 2>&1 || [ ! -s "$out/timeline.png" ] ||
	   [ ! -s "$out/timeline.svg" ]; then
		echo "!! gnuplot drew nothing: $out/gnuplot.log"
		return 1
	fi
	echo "Timeline: $out/timeline.svg and $out/timeline.png"
}

## main

[ $# -gt 0 ] || set -- without auto self
for run; do
	case $run in
	without | auto | self) ;;
	*) echo "demo: no run '$run' (without, auto, self)" >&2; exit 2 ;;
	esac
done

rm -rf "$out"
mkdir -p "$out" || exit 1

say "making ready: kernel $K, the module, the simulated host, tools"
prepare || { echo "demo: cannot make ready, see above" >&2; exit 1; }

for run; do
	say "$(describe "$run")"
	boot "$run" | tell || echo "!! $run: the VM could not be run"
	judge "$run" || failed=1
done

tables "$@" | tee "$out/tables.txt"
draw "$@" || failed=1

say "done; consoles, samples and tables are in $out/"
if [ $failed = 0 ]; then
	echo "demo: all as it should be"
else
	echo "demo: FAILED, see the lines marked !! above"
fi
exit $failed
