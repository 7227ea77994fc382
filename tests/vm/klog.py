# SPDX-License-Identifier: GPL-2.0
"""Read a test VM's console: results of scenarios, and what the kernel said.

The console carries the kernel log only; what scenarios report is in it as lines
that start with "T: " (see tests/tools/kline.c). A scenario passes when it said
that it began, planned, checked and ended, every check is "ok", and the kernel
had nothing to complain about from its beginning to that of the next one.
Silence is a failure.
"""

import collections
import re

STAMP = re.compile(r"^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? ?(.*)$")
CHECK = re.compile(r"^(not )?ok (\d+)(?: - (.*))?$")
PLAN = re.compile(r"^1\.\.(\d+)$")
RUNNER = 990	# numbers from here on are the guest runner's own, not planned

# What a healthy kernel never says.
SPLAT = re.compile(
    r"WARNING: |BUG: |\bBUG at |Oops|Call Trace:|cut here"
    r"|general protection fault|double fault|unable to handle"
    r"|Kernel panic|kernel stack is corrupted|divide error"
    r"|possible (?:circular|recursive|irq lock|deadlock)|inconsistent lock state"
    r"|suspicious RCU usage|held lock freed|lock held when returning"
    r"|blocked for more than \d+ seconds|soft lockup|hard LOCKUP"
    r"|rcu_\w+ (?:self-)?detected|rcu: INFO: .*stall"
    r"|refcount_t: |unregister_netdevice: waiting|leaked reference"
    r"|scheduling while atomic|sleeping function called"
    r"|KASAN: |UBSAN: |KCSAN: |KFENCE: |kmemleak: \d+ new"
    r"|non-static key|turning off the locking correctness validator|ODEBUG: "
    r"|list_(?:add|del) corruption|Bad page (?:state|map)|Bad rss-counter"
    r"|page allocation failure|Objects remaining|Slab cache still has objects"
    r"|NETDEV WATCHDOG|DMA-API: .*|cannot create duplicate filename"
    r"|already present!|tried to init an initialized object"
    r"|Trying to (?:free|vfree)|nobody cared|unbalanced"
    r"|Unknown symbol|disagrees about version of symbol|Invalid relocation"
    r"|Out of memory|invoked oom-killer"
    r"|NOHZ tick-stop error|softirq: huh, entered|Dead loop on virtual device"
    r"|protocol \w+ is buggy, dev|with own address as source address"
    r"|exited with (?:preempt_count|irqs disabled)|stalled pool shutdown"
    r"|printk messages dropped|segfault at"
    r"|hvsim: .*leak|vfsim: .*leak|an_failover: .*leak")


# A data race, and who takes part: two functions, or one where the other is unknown.
# Much of the kernel does not meet the rules that KCSAN goes by; it is a failure only
# where a function of the module is one of them.
RACE = re.compile(r"BUG: KCSAN: \S+ in (.*)")
OURS = re.compile(r"\[an_failover\]")


# QEMU's emulation now and then ends in a double fault, with flags in the dump that
# no CPU has: half an address, where bits 22 to 31 are always clear.
EMULATOR = re.compile(r"Oops: double fault: ")
FLAGS = re.compile(r"\bEFLAGS: ([0-9a-f]{8})\b")


# Before the first process has started nothing of this repository is loaded; an
# emulated CPU that a busy host left without time then looks stuck to the kernel.
# A warning, which has a line of its own, counts at any time.
BOOT_STALL = re.compile(r"rcu: INFO: .*stall|rcu_\w+ (?:self-)?detected"
                        r"|soft lockup|Call Trace:")

# The same goes for a kernel that another one starts.
SECOND_KERNEL = re.compile(r"^kexec_core: Starting new kernel")


class Scenario:
    """One scenario's share of the console."""

    def __init__(self, name, claim, allow=None):
        self.name = name
        self.claim = claim
        self.allow = re.compile(allow) if allow else None
        self.lines = []
        self.checks = 0
        self.plan = None
        self.end = None
        self.skipped = None
        self.expected = []
        self.faults = []
        self.races = collections.Counter()	# of others

    def splat(self, text):
        """Note a kernel message that must not be there."""
        race = RACE.search(text)
        if race and not OURS.search(race[1]):
            self.races[race[1].strip()] += 1
        elif SPLAT.search(text) and not (self.allow and self.allow.search(text)):
            self.faults.append("kernel: " + text.strip())

    def expect(self, pattern):
        """Something that the kernel has to say from now on."""
        try:
            self.expected.append(re.compile(pattern))
        except re.error as err:
            self.faults.append(f"expect {pattern}: {err}")

    def hear(self, text):
        """Strike out what the kernel was expected to say."""
        self.expected = [e for e in self.expected if not e.search(text)]

    def report(self, text):
        """Take one line of what the scenario reported."""
        check = CHECK.match(text)
        plan = PLAN.match(text)
        if check:
            self.check(*check.groups())
        elif plan:
            if self.plan is not None:
                self.faults.append("two plans")
            self.plan = int(plan.group(1))
        elif text.startswith("expect "):
            self.expect(text.removeprefix("expect "))

    def check(self, bad, number, what):
        """Take one "ok" or "not ok"."""
        if int(number) < RUNNER:
            self.checks += 1
        if bad:
            self.faults.append(f"not ok {number} - {what or ''}")
        elif int(number) != self.checks:
            self.faults.append(f"check {number} where {self.checks} is due")
        skip = re.match(r"# SKIP\b ?(.*)", what or "")
        if skip:
            self.skipped = skip.group(1)

    def emulator(self):
        """Whether it is QEMU's emulation that failed."""
        flags = [m[1] for line in self.lines for m in FLAGS.finditer(line)]
        return (any(EMULATOR.search(fault) for fault in self.faults) and
                any(int(f, 16) >> 22 for f in flags))

    def verdict(self):
        """Reasons why this is a failure; none if it passed."""
        faults = list(self.faults)
        faults += [f"the kernel did not say: {e.pattern}" for e in self.expected]
        if self.end is None:
            faults.append("did not end")
        elif self.end != "pass" and not faults:
            faults.append("ended with an error")
        if self.plan is None:
            faults.append("no plan")
        elif self.plan != self.checks:
            faults.append(f"{self.checks} checks, {self.plan} planned")
        elif self.plan == 0:
            faults.append("nothing was checked")
        return faults


class Console:
    """A VM's console, line by line."""

    def __init__(self, allow=None):
        self.allow = allow or {}
        self.boot = Scenario("boot", "-")
        self.current = None
        self.started = None
        self.done = False

    def feed(self, line):
        """Take a line. Returns the scenario that is complete by it, or None."""
        match = STAMP.match(line.rstrip("\r\n"))
        text = match.group(1) if match else line.rstrip("\r\n")
        where = self.current or self.boot
        if not text.startswith("T: "):
            where.lines.append(line)
            where.hear(text)
            if SECOND_KERNEL.search(text):
                self.started = None
            if self.started or not BOOT_STALL.search(text):
                where.splat(text)
            return None
        text = text[3:]
        words = text.split()
        finished = None
        if words[:1] == ["begin"] and len(words) == 3:
            finished = self.finish()
            self.current = Scenario(words[1], words[2],
                                    self.allow.get(words[1]))
        elif words[:1] == ["vm-start"]:
            self.started = words[-1]
        elif words[:1] == ["vm-done"]:
            finished = self.finish()
            self.done = True
        elif words[:1] == ["end"] and len(words) == 4 and self.current:
            if words[1:3] == [self.current.name, self.current.claim]:
                self.current.end = words[3]
        else:
            where.report(text)
        (self.current or where).lines.append(line)
        return finished

    def finish(self):
        """The scenario that runs, which has nothing more to say."""
        finished, self.current = self.current, None
        return finished
