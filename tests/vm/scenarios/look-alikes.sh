# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A virtual device with the NIC's MAC address is never taken for its VF
# claims: auto self
rig_up 1
an_load
mac=$(mac_of eth0)
alone() {
	assert_eq "$(estat eth0 an_state)" 0 "$1: eth0 stays alone"
	assert_eq "$(master_of "$2")" "" "$1: not enslaved"
	refute "$1: not flagged as a slave" flag_set "$2" 0x800
}
must ip link add la0 address "$mac" type veth peer name lb0
must ip link set lb0 up
must ip link add link lb0 name la1 address "$mac" type macvlan
must ip link add link lb0 name la2 address "$mac" type vlan id 5
must ip link add la3 address "$mac" type bond
must ip link add la4 address "$mac" type bridge
must modprobe tun
must ip tuntap add dev la5 mode tap
must ip link set la5 address "$mac"
must ip link add link eth0 name la6 address "$mac" type macvlan
must ip link add link eth0 name la7 type vlan id 7
for d in la0 la1 la2 la3 la4 la5 la6 la7; do
	# a macvlan may not be up with the address of the device below it
	[ $d = la6 ] || must ip link set $d up
	assert_eq "$(mac_of $d)" "$mac" "$d has the address"
done
usleep $((300000 * ${SLOW:-1}))
alone veth la0
alone macvlan la1
alone VLAN la2
alone bond la3
alone bridge la4
alone tap la5
alone "macvlan on eth0" la6
alone "VLAN on eth0" la7

# made by nobody in a user namespace, where he may
cat >/tmp/userns.sh <<-EOF
	/usr/sbin/ip link add v0 address $mac type veth peer name v1
	/usr/sbin/ip link add link v1 name v2 address $mac type macvlan
	/usr/sbin/ip link set v0 up
	/usr/sbin/ip link set v1 up
	/usr/sbin/ip link set v2 up
	/usr/sbin/ip -br link | grep -c $mac
	/usr/sbin/ip -d link | grep -c SLAVE
EOF
# the root of an initramfs may be root's alone
chmod 755 / /tmp /usr /usr/sbin /usr/lib /lib
echo 'nobody:x:65534:65534:nobody:/:/bin/sh' >/etc/passwd
as_nobody=$(su nobody -c 'id -u; unshare -U -r -n sh /tmp/userns.sh' 2>&1)
note "$as_nobody"
rm /etc/passwd
# shellcheck disable=SC2086,SC2116 # words on one line
assert_eq "$(echo $as_nobody)" "65534 2 0" \
	"two more in a user namespace, none enslaved"
check "eth0 stays alone" an_alone 0
wait_for 5 reaches 10.0.0.2

# and the real one is still welcome
vf_load
vf_up 0
for d in la0 la3 la4 la5 la6 la7; do
	ip link del $d
done
rig_clean
t_done
