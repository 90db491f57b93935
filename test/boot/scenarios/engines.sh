# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# One set of definitions on podman and on docker: only Backend= of [Defaults] is edited, and everything is the same.

ALSO=bookworm

place() {
        with_image localhost/bb
        with_docker localhost/bb
        with_address 10.99.0.1
        put /srv/www/index.html <<<'from the host'
        put /etc/app.env <<<FROM_FILE=filed
        put /etc/credstore/token <<<'t0ken'
        define defaults.yaml <<-'E'
	defaults: {backend: podman, auto_start: no, stop_timeout: 2}
	E
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Entrypoint=/bin/sh -c
	Exec='echo started as $$0 $$1; exec httpd -f -p 80 -h /srv' first second
	PublishPort=8080:80 10.99.0.1:8081:80
	Environment=PLAIN=a "SPACED=b c" "ODD=%% $$HOME 'q'"
	EnvironmentFile=/etc/app.env
	Volume=/srv/www:/srv:ro
	Tmpfs=/scratch
	HostName=web.example
	WorkingDir=/srv
	Label=tier=front
	AddCapability=NET_ADMIN
	DropCapability=CHOWN
	AddDevice=/dev/null:/dev/nothing
	Secret=token,type=credential,mode=0444
	AddHost=db.example:10.1.2.3
	ReadOnly=yes
	NoNewPrivileges=yes
	HealthCmd=test -e /scratch/ready
	HealthInterval=1s
	HealthRetries=30
	Notify=healthy
	ReloadCmd=touch /scratch/reloaded
	E
        define jobs.yaml <<-'E'
	containers:
	  job:
	    image: localhost/bb
	    command: [sh, -c, "echo working; exit 0"]
	    user: "1000:1000"
	  after: {image: localhost/bb, command: [sleep, inf], depends_on: ["job:completed", web]}
	  deaf: {image: localhost/bb, command: [sh, -c, "trap '' TERM; while :; do sleep 1; done"]}
	  status: {image: localhost/bb, command: [sh, -c, "exit 7"], service: {Restart: no}}
	  hup: {image: localhost/bb, command: [sh, -c, "trap 'echo got hup' HUP; while :; do sleep .1; done"], reload_signal: HUP}
	E
}

check() {
        local engine

        wait_for 30 systemctl is-active docker
        for engine in podman docker; do
                sed -i "s/backend: [a-z]*/backend: $engine/" /etc/containers.d/defaults.yaml
                systemctl daemon-reload
                is "OCI-30 $engine: the units are the engine's" \
                        "$(cd /run/systemd/generator && echo *.service | tr ' ' '\n' | grep -c "^$engine-")" 6
                readiness
                inside
                outside
                jobs
                stops
        done
}

unit() {
        echo "$engine-$1.service"
}

runs() {
        [ "$($engine inspect --format '{{.State.Running}}' "$1")" = true ]
}

readiness() {
        systemctl start --no-block "$(unit web)"
        ok "OCN-04 $engine: the container starts" wait_for 20 runs web
        sleep 1.5
        is "OCN-04 $engine: the unit is not active before it is healthy" "$(property "$(unit web)" ActiveState)" activating
        $engine exec web touch /scratch/ready
        ok "T-11 $engine: then it is" wait_for 20 state_is "$(unit web)" active
        is "OCI-48 $engine: Type= is notify" "$(property "$(unit web)" Type)" notify
        is "OCI-34 $engine: the name in the engine" "$($engine ps --format '{{.Names}}')" web
}

inside() {
        is "OCI-12 $engine: environment" "$($engine exec web sh -c 'echo "$PLAIN|$SPACED|$ODD"')" "a|b c|% \$HOME 'q'"
        is "OCI-13 $engine: from a file" "$($engine exec web sh -c 'echo $FROM_FILE')" filed
        is "OCI-17 $engine: a host path" "$($engine exec web cat /srv/index.html)" 'from the host'
        not_ok "OCI-17 $engine: read-only" $engine exec web touch /srv/x
        is "OCI-20 $engine: host name" "$($engine exec web hostname)" web.example
        is "OCI-18 $engine: working directory" "$($engine exec web pwd)" /srv
        is "OCI-10 $engine: label" "$($engine inspect --format '{{.Config.Labels.tier}}' web)" front
        like "OCI-25 $engine: capability added" "$($engine inspect --format '{{.HostConfig.CapAdd}}' web)" NET_ADMIN
        like "OCI-26 $engine: capability dropped" "$($engine inspect --format '{{.HostConfig.CapDrop}}' web)" CHOWN
        ok "OCI-27 $engine: device" $engine exec web test -c /dev/nothing
        is "T-16 $engine: credential" "$($engine exec --user 1000 web cat /run/secrets/token)" t0ken
        like "$engine: hosts entry" "$($engine exec web cat /etc/hosts)" '10\.1\.2\.3.db\.example'
        not_ok "$engine: the root is read-only" $engine exec web touch /x
}

outside() {
        ok "OCI-15 $engine: the port answers on 127.0.0.1" answers http://127.0.0.1:8080/ 'from the host'
        not_ok "POD-14 $engine: and on no other address" get http://10.99.0.1:8080/
        ok "OCI-15 $engine: a port on the address that is written" answers http://10.99.0.1:8081/ 'from the host'
        is "T-14 $engine: what it prints is in the journal of the unit, once" \
                "$(journalctl -b -o cat -u "$(unit web)" | grep -c 'started as first second')" 1
        like "$engine: and in systemctl status" "$(systemctl status --no-pager --lines 100 "$(unit web)")" 'started as first second'
        ok "$engine: systemctl reload" systemctl reload "$(unit web)"
        ok "$engine: runs ReloadCmd= in it" $engine exec web test -e /scratch/reloaded
}

jobs() {
        ok "OCI-19 $engine: a dependant of both" systemctl start "$(unit after)"
        is "$engine: the job has completed" "$(property "$(unit job)" SubState)" exited
        is "T-14 $engine: its output is in the journal once" "$(journalctl -b -o cat -u "$(unit job)" | grep -cx working)" 1
        systemctl start "$(unit status)"
        ok "$engine: one that fails" wait_for 10 state_is "$(unit status)" failed
        is "$engine: gives its exit status" "$(property "$(unit status)" ExecMainStatus)" 7
        systemctl start "$(unit hup)"
        sleep .5
        ok "$engine: reload by signal" systemctl reload "$(unit hup)"
        ok "$engine: arrives" wait_for 5 eval 'journalctl -b -o cat -u "$(unit hup)" | grep -q "got hup"'
        $engine kill web >/dev/null
        ok "OCI-54 $engine: what is killed is started again" wait_for 20 eval '[ "$(property "$(unit web)" NRestarts)" = 1 ]'
}

stops() {
        systemctl start "$(unit deaf)"
        systemctl stop "$(unit hup)" "$(unit deaf)" "$(unit after)" "$(unit web)"
        is "T-13 $engine: one that ignores SIGTERM is killed, and that is no failure" "$(property "$(unit deaf)" Result)" success
        is "OCI-50 $engine: a stop is clean" "$(property "$(unit after)" ActiveState)" inactive
        systemctl stop "$(unit job)"
        is "OCI-51 $engine: nothing is left" "$($engine ps --all --quiet)" ''
        systemctl reset-failed
}
