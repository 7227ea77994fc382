# SPDX-License-Identifier: GPL-2.0
#
# Read what tests/vm/demo-guest.sh said during one run:
#
#	DEMO <ms> sample <eight counters, see below>
#	DEMO <ms> event <row> <label>
#	DEMO <ms> phase <name>          a steady phase begins, "-" ends it
#	DEMO <ms> flow <dir> key=value...      a UDP flow, end to end
#	DEMO <ms> tcp key=value... [ok]
#	DEMO <ms> done
#
#	awk -v run=auto -v dir=build/demo -f demo.awk console.log
#
# Writes <dir>/<run>.dat and .events for demo.gp, <run>.phases and <run>.sum for
# the tables, and prints a line for each reason why the run did not show what
# it should (nothing: all is well).

BEGIN {
	split("syn_tx_bytes syn_rx_bytes vf_tx_bytes vf_rx_bytes " \
	      "syn_tx_frames syn_rx_frames vf_tx_frames vf_rx_frames", key)
	dat = dir "/" run ".dat"
	events = dir "/" run ".events"
	phases = dir "/" run ".phases"
	sum = dir "/" run ".sum"
	printf "" >dat
	printf "" >events
	printf "" >phases
	printf "" >sum
	n = 0		# samples
	np = 0		# phases
	printf "# seconds, Mbit/s: synthetic tx, rx, VF tx, rx\n" >dat
}

# A line of the kernel log, or a bare one: what stands behind "DEMO "
!/DEMO [0-9]+ / { next }
{
	sub(/\r/, "")
	sub(/.*DEMO /, "")
	at = $1
	what = $2
}

what == "sample" && NF == 10 {
	n++
	ms[n] = at
	for (i = 1; i <= 8; i++)
		value[n, i] = $(i + 2)
	if (n == 1) {
		zero = at
		next
	}
	dt = ms[n] - ms[n - 1]
	if (dt <= 0)
		next
	line = sprintf("%.3f", (at - zero) / 1000)
	for (i = 1; i <= 4; i++) {
		bits = (value[n, i] - value[n - 1, i]) * 8
		line = line sprintf(" %.3f", bits / dt / 1000)
	}
	print line >dat
}

what == "event" {
	row = $3
	sub(/^[0-9]+ event [0-9]+ /, "")
	printf "%.3f %d \"%s\"\n", (at - zero) / 1000, row, $0 >events
}

what == "phase" {
	if (np && !end[np])
		end[np] = at
	if ($3 != "-") {
		np++
		begin[np] = at
		sub(/^[0-9]+ phase /, "")
		name[np] = $0
	}
}

what == "flow" {
	dirn = $3
	for (i = 4; i <= NF; i++) {
		split($i, kv, "=")
		flow[dirn, kv[1]] = kv[2]
	}
	flows++
}

what == "tcp" {
	tcp_seen = 1
	for (i = 3; i <= NF; i++) {
		split($i, kv, "=")
		tcp[kv[1]] = ($i ~ /=/) ? kv[2] : 1
	}
}

what == "done" { done = 1 }

# the first sample not before a time, the last not after it
function from(t,    i) { for (i = 1; i <= n && ms[i] < t; i++); return i }
function upto(t,    i) { for (i = n; i >= 1 && ms[i] > t; i--); return i }

function wrong(text)
{
	print run ": " text
}

function phase_line(p,    a, b, i, dt, tx, rx, line)
{
	a = from(begin[p])
	b = upto(end[p] ? end[p] : ms[n])
	if (b <= a || (dt = ms[b] - ms[a]) < 500) {
		wrong("too few samples in the phase \"" name[p] "\"")
		return
	}
	for (i = 1; i <= 8; i++)
		d[i] = value[b, i] - value[a, i]
	line = ""
	for (i = 1; i <= 4; i++)
		line = line sprintf("|%.1f", d[i] * 8 / dt / 1000)
	line = name[p] line
	print line >phases

	tx = d[5] + d[7]
	rx = d[6] + d[8]
	if (tx < 10 || rx < 10) {
		wrong("no traffic in the phase \"" name[p] "\"")
	} else if (name[p] ~ /VF/) {
		# multicast and control traffic stay on the synthetic path
		if (d[7] < 0.9 * tx)
			wrong("sent frames did not move to the VF (" d[7] \
			      " of " tx " in \"" name[p] "\")")
		if (d[8] < 0.9 * rx)
			wrong("received frames did not move to the VF (" d[8] \
			      " of " rx " in \"" name[p] "\")")
	} else if (d[7] + d[8] > 0.1 * (tx + rx)) {
		wrong("traffic on the VF in the phase \"" name[p] "\"")
	}
}

END {
	for (p = 1; p <= np; p++)
		phase_line(p)
	if (!n || !done)
		wrong("the guest did not finish its run (" n " samples)")
	if (np < 4)
		wrong("only " np " of 4 phases were reached")
	if (flows < 2)
		wrong("nothing is known of the UDP flows")
	if (!tcp_seen || !tcp["ok"])
		wrong("the TCP connection did not survive")

	printf "%d|%d|%d|%d", value[n, 5], value[n, 7], value[n, 6], \
		value[n, 8] >sum
	for (i = 1; i <= 2; i++) {
		dirn = i == 1 ? "tx" : "rx"
		printf "|%s|%s|%s|%s", flow[dirn, "seen"] + 0, \
			flow[dirn, "lost"] + 0, flow[dirn, "dup"] + 0, \
			flow[dirn, "reordered"] + 0 >sum
	}
	printf "|%s|%s|%s\n", (tcp["ok"] ? "yes" : "NO"), \
		("stall_ms" in tcp ? tcp["stall_ms"] : "-"), \
		("retrans" in tcp ? tcp["retrans"] : "-") >sum
}
