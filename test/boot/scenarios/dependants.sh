# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Dependants stop and start with their dependency by choice, always come back, and stay stopped when a person stopped them.

TIMEOUT=300

ALSO=bookworm

place() {
        with_image localhost/bb
        with_flaky
        define shop.ini <<-'E'
	[Defaults]
	Pull=never
	StopTimeout=1

	[Container db]
	Image=localhost/bb
	Exec=sleep inf

	[Unit db]
	StartLimitIntervalSec=0

	[Service db]
	ExecStartPre=/usr/local/bin/flaky
	RestartSec=500ms

	[Container app]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=db

	[Container front]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=app

	[Container held]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=db

	[Container once]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=db
	OnDependencyStop=stop

	[Container loose]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=db
	OnDependencyStop=ignore

	[Container breaks]
	Image=localhost/bb
	Exec=false
	DependsOn=db
	AutoStart=no

	[Service breaks]
	Restart=no
	E
}

run_id() {
        property "podman-$1" InvocationID
}

# remember: the runs of all, to tell restarts by.
remember() {
        local name

        declare -gA runs
        for name in db app front once loose; do
                runs[$name]=$(run_id "$name")
        done
}

started_anew() {
        [ "$(run_id "$1")" != "${runs[$1]}" ] && running "$1"
}

# come_back WHY NAME…: each runs again within 40 s, and it is a new run.
come_back() {
        local why=$1 name

        shift
        for name; do
                ok "$why: $name runs again" wait_for 40 started_anew "$name"
        done
}

# untouched WHY NAME…
untouched() {
        local why=$1 name

        shift
        for name; do
                is "$why: $name was not touched" "$(run_id "$name")" "${runs[$name]}"
        done
}

# down WHY NAME…
down() {
        local why=$1 name

        shift
        for name; do
                is "$why: $name is stopped" "$(state "podman-$name")" inactive
        done
}

waiting() {
        systemctl list-units --plain --no-legend --state=active,activating 'bayplan-recover@*' | awk '{print $1}' | xargs
}

no_one_waits() {
        [ -z "$(waiting)" ]
}

# all_up: whatever happened before.
all_up() {
        systemctl start podman-{db,app,front,once,loose}
        wait_for 20 no_one_waits
        remember
}

check() {
        local why

        ok 'all run' running db app front held once loose
        is 'OCI-38: by default it is required' "$(property podman-app Requires | tr ' ' '\n' | grep podman)" podman-db.service
        is 'with ignore it is wanted' "$(property podman-loose Wants | tr ' ' '\n' | grep podman)" podman-db.service
        ok 'a person stops one' systemctl stop podman-held
        remember

        why='T-20, restart'
        ok "$why" systemctl restart podman-db
        come_back "$why" db app front once
        untouched "$why" loose
        down "$why" held

        why='T-20, demand 2, crash'
        remember
        podman kill --signal KILL db >/dev/null
        come_back "$why" db app front once
        untouched "$why" loose
        down "$why" held

        why='T-20, restart that fails twice'
        remember
        echo 2 >/run/flaky
        not_ok "$why" systemctl restart podman-db
        come_back "$why" db app front
        untouched "$why" loose
        down "$why" held once

        why='T-20, crash and two starts that fail'
        all_up
        echo 2 >/run/flaky
        podman kill --signal KILL db >/dev/null
        come_back "$why" db app front
        untouched "$why" loose
        down "$why" held once

        why='T-19, stop and start'
        all_up
        ok "$why" systemctl stop podman-db
        down "$why" db app front once held
        untouched "$why" loose
        is "$why: who waits can be seen" "$(waiting)" 'bayplan-recover@podman-app.service bayplan-recover@podman-front.service'
        like "$why: and for what" "$(property bayplan-recover@podman-app StatusText)" 'when podman-db.service is active'
        sleep 3
        down "$why: nothing starts it by itself" db app
        ok "$why" systemctl start podman-db
        come_back "$why" app front
        down "$why" once held
        untouched "$why" loose
        ok "$why: no one waits any more" wait_for 10 no_one_waits

        why='a person stops what waits'
        all_up
        systemctl stop podman-db
        systemctl stop podman-app
        ok "$why: front waits on" eval "[ '$(waiting)' = bayplan-recover@podman-front.service ]"
        systemctl start podman-db
        sleep 3
        down "$why" app front
        systemctl start podman-app
        come_back "$why, and starts it" front

        why='a person stops one, then the other'
        all_up
        systemctl stop podman-app
        systemctl stop podman-db
        systemctl start podman-db
        sleep 3
        down "$why" app front

        why='a person stops both at once'
        all_up
        systemctl stop podman-app podman-db
        systemctl start podman-db
        sleep 3
        down "$why" app front

        why='T-20, a start by hand that fails below'
        systemctl stop podman-front podman-app podman-db
        remember
        echo 2 >/run/flaky
        not_ok "$why" systemctl start podman-front
        come_back "$why" db app front

        why='what failed by itself'
        all_up
        systemctl start podman-breaks
        wait_for 10 state_is podman-breaks failed
        systemctl restart podman-db
        come_back "$why: others" app
        is "$why stays as it is" "$(state podman-breaks)" failed

        ok 'at the end no one waits' wait_for 10 no_one_waits
        is 'and no unit of ours has failed' "$(systemctl list-units --failed --plain --no-legend 'bayplan-*' | wc -l)" 0
}
