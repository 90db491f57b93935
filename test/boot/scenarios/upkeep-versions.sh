# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# T-06: Debian 12's podman, docker and systemd are known to be old, and what they lack is said; a stale answer is not believed.

SUITE=bookworm

place() {
        with_image localhost/bb
        with_docker localhost/bb
        # Here the machine itself shall find out.
        put /usr/lib/bayplan/versions </dev/null
        define log.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	HealthCmd=true
	HealthLogDestination=local

	[Service]
	RestartSteps=5
	RestartMaxDelaySec=1min
	E
        define note.ini <<-'E'
	[Container]
	Backend=docker
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	Annotation=org.example.team=shop
	E
}

description() {
        property "$1" Description
}

# last UNIT: what it has logged since its last start.
last() {
        journalctl --no-pager -o cat _SYSTEMD_INVOCATION_ID="$(property "$1" InvocationID)"
}

check() {
        local podman docker

        podman=$(podman --version) podman=${podman##* }
        docker=$(docker --version) docker=${docker#Docker version } docker=${docker%%,*}

        # systemd's version is the name of a file.
        like 'systemd: a directive that it lacks is warned of' "$(cat /harness/kmsg.log)" \
                "log.ini:[0-9]+:1: warning: 'RestartSteps' in \[Service\] needs systemd 254; the units are for systemd 252 \(/.*/libsystemd-shared-252.so\)"
        unlike 'what every systemd has is not' "$(cat /harness/kmsg.log)" 'TimeoutStopSec'

        is 'nothing is known of the engines at first' "$(description podman-log)" 'log (podman container)'
        not_ok 'so that it is podman which fails' systemctl start podman-log
        like 'and says what it does not know' "$(last podman-log)" 'unknown flag: --health-log-destination'

        like 'bayplan versions asks them' "$(bayplan versions)" \
                "podman=$podman /usr/bin/podman [0-9]+ [0-9]+.docker=${docker//+/\\+} /usr/bin/docker [0-9]+ [0-9]+"
        ok 'and writes what they say' bayplan versions --write
        is 'which is the same' "$(cat /etc/bayplan/versions)" "$(bayplan versions)"
        systemctl daemon-reload
        is 'podman: a reload makes a stub' "$(description podman-log)" 'log (definition with errors)'
        not_ok 'podman: which fails' systemctl start podman-log
        like 'podman: and tells the version that is needed' "$(last podman-log)" \
                "HealthLogDestination= needs podman 5.3; the units are for podman $podman \(/etc/bayplan/versions\)"
        not_ok 'docker: the same' systemctl start docker-note
        like 'docker: the same words' "$(last docker-note)" 'Annotation= needs docker 24; the units are for docker 20\.10\.24 \('

        touch /usr/bin/podman
        systemctl daemon-reload
        is 'podman: an upgrade makes the answer void' "$(description podman-log)" 'log (podman container)'
        is 'docker: its own stays' "$(description docker-note)" 'note (definition with errors)'

        printf '[Defaults]\nDockerVersion=26\nPodmanVersion=4.9\nSystemdVersion=257\n' >/etc/containers.d/defaults.ini
        : >/harness/kmsg.log
        systemctl daemon-reload
        is '[Defaults] says more than the file' "$(description docker-note)" 'note (docker container)'
        not_ok 'podman: and more than nothing' systemctl start podman-log
        like 'podman: and is named' "$(last podman-log)" 'the units are for podman 4\.9 \(PodmanVersion=\)'
        unlike 'systemd: there is no warning any more' "$(cat /harness/kmsg.log)" RestartSteps
}
