# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The generator does its work where systemd 257 lets it write only to /run, at boot and at each reload.

place() {
        with_image localhost/bb
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	E
        # Runs beside ours, in the same place.
        put_program /etc/systemd/system-generators/probe <<-'E'
	#!/bin/sh
	touch /etc/probe 2>/dev/null && echo "probe: /etc is writable" >/dev/kmsg
	touch /var/probe 2>/dev/null && echo "probe: /var is writable" >/dev/kmsg
	echo "probe: done" >/dev/kmsg
	E
        # Would stop a program that waits for a writer, or swallow one that reads devices.
        mkdir -p etc/containers.d
        mkfifo etc/containers.d/fifo.ini
        ln -s /dev/zero etc/containers.d/endless.ini
}

kmsg() {
        tr -d '\0' </harness/kmsg.log
}

check() {
        local n

        like 'the probe has run at boot' "$(kmsg)" 'probe: done'
        unlike 'T-38: in a sandbox' "$(kmsg)" 'is writable'
        is 'the unit runs' "$(state podman-web)" active
        like 'a FIFO is not waited for, but told of' "$(kmsg)" 'fifo\.ini'
        like 'nor is a device read' "$(kmsg)" 'endless\.ini'

        rm /etc/containers.d/{fifo,endless}.ini
        for n in 1 2 3; do
                : >/harness/kmsg.log
                printf '[Container]\nImage=localhost/bb\nExec=sleep inf\n' >"/etc/containers.d/more$n.ini"
                ok "reload $n" systemctl daemon-reload
                is "unit $n is there" "$(property "podman-more$n" LoadState)" loaded
                like "the probe has run in reload $n" "$(kmsg)" 'probe: done'
        done
        unlike 'the journal knows of no failed generator' "$(journalctl -b -o cat)" \
                'bayplan-generator.*(failed|terminated)'

        echo '[Container' >/etc/containers.d/torn.ini
        : >/harness/kmsg.log
        ok 'a reload with a broken file succeeds' systemctl daemon-reload
        like 'and the log has it' "$(kmsg)" '<27>.*/etc/containers\.d/torn\.ini:1'
        is 'units are as they were' "$(state podman-web)" active
        like 'systemd notes the exit status' "$(journalctl -b -o cat)" \
                'bayplan-generator failed with exit status 1'

        rm -r /etc/containers.d
        ok 'a reload without any definition succeeds' systemctl daemon-reload
        is 'and there are no units' "$(find /run/systemd/generator* -name '*podman*' -o -name '*bayplan*')" ''
}
