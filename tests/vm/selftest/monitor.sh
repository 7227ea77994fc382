# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What the monitor is told and does not know
# claims: none
assert_eq 1 1 "one is one"
mon teleport card0
