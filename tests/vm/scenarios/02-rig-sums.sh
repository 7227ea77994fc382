# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The rig itself: the host's checksum of UDP over IPv6 is never 0, which IPv6 drops. Each
# number of a flow makes another sum, and one of so many would make it 0. That is the
# host's code, the same for all kernels.
# claims: none
# kernels: 6.12
# timeout: 180
rig_up 1
flow_start 1 rx 6 0 8000
wait_for 120 flow_seen 0 rx 1 65536
flow_stop 1
flow_check 1
rig_clean
t_done
