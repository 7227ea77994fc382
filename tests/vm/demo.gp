# SPDX-License-Identifier: GPL-2.0
#
# Timeline of throughput per path, one panel a run, events as vertical lines.
#
#	gnuplot -e "dir='build/demo'; runs='without auto self'" tests/vm/demo.gp
#
# <dir>/<run>.dat:    seconds, Mbit/s: synthetic tx, rx, VF tx, rx
# <dir>/<run>.events: seconds, row of the label (1 or 2), label (quoted)

if (!exists("dir")) { dir = "build/demo" }
if (!exists("runs")) { runs = "without auto self" }
n = words(runs)

title(run) = run eq "without" ? "without the module (stock hv\\_netvsc alone)" : \
	"an\\_failover, claim=" . run

# the same scale in every panel, so that they can be compared
top = 1.0
last = 1.0
do for [i = 1:n] {
	file = dir . "/" . word(runs, i) . ".dat"
	stats file using 1 nooutput
	if (STATS_max > last) { last = STATS_max }
	do for [c = 2:5] {
		stats file using c nooutput
		if (STATS_max > top) { top = STATS_max }
	}
}

syn = "#4477aa"
vf = "#ee7733"

set style fill transparent solid 0.45 noborder
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror out
set xrange [0:last]
set yrange [-1.15 * top:1.5 * top]
set ytics format "%.0f"
set key off

do for [kind in "png svg"] {
	if (kind eq "png") {
		set terminal pngcairo size 1200, 130 + 260 * n font "Sans,10"
	} else {
		set terminal svg size 1200, 130 + 260 * n dynamic font "Sans,12" \
			background rgb "white"
	}
	set output dir . "/timeline." . kind
	set multiplot layout n, 1 margins 0.07, 0.98, 0.09, 0.92 spacing 0.09 \
		title "Throughput per path at the virtual switch, Mbit/s (above 0: sent by the guest, below: received)" \
		font "Sans,13"
	do for [i = 1:n] {
		run = word(runs, i)
		dat = dir . "/" . run . ".dat"
		events = dir . "/" . run . ".events"
		unset arrow
		unset label
		set label title(run) at graph 0, 1.09 left font ",12"
		set xlabel (i == n ? "seconds" : "")
		if (i == 1) {
			set key at graph 1, 1.13 right Right horizontal width 2
		} else {
			set key off
		}
		plot dat using 1:2 with filledcurves y1=0 lc rgb syn \
				title "synthetic path", \
			"" using 1:(-$3) with filledcurves y1=0 lc rgb syn notitle, \
			"" using 1:4 with filledcurves y1=0 lc rgb vf title "VF", \
			"" using 1:(-$5) with filledcurves y1=0 lc rgb vf notitle, \
			"" using 1:2 with lines lc rgb syn notitle, \
			"" using 1:(-$3) with lines lc rgb syn notitle, \
			"" using 1:4 with lines lc rgb vf notitle, \
			"" using 1:(-$5) with lines lc rgb vf notitle, \
			0 with lines lc rgb "#555555" notitle, \
			events using 1:(1.45 * top):(0):(-2.6 * top) with vectors \
				nohead dt 2 lc rgb "#333333" notitle, \
			events using 1:((1.5 - 0.17 * $2) * top):3 with labels left \
				offset 0.5, 0 font ",9" notitle
	}
	unset multiplot
	set output
}
