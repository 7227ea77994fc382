#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Small faults for C sources in kernel style, derived from the text alone.

The same source gives the same mutants. One is called FILE:LINE:KIND in what is
printed, and by its key, which survives changes elsewhere in the file, in the
file "survivors".

invert	a condition, or a constant truth
logic	&& and || exchanged
drop	a call or an assignment left out; for "x = f()": x = 0
clear	the same for what takes back, unlinks or frees
swap	two neighbouring calls in the other order
offby	a comparison that includes its limit or no longer does, a 1 that is 0
flag	one of several flags left out
"""

import bisect
import dataclasses
import random
import re

KINDS = ("invert", "logic", "drop", "clear", "swap", "offby", "flag")
# the two that most of the code can have come twice
TURNS = KINDS + ("drop", "invert")

BLANK = re.compile(r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\])'
                   | ^[ \t]*\#(?:\\\n|[^\n])*""", re.S | re.M | re.X)
FUNCTION = re.compile(r"^\{$.*?^\}", re.S | re.M)
SKIP = re.compile(r"(?:[\s{}]|else\b|do\b|case\b[^:;?]*:|default:|\w+:(?!:))*")
HEAD = re.compile(r"(if|for|while|switch|\w*for_each\w*)\s*\(")
NO_ACTION = re.compile(r"(?:return|goto|break|continue|fallthrough)\b"
                       # a declaration
                       r"|(?:\w+\s+)+\**\w+\s*(?:[=,\[]|$)"
                       # what is only said, checks, barriers (no test shows one missing)
                       r"|trace_|netdev_(?:err|warn|info|notice|dbg)\(|net_\w+_ratelimited\("
                       r"|pr_|NL_SET_ERR_MSG|ASSERT_RTNL|lockdep_|BUILD_BUG_ON|smp_\w*mb\(")
CALL = re.compile(r"[\w.>*&()\[\]-]*?\w\(.*\)$", re.S)
RESULT = re.compile(r"(\w+) = (?:\w|->)+\(.*\)$", re.S)
CLEAR = re.compile(r"\S+ (?:= (?:false|NULL|0)|&= ~.*)$|RCU_INIT_POINTER\("
                   r"|\w*(?:_del|unlink|unregister|_put|free|unsync|forget|remove"
                   r"|release|detach|cancel|unmark|unlock|close)(?:_[a-z]+)*\(", re.S)
SMALL = (("logic", re.compile(r"(?<=\s)(?:&&|\|\|)(?=\s)"), {"&&": "||", "||": "&&"}),
         ("offby", re.compile(r"(?<= )(?:[<>]=?|[+-] 1)(?=[ ;,)\]])"),
          {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "+ 1": "+ 0", "- 1": "- 0"}),
         ("flag", re.compile(r"(?<=[A-Z]) \|\s+[A-Z][A-Z0-9_]+\b"), {}))
TRUTH = re.compile(r"(?<=return )(?:true|false)(?=;)|(?<== )(?:true|false)(?=,$)", re.M)


@dataclasses.dataclass
class Mutant:
    """One fault: what text[start:end] becomes."""

    file: str
    kind: str
    start: int
    end: int
    new: str
    line: int = 0
    name: str = ""		# FILE:LINE:KIND
    key: str = ""		# FILE FUNCTION KIND: SOURCE LINE

    def apply(self, text):
        """The source with the fault, lines where they were."""
        lost = text.count("\n", self.start, self.end) - self.new.count("\n")
        return text[:self.start] + self.new + "\n" * lost + text[self.end:]


def masked(text):
    """The source with comments, strings and directives blank."""
    return BLANK.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def closing(code, pos, stop=""):
    """Where the bracket at POS ends; or where STOP comes outside of brackets."""
    depth = 0
    for i in range(pos, len(code)):
        if not depth and code[i] == stop:
            return i
        depth += (code[i] in "([{") - (code[i] in ")]}")
        if not depth and not stop:
            return i
    return len(code)


def parts(code, pos, end):
    """("if", start, end) of conditions and ("do", start, end) of statements."""
    while True:
        pos = SKIP.match(code, pos).end()
        if pos >= end:
            return
        head = HEAD.match(code, pos)
        if head:
            pos = closing(code, head.end() - 1) + 1
            if head[1] == "if":
                yield "if", head.end(), pos - 1
            continue
        stop = closing(code, pos, ";")
        if not NO_ACTION.match(code[pos:stop]) and stop > pos:
            yield "do", pos, stop
        pos = stop + 1


def faults_of_action(text, code, start, end):
    """(kind, start, end, new) for one statement."""
    stated = code[start:end]
    kind = "clear" if CLEAR.match(stated) else "drop"
    result = RESULT.match(stated)
    if result:
        yield kind, start, end, f"{result[1]} = 0"
    elif CALL.match(stated) or re.match(r"[\w.>*()\[\]-]+ [|&+-]?= |\S+(?:\+\+|--)$",
                                        stated):
        yield kind, start, end, ""
    after = re.compile(r";\n(\s*)").match(code, end)
    if not after or not CALL.match(stated):
        return
    indent = text[text.rfind("\n", 0, start) + 1:start]
    second = after.end()
    stop = closing(code, second, ";")
    if (after[1] == indent and not NO_ACTION.match(code[second:stop])
            and not HEAD.match(code, second) and CALL.match(code[second:stop])
            # mostly the same in any order
            and stated.split("(")[0] != code[second:stop].split("(")[0]):
        yield ("swap", start, stop,
               text[second:stop] + text[end:second] + text[start:end])


def faults(text):
    """(function, kind, start, end, new) of all faults."""
    code = masked(text)
    spans = [(0, "-")]
    for body in FUNCTION.finditer(code):
        header = re.split(r"\n\s*\n|[;}]", code[:body.start()])[-1]
        name = re.search(r"(\w+)\s*\(", header)[1]
        spans += [(body.start(), name), (body.end(), "-")]
        for what, start, end in parts(code, body.start(), body.end()):
            if what == "if":
                yield name, "invert", start, end, f"!({text[start:end]})"
            else:
                for fault in faults_of_action(text, code, start, end):
                    yield name, *fault
    for kind, pattern, become in SMALL + (
            ("invert", TRUTH, {"true": "false", "false": "true"}),):
        for found in pattern.finditer(code):
            function = spans[bisect.bisect(spans, (found.start(), "~")) - 1][1]
            yield (function, kind, found.start(), found.end(),
                   become.get(found[0], ""))


def mutants_of(file, text):
    """All mutants of a source, by place, with names of their own."""
    seen = {}

    def unique(what):
        seen[what] = seen.get(what, 0) + 1
        return what if seen[what] == 1 else f"{what}.{seen[what]}"

    found = []
    for function, kind, start, end, new in sorted(
            faults(text), key=lambda f: (f[2], KINDS.index(f[1]))):
        mutant = Mutant(file, kind, start, end, new, text.count("\n", 0, start) + 1)
        source = " ".join(text.split("\n")[mutant.line - 1].split())
        mutant.name = unique(f"{file}:{mutant.line}:{kind}")
        mutant.key = unique(f"{file} {function} {kind}: {source}")
        found.append(mutant)
    return found


def spread(mutants, seed):
    """All of them, in an order that takes kinds in turn and files by size."""
    order = sorted(mutants, key=lambda m: m.name)
    random.Random(seed).shuffle(order)
    size, taken, out = {}, {}, []
    for mutant in order:
        size[mutant.file] = size.get(mutant.file, 0) + 1
    while order:
        for kind in TURNS:
            mutant = min((m for m in order if m.kind == kind), default=None,
                         key=lambda m: taken.get(m.file, 0) / size[m.file])
            if mutant:
                order.remove(mutant)
                taken[mutant.file] = taken.get(mutant.file, 0) + 1
                out.append(mutant)
    return out
