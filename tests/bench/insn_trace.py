# SPDX-License-Identifier: GPL-2.0
"""QEMU's log of executed blocks (log exec,nochain), one instruction each.

A string instruction with a repeat prefix is there once for each turn: the same
address three times in a row or more. Twice is any instruction before which the time
had come to look at timers.
"""

import bisect
import collections
import statistics

USER = "user space"


def addresses(lines):
    """Program counters: "Trace 0: 0x7f... [cs_base/pc/flags/cflags]"."""
    for line in lines:
        if line.startswith("Trace "):
            yield int(line.split("/", 2)[1], 16)


def packets(pcs, marker, calls=1):
    """Lists of program counters, each from one call of the marker to the next.

    What comes before the first and after the last is no whole packet. A packet may
    be several calls.
    """
    packet, called = None, 0
    for pc in pcs:
        if pc == marker:
            called += 1
            if called % calls == 1 % calls:
                if packet:
                    yield packet
                packet = []
        if packet is not None:
            packet.append(pc)


def string_pcs(pcs):
    """Addresses of repeated string instructions."""
    return {pc for pc, *after in zip(pcs, pcs[1:], pcs[2:]) if after == [pc, pc]}


def string_insns(traced):
    """Turns of string instructions in a packet, the median.

    Not all packets are alike: now and then one has a page cleared for it, or a
    timer's interrupt.
    """
    strings = set()
    for packet in traced:
        strings |= string_pcs(packet)
    return float(statistics.median(sum(pc in strings for pc in packet)
                                   for packet in traced))


class Symbols:
    """Names of addresses, by the guest's /proc/kallsyms."""

    def __init__(self, lines):
        known = sorted((int(words[0], 16), words[2], words[3:]) for words in
                       (line.split() for line in lines) if words[1] in "tT")
        self.starts = [k[0] for k in known]
        self.names = [" ".join([k[1], *k[2]]) for k in known]

    def name(self, address):
        """The function around an address."""
        if address < 1 << 47:
            return USER
        i = bisect.bisect_right(self.starts, address)
        return self.names[i - 1] if i else f"{address:#x}"


def functions(traced, symbols):
    """{function: [instructions per packet, turns of string instructions]}."""
    strings = set()
    counts = collections.Counter()
    for packet in traced:
        strings |= string_pcs(packet)
        counts.update(packet)
    found = {}
    for pc, times in counts.items():
        entry = found.setdefault(symbols.name(pc), [0.0, 0.0])
        entry[pc in strings] += times / len(traced)
    return found


def side_by_side(left, right, names):
    """A table of two results of functions(), the largest difference first."""
    yield (f"{names[0]:>18} {names[1]:>18} {'difference':>11}  string: {'':9}  function")
    nothing = [0.0, 0.0]
    every = sorted(set(left) | set(right), key=lambda f: (
        -abs(sum(left.get(f, nothing)) - sum(right.get(f, nothing))), f))
    total = [[0.0, 0.0], [0.0, 0.0]]
    for function in every:
        pair = left.get(function, nothing), right.get(function, nothing)
        for side in (0, 1):
            for kind in (0, 1):
                total[side][kind] += pair[side][kind]
        yield profile_line(*pair, function)
    yield profile_line(*total, "all")


def profile_line(left, right, what):
    """One line of side_by_side()."""
    string = ""
    if left[1] or right[1]:
        string = f"{left[1]:8.1f} {right[1]:8.1f}"
    return (f"{left[0]:18.1f} {right[0]:18.1f} {left[0] - right[0]:+11.1f}  "
            f"{string:17}  {what}").rstrip()
