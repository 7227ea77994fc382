# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The same race in another module
# claims: none
must insmod /m/bystander.ko
wait_for 30 log_has "KCSAN: .*race_loop \[bystander\]"
must rmmod bystander
