# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Ephemeral containers of systemd-nspawn leave nothing behind: roots in memory, built in place, or over a tree that stays as it is.

ALSO=bookworm

place() {
        with_tree /srv/tree
        put /srv/tree/usr/lib/os-release <<<'ID=debian'
        with_bare_tree /srv/bare
        put_program /srv/scratch <<-'E'
	#!/usr/bin/sh
	echo changed >/etc/changed
	echo up
	exec tail -f /dev/null
	E
        define roots.ini <<-'E'
	[Container scratch]
	Backend=nspawn
	Ephemeral=yes
	Volume=/usr:/usr:ro /srv/scratch:/srv/scratch:ro
	Exec=/srv/scratch

	[Container over]
	Backend=nspawn
	Ephemeral=yes
	Root=/srv/bare
	Volume=/usr:/usr:ro /srv/scratch:/srv/scratch:ro
	PrivateUsers=pick
	Exec=/srv/scratch

	[Container system]
	Backend=nspawn
	Ephemeral=yes
	Root=/srv/tree
	Volume=/usr:/usr:ro
	Tmpfs=/var/deep/er:size=1m

	[Container read-only]
	Backend=nspawn
	Root=/srv/fixed
	ReadOnly=yes
	Volume=/usr:/usr:ro
	Exec=/usr/bin/sh -c 'touch /var/tmp/x /tmp/x /run/x && ! touch /etc/x 2>/dev/null && echo fixed && exec tail -f /dev/null'

	[Container anonymous]
	Backend=nspawn
	Ephemeral=yes
	Volume=/usr:/usr:ro /data
	Exec=/usr/bin/sh -c 'touch /data/x && ls /data && exec tail -f /dev/null'
	E
        with_bare_tree /srv/fixed
        define jobs.ini <<-'E'
	[Container good]
	Backend=nspawn
	Ephemeral=yes
	AutoStart=no
	Volume=/usr:/usr:ro
	Exec=/usr/bin/sh -c 'echo worked'

	[Container bad]
	Backend=nspawn
	Ephemeral=yes
	AutoStart=no
	Volume=/usr:/usr:ro
	RunInit=no
	Exec=/usr/bin/sh -c 'exit 3'

	[Service]
	Type=oneshot
	E
}

log() {
        journalctl --sync
        journalctl -b -o cat -u "$1"
}

says() {
        wait_for 20 eval "log $1 | grep -qx -- '$2'"
}

root_of() {
        echo "/proc/$(machinectl show --value -p Leader "$1")/root"
}

check() {
        local unit

        for unit in scratch over; do
                ok "$unit starts" says "container-$unit" up
                is "EPH-01: $unit changes its root" "$(cat "$(root_of "$unit")/etc/changed")" changed
        done
        is 'EPH-04, NNS-23, T-30: a root below /run' "$(cat /run/bayplan/container-scratch/root/etc/changed)" changed
        not_ok 'NSN-44: nothing in /var/lib' test -e /var/lib/machines/scratch
        not_ok 'the tree below stays as it is' test -e /srv/bare/etc/changed
        is 'its files are whose they were' "$(stat -c %u /srv/bare/etc)" 0
        ok 'a system boots' wait_for 60 state_is container-system active
        is 'EPH-03: its journal is not linked' "$(ls /var/log/journal 2>/dev/null | grep -vx "$(cat /etc/machine-id)")" ''
        is 'NSN-21: tmpfs on a path that is not there' "$(nsenter --target "$(machinectl show --value -p Leader system)" --mount df -k /var/deep/er | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2)" 1024
        not_ok 'and not in the tree' test -e /srv/tree/var/deep
        ok 'ReadOnly=: /run, /tmp and /var/tmp can be written to, and nothing else' says container-read-only fixed
        ok 'Volume= without a source' says container-anonymous x
        unit=$(cat "$(root_of system)/etc/machine-id")
        systemctl restart container-system
        unlike 'each time a new system' "$(cat "$(root_of system)/etc/machine-id")" "$unit"
        systemctl stop 'container-*'
        is 'NSN-44: gone after the stop' "$(find /run/bayplan /var/tmp /var/lib/machines -mindepth 1 | grep -E 'container-|nspawn-|scratch')" ''
        is 'without an error' "$(systemctl list-units --failed --no-legend --plain 'container-*')" ''
        kill_it
        jobs
}

# What is killed leaves no tree either.
kill_it() {
        systemctl start container-over
        systemctl kill --signal=KILL container-over
        wait_for 20 eval '[ "$(property container-over NRestarts)" -gt 0 ] && state_is container-over active'
        systemctl stop container-over
        is 'EPH-05: nor after it was killed' "$(ls /run/bayplan)" ''
}

# Type=oneshot: the unit starts when the command has ended.
jobs() {
        ok 'T-07: a job' systemctl start container-good
        ok 'has done its work' says container-good worked
        is 'and is over' "$(state container-good)" inactive
        not_ok 'one that fails' systemctl start container-bad
        is 'has failed as its command has' "$(property container-bad ExecMainStatus)" 3
}
