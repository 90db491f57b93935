# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What members of pods say, on docker and on podman; two that listen on one port inside; names that others have, too.

ALSO=bookworm
TIMEOUT=240

place() {
        with_image localhost/bb
        with_docker localhost/bb
        define defaults.ini <<-'E'
	[Defaults]
	Backend=docker
	StopTimeout=1
	Pull=never
	E
        put /etc/twins.env <<<'FROM_FILE=file'
        define twins.yaml <<-'E'
	pods:
	  twins:
	  other: {}
	containers:
	  twins-a: &twin
	    pod: twins
	    image: localhost/bb
	    environment: {NAME: a}
	    environmentFiles: [/etc/twins.env]
	    extraOptions: [--label=extra=yes]
	    ports: ["8001:80"]
	    cmd: [sh, -c, "mkdir /www; echo $NAME $FROM_FILE >/www/index.html; exec httpd -f -p 80 -h /www"]
	  twins-b: {<<: *twin, environment: {NAME: b}, ports: ["8002:80"], dependsOn: [twins-a], extraOptions: []}
	  other-c: {<<: *twin, pod: other, environment: {NAME: c}, ports: ["8003:80"], dependsOn: [twins-a]}
	  other-later: {pod: other, image: localhost/bb, autoStart: no, cmd: [sleep, inf]}
	  docker: {image: localhost/bb, cmd: [sleep, inf]}
	  podman: {image: localhost/bb, cmd: [sleep, inf]}
	  My.Web_1: {image: localhost/bb, cmd: [httpd, -f, -p, "80", -h, /srv], ports: ["8004:80"]}
	E
}

units() {
        systemctl list-units --plain --no-legend --state=active "$engine-*" | awk '{ print $1 }' | sort | xargs
}

check() {
        local engine

        engine=docker
        same
        ok 'T-26 docker: a second member on the same port inside' answers http://127.0.0.1:8002/ 'b file'
        like 'POD-21 POD-28 docker: pods are networks, in one set with their members' "$(units)" \
                'docker-net-other\.service docker-net-twins\.service .*docker-twins-a\.service docker-twins-b\.service'
        is 'POD-11 docker: members are in the network of the pod' \
                "$(docker inspect --format '{{range $name, $net := .NetworkSettings.Networks}}{{$name}} {{end}}' twins-a)" 'twins '
        is 'T-25 docker: ports stay on the members' "$(docker port twins-b)" '80/tcp -> 127.0.0.1:8002'
        other_names

        systemctl stop 'docker-*.service' docker.service docker.socket
        engine=podman
        sed -i 's/Backend=docker/Backend=podman/' /etc/containers.d/defaults.ini
        systemctl daemon-reload
        systemctl start --no-block bayplan-twins.target
        same
        like 'T-26 podman: the second one cannot listen' "$(wait_for 20 refused; journalctl -u podman-twins-b)" 'bind: Address'
        like 'T-26: which was said before' "$(bayplan check 2>&1)" "80/tcp is used inside by 'twins-a' and 'twins-b'"
        like 'POD-28 podman: pods are units in one set with their members' "$(units)" \
                'podman-pod-other\.service podman-pod-twins\.service .*podman-twins-a\.service'
        is 'POD-12 podman: members are in the pod' \
                "$(podman pod inspect --format '{{.Name}}' "$(podman inspect --format '{{.Pod}}' twins-a)")" twins
        is 'T-25 podman: ports are on the pod' "$(podman port twins-infra | sort -u | grep -c 127.0.0.1)" 2
        other_names
}

refused() {
        journalctl --sync
        journalctl -u podman-twins-b | grep -q 'bind: Address'
}

same() {
        local name

        ok "POD-01 POD-03 $engine: a member of a pod runs" wait_for 60 answers http://127.0.0.1:8001/ 'a file'
        ok "POD-06 $engine: with its command, variables and files of variables" answers http://127.0.0.1:8001/ 'a file'
        is "POD-06 $engine: and further options" "$($engine inspect --format '{{.Config.Labels.extra}}' twins-a)" yes
        is "POD-06 $engine: one that is not to start does not" "$(state $engine-other-later)" inactive
        ok "POD-07 $engine: a member of another pod depends on it" wait_for 60 answers http://127.0.0.1:8003/ 'c file'
        like "POD-07 $engine: by its full name" "$(property $engine-other-c Requires)" "$engine-twins-a.service"
        is "POD-08 $engine: ports are on 127.0.0.1" \
                "$(ss -Hltn | awk '{ print $4 }' | grep -E ':800[13]$' | sort | xargs)" '127.0.0.1:8001 127.0.0.1:8003'
}

# T-21, T-22: nothing of a container is called as something of the system is.
other_names() {
        local name

        ok "T-22 $engine: a name with capitals, dots and underscores" answers http://127.0.0.1:8004/ 'hello from busybox'
        for name in docker podman; do
                ok "T-21 $engine: a container called '$name' runs" wait_for 30 state_is $engine-$name active
                mkdir -p /run/$name
                systemctl stop $engine-$name
                ok "T-21 $engine: it stops and /run/$name stays" test -d /run/$name
        done
        ok "T-21 $engine: and $engine works" $engine ps
}
