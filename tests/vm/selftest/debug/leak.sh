# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Memory that nothing points to any more
# claims: none
must modprobe kmemleak-test
must rmmod kmemleak-test
t_ok "loaded and unloaded"
