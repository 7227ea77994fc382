# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A data race of a module that is called an_failover
# claims: none
must insmod /m/an_failover.ko
wait_for 30 log_has "KCSAN: .*race_loop \[an_failover\]"
must rmmod an_failover
