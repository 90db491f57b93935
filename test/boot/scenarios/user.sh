# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The user generator serves a lingering user's rootless containers, from his own files and from the administrator's.

place() {
        define users/1500/fixed.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	E
        define users/all.yaml <<-'E'
	containers:
	  shared: {image: localhost/bb, command: [sleep, inf], stop_grace_period: 1s}
	E
        define users/1500/app.ini <<-'E'
	[Container app-a]
	AutoStart=no
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1

	[Container app-b]
	AutoStart=no
	DependsOn=app-a
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	E
        define users/1501/other.ini <<-'E'
	[Container]
	Image=localhost/bb
	E
        define system.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	AutoStart=no
	E
}

check() {
        local home=/home/alice

        useradd -m -u 1500 alice
        # Gives him /run/user/1500, which podman wants, and no manager yet.
        systemctl start user-runtime-dir@1500
        as_user alice podman import --quiet --change ENV=PATH=/bin /usr/share/bb.tar localhost/bb >/dev/null
        as_user alice mkdir -p $home/.config/containers.d
        as_user alice tee $home/.config/containers.d/web.ini >/dev/null <<-'E'
	[Container]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8080:80
	StopTimeout=1
	E
        loginctl enable-linger alice
        wait_for 30 eval 'as_user alice systemctl --user is-system-running --wait'

        is 'the unit is generated' "$(as_user alice systemctl --user show --value -p FragmentPath podman-web)" \
                /run/user/1500/systemd/generator/podman-web.service
        is 'it runs when the user lingers' "$(as_user alice systemctl --user is-active podman-web)" active
        is 'WantedBy= is default.target' "$(as_user alice systemctl --user show --value -p WantedBy podman-web)" \
                default.target
        ok 'it answers' answers http://127.0.0.1:8080/ 'hello from busybox'
        is 'the container is the user'\''s' "$(as_user alice podman ps --format '{{.Names}}' | sort | xargs)" \
                'fixed shared web'
        is 'and not root'\''s' "$(podman ps --format '{{.Names}}')" ''
        is 'the main process is conmon of the user' \
                "$(ps -o user= -o comm= "$(as_user alice systemctl --user show --value -p MainPID podman-web)" | xargs)" \
                'alice conmon'
        is 'the administrator'\''s file for him, too' "$(as_user alice systemctl --user is-active podman-fixed)" active
        is 'and the one for all users' "$(as_user alice systemctl --user is-active podman-shared)" active
        as_user alice systemctl --user start bayplan-app.target
        is 'a target starts all of a file' "$(as_user alice systemctl --user is-active podman-app-a podman-app-b | xargs)" \
                'active active'
        as_user alice systemctl --user stop bayplan-app.target
        ok 'and stops it' wait_for 30 eval \
                '[ "$(as_user alice systemctl --user is-active podman-app-a podman-app-b | xargs)" = "inactive inactive" ]'
        is 'and nothing waits to come back' \
                "$(as_user alice systemctl --user list-units --plain --no-legend 'bayplan-recover@*')" ''
        is 'not that of another user' \
                "$(as_user alice systemctl --user show --value -p LoadState podman-other)" not-found
        is 'nor that of the system' \
                "$(as_user alice systemctl --user show --value -p LoadState podman-system)" not-found
        is 'the system manager has none of them' "$(property podman-web LoadState)" not-found

        ok 'stop' as_user alice systemctl --user stop podman-web
        not_ok 'removes it' as_user alice podman container exists web
        as_user alice sed -i s/8080/8090/ $home/.config/containers.d/web.ini
        ok 'an edit and daemon-reload' as_user alice systemctl --user daemon-reload
        ok 'and start' as_user alice systemctl --user start podman-web
        ok 'apply' answers http://127.0.0.1:8090/ 'hello from busybox'
        as_user alice sed -i s/Image=/Imgae=/ $home/.config/containers.d/web.ini
        as_user alice systemctl --user stop podman-web
        as_user alice systemctl --user daemon-reload
        not_ok 'a mistake makes a stub' as_user alice systemctl --user start podman-web
        like 'that tells file and line' "$(as_user alice systemctl --user status --no-pager --full podman-web)" \
                '/home/alice/\.config/containers\.d/web\.ini:2'
}
