# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What the module does not understand at load is refused with a message and leaves
# nothing behind, the VF carrying all the while; loading twice is refused
# claims: auto

rig_up 1
vf_load
vf_plug 0
wait_for 10 on_vf 0
flow_start 1 tx 4
flow_start 2 rx 4
before=$(settings_of eth0; settings_of "$(vf_dev 0)")

# bad PARAMETER MESSAGE: refused, and says why, in the line that comes then
bad() {
	local lines
	lines=$(log_since | wc -l)
	refute "refused: $1" insmod /m/an-failover.ko "$1"
	check "says: $2" eval "log_since | tail -n +$((lines + 1)) | grep -q -e '$2'"
	refute "not loaded" [ -d /sys/module/an_failover ]
}
# the module's own checks
bad claim=driver 'claim: "driver" is neither'
bad claim=bogus 'claim: "bogus" is neither'
bad claim=SELF 'claim: "SELF" is neither'
bad claim= 'claim: "" is neither'
bad synthetic= 'synthetic: "" is not the name'
bad synthetic=hv_netvsc, 'synthetic: "" is not the name'
bad synthetic=hv_netvsc,a/b 'synthetic: "a/b" is not the name'
bad synthetic=hv+netvsc 'synthetic: "hv+netvsc" is not the name'
bad "synthetic=$(printf '\303\266')" 'synthetic: .* is not the name'
bad window_ms=10001 'window_ms: 10001 is more than'
bad window_ms=4294967295 'window_ms: 4294967295 is more than'
# the kernel's
bad window_ms=-1 'invalid for parameter .window_ms'
bad window_ms=4294967296 'invalid for parameter .window_ms'
bad fast=2 'invalid for parameter .fast'
bad window_ms=x 'invalid for parameter .window_ms'
bad synthetic=a,b,c,d,e,f,g,h,i 'can only take 8 arguments'

assert_eq "$(settings_of eth0; settings_of "$(vf_dev 0)")" "$before" \
	"both devices are as they were"
check "the host still sends to the VF" on_vf 0

# not in the list: not managed
an_load synthetic=virtio_net
assert_eq "$(settings_of eth0; settings_of "$(vf_dev 0)")" "$before" \
	"eth0 is not managed"
an_unload
# a parameter that is not there: the kernel says so and goes on, as for any module
an_load synthetic=virtio_net,hv_netvsc window_ms=0 bogus=1
check "said so" log_has "unknown parameter 'bogus' ignored"
wait_for 5 an_active 0
assert_eq "$(estat eth0 an_switch_vf_arrived)" 1 "the VF was there already"
is() { assert_eq "$(cat "/sys/module/an_failover/parameters/$1")" "$2" "$1 is shown"; }
is synthetic virtio_net,hv_netvsc
is claim auto
is fast Y
is window_ms 0

# a second one
refute "refused: loading twice" insmod /m/an-failover.ko claim=self
wait_for 5 an_active 0
assert_eq "$(estat eth0 an_claim)" 1 "the first goes on"
flow_stop 1 2
flow_check 1
flow_check 2
rig_clean
t_done
