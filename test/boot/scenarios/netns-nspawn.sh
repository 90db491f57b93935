# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Containers of systemd-nspawn in a network namespace, with user namespaces and without, beside one of podman: its network,
# its name servers, its life, and the second name of their units.

ALSO=bookworm
TIMEOUT=240

place() {
        with_image localhost/bb
        with_bare_tree /srv/plain
        with_bare_tree /srv/users
        put /srv/www/index.html <<<'I am nspawn'
        define blue.ini <<-'E'
	[Netns blue]
	Veth=eth0,address=10.9.0.2/24,peer-address=10.9.0.1/24
	DNS=10.9.0.1
	Sysctl=net.ipv4.ip_unprivileged_port_start=0

	[Container plain]
	Backend=nspawn
	Root=/srv/plain
	Netns=blue
	AutoStart=no
	Volume=/usr:/usr:ro /srv/www:/www:ro
	Exec=/usr/bin/busybox httpd -f -p 80 -h /www

	[Container users]
	Backend=nspawn
	Root=/srv/users
	Netns=blue
	AutoStart=no
	PrivateUsers=pick
	Volume=/usr:/usr:ro /srv/www:/www:ro
	Exec=/usr/bin/busybox httpd -f -p 81 -h /www

	[Container beside]
	Image=localhost/bb
	Pull=never
	StopTimeout=1
	Netns=blue
	AutoStart=no
	Exec=sleep inf
	E
}

leader() {
        machinectl show --value -p Leader "$1"
}

inside() {
        [ "$(stat -Lc %i "/proc/$(leader "$1")/ns/net")" = "$(stat -Lc %i /run/netns/blue)" ]
}

# resolv_conf MACHINE: as its first process sees it.
resolv_conf() {
        nsenter --target "$(leader "$1")" --mount cat /etc/resolv.conf
}

check() {
        local name

        ok 'NNS-16: containers of two engines join one namespace' systemctl start container-plain container-users podman-beside
        for name in plain users; do
                ok "NNS-29 T-03: $name is in the namespace" wait_for 20 inside "$name"
                like "T-04: $name has its name servers" "$(resolv_conf $name)" 'nameserver 10.9.0.1'
        done
        ok 'T-03: one has users of its own' \
                test "$(stat -Lc %i "/proc/$(leader users)/ns/user")" != "$(stat -Lc %i /proc/self/ns/user)"
        is 'NNS-19: what they need is here' "$(property container-plain ConditionResult)" yes
        is 'NNS-20: ready when nspawn says so' "$(property container-plain Type)" notify
        is 'NNS-22: its devices are listed' "$(property container-plain DevicePolicy)" closed
        ok 'they are reached from the host' answers http://10.9.0.2/ 'I am nspawn'
        ok '... both of them' answers http://10.9.0.2:81/ 'I am nspawn'
        is '... and by the one of podman beside them' "$(podman exec beside wget -q -O - http://127.0.0.1/)" 'I am nspawn'
        systemctl restart netns@blue
        for name in plain users; do
                ok "NNS-16: $name is in the new one after a restart" wait_for 30 inside "$name"
        done
        ok '... and so is that of podman' wait_for 30 eval 'state_is podman-beside active && running beside'
        systemctl stop netns@blue
        is 'NNS-16: they stop with it' "$(state container-plain) $(state container-users) $(state podman-beside)" \
                'inactive inactive inactive'
        systemctl start netns@blue
        ok '... and come back with it' wait_for 30 inside plain
        ok '... all of them' wait_for 30 inside users
        second_name
        systemctl stop netns@blue
        is 'nothing is left' "$(ip -br link | grep -c blue)$(ls /run/netns /run/bayplan-netns | grep -v :)" 0
}

second_name() {
        systemctl stop container-plain
        ok 'NNS-33: netns-container@NAME starts the container' systemctl start netns-container@plain
        ok '... which runs' wait_for 20 inside plain
        is '... as the unit of that name' "$(state container-plain)" active
        systemctl stop netns-container@plain
        ok '... and stops it' wait_for 20 state_is container-plain inactive
        systemctl start netns-container@plain
        systemctl stop container-plain
        ok '... and is gone with it' wait_for 20 state_is netns-container@plain inactive
}
