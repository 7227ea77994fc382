# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# All is well, and the means to notice if it is not are there
# claims: none
check "lockdep is on" grep -q "^ *debug_locks: *1" /proc/lockdep_stats
check "kmemleak is on" sh -c "echo scan >/sys/kernel/debug/kmemleak"
check "warnings are fatal" grep -qx 1 /proc/sys/kernel/panic_on_warn
