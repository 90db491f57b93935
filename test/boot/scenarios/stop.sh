# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A stop is clean and quick by ExecStop= alone, with the signals of systemd neutralised.

ALSO=bookworm

place() {
        with_image localhost/bb
        put_program /srv/serve <<-'E'
	#!/bin/sh
	trap 'echo bye; exit 0' TERM
	echo ready
	while :; do sleep 1 & wait $!; done
	E
        define polite.ini <<-'E'
	[Container]
	Image=localhost/bb
	Volume=/srv/serve:/serve:ro
	Exec=/serve

	[Service]
	KillSignal=SIGCONT
	E
        define deaf.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=2

	[Service]
	KillSignal=SIGCONT
	E
        define init.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	RunInit=yes

	[Service]
	KillSignal=SIGCONT
	E
        define own.ini <<-'E'
	[Container]
	Image=localhost/bb
	Volume=/srv/signal:/signal:ro
	Exec=/signal
	StopSignal=SIGUSR1

	[Service]
	KillSignal=SIGCONT
	E
        put_program /srv/signal <<-'E'
	#!/bin/sh
	trap 'exit 0' USR1
	while :; do sleep 1 & wait $!; done
	E
}

# stopped NAME SECONDS: systemctl stop NAME takes at most that long.
stopped() {
        local start=$EPOCHREALTIME

        ok "OCN-20, OCN-21: $1 stops by ExecStop=" timeout 30 systemctl stop "podman-$1"
        at_most "OCN-20: $1 within $2 s (in ms)" $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) $(($2 * 1000))
        is "OCN-20: $1 is inactive" "$(state "podman-$1")" inactive
        is "OCN-20: $1 ends with success" "$(property "podman-$1" Result)" success
        not_ok "OCN-20: $1 is removed" podman container exists "$1"
}

check() {
        ok 'all run' running polite deaf init own
        wait_for 10 eval 'journalctl -b -u podman-polite -o cat | grep -qx ready'
        stopped polite 5
        like 'OCI-50: the process was asked to end' "$(journalctl -b -u podman-polite -o cat)" $'\nbye'
        stopped own 5
        stopped init 5
        stopped deaf 6
}
