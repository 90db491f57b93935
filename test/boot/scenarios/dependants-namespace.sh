# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A container in the network of another one comes back with it, whatever that one ended by, and can be reached again.

TIMEOUT=240

place() {
        with_image localhost/bb
        with_flaky
        define vpn.ini <<-'E'
	[Defaults]
	Pull=never
	StopTimeout=1

	[Container vpn]
	Image=localhost/bb
	Exec=sleep inf
	ContainerName=tunnel
	PublishPort=8080:80
	PublishPort=8081:81

	[Unit vpn]
	StartLimitIntervalSec=0

	[Service vpn]
	ExecStartPre=/usr/local/bin/flaky
	RestartSec=500ms

	[Container web]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	Network=container:vpn

	[Container held]
	Image=localhost/bb
	Exec=httpd -f -p 81 -h /srv
	Network=container:tunnel
	E
}

run_id() {
        property podman-web InvocationID
}

remember() {
        before=$(run_id)
}

started_anew() {
        [ "$(run_id)" != "$before" ] && running web
}

# back WHY: a new run of the guest answers through its owner's port, and the other one does not run.
back() {
        ok "$1: the guest runs again" wait_for 40 started_anew
        ok "$1: and answers" answers http://127.0.0.1:8080/ 'hello from busybox'
        is "$1: what a person stopped stays stopped" "$(state podman-held)" inactive
}

check() {
        local why before

        is 'demand 3: the guest is bound to its owner' "$(property podman-web BindsTo)" podman-vpn.service
        is 'demand 3: also by the name in the engine' "$(property podman-held BindsTo)" podman-vpn.service
        ok 'it answers through its port' answers http://127.0.0.1:8080/ 'hello from busybox'
        ok 'the other one too' answers http://127.0.0.1:8081/ 'hello from busybox'
        systemctl stop podman-held

        why='demand 3, restart of the owner'
        remember
        ok "$why" systemctl restart podman-vpn
        back "$why"

        why='demand 3, T-20, crash of the owner'
        remember
        podman kill --signal KILL tunnel >/dev/null
        back "$why"

        why='demand 3, T-20, crash, then two starts that fail'
        remember
        echo 2 >/run/flaky
        podman kill --signal KILL tunnel >/dev/null
        back "$why"

        why='demand 3, T-19, stop and start of the owner'
        remember
        ok "$why" systemctl stop podman-vpn
        is "$why: the guest is stopped" "$(state podman-web)" inactive
        not_ok "$why: and gone" podman container exists web
        ok "$why" systemctl start podman-vpn
        back "$why"

        why='a guest that a person stops'
        systemctl stop podman-web
        podman kill --signal KILL tunnel >/dev/null
        wait_for 20 running tunnel
        sleep 2
        is "$why stays stopped" "$(state podman-web)" inactive
        is "$why: nobody waits" "$(systemctl list-units --plain --no-legend --state=active 'bayplan-recover@*')" ''
}
