# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A published port answers on 127.0.0.1 and nowhere else, unless an address is written.

ALSO=bookworm

place() {
        with_image localhost/bb
        with_address 10.99.0.1
        define web.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=8080:80

	[Container everywhere]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=0.0.0.0:8082:80

	[Container there]
	Image=localhost/bb
	Exec=httpd -f -p 80 -h /srv
	PublishPort=10.99.0.1:8083:80
	PublishPort=8084-8085:80-81
	E
        define api.yaml <<-'E'
	containers:
	  api:
	    image: localhost/bb
	    command: [httpd, -f, -p, "80", -h, /srv]
	    ports: ["8081:80"]
	E
}

check() {
        local hello='hello from busybox'

        ok 'OCI-15: a container in INI answers on 127.0.0.1' answers http://127.0.0.1:8080/ "$hello"
        ok 'OCI-15: a container in YAML answers on 127.0.0.1' answers http://127.0.0.1:8081/ "$hello"
        not_ok 'OCI-15: the one in INI does not on another address' get http://10.99.0.1:8080/
        not_ok 'OCI-15: the one in YAML does not on another address' get http://10.99.0.1:8081/
        ok 'OCI-15: 0.0.0.0 is every address: 127.0.0.1' answers http://127.0.0.1:8082/ "$hello"
        ok 'OCI-15: 0.0.0.0 is every address: another one' answers http://10.99.0.1:8082/ "$hello"
        ok 'OCI-15: a written address answers' answers http://10.99.0.1:8083/ "$hello"
        not_ok 'OCI-15: and 127.0.0.1 does not then' get http://127.0.0.1:8083/
        ok 'OCI-15: a range answers on 127.0.0.1' answers http://127.0.0.1:8084/ "$hello"
        not_ok 'OCI-15: and not on another address' get http://10.99.0.1:8084/
        like 'OCI-15: nothing listens elsewhere' \
                "$(ss -Hltn | awk '{print $4}' | grep -E ':80[0-9]{2}$' | sort | xargs)" \
                '^0\.0\.0\.0:8082 10\.99\.0\.1:8083 127\.0\.0\.1:8080 127\.0\.0\.1:8081 127\.0\.0\.1:8084 127\.0\.0\.1:8085$'
}
