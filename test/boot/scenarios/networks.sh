# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Networks on podman and on docker, from one set of definitions: names, addresses, edits, and networks of somebody else.

ALSO=bookworm
TIMEOUT=420

place() {
        with_image localhost/bb
        with_docker localhost/bb
        # Not before docker's turn: it lets nothing pass any longer between other bridges.
        rm etc/systemd/system/multi-user.target.wants/docker.service
        with_address 10.99.0.1
        define defaults.yaml <<-'E'
	defaults: {backend: podman, auto_start: no, stop_timeout: 1, pull: never, extra_args: [--cap-add=NET_RAW]}
	E
        define shop.yaml <<-'E'
	networks:
	  front:
	    subnet: 10.91.1.0/24
	    gateway: 10.91.1.7
	    ip_range: 10.91.1.128/25
	    options: {mtu: 1400}
	    label: {tier: front}
	  back: {name: shop-back, internal: true}
	  theirs: {external: true, name: made-by-hand}
	  kept: {network_delete_on_stop: false}
	containers:
	  web: {image: localhost/bb, command: [httpd, -f, -p, "80", -h, /srv], networks: [front, back]}
	  desk: {image: localhost/bb, command: [sleep, inf], networks: ["front:alias=counter,ip=10.91.1.9"]}
	  cellar: {image: localhost/bb, command: [sleep, inf], networks: [back]}
	  guest: {image: localhost/bb, command: [sleep, inf], networks: [theirs]}
	  keeper: {image: localhost/bb, command: [sleep, inf], networks: [kept]}
	E
}

check() {
        local engine

        is 'POD-24: no network is made before somebody needs it' "$(podman network ls --format '{{.Name}}' | xargs)" podman
        # docker before 25 connects a new container to one network only.
        for engine in podman $(docker --version | grep -q 'version 2[0-4]\.' || echo docker); do
                sed -i "s/backend: [a-z]*/backend: $engine/" /etc/containers.d/defaults.yaml
                sed -i 's/10\.9[0-9]\.1\./10.91.1./g' /etc/containers.d/shop.yaml
                systemctl daemon-reload
                talk
                shape
                stop_and_start
                edited
                in_use
                external
                [ $engine = podman ] || daemon
                clear_up
                [ $engine = docker ] || rootless
        done
}

unit() {
        echo "$engine-$1.service"
}

inside() {
        local name=$1

        shift
        "$engine" exec "$name" "$@"
}

reaches() {
        inside "$1" ping -c 1 -W 2 "$2"
}

there() {
        "$engine" network inspect "$1"
}

subnets() {
        case $engine in
        podman) podman network inspect --format '{{range .Subnets}}{{.Subnet}} {{.Gateway}} {{end}}' "$1" ;;
        docker) docker network inspect --format '{{range .IPAM.Config}}{{.Subnet}} {{.Gateway}} {{end}}' "$1" ;;
        esac
}

talk() {
        ok "POD-23 $engine: containers start" systemctl start "$(unit web)" "$(unit desk)" "$(unit cellar)"
        is "POD-25 $engine: with what their networks need" "$(state docker)" "$([ $engine = docker ] && echo active || echo inactive)"
        is "POD-22 $engine: their networks are active" "$(state "$(unit net-front)") $(state "$(unit net-back)")" 'active active'
        is "POD-24 $engine: one that nobody asked for is not" "$(state "$(unit net-kept)")" inactive
        ok "POD-13 $engine: a name of the same network" reaches desk web
        ok "POD-13 $engine: in the other direction" reaches web desk
        ok "POD-19 $engine: an alias behind the name of the network" reaches web counter
        is "POD-13 $engine: HTTP by name" "$(inside desk wget -q -O - http://web/)" 'hello from busybox'
        ok "POD-13 $engine: on the second network as well" reaches cellar web
        not_ok "POD-13 $engine: not a container of another network" reaches cellar desk
}

shape() {
        is "$engine: subnet and gateway" "$(subnets front | xargs)" '10.91.1.0/24 10.91.1.7'
        like "$engine: addresses are of the range" "$(inside web ip -4 -o address)" '10\.91\.1\.(12[89]|1[3-9].|2..)/'
        like "$engine: or the one that is asked for" "$(inside desk ip -4 -o address)" '10\.91\.1\.9/'
        like "$engine: the gateway is the container's" "$(inside desk ip route)" 'default via 10\.91\.1\.7'
        is "$engine: an option of the driver" "$(inside desk cat /sys/class/net/eth0/mtu)" 1400
        is "$engine: a label" "$($engine network inspect --format '{{.Labels.tier}}' front)" front
        ok "$engine: the name in the engine" there shop-back
        ok "$engine: a way out" inside desk ping -c 1 -W 2 10.99.0.1
        not_ok "$engine: none of an internal network" inside cellar ping -c 1 -W 2 10.99.0.1
}

# Like any dependency: what it takes along comes back with it.
stop_and_start() {
        systemctl stop "$(unit net-front)"
        is "T-20 $engine: a stop of the network stops its containers" "$(state "$(unit web)") $(state "$(unit desk)")" 'inactive inactive'
        is "T-20 $engine: and nobody else" "$(state "$(unit cellar)")" active
        not_ok "$engine: it is removed" there front
        ok "$engine: it starts again" systemctl start "$(unit net-front)"
        ok "T-20 $engine: and its containers with it" wait_for 30 reaches desk web
        systemctl restart "$(unit net-front)"
        ok "T-20 $engine: a restart is one for all" wait_for 30 reaches desk web
        systemctl start "$(unit keeper)"
        systemctl stop "$(unit net-kept)"
        ok "$engine: NetworkDeleteOnStop=no keeps it" there kept
        systemctl start "$(unit net-kept)"
        ok "$engine: and a start takes it as it is" wait_for 30 state_is "$(unit keeper)" active
        systemctl stop "$(unit keeper)" "$(unit net-kept)"
}

edited() {
        sed -i 's/10\.91\.1\./10.92.1./g' /etc/containers.d/shop.yaml
        systemctl daemon-reload
        is "$engine: an edit changes nothing by itself" "$(subnets front | xargs) $(state "$(unit web)")" '10.91.1.0/24 10.91.1.7 active'
        ok "T-23 $engine: the unit of the edited network restarts" systemctl restart "$(unit net-front)"
        is "T-23 $engine: it is made anew" "$(subnets front | xargs)" '10.92.1.0/24 10.92.1.7'
        ok "T-23 $engine: and its containers are on it" wait_for 30 reaches desk web
        like "$engine: with addresses of it" "$(inside desk ip -4 -o address)" '10\.92\.1\.9/'
}

in_use() {
        $engine run --detach --name foreign --network front localhost/bb sleep inf >/dev/null
        systemctl restart "$(unit net-front)"
        ok "POD-26 $engine: one that has not changed is taken as it is, whoever is on it" wait_for 30 reaches desk web
        sed -i 's/10\.92\.1\./10.93.1./g' /etc/containers.d/shop.yaml
        systemctl daemon-reload
        systemctl stop "$(unit web)" "$(unit desk)" "$(unit net-front)"
        not_ok "POD-26 $engine: one that has changed cannot start while it is in use" systemctl start "$(unit desk)"
        is "POD-26 $engine: its unit has failed" "$(state "$(unit net-front)")" failed
        like "POD-26 $engine: and says by whom" "$(systemctl status "$(unit net-front)")" "network 'front'.*foreign"
        is "POD-26 $engine: it is left as it was" "$(subnets front | xargs)" '10.92.1.0/24 10.92.1.7'
        $engine rm --force --time 0 foreign >/dev/null 2>&1 || $engine rm --force foreign >/dev/null
        ok "POD-26 $engine: once it is free it starts" systemctl start "$(unit desk)" "$(unit web)"
        is "POD-26 $engine: as it is defined now" "$(subnets front | xargs)" '10.93.1.0/24 10.93.1.7'
}

external() {
        not_ok "$engine: a network of somebody else that is not there" systemctl start "$(unit guest)"
        is "$engine: what needs it does not start" "$(state "$(unit guest)")" inactive
        like "$engine: and says so" "$(systemctl status "$(unit net-theirs)")" "made-by-hand"
        $engine network create made-by-hand >/dev/null
        ok "$engine: one that is there" systemctl start "$(unit guest)"
        like "$engine: is joined" "$($engine inspect --format '{{.NetworkSettings.Networks}}' guest)" made-by-hand
        systemctl stop "$(unit guest)" "$(unit net-theirs)"
        ok "$engine: and left" there made-by-hand
        $engine network rm made-by-hand >/dev/null
}

daemon() {
        systemctl stop docker.socket docker.service
        is 'T-12: a stop of the daemon stops networks and containers' "$(state docker-net-front) $(state docker-web)" 'inactive inactive'
        systemctl start docker.service
        ok 'T-12: they come back with it' wait_for 60 state_is docker-desk active
        ok 'T-12: on their network' wait_for 30 reaches desk web
        systemctl restart docker.service
        ok 'T-12: a restart of the daemon' wait_for 60 state_is docker-desk active
        ok 'T-12: the same' wait_for 30 reaches desk web
}

clear_up() {
        systemctl stop "$(unit web)" "$(unit desk)" "$(unit cellar)" "$(unit net-front)" "$(unit net-back)"
        systemctl reset-failed
        is "$engine: no network is left behind" "$($engine network ls --format '{{.Name}}' | grep -E 'front|back' | xargs)" ''
        $engine network rm kept >/dev/null
}

# Those of a user's podman, in its own namespace: the same addresses are no clash.
rootless() {
        local engine=podman

        useradd -m -u 1500 alice
        loginctl enable-linger alice
        cat >/etc/containers.d/alice.ini <<-'E'
	[Network alices]
	Backend=podman
	Subnet=10.93.1.0/24
	[Volume alices]
	Backend=podman
	[Container alices]
	Backend=podman
	Image=localhost/bb
	Exec=sleep inf
	Network=alices
	Volume=alices:/data
	[Service]
	User=alice
	E
        systemctl daemon-reload
        wait_for 20 systemctl is-active user@1500
        as_user alice podman import --quiet --change ENV=PATH=/bin /usr/share/bb.tar localhost/bb >/dev/null
        ok 'POD-29: a network and a volume of a user of the system' systemctl start podman-alices
        is 'POD-29: are his' "$(as_user alice podman network ls --format '{{.Name}}' | sort | xargs) $(as_user alice podman volume ls --format '{{.Name}}')" \
                'alices podman alices'
        systemctl stop podman-net-alices
        is 'POD-29: the network is removed for him' "$(as_user alice podman network ls --format '{{.Name}}' | xargs)" podman
}
