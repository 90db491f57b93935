# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan-supervise --ready=healthy: active when healthy, failed when unhealthy or without a check, on docker and podman.

supervise=/usr/libexec/bayplan/bayplan-supervise

place() {
        local engine

        with_image localhost/bb
        with_docker localhost/bb
        for engine in docker podman; do
                unit good 'sleep 4; touch /ready; sleep 1000' "--health-cmd='test -e /ready' --health-interval=1s --health-retries=30"
                unit bad 'sleep 1000' "--health-cmd='echo not today; false' --health-interval=1s --health-retries=2"
                unit none 'sleep 1000' ''
                unit ends 'sleep 1; exit 3' "--health-cmd=false --health-interval=1s --health-retries=30"
                unit ends-well 'sleep 1' "--health-cmd=false --health-interval=1s --health-retries=30"
                unit never 'sleep 1000' "--health-cmd=false --health-interval=1s --health-retries=100"
        done
}

# unit NAME SCRIPT ARGUMENTS
unit() {
        put "/etc/systemd/system/$engine-$1.service" <<-E
	[Service]
	Type=notify
	KillMode=mixed
	Delegate=yes
	TimeoutStartSec=30
	ExecStartPre=-$engine rm --force --time=1 c-$1
	ExecStart=$supervise --engine=$engine --name=c-$1 --ready=healthy --stop-timeout=1 -- /usr/bin/$engine run --detach --name=c-$1 $3 localhost/bb sh -c '$2'
	ExecStopPost=-$engine rm --force c-$1
	E
        [ $engine = podman ] || sed -i 's/ --time=1//' "etc/systemd/system/$engine-$1.service"
}

check() {
        local engine

        for engine in docker podman; do
                health
        done
}

messages() {
        journalctl --unit "$engine-$1" --output cat SYSLOG_IDENTIFIER=bayplan-supervise
}

health() {
        local start=$SECONDS

        systemctl start --no-block $engine-good
        ok "$engine: the container runs" wait_for 5 runs c-good
        is "$engine: the unit waits" "$(state $engine-good)" activating
        ok "$engine: it becomes active" systemctl start $engine-good
        is "$engine: as the container is healthy" \
                "$($engine inspect --format '{{.State.Health.Status}}' c-good)" healthy
        ok "$engine: not before" [ $((SECONDS - start)) -ge 3 ]
        like "$engine: the status says so" "$(property $engine-good StatusText)" 'is healthy'
        is "$engine: the helper has no child" "$(pgrep --parent "$(property $engine-good MainPID)" --count)" 0
        systemctl stop $engine-good
        is "$engine: it stops" "$(property $engine-good Result)" success

        not_ok "$engine: unhealthy, not active" systemctl start $engine-bad
        is "$engine: the unit has failed" "$(property $engine-bad ExecMainStatus)" 1
        is "$engine: it says what the probe says" "$(messages bad)" "container 'c-bad' is unhealthy: not today"

        not_ok "$engine: no health check, not active" systemctl start $engine-none
        is "$engine: it says so" "$(messages none)" "container 'c-none' has no health check, so it never becomes healthy"

        not_ok "$engine: ended, not active" systemctl start $engine-ends
        is "$engine: with its status" "$(property $engine-ends ExecMainStatus)" 3
        like "$engine: it says so" "$(messages ends)" "container 'c-ends' has ended before it was healthy"
        not_ok "$engine: ended with 0, not active either" systemctl start $engine-ends-well
        is "$engine: the unit has failed" "$(property $engine-ends-well ExecMainStatus)" 1

        systemctl start --no-block $engine-never
        wait_for 5 runs c-never
        sleep 1
        systemctl stop $engine-never
        is "$engine: stopped while it waits, clean" "$(property $engine-never Result)" success
        is "$engine: no container is left" "$($engine ps --all --quiet)" ''
}

runs() {
        [ "$($engine inspect --format '{{.State.Running}}' "$1")" = true ]
}
