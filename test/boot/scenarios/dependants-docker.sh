# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Containers of docker come back when the daemon does, and with what they depend on, be it on docker or on podman.

TIMEOUT=240

place() {
        with_image localhost/bb
        with_docker localhost/bb
        define shop.ini <<-'E'
	[Defaults]
	Backend=docker
	Pull=never
	StopTimeout=1

	[Container db]
	Image=localhost/bb
	Exec=sleep inf

	[Container app]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=db cache

	[Container cache]
	Backend=podman
	Image=localhost/bb
	Exec=sleep inf

	[Container held]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=db

	[Container vpn]
	Image=localhost/bb
	Exec=sleep inf
	PublishPort=8080:80

	[Container guest]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	Network=container:vpn
	E
}

up() {
        docker inspect --format '{{.State.Running}}' "$1" | grep -qx true
}

# back WHY NAME…
back() {
        local why=$1 name

        shift
        for name; do
                ok "$why: $name" wait_for 40 up "$name"
        done
        is "$why: what a person stopped" "$(state docker-held)" inactive
}

check() {
        back_at_start() { wait_for 60 up app && wait_for 60 up guest; }
        ok 'all run' back_at_start
        systemctl stop docker-held

        ok 'restart of the dependency' systemctl restart docker-db
        back 'T-20, restart' db app
        docker kill db >/dev/null
        sleep 1
        back 'T-20, crash' db app
        systemctl stop podman-cache
        is 'T-19: stop of one on podman' "$(state docker-app)" inactive
        systemctl start podman-cache
        back 'T-19, start of one on podman' app

        docker kill vpn >/dev/null
        sleep 1
        back 'demand 3, crash of the owner' vpn guest
        ok 'demand 3: it answers' answers http://127.0.0.1:8080/ 'hello from busybox'

        # What the upgrade of a package does.
        systemctl stop docker.socket docker.service
        is 'T-12: without the daemon they stop' "$(state docker-db)" inactive
        systemctl start docker.socket docker.service
        back 'T-20: with the daemon they come back' db app vpn guest
}
