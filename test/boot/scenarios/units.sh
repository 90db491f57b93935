# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Units exist after boot: one file or several definitions in one, INI and YAML, started or not, whole and readable.

place() {
        with_image localhost/bb
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8080:80
	StopTimeout=1

	[Unit]
	Description=The site

	[Service]
	Environment=COLOUR=blue
	E
        define pair.ini <<-'E'
	[Container first]
	Image=localhost/bb
	Exec=sleep inf

	[Container second]
	Image=localhost/bb
	Exec=sleep inf
	AutoStart=no
	E
        define group/deep.yaml <<-'E'
	containers:
	  api:
	    image: localhost/bb
	    command: [httpd, -f, -p, "80"]
	    ports: ["8081:80"]
	  worker:
	    image: localhost/bb
	    command: [sleep, inf]
	    Service:
	      Nice: 7
	E
        # A second definition of the same relative name in a directory that comes later is hidden.
        put /usr/lib/containers.d/web.ini <<-'E'
	[Container]
	Image=localhost/other
	E
        put /usr/lib/containers.d/vendor.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	E
        # … and one can be masked.
        put /usr/lib/containers.d/unwanted.ini <<-'E'
	[Container]
	Image=localhost/bb
	E
        ln -s /dev/null etc/containers.d/unwanted.ini
        # What belongs to users is none of the system's.
        define users/1500/private.ini <<-'E'
	[Container]
	Image=localhost/bb
	E
}

check() {
        local unit

        for unit in web first second api worker vendor; do
                is "OCI-34: podman-$unit.service is loaded" "$(property "podman-$unit" LoadState)" loaded
                is "podman-$unit.service is generated" "$(property "podman-$unit" FragmentPath)" \
                        "/run/systemd/generator/podman-$unit.service"
        done
        for unit in unwanted private users; do
                is "podman-$unit.service is not there" "$(property "podman-$unit" LoadState)" not-found
        done

        for unit in web first api worker vendor; do
                is "OCI-23: podman-$unit.service has started at boot" "$(state "podman-$unit")" active
        done
        is 'OCI-23: AutoStart=no has not started' "$(state podman-second)" inactive
        is 'OCI-23: AutoStart=no has no WantedBy=' "$(property podman-second WantedBy)" ''
        is 'OCI-23: others are wanted by multi-user.target' "$(property podman-web WantedBy)" multi-user.target
        ok 'OCI-23: AutoStart=no starts by hand' systemctl start podman-second
        ok 'and runs' running web first second api worker vendor
        is 'OCI-34: the containers are named like the definitions' \
                "$(podman ps --format '{{.Names}}' | sort | xargs)" 'api first second vendor web worker'

        is 'OCI-35: Description= of [Unit] is used' "$(property podman-web Description)" 'The site'
        like 'OCI-35: Environment= of [Service] is added' "$(property podman-web Environment)" COLOUR=blue
        is 'OCI-35: Service: of YAML is used' "$(property podman-worker Nice)" 7
        like 'OCI-41: ExecStart= is the engine, without a shell' "$(property podman-web ExecStart)" \
                'path=/usr/bin/podman ;'
        like 'OCI-47: and the whole command line is in the unit' "$(systemctl cat podman-web)" \
                'ExecStart=.*podman .*run .*localhost/bb httpd -f -p 80 -h /srv'
        like 'OCI-24: with its pull policy' "$(systemctl cat podman-web)" '--pull[= ]missing'
        like 'OCI-14: with its log driver' "$(systemctl cat podman-web)" '--log-driver[= ]journald'
        is 'the unit names its source' "$(property podman-web SourcePath)" /etc/containers.d/web.ini
        ok 'systemd finds nothing to say about the units' \
                systemd-analyze verify --man=no --recursive-errors=no /run/systemd/generator/podman-*.service

        is 'the system is up' "$(systemctl is-system-running)" running
        is 'there is no bayplan-problems.service' "$(property bayplan-problems LoadState)" not-found
        unlike 'the generator says nothing' "$(cat /harness/kmsg.log)" bayplan
}
