# SPDX-License-Identifier: GPL-2.0
"""Unit tests of check.sh, with parts that only say what they have to say."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
GOOD = "echo 2 passed, 0 failed"
PARTS = {"style": "scripts/style.sh", "kunit": "tests/kunit/run.sh",
         "harness": "tests/vm/selftest.sh", "bench": "tests/bench/bench.py",
         "dkms": "tests/dkms/test.sh", "vmtest": "tests/vm/run.sh",
         "soak": "tests/soak/soak.py", "kernels": "tests/vm/kernels.sh"}
# waits for a file, but not for ever
WAIT = "i=0; until [ -e {} ] || [ $i = 300 ]; do sleep 0.1; i=$((i + 1)); done"


class Check(unittest.TestCase):
    """check.sh in a tree of its own."""

    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.top = pathlib.Path(tmp.name)
        for name in PARTS:
            self.part(name, GOOD)
        for name in ("vm", "soak", "mutants", "coverage", "bench"):
            self.python(name, "pass")
        self.python(".", "pass")
        shutil.copy(HERE / "check.sh", self.top / "tests")

    def write(self, path, text):
        """A file of the tree."""
        path = self.top / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def part(self, name, script):
        """What a part does, in shell."""
        self.write(PARTS[name], f"#!/bin/sh\n{script}\n")

    def python(self, name, statement):
        """A directory's unit test."""
        self.write(f"tests/{name}/test_it.py",
                   "import unittest\nclass It(unittest.TestCase):\n"
                   f"    def test_it(self):\n        {statement}\n")

    def check(self, *parts, **env):
        """Its exit status, the sums by part, the last line, all it said."""
        done = subprocess.run([self.top / "tests/check.sh", *parts], check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, env=os.environ | env)
        lines = done.stdout.splitlines()
        after = [line.split() for line in lines[lines.index(
            next((x for x in lines if x.startswith("check: all")), lines[0])) + 1:]]
        sums = {w[0]: (int(w[1]), int(w[3])) for w in after if len(w) == 7}
        return done.returncode, sums, lines[-1], done.stdout

    def test_all_parts(self):
        """Six directories have a unit test each."""
        status, sums, last, _ = self.check()
        self.assertEqual(sums, {
            "style": (2, 0), "unit": (6, 0), "kunit": (2, 0), "harness": (2, 0),
            "bench": (2, 0), "dkms": (2, 0), "vmtest": (2, 0), "soak": (2, 0),
            "debug": (2, 0)})
        self.assertEqual((status, last), (0, "22 passed, 0 failed"))

    def test_some_parts(self):
        """Only those that are asked for run."""
        self.part("vmtest", "exit 1")
        status, sums, last, _ = self.check("kunit", "style")
        self.assertEqual(sums, {"style": (2, 0), "kunit": (2, 0)})
        self.assertEqual((status, last), (0, "4 passed, 0 failed"))

    def test_lanes(self):
        """Each lane waits for what the other one does."""
        self.part("kunit", f"touch small; {WAIT.format('large')}; [ -e large ] && {GOOD}")
        self.part("vmtest", f"touch large; {WAIT.format('small')}; [ -e small ] && {GOOD}")
        os.chdir(self.top)
        self.addCleanup(os.chdir, HERE)
        status, _, last, _ = self.check("kunit", "vmtest")
        self.assertEqual((status, last), (0, "4 passed, 0 failed"))

    def test_failure(self):
        """In either lane."""
        for name in ("kunit", "vmtest"):
            with self.subTest(name):
                self.part(name, "echo 3 passed, 1 failed; exit 1")
                status, sums, last, _ = self.check("style", "kunit", "vmtest")
                self.assertEqual(sums[name], (3, 1))
                self.assertEqual((status, last), (1, "7 passed, 1 failed"))
                self.part(name, GOOD)

    def test_what_failed(self):
        """It is said again at the end, and what passed is not."""
        self.part("kunit", "echo ok 1 - a; echo '    not ok 2 - b'; echo '# why'; echo ok 3 - c; "
                           "echo 2 passed, 1 failed; exit 1")
        self.part("vmtest", "echo FAIL 6.12 auto x; echo '     why'; seq 20; "
                            "echo 0 passed, 1 failed; exit 1")
        said = self.check("style", "kunit", "vmtest")[3].splitlines()
        end = said[said.index("kunit:     not ok 2 - b", said.index("kunit: 2 passed, 1 failed")):]
        self.assertEqual(end[:6], ["kunit:     not ok 2 - b", "kunit: # why",
                                   "kunit: 2 passed, 1 failed", "vmtest: FAIL 6.12 auto x",
                                   "vmtest:      why", "vmtest: 1"])
        self.assertLess(len(end), 13)

    def test_silence(self):
        """A part that says nothing has failed, whatever its exit status."""
        for how in ("true", "exit 1", "kill -9 $$", "echo 2 passed, 0 failed; echo bye"):
            with self.subTest(how):
                self.part("kunit", how)
                status, sums, last, said = self.check("style", "kunit")
                self.assertEqual(sums["kunit"], (0, 1))
                self.assertEqual((status, last), (1, "2 passed, 1 failed"))
                self.assertIn("check: kunit came to a bad end", said)

    def test_status(self):
        """All passed, and yet it ends badly."""
        self.part("vmtest", f"{GOOD}; exit 1")
        status, sums, last, _ = self.check("vmtest")
        self.assertEqual((status, sums["vmtest"], last), (1, (2, 1), "2 passed, 1 failed"))

    def test_nothing(self):
        """No check at all is no success."""
        self.part("style", "echo 0 passed, 0 failed")
        status, _, last, _ = self.check("style")
        self.assertEqual((status, last), (1, "0 passed, 0 failed"))

    def test_soak(self):
        """Events with the seed that stays, and a third of that with a new one."""
        self.part("soak", 'echo "$@"; echo 4 passed, 0 failed')
        said = self.check("soak", SOAK="60")[3]
        self.assertIn(" SEED=1 EVENTS=60 FRESH=20\n", said)

    def test_bench(self):
        """Its last line has its name in front."""
        self.part("bench", "echo bench: 5 passed, 0 failed")
        status, sums, _, _ = self.check("bench")
        self.assertEqual((status, sums["bench"]), (0, (5, 0)))

    def test_unit(self):
        """A test that fails, and one that cannot be loaded."""
        for wrong in ("self.fail()", "this is no python"):
            with self.subTest(wrong):
                self.python("coverage", wrong)
                status, sums, _, _ = self.check("unit")
                self.assertEqual((status, sums["unit"]), (1, (4, 1)))

    def test_late_kernel(self):
        """No debug kernel within the budget: left out, and nobody waits for it."""
        self.part("kernels", "exec sleep 1000")
        status, sums, last, said = self.check("style", "debug", BUDGET="1")
        self.assertEqual(sums, {"style": (2, 0), "debug": (0, 0)})
        self.assertEqual((status, last), (0, "2 passed, 0 failed"))
        self.assertIn("debug: left out", said)

    def test_cached_kernel(self):
        """Nor is one that is there, whatever has become of the budget."""
        self.part("kernels", "sleep 2")
        self.assertEqual(self.check("debug", BUDGET="1")[1], {"debug": (2, 0)})

    def test_broken_kernel(self):
        """A debug kernel that cannot be built is not left out."""
        self.part("kernels", "exit 1")
        self.part("vmtest", "echo FAIL debug build; echo 0 passed, 1 failed; exit 1")
        status, sums, _, _ = self.check("debug")
        self.assertEqual((status, sums["debug"]), (1, (0, 1)))

    def test_unknown(self):
        """Nothing runs."""
        done = subprocess.run([self.top / "tests/check.sh", "style", "kunits"],
                              check=False, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("no part 'kunits'", done.stderr)


if __name__ == "__main__":
    unittest.main()
