# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# 500 veth pairs with the VF's address come and go, in this and in another
# namespace, while the VF arrives and leaves under traffic: none is taken for the
# VF, and the VF's events take as long as before
# claims: auto self
# cost: high
HERE=20		# of them in this namespace
# a namespace that goes removes all of its devices with RTNL held: for minutes on a
# slow kernel, which then reports those who wait
THERE=$((480 / SLOW))

rig_up 1
an_load
vf_load
mac=$(mac_of eth0)
flow_start 1 tx 4 0 50
flow_start 2 rx 4 0 50

# cycle: the VF comes and goes; TOOK is how long, in 1/100 s
cycle() {
	local start
	start=$(now)
	vf_plug 0
	poll_for 20 an_active 0 || t_fail "$1: the VF is taken"
	poll_for 5 on_vf 0 || t_fail "$1: the host sends to the VF"
	assert_eq "$(estat eth0 an_claim)" "$(claim_number)" "$1: claimed as asked"
	assert_eq "$(master_of "$(vf_dev 0)")" eth0 "$1: the VF, not a look-alike"
	vf_unplug 0
	poll_for 10 an_alone 0 || t_fail "$1: the VF is let go"
	TOOK=$(($(now) - start))
}

# herd NAME COUNT: what creates them, for ip -batch
herd() {
	local i=0
	while [ $i -lt "$2" ]; do
		echo "link add $1a$i up address $mac type veth peer name $1b$i address $mac"
		i=$((i + 1))
	done
}
in_herd() { nsenter --net=/run/netns/herd /usr/sbin/ip "$@"; }
running() { kill -0 "$1" 2>/dev/null; }

# while_runs PID WHAT: cycles for as long as the job, one at least
while_runs() {
	local n=0
	while :; do
		cycle "$2"
		n=$((n + 1))
		running "$1" || break
	done
	wait "$1" || t_fail "$2: the job"
	note "$2: $n times, the last in ${TOOK}0 ms"
}

cycle "alone"
cycle "alone"
alone=$TOOK
must ip netns add herd
herd h $HERE >/tmp/here
herd t $THERE >/tmp/there
start=$(now)
(ip -batch /tmp/here && in_herd -batch /tmp/there) &
while_runs $! "they come"
note "$((HERE + THERE)) pairs: made in $(($(now) - start))0 ms"
assert_eq "$(in_herd -br link show type veth | grep -c "$mac")" $((2 * THERE)) \
	"all are there, with the address"

cycle "among them"
cycle "among them"
note "alone ${alone}0 ms, among $((HERE + THERE)) pairs ${TOOK}0 ms"
assert_le "$TOOK" $((4 * alone + 200)) "arrival and departure, in 1/100 s"
assert_eq "$(estat eth0 an_refused)" 0 "nobody was thought of"
assert_eq "$(in_herd link show type veth | grep -c SLAVE)" 0 "no slave there"
assert_eq "$(ip link show type veth | grep -c SLAVE)" 0 "no slave here"
assert_eq "$(ip -br link show master eth0 | wc -l)" 0 "nobody is enslaved"

vf_plug 0
wait_for 10 an_active 0
sed -n 's/link add \([^ ]*\) .*/link del \1/p' /tmp/here >/tmp/gone
# a namespace takes its devices along, some time after it was deleted
must in_herd link set ta0 netns 1
(ip -batch /tmp/gone && ip netns del herd && poll_for 30 netdev_gone ta0) &
gone=$!
flow_moves 0 tx 1 || t_fail "they go: sends"
flow_moves 0 rx 2 || t_fail "they go: receives"
vf_unplug 0
poll_for 10 an_alone 0 || t_fail "they go: the VF is let go"
while_runs $gone "they go"
check "nothing is left of them" netdev_gone ta0
flow_stop 1 2
for id in 1 2; do
	assert_gt "$(flow_get $id received)" 100 "flow $id: received"
	flow_whole $id 10
done
rig_clean
t_done
