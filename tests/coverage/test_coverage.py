#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What is counted, what a reason is for, and what a console brings."""

import base64
import io
import tarfile
import unittest

import coverage

NAME = "core/state.c"


def line(number, count, *branches):
    """gcov's words; a branch is (times, fallthrough)."""
    return {"line_number": number, "count": count,
            "branches": [{"count": n, "fallthrough": f} for n, f in branches]}


def source(*lines):
    """A file of which only these lines are code."""
    made = coverage.Source(NAME)
    for one in lines:
        made.add(one)
    return made


class Counts(unittest.TestCase):
    """Source"""

    def test_runs_add_up(self):
        made = source(line(1, 0), line(1, 3), line(2, 0))
        self.assertEqual(made.lines, {1: 3, 2: 0})

    def test_functions_are_found(self):
        made = source()
        for text, name in (("return state_names[", "an_state_name"),
                           ("struct an_transition an_decide(", "an_decide")):
            at = next(i + 1 for i, t in enumerate(made.text) if text in t)
            self.assertEqual(made.function(at), name)
        self.assertEqual(made.function(1), "")

    def test_each_run_takes_a_branch(self):
        made = source(line(1, 1, (1, True), (0, False)),
                      line(1, 1, (0, True), (5, False)))
        self.assertEqual(made.branches_of(1), [1, 5])

    def test_builds_that_disagree_are_not_mixed(self):
        made = source(line(1, 1, (1, True), (0, False)),
                      line(1, 1, (0, False), (5, True)))
        self.assertEqual(sum(map(bool, made.branches_of(1))), 1)
        made.add(line(1, 1, (1, True), (0, False), (2, True), (2, False)))
        self.assertEqual(made.branches_of(1), [1, 0, 2, 2])

    def test_missing(self):
        made = source(line(1, 1), line(2, 0), line(3, 1, (1, True), (0, False)))
        self.assertEqual([(at, what) for at, _, what in made.missing()],
                         [(2, "line"), (3, "1 of 2 branches")])

    def test_the_bar(self):
        times = coverage.Times([1] * 90 + [0] * 10, [1] * 79 + [0] * 21)
        self.assertEqual(times.short_of(), ["branches"])
        self.assertEqual(coverage.Times([1] * 89 + [0] * 11).short_of(), ["lines"])


class Why(unittest.TestCase):
    """Reasons"""

    TEXT = ("# comment\n\ncore/a.c f: goto err;\n\tnobody can\n\tmake it fail\n\n"
            "* *: ASSERT(\n\tnever\n* g: x\n\tsometimes: a race\n")

    def test_found(self):
        reasons = coverage.Reasons(self.TEXT)
        self.assertEqual(reasons.of("core/a.c", "f", "\tgoto err;"),
                         "nobody can make it fail")
        self.assertIsNone(reasons.of("core/b.c", "f", "goto err;"))
        self.assertIsNone(reasons.of("core/a.c", "g", "goto err;"))
        self.assertEqual(reasons.of("core/b.c", "g", "ASSERT();"), "never")

    def test_stale(self):
        reasons = coverage.Reasons(self.TEXT)
        reasons.of("core/a.c", "f", "goto err;")
        self.assertEqual(reasons.stale(), ["* *: ASSERT("])

    def test_the_file(self):
        reasons = coverage.Reasons((coverage.HERE / "uncovered").read_text())
        for key, why in reasons.why.items():
            self.assertRegex(key, r"^(\*|\w+/\w+\.c) (\*|\w+): \S")
            self.assertTrue(why)


class Console(unittest.TestCase):
    """dumps()"""

    @staticmethod
    def words(**files):
        """What the guest says of some counters."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        text = base64.b64encode(packed.getvalue()).decode()
        half = len(text) // 2
        return [f"[    1.0][  T1] G: {t}"
                for t in ("begin", text[:half], text[half:], "end")]

    def test_the_last_one_counts(self):
        log = self.words(a=b"1") + ["[  2.0][ T1] T: ok 1 - G: x"] + self.words(a=b"2")
        self.assertEqual(coverage.dumps(log), {"a": b"2"})

    def test_one_that_is_torn_does_not(self):
        whole, torn = self.words(a=b"1"), self.words(a=b"2")
        self.assertEqual(coverage.dumps(whole + torn[:2]), {"a": b"1"})
        self.assertEqual(coverage.dumps(whole + torn[:2] + torn[3:]), {"a": b"1"})
        self.assertEqual(coverage.dumps(whole + torn[:2] + whole), {"a": b"1"})
        self.assertEqual(coverage.dumps([]), {})


if __name__ == "__main__":
    unittest.main()
