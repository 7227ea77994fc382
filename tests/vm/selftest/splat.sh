# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# All is well but for what the kernel says
# claims: none
echo "<4>WARNING: CPU: 0 PID: 1 at net/core/dev.c:1 a_test+0x1/0x2" >/dev/kmsg
t_ok "fine"
