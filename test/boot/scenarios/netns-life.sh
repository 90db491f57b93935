# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The life of network namespaces: containers stop with theirs and come back with it, whatever it ended by; what a crash or a
# failure leaves; processes that stay; StopWhenUnneeded=; edits and mistakes.

ALSO=bookworm
TIMEOUT=300

place() {
        with_image localhost/bb
        define life.ini <<-'E'
	[Defaults]
	Pull=never
	StopTimeout=1
	AutoStart=no

	[Netns hub]
	Veth=up,address=10.9.0.2/24,peer-address=10.9.0.1/24

	[Netns blue]
	Veth=eth0,peer=hub,address=10.9.1.2/24,peer-address=10.9.1.1/24
	Gateway=10.9.1.1

	[Container web]
	Image=localhost/bb
	Netns=blue
	Exec=httpd -f -p 80 -h /srv

	[Container next]
	Image=localhost/bb
	Netns=blue
	Exec=sleep inf
	OnDependencyStop=stop

	[Netns brief]
	Veth=eth0,address=10.9.3.2,peer-address=10.9.3.1
	StopWhenUnneeded=yes
	KillProcesses=yes

	[Container brief]
	Image=localhost/bb
	Netns=brief
	Exec=httpd -f -p 80 -h /srv
	E
        define boot.ini <<-'E'
	[Netns early]

	[Container at-boot]
	Image=localhost/bb
	Pull=never
	Netns=early
	Exec=sleep inf
	AutoStart=yes
	E
}

check() {
        at_boot
        restart
        stop_and_start
        of_a_peer
        failure
        crash
        processes
        unneeded
        edit
}

at_boot() {
        ok 'at boot a container starts in its namespace' wait_for 20 state_is podman-at-boot active
        is '... which was there first' "$(podman exec at-boot readlink /proc/1/ns/net)" "net:[$(stat -L -c %i /run/netns/early)]"
        is 'no unit was left out of the boot for its order' "$(journalctl -b -o cat | grep -ci 'ordering cycle')" 0
}

# in_place CONTAINER NAMESPACE: it runs, in the namespace that has the name now.
in_place() {
        running "$1" && [ "$(podman exec "$1" readlink /proc/1/ns/net)" = "net:[$(stat -L -c %i "/run/netns/$2")]" ]
}

restart() {
        systemctl start podman-web podman-next
        ip -n blue link add old type bridge
        systemctl restart netns@blue
        not_ok 'NNS-16: a restart makes the namespace anew' ip -n blue link show old
        ok '... and its containers are in the new one' wait_for 20 in_place web blue
        ok '... all of them' wait_for 20 in_place next blue
        is 'it can be reached' "$(ip netns exec hub curl -s --retry 9 --retry-connrefused --max-time 5 http://10.9.1.2/)" 'hello from busybox'
}

stop_and_start() {
        systemctl stop netns@blue
        is 'NNS-16: a stop takes the containers along' "$(state podman-web) $(state podman-next)" 'inactive inactive'
        is '... and the cable' "$(ip -n hub -br link | grep -c blue)" 0
        systemctl start netns@blue
        ok 'with it they come back' wait_for 20 in_place web blue
        is '... unless they are not to' "$(state podman-next)" inactive
}

of_a_peer() {
        systemctl stop netns@hub
        is 'a namespace stops with the one that its cable leads to, and its containers' \
                "$(state netns@blue) $(state podman-web)" 'inactive inactive'
        systemctl start netns@hub
        ok '... and all come back' wait_for 30 in_place web blue
        ok '... with the cable' wait_for 20 ip netns exec hub ping -q -c 1 -W 1 10.9.1.2
}

failure() {
        systemctl stop netns@blue podman-web
        ip netns exec hub ip link add blue-eth0 type bridge
        not_ok 'a start fails when the name is taken' systemctl start podman-web
        like 'T-05: it is said on what' "$(systemctl status netns@blue)" \
                "cannot put the other end of veth 'eth0', 'blue-eth0', in network namespace 'hub': File exists"
        is '... and nothing is left of it' "$(ls /run/netns | xargs)" 'early hub'
        ip netns exec hub ip link delete blue-eth0
        systemctl start netns@blue
        ok 'once it can be, the container is back' wait_for 20 in_place web blue
}

# The name goes by force, with a process in it, and so does systemd's memory of having made it.
crash() {
        systemctl stop podman-web
        sleep_in blue
        umount /run/netns/blue
        ok 'after a crash the namespace is made anew' systemctl restart netns@blue
        is 'T-24: nothing of the old one is in its way' "$(ip -n hub -br link | grep -c blue)" 1
        ok '... and it works' ip netns exec blue ping -q -c 1 -W 5 10.9.1.1
        kill "$sleeper"
}

# sleep_in NAMESPACE: a process that is in it, $sleeper.
sleep_in() {
        ip netns exec "$1" sleep 1000 &
        sleeper=$!
        wait_for 10 eval "[ \"\$(readlink /proc/$sleeper/ns/net)\" = 'net:[$(stat -L -c %i "/run/netns/$1")]' ]"
}

processes() {
        systemctl stop 'netns@b*'
        systemctl start netns@blue
        sleep_in blue
        systemctl stop netns@blue
        like 'T-24: who stays in a namespace is named' "$(journalctl -u netns@blue -o cat -n 20)" \
                "network namespace 'blue' stops with processes in it, which stay without a device: $sleeper \\((sleep|ip)\\)"
        ok '... and stays' kill -0 "$sleeper"
        not_ok '... where nothing can be reached' nsenter -t "$sleeper" -n ping -q -c 1 -W 1 10.9.1.1
        ok 'it is not in the way of the next one' systemctl start netns@blue
        kill "$sleeper"
}

unneeded() {
        systemctl start podman-brief
        is 'StopWhenUnneeded=: it is there with its container' "$(state netns@brief)" active
        is '... which the host reaches' "$(curl -s --retry 9 --retry-connrefused --max-time 5 http://10.9.3.2/)" 'hello from busybox'
        sleep_in brief
        systemctl stop podman-brief
        ok '... and goes with it' wait_for 10 state_is netns@brief inactive
        ok 'KillProcesses=: and so do processes in it' wait_for 10 eval "! kill -0 $sleeper"
        is '... and what it had on the host' "$(ip -br link | grep -c brief)" 0
}

edit() {
        systemctl start podman-web
        sed -i 's/10\.9\.1\.2/10.9.1.7/' /etc/containers.d/life.ini
        systemctl daemon-reload
        ok 'an edit does nothing to what runs' in_place web blue
        systemctl restart netns@blue
        like '... until a restart' "$(ip -n blue -br addr show eth0)" '10.9.1.7/24'
        sed -i 's/peer=hub/peer=hubb/' /etc/containers.d/life.ini
        systemctl daemon-reload
        not_ok 'NNS-05: a mistake in it' systemctl restart netns@blue
        like '... is told by its unit' "$(systemctl status netns@blue)" "no network namespace named 'hubb' is defined"
        is '... which has stopped what ran' "$(ls /run/netns | grep -c blue)" 0
        is '... and the container with it' "$(state podman-web)" inactive
        sed -i 's/peer=hubb/peer=hub/' /etc/containers.d/life.ini
        systemctl daemon-reload
        systemctl start netns@blue
        ok 'put right, all is back' wait_for 30 in_place web blue
}
