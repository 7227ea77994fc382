#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a packet costs, in instructions, against others who do the same (make bench).

    bench.py [K=6.12] [W=workload,...] [VF=vfsim,e1000e,none] [C=contender,...]
             [N=packets] [JOBS=n] [CI=1 [STORE=1]] [SCALE=1] [WALL=1] [TRACE=0]

One boot for each contender and kind of VF, on an emulated CPU that counts its
instructions: exact, and the same each time. See Documentation/benchmarks.rst.
TRACE=0 leaves out how many of them were turns of string instructions.

CI=1 measures little, and fails when the module's share of what stock hv_netvsc adds
has grown against the stored one ("ratios"); with STORE=1 it stores what it finds.
SCALE=1 measures more flows, pairs and unrelated devices, and fails when what the module
adds grows with them. VF=none is the module where there is no VF, and fails when that is
to be noticed. WALL=1 measures time instead, on several CPUs, with KVM where that works:
noisy, and never judged.
$VMBUILD is where to build and log.
"""

import concurrent.futures
import dataclasses
import json
import pathlib
import subprocess
import sys
import time

import insn_trace
import machines
import results

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
OUT = TOP / "build" / "bench"
RATIOS = HERE / "ratios"
USUAL = ("udp64", "udp1400", "tso", "rr", "rx_udp", "rx_gro", "forward")
SCALING = ("udp64_flows8", "udp64_flows64", "udp64_pairs8", "udp64_netdevs100",
           "udp64_netdevs1000")
EVENTS = ("event", "event_netdevs100", "event_netdevs1000")
APART = ("udp64_other", *EVENTS)	# have nothing to do with a VF
WORKLOADS = (*USUAL, *SCALING, *APART)
# a card's far end cannot send many segments at once, nor are there many cards
WHERE = {"udp64": machines.VFS, "rx_gro": ("vfsim",),
         **dict.fromkeys(SCALING, ("vfsim",)),
         **dict.fromkeys(APART, ("vfsim", results.NO_VF))}
WITHOUT_VF = (*results.OURS, results.REFERENCE)
PAIRS = {"udp64_pairs8": 8}	# a boot of its own
TRACED = 20000	# packets of a loop that is recorded, for the host to see some
OPTIONS = {"K": "6.12", "W": "", "VF": "", "C": "", "N": "20000", "JOBS": "2",
           "CI": "", "STORE": "", "SCALE": "", "WALL": "", "TRACE": "1"}
CI = {"W": "udp64,rx_udp", "VF": "vfsim",
      "C": ",".join([results.BARE, *results.OURS, results.REFERENCE]),
      "N": "20000", "TRACE": "0"}
SCALE = {"W": ",".join(["udp64", *SCALING]), "VF": "vfsim",
         "C": ",".join([results.BARE, *results.OURS, "hv_netvsc", "net_failover"]),
         "TRACE": "0"}
# boots side by side would take time from each other
WALL = {"W": "udp64,udp1400,tso,rr,rx_udp", "VF": "vfsim", "JOBS": "1", "TRACE": "0"}
MODES = {"CI": CI, "SCALE": SCALE, "WALL": WALL}
KVM_TIMES = 10	# more packets, for /proc/stat counts in 10 ms


def options(words, known):
    """KEY=value words; an empty value means the default."""
    opts = dict(known)
    for word in words:
        key, _, value = word.partition("=")
        if key not in opts:
            sys.exit(f"bench: what is '{word}'? ({' '.join(f'{k}=' for k in opts)})")
        opts[key] = value or opts[key]
    return opts


def on(opts, name):
    """Is a mode asked for?"""
    return opts[name] not in ("", "0")


def mode_options(words):
    """The same, where a mode has its own defaults."""
    opts = options(words, OPTIONS)
    modes = [name for name in MODES if on(opts, name)]
    if len(modes) > 1:
        sys.exit(f"bench: {' or '.join(modes)}, not both")
    for mode in modes:
        opts = options(words, {**OPTIONS, **MODES[mode]})
    if on(opts, "CI"):	# only for these are ratios stored
        opts.update(CI)
    return opts


def chosen(text, known, what):
    """The names asked for, in the order of those there are."""
    names = text.replace(",", " ").split() or known
    unknown = set(names) - set(known)
    if unknown:
        sys.exit(f"bench: no {what} '{' '.join(sorted(unknown))}' "
                 f"({' '.join(known)})")
    return [name for name in known if name in names]


def build(kernel):
    """Modules, tools and image."""
    print(f"bench: building for Linux {kernel}", flush=True)
    done = subprocess.run([machines.VM_DIR / "build.sh", kernel], check=False)
    if done.returncode:
        sys.exit("bench: cannot build, see above")
    machines.vmrun.LOGS.mkdir(parents=True, exist_ok=True)


def commit():
    """What is measured."""
    done = subprocess.run(["git", "-C", TOP, "describe", "--always", "--dirty"],
                          check=False, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


@dataclasses.dataclass(frozen=True)
class Boot:
    """What one boot measures."""

    vf: str
    contender: str
    pairs: int
    workloads: tuple

    @property
    def name(self):
        """For people and files."""
        many = f"-{self.pairs}" if self.pairs != machines.PAIRS else ""
        return f"{self.vf}-{self.contender}{many}"


class Bench:
    """All boots of a run."""

    def __init__(self, opts):
        self.kernel = opts["K"]
        self.asked = chosen(opts["W"], WORKLOADS, "workload") if opts["W"] else None
        self.vfs = chosen(opts["VF"], machines.VFS, "VF")
        self.contenders = chosen(opts["C"], results.CONTENDERS, "contender")
        self.count = int(opts["N"])
        self.trace = opts["TRACE"] != "0"
        self.accel = None	# of what measures time; None: instructions
        self.features = {}	# what boot: of its application's device
        self.failed = 0
        self.passed = 0

    def workloads(self, vf):
        """Those asked for, or the usual ones, that there are with this VF."""
        usual = ("udp64", *APART) if vf == results.NO_VF else USUAL
        return [w for w in self.asked or usual if vf in WHERE.get(w, machines.CARDS)]

    def ours(self):
        """What is judged."""
        return [c for c in self.contenders if c in results.OURS]

    def boots(self):
        """What there is to be done."""
        for vf in self.vfs:
            work = self.workloads(vf)
            for contender in self.contenders:
                if vf == results.NO_VF and contender not in WITHOUT_VF:
                    continue
                for pairs in sorted({PAIRS.get(w, machines.PAIRS) for w in work}):
                    yield Boot(vf, contender, pairs, tuple(
                        w for w in work if PAIRS.get(w, machines.PAIRS) == pairs))

    def boot(self, todo):
        """Rows of one boot, and what is wrong with it."""
        start = time.monotonic()
        traced = [w for w in todo.workloads if self.trace and w in machines.MARKERS
                  and todo.vf != results.NO_VF and not self.accel]
        env = {"WORKLOADS": " ".join(todo.workloads), "TRACE": " ".join(traced),
               "COUNT": self.count, "TRACED": TRACED, "PAIRS": todo.pairs,
               "WALL": self.accel or ""}
        log = machines.vmrun.LOGS / f"bench-{todo.name}.log"
        mach = machines.machine(self.kernel, todo.vf, todo.contender, pairs=todo.pairs,
                                exact=not self.accel)
        vm, faults = machines.boot(mach, todo.vf, todo.contender, env, log,
                                   self.accel or "tcg")
        rows_of = results.walls_of if self.accel else results.rows_of
        rows = list(rows_of(vm.output, todo.vf, todo.contender))
        for row in rows:
            if vm.traces.get(row.workload):
                row.string_insns = insn_trace.string_insns(vm.traces[row.workload])
        missing = set(todo.workloads) - {row.workload for row in rows}
        faults += [f"{workload}: no result" for workload in sorted(missing)]
        self.features[todo] = results.features_of(vm.output)[:1]
        return rows, faults, time.monotonic() - start, log

    def unlike(self):
        """Devices whose offloads are not the bare VF's."""
        bare = {todo.vf: features for todo, features in self.features.items()
                if todo.contender == results.BARE}
        for todo, features in self.features.items():
            limit = bare.get(todo.vf, features)
            if features != limit:
                differs = set(features[0]) ^ set(limit[0]) if features else "none"
                yield (f"{todo.contender} over {todo.vf}: not the bare VF's offloads: "
                       f"{differs}")

    def run(self, jobs):
        """All rows, workload by workload."""
        todo = list(self.boots())
        found = []
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            boots = [pool.submit(self.boot, what) for what in todo]
            for i, (what, future) in enumerate(zip(todo, boots)):
                rows, faults, seconds, log = future.result()
                found += rows
                self.report(f"{i + 1} of {len(todo)}: {what.name}, {seconds:.0f} s",
                            faults, log)
        for text in self.unlike():
            self.report("offloads", [text])
        order = [(w, v, c) for w in WORKLOADS for v in self.vfs
                 for c in self.contenders]
        found.sort(key=lambda r: order.index((r.workload, r.vf, r.contender)))
        return found

    def report(self, what, faults, log=None):
        """Count and show one boot."""
        if faults:
            self.failed += 1
        else:
            self.passed += 1
        print(f"bench: {what}{': FAIL' if faults else ''}", flush=True)
        for fault in faults[:6]:
            print(f"       {fault}")
        if faults and log:
            print(f"       log: {log}", flush=True)

    def save(self, rows):
        """results.json and what gnuplot reads."""
        OUT.mkdir(parents=True, exist_ok=True)
        env = machines.vmrun.kernel_env(self.kernel)
        text = json.dumps({"kernel": env["REL"], "commit": commit(),
                           "rows": [dataclasses.asdict(r) for r in rows]}, indent=1)
        (OUT / "results.json").write_text(text + "\n")
        (OUT / "table.txt").write_text("".join(f"{l}\n" for l in results.table(rows)))


def check_ratios(bench, rows, store):
    """Compare with the stored ratios, or store these."""
    now = results.ratios(rows)
    if store:
        if bench.failed or None in now.values():
            sys.exit("bench: not stored")
        RATIOS.write_text("# SPDX-License-Identifier: GPL-2.0\n"
                          "# What is added by either claim, as a share of what stock "
                          "hv_netvsc adds: make bench CI=1 STORE=1\n" +
                          "".join(f"{w} {r:.4f}\n" for w, r in sorted(now.items())))
    for what, text, good in results.judge(
            now, results.read_ratios(RATIOS.read_text())):
        bench.report(f"{what}: ratio to hv_netvsc {text}",
                     [] if good else ["more than it was"])


def check(bench, judged):
    """Count and show what is judged."""
    for what, text, good in judged:
        bench.report(f"{what}: {text}", [] if good else ["more than it may"])


def check_growth(bench, rows, workloads, vf):
    """What the module adds may not grow with flows, pairs and devices."""
    some = [w for w in bench.workloads(vf) if w in workloads]
    if some:
        print("\n".join([*results.growth_table(rows, some, vf), ""]))
        check(bench, results.judge_growth(rows, some, vf, bench.ours()))


def check_without_vf(bench, rows):
    """The module has nothing to do, and is not to be noticed."""
    packets = [w for w in bench.workloads(results.NO_VF) if w not in EVENTS]
    check(bench, results.judge_same(rows, packets, bench.ours()))
    check_growth(bench, rows, EVENTS[1:], results.NO_VF)


def draw(rows):
    """Bar charts of what is over the bare VF; returns what is wrong."""
    panels = {}
    for row in rows:
        if row.contender != results.BARE and row.over_bare is not None:
            ours = 1 if row.contender in results.OURS else 2
            panels.setdefault(f"{row.workload}-{row.vf}", []).append(
                f'"{row.contender}" {row.over_bare} {row.string_insns or 0} {ours}\n')
    if not panels:
        return []
    for name, lines in panels.items():
        (OUT / f"{name}.dat").write_text("".join(lines))
    done = subprocess.run(
        ["gnuplot", "-e", f"dir='{OUT}'; panels='{' '.join(panels)}'", HERE / "bench.gp"],
        check=False, capture_output=True, text=True)
    return done.stderr.splitlines() if done.returncode else []


def measure_time(bench, jobs):
    """Boots without exactness; what they find is shown, and kept apart."""
    bench.accel = machines.vmrun.choose_accel(bench.kernel)
    if bench.accel == "kvm":
        bench.count *= KVM_TIMES
    rows = bench.run(jobs)
    lines = list(results.wall_table(rows, {"kvm": "KVM"}.get(bench.accel, "emulation")))
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "wall.txt").write_text("".join(f"{line}\n" for line in lines))
    print("\n".join(["", *lines, ""]))


def measure_insns(bench, opts):
    """Boots that count instructions, pictures, and what is judged."""
    rows = results.compare(bench.run(max(1, int(opts["JOBS"]))))
    bench.save(rows)
    wrong = draw(rows)
    if wrong:
        bench.report("picture", wrong)
    print("\n".join(["", *results.table(rows), ""]))
    if on(opts, "CI"):
        check_ratios(bench, rows, on(opts, "STORE"))
    if on(opts, "SCALE"):
        check_growth(bench, rows, SCALING, "vfsim")
    if results.NO_VF in bench.vfs and results.REFERENCE in bench.contenders:
        check_without_vf(bench, rows)


def main():
    """Command line."""
    opts = mode_options(sys.argv[1:])
    bench = Bench(opts)
    build(bench.kernel)
    if on(opts, "WALL"):
        measure_time(bench, max(1, int(opts["JOBS"])))
    else:
        measure_insns(bench, opts)
    print(f"bench: results in {OUT}")
    print(f"bench: {bench.passed} passed, {bench.failed} failed")
    sys.exit(1 if bench.failed or not bench.passed else 0)


if __name__ == "__main__":
    main()
