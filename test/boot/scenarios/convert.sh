# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Quadlet files become Bayplan's own definitions and come back: the same units, containers, networks, ports and data.

place() {
        with_image localhost/bb
        put /etc/containers.d/quadlet/web.container <<-'E'
	[Unit]
	Requires=db.container
	After=db.container

	[Container]
	Image=localhost/bb
	Exec=sh -c "echo $$GREETING >/srv/index.html; exec httpd -f -p 80 -h /srv"
	Environment="GREETING=good day"
	PublishPort=8080:80
	Volume=data.volume:/data
	Network=front.network
	StopTimeout=1

	[Install]
	WantedBy=multi-user.target
	E
        put /etc/containers.d/quadlet/db.container <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sh -c "echo started >>/data/log; exec sleep inf"
	Volume=data.volume:/data
	Network=front.network
	StopTimeout=1
	E
        put /etc/containers.d/quadlet/db.container.d/name.conf <<-'E'
	[Container]
	ContainerName=database
	E
        put /etc/containers.d/quadlet/data.volume <<-'E'
	[Volume]
	E
        put /etc/containers.d/quadlet/front.network <<-'E'
	[Network]
	Subnet=10.95.1.0/24
	E
}

check() {
        ok 'as Quadlet files' wait_for 60 serves
        shape 'Quadlet'
        into ini
        into yaml /etc/containers.d/ini/all.ini
        into quadlet /etc/containers.d/yaml/all.yaml
        podman_reads
        is 'data is what all of them have written' "$(podman exec database cat /data/log | sort | uniq -c | xargs)" '4 started'
}

# What Podman's own generator makes of files that Bayplan wrote, of Bayplan's examples too. The one of Debian 13 does not
# know Memory= and ExitPolicy= yet.
podman_reads() {
        local name out=/root/files generator=/usr/lib/systemd/system-generators/podman-system-generator

        mkdir $out
        for name in /usr/share/doc/bayplan/examples/*.{ini,yaml}; do
                [[ $name != */@(hardened|blog).ini ]] || continue
                bayplan convert --to=quadlet --output=$out "$name" 2>/dev/null && echo "$name"
        done >/root/converted
        ok 'some examples can be said by Quadlet' [ "$(wc -l </root/converted)" -gt 4 ]
        cp /etc/containers.d/quadlet/* $out/
        ok "Podman's generator takes them all" env QUADLET_UNIT_DIRS=$out $generator -dryrun
        is 'and makes the same units of them' "$(QUADLET_UNIT_DIRS=$out $generator -dryrun 2>/dev/null | sed -n 's/^---\(.*\.service\)---$/\1/p' | sort | xargs)" \
                "$(bayplan list -f $out --no-legend | awk '{print $4}' | sort | xargs)"
}

serves() {
        [ "$(get http://127.0.0.1:8080/)" = 'good day' ]
}

shape() {
        is "$1: names of containers" "$(podman ps --format '{{.Names}}' | sort | xargs)" 'database systemd-web'
        is "$1: their units" "$(systemctl list-units --plain --no-legend --state=active web.service db.service data-volume.service \
                front-network.service | awk '{print $1}' | xargs)" 'data-volume.service db.service front-network.service web.service'
        is "$1: the network" "$(podman network ls --format '{{.Name}} {{range .Subnets}}{{.Subnet}}{{end}}' | grep front)" \
                'systemd-front 10.95.1.0/24'
        is "$1: one volume" "$(podman volume ls --format '{{.Name}}')" systemd-data
        like "$1: the port is open on all addresses" "$(podman port systemd-web)" '80/tcp -> 0\.0\.0\.0:8080'
        is "$1: Restart= is as it was" "$(property web Restart)" no
        like "$1: what starts at boot" "$(property multi-user.target Wants)" 'web\.service'
        unlike "$1: and what does not" "$(property multi-user.target Wants)" 'db\.service'
}

# into FORMAT [FILE]: the definitions are there in that format instead.
into() {
        local from=${2-/etc/containers.d/quadlet}

        mkdir /etc/containers.d/new
        if [ "$1" = quadlet ]; then
                ok "$1: converted" bayplan convert --to=quadlet --output=/etc/containers.d/new "$from"
        else
                ok "$1: converted" eval "bayplan convert --to=$1 $from >/etc/containers.d/new/all.$1"
        fi
        systemctl stop web db front-network
        rm -rf "${from%/all.*}"
        mv /etc/containers.d/new "/etc/containers.d/$1"
        systemctl daemon-reload
        is "$1: no errors" "$(bayplan check 2>&1 | tail -n 1)" 'bayplan: 4 definitions, no errors'
        ok "$1: it starts" systemctl start web
        ok "$1: and serves" wait_for 30 serves
        shape "$1"
}
