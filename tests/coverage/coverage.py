#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What of the module do the unit tests run? (make coverage)

Lines and branches of each source that ran at least once, by gcov, and with V=1 the
numbers of the lines that did not. What the scenarios run is not in there: stock
kernels do not count.
"""

import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = TOP / "build" / "coverage"
MODULE = OUT / "module"
PARTS = ("core", "hv", "mlx", "mana")


def counts(counters):
    """Of one object: source, {line: times}, {(line, branch): times}."""
    said = subprocess.run(["gcov", "-b", "--json-format", "-t", counters], cwd=MODULE,
                          check=True, capture_output=True, text=True).stdout
    for file in json.loads(said)["files"]:
        path = pathlib.Path(os.path.normpath(MODULE / file["file"]))
        if path != counters.with_suffix(".c"):
            continue		# inline functions of headers
        lines, branches = {}, {}
        for line in file["lines"]:
            at = line["line_number"]
            lines[at] = max(lines.get(at, 0), line["count"])
            for i, branch in enumerate(line["branches"]):
                branches[at, i] = max(branches.get((at, i), 0), branch["count"])
        yield str(path.relative_to(MODULE)), lines, branches


def ranges(numbers):
    """1 2 3 7 as "1-3 7"."""
    runs = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs)


def row(name, lines, branches):
    """One line of the table, of times."""
    text = f"{name:18}"
    for word, times in (("lines", lines), ("branches", branches)):
        hit = sum(t > 0 for t in times)
        text += f"  {word} {hit:5} of {len(times):5}"
        text += f" {100 * hit / len(times):5.1f} %" if times else "        "
    return text


def main():
    """Run the unit tests, print the table."""
    for old in MODULE.glob("*/*.gcda"):
        old.unlink()
    if subprocess.run([TOP / "tests/kunit/run.sh"], check=False,
                      env=os.environ | {"COVERAGE": str(OUT)}).returncode:
        sys.exit("coverage: the unit tests failed")
    found = [c for part in PARTS for counters in sorted((MODULE / part).glob("*.gcda"))
             for c in counts(counters)]
    if not found:
        sys.exit("coverage: no counters came back")
    print()
    for name, lines, branches in found:
        print(row(name, lines.values(), branches.values()))
        if "V=1" in sys.argv[1:]:
            print("\t" + ranges(at for at, times in lines.items() if not times))
    print(row("all", [t for _, lines, _ in found for t in lines.values()],
              [t for _, _, branches in found for t in branches.values()]))


if __name__ == "__main__":
    main()
