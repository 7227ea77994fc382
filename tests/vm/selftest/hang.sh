# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Never ends
# claims: none
# timeout: 4
t_ok "so far"
sleep 1000
