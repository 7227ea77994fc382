# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# netconsole on the synthetic NIC: each line of the log gets out once, by the
# synthetic path, while the VF and the module come and go under traffic, whether
# it was set up before the VF was there or after
# claims: auto self

GOT=/tmp/np.got

netconsole_up() {
	modprobe netconsole "netconsole=6665@10.0.0.1/eth0,6666@10.0.0.2/02:00:00:00:00:00" &&
		poll_for 20 all_out
}

# all_out: what the log had before has been sent, in a burst of which some is lost
all_out() {
	local n
	n=$(now)
	echo "<5>np $CLAIM all_out $n" >/dev/kmsg
	poll_for 1 arrived all_out "$n"
}

# lines NAME COUNT: so many numbered lines to the kernel log. They name the claim, for
# a netconsole that starts sends all that is in the log, this machine's last run too.
lines() {
	local i=0
	while [ $i -lt "$2" ]; do
		i=$((i + 1))
		echo "<5>np $CLAIM $1 $i" >/dev/kmsg
	done
}

# lines_forever NAME: until there is /tmp/np.stop, which gets their number
lines_forever() {
	local i=0
	while [ ! -e /tmp/np.stop ]; do
		i=$((i + 1))
		echo "<5>np $CLAIM $1 $i" >/dev/kmsg
		usleep 5000
	done
	echo $i >/tmp/np.count
}

# numbers NAME: of the lines that arrived, with their time stamps cut off
numbers() { sed -n "s/^\[[^]]*] np $CLAIM $1 //p" $GOT; }
arrived() { numbers "$1" | grep -qx "$2"; }

# once NAME COUNT: numbers 1 to COUNT arrived, each once, in order
once() {
	poll_for 10 arrived "$1" "$2"
	numbers "$1" >/tmp/np.numbers
	seq "$2" >/tmp/np.wanted
	check "$1: $2 lines at the peer, each once, in order" \
		same /tmp/np.wanted /tmp/np.numbers
}

# by_synthetic NAME: thirty lines, none of them by the VF
by_synthetic() {
	local syn vf
	syn=$(hv_stat 0 syn_tx_frames) vf=$(hv_stat 0 vf_tx_frames)
	lines "$1" 30
	once "$1" 30
	assert_gt $(($(hv_stat 0 syn_tx_frames) - syn)) 29 "$1: by the synthetic path"
	assert_le $(($(hv_stat 0 vf_tx_frames) - vf)) 5 "$1: not by the VF"
}

move() {
	check "flow 1 moves" flow_moves 0 tx 1
	check "flow 2 moves" flow_moves 0 rx 2
}

rig_up 1
peer_exec 0 dgrams 6666 >$GOT &
JOBS="$JOBS $!"
poll_for 5 [ -s $GOT ]
vf_load

# before the module and the VF
must netconsole_up
by_synthetic alone
an_load
vf_up 0
by_synthetic vf-came-later

# all comes and goes
flow_start 1 tx 4
flow_start 2 rx 6
lines_forever all &
JOBS="$JOBS $!"
vf_take 0
wait_for 5 an_alone 0
move
vf_give 0
wait_for 10 an_active 0
wait_for 5 on_vf 0
an_unload
an_load
wait_for 10 an_active 0
wait_for 5 on_vf 0
move
touch /tmp/np.stop
poll_for 5 [ -s /tmp/np.count ]
flow_stop 1 2
flow_whole 1 $FLOW_FEW
flow_whole 2 $FLOW_FEW
once all "$(cat /tmp/np.count)"

# set up when the VF is there already
must rmmod netconsole
must netconsole_up
by_synthetic vf-came-first
an_unload
by_synthetic module-gone
an_load
wait_for 10 an_active 0
by_synthetic module-back
vf_unload
wait_for 5 an_alone 0
by_synthetic vf-gone
must rmmod netconsole
rm /tmp/np.stop /tmp/np.count
