# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A port on an address that the machine does not have at boot: its unit waits, and starts when the address is there.

ALSO=bookworm

place() {
        with_image localhost/bb
        with_docker localhost/bb
        put /etc/systemd/system/dhcp.service <<-'E'
	[Service]
	ExecStart=sh -c 'sleep 4; exec ip address add 10.99.0.1/32 dev lo'
	E
        ln -s ../dhcp.service etc/systemd/system/multi-user.target.wants/
        define a.ini <<-'E'
	[Defaults]
	Pull=never
	StopTimeout=1

	[Container late]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=10.99.0.1:8001:80 127.0.0.1:8001:80

	[Container late-docker]
	Backend=docker
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=10.99.0.1:8002:80

	[Pod shop]

	[Container shop-web]
	Pod=shop
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=10.99.0.1:8003:80

	[Container never]
	AutoStart=no
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=10.99.0.2:8004:80

	[Service never]
	Restart=always
	TimeoutStartSec=2

	[Container anywhere]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=0.0.0.0:8005:80
	E
}

units=(podman-late docker-late-docker podman-pod-shop)

waiting() {
        journalctl --sync
        journalctl -u "$1" | grep -F "no address $2 yet: waiting for it, 60 s at most"
}

restarted() {
        [ "$(property "$1" NRestarts)" -ge "$2" ]
}

check() {
        local hello='hello from busybox' unit

        for unit in "${units[@]}"; do
                ok "demand 10: $unit has said what it waits for" wait_for 20 waiting "$unit" 10.99.0.1
                ok "demand 10: $unit has started with the address" wait_for 60 state_is "$unit" active
                is "$unit was not started twice" "$(property "$unit" NRestarts)" 0
        done
        ok 'late answers' answers http://10.99.0.1:8001/ "$hello"
        ok 'late-docker answers' answers http://10.99.0.1:8002/ "$hello"
        ok 'shop answers' wait_for 30 answers http://10.99.0.1:8003/ "$hello"
        ok 'a port on all addresses' answers http://127.0.0.1:8005/ "$hello"
        unlike 'waits for none' "$(systemctl cat podman-anywhere)" bayplan-address

        # A time-out is no end: Restart= tries again, and systemd does not give up.
        systemctl start --no-block podman-never
        ok 'demand 10: an address that does not come' wait_for 20 waiting podman-never 10.99.0.2
        like 'demand 10: is in the status of the unit' "$(systemctl status podman-never)" 'Waiting for address 10\.99\.0\.2'
        ok 'demand 10: and the unit starts again and again' wait_for 60 restarted podman-never 2
        ip address add 10.99.0.2/32 dev lo
        ok 'demand 10: until it is there after all' wait_for 60 answers http://10.99.0.2:8004/ "$hello"
}
