#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Do the tests notice small faults of the module? (make mutants)

    run.py [N=60] [SEED=1] [JOBS=2] [ONLY=FILE[:LINE[:KIND]],...]

Seeds one fault at a time (generate.py) into a copy of the sources under
build/mutants and runs the unit tests on it; when they do not notice, the
scenarios that the file "scenarios" names for that source, up to the first that
fails. A hang is noticed, too. Not counted: what does not compile, what compiles
to the same code, and what the file "survivors" calls equivalent. N=0: all.

Exit status 1 when less than nine of ten are noticed.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import generate

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
OUT = TOP / "build" / "mutants"
LOGS = OUT / "log"
PARTS = ("core", "hv", "mlx", "mana")
ENOUGH = 0.9
KUNIT_SECONDS = 900
VM_SECONDS = 1200
RUNNING = set()		# what an interrupt has to end


def mutants():
    """Every mutant there is."""
    return [m for part in PARTS for path in sorted((TOP / part).glob("*.c"))
            for m in generate.mutants_of(str(path.relative_to(TOP)),
                                         path.read_text())]


def reasons():
    """Key: "equivalent: why" or "accepted: why", of the file "survivors"."""
    text = re.sub(r"^#.*\n", "", (HERE / "survivors").read_text(), flags=re.M)
    entries = [e.partition("\n") for e in re.split(r"\n+(?!\t)", text.strip()) if e]
    return {key: " ".join(why.split()) for key, _, why in entries}


def scenarios():
    """Source file: [(claim, scenarios)], of the file "scenarios"."""
    table = {}
    for line in (HERE / "scenarios").read_text().splitlines():
        if not line.startswith("#"):
            file, claim, names = line.split()
            table.setdefault(file, []).append((claim, names))
    return table


def bounded(command, log, seconds):
    """Run a command and its children for so long: (status, None: a hang; output)."""
    with open(log, "w+", encoding="utf-8", errors="replace") as out:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=subprocess.STDOUT, start_new_session=True) as job:
            RUNNING.add(job.pid)
            try:
                status = job.wait(seconds)
            except subprocess.TimeoutExpired:
                status = None
                os.killpg(job.pid, signal.SIGKILL)
            RUNNING.remove(job.pid)
        out.seek(0)
        return status, out.read()


class Tree:
    """A copy of the checkout, with one fault at a time."""

    def __init__(self, number):
        self.dir = OUT / str(number)
        self.good = {}
        # Only what differs is written, so that a build is incremental.
        for name in subprocess.run(
                ["git", "-C", TOP, "ls-files", "-co", "--exclude-standard"],
                check=True, capture_output=True, text=True).stdout.splitlines():
            source, copy = TOP / name, self.dir / name
            if (copy.is_file() and source.is_file() and
                    copy.read_bytes() == source.read_bytes()):
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            if source.is_file():
                shutil.copyfile(source, copy)
                shutil.copymode(source, copy)

    def code(self, file, where="build/kunit/module"):
        """What a source was compiled to, without debug information."""
        built = (self.dir / where / file).with_suffix(".o")
        bare = built.with_suffix(".bare")
        subprocess.run(["objcopy", "--strip-debug", built, bare], check=True)
        return bare.read_bytes()

    def same_code(self, mutant, text):
        """Also for x86, which has what User Mode Linux has not (power management)?"""
        if self.code(mutant.file) != self.good[mutant.file]:
            return False
        both = []
        for version in (text, mutant.apply(text)):
            (self.dir / mutant.file).write_text(version)
            bounded([self.dir / "tests/vm/kbuild.sh", "K=6.12", self.dir,
                     self.dir / "build/x86"], LOGS / f"x86.{self.dir.name}",
                    KUNIT_SECONDS)
            both.append(self.code(mutant.file, "build/x86"))
        return both[0] == both[1]

    def kunit(self, log):
        """Build and run the unit tests: (status, output)."""
        return bounded([self.dir / "tests/kunit/run.sh"], log, KUNIT_SECONDS)

    def baseline(self):
        """Without a fault the unit tests pass."""
        status, said = self.kunit(LOGS / f"baseline.{self.dir.name}")
        if status != 0:
            sys.exit(f"mutants: the unit tests fail as it is:\n{said}")
        self.good = {file: self.code(file) for file in {m.file for m in mutants()}}

    def scenarios(self, claim, names, log):
        """What is said when one of them fails, and does so when all are run again:
        a busy machine is not a fault."""
        for _ in range(2):
            status, said = bounded(
                [self.dir / "tests/vm/run.sh", "K=6.12", "JOBS=1", "STOP=1",
                 f"CLAIM={claim}", f"T={names}"], log, VM_SECONDS)
            if status == 0:
                return None
            if re.search(r"^FAIL \S+ build$", said, re.M):
                raise RuntimeError(f"no build: {log}")
        return said

    def judge(self, mutant, table):
        """Build it, run what could notice it: (what became of it, by what)."""
        path = self.dir / mutant.file
        log = LOGS / mutant.name.replace("/", "_")
        text = path.read_text()
        path.write_text(mutant.apply(text))
        try:
            status, said = self.kunit(log)
            if "kunit: build failed" in said:
                return "does not compile", ""
            if status != 0:
                return "noticed", by_kunit(said)
            if self.same_code(mutant, text):
                return "same code", ""
            for claim, names in table.get(mutant.file, []):
                said = self.scenarios(claim, names, log)
                if said is not None:
                    return "noticed", by_scenario(said)
        finally:
            path.write_text(text)
        return "survived", ""


def by_kunit(said):
    """The first unit test that failed, or what else happened."""
    test = re.search(r"^ {4,}not ok \d+ (\w+)", said, re.M)
    suite = re.search(r"^(\w+) .* [1-9]\d* failed$", said, re.M)
    if test and suite:
        return f"kunit {suite[1]} {test[1]}"
    return "kunit: " + ("complaint" if "complains" in said else "did not end")


def by_scenario(said):
    """The scenario that failed."""
    failed = re.search(r"^FAIL \S+ +(.*?) +[\d.]+ s", said, re.M)
    return " ".join(failed[1].split()) if failed else "hang"


class Score:
    """Takes mutants from a list, shows and keeps what became of each."""

    def __init__(self, order):
        self.order = iter(order)
        self.why = reasons()
        self.lock = threading.Lock()
        self.start = time.monotonic()
        self.counted = []
        self.ignored = []

    def work(self, tree, slots):
        """Judge in one tree, until enough of all counted or none is left."""
        table = scenarios()
        while slots.acquire(blocking=False):	# one for each that is to count
            counts = False
            while not counts:
                with self.lock:
                    mutant = next(self.order, None)
                if not mutant:
                    return
                counts = self.one(tree, mutant, table)

    def one(self, tree, mutant, table):
        """Judge one; whether it counts."""
        why, since = self.why.get(mutant.key, ""), time.monotonic()
        word, by = ("equivalent", "") if why.startswith("equivalent:") else \
            tree.judge(mutant, table)
        counts = word in ("noticed", "survived")
        with self.lock:
            (self.counted if counts else self.ignored).append((mutant, word))
            now = time.monotonic()
            print(f"{now - self.start:5.0f} s {now - since:4.0f} s  {word:16} "
                  f"{mutant.name:28} {by or why}", flush=True)
        return counts

    def summary(self):
        """The table and the last line; whether it is enough."""
        print(f"\n{'file':20} noticed survived not counted")
        for file in sorted({m.file for m, _ in self.counted + self.ignored}):
            words = [w for m, w in self.counted + self.ignored if m.file == file]
            hit, miss = words.count("noticed"), words.count("survived")
            print(f"{file:20} {hit:7} {miss:8} {len(words) - hit - miss:11}")
        missed = [m for m, word in self.counted if word == "survived"]
        for mutant in missed:
            print(f"\n{mutant.name}\n{mutant.key}\n\t" +
                  self.why.get(mutant.key, "no reason is given"))
        total, hit = len(self.counted), len(self.counted) - len(missed)
        print(f"\n{hit} noticed, {len(missed)} survived of {total}")
        return total > 0 and hit >= ENOUGH * total


def main():
    """Command line."""
    opts = {"N": "60", "SEED": "1", "JOBS": "2", "ONLY": ""}
    for arg in sys.argv[1:]:
        name, equals, value = arg.partition("=")
        if name not in opts or not equals:
            sys.exit(f"mutants: what is '{arg}'? ({'= '.join(opts)}=)")
        opts[name] = value or opts[name]
    order = generate.spread(mutants(), opts["SEED"])
    if opts["ONLY"]:
        only = tuple(f"{one}:" for one in opts["ONLY"].split(","))
        order = [m for m in order if f"{m.name}:".startswith(only)]
    wanted = 0 if opts["ONLY"] else int(opts["N"])
    wanted = min(wanted or len(order), len(order))

    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    os.environ["KERNELS_MEMO"] = str(LOGS)	# which kernel to use is asked once
    trees = [Tree(i + 1) for i in range(min(int(opts["JOBS"]), wanted))]
    score, slots = Score(order), threading.Semaphore(wanted)
    with concurrent.futures.ThreadPoolExecutor(len(trees) or 1) as pool:
        try:
            list(pool.map(Tree.baseline, trees))
            print(f"mutants: {wanted} of {len(order)}", flush=True)
            for done in [pool.submit(score.work, tree, slots) for tree in trees]:
                done.result()
        except KeyboardInterrupt:
            score.order = iter(())
            for pid in RUNNING:
                os.killpg(pid, signal.SIGKILL)
            raise
    sys.exit(0 if score.summary() else 1)


if __name__ == "__main__":
    main()
