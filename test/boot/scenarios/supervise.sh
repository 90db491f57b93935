# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan-supervise as the main process of units: readiness, exit status, signals, clean stops and logs, on docker and podman.

supervise=/usr/libexec/bayplan/bayplan-supervise

ALSO=bookworm

place() {
        local engine

        with_image localhost/bb
        with_docker localhost/bb
        put_program /usr/local/bin/slow-start <<-'E'
	#!/bin/sh
	sleep 2
	exec docker run --detach --name=c-slow localhost/bb sleep 100
	E
        for engine in docker podman; do
                unit usual 'trap "echo got-term; exit 143" TERM; trap "echo got-hup" HUP; trap "echo got-usr1" USR1; trap "echo got-int" INT; trap "exit 9" USR2; echo one-line; while :; do sleep 0.1; done'
                unit stubborn 'trap "" TERM; while :; do sleep 0.1; done' --stop-timeout=1
                unit graceful 'trap "exit 0" TERM; while :; do sleep 0.1; done'
                unit sore 'trap "exit 5" TERM; while :; do sleep 0.1; done'
                unit zero 'exit 0'
                unit seven 'sleep 1; exit 7'
                unit brief 'exit 7'
        done
}

# unit NAME SCRIPT [OPTION…]: ENGINE-NAME.service, whose container runs the script.
unit() {
        local name=$1 script=$2

        shift 2
        put "/etc/systemd/system/$engine-$name.service" <<-E
	[Unit]
	After=docker.service
	[Service]
	Type=notify
	Delegate=yes
	KillMode=mixed
	ExecStartPre=-$engine rm --force c-$name
	ExecStart=$supervise --engine=$engine --name=c-$name $* -- /usr/bin/$engine run --detach --name=c-$name --log-driver=journald localhost/bb sh -c '$script'
	ExecStopPost=-$engine rm --force c-$name
	E
}

check() {
        local engine

        for engine in docker podman; do
                starts
                forwards
                stops
                ends
                by_hand
                command_fails
        done
        stopped_while_starting
}

messages() {
        journalctl --unit "$engine-$1" --output cat SYSLOG_IDENTIFIER=bayplan-supervise
}

starts() {
        local since

        since=@$(date +%s.%N)
        ok "$engine: starts" systemctl start $engine-usual
        is "$engine: the container runs" "$($engine inspect --format '{{.State.Running}}' c-usual)" true
        is "$engine: the helper is the main process" \
                "$(cat "/proc/$(property $engine-usual MainPID)/comm")" bayplan-supervi
        like "$engine: the status says which" "$(property $engine-usual StatusText)" 'Container [0-9a-f]{12} is started'
        wait_for 5 logged one-line
        # T-14: the container's log is the journal's, and the unit's own output has nothing of it.
        is "$engine: a line is logged once" "$(journalctl --output cat --since="$since" | grep -cx one-line)" 1
        is "$engine: not by the helper" "$(messages usual)" ''
        # No client of the engine stays for it.
        is "$engine: the helper has no child" "$(pgrep --parent "$(property $engine-usual MainPID)" --count)" 0
}

logged() {
        journalctl --output cat CONTAINER_NAME=c-usual | grep -q "$1"
}

forwards() {
        local signal

        for signal in hup usr1 int; do
                systemctl kill --kill-whom=main --signal=SIG${signal^^} $engine-usual
                ok "$engine: SIG${signal^^} reaches the container" wait_for 5 logged "got-$signal"
        done
        # Two at once; the second one ends it.
        kill -HUP "$(property $engine-usual MainPID)"
        kill -USR2 "$(property $engine-usual MainPID)"
        ok "$engine: a signal ends it" wait_for 10 state_is $engine-usual failed
        is "$engine: with its status" "$(property $engine-usual ExecMainStatus)" 9
        like "$engine: it says so" "$(messages usual)" "container 'c-usual' has ended with exit status 9"
}

# T-13
stops() {
        local start=$SECONDS

        systemctl start $engine-usual
        systemctl stop $engine-usual
        is "$engine: a stop is clean" "$(property $engine-usual Result)" success
        is "$engine: with status 0" "$(property $engine-usual ExecMainStatus)" 0
        is "$engine: the container is gone" "$($engine ps --all --quiet)" ''
        ok "$engine: SIGTERM has reached the container" logged got-term
        systemctl start $engine-stubborn
        start=$SECONDS
        systemctl stop $engine-stubborn
        is "$engine: a container that must be killed is clean too" "$(property $engine-stubborn Result)" success
        at_most "$engine: after --stop-timeout" $((SECONDS - start)) 5
        systemctl start $engine-graceful
        systemctl stop $engine-graceful
        is "$engine: and one that ends with 0" "$(property $engine-graceful Result)" success
        systemctl start $engine-sore
        systemctl stop $engine-sore
        is "$engine: but not one that fails" "$(property $engine-sore Result)" exit-code
        is "$engine: with its status" "$(property $engine-sore ExecMainStatus)" 5
}

ends() {
        systemctl start $engine-zero
        ok "$engine: a container that ends ends the unit" wait_for 5 state_is $engine-zero inactive
        is "$engine: with its status" "$(property $engine-zero ExecMainStatus)" 0
        systemctl start $engine-seven
        is "$engine: it was active" "$(state $engine-seven)" active
        ok "$engine: one that fails fails the unit" wait_for 10 state_is $engine-seven failed
        is "$engine: with its status" "$(property $engine-seven ExecMainStatus)" 7
        is "$engine: it says so" "$(messages seven)" "container 'c-seven' has ended with exit status 7"
        systemctl start $engine-brief
        ok "$engine: however soon" wait_for 5 state_is $engine-brief failed
        is "$engine: with its status" "$(property $engine-brief ExecMainStatus)" 7
}

# What a person does to the container.
by_hand() {
        systemctl start $engine-usual
        $engine kill --signal KILL c-usual >/dev/null
        ok "$engine: a container that was killed fails the unit" wait_for 10 state_is $engine-usual failed
        is "$engine: with its status" "$(property $engine-usual ExecMainStatus)" 137
        systemctl start $engine-usual
        $engine rm --force c-usual >/dev/null
        ok "$engine: so does one that was removed" wait_for 20 state_is $engine-usual failed
}

# run STATUS TEXT NAME [WORD…]: the helper ends like that.
run() {
        local status=$1 text=$2 name=$3

        shift 3
        $supervise "$@" >/run/said.log 2>&1 </dev/null
        is "$engine: $name" $? "$status"
        like "$engine: it says so" "$(cat /run/said.log)" "$text"
}

command_fails() {
        run 125 'nosuch' 'no such image' --engine=$engine -- /usr/bin/$engine run --detach --pull=never nosuch
        run 127 'nosuch' 'no such program in it' --engine=$engine -- /usr/bin/$engine run --rm --detach localhost/bb nosuch
        run 127 "cannot execute '/nothing': No such file" 'no such command' -- /nothing
        run 126 "cannot execute '/etc/passwd': Permission denied" 'not executable' -- /etc/passwd
        run 125 "'/usr/bin/$engine' has printed no container ID" 'not detached' \
                --engine=$engine -- /usr/bin/$engine run --rm localhost/bb true
        run 125 "option '--nothing'|unknown option" 'wrong option' --nothing
        run 125 'wrong number of arguments' 'no command'
}

# The container has no unit to be stopped by, were it forgotten here.
stopped_while_starting() {
        local helper

        $supervise --engine-path=/usr/bin/docker --stop-timeout=1 -- /usr/local/bin/slow-start &
        helper=$!
        sleep 1
        kill $helper
        wait $helper
        is 'stopped while it starts: ends' $? 0
        is 'and stops what has started' "$(docker inspect --format '{{.State.Status}}' c-slow)" exited
        docker rm c-slow >/dev/null
}
