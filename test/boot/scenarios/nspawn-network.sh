# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Private networks of systemd-nspawn's containers: reachable both ways, ports on loopback, bridges, macvlans, moved devices, user namespaces, nothing left over.

ALSO=bookworm

place() {
        local name

        for name in web long bridged mac guest; do
                with_bare_tree "/srv/$name"
                put "/srv/www/$name/index.html" <<<"I am $name"
        done
        with_tree /var/lib/machines/boot
        serves web <<-'E'
	PrivateNetwork=yes
	HostAddress=10.9.0.1
	LocalAddress=10.9.0.2
	HostAddress6=fd00:9::1
	LocalAddress6=fd00:9::2
	LocalMacAddress=02:00:00:00:00:09
	PublishPort=127.0.0.1:8080:80 0.0.0.0:8081-8082:80-81 [::]:8084:80 0.0.0.0:8085:7/udp
	PrivateUsers=pick
	Secret=page,type=credential,target=/page
	E
        put /etc/credstore/page <<<'a secret page'
        serves long <<-'E'
	ContainerName=a-really-long-name
	PrivateNetwork=yes
	LocalAddress=10.9.0.3
	HostAddress=10.9.0.1
	E
        serves bridged <<-'E'
	PrivateNetwork=yes
	HostBridge=br-lan
	LocalAddress=10.9.1.2/24
	HostAddress=10.9.1.1
	PublishPort=8083:80
	E
        serves mac <<-'E'
	PrivateNetwork=yes
	VirtualEthernetExtra=eth1,address=10.9.2.2,peer-name=host1,peer-address=10.9.2.1
	Macvlan=lan0,parent=br-lan,address=10.9.1.3/24
	Interface=phys0,address=10.9.3.2/24
	Sysctl=net.ipv4.ip_forward=1
	E
        serves guest <<-'E'
	Netns=blue
	PrivateUsers=pick
	AutoStart=no
	E
        define blue.ini <<-'E'
	[Netns]
	Veth=eth0,address=10.9.4.2,peer-address=10.9.4.1
	Sysctl=net.ipv4.ip_unprivileged_port_start=0
	E
        define boot.ini <<-'E'
	[Container]
	Backend=nspawn
	Volume=/usr:/usr:ro
	PrivateNetwork=yes
	HostAddress=10.9.0.1
	LocalAddress=10.9.0.5
	DNSSearch=example.com
	E
        put_program /usr/local/lib/make-devices <<-'E'
	#!/bin/sh
	set -e
	ip link add br-lan type bridge
	ip address add 10.9.1.1/24 dev br-lan
	ip link set br-lan up
	ip link add phys0 type veth peer name phys1
	ip address add 10.9.3.1/24 dev phys1
	ip link set phys1 up
	E
        early devices /usr/local/lib/make-devices
}

# serves NAME: a container that serves its name on port 80; keys from standard input.
serves() {
        {
                printf '[Container]\nBackend=nspawn\nRoot=/srv/%s\nVolume=/usr:/usr:ro /srv/www/%s:/www:ro\n' "$1" "$1"
                cat
                echo 'Exec=/usr/bin/busybox httpd -f -v -p 80 -h /www'
        } | define "$1.ini"
}

# from NAME COMMAND…: in the network of a container.
from() {
        nsenter --target "$(machinectl show --value -p Leader "$1")" --net "${@:2}"
}

fetches() {
        wait_for 20 eval "[ \"\$(from $1 curl -s --noproxy '*' --max-time 5 '$2')\" = '$3' ]"
}

check() {
        local unit

        for unit in web long bridged mac boot; do
                ok "$unit starts" wait_for 30 state_is "container-$unit" active
        done
        cable
        ports
        long_names
        bridge
        further
        booted
        joins
        gone
}

cable() {
        ok 'NSP-14, NSP-16, NSN-15: the host reaches the container' answers http://10.9.0.2/ 'I am web'
        ok 'NSP-26: by IPv6 too' answers 'http://[fd00:9::2]/' 'I am web'
        busybox httpd -p 10.9.0.1:7777 -h /srv/www/long
        ok 'NSP-07, NSP-15, NSN-14: the container reaches the host' fetches web http://10.9.0.1:7777/ 'I am long'
        like 'its way to everything else' "$(from web ip route)" 'default via 10.9.0.1'
        like 'by IPv6 too' "$(from web ip -6 route)" 'default via fd00:9::1'
        like 'NSN-16: MAC address' "$(from web ip link show eth0)" 02:00:00:00:00:09
        is 'NSP-22: a name on the host' "$(getent hosts web.containers | tr -s ' ')" 'fd00:9::2 web.containers'
        is 'a secret for its root, who is not the host'"'"'s' "$(nsenter --target "$(machinectl show --value -p Leader web)" --user --mount cat /page)" 'a secret page'
        ok 'T-03, NSN-09: with a user namespace' test \
                "$(stat -Lc %i /proc/self/ns/user)" != "$(stat -Lc %i "/proc/$(machinectl show --value -p Leader web)/ns/user")"
}

ports() {
        ok 'T-31, NSN-17: a port answers on the loopback of the host' answers http://127.0.0.1:8080/ 'I am web'
        ok 'POD-14: not on its other addresses' eval '! get http://10.9.1.1:8080/'
        ok 'NSN-17: a port of all addresses' answers http://10.9.1.1:8081/ 'I am web'
        ok 'and on the loopback' answers http://127.0.0.1:8081/ 'I am web'
        ok 'NSN-17: of IPv6' answers 'http://[fd00:9::1]:8084/' 'I am web'
        from web perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 7, Proto => "udp") or die; $s->recv($m, 99), $s->send("re $m") while 1' &
        ok 'NSN-17: of UDP' wait_for 10 perl -MIO::Socket::INET -e '$SIG{ALRM} = sub { exit 1 }; alarm 1;
                $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:8085", Proto => "udp"); $s->send("x"); $s->recv($m, 99); exit($m ne "re x")'
        kill $!
        ok 'the container reaches itself by it' fetches web http://10.9.0.1:8081/ 'I am web'
        like 'the host forwards' "$(cat /proc/sys/net/ipv4/ip_forward)" 1
        # By a route the container could send packets for 127.0.0.1 to the host, which would take them now.
        busybox httpd -p 127.0.0.1:7778 -h /srv/www/long
        from web sh -c 'ip link set lo down; ip address del 127.0.0.1/8 dev lo 2>/dev/null; sysctl -qw net.ipv4.conf.all.route_localnet=1;
                ip route add 127.0.0.1 via 10.9.0.1 src 10.9.0.2; ip rule add pref 0 lookup main; ip rule del lookup local; ip rule add pref 1 lookup local'
        not_ok 'it does not reach the loopback of the host' from web curl -s --noproxy '*' --max-time 2 http://127.0.0.1:7778/
}

long_names() {
        local name

        name=$(ip -o link | grep -o 've-a-real-[a-z2-7]*')
        is 'T-05, NSP-24, NSN-41: a long name is shortened' "${#name}" 15
        ok 'NSN-41: and works' answers http://10.9.0.3/ 'I am long'
}

bridge() {
        like 'NSN-13: a port of the bridge' "$(ip link show vb-bridged)" 'master br-lan'
        ok 'NSN-13: reachable' answers http://10.9.1.2/ 'I am bridged'
        ok 'with a port on loopback' answers http://127.0.0.1:8083/ 'I am bridged'
        ok 'its way out is the bridge' fetches bridged http://10.9.0.1:7777/ 'I am long'
}

further() {
        ok 'NSN-12: a further cable' answers http://10.9.2.2/ 'I am mac'
        ok 'NSN-11: macvlan: the network of its parent' fetches bridged http://10.9.1.3/ 'I am mac'
        ok 'NSN-10: a moved device' answers http://10.9.3.2/ 'I am mac'
        not_ok 'which the host has no longer' ip link show phys0
        is 'Sysctl=' "$(from mac cat /proc/sys/net/ipv4/ip_forward)" 1
}

booted() {
        local first

        ok 'a system that boots is reachable' wait_for 20 ping -c 1 -W 1 10.9.0.5
        like 'its resolv.conf' "$(cat /var/lib/machines/boot/etc/resolv.conf)" 'search example.com'
        first=$(property container-boot MainPID)
        nsenter --target "$(machinectl show --value -p Leader boot)" --all systemctl --no-block reboot 2>/dev/null
        wait_for 40 eval "[ \$(property container-boot MainPID) != $first ] && state_is container-boot active"
        ok 'NSN-44: and after a reboot' wait_for 20 ping -c 1 -W 1 10.9.0.5
}

joins() {
        systemctl start container-guest
        ok 'NNS-04: a container joins a namespace' answers http://10.9.4.2/ 'I am guest'
        is 'NNS-16: the container is in the namespace' "$(stat -Lc %i "/proc/$(machinectl show --value -p Leader guest)/ns/net")" \
                "$(stat -Lc %i /run/netns/blue)"
        ok 'T-03: with a user namespace' test \
                "$(stat -Lc %i /proc/self/ns/user)" != "$(stat -Lc %i "/proc/$(machinectl show --value -p Leader guest)/ns/user")"
        systemctl stop netns-container@guest
        ok 'NNS-33: stopped by its other name' wait_for 20 state_is container-guest inactive
        systemctl start netns-container@guest
        ok 'NNS-33: and started' systemctl is-active container-guest
        systemctl restart container-guest
        ok 'a restart is one' systemctl is-active container-guest
        systemctl stop netns@blue
        ok 'NNS-16: it stops with it' wait_for 20 state_is container-guest inactive
}

gone() {
        kill -KILL "$(property container-long MainPID)"
        wait_for 20 eval '[ "$(property container-long NRestarts)" -gt 0 ] && state_is container-long active'
        ok 'NSP-13: one that was killed comes back' answers http://10.9.0.3/ 'I am long'
        systemctl stop container-web container-long container-bridged container-mac container-boot
        ok 'what was moved is back' ip link show phys0
        is 'NSP-13: no device is left' "$(ip -o link | grep -oE ' (v[eb]-[^:@]*|host1)')" ''
        is 'no namespace' "$(ls /run/netns | grep container)" ''
        is 'no rules' "$(nft list tables | grep bayplan-ports)" ''
        not_ok 'NSP-22: no name' getent hosts web.containers
        is 'and nothing has failed' "$(systemctl list-units --failed --no-legend --plain 'container-*')" ''
}
