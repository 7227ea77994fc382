# SPDX-License-Identifier: GPL-2.0
#
# Bars: what each contender adds to the bare VF, in instructions per packet, one panel
# for each workload and kind of VF.
#
#	gnuplot -e "dir='build/bench'; panels='udp64-vfsim rx_udp-vfsim'" tests/bench/bench.gp
#
# <dir>/<panel>.dat: contender (quoted), instructions over the bare VF, of which string,
# kind (1: this module, 2: others)

if (!exists("dir")) { dir = "build/bench" }
n = words(panels)
columns = n < 2 ? 1 : 2
rows = (n + columns - 1) / columns

set style fill solid 0.85 noborder
set boxwidth 0.65
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror out
set xtics rotate by -25 noenhanced
set ytics format "%.0f"
set key off

do for [kind in "png svg"] {
	if (kind eq "png") {
		set terminal pngcairo size 1200, 90 + 300 * rows font "Sans,10"
	} else {
		set terminal svg size 1200, 90 + 300 * rows dynamic font "Sans,12" \
			background rgb "white"
	}
	set output dir . "/bench." . kind
	set multiplot layout rows, columns \
		title "Instructions per packet over the bare VF (fewer is better)" \
		font "Sans,13"
	do for [i = 1:n] {
		set title word(panels, i) noenhanced
		file = dir . "/" . word(panels, i) . ".dat"
		set yrange [*:*]
		stats file using 2 nooutput
		set yrange [(STATS_min < 0 ? 1.2 * STATS_min : 0):1.15 * STATS_max + 1]
		plot file using 0:2:($4 == 1 ? 0xee7733 : 0x4477aa):xtic(1) with boxes \
				lc rgb variable, \
			"" using 0:2:(sprintf("%.0f", $2)) with labels offset 0, 0.7 \
				font ",9"
	}
	unset multiplot
	set output
}
