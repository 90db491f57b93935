# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan-supervise when docker's daemon goes away and comes back, with and without its live-restore.

supervise=/usr/libexec/bayplan/bayplan-supervise

place() {
        with_docker localhost/bb
        put /etc/systemd/system/docker.service.d/often.conf <<<$'[Unit]\nStartLimitIntervalSec=0'
        put /etc/systemd/system/box.service <<-E
	[Service]
	Type=notify
	KillMode=mixed
	ExecStartPre=-docker rm --force c-box
	ExecStart=$supervise --name=c-box --stop-timeout=1 -- /usr/bin/docker run --detach --name=c-box localhost/bb sleep 1000
	ExecStopPost=-docker rm --force c-box
	E
}

check() {
        local pid

        # Without: the container ends with the daemon, and its status is known when the daemon is back.
        systemctl start box
        systemctl kill --signal=KILL docker
        ok 'the daemon dies: the unit fails' wait_for 30 state_is box failed
        is 'with the status of the container' "$(property box ExecMainStatus)" 137
        wait_for 20 state_is docker active

        mkdir -p /etc/docker
        echo '{"live-restore": true}' >/etc/docker/daemon.json
        systemctl restart docker
        systemctl start box
        systemctl restart docker
        is 'live-restore: the unit does not notice' "$(state box)" active
        systemctl kill --signal=KILL docker
        wait_for 20 state_is docker active
        is 'not even when the daemon dies' "$(state box)" active
        is 'the container is the same' "$(docker inspect --format '{{.State.Status}}' c-box)" running
        ok 'it stops as ever' systemctl stop box
        is 'clean' "$(property box Result)" success

        # With no daemon to be asked, a stop is a stop still.
        systemctl start box
        pid=$(docker inspect --format '{{.State.Pid}}' c-box)
        systemctl stop docker.socket docker
        ok 'stops without the daemon' systemctl stop box
        is 'clean' "$(property box Result)" success
        not_ok 'no process is left' kill -0 "$pid"
        systemctl start docker

        # The container ends while there is no daemon.
        systemctl start box
        pid=$(docker inspect --format '{{.State.Pid}}' c-box)
        systemctl stop docker.socket docker
        kill -9 "$pid"
        sleep 2
        is 'no daemon to ask: the helper waits for it' "$(state box)" active
        systemctl start docker
        ok 'until it is there' wait_for 10 state_is box failed
        like 'it says so' "$(journalctl --unit box --output cat)" "docker does not say how container 'c-box' has ended"
}
