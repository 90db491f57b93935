# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# DependsOn= with conditions: a dependant starts when its dependency is healthy, or has completed, and not before.

ALSO=bookworm

place() {
        with_image localhost/bb
        mkdir -p srv
        define shop.yaml <<-'E'
	defaults: {auto_start: no, stop_timeout: 1}
	containers:
	  db:
	    image: localhost/bb
	    command: [sleep, inf]
	    health_cmd: [test, -e, /tmp/ready]
	    health_interval: 1s
	    health_retries: 60
	  migrate:
	    image: localhost/bb
	    command: [sh, -c, "echo migrating; sleep 1; echo done >/srv/migrated"]
	    volumes: ["/srv:/srv"]
	    depends_on: {db: {condition: service_healthy}}
	  app:
	    image: localhost/bb
	    command: [sh, -c, "cp /srv/migrated /srv/seen; exec sleep inf"]
	    volumes: ["/srv:/srv"]
	    depends_on: ["db:healthy", "migrate:completed"]
	  fails: {image: localhost/bb, command: ["false"]}
	  never: {image: localhost/bb, command: [sleep, inf], depends_on: ["fails:completed"]}
	  sick:
	    image: localhost/bb
	    command: [sleep, inf]
	    health_cmd: [test, -e, /nowhere]
	    health_interval: 1s
	    health_retries: 2
	    health_on_failure: kill
	    service: {Restart: no}
	  patient: {image: localhost/bb, command: [sleep, inf], depends_on: ["sick:healthy"]}
	E
}

entered() {
        property "$1" ActiveEnterTimestampMonotonic
}

check() {
        systemctl start --no-block podman-app
        ok 'the dependency starts' wait_for 20 running db
        sleep 2
        is 'demand 1: it is not started before it is healthy' "$(property podman-db ActiveState)" activating
        is 'demand 1: nor is what waits for it' "$(property podman-migrate ActiveState)" inactive
        podman exec db touch /tmp/ready
        ok 'demand 1: all start when it is' wait_for 30 running app
        ok 'demand 1: app' wait_for 10 state_is podman-app active
        is 'T-07: what completes is Type=oneshot' "$(property podman-migrate Type)" oneshot
        is 'T-07: and stays active' "$(property podman-migrate SubState)" exited
        ok 'the app saw that it had completed' wait_for 10 grep -q done /srv/seen
        at_most 'db was first' "$(entered podman-db)" "$(entered podman-migrate)"
        at_most 'then migrate' "$(entered podman-migrate)" "$(entered podman-app)"
        is 'T-14: its output is in the journal once' "$(journalctl -b -o cat -u podman-migrate | grep -cx migrating)" 1
        is 'it is removed' "$(podman ps --all --format '{{.Names}}' | grep -c migrate)" 0

        not_ok 'what waits for a failure does not start' systemctl start podman-never
        is 'the failure is failed' "$(property podman-fails ActiveState)" failed
        not_ok 'what waits for a sick one does not start' systemctl start podman-patient
        is 'the sick one is failed' "$(property podman-sick ActiveState)" failed
        is 'T-36: its start has time for its probes' "$(property podman-db TimeoutStartUSec)" '31min 31s'
}
