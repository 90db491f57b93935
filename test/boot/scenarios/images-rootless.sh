# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Images and builds of a user: by [Service] User= of the system's definitions, and in his own manager.

place() {
        { site mine; loaded; } | define users/1500/mine.ini
        { site his; echo '[Service]'; echo User=alice; } | define his.ini
        put /srv/site/Containerfile <<-'E'
	FROM localhost/bb
	COPY index.html /srv/index.html
	E
        put /srv/site/index.html <<<built
}

# site NAME, on standard output: a build and its container, started by hand.
site() {
        cat <<-E
	[Build $1]
	SetWorkingDirectory=/srv/site
	File=Containerfile
	Pull=never
	[Container $1]
	Image=$1.build
	AutoStart=no
	StopTimeout=1
	PublishPort=8001:80
	Exec=httpd -f -p 80 -h /srv
	E
}

loaded() {
        cat <<-E
	[Image archive]
	Image=localhost/loaded
	ImageFile=/srv/loaded.tar
	[Container loaded]
	Image=archive.image
	AutoStart=no
	StopTimeout=1
	Exec=sleep inf
	E
}

check() {
        chmod 644 /srv/site/*
        useradd -m -u 1500 alice
        loginctl enable-linger alice
        systemctl daemon-reload
        ok 'the user lingers' wait_for 20 systemctl is-active user@1500
        as_user alice podman import --quiet --change ENV=PATH=/bin /usr/share/bb.tar localhost/bb >/dev/null
        as_user alice podman tag localhost/bb localhost/loaded
        as_user alice podman save --quiet localhost/loaded >/srv/loaded.tar
        as_user alice podman untag localhost/loaded localhost/loaded

        ok 'his manager builds what his container needs' as_user alice systemctl --user start podman-mine
        ok 'and runs it' answers http://127.0.0.1:8001/ built
        ok 'and loads what another one needs' as_user alice systemctl --user start podman-loaded
        ok 'the image is his' as_user alice podman image exists localhost/loaded
        as_user alice systemctl --user stop podman-mine
        as_user alice podman rmi --force localhost/mine >/dev/null

        ok "with User= the system's manager builds as him" systemctl start podman-his
        ok 'and runs it' answers http://127.0.0.1:8001/ built
        ok 'the image is his' as_user alice podman image exists localhost/his
        is 'root has none of it' "$(podman images --quiet)" ''
}
