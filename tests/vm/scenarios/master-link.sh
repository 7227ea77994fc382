# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What the drivers of mlx4, mlx5 and MANA and the RDMA core read from a VF's link
# to its master, and when, is the same as with hv_netvsc alone
# claims: auto self

WATCH=/sys/kernel/debug/ndwatch

# Link changes are told from a work item: how often is a matter of chance.
watched() { grep -v " NETDEV_CHANGE " $WATCH | sed 's/ *$//'; }

# life NAME: a VF comes, carries and goes; what was told is in /tmp/nd.NAME
life() {
	echo 0 >$WATCH
	vf_plug 0
	wait_for 10 on_vf 0
	# in a work item that needs RTNL, so all others have been told before
	wait_for 5 link_told "$(vf_dev 0)"
	[ ! -d /sys/module/an_failover ] || wait_for 10 an_active 0
	tail -n 1 $WATCH | sed 's/^[^ ]* [^ ]* //' >"/tmp/nd.$1.carrying"
	vf_unplug 0
	wait_for 5 vf_has_no_dev 0
	wait_for 5 on_syn 0
	watched >"/tmp/nd.$1"
	while read -r line; do note "$1: $line"; done <"/tmp/nd.$1"
}

rig_up 1
vf_load
must insmod /m/ndwatch.ko
life stock
an_load
life module
check "the same events, each with the same facts" \
	same /tmp/nd.stock /tmp/nd.module
check "the same facts while it carries" \
	same /tmp/nd.stock.carrying /tmp/nd.module.carrying
assert_gt "$(grep -c CHANGEUPPER /tmp/nd.stock)" 1 "linked and unlinked"
check "a slave, below eth0, which is no LAG" grep -q \
	"^up=1 slave=1 lagport=0 bondslave=0 master=eth0 lagmaster=0 above=1" \
	/tmp/nd.module.carrying
must rmmod ndwatch
