# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Takes the kernel down
# claims: none
t_ok "so far"
echo c >/proc/sysrq-trigger
