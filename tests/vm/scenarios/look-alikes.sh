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
must ip link add link lb0 name la1 address "$mac" type macvlan
must ip link add link lb0 name la2 type vlan id 5
must ip link add la3 address "$mac" type bond
must ip link add la4 address "$mac" type bridge
must modprobe tun
must ip tuntap add dev la5 mode tap
must ip link set la5 address "$mac"
must ip link add link eth0 name la6 address "$mac" type macvlan
must ip link add link eth0 name la7 type vlan id 7
for d in la0 la1 la2 la3 la4 la5 la6 la7; do
	must ip link set $d up
	assert_eq "$(mac_of $d)" "$mac" "$d has the address"
done
usleep 300000
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
chmod 755 /tmp/userns.sh
assert_eq "$(echo $(setuidgid 65534 unshare -U -r -n sh /tmp/userns.sh))" \
	"2 0" "two more in a user namespace, none enslaved"
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
