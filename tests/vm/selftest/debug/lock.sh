# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A lock that a system call leaves held
# claims: none
must modprobe lkdtm
echo SPINLOCKUP >/sys/kernel/debug/provoke-crash/DIRECT
t_ok "back in user space"
