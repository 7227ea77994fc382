# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Promiscuous mode, allmulti and address lists reach the VF, which filters what
# it receives, and leave with it
# claims: auto self

listed() { ip maddr show dev "$vf" | grep -q "$1"; }

# knock ADDRESS: 40 frames from the peer to that Ethernet address. FILTERED is
# how many the VF discarded; a few of others' may be among them, as the peer's
# IPv6 speaks to groups now and then.
knock() {
	local before
	in_peer 0 ip neigh replace 10.0.0.77 lladdr "$1" dev hvup0
	before=$(vf_row 0 rx_filtered)
	in_peer 0 flow send 10.0.0.77 -i 9 -p 7009 -c 40 -r 4000 >/dev/null
	usleep 20000
	FILTERED=$(($(vf_row 0 rx_filtered) - before))
}

# lets MODE ADDRESS, stops MODE ADDRESS
lets() {
	knock "$2"
	assert_le $FILTERED 20 "$1: the VF takes frames to $2"
}
stops() {
	knock "$2"
	assert_gt $FILTERED 39 "$1: the VF takes no frames to $2"
}

OTHER=02:00:00:00:77:77 GROUP=01:00:5e:01:02:03 GROUP2=01:00:5e:01:02:04
stack_up 1
vf=$(vf_dev 0)
# a real host sends multicast by the synthetic path, where nothing filters
hv_set 0 vf_multicast 1
stops plain $OTHER
stops plain $GROUP

must ip link set eth0 promisc on
check "VF is promiscuous" flag_set "$vf" 0x100
lets promiscuous $OTHER
lets promiscuous $GROUP
must ip link set eth0 promisc off
refute "VF no longer" flag_set "$vf" 0x100
stops "no longer promiscuous" $OTHER

must ip link set eth0 allmulticast on
check "VF takes all multicast" flag_set "$vf" 0x200
lets allmulti $GROUP
stops allmulti $OTHER
must ip link set eth0 allmulticast off
refute "VF no longer" flag_set "$vf" 0x200
stops "no longer allmulti" $GROUP

must ip maddr add $GROUP dev eth0
check "multicast list" listed $GROUP
lets listed $GROUP
stops listed $GROUP2
must ip maddr del $GROUP dev eth0
refute "taken off the list" listed $GROUP
stops "off the list" $GROUP

# joined by IP, received by a socket; a second address of the NIC's own
must ip addr add ff1e::102:304/128 dev eth0 autojoin
check "joined by IP" listed 33:33:01:02:03:04
must ip link add link eth0 name mv0 address $OTHER type macvlan mode bridge
must ip link set mv0 up
lets macvlan $OTHER
flow recv -i 1 -p 7001 -t 60000 >/tmp/group &
pid=$!
poll_for 5 [ -s /tmp/group ]
rx=$(hv_stat 0 vf_rx_frames)
in_peer 0 flow send ff1e::102:304 -i 1 -p 7001 -c 50 -r 500 >/dev/null
usleep $((200000 * ${SLOW:-1}))
kill $pid
wait $pid
assert_eq "$(word received "$(tail -n 1 /tmp/group)")" 50 "a socket receives the group"
check "by the VF" [ "$(hv_stat 0 vf_rx_frames)" -ge $((rx + 50)) ]
must ip link del mv0
must ip addr del ff1e::102:304/128 dev eth0
stops "macvlan gone" $OTHER
stops "left by IP" 33:33:01:02:03:04

# set while there is no VF, known to the one that comes
vf_unplug 0
wait_for 5 an_alone 0
must ip link set eth0 promisc on
must ip maddr add $GROUP2 dev eth0
vf_up 0
vf=$(vf_dev 0)
check "new VF is promiscuous" flag_set "$vf" 0x100
check "new VF has the multicast list" listed $GROUP2
lets "new VF" $OTHER
must ip link set eth0 promisc off
lets "new VF, by the list" $GROUP2
# nor does hv_netvsc having given it to one VF keep it from the next
vf_unplug 0
wait_for 5 an_alone 0
vf_up 0
vf=$(vf_dev 0)
check "the next VF has the multicast list" listed $GROUP2
lets "the next VF, by the list" $GROUP2
must ip link set eth0 promisc on
if [ "$CLAIM" = self ]; then
	an_unload
	refute "promiscuous mode taken back" flag_set "$vf" 0x100
	refute "multicast list taken back" listed $GROUP2
fi
must ip link set eth0 promisc off
rig_clean
t_done
