# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Containers that depend on each other start and stop in order, and not without each other.

ALSO=bookworm

place() {
        with_image localhost/bb
        define chain.ini <<-'E'
	[Container app]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	DependsOn=cache

	[Container cache]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	DependsOn=db

	[Container db]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	E
        # In another file, and in YAML.
        define front.yaml <<-'E'
	containers:
	  front:
	    image: localhost/bb
	    command: [sleep, inf]
	    depends_on: [app]
	    autoStart: false
	    stop_grace_period: 1s
	  orphan:
	    image: localhost/bb
	    command: [sleep, inf]
	    depends_on: [broken]
	    autoStart: false
	  broken:
	    image: localhost/bb
	    command: ["false"]
	    autoStart: false
	    pull: never
	    Service: {ExecStartPre: /bin/false, Restart: "no"}
	E
}

# when UNIT NAME: a monotonic time stamp in microseconds.
when() {
        property "podman-$1" "$2TimestampMonotonic"
}

# before NAME A B
before() {
        if [ "$2" -gt 0 ] && [ "$2" -le "$3" ]; then
                pass "$1"
        else
                fail "$1" "$2 is not before $3"
        fi
}

started_in_order() {
        before "OCI-19: db is up before cache starts, $1" "$(when db ActiveEnter)" "$(when cache InactiveExit)"
        before "OCI-19: cache is up before app starts, $1" "$(when cache ActiveEnter)" "$(when app InactiveExit)"
}

check() {
        local n

        ok 'all three run' running db cache app
        is 'OCI-38: app requires cache' "$(property podman-app Requires | tr ' ' '\n' | grep podman)" podman-cache.service
        like 'OCI-37: app is after cache' "$(property podman-app After)" podman-cache.service
        started_in_order 'at boot'

        ok 'OCI-19: stop of the first' systemctl stop podman-db
        for n in db cache app; do
                is "OCI-19: stops $n" "$(property "podman-$n" ActiveState | sed s/failed/inactive/)" inactive
        done
        before 'OCI-19: app is down before cache is asked' "$(when app InactiveEnter)" "$(when cache ActiveExit)"
        before 'OCI-19: cache is down before db is asked' "$(when cache InactiveEnter)" "$(when db ActiveExit)"

        ok 'OCI-19: start of the last' systemctl start podman-front
        ok 'OCI-19: starts all' running db cache app front
        started_in_order 'by dependency'
        before 'OCI-19: app is up before front starts' "$(when app ActiveEnter)" "$(when front InactiveExit)"

        not_ok 'OCI-38: what depends on something broken does not start' systemctl start podman-orphan
        is 'OCI-38: it has not tried' "$(property podman-orphan Result)" success
        not_ok 'OCI-38: and made no container' podman container exists orphan
}
