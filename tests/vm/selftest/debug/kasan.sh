# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Memory that is used after it was freed
# claims: none
must modprobe lkdtm
t_ok "loaded"
echo WRITE_AFTER_FREE >/sys/kernel/debug/provoke-crash/DIRECT
