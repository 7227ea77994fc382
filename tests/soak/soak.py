#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Random sequences of everything that can happen, against a model (make soak).

    soak.py [SEED=n] [EVENTS=n] [K=6.1|6.12|7.2|all] [CLAIM=auto|self] [JOBS=n]
            [NICS=n] [CHUNK=n] [FRESH=n] [V=1]

The seed makes the events, CHUNK to a boot, kernels and claims in turn; FRESH are so
many more, of a seed that nobody has seen. model.py says what each leads to,
tests/vm/lib-soak.sh does and checks it in the VM, as a scenario like others. What fails
is run again with fewer steps, to find a short sequence that still fails. $VMBUILD is
where to build and log.
"""

import dataclasses
import math
import pathlib
import random
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
VM = HERE.parent / "vm"
sys.path.insert(0, str(VM))

import model	# pylint: disable=wrong-import-position
import vmrun	# pylint: disable=wrong-import-position

CHUNK = 50		# 300 events meet all of 3 kernels with 2 claims
AT_ONCE = 0.2		# how often several NICs have an event at the same time,
IN_A_ROW = 0.3		# how often the next follows before the last has settled
BOOTS = 12		# to find a shorter sequence
SECONDS_EACH = 60	# for a step, which takes few, and has deadlines of its own
FAMILIES = ("mlx5_core", "mlx4_core", "mana")


@dataclasses.dataclass(frozen=True)
class Plan:
    """A sequence, and the machine that it is for.

    A step is a tuple of (event, NIC, argument): side by side if each is of another
    NIC, else one after the other, with nothing in between.
    """

    seed: str
    name: str
    kernel: str
    claim: str
    family: str
    nics: int
    steps: tuple

    def start(self):
        """The system before the first step."""
        return model.System([model.Nic() for _ in range(self.nics)], "",
                            self.family, self.kernel)


def possible(system):
    """All (event, NIC, argument) that can happen now, with their weights."""
    for name, event in model.EVENTS.items():
        for n in range(1 if event.whole else len(system.nics)):
            args = [a for a in event.args if system.after(name, n, a)]
            for arg in args:
                yield (name, n, arg), event.weight / len(args)


def pick(rng, choice):
    """One of the (event, weight)."""
    calls, weights = zip(*choice)
    return rng.choices(calls, weights)[0]


def generate(rng, plan, count):
    """The plan with count random events; the module is loaded first."""
    steps = [(("load", 0, plan.claim),)]
    system = follow(plan.start(), steps[0])[-1]
    while plan_events(steps) < count:
        step = random_step(rng, system, plan.nics)[:count - plan_events(steps)]
        steps.append(step)
        system = follow(system, step)[-1]
    return dataclasses.replace(plan, steps=tuple(steps))


def plan_events(steps):
    """How many events there are in some steps."""
    return sum(len(step) for step in steps)


def random_step(rng, system, nics):
    """One event, or one of each NIC, or some in a row."""
    choice = list(possible(system))
    if rng.random() < AT_ONCE:
        own = [(c, w) for c, w in choice if not model.EVENTS[c[0]].whole]
        return tuple(pick(rng, [(c, w) for c, w in own if c[1] == n])
                     for n in range(nics))
    step = (pick(rng, choice),)
    while rng.random() < IN_A_ROW:
        names = [call[0] for call in step]
        after = follow(system, step)[-1]
        choice = [(c, w) for c, w in possible(after)
                  if model.may_follow(names, c[0], after.nics)]
        if not choice:
            break
        step += (pick(rng, choice),)
    return step


def follow(system, step):
    """The system before and after each event of a step, None if it is impossible."""
    trail = [system]
    for call in step:
        after = trail[-1].after(*call)
        if not after:
            return None
        trail.append(after)
    return trail


def side_by_side(step):
    """Has each event of the step another NIC?"""
    return (len({n for _, n, _ in step}) == len(step) > 1 and
            not any(model.EVENTS[name].whole for name, _, _ in step))


def text(step):
    """A step, for people."""
    return (" + " if side_by_side(step) else ", ").join(name + ("" if model.EVENTS[name].whole else f" {n}") +
                      (f" {arg}" if arg else "") for name, n, arg in step)


def compile_step(number, step, trail):
    """One step as lines of shell."""
    yield f'step {number} "{text(step)}"'
    calls = ["ev_" + text((call,)) for call in step]
    if side_by_side(step):
        yield "must at_once " + " ".join(f'"{call}"' for call in calls)
    else:
        yield from (f"must {call}" for call in calls)
    for n in range(len(trail[0].nics)):
        did = [model.EVENTS[name] for name, nic, _ in step
               if model.EVENTS[name].whole or nic == n]
        yield f"want {n} {model.want(trail, n, did)}"
    yield "settled"


def compile_plan(plan):
    """The scenario, without what has become impossible."""
    system = plan.start()
    lines = ["# SPDX-License-Identifier: GPL-2.0",
             "# shellcheck shell=dash",
             f"# made by tests/soak/soak.py: {plan.name}",
             f"# claims: {plan.claim}",
             f"# kernels: {plan.kernel}",
             f"# nics: {plan.nics}",
             f"# timeout: {60 + SECONDS_EACH * len(plan.steps)}",
             ". /t/lib-soak.sh",
             f"soak_start {plan.nics} {plan.family}"]
    for number, step in enumerate(plan.steps, 1):
        trail = follow(system, step)
        if trail:
            lines += compile_step(number, step, trail)
            system = trail[-1]
    # stock hv_netvsc alone is not unloaded with a program attached
    lines += [f"must ev_xdp_off {n}" for n, nic in enumerate(system.nics) if nic.xdp]
    return "\n".join(lines + ["soak_end", ""])


def in_order(step, trail):
    """Can its events come in a row? What went before may not be what it was."""
    names = [name for name, _, _ in step]
    return side_by_side(step) or all(
        model.may_follow(names[:n], names[n], trail[n].nics)
        for n in range(1, len(names)))


def without(plan, steps):
    """The same plan with other steps, those that can be done."""
    system, kept = plan.start(), []
    for step in steps:
        trail = follow(system, step)
        if trail and in_order(step, trail):
            kept.append(step)
            system = trail[-1]
    return dataclasses.replace(plan, steps=tuple(kept))


def shrink(plan, failing_step, fails, boots=BOOTS):
    """A shorter plan that fails, by leaving steps out (ddmin).

    fails(plan) runs one and says the number of the step that failed, or None.
    """
    best = dataclasses.replace(plan, steps=plan.steps[:failing_step])
    parts = 2
    while boots > 0 and len(best.steps) > 1:
        size = -(-len(best.steps) // parts)
        for at in range(0, len(best.steps), size):
            candidate = without(best, best.steps[:at] + best.steps[at + size:])
            if not candidate.steps or candidate == best or boots <= 0:
                continue
            boots -= 1
            failed = fails(candidate)
            if failed is not None:
                best = dataclasses.replace(candidate,
                                           steps=candidate.steps[:failed])
                parts = max(parts - 1, 2)
                break
        else:
            if size == 1:
                break
            parts = min(parts * 2, len(best.steps))
    return best


class Soak(vmrun.Runner):
    """Runs plans as scenarios."""

    def __init__(self, accel, verbose):
        super().__init__(accel, verbose)
        self.bad = {}		# number of the step that failed, by plan

    def test(self, plan):
        """A plan's scenario, written where it can be run again."""
        path = vmrun.BUILD / "soak" / f"{plan.name}.sh"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(compile_plan(plan))
        return next(vmrun.tests_of(path, [plan.kernel], [plan.claim]))

    def report(self, test, faults, seconds, skipped=None, log=None):
        """Also note where it failed: behind as many steps that were well."""
        super().report(test, faults, seconds, skipped, log)
        if faults:
            done = 0
            if log and log.exists():
                done = log.read_text().count("T: # step ")
            self.bad[test.name] = done

    def fails(self, plan):
        """Run one plan; the number of the step that failed, or None."""
        self.bad.pop(plan.name, None)
        self.run([self.test(plan)], 1)
        return self.bad.get(plan.name)


def plans(seed, events, kernels, claims, nics, chunk=CHUNK):
    """What is to be run, from these alone."""
    rng = random.Random(seed)
    lap = math.lcm(len(kernels), len(claims))
    turns = [(kernels[i % len(kernels)], claims[(i + i // lap) % len(claims)])
             for i in range(len(kernels) * len(claims))]
    start = rng.randrange(len(turns))
    for turn in range(-(-events // chunk)):
        plan = Plan(seed, f"soak-{seed}-{turn}", *turns[(start + turn) % len(turns)],
                    rng.choice(FAMILIES), nics, ())
        yield generate(random.Random(f"{seed}-{turn}"), plan,
                       min(chunk, events - turn * chunk))


def explain(soak, plan):
    """Shrink what failed and show it."""
    at, seed = soak.bad[plan.name], plan.seed
    print(f"soak: SEED={seed}: {plan.name} failed at step {at} of "
          f"{len(plan.steps)} on {plan.kernel}, claim {plan.claim}; with fewer steps:",
          flush=True)
    short = dataclasses.replace(plan, name=plan.name + "-short")
    short = shrink(short, max(at, 1), soak.fails)
    path = soak.test(short).path
    print(f"soak: SEED={seed}: the shortest that failed, {len(short.steps)} of "
          f"{len(plan.steps)} steps, {plan.nics} NICs, {plan.family}:")
    for number, step in enumerate(short.steps, 1):
        print(f"    {number:3} {text(step)}")
    print(f"soak: again: tests/vm/run.sh K={plan.kernel} CLAIM={plan.claim} "
          f"DIR={path.parent} T={path.stem} V=1", flush=True)


def new_seed():
    """One that nobody has seen."""
    return str(random.SystemRandom().randrange(10 ** 6))


def options(words):
    """NAME=value words over the defaults; an empty value is the default."""
    opts = {"SEED": new_seed(), "EVENTS": "100", "FRESH": "0",
            "K": "6.12", "CLAIM": "auto self", "JOBS": "2", "NICS": "2",
            "CHUNK": str(CHUNK), "V": ""}
    for word in words:
        name, _, value = word.partition("=")
        if name not in opts:
            sys.exit(f"soak: what is '{word}'? ({'= '.join(opts)}=)")
        if value:
            opts[name] = value
    return opts


def main():
    """Command line."""
    opts = options(sys.argv[1:])
    if opts["K"] == "all":
        opts["K"] = subprocess.run([VM / "kernels.sh", "list"], check=True,
                                   capture_output=True, text=True).stdout
    kernels = opts["K"].replace(",", " ").split()
    claims, todo = opts["CLAIM"].replace(",", " ").split(), []
    start = time.monotonic()
    for seed, events in ((opts["SEED"], opts["EVENTS"]), (new_seed(), opts["FRESH"])):
        some = list(plans(seed, int(events), kernels, claims, int(opts["NICS"]),
                          int(opts["CHUNK"])))
        todo += some
        if some:
            print(f"soak: SEED={seed}, {sum(plan_events(p.steps) for p in some)} events"
                  f" in {sum(len(p.steps) for p in some)} steps, {len(some)} boots",
                  flush=True)
    for kernel in sorted({p.kernel for p in todo}):
        subprocess.run([VM / "build.sh", kernel], check=True)
    vmrun.LOGS.mkdir(parents=True, exist_ok=True)
    vmrun.BATCH = 1
    soak = Soak(vmrun.choose_accel(kernels[0]), bool(opts["V"]))
    soak.run([soak.test(p) for p in todo], int(opts["JOBS"]))
    passed, failed = soak.passed, soak.failed
    for plan in todo:
        if plan.name in soak.bad:
            explain(soak, plan)
            break
    print(f"soak: {time.monotonic() - start:.0f} s")
    print(f"{passed} passed, {failed} failed")
    sys.exit(0 if passed and not failed else 1)


if __name__ == "__main__":
    main()
