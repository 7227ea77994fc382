#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Which runs are made, and what is made of machines that do not come up."""

import collections
import contextlib
import io
import pathlib
import tempfile
import unittest
from unittest import mock

import klog
import vmrun

KERNELS = ["6.1", "6.12", "7.2"]


class Spread(unittest.TestCase):
    """tests_of()"""

    def runs(self, text, turn=None, kernels=KERNELS):
        """(kernel, claim) of the runs of a scenario with that header."""
        with tempfile.TemporaryDirectory() as tmp:
            path = pathlib.Path(tmp, "a.sh")
            path.write_text(text)
            return [(t.machine.kernel, t.claim) for t in
                    vmrun.tests_of(path, kernels, ["auto", "self"], turn)]

    def test_all(self):
        self.assertEqual(self.runs("# claims: auto self\n"),
                         [(k, c) for k in KERNELS for c in ("auto", "self")])
        self.assertEqual(self.runs("# claims: none\n# kernels: 7.2\n"),
                         [("7.2", "none")])

    def test_in_turn(self):
        runs = [self.runs("# claims: auto self\n", turn) for turn in range(6)]
        for run in runs:
            self.assertEqual(sorted(c for _, c in run), ["auto", "self"])
            self.assertEqual(len({k for k, _ in run}), 2)
        every = collections.Counter(r for run in runs for r in run)
        self.assertEqual(every, dict.fromkeys(self.runs(""), 2))

    def test_one_claim(self):
        runs = [self.runs("# claims: self\n", turn) for turn in range(3)]
        self.assertEqual(runs, [[(k, "self")] for k in KERNELS])
        self.assertEqual(self.runs("# claims: none\n# kernels: 7.2\n", 1),
                         [("7.2", "none")])
        self.assertEqual(self.runs("# kernels: debug\n", 1), [])

    def test_one_kernel(self):
        self.assertEqual([self.runs("", turn, ["6.12"]) for turn in (0, 1)],
                         [[("6.12", "auto")], [("6.12", "self")]])

    def test_expensive(self):
        runs = [self.runs("# cost: high\n", turn) for turn in range(6)]
        self.assertEqual(sorted(r for run in runs for r in run),
                         sorted(self.runs("")))

    def test_two_turns(self):
        """Of one kernel they are all runs that there are."""
        runs = [{(t.name, t.claim) for t in
                 vmrun.pick([], ["debug"], ["auto", "self"], vmrun.HERE / "scenarios", spread)}
                for spread in (0, 1, 2)]
        self.assertEqual(runs[1] | runs[2], runs[0])
        count = collections.Counter(name for name, _ in runs[0])
        self.assertEqual({n for n, _ in runs[1] & runs[2]}, {n for n in count if count[n] == 1})

    def test_all_scenarios(self):
        """Each kernel with each claim gets its share of those that there are."""
        tests = vmrun.pick([], KERNELS, ["auto", "self"],
                           vmrun.HERE / "scenarios", True)
        for path in {t.path for t in tests}:
            fields = vmrun.header(path)
            claims = fields.get("claims", "auto self").split()
            if fields.get("cost") == "high":
                claims = claims[:1]
            self.assertEqual(len([t for t in tests if t.path == path]), len(claims))
        share = collections.Counter((t.machine.kernel, t.claim) for t in tests
                                    if t.claim != "none")
        self.assertEqual(set(share), set(self.runs("")))
        self.assertGreater(min(share.values()), 0.6 * max(share.values()), share)


class Batches(unittest.TestCase):
    """batches()"""

    def batches(self, jobs, *machines):
        """(machine, number of tests) of each boot, for (machine, number)."""
        tests = [vmrun.Test(f"{i}", "auto", vmrun.Machine(machine), pathlib.Path(), 9)
                 for machine, count in machines for i in range(count)]
        made = vmrun.batches(tests, jobs)
        self.assertCountEqual([t for batch in made for t in batch], tests)
        for batch in made:
            self.assertEqual(len({t.machine for t in batch}), 1)
        return [(batch[0].machine.kernel, len(batch)) for batch in made]

    def test_few(self):
        """All jobs have something to do."""
        self.assertEqual(self.batches(3, ("a", 6)), [("a", 2)] * 3)
        self.assertEqual(self.batches(3, ("a", 4)), [("a", 2)] * 2)
        self.assertEqual(self.batches(2, ("a", 1)), [("a", 1)])
        self.assertEqual(self.batches(2), [])

    def test_many(self):
        """Not too many in a boot, and about as many in each."""
        self.assertEqual(self.batches(1, ("a", 15)), [("a", 8), ("a", 7)])
        self.assertEqual(self.batches(2, ("a", 86)), [("a", 13)] * 2 + [("a", 12)] * 5)

    def test_others(self):
        """A machine that few want has one boot, after the long ones."""
        self.assertEqual(self.batches(3, ("b", 3), ("a", 27), ("c", 1)),
                         [("a", 9)] * 3 + [("b", 3), ("c", 1)])


class Emulated(unittest.TestCase):
    """command() for a machine that is emulated, exact, or neither"""

    def words(self, accel, *options):
        """QEMU's arguments by name."""
        with mock.patch.object(vmrun, "kernel_env", return_value={"VMLINUZ": "image"}), \
             mock.patch.object(vmrun, "clock", return_value=" tsc_early_khz=1"):
            words = vmrun.command(vmrun.Machine("6.12", 2, options), accel, "i", "m")
        return dict(zip(words, words[1:]))

    def test_clock_and_cpu(self):
        """Only who is emulated is told of the host's clock, and has a lesser CPU."""
        for accel, options, told in (("tcg", (), True), ("kvm", (), False),
                                     ("tcg", ("icount",), False)):
            words = self.words(accel, *options)
            self.assertEqual("tsc_early_khz=1" in words["-append"].split(), told)
            self.assertEqual(words["-cpu"] == "max", not told)


class FakeVM:
    """Says what it is told to, in as many boots as it is told to."""

    says = []

    def __init__(self, machine, tests, accel, log):
        del machine, tests, accel
        self.console = klog.Console()
        self.text = self.says.pop(0)
        log.touch()

    def run(self, verbose, at_once):
        """The scenarios of one boot."""
        del verbose, at_once
        for line in self.text:
            scenario = self.console.feed(f"[ 1.0] {line}\n")
            if scenario:
                yield scenario, 1.0
        scenario = self.console.finish()
        if scenario:
            yield scenario, 1.0


class NoBoot(unittest.TestCase):
    """Runner.boot() and a machine that is stuck before its first process"""

    GOOD = ["T: vm-start 6.12", "T: begin a auto", "T: ok 1 - x", "T: 1..1",
            "T: end a auto pass", "T: vm-done"]

    def runner(self, accel, *says):
        """The runner, and what it printed, when a VM said these."""
        runner = vmrun.Runner(accel, False)
        test = vmrun.Test("a", "auto", vmrun.Machine("6.12"), pathlib.Path(), 9)
        FakeVM.says = list(says)
        out = io.StringIO()
        with tempfile.TemporaryDirectory() as tmp, \
             mock.patch.object(vmrun, "VM", FakeVM), \
             mock.patch.object(vmrun, "LOGS", pathlib.Path(tmp)), \
             contextlib.redirect_stdout(out):
            runner.run([test], 1)
        self.assertEqual(FakeVM.says, [])
        return runner.passed, runner.failed, out.getvalue()

    def test_second_try(self):
        passed, failed, out = self.runner("tcg", ["Booting"], self.GOOD)
        self.assertEqual((passed, failed), (1, 0))
        self.assertIn("no first process after '[ 1.0] Booting'", out)

    def test_no_third(self):
        passed, failed, out = self.runner("tcg", [], ["Booting"])
        self.assertEqual((passed, failed), (0, 1))
        self.assertIn("its last words:\n       [ 1.0] Booting", out)

    def test_real_machine(self):
        self.assertEqual(self.runner("kvm", [])[:2], (0, 1))

    def test_emulation(self):
        fault = self.GOOD[:2] + ["Oops: double fault: 0000 [#1] SMP NOPTI",
                                 "RSP: 0018:ff51a93ec22fb620 EFLAGS: 81c7aa42"]
        self.assertEqual(self.runner("tcg", fault, self.GOOD)[:2], (1, 0))
        self.assertEqual(self.runner("tcg", fault, fault)[:2], (0, 1))
        self.assertEqual(self.runner("kvm", fault)[:2], (0, 1))

    def test_started(self):
        self.assertEqual(self.runner("tcg", ["T: vm-start 6.12"])[:2], (0, 1))


class AtOnce(unittest.TestCase):
    """VM.run() when the first check that fails is enough"""

    def left(self, at_once):
        """Verdicts, and the lines that nobody read."""
        vm = vmrun.VM.__new__(vmrun.VM)
        vm.console, vm.log, vm.timed_out = klog.Console(), io.StringIO(), False
        vm.stop = lambda: None
        vm.reader = iter([f"[    1.000000] T: {t}\n" for t in (
            "vm-start 6.12", "begin a auto", "ok 1 - x", "not ok 2 - y", "ok 3 - z",
            "1..3", "end a auto fail")])
        vm.first = next(vm.reader)
        done = [s.verdict() for s, _ in vm.run(at_once=at_once)]
        return done, len(list(vm.reader))

    def test_at_once(self):
        done, left = self.left(True)
        self.assertEqual((len(done), left), (1, 3))
        self.assertIn("not ok 2 - y", done[0])

    def test_to_the_end(self):
        done, left = self.left(False)
        self.assertEqual((len(done), left), (1, 0))


if __name__ == "__main__":
    unittest.main()
