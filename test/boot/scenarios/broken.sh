# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A broken definition says where and why, in every place one looks, and everything else runs.

ALSO=bookworm

place() {
        with_image localhost/bb
        define good.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	E
        define bad.ini <<-'E'
	# One letter is missing.
	[Container]
	Image=localhost/bb
	PubishPort=8080:80
	E
        define mixed.yaml <<-'E'
	containers:
	  fine:
	    image: localhost/bb
	    command: [sleep, inf]
	  sick:
	    image: localhost/bb
	    ports: ["99999:80"]
	E
        define needy.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	DependsOn=bad
	E
        define scrambled.yaml <<-'E'
	containers:
	  lost: {image: localhost/bb
	E
}

check() {
        local status failed pid

        ok 'the good ones run' running good fine
        is 'the system is degraded' "$(systemctl is-system-running)" degraded
        failed=$(systemctl --failed --no-legend --plain | awk '{print $1}' | xargs)
        like 'systemctl --failed lists the stub' "$failed" podman-bad.service
        like 'and that of a bad part of a file' "$failed" podman-sick.service
        like 'and the file that does not parse' "$failed" bayplan-problems.service
        unlike 'and none of the good ones' "$failed" 'podman-(good|fine)'

        status=$(systemctl status --no-pager --full podman-bad)
        like 'its status shows file and line' "$status" '/etc/containers\.d/bad\.ini:4'
        like 'and what is wrong' "$status" PubishPort
        like 'and the hint' "$status" "'?PublishPort'?"
        like 'the status of the other one, too' "$(systemctl status --no-pager --full podman-sick)" \
                '/etc/containers\.d/mixed\.yaml:7.*99999'
        like 'that of the file that does not parse, too' "$(systemctl status --no-pager --full bayplan-problems)" \
                '/etc/containers\.d/scrambled\.yaml:[0-9]+'
        like 'the log of the boot has it' "$(tr -d '\0' </harness/kmsg.log)" \
                '<27>.*/etc/containers\.d/bad\.ini:4:1: .*PubishPort'
        is 'what depends on it has not started' "$(state podman-needy)" inactive
        not_ok 'and made no container' podman container exists needy
        not_ok 'the stub cannot be started' systemctl start podman-bad

        sed -i s/Pubish/Publish/ /etc/containers.d/bad.ini
        rm /etc/containers.d/scrambled.yaml
        echo 'Exec=sleep inf' >>/etc/containers.d/bad.ini
        ok 'a correction' systemctl daemon-reload
        ok 'lets it start, with its dependant' systemctl start podman-needy
        ok 'and run' running bad needy
        not_ok 'and the unit of problems is gone' test -e /run/systemd/generator/bayplan-problems.service

        pid=$(podman container inspect --format '{{.State.Pid}}' good)
        sed -i s/Image=/Imgae=/ /etc/containers.d/good.ini
        ok 'a mistake later' systemctl daemon-reload
        ok 'stops nothing that runs' running good
        is 'whose unit is active' "$(state podman-good)" active
        ok 'and can be stopped' systemctl stop podman-good
        not_ok 'for good' test -e "/proc/$pid"
        not_ok 'nothing of it is left' podman container exists good
        is 'nor the file of its id' "$(find /run/bayplan -path '*podman-good*')" ''
        sed -i s/Imgae=/Image=/ /etc/containers.d/good.ini
        systemctl daemon-reload
        ok 'and starts again once corrected' systemctl start podman-good
        ok 'and runs' running good
}
