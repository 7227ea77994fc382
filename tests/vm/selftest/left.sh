# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Leaves a device behind
# claims: none
ip link add dummy7 type dummy
t_ok "device made"
