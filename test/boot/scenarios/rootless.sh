# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# [Service] User= in a definition of the system: the container is that user's, ready by
# conmon or by its health. The generator knows a user as soon as /etc/passwd does.

place() {
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8080:80
	StopTimeout=1
	AutoStart=no
	[Service]
	User=alice
	E
        define well.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	AutoStart=no
	Notify=healthy
	HealthCmd=test -e /tmp/well
	HealthInterval=1s
	HealthRetries=60
	[Service]
	User=1500
	E
}

check() {
        useradd -m -u 1500 alice
        loginctl enable-linger alice
        systemctl daemon-reload
        ok 'the user lingers' wait_for 20 systemctl is-active user@1500
        as_user alice podman import --quiet --change ENV=PATH=/bin /usr/share/bb.tar localhost/bb >/dev/null

        is 'OCN-09: it needs the user'\''s manager' "$(property podman-web Requires | tr ' ' '\n' | grep user@)" user@1500.service
        ok 'OCN-06: it starts' systemctl start podman-web
        ok 'OCN-06: it answers' answers http://127.0.0.1:8080/ 'hello from busybox'
        is 'OCN-06: the container is the user'\''s' "$(as_user alice podman ps --format '{{.Names}}')" web
        is 'OCN-06: and not root'\''s' "$(podman ps --format '{{.Names}}')" ''
        is 'OCN-06: the main process is his conmon' "$(ps -o user= -o comm= "$(property podman-web MainPID)" | xargs)" 'alice conmon'
        is 'OCN-11: the file of its id is his' "$(stat -c %U /run/bayplan/podman-web/cid)" alice
        like 'OCN-12: its processes are in the slice of the user' \
                "$(cat "/proc/$(as_user alice podman container inspect --format '{{.State.Pid}}' web)/cgroup")" user@1500\.service
        like 'and conmon is in the unit' "$(cat "/proc/$(property podman-web MainPID)/cgroup")" podman-web\.service
        is 'so that he can enter it' "$(as_user alice podman exec web echo in)" in
        ok 'it stops' systemctl stop podman-web
        is 'with success' "$(property podman-web Result)" success
        is 'and is removed' "$(as_user alice podman ps --all --format '{{.Names}}')" ''

        systemctl start --no-block podman-well
        ok 'OCN-04: one that is to be healthy starts' wait_for 20 eval 'as_user alice podman ps --format "{{.Names}}" | grep -qx well'
        is 'OCN-04: and is not active before it is' "$(property podman-well ActiveState)" activating
        as_user alice podman exec well touch /tmp/well
        ok 'OCN-04: then it is' wait_for 20 state_is podman-well active
}
