#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The reader of VM consoles must fail whatever is not a plain success."""

import unittest

import klog

GOOD = ["vm-start 6.12", "begin a auto", "KTAP version 1", "ok 1 - x",
        "ok 2 - y", "1..2", "end a auto pass", "vm-done"]


def console(reports, kernel=(), at=4, allow=None):
    """Verdicts by scenario of a console with kernel lines before report AT."""
    lines = [f"[    1.00000{i % 10}] T: {t}\n" for i, t in enumerate(reports)]
    lines[at:at] = [f"[    1.500000] {t}\n" for t in kernel]
    con = klog.Console(allow)
    done = [con.feed(line) for line in lines] + [con.finish()]
    verdicts = {s.name: s.verdict() for s in done if s}
    return con, verdicts


class KlogTest(unittest.TestCase):
    """Sample consoles."""

    def fails(self, reports, kernel=(), at=4, allow=None, because=""):
        """Scenario "a" must fail, for this reason."""
        verdict = console(reports, kernel, at, allow)[1]["a"]
        self.assertTrue(any(because in v for v in verdict), verdict)

    def test_emulator(self):
        double = "Oops: double fault: 0000 [#1] PREEMPT SMP NOPTI"
        bad, good = (f"RSP: 0018:ff51a93ec22fb620 EFLAGS: {flags}"
                     for flags in ("81c7aa42", "00010046"))
        for text, theirs in (([double, bad], True), ([double, good], False),
                             (["Oops: 0002 [#1] PREEMPT SMP", bad], False)):
            con = klog.Console()
            for line in GOOD[:3]:
                con.feed(f"[ 1.0] T: {line}\n")
            for line in text:
                con.feed(f"[ 1.0] {line}\n")
            scenario = con.finish()
            self.assertTrue(scenario.verdict())
            self.assertEqual(scenario.emulator(), theirs)

    def test_good(self):
        con, verdicts = console(GOOD)
        self.assertEqual(verdicts, {"a": []})
        self.assertTrue(con.done)
        self.assertEqual(con.boot.faults, [])

    def test_expected(self):
        reports = GOOD[:3] + ["expect card .*: shutdown"] + GOOD[3:]
        heard = "card 0000:01:00.0: shutdown"
        self.assertEqual(console(reports, [heard])[1], {"a": []})
        self.fails(reports, because="did not say: card")
        self.fails(reports, [heard], at=3, because="did not say: card")
        self.fails(reports, ["card 0000:01:00.0: start"], because="did not say")

    def test_expected_is_no_pattern(self):
        self.fails(GOOD[:3] + ["expect (x"] + GOOD[3:], because="expect (x")

    def test_data_races(self):
        ours = "an_overlay_set [an_failover] / dev_get_stats"
        for where in (ours, "dev_get_stats / an_overlay_set [an_failover]",
                      "an_start_xmit+0x12/0x80 [an_failover]"):
            self.fails(GOOD, ["BUG: KCSAN: data-race in " + where], because=where)
        self.fails(GOOD, ["BUG: KCSAN: assert: race in " + ours], because=ours)

    def test_data_races_of_others(self):
        theirs = "tick_do_update_jiffies64 / update_wall_time"
        con = klog.Console()
        lines = GOOD[:3] + ["BUG: KCSAN: data-race in " + theirs] * 2
        for i, text in enumerate(lines):
            con.feed(f"[ 1.0] {'T: ' * (i < 3)}{text}\n")
        # where the module is below the two functions
        con.feed("[ 1.0]  an_start_xmit+0x12/0x80 [an_failover]\n")
        scenario = con.finish()
        self.assertEqual(scenario.races, {theirs: 2})
        self.assertFalse([f for f in scenario.verdict() if "KCSAN" in f])

    def test_second_kernel(self):
        stall = "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:"
        start = "kexec_core: Starting new kernel"
        self.assertEqual(console(GOOD, [start, stall])[1], {"a": []})
        self.fails(GOOD, [stall, start], because="stall")
        self.fails(GOOD, [start, "WARNING: CPU: 0"], because="WARNING")

    def test_two_in_one_vm(self):
        second = [line.replace(" a ", " b ") for line in GOOD[1:]]
        verdicts = console(GOOD[:-1] + second)[1]
        self.assertEqual(verdicts, {"a": [], "b": []})

    def test_splats(self):
        for text in (
                "WARNING: CPU: 0 PID: 1 at net/core/dev.c:1 x+0x1/0x2",
                "BUG: unable to handle page fault for address: 0",
                "BUG: kernel NULL pointer dereference, address: 00",
                "Oops: 0000 [#1] PREEMPT SMP NOPTI",
                "Call Trace:", "------------[ cut here ]------------",
                "Kernel panic - not syncing: Fatal exception",
                "general protection fault, probably for non-canonical",
                "WARNING: possible circular locking dependency detected",
                "INFO: task rmmod:1 blocked for more than 120 seconds.",
                "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
                "watchdog: BUG: soft lockup - CPU#1 stuck for 26s!",
                "refcount_t: underflow; use-after-free.",
                "unregister_netdevice: waiting for eth0 to become free.",
                "BUG: sleeping function called from invalid context",
                "BUG: scheduling while atomic: ip/1/0x2",
                "hvsim: 3 frames leaked",
                "INFO: trying to register non-static key.",
                "ODEBUG: free active (active state 0) object: 0 object type:",
                "ref_tracker: netdev@0 leaked reference.",
                "kmemleak: 1 new suspected memory leaks",
                "NOHZ tick-stop error: local softirq work is pending, handler #08!!!",
                "softirq: huh, entered softirq 3 NET_RX 0000 with preempt_count 00000101,",
                "Dead loop on virtual device eth0, fix it urgently!",
                "protocol 0800 is buggy, dev eth0",
                "br0: received packet on eth0 with own address as source address (addr:",
                "note: ip[12] exited with preempt_count 1",
                "page_pool_release_retry() stalled pool shutdown: id 3, 1 inflight 60 sec",
                "** 12 printk messages dropped **",
                "look[77]: segfault at 0 ip 0000 sp 0000 error 4 in look",
                "an_failover: Unknown symbol foo (err -2)"):
            with self.subTest(text):
                self.fails(GOOD, [text], because=text)

    def test_splat_after_the_end_counts(self):
        self.fails(GOOD, ["WARNING: late"], at=7, because="late")

    def test_splat_of_boot_is_not_the_scenarios(self):
        con, verdicts = console(GOOD, ["WARNING: early"], at=0)
        self.assertEqual(verdicts, {"a": []})
        self.assertTrue(con.boot.faults)

    def test_ordinary_messages(self):
        verdicts = console(GOOD, [
            "an_failover: loading out-of-tree module taints kernel.",
            "hv_netvsc vmbus_0 eth0: Data path switched to VF: eth1",
            "hv_netvsc: joined to eth0", "eth1: link becomes ready"])[1]
        self.assertEqual(verdicts, {"a": []})

    def test_a_report_is_not_a_splat(self):
        reports = GOOD[:3] + ["# BUG: quoted, WARNING: too"] + GOOD[3:]
        self.assertEqual(console(reports)[1], {"a": []})

    def test_boot_stall(self):
        for text, early, fault in (
                ("watchdog: BUG: soft lockup - CPU#1 stuck for 42s!", True, False),
                ("watchdog: BUG: soft lockup - CPU#1 stuck for 42s!", False, True),
                ("WARNING: CPU: 0 PID: 1 at kernel/x.c:1", True, True)):
            con = klog.Console()
            lines = ["T: vm-start 6.12.0", text]
            for line in reversed(lines) if early else lines:
                con.feed(f"[ 1.0] {line}\n")
            self.assertEqual(bool(con.boot.faults), fault)

    def test_allowed(self):
        allow = {"a": "NETDEV WATCHDOG"}
        self.assertEqual(
            console(GOOD, ["NETDEV WATCHDOG: eth1"], allow=allow)[1], {"a": []})
        self.fails(GOOD, ["WARNING: other"], allow=allow, because="other")

    def test_silence(self):
        self.fails(GOOD[:2], because="did not end")
        self.fails(GOOD[:2], because="no plan")

    def test_missing_plan(self):
        self.fails([r for r in GOOD if r != "1..2"], because="no plan")

    def test_wrong_plan(self):
        self.fails([r.replace("1..2", "1..3") for r in GOOD], because="planned")

    def test_empty_plan(self):
        reports = [r.replace("1..2", "1..0") for r in GOOD
                   if not r.startswith("ok")]
        self.fails(reports, because="nothing was checked")

    def test_missing_check(self):
        self.fails([r for r in GOOD if r != "ok 1 - x"], because="is due")

    def test_not_ok(self):
        self.fails([r.replace("ok 2", "not ok 2") for r in GOOD],
                   because="not ok 2 - y")

    def test_end_without_pass(self):
        self.fails([r.replace("auto pass", "auto fail") for r in GOOD],
                   because="ended with an error")

    def test_not_ended(self):
        self.fails(GOOD[:-2], because="did not end")

    def test_end_of_another(self):
        self.fails([r.replace("end a auto", "end b auto") for r in GOOD],
                   because="did not end")

    def test_skip(self):
        reports = GOOD[:3] + ["ok 1 - # SKIP not here", "1..1"] + GOOD[6:]
        con = klog.Console()
        done = [con.feed(f"[ 1.0] T: {r}\n") for r in reports]
        skipped = [s for s in done if s][0]
        self.assertEqual((skipped.verdict(), skipped.skipped), ([], "not here"))

    def test_stamps(self):
        con = klog.Console()
        for stamp in ("[    1.000000] ", "<4>[    1.000000] ",
                      "[    1.000000][    T1] ", "[    1.000000][ C0] "):
            con.feed(stamp + "T: vm-start x\r\n")
            self.assertEqual(con.started, "x")
            con.started = None


if __name__ == "__main__":
    unittest.main()
