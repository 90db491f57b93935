# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Quadlet files and definitions of ours name each other's networks, volumes, pods, images and containers, in one boot; a
# Quadlet file with a mistake is told of by bayplan-problems.service.

place() {
        with_image localhost/bb
        define front.network <<-'E'
	[Network]
	Subnet=10.78.0.0/24
	E
        define data.volume <<-'E'
	[Volume]
	VolumeName=the-data
	E
        define shop.pod <<-'E'
	[Pod]
	Network=front.network
	E
        define page.build <<-'E'
	[Build]
	ImageTag=localhost/page
	SetWorkingDirectory=unit
	Pull=never
	E
        define Containerfile <<-'E'
	FROM localhost/bb
	COPY page.build /page/index.html
	E
        define db.container <<-'E'
	[Container]
	Image=localhost/bb
	Network=back.network
	Volume=files.volume:/files
	Volume=data.volume:/data
	HealthCmd=test -e /files/well
	HealthInterval=1s
	HealthRetries=60
	Notify=healthy
	StopTimeout=1
	Exec=sh -c "echo db >/data/index.html; exec httpd -f -p 5432 -h /data"
	[Service]
	SuccessExitStatus=137
	E
        define guest.container <<-'E'
	[Container]
	Image=localhost/bb
	Pod=group.pod
	StopTimeout=1
	Exec=httpd -f -p 90 -h /srv
	[Install]
	WantedBy=multi-user.target
	E
        define broken.container <<-'E'
	[Container]
	Image=localhost/bb
	ReadOnly=ture
	E
        define own.ini <<-'E'
	[Defaults]
	StopTimeout=1

	[Network back]

	[Volume files]
	Directory=/srv/files

	[Pod group]
	PublishPort=9000:90

	[Container web]
	Image=page.build
	AddCapability=NET_RAW
	Network=front
	PublishPort=8001:80
	DependsOn=db
	Volume=data:/data:ro
	AutoStart=no
	Exec=httpd -f -p 80 -h /page

	[Container tool]
	Image=localhost/bb
	Network=container:db
	Exec=sleep inf
	AutoStart=no

	[Container member]
	Image=localhost/bb
	Pod=shop
	PublishPort=8002:81
	Exec=httpd -f -p 81 -h /srv
	E
}

check() {
        systemctl start --no-block podman-web podman-tool
        ok 'a container of ours is not started before the Quadlet one that it depends on is healthy' \
                wait_for 30 state_is db activating
        is 'so it waits' "$(state podman-web)" inactive
        touch /srv/files/well
        ok 'then it starts' wait_for 30 state_is podman-web active
        ok 'from an image that a .build has made' answers http://127.0.0.1:8001/ "$(cat /etc/containers.d/page.build)"
        is 'on the network of a .network' "$(on web)" systemd-front
        is 'with the volume of a .volume' "$(podman exec web cat /data/index.html)" db
        is 'a Quadlet container is on a network of ours' "$(on systemd-db)" back
        is 'with a directory of ours' "$(podman exec systemd-db ls /files)" well
        ok 'one of ours shares the network of a Quadlet one' wait_for 20 eval '[ "$(podman exec tool wget -q -O - http://127.0.0.1:5432/)" = db ]'
        ok 'one of ours is in a Quadlet pod, which publishes its port on 127.0.0.1' answers http://127.0.0.1:8002/ 'hello from busybox'
        ok 'a Quadlet one is in a pod of ours' answers http://127.0.0.1:9000/ 'hello from busybox'
        ok 'what ours needs stops with what it needs' systemctl stop db
        is 'all of it' "$(systemctl is-active podman-web podman-tool | sort -u)" inactive
        is 'but not the rest' "$(systemctl is-active podman-member shop-pod guest podman-pod-group | sort -u)" active
        systemctl start db
        ok 'and comes back with it' wait_for 30 eval '[ "$(systemctl is-active podman-web podman-tool | sort -u)" = active ]'

        is 'a file with a mistake gives no unit' "$(property broken LoadState)" not-found
        is 'it is among the failed units' "$(state bayplan-problems)" failed
        like 'with its place and a hint' "$(systemctl status bayplan-problems)" \
                '/etc/containers.d/broken.container:3:10: .*ReadOnly= takes a boolean.*write yes or no'
        is 'nothing else is' "$(systemctl --failed --no-legend --plain | cut -d ' ' -f 1)" bayplan-problems.service
}

on() {
        podman container inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}' "$1"
}
