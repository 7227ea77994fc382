#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What of the module do the tests run? (make coverage)

    coverage.py [VM=0|last] [T=name,...] [CLAIM=auto|self] [JOBS=n] [SPREAD=n] [V=1]

Lines and branches of each source and directory that ran at least once, by gcov:
in the unit tests, and in the scenarios on the debug kernel (T=: only these; SPREAD=1:
each once; VM=0: none; VM=last: what they ran the last time, for who adds unit tests or
reasons). V=1 lists what did not run, and why; the file "uncovered" gives the reasons.

The unit tests' build differs from the other one. A branch is known by its line and
its place there; where the two builds disagree about a line's branches, the one that
ran more of them counts.

Exit status 1 when a test fails, when a directory has less than 90 % of its lines
or 80 % of its branches, or when a reason is given for what does run.
"""

import base64
import binascii
import collections
import dataclasses
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
OUT = TOP / "build" / "coverage"
UNIT = OUT / "module"		# where the unit tests' objects are
SCENARIOS = OUT / "vm" / "debug" / "module"
PARTS = ("core", "hv", "mlx", "mana")
ENOUGH = {"lines": 90, "branches": 80}
OPTIONS = {"VM": "1", "T": "", "CLAIM": "", "JOBS": "", "SPREAD": "", "V": ""}


class Source:
    """One file: how often its lines and branches ran."""

    def __init__(self, name):
        self.name = name
        self.text = (TOP / name).read_text().splitlines()
        self.lines = {}			# line: times
        self.branches = {}		# line: {shape: [times]}

    def add(self, line):
        """What gcov says of one line in one run."""
        at = line["line_number"]
        self.lines[at] = self.lines.get(at, 0) + line["count"]
        if not line["branches"]:
            return
        # The same code gives the same sequence of jumps and falls.
        shape = tuple(branch["fallthrough"] for branch in line["branches"])
        shapes = self.branches.setdefault(at, {})
        shapes[shape] = [new["count"] + old for new, old in
                         zip(line["branches"], shapes.get(shape, [0] * len(shape)))]

    def function(self, at):
        """Where a line is. gcov names the function that it was inlined into."""
        for line in reversed(self.text[:at]):
            head = re.match(r"[a-z].*?(\w+)\(.*[^;]$", line)
            if head:
                return head[1]
        return ""

    def branches_of(self, at):
        """Times that the branches of a line were taken."""
        return max(self.branches.get(at, {}).values(), default=[],
                   key=lambda times: (sum(map(bool, times)) / len(times), len(times)))

    def times(self):
        """What the table is made of."""
        return Times(list(self.lines.values()),
                     [t for at in self.branches for t in self.branches_of(at)])

    def missing(self):
        """(line, text, what) of all that never ran."""
        for at, ran in sorted(self.lines.items()):
            taken = self.branches_of(at)
            if not ran:
                yield at, self.text[at - 1].strip(), "line"
            elif not all(taken):
                yield (at, self.text[at - 1].strip(),
                       f"{sum(map(bool, taken))} of {len(taken)} branches")


@dataclasses.dataclass
class Times:
    """How often each of some lines and branches ran."""

    lines: list = dataclasses.field(default_factory=list)
    branches: list = dataclasses.field(default_factory=list)

    def add(self, other):
        """Those of another one, too."""
        self.lines += other.lines
        self.branches += other.branches

    def row(self, name):
        """One line of the table."""
        text = f"{name:18}"
        for word, times in (("lines", self.lines), ("branches", self.branches)):
            text += f"  {word} {sum(map(bool, times)):5} of {len(times):5}"
            text += f" {share(times):5.1f} %" if times else "        "
        return text

    def short_of(self):
        """Which bars are not reached."""
        return [word for word, bar in ENOUGH.items()
                if share(getattr(self, word)) < bar]


def share(times):
    """Percentage of what ran."""
    return 100 * sum(map(bool, times)) / len(times) if times else 100.0


class Reasons:
    """The file "uncovered": FILE FUNCTION: part of a line; why, behind a tab."""

    def __init__(self, text):
        text = re.sub(r"^#.*\n", "", text, flags=re.M)
        entries = [e.partition("\n") for e in re.split(r"\n+(?!\t)", text.strip()) if e]
        self.why = {key: " ".join(why.split()) for key, _, why in entries}
        self.used = set()

    def of(self, file, function, text):
        """Why this does not run, or nothing."""
        for key, why in self.why.items():
            where, _, part = key.partition(": ")
            its_file, its_function = where.split()
            if its_file in ("*", file) and its_function in ("*", function) and part in text:
                self.used.add(key)
                return why
        return None

    def stale(self):
        """Those that nothing needs. What depends on a race says "sometimes"."""
        return [key for key, why in self.why.items()
                if key not in self.used and not why.startswith("sometimes")]


def read(sources, module):
    """Add the counters beside the objects in there; what has none did not run."""
    for notes in sorted(n for part in PARTS for n in (module / part).glob("*.gcno")):
        said = subprocess.run(["gcov", "-b", "--json-format", "-t", notes],
                              cwd=module, check=True, capture_output=True,
                              text=True).stdout
        for file in json.loads(said)["files"]:
            path = pathlib.Path(os.path.normpath(module / file["file"]))
            if path != notes.with_suffix(".c"):
                continue		# inline functions of headers
            name = str(path.relative_to(module))
            if name not in sources:
                sources[name] = Source(name)
            for line in file["lines"]:
                sources[name].add(line)


def forget(module):
    """Remove old counters."""
    for old in module.glob("*/*.gcda"):
        old.unlink()


def unit_tests(sources):
    """Run them; False: they failed."""
    forget(UNIT)
    good = subprocess.run([TOP / "tests/kunit/run.sh"], check=False,
                          env=os.environ | {"COVERAGE": str(OUT)}).returncode == 0
    read(sources, UNIT)
    return good


def dumps(log):
    """The counters that a boot's console brought: {path: bytes}, the last ones.

    Each scenario's end tells all counts since the boot, so the last says it all;
    but a machine that failed may have stopped in the middle of it.
    """
    last, current = {}, None
    for line in log:
        said = re.search(r"\] G: (.*)$", line)
        if not said:
            continue
        if said[1] == "begin":
            current = []
        elif said[1] != "end":
            current = None if current is None else current + [said[1]]
        elif current:
            try:
                with tarfile.open(fileobj=io.BytesIO(
                        base64.b64decode("".join(current)))) as tar:
                    last = {m.name: tar.extractfile(m).read()
                            for m in tar.getmembers() if m.isfile()}
            except (binascii.Error, tarfile.TarError, EOFError):
                pass		# torn
    return last


def scenarios(opts):
    """Run them on the debug kernel; False: some failed."""
    args = [f"{key}={opts[key]}" for key in ("T", "CLAIM", "JOBS", "SPREAD") if opts[key]]
    # V=1 keeps every boot's log, where the counters are
    with subprocess.Popen([TOP / "tests/vm/run.sh", "K=debug", "V=1", *args],
                          stdout=subprocess.PIPE, text=True, errors="replace",
                          env=os.environ | {"COVERAGE": "1",
                                            "VMBUILD": str(OUT / "vm")}) as job:
        for line in job.stdout:
            if not line.startswith("    "):
                print(line, end="", flush=True)
    return job.returncode == 0


def read_boots(sources):
    """Add what the scenarios' boots told of their counters; False: there was no boot."""
    logs = sorted((OUT / "vm" / "log").glob("debug-boot*.log"))
    for log in logs:
        forget(SCENARIOS)
        found = dumps(log.read_text(errors="replace").splitlines())
        for name, data in found.items():
            path = SCENARIOS / name.partition("/module/")[2]
            if path.parent.is_dir():
                path.write_bytes(data)
        read(sources, SCENARIOS)
        if not found:
            print(f"coverage: no counters in {log}")
    return bool(logs)


def show_missing(source, reasons, verbose):
    """What of a file did not run; returns how much of that has no reason."""
    unexplained = 0
    for at, text, what in source.missing():
        why = reasons.of(source.name, source.function(at), text)
        unexplained += why is None
        if verbose:
            print(f"    {at}: {text}\n\t{what}: {why or '?'}")
    return unexplained


def report(sources, verbose):
    """Print the tables; returns whether everything is as it should be."""
    reasons = Reasons((HERE / "uncovered").read_text())
    parts = collections.defaultdict(Times)
    unexplained = 0
    print()
    for name, source in sorted(sources.items()):
        times = source.times()
        parts[name.split("/", maxsplit=1)[0]].add(times)
        print(times.row(name))
        unexplained += show_missing(source, reasons, verbose)
    print()
    good = True
    for name, times in parts.items():
        print(times.row(f"{name}/"))
        for word in times.short_of():
            print(f"coverage: {name}/ has less than {ENOUGH[word]} % of its {word}")
            good = False
    for key in reasons.stale():
        print(f"coverage: has run, or is not there, but has a reason: {key}")
        good = False
    print(f"coverage: {unexplained} lines and statements without a reason")
    return good


def main():
    """Command line."""
    opts = dict(OPTIONS)
    for arg in sys.argv[1:]:
        key, _, value = arg.partition("=")
        if key not in opts:
            sys.exit(f"coverage: what is '{arg}'? ({'= '.join(opts)}=)")
        opts[key] = value or opts[key]
    sources = {}
    good = unit_tests(sources)
    if opts["VM"] not in ("0", "last"):
        good = scenarios(opts) and good
    if opts["VM"] != "0" and not read_boots(sources):
        sys.exit("coverage: no scenario has run")
    verbose = opts["V"] not in ("", "0")
    if not report(sources, verbose) or not good:
        sys.exit("coverage: not good enough" if good else "coverage: tests failed")


if __name__ == "__main__":
    main()
