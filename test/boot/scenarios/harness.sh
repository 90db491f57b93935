# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The machine itself: boots without a failed unit, runs podman, and logs what a generator says.

place() {
        with_image localhost/bb
        with_address 10.99.0.1
        put_program /etc/systemd/system-generators/probe <<-'E'
	#!/bin/sh
	echo "probe: scope $SYSTEMD_SCOPE" >/dev/kmsg
	touch /var/probe && echo "probe: /var is writable" >/dev/kmsg
	printf '[Service]\nType=oneshot\nExecStart=true\n' >"$1/probe.service"
	E
}

check() {
        is 'the system is up' "$(systemctl is-system-running)" running
        is 'no unit has failed' "$(systemctl --failed --quiet)" ''
        is 'an image is there before services start' "$(podman images --format '{{.Repository}}')" localhost/bb
        ok 'podman runs a container' podman run --rm localhost/bb true
        like 'an address can be added' "$(ip address show dev lo)" 'inet 10\.99\.0\.1/32'
        ok 'a generator makes a unit' systemctl start probe
        like 'what it says at boot is kept' "$(cat /harness/kmsg.log)" 'probe: scope system'
        unlike 'it runs in the sandbox of systemd 257' "$(cat /harness/kmsg.log)" '/var is writable'
        : >/harness/kmsg.log
        systemctl daemon-reload
        like 'what it says at a reload is kept' "$(cat /harness/kmsg.log)" 'probe: scope system'
}
