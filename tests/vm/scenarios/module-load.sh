# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The module is loaded while the VF already carries traffic
# claims: auto self
#
# Stock hv_netvsc has the VF then, and keeps it with either claim: taking it
# away would interrupt traffic. With claim=self the next VF is the module's.
rig_up 1
vf_load
vf_plug 0
wait_for 10 on_vf 0
flows_both

an_load
wait_for 5 an_active 0
assert_eq "$(estat eth0 an_claim)" 1 "adopted from the driver"
check "host still sends to the VF" on_vf 0
flows_move
flow_stop 1 2 3 4
tcp_check 1
tcp_check 2
for id in 1 2 3 4; do
	flow_check $id 0
done

vf_unplug 0
wait_for 5 an_alone 0
vf_up 0
rig_clean
t_done
