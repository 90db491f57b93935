# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A file with several containers, and a pod, are started, stopped and restarted as a whole by targets, with both engines.

ALSO=bookworm
TIMEOUT=240

place() {
        with_image localhost/bb
        with_docker localhost/bb
        define defaults.ini <<-'E'
	[Defaults]
	Backend=podman
	StopTimeout=1
	Pull=never
	E
        define shop.ini <<-'E'
	[Network inner]
	Subnet=10.77.0.0/24

	[Pod till]

	[Container till-db]
	Pod=till
	Image=localhost/bb
	Exec=sleep inf

	[Container till-web]
	Pod=till
	DependsOn=till-db
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8001:80

	[Container search]
	Network=inner
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8002:80

	[Container report]
	AutoStart=no
	Image=localhost/bb
	Exec=sleep inf
	E
        define beside.ini <<-'E'
	[Container beside]
	Image=localhost/bb
	Exec=sleep inf
	E
        define by-hand.yaml <<-'E'
	containers:
	  one: {auto_start: no, image: localhost/bb, command: [sleep, inf]}
	  two: {auto_start: no, image: localhost/bb, command: [sleep, inf]}
	  job: {auto_start: no, image: localhost/bb, command: ["true"], service: {Type: oneshot}}
	E
}

shop() {
        local network=pod

        [ $engine = podman ] || network=net
        echo "$engine-till-db $engine-till-web $engine-search $engine-$network-till $engine-net-inner"
}

# all STATE UNIT…
all() {
        local state=$1 unit

        shift
        for unit; do
                state_is "$unit" "$state" || return
        done
}

check() {
        local engine

        engine=podman
        ok 'the target of a file is reached at boot' wait_for 30 state_is bayplan-shop.target active
        whole
        by_hand
        systemctl stop bayplan-shop.target podman-beside
        ok 'podman has stopped' wait_for 60 all inactive $(shop) podman-beside
        engine=docker
        sed -i 's/Backend=podman/Backend=docker/' /etc/containers.d/defaults.ini
        systemctl daemon-reload
        ok "$engine: the target starts everything" systemctl start bayplan-shop.target docker-beside
        whole
}

whole() {
        local pid pod=pod

        [ $engine = podman ] || pod=net
        ok "$engine: all of the file runs" wait_for 60 all active $(shop)
        ok "$engine: and answers" answers http://127.0.0.1:8001/ 'hello from busybox'
        is "$engine: what is not started at boot is not started by the target" "$(state $engine-report)" inactive

        systemctl start $engine-report
        ok "$engine: the target is stopped" systemctl stop bayplan-shop.target
        ok "$engine: and all of the file" wait_for 60 all inactive $(shop) $engine-report
        # systemd counts starts, and this machine starts it more often than people do.
        systemctl reset-failed "$engine-*"
        is "$engine: another file is not concerned" "$(state $engine-beside)" active
        is "$engine: nothing waits to come back" "$(systemctl list-units --plain --no-legend 'bayplan-recover@*')" ''

        ok "$engine: the target is started, and all of the file with it" systemctl start bayplan-shop.target
        ok "$engine: when it has started all have" all active $(shop)
        ok "$engine: and answer" answers http://127.0.0.1:8002/ 'hello from busybox'

        pid=$(property $engine-search ActiveEnterTimestampMonotonic)
        ok "$engine: the target of the pod is stopped" systemctl stop bayplan-till.target
        ok "$engine: and the members" wait_for 60 all inactive $engine-till-db $engine-till-web $engine-$pod-till
        systemctl reset-failed "$engine-*"
        is "$engine: the rest of the file runs on" "$(property $engine-search ActiveEnterTimestampMonotonic)" "$pid"
        ok "$engine: the target of the pod is started" systemctl start bayplan-till.target
        ok "$engine: and the members" answers http://127.0.0.1:8001/ 'hello from busybox'

        pid=$(property $engine-search ActiveEnterTimestampMonotonic)
        ok "$engine: the target is restarted" systemctl restart bayplan-shop.target
        ok "$engine: all run" wait_for 60 all active $(shop)
        unlike "$engine: anew" "$(property $engine-search ActiveEnterTimestampMonotonic)" "^$pid\$"
        ok "$engine: and answer" answers http://127.0.0.1:8001/ 'hello from busybox'
}

by_hand() {
        is 'where nothing starts at boot the target does not' "$(state bayplan-by-hand.target)" inactive
        ok 'by hand it starts' systemctl start bayplan-by-hand.target
        ok 'what runs' all active podman-one podman-two
        is 'and no job' "$(property podman-job ActiveEnterTimestampMonotonic)" 0
        systemctl stop bayplan-by-hand.target
        ok 'and stops it' wait_for 60 all inactive podman-one podman-two

        systemctl start podman-one
        systemctl stop bayplan-by-hand.target
        ok 'a target that is not active stops what is' wait_for 60 all inactive podman-one
}
