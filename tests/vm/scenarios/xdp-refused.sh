# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A VF that cannot or will not run the synthetic device's XDP program carries
# nothing, an attach that it refuses changes nothing, and both are said
# claims: self
# cost: high

xdp_shut() { ! flag_set "$(vf_dev 0)" 0x1; }

rig_up 1
an_load
vf_load mlx5_core no_xdp=1

# it arrives without native XDP, while there is a program
must xdp_on eth0 drop
vf_plug 0
vf=$(vf_dev 0)
wait_for 5 log_has "VF $vf stays closed: an_failover: the VF has no native XDP"
assert_eq "$(an_state eth0)" joined "no native XDP: joined"
check "no native XDP: closed" xdp_shut
burst 40
burst_is 0 200 0 "no native XDP: dropped on the synthetic path"
flow_start 41 rx 4
must ip link set "$vf" up
wait_for 5 xdp_shut
ip link set eth0 down
ip link set eth0 up
check "eth0 down and up: frames come" flow_moves 0 rx 41
check "eth0 down and up: still closed" xdp_shut
flow_stop 41
assert_eq "$(flow_get 41 received)" 0 "none got round the program"
assert_eq "$(switch_flow 0 rx 41 vf)" 0 "none came by the VF"

# the program may be replaced and detached; then the VF carries
must xdp_on eth0 pass
burst 40
burst_is 200 200 0 "replaced on the synthetic path"
must xdp_off eth0
wait_for 10 an_active 0
wait_for 5 on_vf 0
burst 40
burst_is 200 0 200 "detached: by the VF"

# it carries without native XDP: no program but a generic one
refute "no native XDP: attach refused" xdp_on eth0 drop
check "and said why" xdp_said "the VF has no native XDP: use xdpgeneric"
refute "nothing is attached" xdp_attached eth0
burst 40
burst_is 200 0 200 "refused: as before"
must ip link set dev eth0 xdpgeneric obj $XDP_OBJ sec drop
burst 40
burst_is 0 0 200 "generic: dropped behind the VF"
must ip link set dev eth0 xdpgeneric off
vf_unplug 0
wait_for 5 an_alone 0
wait_for 5 xdp_unloaded

# one that has XDP and refuses
echo 0 >/sys/module/vfsim/parameters/no_xdp
vf_up 0
vf_set 0 fail_xdp 1
refute "VF refuses: attach refused" xdp_on eth0 drop
check "and said why" xdp_said "fail_xdp"
burst 40
burst_is 200 0 200 "refused: as before"
vf_set 0 fail_xdp 0
must xdp_on eth0 drop
vf_set 0 fail_xdp 1
refute "VF refuses: replacing refused" xdp_on eth0 pass
burst 40
burst_is 0 0 200 "refused: the old one drops"
vf_set 0 fail_xdp 2
check "detached although the VF refuses" xdp_off eth0
wait_for 5 xdp_shut
wait_for 5 on_syn 0
burst 40
burst_is 200 200 0 "VF keeps the program: by the synthetic path"
vf_set 0 fail_xdp 0
ip link set eth0 down
ip link set eth0 up
wait_for 10 an_active 0
wait_for 5 on_vf 0
burst 40
burst_is 200 0 200 "eth0 down and up: VF tried again"
wait_for 5 xdp_unloaded

# the VF would and hv_netvsc will not: rolled back
must ip link set eth0 mtu 3540
refute "hv_netvsc refuses: attach refused" xdp_on eth0 drop
check "and said why" xdp_said "mtu too large"
wait_for 5 xdp_unloaded
burst 40
burst_is 200 0 200 "rolled back on the VF"
must ip link set eth0 mtu 1500

# a program of the VF's own
must xdp_on eth0 drop
refute "none on the VF while eth0 has one" xdp_on "$(vf_dev 0)" pass
must xdp_off eth0
must xdp_on "$(vf_dev 0)" pass
refute "none on eth0 while the VF has its own" xdp_on eth0 drop
check "and said why" xdp_said "program of its own"
must xdp_off "$(vf_dev 0)"
check "it can after that" xdp_on eth0 drop
burst 40
burst_is 0 0 200 "and runs on the VF"

# hv_netvsc goes with the program attached: alone it makes the core warn
check "hv_netvsc unloads" rmmod hv_netvsc
wait_for 5 netdev_gone eth0
wait_for 5 xdp_unloaded
rig_clean
t_done
