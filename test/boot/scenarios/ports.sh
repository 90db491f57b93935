# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A port that two definitions publish is an error of both, told with both places; everything else runs.

ALSO=bookworm

place() {
        with_image localhost/bb
        with_docker localhost/bb
        with_address 10.99.0.1
        define a.ini <<-'E'
	[Defaults]
	Pull=never
	StopTimeout=1

	[Container one]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8080:80

	[Container fine]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8082:80

	[Container page]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8083:80

	[Container stand-in]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8083:80
	AutoStart=no

	[Unit stand-in]
	Conflicts=podman-page.service
	After=podman-page.service
	E
        define b.yaml <<-'E'
	containers:
	  two:
	    backend: docker
	    image: localhost/bb
	    command: [httpd, -f, -p, "80", -h, /srv]
	    ports: ["8080:80"]
	  everywhere:
	    backend: docker
	    image: localhost/bb
	    command: [httpd, -f, -p, "80", -h, /srv]
	    ports: ["10.99.0.1:8082:80"]
	E
}

check() {
        local hello='hello from busybox' unit

        ok 'the others run' answers http://127.0.0.1:8082/ "$hello"
        ok 'and one on another address of the same port' wait_for 60 answers http://10.99.0.1:8082/ "$hello"
        for unit in podman-one docker-two; do
                is "OCI-15: $unit has failed" "$(state $unit)" failed
                like "OCI-15: $unit tells its own place and the other one" "$(systemctl status $unit)" \
                        '/etc/containers\.d/b\.yaml:6:14: .*8080/tcp on 127\.0\.0\.1.*/etc/containers\.d/a\.ini:8:13'
        done
        not_ok 'OCI-15: nobody answers there' get http://127.0.0.1:8080/

        sed -i 's/8080:80/8081:80/' /etc/containers.d/b.yaml
        systemctl daemon-reload
        ok 'corrected, both start' systemctl start podman-one docker-two
        ok 'the one' answers http://127.0.0.1:8080/ "$hello"
        ok 'and the other one' answers http://127.0.0.1:8081/ "$hello"

        ok 'one that stands in for another' systemctl start podman-stand-in
        is 'has its port' "$(state podman-page)" inactive
        ok 'and answers' answers http://127.0.0.1:8083/ "$hello"
}
