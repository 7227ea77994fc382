# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The module is unloaded while the VF carries traffic
# claims: auto self
#
# claim auto: hv_netvsc goes on with the VF, nothing is lost. claim self: the VF
# is released and traffic goes on by the synthetic path; the VF is left as it
# was found, so that the module can take it again.
stack_up 1
vf=$(vf_dev 0)
features=$(ethtool -k eth0 | md5sum)
flows_both

an_unload
flows_move
if [ "$CLAIM" = auto ]; then
	check "host still sends to the VF" on_vf 0
	assert_eq "$(master_of "$vf")" eth0 "still enslaved"
else
	wait_for 5 on_syn 0
	assert_eq "$(master_of "$vf")" "" "no longer enslaved"
	refute "no slave flag is left" flag_set "$vf" 0x800
	refute "the VF is closed, as it was found" flag_set "$vf" 0x1
fi
assert_eq "$(ethtool -k eth0 | md5sum)" "$features" "features of eth0 as before"
refute "no rows of the module are left" eval \
	'ethtool -S eth0 | grep -q an_state'

if [ "$CLAIM" = self ]; then
	an_load
	wait_for 10 an_active 0
	wait_for 5 on_vf 0
	assert_eq "$(estat eth0 an_claim)" 2 "taken again"
	flows_move
	an_unload
fi
flows_end
if [ "$CLAIM" = auto ]; then
	for id in 1 2 3 4; do
		assert_eq "$(flow_lost $id)" 0 "flow $id: none lost"
	done
fi
rig_clean
t_done
