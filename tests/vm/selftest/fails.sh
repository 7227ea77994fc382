# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A check that fails
# claims: none
assert_eq 1 2 "one is two"
