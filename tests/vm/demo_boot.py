#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Boot a test VM for one run of the demo. Called by demo.sh.

    demo_boot.py KERNEL accel               prints the accelerator to use
    demo_boot.py KERNEL RUN LOG REASONS     boots; prints what the guest says

The whole console goes to LOG. REASONS gets a line for each thing that the
harness holds against the run, kernel messages among them (see klog.py).
"""

import contextlib
import pathlib
import sys

import vmrun

GUEST = pathlib.Path(__file__).resolve().parent / "demo-guest.sh"
SECONDS = 90


def accel(kernel):
    """Print the accelerator; what was tried goes to stderr."""
    vmrun.LOGS.mkdir(parents=True, exist_ok=True)
    with contextlib.redirect_stdout(sys.stderr):
        name = vmrun.choose_accel(kernel)
    print(name)


def boot(kernel, run, log, reasons):
    """One run; the guest's lines appear as they come."""
    machine = vmrun.Machine(kernel)
    test = vmrun.Test(GUEST.stem, run, machine, GUEST, SECONDS)
    how = vmrun.os.environ.get("ACCEL", "tcg")
    vm = vmrun.VM(machine, [test], how, log)
    faults = ["the guest said nothing of the demo"]
    for scenario, _ in vm.run(verbose=True):
        faults = scenario.verdict()
    faults += vm.console.boot.faults
    pathlib.Path(reasons).write_text("".join(f"{f}\n" for f in faults))


def main():
    """Command line."""
    if sys.argv[2:] == ["accel"]:
        accel(sys.argv[1])
    elif len(sys.argv) == 5:
        boot(*sys.argv[1:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
