# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Network namespaces: netns@ for any name, and those of definitions with cables, bridges, macvlans, masquerading, IPv6 and
# name servers; containers in them reach each other and nothing else.

ALSO=bookworm
TIMEOUT=240

place() {
        with_image localhost/bb
        # A device of the host for macvlans, with a cable in it.
        early wire ip link add wire up type veth peer name wire-end
        early wire-end sh -c 'until ip link set wire-end up; do sleep 0.1; done'
        define spaces.ini <<-'E'
	[Defaults]
	Pull=never
	StopTimeout=1
	AutoStart=no

	[Netns hub]
	Bridge=br0,address=10.9.2.1/24,address=fd09:2::1/64

	[Netns blue]
	Veth=eth0,address=10.9.0.2/24,address=fd09::2/64,peer-address=10.9.0.1/24,peer-address=fd09::1/64,masquerade=both,mtu=1400
	Veth=hub0,peer=hub,peer-bridge=br0,address=10.9.2.2/24,address=fd09:2::2/64,mac=02:00:00:00:00:07
	Gateway=10.9.0.1 fd09::1
	DNS=10.9.0.1
	DNSSearch=blue.example
	Sysctl=net.ipv4.ip_unprivileged_port_start=0

	[Netns green]
	Veth=hub0,peer=hub,peer-bridge=br0,address=10.9.2.3/24,address=fd09:2::3/64
	Veth=direct,peer=hub,address=10.9.9.1,peer-address=10.9.9.2

	[Netns outside]
	Veth=eth0,address=10.50.0.2/24,address=fd50::2/64,peer-address=10.50.0.1/24,peer-address=fd50::1/64

	[Container blue-web]
	Image=localhost/bb
	Netns=blue
	Exec=httpd -f -p 80 -h /srv

	[Container green-web]
	Image=localhost/bb
	Netns=green
	Exec=httpd -f -p 80 -h /srv

	[Container outside-web]
	Image=localhost/bb
	Netns=outside
	Exec=httpd -f -p [::]:80 -h /srv
	E
        define lan.yaml <<-'E'
	netns:
	  lan1: {macvlan: {lan0: {parent: wire, address: [10.60.0.1/24, "fd60::1/64"]}}}
	  lan2: {macvlan: {lan0: {parent: wire, address: 10.60.0.2/24, mtu: 1300}}}
	  moved: {interface: {wire-end: {address: 10.60.0.3/24}}}
	E
}

check() {
        any_name
        made
        talk
        masquerades
        lan
        gone
}

inside() {
        ip netns exec "$@"
}

# fetch CONTAINER URL
fetch() {
        podman exec "$1" wget -q -O - "$2" 2>&1
}

any_name() {
        systemctl start netns@plain
        is 'NNS-08 NNS-09 NNS-14 T-01: netns@NAME of any name is there' "$(state netns@plain)" active
        like 'NNS-10 T-01: ... with a name for ip-netns(8)' "$(ip netns list)" '^plain'
        like 'NNS-06 NNS-13: ... that its description has' "$(property netns@plain Description)" '^plain network namespace$'
        like '... with lo, which is up' "$(ip -n plain -br addr)" '^lo +UNKNOWN +127.0.0.1/8 ::1/128 $'
        is 'NNS-10: JoinsNamespaceOf= and /run/netns are the same one' \
                "$(systemd-run --quiet --pipe --wait -p JoinsNamespaceOf=netns@plain.service -p PrivateNetwork=yes \
                        readlink /proc/self/ns/net)" "net:[$(stat -L -c %i /run/netns/plain)]"
        is 'NNS-09 NNS-14: ... which systemd has made, and not for the unit alone' \
                "$(property netns@plain PrivateNetwork) $(property netns@plain PrivateMounts)" 'yes no'
        like 'NNS-07: ... before the network is set up' "$(property netns@plain Before)" 'network-pre.target'
        like 'NNS-07: ... which it wants to know of' "$(property netns@plain Wants)" 'network-pre.target'
        is 'systemd has nothing to say of the template' "$(systemd-analyze verify --man=no --recursive-errors=no netns@plain.service 2>&1)" ''
        systemctl start "$(systemd-escape --template=netns@.service a-b)" netns@c-d
        like 'NNS-13: a name with a dash, escaped or not' "$(ip netns list | sort | xargs)" 'a-b c-d'
        systemctl stop netns@plain 'netns@*'
        is 'NNS-11: the name goes when it stops' "$(ip netns list)$(ls /run/netns)" ''
}

made() {
        ok 'a container starts' systemctl start podman-blue-web
        is 'NNS-16: its namespace is started with it' "$(state netns@blue)" active
        is '... and that of a peer' "$(state netns@hub)" active
        is 'NNS-16: the container is bound to it' "$(property podman-blue-web BindsTo)" netns@blue.service
        like 'a MAC address and an MTU' "$(ip -n blue link)" 'eth0@.* mtu 1400 .*hub0@.*02:00:00:00:00:07'
        like 'T-05: the other end has the name by the rule' "$(ip -br addr show blue-eth0)" 'UP +10.9.0.1/24 fd09::1/64'
        like 'a port of the bridge' "$(ip -n hub -br link show master br0)" '^blue-hub0@'
        like 'T-05: it says whose it is' "$(ip link show blue-eth0)" 'alias bayplan: network namespace blue'
        is 'a kernel parameter' "$(inside blue cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" 0
        is '... is not the host'"'"'s' "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" 1024
        like 'the name server is in /etc/netns' "$(cat /etc/netns/blue/resolv.conf)" 'nameserver 10.9.0.1.search blue.example'
        like '... and in the container' "$(fetch_resolv)" 'nameserver 10.9.0.1'
        is 'NSN-08: the container is in the namespace' "$(podman exec blue-web readlink /proc/1/ns/net)" \
                "net:[$(stat -L -c %i /run/netns/blue)]"
}

fetch_resolv() {
        podman exec blue-web cat /etc/resolv.conf
}

talk() {
        systemctl start podman-green-web
        is 'two namespaces reach each other by a bridge in a third' "$(fetch green-web http://10.9.2.2/)" "$(cat /srv/index.html 2>/dev/null || podman exec green-web cat /srv/index.html)"
        is '... both ways, and by IPv6' "$(fetch blue-web 'http://[fd09:2::3]/')" "$(podman exec green-web cat /srv/index.html)"
        ok '... and the bridge itself' inside green ping -q -c 1 -W 5 10.9.2.1
        ok 'a cable between two addresses of no network' inside green ping -q -c 1 -W 5 10.9.9.2
        ok '... both ways' inside hub ping -q -c 1 -W 5 10.9.9.1
        not_ok 'what it has no cable to it does not reach' inside green ping -q -c 1 -W 1 10.9.0.2
        not_ok '... nor the host' inside green ping -q -c 1 -W 1 10.9.0.1
        like '... having no way there' "$(inside green ping -c 1 -W 1 10.9.0.1 2>&1)" 'unreachable'
        ok 'the host reaches the end of its cable' get http://10.9.0.2/
}

masquerades() {
        systemctl start podman-outside-web
        not_ok 'the outside knows no way back' inside outside ping -q -c 1 -W 1 10.9.0.2
        is 'masquerading: out of a namespace by the host into another' "$(fetch blue-web http://10.50.0.2/)" "$(podman exec green-web cat /srv/index.html)"
        is '... and by IPv6' "$(fetch blue-web 'http://[fd50::2]/')" "$(podman exec green-web cat /srv/index.html)"
        like 'by a table of its own' "$(nft list table inet netns-blue)" 'iifname "blue-eth0" oifname != "blue-eth0" masquerade'
        not_ok 'who does not masquerade does not get there' inside green ping -q -c 1 -W 1 10.50.0.2
}

lan() {
        ok 'macvlans, and a device that is moved in' systemctl start netns@lan1 netns@lan2 netns@moved
        ok 'two of a parent reach each other' inside lan1 ping -q -c 1 -W 5 10.60.0.2
        ok '... and who is in the same network' inside lan2 ping -q -c 1 -W 5 10.60.0.3
        like 'an MTU' "$(ip -n lan2 link show lan0)" 'mtu 1300'
        unlike 'what needs a device of the host does not wait for nothing' "$(property netns@lan1 Before)" network-pre.target
        not_ok 'the device is not on the host' ip link show wire-end
        systemctl stop netns@moved
        ok 'it goes back' ip link show wire-end
        systemctl stop netns@lan1 netns@lan2
}

gone() {
        systemctl stop netns@hub netns@blue netns@green netns@outside
        is 'NNS-16: containers stop with their namespace' "$(state podman-blue-web) $(state podman-green-web)" 'inactive inactive'
        is 'nothing is left on the host' "$(ip -br link | grep -c -E 'blue|green|outside')$(nft list tables | grep netns)" 0
        is '... nor of names, notes and name servers' "$(ls /run/netns /run/bayplan-netns /etc/netns | xargs)" \
                '/etc/netns: /run/bayplan-netns: /run/netns:'
        is 'no unit has failed' "$(systemctl --failed --no-legend --plain)" ''
}
