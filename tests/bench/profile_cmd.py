#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Instructions per function and packet, of two contenders (make profile).

    profile_cmd.py [A=an_failover-auto] [B=bare] [W=udp64] [VF=vfsim] [K=6.12] [TOP=40]

The difference does not count turns of string instructions, which stand apart.
$VMBUILD is where to build and log.
"""

import gzip
import pathlib
import sys
import tempfile

import bench
import insn_trace
import machines
import results

OPTIONS = {"A": results.OURS[0], "B": results.BARE, "W": "udp64", "VF": "vfsim",
           "K": "6.12", "TOP": "40"}


def profile(opts, contender):
    """functions() of one contender."""
    with tempfile.NamedTemporaryFile(prefix="symbols.") as file:
        mach = machines.machine(opts["K"], opts["VF"], contender,
                                ("-serial", f"file:{file.name}"))
        env = {"WORKLOADS": "", "TRACE": opts["W"], "COUNT": 0,
               "TRACED": bench.TRACED, "SYMBOLS": 1}
        log = machines.vmrun.LOGS / f"profile-{opts['VF']}-{contender}.log"
        vm, faults = machines.boot(mach, opts["VF"], contender, env, log)
        if faults:
            sys.exit("\n".join([f"profile: {contender}: FAIL", *faults, f"log: {log}"]))
        text = gzip.decompress(pathlib.Path(file.name).read_bytes()).decode()
    traced = vm.traces[opts["W"]]
    print(f"profile: {contender}: {len(traced)} packets", flush=True)
    return insn_trace.functions(traced, insn_trace.Symbols(text.splitlines()))


def main():
    """Command line."""
    opts = bench.options(sys.argv[1:], OPTIONS)
    names = [bench.chosen(opts[key], results.CONTENDERS, "contender")[0] for key in "AB"]
    opts["W"] = bench.chosen(opts["W"], bench.USUAL, "workload")[0]
    opts["VF"] = bench.chosen(opts["VF"], machines.CARDS, "VF")[0]
    bench.build(opts["K"])
    found = [profile(opts, name) for name in names]
    head, *lines = insn_trace.side_by_side(*found, names)
    print("\n".join([head, *lines[:-1][:int(opts["TOP"])], lines[-1]]))


if __name__ == "__main__":
    main()
