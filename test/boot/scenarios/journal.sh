# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What a container prints is in the journal once, under its unit.

ALSO=bookworm

place() {
        with_image localhost/bb
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sh -c 'echo to stdout; echo to stderr >&2; echo "with  spaces and ünïcode"; exec sleep inf'
	StopTimeout=1
	E
}

lines() {
        journalctl -b -u podman-web -o cat
}

check() {
        ok 'OCI-14: stdout arrives' wait_for 10 eval 'lines | grep -qx "to stdout"'
        ok 'OCI-14: stderr arrives' wait_for 10 eval 'lines | grep -qx "to stderr"'
        ok 'OCI-14: as it is' wait_for 10 eval 'lines | grep -qxF "with  spaces and ünïcode"'
        is 'OCI-14: once' "$(lines | grep -cx 'to stdout')" 1
        is 'OCI-14: the entry names the container' \
                "$(journalctl -b -u podman-web CONTAINER_NAME=web -o cat | grep -cx 'to stdout')" 1
        ok 'podman logs has it, too' eval 'podman logs web | grep -qx "to stdout"'
        systemctl restart podman-web
        ok 'OCI-14: and again after a restart' wait_for 10 eval '[ "$(lines | grep -cx "to stdout")" = 2 ]'
}
