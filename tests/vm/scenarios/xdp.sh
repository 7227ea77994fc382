# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# An XDP program on the synthetic device sees what comes by either path, whenever
# it was attached: the verdicts, arrival and revocation, redirection to another NIC
# claims: auto self
# cost: high
# nics: 2

rig_up 2
an_load window_ms=$((1000 * SLOW))
vf_load

# attached before the VF arrives; frames all the while
must xdp_on eth0 drop
burst 40
burst_is 0 200 0 "no VF: dropped on the synthetic path"
flow_start 41 rx 4
vf_up 0
check "by the VF" poll_for 5 flow_seen 0 rx 41 300
vf_unplug 0
wait_for 5 an_alone 0
check "by the synthetic path" flow_moves 0 rx 41
vf_up 0
check "by the VF again" flow_moves 0 rx 41
flow_stop 41
assert_eq "$(flow_get 41 received)" 0 "none got round the program, arrival and revocation"
assert_gt "$(switch_flow 0 rx 41 syn)" 0 "some came by the synthetic path"
assert_gt "$(switch_flow 0 rx 41 vf)" 0 "some came by the VF"

# the verdicts, on the VF; replaced without a gap
before=$(vf_row 0 rx_xdp_drop)
burst 40
burst_is 0 0 200 "drop"
assert_eq $(($(vf_row 0 rx_xdp_drop) - before)) 200 "drop: on the VF"
must xdp_on eth0 pass
before=$(vf_row 0 rx_xdp_pass)
burst 42
burst_is 200 0 200 "pass"
assert_gt $(($(vf_row 0 rx_xdp_pass) - before)) 199 "pass: on the VF"
must xdp_on eth0 aborted
burst 43
burst_is 0 0 200 "aborted"
must xdp_on eth0 tx
burst 44
burst_is 0 0 200 "tx"
assert_eq "$(switch_flow 0 tx 44 vf)" 200 "tx: sent back by the VF"
assert_eq "$(switch_flow 0 tx 44 syn)" 0 "tx: none by the synthetic path"
check "what is not for the program: IPv4" reaches 10.0.0.2
check "what is not for the program: IPv6" reaches fd00:0::2

# redirected to a second NIC, by its synthetic path and by its VF
must xdp_on eth0 redirect
port=$((20000 + $(cat /sys/class/net/eth1/ifindex)))
flows_reset 1
burst 45 $port
assert_eq "$GOT" 0 "redirect: not received"
assert_eq "$(switch_flow 1 tx 45 syn)" 200 "redirect: by eth1's synthetic path"
vf_up 1
flows_reset 1
sent=$(estat eth1 vf_tx_packets)
burst 46 $port
assert_eq "$(switch_flow 1 tx 46 vf)" 200 "redirect: by eth1's VF"
[ "$CLAIM" = auto ] ||
	assert_gt $(($(estat eth1 vf_tx_packets) - sent)) 199 "redirect: counted"
vf_unplug 1
wait_for 5 an_alone 1
flows_reset 1
burst 47 $port
assert_eq "$(switch_flow 1 tx 47 syn)" 200 "redirect: by the synthetic path again"

# detached: nobody has the program any more
check "a program is loaded" xdp_loaded
must xdp_off eth0
wait_for 5 xdp_unloaded
burst 40
burst_is 200 0 200 "detached"

# attached during arrival and while the VF carries
vf_unplug 0
wait_for 5 an_alone 0
vf_plug 0
must xdp_on eth0 drop
wait_for 10 an_active 0
wait_for 5 on_vf 0
burst 40
burst_is 0 0 200 "attached during arrival"
must xdp_off eth0
must xdp_on eth0 drop
burst 40
burst_is 0 0 200 "attached while the VF carries"

# the module goes: eth0 keeps its program; it comes back: the VF gets it again
an_unload
refute "the VF has let go of it" log_has "keeps the XDP program"
burst 40
assert_eq "$GOT" 0 "module unloaded: still dropped"
[ "$CLAIM" = auto ] ||
	burst_is 0 200 0 "module unloaded: on the synthetic path"
an_load
wait_for 10 an_active 0
wait_for 5 on_vf 0
burst 40
burst_is 0 0 200 "module loaded with the program attached"
an_unload
must xdp_off eth0
wait_for 5 xdp_unloaded
rig_clean
t_done
