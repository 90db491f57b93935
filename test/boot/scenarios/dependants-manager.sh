# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Waiting for a dependency outlives daemon-reload and daemon-reexec, and works for User= and in a user's own manager.

TIMEOUT=240

place() {
        with_image localhost/bb
        define shop.ini <<-'E'
	[Defaults]
	Pull=never
	StopTimeout=1

	[Container db]
	Image=localhost/bb
	Exec=sleep inf

	[Container app]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=db

	[Container bad]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=broken

	[Container broken]
	Image=localhost/bb
	Exec=sleep inf
	Memory=lots

	[Container rootless]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=db
	AutoStart=no

	[Service rootless]
	User=1500
	PrivateNetwork=yes
	InaccessiblePaths=-/run/systemd/private
	E
        # What a user's definitions become, without podman: that of Debian 12 does not stay in its unit.
        put /etc/systemd/user/db.service <<-'E'
	[Service]
	ExecStart=sleep inf
	E
        put /etc/systemd/user/app.service <<-'E'
	[Unit]
	Requires=db.service
	After=db.service
	OnFailure=bayplan-recover@%N.service
	[Service]
	ExecStart=sleep inf
	ExecStopPost=-+/usr/libexec/bayplan/bayplan-recover --manager=user stopping %n
	E
}

pid_of() {
        property "bayplan-recover@$1" MainPID
}

of_user() {
        as_user alice systemctl --user "$@"
}

user_state_is() {
        [ "$(of_user is-active "$1")" = "$2" ]
}

check() {
        local pid

        useradd -m -u 1500 alice
        loginctl enable-linger alice
        systemctl daemon-reload
        wait_for 20 systemctl is-active user@1500
        as_user alice podman import --quiet --change ENV=PATH=/bin /usr/share/bb.tar localhost/bb >/dev/null

        systemctl stop podman-db
        ok 'one waits' state_is bayplan-recover@podman-app active
        pid=$(pid_of podman-app)
        ok 'a reload' systemctl daemon-reload
        is 'a reload does not disturb it' "$(pid_of podman-app)" "$pid"
        ok 'PID 1 executes itself anew' systemctl daemon-reexec
        # It has its connection anew.
        sleep 3
        ok 'it waits still' state_is bayplan-recover@podman-app active
        ok 'the dependency starts' systemctl start podman-db
        ok 'T-20: and the dependant with it' wait_for 20 running app

        is 'what depends on a broken definition waits' "$(state bayplan-recover@podman-bad)" active
        sed -i /Memory=lots/d /etc/containers.d/shop.ini
        systemctl daemon-reload
        ok 'the definition is mended and started' systemctl start podman-broken
        ok 'T-20: its dependant starts' wait_for 20 running bad

        if [ "$(. /etc/os-release && echo "$VERSION_ID")" != 12 ]; then
                ok 'OCN-06: a rootless container, shut away from systemd' systemctl start podman-rootless
                systemctl stop podman-db
                is 'it stops' "$(state podman-rootless)" inactive
                systemctl start podman-db
                ok 'T-20: and comes back' wait_for 20 state_is podman-rootless active
        fi

        of_user start app
        of_user stop db
        is 'a user'\''s own: it stops' "$(of_user is-active app)" inactive
        ok 'and waits in his manager' wait_for 5 user_state_is bayplan-recover@app active
        of_user start db
        ok 'T-20: and comes back' wait_for 20 user_state_is app active
        of_user stop app
        of_user stop db
        of_user start db
        sleep 1
        is 'what he stopped stays stopped' "$(of_user is-active app)" inactive

        unlike 'systemd was asked for nothing that contradicts its jobs' "$(journalctl -b -o cat)" 'destructive|contradicts'
        is 'no unit of ours has failed' "$(systemctl list-units --failed --plain --no-legend 'bayplan-*' | wc -l)" 0
}
