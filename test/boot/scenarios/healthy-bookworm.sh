# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Debian 12, systemd 252 and podman 4.3: a unit is active when its container is healthy, though that podman cannot
# tell systemd; what that version lacks is an error with the version that it needs.

SUITE=bookworm

place() {
        with_image localhost/bb
        define defaults.ini <<-'E'
	[Defaults]
	PodmanVersion=4.3
	AutoStart=no
	StopTimeout=1
	E
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8080:80
	Notify=healthy
	HealthCmd=test -e /tmp/ready
	HealthInterval=1s
	HealthRetries=60

	[Service]
	RestartSec=100ms
	E
        define after.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=web:healthy
	E
        define newer.ini <<-'E'
	[Container]
	Image=localhost/bb
	HealthMaxLogCount=3
	E
}

check() {
        systemctl start --no-block podman-after
        ok 'the container starts' wait_for 20 running web
        sleep 2
        is 'T-06: the unit is not active before it is healthy' "$(property podman-web ActiveState)" activating
        is 'demand 1: nor does the dependant start' "$(property podman-after ActiveState)" inactive
        podman exec web touch /tmp/ready
        ok 'T-06: then it is' wait_for 20 state_is podman-web active
        ok 'demand 1: and the dependant' wait_for 20 state_is podman-after active
        ok 'it answers' answers http://127.0.0.1:8080/ 'hello from busybox'
        is 'the main process is the supervisor' "$(cat "/proc/$(property podman-web MainPID)/comm")" bayplan-supervi
        podman kill web >/dev/null
        ok 'what is killed is started again' wait_for 20 eval '[ "$(property podman-web NRestarts)" -ge 1 ]'
        ok 'the container is there' wait_for 20 running web
        podman exec web touch /tmp/ready
        ok 'and healthy' wait_for 20 state_is podman-web active
        ok 'it stops' systemctl stop podman-web
        is 'with success' "$(property podman-web Result)" success
        not_ok 'and is removed' podman container exists web
        not_ok 'T-06: what podman 4.3 lacks does not start' systemctl start podman-newer
        like 'T-06: and says which version it needs' "$(systemctl status --no-pager podman-newer)" '5\.3'
}
