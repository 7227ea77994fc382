# SPDX-License-Identifier: GPL-2.0
"""What the guests of make bench say, and what follows from it."""

import dataclasses
import re

BARE = "bare"
OURS = ("an_failover-auto", "an_failover-self")
PEERS = ("hv_netvsc", "net_failover", "bonding", "team")
CONTENDERS = (BARE, *OURS, *PEERS)
REFERENCE = "hv_netvsc"	# what the stored ratios are to
WORSE = 1.02		# a ratio may grow so much before that is a failure
GROWTH = 0.01		# what is added may grow by this share of a packet's cost,
EVENT_GROWTH = 0.02	# or an event's, where 0.7 % either way was seen
NO_VF = "none"
# Without a VF a packet is to cost the same, but for hash tables' random seeds: 2 seen.
# The hook of the fast path costs any device's packet 55.
SAME = 10

SAID = re.compile(r"\] T: bench (row|wall|symbol|features) (.*)")


@dataclasses.dataclass
class Row:
    """One workload of one contender with one kind of VF."""

    workload: str
    vf: str
    contender: str
    insns: float
    string_insns: float = None
    over_bare: float = None


def said(lines, kind):
    """Word lists of a kind, from a console."""
    for line in lines:
        match = SAID.search(line)
        if match and match[1] == kind:
            yield match[2].split()


def rows_of(lines, vf, contender):
    """Rows of one boot. Instructions in tenths, as byte-identical text."""
    for workload, *pairs in said(lines, "row"):
        value = dict(pair.split("=", 1) for pair in pairs)
        yield Row(workload, vf, contender,
                  round(int(value["insns"]) / int(value["count"]), 1))


@dataclasses.dataclass
class Wall:
    """The same by the clock on the wall, in nanoseconds per packet."""

    workload: str
    vf: str
    contender: str
    ns: float
    cpu_ns: float


def walls_of(lines, vf, contender):
    """Rows of one boot that measured time."""
    for workload, *pairs in said(lines, "wall"):
        value = {key: int(n) for key, n in (pair.split("=", 1) for pair in pairs)}
        yield Wall(workload, vf, contender, round(value["ns"] / value["count"], 1),
                   round(value["cpu"] / value["count"], 1))


def wall_table(rows, how):
    """Lines to print. Not judged, and said to be noisy."""
    yield f"wall-clock time, {how}: NOISY, a second run differs a lot, not judged"
    yield (f"{'workload':17} {'VF':7} {'contender':17} {'packets/s':>10} "
           f"{'ns':>9} {'CPU ns':>9}")
    for row in rows:
        yield (f"{row.workload:17} {row.vf:7} {row.contender:17} {1e9 / row.ns:10.0f} "
               f"{row.ns:9.0f} {row.cpu_ns:9.0f}")


def features_of(lines):
    """What the devices of one boot have, the application's first."""
    return [sorted(words) for words in
            ([w for w in line if "=" in w] for line in said(lines, "features"))]


def compare(rows):
    """Fill in what each row costs over the bare VF."""
    bare = {(r.workload, r.vf): r.insns for r in rows if r.contender == BARE}
    for row in rows:
        limit = bare.get((row.workload, row.vf))
        if limit is not None:
            row.over_bare = round(row.insns - limit, 1)
    return rows


def best_peer(rows, row):
    """The peer that adds least to the same workload and VF, or None."""
    peers = [r for r in rows if r.contender in PEERS and r.over_bare is not None and
             (r.workload, r.vf) == (row.workload, row.vf)]
    return min(peers, key=lambda r: r.over_bare, default=None)


def ratio(row, other):
    """What a row adds, as a share of what another adds; None if there is none."""
    if other is None or row.over_bare is None or not other.over_bare:
        return None
    return row.over_bare / other.over_bare


def table(rows):
    """Lines to print, workload by workload."""
    wide = max([9, *(len(row.workload) for row in rows)])
    yield (f"{'workload':{wide}} {'VF':7} {'contender':17} {'insns':>9} {'string':>8} "
           f"{'over bare':>9}  to the best peer")
    last = None
    for row in rows:
        where = (row.workload, row.vf)
        if last and where != last:
            yield ""
        last = where
        string = "" if row.string_insns is None else f"{row.string_insns:.1f}"
        over = "" if row.over_bare is None else f"{row.over_bare:.1f}"
        peer = best_peer(rows, row)
        share = ratio(row, peer) if row.contender in OURS else None
        text = "" if share is None else f"{share:.2f} x {peer.contender}"
        yield (f"{row.workload:{wide}} {row.vf:7} {row.contender:17} {row.insns:9.1f} "
               f"{string:>8} {over:>9}  {text}").rstrip()


def ratios(rows):
    """{"workload contender": what we add, as a share of what stock hv_netvsc adds}."""
    found = {}
    for row in rows:
        if row.contender not in OURS:
            continue
        other = next((r for r in rows if r.contender == REFERENCE and
                      (r.workload, r.vf) == (row.workload, row.vf)), None)
        found[f"{row.workload} {row.contender}"] = ratio(row, other)
    return found


def find(rows, workload, vf, contender):
    """The row, or None."""
    return next((r for r in rows if
                 (r.workload, r.vf, r.contender) == (workload, vf, contender)), None)


def plain_of(workload):
    """The workload without more of something: udp64 of udp64_flows8."""
    return workload.split("_", maxsplit=1)[0]


def may_grow(workload):
    """By what share of the plain workload's cost."""
    return EVENT_GROWTH if plain_of(workload) == "event" else GROWTH


def added(rows, row):
    """What a row costs over the bare VF, without one over stock hv_netvsc, or None."""
    if row.vf != NO_VF:
        return row.over_bare
    other = find(rows, row.workload, row.vf, REFERENCE)
    return None if other is None else row.insns - other.insns


def growth(rows, row):
    """How much more a row adds than that of the plain workload, or None.

    In instructions, and as a share of what the plain one costs altogether.
    """
    plain = find(rows, plain_of(row.workload), row.vf, row.contender)
    if plain is None or None in (added(rows, plain), added(rows, row)):
        return None
    grown = added(rows, row) - added(rows, plain)
    return grown, grown / plain.insns


def growth_table(rows, workloads, vf):
    """Lines: what is added by each, and by how much more than by the plain one."""
    over = REFERENCE if vf == NO_VF else BARE
    yield f"what is added to {over}, and how that grows (in % of the whole cost):"
    yield f"{'workload':17} {'contender':17} {'added':>9} {'grown by':>9}"
    plain = list(dict.fromkeys(plain_of(w) for w in workloads))
    for workload in (*plain, *workloads):
        for contender in CONTENDERS[1:]:
            row = find(rows, workload, vf, contender)
            if row is None or contender == over or added(rows, row) is None:
                continue
            text = f"{workload:17} {contender:17} {added(rows, row):9.1f}"
            grown = growth(rows, row)
            if workload not in plain and grown:
                text += f" {grown[0]:+9.1f} {100 * grown[1]:+6.2f}%"
            yield text


def judge_growth(rows, workloads, vf, contenders):
    """(what, text, good) for each workload with more of something."""
    for workload in workloads:
        for contender in contenders:
            row = find(rows, workload, vf, contender)
            grown = row and growth(rows, row)
            what = f"{workload}: {contender}"
            if not grown:
                yield what, "not measured, or nothing to compare with", False
                continue
            limit = may_grow(workload)
            text = (f"{grown[0]:+.1f} over {plain_of(workload)}, "
                    f"{100 * grown[1]:+.2f} %, at most {100 * limit:.0f} %")
            yield what, text, grown[1] <= limit


def judge_same(rows, workloads, contenders):
    """(what, text, good): without a VF, and with stock hv_netvsc alone."""
    for workload in workloads:
        for contender in contenders:
            row = find(rows, workload, NO_VF, contender)
            more = row and added(rows, row)
            what = f"{workload} without a VF: {contender}"
            if more is None:
                yield what, "not measured, or nothing to compare with", False
            else:
                yield (what, f"{more:+.1f} over {REFERENCE}, at most {SAME} either way",
                       abs(more) <= SAME)


def read_ratios(text):
    """The stored ratios: "workload contender ratio" a line."""
    lines = (line.split("#")[0].rsplit(maxsplit=1) for line in text.splitlines())
    return {line[0]: float(line[1]) for line in lines if line}


def judge(now, stored):
    """(what, text, good) for each ratio that is measured or stored."""
    for what in sorted(set(now) | set(stored)):
        new, old = now.get(what), stored.get(what)
        if new is None:
            yield what, "was not measured", False
        elif old is None:
            yield what, f"{new:.4f}, and none is stored", False
        else:
            # a ratio below 0 is better than the bare VF: also then more is worse
            limit = old + abs(old) * (WORSE - 1)
            yield what, f"{new:.4f}, stored {old:.4f}", new <= limit
