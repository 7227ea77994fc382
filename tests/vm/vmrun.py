#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Run scenarios in QEMU: boots, collects, judges. Called by run.sh.

Scenarios that want the same machine share a boot. When one fails, its VM is
given up and the rest are run in a fresh one, so that none takes another with
it. Machines run side by side. See klog.py for what counts as a failure.
"""

import argparse
import collections
import dataclasses
import functools
import itertools
import os
import pathlib
import queue
import re
import selectors
import subprocess
import sys
import tempfile
import threading
import time

import klog
import qmp

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("VMBUILD") or
                     HERE.parent.parent / "build" / "vm").resolve()
LOGS = BUILD / "log"
BOOT_SECONDS = 120	# a busy machine, emulating; 3 s otherwise
BATCH = 14		# scenarios per boot at most
SECONDS = 300		# then a scenario is stuck, if its header does not say otherwise
# CPUs in turn, on one thread. With a thread each, a CPU now and then runs into a
# breakpoint that another one had in the code for a moment, to patch a static key,
# and has taken out again, "Oops: int3" (seen with QEMU 7.2, four CPUs, Linux 7.2).
# In turn is also the cheaper way.
TCG = "tcg,thread=single"
# QEMU does a string instruction turn by turn: where the kernel is told that a "rep
# movsb" is fast it copies and clears pages byte by byte, else eight bytes at a time.
# Nor is a fifth level of page tables worth its time.
TCG_CPU = "max,erms=off,fsrm=off,la57=off"
# "machine: icount": one instruction takes 1 ns of the guest's time, and a second run
# is the same as the first. QEMU 7.2 hangs with more than one CPU.
ICOUNT = ("-icount", "shift=0,sleep=off", "-smp", "1", "-seed", "1",
          "-rtc", "base=2024-01-01T00:00:00,clock=vm")
DEBUG = "debug"		# the debug kernel, see kernel-debug.sh
KCSAN = "kcsan"		# the one that finds data races
SERIES = {DEBUG: "6.12", KCSAN: "6.12"}	# whose scenarios such a kernel runs
SLOW = {DEBUG: 5, KCSAN: 5}	# all deadlines are that much longer, in the guest too
MEMORY = {DEBUG: 2048}	# KASAN's shadow and quarantine
PATIENCE = {"tcg": 10}	# seconds: what is emulated shares the CPU with the like
APPEND = {DEBUG: " panic_on_warn=1 rcupdate.rcu_cpu_stall_timeout=120"
          " watchdog_thresh=60 workqueue.watchdog_thresh=150",
          # four times as many watchpoints as usual
          KCSAN: " kcsan.skip_watch=1000 rcupdate.rcu_cpu_stall_timeout=120"
          " watchdog_thresh=60 workqueue.watchdog_thresh=150"}

# "machine: cards", see lib-cards.sh: cards, and whose address each has
CARDS = (("virtio-net-pci", 0), ("vmxnet3", 0), ("e1000e", 1), ("e1000", 2))


@dataclasses.dataclass(frozen=True)
class Machine:
    """What a scenario's header asks of the VM."""

    kernel: str
    ports: int = 2
    options: tuple = ()
    qemu: tuple = ()	# further arguments


@dataclasses.dataclass
class Test:
    """One scenario with one claim on one kernel."""

    name: str
    claim: str
    machine: Machine
    path: pathlib.Path
    seconds: int
    allow: str = ""
    again: bool = False		# this is the second try


def header(path):
    """The "# key: value" lines at the top of a scenario."""
    fields = {}
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            break
        match = re.match(r"# (claims|nics|machine|timeout|allow|kernels|cost): *(.*)",
                         line)
        if match:
            fields[match[1]] = match[2].strip()
    return fields


def in_turn(kernels, claims, turn, expensive):
    """(kernel, claim) of a scenario's runs: each claim once, on a kernel of its own.

    The turn chooses which kernels, and which claim goes where. An expensive scenario
    has one run; on a single kernel so have all.
    """
    count = min(len(kernels), len(claims), 1 if expensive else 2)
    choices = [list(zip(some, order))
               for some in itertools.combinations(kernels, count)
               for order in itertools.permutations(claims, count)]
    return choices[turn % len(choices)]


def tests_of(path, kernels, claims, turn=None):
    """All runs of one scenario file; with a turn, those that it has then."""
    fields = header(path)
    ports = 2 if int(fields.get("nics", 1)) <= 2 else 8
    options = tuple(sorted(fields.get("machine", "").split()))
    kernels = [k for k in kernels if
               {k, SERIES.get(k)} & set(fields.get("kernels", k).split())]
    claims = [c for c in fields.get("claims", "auto self").split()
              if c in claims or c == "none"]
    runs = itertools.product(kernels, claims)
    if turn is not None:
        runs = in_turn(kernels, claims, turn, fields.get("cost") == "high")
    for kernel, claim in runs:
        yield Test(path.stem, claim, Machine(kernel, ports, options), path,
                   int(fields.get("timeout", SECONDS)) * SLOW.get(kernel, 1),
                   fields.get("allow", ""))


def batches(tests, jobs):
    """Tests by boot, the longest lists first: those of one machine, for all jobs.

    A third of a job's share goes into one boot even if others have nothing to do then,
    for they will have other machines' tests, and a boot is work, too.
    """
    groups = {}
    for test in tests:
        groups.setdefault(test.machine, []).append(test)
    share = -(-len(tests) // (3 * jobs))
    made = []
    for group in groups.values():
        boots = -(-len(group) // min(BATCH, max(share, -(-len(group) // jobs))))
        made += [group[i::boots] for i in range(boots)]
    return sorted(made, key=len, reverse=True)


def cpio(entries):
    """A newc archive of (name, mode, bytes)."""
    out = bytearray()
    for ino, (name, mode, data) in enumerate(entries + [("TRAILER!!!", 0, b"")]):
        raw = name.encode() + b"\0"
        fields = (ino + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        out += b"070701" + b"".join(b"%08x" % f for f in fields) + raw
        out += b"\0" * (-len(out) % 4) + data
        out += b"\0" * (-len(out) % 4)
    return bytes(out) + b"\0" * (-len(out) % 512)


def initrd(machine, tests, accel, extra=()):
    """The kernel's initramfs with the scenarios to run behind it."""
    entries = [("t", 0o40755, b""), ("t/scenarios", 0o40755, b"")]
    files = [("t/lib.sh", HERE / "lib.sh"), ("t/one.sh", HERE / "guest/one.sh"),
             ("init", HERE / "guest/init")]
    files += [(f"t/{p.name}", p) for p in sorted(HERE.glob("lib-*.sh"))]
    files += {(f"t/scenarios/{t.name}.sh", t.path) for t in tests}
    files += list(extra)
    if "kexec" in machine.options:
        entries.append(("boot", 0o40755, b""))
        vmlinuz = pathlib.Path(kernel_env(machine.kernel)["VMLINUZ"])
        files.append(("boot/vmlinuz", vmlinuz))
    entries += [(n, 0o100755, p.read_bytes()) for n, p in files]
    env = (f"SLOW={SLOW.get(machine.kernel, 1)}\n"
           f"PATIENCE={PATIENCE.get(accel, 0)}\n")
    if "noslot" in machine.options:
        env += "VF_NOSLOT=1\n"
    if "nokmemleak" in machine.options:
        env += "KMEMLEAK_OFF=1\n"
    listing = "".join(f"{t.name} {t.claim} {t.seconds}\n" for t in tests)
    entries += [("t/env", 0o100644, env.encode()),
                ("t/list", 0o100644, listing.encode())]
    base = (BUILD / machine.kernel / "initramfs.cpio").read_bytes()
    return base + cpio(entries)


def devices(machine):
    """PCI functions: behind hot-plug ports, or (noslot) without any."""
    for i in range(machine.ports):
        slot = 5 + i
        yield f"pcie-root-port,id=rp{slot},slot={slot},chassis={slot}"
        if "noslot" in machine.options:
            yield f"pci-testdev,bus=pcie.0,addr={0x10 + i:#x}"
        else:
            yield f"pci-testdev,bus=rp{slot},addr=0"


def cards():
    """Wire i: a hub of two ports, card i at one end, virtio_net at the other.

    Card 0 is on the root bus, the others behind ports with slots 14 and up.
    """
    for i, (card, nic) in enumerate(CARDS):
        for end in ("near", "far"):
            yield "-netdev", f"hubport,id={end}{i},hubid={i}"
        yield "-device", (f"virtio-net-pci,netdev=far{i},bus=pcie.0,romfile=,"
                          f"addr={0x18 + i:#x},mac=02:00:00:00:01:0{i}")
        bus = "pcie.0,addr=0x1c"
        if i:
            slot = 13 + i
            yield "-device", f"pcie-root-port,id=rp{slot},slot={slot},chassis={slot}"
            bus = f"rp{slot}"
        yield "-device", (f"{card},netdev=near{i},bus={bus},romfile=,"
                          f"mac=00:15:5d:00:00:0{nic}")


def kernel_env(kernel):
    """What build.sh noted of a kernel."""
    text = (BUILD / kernel / "kernel.env").read_text()
    return dict(line.split("=", 1) for line in text.splitlines())


@functools.lru_cache
def clock(kernel):
    """What an emulated CPU's time stamp counter runs at, which is the host's.

    A guest that is kept from the CPU while it finds out for itself can be wrong: its
    clock was seen to run 38 times too fast.
    """
    tool = BUILD / kernel / "tools" / "tscfreq"
    khz = subprocess.run([tool], check=True, capture_output=True, text=True).stdout
    return f" tsc_early_khz={int(khz)}"


def command(machine, accel, image, monitor):
    """QEMU's command line."""
    exact = "icount" in machine.options
    cpus = ("-smp", "4" if "smp4" in machine.options else "2")
    # what was counted with all of a CPU's features is to be compared with the like
    cpu = TCG_CPU if accel == "tcg" and not exact else "max"
    # it does not outlive who started it, however that ends
    cmd = ["setpriv", "--pdeathsig", "KILL",
           "qemu-system-x86_64", "-machine", "q35", "-cpu", cpu,
           "-accel", TCG if accel == "tcg" else accel,
           *(ICOUNT if exact else cpus),
           "-m", str(MEMORY.get(machine.kernel, 1024)),
           "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
           "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
           "-kernel", kernel_env(machine.kernel)["VMLINUZ"], "-initrd", image,
           # norandmaps: emulated code is translated once for each address
           # that it runs at, so a program that moves is translated anew.
           # Ten seconds after a driver came, a deferred probe would be tried again.
           "-append", "console=ttyS0 quiet panic=-1 oops=panic "
           "printk.devkmsg=on net.ifnames=0 mitigations=off "
           "random.trust_cpu=on no_timer_check norandmaps deferred_probe_timeout=0" +
           APPEND.get(machine.kernel, "") +
           (" kmemleak=off" if "nokmemleak" in machine.options else "") +
           (" nokaslr" if exact else clock(machine.kernel) if accel == "tcg" else ""),
           "-serial", "stdio",
           "-qmp", f"unix:{monitor},server=on,wait=off"]
    for device in devices(machine):
        cmd += ["-device", device]
    if "cards" in machine.options:
        for pair in cards():
            cmd += pair
    return cmd + list(machine.qemu)


class VM:
    """One boot: yields scenarios as they are complete."""

    def __init__(self, machine, tests, accel, log, extra=()):
        self.tests = tests
        self.limits = {(t.name, t.claim): t.seconds for t in tests}
        self.console = klog.Console({t.name: t.allow for t in tests if t.allow})
        self.timed_out = False
        # a probe of KVM, which may hang, is to be over soon
        self.slow = SLOW.get(machine.kernel, 1) if accel == "tcg" else 1
        # A directory of short name: a socket's path has a limit.
        self.tmp = tempfile.TemporaryDirectory(prefix="vm.")
        image, monitor = (os.path.join(self.tmp.name, n) for n in ("initrd", "mon"))
        pathlib.Path(image).write_bytes(initrd(machine, tests, accel, extra))
        self.log = open(log, "w", encoding="utf-8", errors="replace")
        self.qemu = subprocess.Popen(
            command(machine, accel, image, monitor), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.monitor = qmp.Monitor(monitor)
        # QEMU has read the image before it prints the first line
        self.reader = self.lines()
        self.first = next(self.reader, None)
        os.unlink(image)

    def lines(self):
        """Console lines until the end, or until nothing came in time."""
        fd = self.qemu.stdout.fileno()
        os.set_blocking(fd, False)
        pending = b""
        with selectors.DefaultSelector() as sel:
            sel.register(fd, selectors.EVENT_READ)
            deadline, since = time.monotonic() + self.limit(None), None
            while time.monotonic() < deadline:
                if not sel.select(timeout=1):
                    continue
                data = os.read(fd, 65536)
                if not data:
                    return
                pending += data
                *whole, pending = pending.split(b"\n")
                for line in whole:
                    yield line.decode(errors="replace") + "\n"
                    current = self.console.current
                    if current is not since:
                        since = current
                        deadline = time.monotonic() + self.limit(current)
        self.timed_out = True

    def limit(self, current):
        """The guest gives up on its own first; this is for a dead one."""
        if not current:
            return BOOT_SECONDS * self.slow
        return (20 * self.slow +
                self.limits.get((current.name, current.claim), 60))

    def run(self, verbose=False, at_once=False):
        """Yield (scenario, seconds); stops after one that failed, or at once."""
        start = time.monotonic()
        try:
            line = self.first
            while line is not None:
                self.log.write(line)
                if verbose and "] T: " in line:
                    print("   ", line.split("] T: ", 1)[1].rstrip(), flush=True)
                scenario = self.console.feed(line)
                if "] T: mon " in line:
                    self.tell(line.split("] T: mon ", 1)[1].strip())
                if scenario:
                    yield scenario, time.monotonic() - start
                    if scenario.verdict():
                        return
                if "] T: begin " in line:
                    start = time.monotonic()
                if at_once and "] T: not ok " in line:
                    break
                line = next(self.reader, None)
            scenario = self.console.finish()
            if scenario:
                if self.timed_out:
                    scenario.faults.append("timed out")
                yield scenario, time.monotonic() - start
        finally:
            self.stop()

    def tell(self, command):
        """A command from the guest to the monitor, which has to work."""
        wrong = self.monitor.tell(command)
        if wrong:
            where = self.console.current or self.console.boot
            where.faults.append(f"monitor: {command}: {wrong}")

    def stop(self):
        """End the machine if it has not ended by itself."""
        if self.qemu.poll() is None:
            try:
                self.qemu.wait(timeout=2 if self.console.done else 0)
            except subprocess.TimeoutExpired:
                self.qemu.kill()
        self.qemu.wait()
        self.qemu.stdout.close()
        self.monitor.close()
        self.log.close()
        self.tmp.cleanup()


class Runner:
    """Spreads the tests over machines and keeps the score."""

    def __init__(self, accel, verbose, stop=False):
        self.accel = accel
        self.verbose = verbose
        self.stop = stop	# at the first check that fails
        self.lock = threading.Lock()
        self.passed = 0
        self.failed = 0
        self.boots = 0
        self.races = collections.Counter()	# data races of others
        self.work = queue.Queue()

    def report(self, test, faults, seconds, skipped=None, log=None):
        """Count one result and show it."""
        with self.lock:
            if faults:
                self.failed += 1
            else:
                self.passed += 1
            word = "FAIL" if faults else "skip" if skipped else "ok  "
            print(f"{word} {test.machine.kernel:5} {test.claim:5} "
                  f"{test.name:32} {seconds:5.1f} s"
                  + (f"  ({skipped})" if skipped else ""), flush=True)
            for fault in faults[:6]:
                print(f"       {fault}")
            if faults and log:
                print(f"       log: {log}", flush=True)

    def boot(self, machine, tests):
        """Run tests in one VM; returns those that it did not come to."""
        with self.lock:
            self.boots += 1
            log = LOGS / f"{machine.kernel}-boot{self.boots}.log"
        left = list(tests)
        vm = VM(machine, tests, self.accel, log)
        for scenario, seconds in vm.run(self.verbose, self.stop):
            test = next(t for t in left if (t.name, t.claim) ==
                        (scenario.name, scenario.claim))
            left.remove(test)
            if self.try_again(scenario, test, log):
                left.append(dataclasses.replace(test, again=True))
                return left
            faults = scenario.verdict()
            self.races.update(scenario.races)
            mine = LOGS / f"{machine.kernel}-{test.claim}-{test.name}.log"
            if faults:
                mine.write_text("".join(scenario.lines))
            self.report(test, faults, seconds, scenario.skipped, mine)
        self.races.update(vm.console.boot.races)
        if len(left) == len(tests) and self.boot_again(vm, left[0], log):
            left[0] = dataclasses.replace(left[0], again=True)
        elif vm.console.boot.faults or (len(left) == len(tests)):
            # The machine itself is at fault: do not try for ever.
            test = left.pop(0) if len(left) == len(tests) else tests[0]
            why = vm.console.boot.faults or [
                "the VM did not come up, its last words:",
                *(line.rstrip() for line in vm.console.boot.lines[-5:])]
            self.report(dataclasses.replace(test, name=f"boot ({test.name})"),
                        why, 0, log=log)
        elif not self.passed_all(log):
            log.unlink()
        return left

    def try_again(self, scenario, test, log):
        """Whether a failure is the emulation's: it has one more try."""
        if self.accel != "tcg" or test.again or not scenario.emulator():
            return False
        print(f"again {test.machine.kernel} {test.claim} {test.name}: QEMU's "
              f"emulation failed, log: {log}", flush=True)
        return True

    def boot_again(self, vm, test, log):
        """Whether an emulated machine got stuck before its first process.

        Nothing of this repository is loaded by then, so it has one more try.
        """
        if self.accel != "tcg" or test.again or vm.console.started:
            return False
        words = (vm.console.boot.lines or ["nothing"])[-1].rstrip()
        print(f"again {test.machine.kernel} {test.claim} {test.name}: no first "
              f"process after {words!r}, log: {log}", flush=True)
        return True

    def passed_all(self, log):
        """Whether to keep a boot's whole log: if asked to, or if it shows races."""
        return (self.verbose or self.races) and log.exists()

    def show_races(self):
        """Reports of data races that are no failures."""
        if self.races:
            print(f"vmtest: {self.races.total()} data races of others, in {LOGS}:")
        for where, count in self.races.most_common():
            print(f"  {count:5} {where}")

    def worker(self):
        """Take batches until there are none."""
        while True:
            try:
                machine, tests = self.work.get_nowait()
            except queue.Empty:
                return
            try:
                while tests and not (self.stop and self.failed):
                    tests = self.boot(machine, tests)
            except Exception as err:	# a runner that dies must not look green
                for test in tests:
                    self.report(test, [f"runner: {err!r}"], 0)

    def run(self, tests, jobs):
        """Run everything; returns whether all passed."""
        for batch in batches(tests, jobs):
            self.work.put((batch[0].machine, batch))
        threads = [threading.Thread(target=self.worker) for _ in range(jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.failed == 0 and self.passed > 0


def kvm_works(kernel):
    """A bounded boot: /dev/kvm may be there and yet not run a stock kernel."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    log = LOGS / "kvm-probe.log"
    global BOOT_SECONDS	# the only place where a boot has to be quick
    keep, BOOT_SECONDS = BOOT_SECONDS, 10
    try:
        vm = VM(Machine(kernel), [], "kvm", log)
        list(vm.run())
        return vm.console.done
    finally:
        BOOT_SECONDS = keep


def remembered_accel(kernel):
    """What the probe found since this machine was started, and a place for it.

    A probe that fails takes its whole limit. Anything else than a known word
    for this boot, QEMU and image means to probe again.
    """
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    note = cache / "an_failover" / "accel"
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    qemu = subprocess.run(["qemu-system-x86_64", "--version"], check=True,
                          capture_output=True, text=True).stdout.split("\n")[0]
    key = f"{boot} {qemu} {kernel_env(kernel)['VMLINUZ']}"
    try:
        found, accel = note.read_text(errors="replace").rstrip("\n").rsplit(" ", 1)
        if found == key and accel in ("kvm", "tcg"):
            return note, key, accel
    except (OSError, ValueError):
        pass
    return note, key, None


def probed_accel(kernel):
    """Probe, unless that was done."""
    note, key, accel = remembered_accel(kernel)
    if not accel:
        accel = "kvm" if kvm_works(kernel) else "tcg"
        new = note.with_suffix(f".{os.getpid()}")
        new.write_text(f"{key} {accel}\n")
        new.replace(note)
    return accel


def choose_accel(kernel):
    """KVM where it works, else emulation; says which."""
    start = time.monotonic()
    accel = os.environ.get("ACCEL") or probed_accel(kernel)
    name = {"kvm": "KVM", "tcg": "TCG (emulation)"}.get(accel, accel)
    print(f"vmtest: accelerator {name}, decided in "
          f"{time.monotonic() - start:.1f} s", flush=True)
    return accel


def pick(names, kernels, claims, directory, spread):
    """The tests asked for."""
    files = sorted(directory.glob("*.sh"))
    if names:
        unknown = set(names) - {f.stem for f in files}
        if unknown:
            sys.exit(f"vmtest: no such scenario: {' '.join(sorted(unknown))}")
        files = [f for f in files if f.stem in names]
    # the expensive have their own
    turns = collections.defaultdict(lambda: itertools.count(spread - 1))
    return [t for f in files for t in
            tests_of(f, kernels, claims,
                     next(turns[header(f).get("cost")]) if spread else None)]


def main():
    """Command line."""
    arg = argparse.ArgumentParser(description=__doc__)
    arg.add_argument("--kernels", required=True, type=str.split)
    arg.add_argument("--claims", default="auto self", type=str.split)
    arg.add_argument("--tests", default="", type=lambda s: s.replace(",", " ").split())
    arg.add_argument("--jobs", type=int, default=2)
    arg.add_argument("--scenarios", type=pathlib.Path, default=HERE / "scenarios")
    arg.add_argument("--spread", type=int, default=0)
    arg.add_argument("--verbose", action="store_true")
    arg.add_argument("--stop", action="store_true")
    opts = arg.parse_args()

    LOGS.mkdir(parents=True, exist_ok=True)
    tests = pick(opts.tests, opts.kernels, opts.claims, opts.scenarios,
                 opts.spread)
    start = time.monotonic()
    runner = Runner(choose_accel(opts.kernels[0]), opts.verbose, opts.stop)
    good = runner.run(tests, max(1, opts.jobs))
    runner.show_races()
    print(f"vmtest: {len(tests)} runs, {runner.boots} boots, "
          f"{time.monotonic() - start:.0f} s")
    print(f"{runner.passed} passed, {runner.failed} failed")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
