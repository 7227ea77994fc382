# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Bad values are refused at load, with a message, and change nothing
# claims: auto
rig_up 1
bad() {
	refute "refused: $1" insmod /m/an-failover.ko "$1"
	check "said why: $2" log_has "$2"
	refute "not loaded" [ -d /sys/module/an_failover ]
}
bad claim=driver 'claim: "driver" is neither'
bad claim= 'claim: "" is neither'
bad synthetic= 'synthetic: "" is not the name'
bad synthetic=hv_netvsc,a/b 'synthetic: "a/b" is not the name'
bad window_ms=10001 'window_ms: 10001 is more than'
refute "refused: not a number" insmod /m/an-failover.ko window_ms=x
refute "refused: nine drivers" insmod /m/an-failover.ko \
	synthetic=a,b,c,d,e,f,g,h,i
check "rows of ethtool are hv_netvsc's own" eval \
	'! ethtool -S eth0 | grep -q an_state'

# not in the list: not managed
an_load synthetic=virtio_net
refute "eth0 is not managed" eval 'ethtool -S eth0 | grep -q an_state'
an_unload
an_load synthetic=virtio_net,hv_netvsc window_ms=0
check "eth0 is managed" eval 'ethtool -S eth0 | grep -q an_state'
rig_clean
t_done
