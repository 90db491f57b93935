# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# One set of pods on podman and on docker: only Backend= is edited; the same names resolve, the same ports answer.

TIMEOUT=300

place() {
        with_image localhost/bb
        with_docker localhost/bb
        # Not before its turn: it lets nothing pass any longer between other bridges.
        rm etc/systemd/system/multi-user.target.wants/docker.service
        with_address 10.99.0.1
        define defaults.ini <<-'E'
	[Defaults]
	Backend=podman
	StopTimeout=1
	VolumeBaseDir=/srv/volumes
	E
        define shop.ini <<-'E'
	[Network front]
	Subnet=10.77.0.0/24

	[Pod shop]
	Network=front
	AddHost=elsewhere:192.0.2.9

	[Container shop-db]
	Pod=shop
	Image=localhost/bb
	AddCapability=NET_RAW
	PublishPort=8001:5432
	Volume=data:/data
	Exec=sh -c 'echo db >/data/index.html; exec httpd -f -p 5432 -h /data'

	[Container shop-web]
	Pod=shop
	Image=localhost/bb
	AddCapability=NET_RAW
	DependsOn=shop-db
	PublishPort=8002:80 8012-8013:81-82
	ExposeHostPort=80
	Volume=data:/data:ro
	Exec=sh -c 'mkdir /www; echo web >/www/index.html; httpd -p 81 -h /www; exec httpd -f -p 80 -h /www'
	E
        define wiki.yaml <<-'E'
	pods:
	  wiki: {network: front}
	containers:
	  wiki-web:
	    pod: wiki
	    image: localhost/bb
	    cap_add: [NET_RAW]
	    ports: ["8003:80"]
	    command: [sh, -c, "mkdir /www; echo wiki >/www/index.html; exec httpd -f -p 80 -h /www"]
	  lone:
	    network: front
	    image: localhost/bb
	    cap_add: [NET_RAW]
	    command: [sleep, inf]
	E
}

check() {
        local engine

        engine=podman
        ok "POD-24 $engine: members are started at boot" wait_for 30 all_active
        same
        podman_only
        leave
        engine=docker
        sed -i "s/Backend=podman/Backend=docker/" /etc/containers.d/defaults.ini
        systemctl daemon-reload
        ok "POD-24 $engine: members start all that they need" systemctl start $(units)
        all_active
        same
        docker_only
        leave
}

units() {
        printf "$engine-%s.service " lone wiki-web shop-web shop-db
}

all_active() {
        ! systemctl is-active $(units) | grep -qvx active
}

# What is the same on both engines.
same() {
        local name

        for name in shop-db shop-web wiki-web lone; do
                ok "POD-13 $engine: $name reaches a member of a pod by name" fetches $name http://shop-web/ web
                ok "POD-13 $engine: $name reaches another member of it" fetches $name http://shop-db:5432/ db
                ok "POD-19 $engine: $name reaches a member of the other pod" fetches $name http://wiki-web/ wiki
                ok "POD-13 $engine: $name pings them" pings $name shop-db shop-web wiki-web
        done
        like "$engine: AddHost= of the pod is the members'" "$($engine exec shop-web cat /etc/hosts)" '192\.0\.2\.9.elsewhere'
        ok "POD-18 $engine: the port of a member answers" answers http://127.0.0.1:8002/ web
        ok "POD-18 $engine: that of another one" answers http://127.0.0.1:8001/ db
        ok "POD-18 $engine: one of a range" answers http://127.0.0.1:8012/ web
        ok "POD-18 $engine: one of the other pod" answers http://127.0.0.1:8003/ wiki
        for name in 8001 8002 8003 8012; do
                not_ok "POD-14 $engine: port $name is on 127.0.0.1 only" get http://10.99.0.1:$name/
        done
        is "POD-14 $engine: nothing listens elsewhere" "$(ss -Hltn | awk '{ print $4 }' | grep -E ':80[01].$' | grep -v '^127\.0\.0\.1:')" ''
        is "POD-05 $engine: members share a directory of the host, by VolumeBaseDir=" "$(cat /srv/volumes/shop/data/index.html)" db
        is "POD-15 $engine: it is mounted in all of them" "$($engine exec shop-web cat /data/index.html)" db
        is "POD-04 $engine: names in the engine are those of the definitions" \
                "$($engine ps --format '{{.Names}}' | grep -v infra | sort | xargs)" 'lone shop-db shop-web wiki-web'
}

fetches() {
        wait_for 10 eval "[ \"\$($engine exec $1 timeout 5 wget -q -O - $2)\" = '$3' ]" || { $engine exec "$1" timeout 5 wget -O - "$2"; return 1; }
}

pings() {
        local from=$1 name

        shift
        for name; do
                $engine exec "$from" ping -c 1 -W 5 "$name" || return
        done
}

podman_only() {
        is "POD-18 podman: the pod has the ports of all members" \
                "$(podman pod inspect --format '{{range $inner, $host := .InfraConfig.PortBindings}}{{$inner}}={{range $host}}{{.HostIP}}:{{.HostPort}}{{end}} {{end}}' shop)" \
                '5432/tcp=127.0.0.1:8001 80/tcp=127.0.0.1:8002 81/tcp=127.0.0.1:8012 82/tcp=127.0.0.1:8013 '
        is "POD-18 podman: the members are in it" \
                "$(podman ps --filter pod=shop --format '{{.Names}}' | sort | xargs)" 'shop-db shop-infra shop-web'
        is "POD-20 podman: the unit's main process is the infra container's conmon" \
                "$(podman inspect --format '{{.State.ConmonPid}}' shop-infra)" "$(property podman-pod-shop MainPID)"
        like "POD-20 podman: and is in its cgroup" "$(cat /proc/$(property podman-pod-shop MainPID)/cgroup)" /podman-pod-shop.service
}

docker_only() {
        is "POD-17 docker: the pod is a network, which the members are in" \
                "$(docker network inspect --format '{{range .Containers}}{{.Name}} {{end}}' shop | xargs -n 1 | sort | xargs)" 'shop-db shop-web'
        is "POD-17 docker: a member has its own ports" \
                "$(docker port shop-db)" '5432/tcp -> 127.0.0.1:8001'
        # Its network is made anew, when nobody is in it.
        sed -i '/^AddHost=/aLabel=tier=front' /etc/containers.d/shop.ini
        systemctl daemon-reload
        ok "POD-26 docker: an edited pod is restarted" systemctl restart docker-net-shop
        ok "T-20 docker: with its members" wait_for 30 all_active
        is "POD-26 docker: and is as it is defined now" "$(docker network inspect --format '{{.Labels.tier}}' shop)" front
        ok "POD-13 docker: names resolve as before" fetches lone http://shop-web/ web
        systemctl stop docker.service docker.socket
        ok "T-12 docker: the daemon stops, and so do they" wait_for 30 state_is docker-shop-web inactive
        systemctl start docker.service
        ok "T-12 docker: and come back with it, network and all" wait_for 60 all_active
        ok "POD-13 docker: names resolve" fetches lone http://shop-web/ web
}

leave() {
        local pod=pod

        [ $engine = podman ] || pod=net
        systemctl stop $(units) $engine-$pod-shop $engine-$pod-wiki $engine-net-front
        is "OCI-51 $engine: no container is left" "$($engine ps --all --quiet)" ''
        is "OCI-51 $engine: nor a pod or network" "$($engine network ls --format '{{.Name}}' | grep -E 'front|shop|wiki'; podman pod ps --quiet)" ''
        is "$engine: nothing has failed" "$(systemctl --failed --no-legend --plain)" ''
}
