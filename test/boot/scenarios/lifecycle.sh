# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# systemctl start, stop, restart, kill and reload do to a container what they do to any service.

ALSO=bookworm

place() {
        with_image localhost/bb
        # Ends by itself on SIGTERM, with success.
        put_program /srv/serve <<-'E'
	#!/bin/sh
	trap 'exit 0' TERM
	httpd -f -p 80 -h /srv & wait
	E
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Volume=/srv/serve:/serve:ro
	Exec=/serve
	PublishPort=8080:80

	[Unit]
	StartLimitIntervalSec=0

	[Service]
	RestartSec=100ms
	E
        define once.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=true
	AutoStart=no
	E
        define failing.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sh -c 'exit 7'
	AutoStart=no

	[Service]
	Restart=no
	E
        define absent.ini <<-'E'
	[Container]
	Image=localhost/nowhere
	Pull=never
	AutoStart=no

	[Service]
	Restart=no
	E
}

container_id() {
        podman container inspect --format '{{.Id}}' web
}

check() {
        local id before

        is 'OCI-48: Type= is notify' "$(property podman-web Type)" notify
        is 'OCI-53: TimeoutStopSec= is two minutes' "$(property podman-web TimeoutStopUSec)" 2min
        is 'OCI-54: Restart= is always' "$(property podman-web Restart)" always
        is 'OCN-19: Restart= is on-failure without AutoStart=' "$(property podman-once Restart)" on-failure
        is 'OCI-56: the main process is conmon' "$(cat "/proc/$(property podman-web MainPID)/comm")" conmon
        like 'OCI-49: the container knows its unit' \
                "$(podman container inspect --format '{{index .Config.Labels "PODMAN_SYSTEMD_UNIT"}}' web)" \
                '^podman-web\.service$'
        ok 'it answers' answers http://127.0.0.1:8080/ 'hello from busybox'
        like 'OCN-12: its processes are in the cgroup of the unit' \
                "$(cat "/proc/$(podman container inspect --format '{{.State.Pid}}' web)/cgroup")" podman-web\.service

        ok 'systemctl stop' systemctl stop podman-web
        is 'the unit is inactive then' "$(state podman-web)" inactive
        is 'OCI-50: with success' "$(property podman-web Result)" success
        not_ok 'OCI-47: the container is removed' podman container exists web
        not_ok 'nothing answers' get http://127.0.0.1:8080/
        is 'OCI-51: no file of it is left' "$(find /run/bayplan -type f 2>/dev/null)" ''

        ok 'systemctl start' systemctl start podman-web
        ok 'it answers again' answers http://127.0.0.1:8080/ 'hello from busybox'
        id=$(container_id)
        ok 'systemctl restart' systemctl restart podman-web
        ok 'it answers again' answers http://127.0.0.1:8080/ 'hello from busybox'
        unlike 'from a new container' "$(container_id)" "$id"

        id=$(container_id)
        podman kill web >/dev/null
        ok 'OCI-54: what is killed is started again' wait_for 20 eval \
                '[ "$(container_id)" != "" ] && [ "$(container_id)" != '"$id"' ] && running web'
        ok 'and answers' answers http://127.0.0.1:8080/ 'hello from busybox'
        is 'NRestarts= counts it' "$(property podman-web NRestarts)" 1

        id=$(container_id)
        systemctl kill --kill-whom=main --signal=KILL podman-web
        ok 'OCI-46: it is started again after a death of conmon, too' wait_for 20 eval \
                '[ "$(container_id)" != "" ] && [ "$(container_id)" != '"$id"' ] && running web'
        ok 'and answers' answers http://127.0.0.1:8080/ 'hello from busybox'

        systemctl stop podman-web
        podman create --name web localhost/bb true >/dev/null
        ok 'OCI-42: a container of that name in the way is replaced' systemctl start podman-web
        ok 'and answers' answers http://127.0.0.1:8080/ 'hello from busybox'

        is 'OCI-55: systemctl reload is refused' "$(systemctl reload podman-web 2>&1 | grep -c 'not applicable')" 1
        ok 'and harms nothing' running web

        systemctl start podman-once
        ok 'OCN-19: a command that ends leaves its unit inactive' wait_for 10 state_is podman-once inactive
        is 'with success' "$(property podman-once Result)" success
        systemctl start podman-failing
        ok 'a command that fails leaves its unit failed' wait_for 10 state_is podman-failing failed
        is 'with its exit status' "$(property podman-failing ExecMainStatus)" 7
        not_ok 'OCI-24: Pull=never without the image fails' systemctl start podman-absent
        like 'and the journal says why' "$(journalctl -b -u podman-absent -o cat)" 'localhost/nowhere'

        before=$(sha256sum /run/systemd/generator/*.service)
        systemctl daemon-reload
        is 'OCI-57: a reload gives the same bytes' "$(sha256sum /run/systemd/generator/*.service)" "$before"
        ok 'and leaves what runs alone' running web
}
