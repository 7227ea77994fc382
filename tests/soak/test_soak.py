#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The generator, the model and the shrinker, without a VM."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import model	# pylint: disable=wrong-import-position
import soak	# pylint: disable=wrong-import-position

AUTO = (("load", 0, "auto"),)
SELF = (("load", 0, "self"),)


def one(name, arg="", nic=0):
    """A step of a single event."""
    return ((name, nic, arg),)


def plan(*steps, claim="self", nics=1, kernel="6.12", family="mlx4_core"):
    """A plan of these steps."""
    return soak.Plan("1", "test", kernel, claim, family, nics, steps)


def wants(the_plan):
    """What is wanted of NIC 0 after each step."""
    return [line.removeprefix("want 0 ") for line in
            soak.compile_plan(the_plan).splitlines() if line.startswith("want 0 ")]


class Model(unittest.TestCase):
    """What follows from what"""

    def after(self, *steps, claim="self", **of):
        """state, claim and host's path after the last step"""
        last = wants(plan(SELF if claim == "self" else AUTO, *steps, claim=claim,
                          **of))[-1]
        return last.split()[:5]

    def test_claims(self):
        for claim, owner in ("auto", "driver"), ("self", "self"):
            self.assertEqual(self.after(one("give"), claim=claim),
                             ["active", owner, "vf", "vf", "vf"])
            self.assertEqual(self.after(one("give"), one("take"), claim=claim),
                             ["synthetic", "none"] + ["synthetic"] * 3)

    def test_whose_is_it_when_the_module_is_back(self):
        for claim, other in ("auto", "self"), ("self", "auto"):
            again = one("load", other)
            owner = "driver" if claim == "auto" else "self"
            self.assertEqual(self.after(one("give"), one("unload"), claim=claim)[:3],
                             ["-", "-", "vf" if claim == "auto" else "synthetic"])
            self.assertEqual(self.after(one("give"), one("unload"), again,
                                        claim=claim)[:2], ["active", owner])
            self.assertEqual(self.after(one("unload"), one("give"), again,
                                        claim=claim)[:2], ["active", "driver"])

    def test_modes_that_the_driver_left(self):
        """The same VF, this module's by now, may still have them; the next has not."""
        def modes(*steps):
            return {w for w in wants(plan(AUTO, *steps))[-1].split()
                    if w in ("promisc", "nopromisc", "allmulti", "noallmulti")}

        mine = one("unload"), one("load", "self"), one("rebind")
        self.assertEqual(modes(one("give"), *mine), {"nopromisc", "noallmulti"})
        on = one("promisc", "on")
        self.assertEqual(modes(one("give"), on, *mine), set())
        self.assertEqual(modes(one("give"), on, *mine, on), {"promisc"})
        self.assertEqual(modes(one("give"), on, *mine, one("take"), one("give")),
                         {"nopromisc", "noallmulti"})

    def test_group_that_the_driver_left(self):
        """The same with that."""
        def group(*steps):
            return {w for w in wants(plan(AUTO, *steps))[-1].split()
                    if w in ("group", "nogroup")}

        mine = one("unload"), one("load", "self"), one("rebind")
        add = one("group", "add")
        self.assertEqual(group(one("give"), *mine), {"nogroup"})
        self.assertEqual(group(one("give"), add, *mine), set())
        self.assertEqual(group(one("give"), add, *mine, add), {"group"})
        for anew in ((one("take"), one("give")), (one("vf_moved"),)):
            self.assertEqual(group(one("give"), add, *mine, *anew), {"nogroup"})

    def test_carrier(self):
        off = one("carrier_off")
        for claim, opened in ("auto", "vf"), ("self", "synthetic"):
            self.assertEqual(self.after(one("give"), off, claim=claim)[2:],
                             ["vf", "synthetic", "-"])
            self.assertEqual(self.after(one("give"), off, one("syn_down"),
                                        one("syn_up"), claim=claim)[2], opened)
            self.assertEqual(self.after(one("give"), off, one("mac", "1"),
                                        claim=claim)[2], opened)
            self.assertEqual(self.after(one("give"), off, one("carrier_on"),
                                        claim=claim)[2:], ["vf", "vf", "vf"])

    def test_budgets(self):
        steps = [SELF, one("give"), one("calm"), one("take"), one("mtu", "1400"),
                 one("syn_down"), one("syn_up")]
        self.assertEqual([w.split()[5:7] for w in wants(plan(*steps))],
                         [["0", "0"], ["40", "40"], ["0", "0"], ["10", "10"],
                          ["10", "-"], ["-", "-"], ["-", "-"]])

    def test_a_bystander_loses_nothing(self):
        text = soak.compile_plan(plan(SELF, one("give"), one("give", nic=1),
                                      one("kill_take"), nics=2))
        last = [w for w in text.splitlines() if w.startswith("want 1 ")][-1]
        self.assertEqual(last, "want 1 active self vf vf vf 0 0 noxdp slave nopromisc "
                         "noallmulti nogroup")

    def test_in_a_row(self):
        way_back = (("give", 0, ""), ("take", 0, ""))
        self.assertEqual(wants(plan(SELF, way_back))[-1],
                         "synthetic none synthetic synthetic synthetic 50 50")
        down = (("syn_down", 0, ""), ("syn_up", 0, ""))
        self.assertEqual(wants(plan(SELF, down))[-1].split()[5:], ["-", "-"])
        self.assertFalse(model.may_follow(["calm", "give"], "carrier_off"))
        self.assertTrue(model.may_follow(["carrier_off"], "give"))
        self.assertFalse(model.may_follow(["ns_out"], "calm"))
        for owner, can in ("driver", False), ("self", True), ("", True):
            nics = [model.Nic(), model.Nic(owner=owner)]
            self.assertEqual(model.may_follow(["calm", "vf_bind"], "take", nics), can)
            self.assertTrue(model.may_follow(["vf_bind"], "unplug", nics))
            self.assertTrue(model.may_follow(["give"], "kill_take", nics))

    def test_not_in_a_row_any_more(self):
        """Without what went before, hv_netvsc has the VF and would wait for ever."""
        back = (("vf_bind", 0, ""), ("take", 0, ""))
        steps = (one("give"), one("vf_unbind"), SELF, back)
        self.assertEqual(len(soak.without(plan(), steps).steps), 4)
        self.assertEqual(len(soak.without(plan(), steps[:2] + steps[3:]).steps), 2)

    def test_carrier_back(self):
        """hv_netvsc sends at once, this module when it can."""
        for claim, most in (AUTO, model.MANY), (SELF, model.SOME):
            back = wants(plan(claim, one("give"), one("carrier_off"), one("carrier_on")))
            self.assertEqual(back[-1].split()[5], str(most[0]))

    def test_side_by_side_or_not(self):
        give = (("give", 0, ""), ("give", 1, ""))
        self.assertEqual(soak.text(give), "give 0 + give 1")
        self.assertEqual(soak.text(give[:1] + (("unload", 0, ""),)), "give 0, unload")
        self.assertIn('must at_once "ev_give 0" "ev_give 1"',
                      soak.compile_plan(plan(SELF, give, nics=2)))

    def test_impossible(self):
        self.assertEqual(len(wants(plan(SELF, one("take"), one("vf_bind"),
                                        one("carrier_on"), one("ns_back")))), 1)
        stays = [one("give"), one("load", "self"), one("carrier_off")]
        self.assertEqual(len(wants(plan(*stays, one("rebind")))), 3)
        self.assertEqual(len(wants(plan(*stays, one("carrier_on"), one("rebind")))), 5)
        mine = SELF, one("give"), one("carrier_off"), one("rebind")
        self.assertEqual(len(wants(plan(*mine))), 3)
        moved = one("vf_moved")
        for family, steps in ("mlx4_core", 3), ("mlx5_core", 2):
            self.assertEqual(len(wants(plan(SELF, one("give"), moved,
                                            family=family))), steps)
        # given an address by one that is not there any more, and kept
        other = one("give"), one("mac", "1"), one("unload"), one("load", "self")
        for steps, again, can in (((), (), True), (other, (), False),
                                  (other, (one("take"), one("give")), True)):
            steps = SELF, one("give"), *steps, one("rebind"), *again, one("unload")
            self.assertEqual(len(wants(plan(*steps, moved))) - len(wants(plan(*steps))),
                             can)
        for kernel, steps in ("6.12", 3), ("6.1", 2):
            self.assertEqual(len(wants(plan(SELF, one("give"), one("rename", "lan"),
                                            kernel=kernel))), steps)


class Generator(unittest.TestCase):
    """generate(), plans()"""

    def test_the_seed_says_it_all(self):
        args = (250, ["6.1", "7.2"], ["auto", "self"], 2)
        first = list(soak.plans("7", *args))
        self.assertEqual(first, list(soak.plans("7", *args)))
        self.assertNotEqual(first[0].steps, list(soak.plans("8", *args))[0].steps)
        self.assertEqual([soak.plan_events(p.steps) for p in first], [50] * 5)
        last = list(soak.plans("7", 120, *args[1:]))[-1]
        self.assertEqual(soak.plan_events(last.steps), 20)
        for kernels in ["6.1", "7.2"], ["6.1", "6.12", "7.2"]:
            turns = list(soak.plans("7", 100 * len(kernels), kernels,
                                    ["auto", "self"], 2))
            self.assertEqual(len({(p.kernel, p.claim) for p in turns}), len(turns))

    def test_every_event_and_only_possible_ones(self):
        seen = set()
        for the_plan in soak.plans("1", 800, ["6.12"], ["auto", "self"], 2):
            self.assertEqual(len(wants(the_plan)), len(the_plan.steps))
            seen |= {call[0] for step in the_plan.steps for call in step}
        self.assertEqual(seen, set(model.EVENTS))

    def test_the_shell_knows_every_event(self):
        library = (soak.VM / "lib-soak-events.sh").read_text()
        for name in model.EVENTS:
            self.assertIn(f"\nev_{name}() {{", library)


class Shrink(unittest.TestCase):
    """shrink()"""

    def run_it(self, steps, culprits, boots=99):
        """Shrink a plan that fails at the last of the culprits, if all are there."""
        self.boots = 0

        def fails(candidate):
            self.boots += 1
            names = [s[0][0] for s in candidate.steps]
            if not set(culprits) <= set(names):
                return None
            return max(names.index(c) for c in culprits) + 1
        the_plan = plan(*steps)
        return [s[0][0] for s in
                soak.shrink(the_plan, fails(the_plan), fails, boots).steps]

    def test_to_what_it_takes(self):
        steps = [SELF] + [one("calm")] * 40 + [one("give")] + [one("calm")] * 20 + \
            [one("take")] + [one("calm")] * 20
        self.assertEqual(self.run_it(steps, ["take"]), ["give", "take"])

    def test_what_follows_is_dropped_too(self):
        steps = [SELF, one("calm"), one("give"), one("take")]
        self.assertEqual(self.run_it(steps, ["give"])[-1], "give")

    def test_bounded(self):
        steps = [SELF] + [one("calm")] * 90 + [one("give")]
        short = self.run_it(steps, ["load", "give"], 5)
        self.assertLessEqual(self.boots, 6)
        self.assertLess(len(short), 92)


if __name__ == "__main__":
    unittest.main()
