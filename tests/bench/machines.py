# SPDX-License-Identifier: GPL-2.0
"""A VM for one contender of make bench, and what it records."""

import os
import pathlib
import sys
import tempfile
import time

VM_DIR = pathlib.Path(__file__).resolve().parent.parent / "vm"
sys.path.insert(0, str(VM_DIR))

import insn_trace	# pylint: disable=wrong-import-position
import results	# pylint: disable=wrong-import-position
import vmrun	# pylint: disable=wrong-import-position

HERE = pathlib.Path(__file__).resolve().parent
CARDS = ("vfsim", "e1000e")
VFS = (*CARDS, results.NO_VF)
PAIRS = 2
VIRTIO_SLOT = 16	# on the root bus, behind what QEMU gives out by itself
SECONDS = 900		# of the host's time; of the guest's it takes far fewer
TRACE_BYTES = 48 << 20	# enough for dozens of packets,
LONG_TRACE = {"rx_gro": 200 << 20}	# or some long ones
TRACE_PACKETS = 4	# are the fewest to be of use
TRACE_SECONDS = 120
# A function of the kernel for each workload, and how often it runs for a packet
MARKERS = {"udp64": ("udp_sendmsg", 1), "udp1400": ("udp_sendmsg", 1),
           "tso": ("do_splice_direct", 1), "rr": ("tcp_sendmsg", 2),
           "rx_udp": ("ip_rcv", 1), "rx_gro": ("packet_sendmsg", 1),
           "forward": ("ip_rcv", 1)}
WITH_VIRTIO = ("net_failover", "bonding", "team")


def cards(vf, contender, pairs=PAIRS):
    """QEMU's arguments for VFs and synthetic devices that are not hvsim's.

    What a card sends costs the guest nothing: there is nobody on its wire, or
    at the far end a card that does not look at frames for others.
    """
    if vf == "e1000e":
        yield "-netdev", "hubport,id=far,hubid=0"
        yield "-device", "pcie-root-port,id=rpf,slot=16,chassis=16"
        yield "-device", "e1000e,bus=rpf,netdev=far,mac=02:00:00:00:00:10,romfile="
    for i in range(pairs):
        mac = f"mac=00:15:5d:00:00:0{i},romfile="
        if vf == "e1000e":
            yield "-netdev", f"hubport,id=vf{i},hubid={i}"
            yield "-device", f"pcie-root-port,id=rpe{i},slot={14 + i},chassis={14 + i}"
            yield "-device", f"e1000e,bus=rpe{i},netdev=vf{i},{mac}"
        if contender in WITH_VIRTIO:
            standby = ",failover=on" if contender == "net_failover" else ""
            yield "-netdev", f"hubport,id=syn{i},hubid={pairs + i}"
            yield "-device", (f"virtio-net-pci,netdev=syn{i},bus=pcie.0,"
                              f"addr={VIRTIO_SLOT + i:#x},{mac}{standby}")


def machine(kernel, vf, contender, more=(), pairs=PAIRS, exact=True):
    """The VM for a contender: one CPU that counts, or some for the clock on the wall."""
    qemu = [a for pair in cards(vf, contender, pairs) for a in pair]
    return vmrun.Machine(kernel, 8, ("icount",) if exact else (),
                         tuple(qemu) + tuple(more))


def symbols_of(kernel):
    """{function: address} of the kernel, and the file where they are kept.

    They are the same in each boot of an image (nokaslr), and take long to find.
    """
    path = vmrun.BUILD / kernel / "bench-symbols"
    image = vmrun.kernel_env(kernel)["VMLINUZ"]
    try:
        first, *lines = path.read_text().splitlines()
    except (OSError, ValueError):
        return {}, path
    if first != image:
        return {}, path
    return {w[0]: int(w[1], 16) for w in map(str.split, lines)}, path


def keep_symbols(kernel, lines):
    """Remember what a guest has found."""
    known, path = symbols_of(kernel)
    known.update((w[0], int(w[1], 16)) for w in results.said(lines, "symbol")
                 if len(w) == 2)
    text = "".join(f"{name} {address:x}\n" for name, address in known.items())
    path.write_text(f"{vmrun.kernel_env(kernel)['VMLINUZ']}\n{text}")


class VM(vmrun.VM):
    """Records what the CPU runs when the guest says so."""

    def __init__(self, mach, *args):
        self.kernel = mach.kernel
        self.traces = {}	# workload: list of packets
        self.output = []	# lines of the console
        super().__init__(mach, *args)
        self.monitor.connect()	# there will be no time for it later

    def tell(self, command):
        """The guest's requests; others go to the monitor."""
        words = command.split()
        if words[0] == "trace":
            self.trace(words[1])
        else:
            super().tell(command)

    def trace(self, workload):
        """Record, until the file has some packets; the guest is busy."""
        path = os.path.join(self.tmp.name, "trace")
        for command in ("stop", f"logfile {path}", "singlestep on",
                        "log exec,nochain", "cont"):
            super().tell(command)
        deadline = time.monotonic() + TRACE_SECONDS
        size = LONG_TRACE.get(workload, TRACE_BYTES)
        while (os.path.getsize(path) < size and
               time.monotonic() < deadline and self.qemu.poll() is None):
            time.sleep(0.05)
        # It would be through with everything before this has been read.
        for command in ("stop", "log none", "singlestep off"):
            super().tell(command)
        self.traces[workload] = self.packets(workload, path)
        os.unlink(path)
        super().tell("cont")

    def packets(self, workload, path):
        """What was recorded, packet by packet."""
        where = self.console.current or self.console.boot
        keep_symbols(self.kernel, where.lines)
        function, calls = MARKERS[workload]
        known, _ = symbols_of(self.kernel)
        if function not in known:
            where.faults.append(f"{workload}: no {function} to tell packets by")
            return []
        with open(path, encoding="ascii", errors="replace") as file:
            found = list(insn_trace.packets(insn_trace.addresses(file),
                                            known[function], calls))
        if len(found) < TRACE_PACKETS:
            where.faults.append(f"{workload}: {len(found)} packets recorded")
        return found


def boot(mach, vf, contender, env, log, accel="tcg"):
    """One boot. Returns the VM after it, and what is wrong with it."""
    test = vmrun.Test(vf, contender, mach, HERE / "guest.sh", SECONDS)
    known, _ = symbols_of(mach.kernel)
    wanted = {MARKERS[name][0] for name in env["TRACE"].split()}
    env = {"PAIRS": PAIRS, "FIND": " ".join(sorted(wanted - set(known))), **env}
    with tempfile.NamedTemporaryFile("w", prefix="bench.") as file:
        file.write("".join(f"{key}='{value}'\n" for key, value in env.items()))
        file.flush()
        extra = [("t/bench.env", pathlib.Path(file.name))]
        extra += [(f"t/bench-{name}.sh", HERE / f"{name}.sh")
                  for name in ("contenders", "workloads")]
        vm = VM(mach, [test], accel, log, extra)
    vm.output, faults = [], ["the guest did not begin"]
    for scenario, _ in vm.run():
        vm.output, faults = scenario.lines, scenario.verdict()
    return vm, faults + vm.console.boot.faults
