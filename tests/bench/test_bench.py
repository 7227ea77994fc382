# SPDX-License-Identifier: GPL-2.0
"""Tests of what make bench makes of what its guests and QEMU say."""

import pathlib
import re
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import bench	# pylint: disable=wrong-import-position
import insn_trace	# pylint: disable=wrong-import-position
import machines	# pylint: disable=wrong-import-position
import results	# pylint: disable=wrong-import-position

CONSOLE = """<5>[    3.1] T: bench features eth0 a=on b=off
<5>[    3.2] T: bench row udp64 count=1000 insns=6000499
<5>[    3.3] T: # + echo '<5>T: bench row none count=1 insns=1'
<5>[    3.4] T: bench row rx_udp count=1000 insns=2500000
<5>[    3.5] T: bench wall udp64 count=1000 ns=4000000 cpu=5000000
""".splitlines()


def rows(**insns):
    """Rows of udp64 over vfsim, by contender."""
    return results.compare([
        results.Row("udp64", "vfsim", name.replace("failover_", "failover-"), value)
        for name, value in insns.items()])


class Console(unittest.TestCase):
    """Rows and features."""

    def test_rows(self):
        """Instructions per packet."""
        found = list(results.rows_of(CONSOLE, "vfsim", "bare"))
        self.assertEqual([(r.workload, r.insns) for r in found],
                         [("udp64", 6000.5), ("rx_udp", 2500.0)])

    def test_features(self):
        """Without the device's name."""
        self.assertEqual(results.features_of(CONSOLE), [["a=on", "b=off"]])


class Wall(unittest.TestCase):
    """Time instead of instructions."""

    def test_rows(self):
        """Nanoseconds per packet, of the clock and of all CPUs."""
        found = list(results.walls_of(CONSOLE, "vfsim", "bare"))
        self.assertEqual(found, [results.Wall("udp64", "vfsim", "bare", 4000.0, 5000.0)])
        head, *lines = results.wall_table(found, "KVM")
        self.assertIn("KVM: NOISY", head)
        self.assertEqual(lines[1].split()[-3:], ["250000", "4000", "5000"])

    def test_machine(self):
        """Several CPUs, none of whose clocks counts instructions."""
        mach = machines.machine("6.12", "vfsim", "bare", exact=False)
        with mock.patch.object(machines.vmrun, "kernel_env",
                               return_value={"VMLINUZ": "image"}):
            words = machines.vmrun.command(mach, "kvm", "initrd", "monitor")
        self.assertNotIn("-icount", words)
        self.assertEqual(words[words.index("-accel") + 1], "kvm")
        self.assertGreater(int(words[words.index("-smp") + 1]), 1)

    def test_options(self):
        """One boot at a time, what else is asked for counts, one mode only."""
        opts = bench.mode_options(["WALL=1", "C=team"])
        self.assertEqual((opts["JOBS"], opts["C"], opts["VF"]), ("1", "team", "vfsim"))
        self.assertEqual(bench.mode_options(["CI=1", "C=team"])["C"], bench.CI["C"])
        self.assertEqual(bench.mode_options([]), bench.OPTIONS)
        with self.assertRaises(SystemExit):
            bench.mode_options(["CI=1", "WALL=1"])


class Comparison(unittest.TestCase):
    """Over the bare VF, and against others."""

    def test_over_bare(self):
        """Each with the bare VF of its own workload and kind."""
        found = rows(bare=100.0, team=130.5)
        found.append(results.Row("udp64", "e1000e", "team", 200.0))
        results.compare(found)
        self.assertEqual([r.over_bare for r in found], [0.0, 30.5, None])

    def test_best_peer(self):
        """The one that adds least, and none of our own."""
        found = rows(bare=100.0, an_failover_auto=110.0, team=130.0, bonding=120.0)
        peer = results.best_peer(found, found[1])
        self.assertEqual(peer.contender, "bonding")
        self.assertEqual(results.ratio(found[1], peer), 0.5)
        self.assertIn("0.50 x bonding", "\n".join(results.table(found)))

    def test_no_peer(self):
        """Nothing to compare with."""
        found = rows(bare=100.0, an_failover_auto=110.0)
        self.assertIsNone(results.best_peer(found, found[1]))
        self.assertIsNone(results.ratio(found[1], None))

    def test_ratios(self):
        """To stock hv_netvsc."""
        found = rows(bare=100.0, an_failover_auto=110.0, an_failover_self=120.0,
                     hv_netvsc=140.0)
        self.assertEqual(results.ratios(found), {"udp64 an_failover-auto": 0.25,
                                                 "udp64 an_failover-self": 0.5})


def scaled(bare, ours, plain=(5400.0, 5700.0)):
    """Rows of udp64, and of one with more flows, over vfsim."""
    return results.compare([
        results.Row(workload, "vfsim", contender, insns)
        for workload, pair in (("udp64", plain), ("udp64_flows8", (bare, ours)))
        for contender, insns in zip((results.BARE, results.OURS[0]), pair)])


class Growth(unittest.TestCase):
    """More flows, pairs and devices."""

    def judge(self, found):
        """Whether an_failover-auto is good."""
        return [good for _, _, good in results.judge_growth(
            found, ["udp64_flows8"], "vfsim", results.OURS[:1])]

    def test_one_percent(self):
        """Of the packet's cost, 57 instructions here, and less is better."""
        for ours, good in ((5757.0, True), (5758.0, False), (5500.0, True)):
            self.assertEqual(self.judge(scaled(5400.0, ours)), [good])

    def test_others_too(self):
        """What the bare VF needs more is not the module's."""
        self.assertEqual(self.judge(scaled(6400.0, 6750.0)), [True])
        self.assertEqual(self.judge(scaled(6400.0, 6758.0)), [False])

    def test_missing(self):
        """A row, the plain packet, or the bare VF."""
        for i in range(4):
            found = scaled(5400.0, 5700.0)
            for row in found:
                row.over_bare = None
            del found[i]
            self.assertEqual(self.judge(results.compare(found)), [False])

    def test_table(self):
        """What grows, and by how much."""
        text = "\n".join(results.growth_table(scaled(5400.0, 5757.0),
                                              ["udp64_flows8"], "vfsim"))
        self.assertRegex(text, r"udp64 +an_failover-auto +300\.0\n")
        self.assertRegex(text,
                         r"udp64_flows8 +an_failover-auto +357\.0 +\+57\.0 +\+1\.00%")


def alone(**insns):
    """Rows without a VF: {workload: (hv_netvsc, an_failover-auto)}."""
    return results.compare([
        results.Row(workload, results.NO_VF, contender, value)
        for workload, pair in insns.items()
        for contender, value in zip((results.REFERENCE, results.OURS[0]), pair)])


class WithoutVF(unittest.TestCase):
    """The module has nothing to do."""

    def same(self, found):
        """Is udp64_other as without the module?"""
        return [good for _, _, good in results.judge_same(
            found, ["udp64_other"], results.OURS[:1])]

    def flat(self, found):
        """Does what an event costs stay the same?"""
        return [good for _, _, good in results.judge_growth(
            found, ["event_netdevs100"], results.NO_VF, results.OURS[:1])]

    def test_same(self):
        """Neither more nor less, both are strange."""
        for ours, good in ((4253.0, True), (4263.0, True), (4264.0, False),
                           (4242.0, False)):
            self.assertEqual(self.same(alone(udp64_other=(4253.0, ours))), [good])

    def test_same_missing(self):
        """Either of them."""
        for i in range(2):
            found = alone(udp64_other=(4253.0, 4253.0))
            del found[i]
            self.assertEqual(self.same(found), [False])

    def test_flat(self):
        """What the module adds; what all need more does not count."""
        for ours, good in ((72220.0, True), (72221.0, False), (71000.0, True)):
            found = alone(event=(60000.0, 61000.0), event_netdevs100=(70000.0, ours))
            self.assertEqual(self.flat(found), [good])

    def test_flat_missing(self):
        """Any of them."""
        for i in range(4):
            found = alone(event=(60000.0, 61000.0), event_netdevs100=(60000.0, 61000.0))
            del found[i]
            self.assertEqual(self.flat(found), [False])

    def test_table(self):
        """Over stock hv_netvsc, which has no line of its own."""
        text = "\n".join(results.growth_table(
            alone(event=(60000.0, 61000.0), event_netdevs100=(60000.0, 61610.0)),
            ["event_netdevs100"], results.NO_VF))
        self.assertNotRegex(text, r"(?m)^event.* hv_netvsc")
        self.assertRegex(text, r"event +an_failover-auto +1000\.0\n")
        self.assertRegex(text,
                         r"netdevs100 +an_failover-auto +1610\.0 +\+610\.0 +\+1\.00%")


class Boots(unittest.TestCase):
    """What is measured in which boot."""

    def boots(self, **opts):
        """By name."""
        todo = bench.Bench({**bench.OPTIONS, **opts}).boots()
        return {boot.name: boot.workloads for boot in todo}

    def test_pairs(self):
        """A boot of its own for more pairs."""
        self.assertEqual(self.boots(**{**bench.SCALE, "C": "bare"}), {
            "vfsim-bare": ("udp64", "udp64_flows8", "udp64_flows64", "udp64_netdevs100",
                           "udp64_netdevs1000"),
            "vfsim-bare-8": ("udp64_pairs8",)})

    def test_cards(self):
        """What only vfsim can do."""
        self.assertEqual(self.boots(W="udp64,rx_gro,udp64_pairs8", C="team",
                                    VF="e1000e"), {"e1000e-team": ("udp64",)})

    def test_no_vf(self):
        """Those that are for Hyper-V, and what they can do."""
        work = ("udp64", *bench.APART)
        self.assertEqual(self.boots(VF="none"), {
            "none-an_failover-auto": work, "none-an_failover-self": work,
            "none-hv_netvsc": work})
        self.assertEqual(self.boots(VF="none", W="tso,event", C="hv_netvsc"),
                         {"none-hv_netvsc": ("event",)})

    def test_usual(self):
        """All that is not a mode's."""
        self.assertEqual(self.boots(C="team", VF="vfsim"),
                         {"vfsim-team": bench.USUAL})


class Ratios(unittest.TestCase):
    """The stored ratios."""

    def judge(self, now, stored):
        """Which workloads are good."""
        return {w: good for w, _, good in results.judge(now, stored)}

    def test_read(self):
        """Comments are none."""
        self.assertEqual(results.read_ratios("# x\nudp64 a 0.5 # y\n\nrr b 1\n"),
                         {"udp64 a": 0.5, "rr b": 1.0})

    def test_two_percent(self):
        """So much is allowed, and better is."""
        for now, good in ((0.509, True), (0.511, False), (0.1, True), (-0.1, True)):
            self.assertEqual(self.judge({"a": now}, {"a": 0.5}), {"a": good})

    def test_below_zero(self):
        """Better than the bare VF."""
        for now, good in ((-0.51, True), (-0.495, True), (-0.48, False)):
            self.assertEqual(self.judge({"a": now}, {"a": -0.5}), {"a": good})

    def test_missing(self):
        """On either side."""
        self.assertEqual(self.judge({"a": 0.5, "c": None}, {"b": 0.5, "c": 1.0}),
                         {"a": False, "b": False, "c": False})


def trace(*pcs):
    """Lines as QEMU writes them."""
    return [f"Trace 0: 0x7f2a [00000000/{pc:016x}/0040c0b0/ff000200] \n" for pc in pcs]


class Trace(unittest.TestCase):
    """Recorded instructions."""

    def test_addresses(self):
        """Only of blocks."""
        lines = ["Stopped execution of TB chain before 0x7f\n", *trace(16, 17)]
        self.assertEqual(list(insn_trace.addresses(lines)), [16, 17])

    def test_packets(self):
        """Whole ones only."""
        self.assertEqual(list(insn_trace.packets([9, 1, 5, 6, 1, 7, 1, 8], 1)),
                         [[1, 5, 6], [1, 7]])

    def test_calls(self):
        """A packet may be two calls."""
        self.assertEqual(list(insn_trace.packets([1, 5, 1, 6, 1, 7, 1, 8, 1], 1, 2)),
                         [[1, 5, 1, 6], [1, 7, 1, 8]])

    def test_string(self):
        """Repeats in a row are a string instruction, others are a loop."""
        loop = [1, 2, 3, 3, 2, 3]
        self.assertEqual(insn_trace.string_insns([loop]), 0)
        self.assertEqual(insn_trace.string_insns([loop + [4, 4, 4]]), 3)

    def test_string_once(self):
        """One turn of what is known to be one, and the odd packet out."""
        self.assertEqual(insn_trace.string_insns([[1, 4], [1, 4], [1] + [4] * 100]), 1)

    def test_functions(self):
        """By symbol, string instructions apart, per packet."""
        symbols = insn_trace.Symbols([
            "ffffffff81000020 T second", "ffffffff81000010 t first",
            "ffffffff81000018 d data", "ffffffffc0000000 t third\t[mod]"])
        base = 0xffffffff81000000
        found = insn_trace.functions(
            [[base + 0x10, base + 0x1f] + 3 * [base + 0x20],
             [base + 0x10, 0x400000, 0xffffffffc0000004, base + 0x20]], symbols)
        self.assertEqual(found, {"first": [1.5, 0.0], "second": [0.0, 2.0],
                                 insn_trace.USER: [0.5, 0.0], "third [mod]": [0.5, 0.0]})

    def test_side_by_side(self):
        """The largest difference first, the sum last."""
        lines = list(insn_trace.side_by_side(
            {"a": [10.0, 0.0], "b": [50.0, 512.0]}, {"a": [9.0, 0.0]}, ("x", "y")))
        self.assertEqual([line.split()[-1] for line in lines[1:]], ["b", "a", "all"])
        self.assertEqual(lines[-1].split()[:3], ["60.0", "9.0", "+51.0"])


class Machine(unittest.TestCase):
    """QEMU's arguments."""

    def test_exact(self):
        """One CPU, whose clock counts, at the same addresses each time."""
        with mock.patch.object(machines.vmrun, "kernel_env",
                               return_value={"VMLINUZ": "image"}):
            words = machines.vmrun.command(machines.machine("6.12", "vfsim", "bare"),
                                           "tcg", "initrd", "monitor")
        text = " ".join(words)
        self.assertIn("-icount shift=0,sleep=off -smp 1 -seed 1", text)
        self.assertEqual(words.count("-smp"), 1)
        self.assertIn("nokaslr", words[words.index("-append") + 1].split())

    def test_cards(self):
        """A VF for each pair and a far end; virtio for those that need it."""
        mach = machines.machine("6.12", "e1000e", "net_failover")
        self.assertIn("failover=on", " ".join(mach.qemu))
        self.assertEqual(sum("e1000e," in a for a in mach.qemu), machines.PAIRS + 1)
        self.assertEqual(machines.machine("6.12", "vfsim", "hv_netvsc").qemu, ())

    def test_many_cards(self):
        """Eight of them, none where the chipset has its own (1f)."""
        text = " ".join(machines.machine("6.12", "vfsim", "bonding", pairs=8).qemu)
        found = re.findall("addr=(0x[0-9a-f]+)", text)
        self.assertEqual(len(set(found)), 8)
        self.assertLess(max(int(a, 16) for a in found), 0x1f)

    def test_options(self):
        """An empty value means the default, an unknown name ends it."""
        self.assertEqual(bench.options(["K=", "N=5"], {"K": "6.12", "N": "1"}),
                         {"K": "6.12", "N": "5"})
        with self.assertRaises(SystemExit):
            bench.options(["X=1"], {"K": ""})
        with self.assertRaises(SystemExit):
            bench.chosen("udp65", bench.WORKLOADS, "workload")


if __name__ == "__main__":
    unittest.main()
