# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan on a running system: list tells what systemd says of the units, with and without a bus, as root and as a user;
# show tells what systemctl cat tells.

place() {
        with_image localhost/bb
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	E
        define later.ini <<-'E'
	[Container]
	Image=localhost/bb
	AutoStart=no
	E
        define ends.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=false
	[Service]
	Restart=no
	E
        define users/1500/own.ini <<-'E'
	[Container]
	Image=localhost/bb
	AutoStart=no
	E
}

states() {
        "$@" bayplan list --no-legend | while read -r name _ _ _ active _; do echo "$name=$active"; done | xargs
}

check() {
        printf '[Container]\nImage=localhost/bb\nAutoStart=no\n' >/etc/containers.d/new.ini
        wait_for 20 systemctl is-failed --quiet podman-ends
        is 'list tells what systemd says' "$(states)" 'ends=failed later=inactive new=not-found web=active'
        systemctl daemon-reload
        is 'a new one is known after the reload' "$(states)" 'ends=failed later=inactive new=inactive web=active'
        systemctl mask --runtime podman-later
        is 'a masked one' "$(states)" 'ends=failed later=masked new=inactive web=active'
        is 'show is systemctl cat' "$(bayplan show podman-web.service | grep -v -- ' -> ')" "$(systemctl cat podman-web)"

        useradd -m -u 1500 alice
        loginctl enable-linger alice
        wait_for 30 eval 'as_user alice systemctl --user is-system-running --wait'
        is 'a user may ask, too' "$(states as_user alice)" 'ends=failed later=masked new=inactive web=active'
        is 'and of his own manager' "$(as_user alice bayplan list --user --no-legend | xargs)" \
                'own container podman podman-own.service inactive ok /etc/containers.d/users/1500/own.ini:1'

        systemctl stop dbus.socket dbus.service
        is 'root needs no bus daemon' "$(states)" 'ends=failed later=masked new=inactive web=active'
        is 'a user without one is told the rest' "$(as_user alice bayplan list --no-legend web | xargs)" \
                'web container podman podman-web.service ok /etc/containers.d/web.ini:1'
}
