#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Which faults are made of a source, and that the tables speak of what there is."""

import unittest

import generate
import run

SOURCE = """\
/* if (nothing) in(here); */
#define X(a) if (a) b(a);
static const struct type known = {
	.fast = true,
};

static int one(struct dev *dev, int a)
{
	int err = start(dev);

	ASSERT_RTNL();
	if (a > 1 && dev->up) /* && */
		first(dev, "if (x) || y;",
		      a);
	else
		second(dev);
	netdev_info(dev, "said\\n");
	err = ask(dev);
	switch (a) {
	case 1:
		list_del(&dev->node);
		break;
	}
	dev->up = false;
	dev->flags |= UP | RUNNING;
	lock(dev);
	unlock(dev);
	return err;
}

static bool two(void)
{
	return true;
}
"""
EXPECTED = """\
x.c:4:invert -: false
x.c:12:invert one: !(a > 1 && dev->up)
x.c:12:offby one: >=
x.c:12:logic one: ||
x.c:13:drop one:
x.c:16:drop one:
x.c:18:drop one: err = 0
x.c:21:clear one:
x.c:24:clear one:
x.c:25:drop one:
x.c:25:flag one:
x.c:26:drop one:
x.c:26:swap one: unlock(dev); lock(dev)
x.c:27:clear one:
x.c:33:invert two: false
"""


class Generate(unittest.TestCase):
    """generate.py"""

    def setUp(self):
        self.mutants = generate.mutants_of("x.c", SOURCE)

    def test_all_kinds(self):
        found = [f"{m.name} {m.key.split()[1]}: {' '.join(m.new.split())}".strip()
                 for m in self.mutants]
        self.assertEqual(found, EXPECTED.splitlines())
        self.assertEqual({m.kind for m in self.mutants}, set(generate.KINDS))

    def test_lines_stay(self):
        for mutant in self.mutants:
            lines = mutant.apply(SOURCE).splitlines()
            changed = [i for i, (a, b) in enumerate(zip(lines, SOURCE.splitlines()), 1)
                       if a != b]
            self.assertEqual(len(lines), len(SOURCE.splitlines()))
            self.assertEqual(changed[0], mutant.line)

    def test_keys_outlive_other_changes(self):
        moved = generate.mutants_of("x.c", "\n\n" + SOURCE)
        self.assertEqual([m.key for m in moved], [m.key for m in self.mutants])
        self.assertEqual(len({m.key for m in moved}), len(moved))

    def test_spread(self):
        order = generate.spread(self.mutants, "1")
        self.assertEqual([m.kind for m in order[:7]], list(generate.KINDS))
        self.assertCountEqual([m.name for m in order], [m.name for m in self.mutants])
        again = generate.spread(list(reversed(self.mutants)), "1")
        self.assertEqual([m.name for m in again], [m.name for m in order])


class Tables(unittest.TestCase):
    """The files "survivors" and "scenarios"."""

    def test_survivors_exist(self):
        keys = {m.key for m in run.mutants()}
        for key, why in run.reasons().items():
            self.assertTrue(key in keys, key)
            self.assertRegex(why, r"^(equivalent|accepted): \w+")

    def test_scenarios_exist(self):
        there = {p.stem for p in (run.TOP / "tests/vm/scenarios").glob("*.sh")}
        for file, rows in run.scenarios().items():
            self.assertTrue((run.TOP / file).is_file(), file)
            for _, names in rows:
                self.assertLessEqual(set(names.split(",")), there, file)

    def test_who_noticed(self):
        self.assertEqual(run.by_scenario("ok   6.12  self  a   1.0 s\n"
                                         "FAIL 6.12  self  b   2.0 s\n"), "self b")
        self.assertEqual(run.by_kunit("an_vlan   3 passed, 1 failed\n"
                                      "    not ok 2 adds\n"), "kunit an_vlan adds")


if __name__ == "__main__":
    unittest.main()
