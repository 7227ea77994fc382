# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The plain case: also what runs after a failure, in a fresh boot
# claims: none
assert_eq "$(uname -m)" x86_64 "machine"
mon info version
