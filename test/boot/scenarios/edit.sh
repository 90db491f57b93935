# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# An edit, daemon-reload and restart apply; a new file is a new unit, a removed one goes.

ALSO=bookworm

place() {
        with_image localhost/bb
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8080:80
	StopTimeout=1
	E
        define gone.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	E
}

check() {
        local pid

        ok 'it answers' answers http://127.0.0.1:8080/ 'hello from busybox'

        sed -i s/8080/8090/ /etc/containers.d/web.ini
        printf '[Container]\nImage=localhost/bb\nExec=sleep inf\nStopTimeout=1\n' >/etc/containers.d/new.ini
        rm /etc/containers.d/gone.ini
        is 'systemd knows nothing yet' "$(property podman-new LoadState)" not-found
        ok 'daemon-reload' systemctl daemon-reload

        ok 'it still answers where it did' answers http://127.0.0.1:8080/ 'hello from busybox'
        ok 'restart' systemctl restart podman-web
        ok 'it answers at the new port' answers http://127.0.0.1:8090/ 'hello from busybox'
        not_ok 'and not at the old one' get http://127.0.0.1:8080/

        is 'the new unit is there' "$(property podman-new LoadState)" loaded
        is 'and not started by a reload' "$(state podman-new)" inactive
        ok 'it starts' systemctl start podman-new
        ok 'and runs' running new

        pid=$(podman container inspect --format '{{.State.Pid}}' gone)
        not_ok 'the file of the removed one is gone' test -e /run/systemd/generator/podman-gone.service
        ok 'what ran goes on' running gone
        ok 'and can be stopped' systemctl stop podman-gone
        # By then systemd has forgotten how, and podman is not told: only the processes are gone for certain.
        not_ok 'for good' test -e "/proc/$pid"
        is 'then nothing of it is left' "$(property podman-gone LoadState)" not-found

        mkdir /etc/containers.d/web.ini.d
        printf '[Container]\nPublishPort=\nPublishPort=8095:80\n' >/etc/containers.d/web.ini.d/port.conf
        ok 'a drop-in' systemctl daemon-reload
        ok 'and restart' systemctl restart podman-web
        ok 'change it' answers http://127.0.0.1:8095/ 'hello from busybox'
        not_ok 'altogether' get http://127.0.0.1:8090/
}
