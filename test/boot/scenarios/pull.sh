# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Definitions with a login and a pull policy, against a registry with a password, with it down and with a wrong
# password, on both engines: the container starts whenever the image is here or can be had.

ALSO=bookworm

place() {
        with_registry
        with_image localhost/bb
        with_docker
        put /etc/credstore/registry <<<s3cret
        put /root/wrong <<<not-it
        define app.yaml <<-'E'
	defaults: {backend: podman, auto_start: no, stop_timeout: 1, retry: 1, retry_delay: 100ms}
	containers:
	  file:
	    image: 127.0.0.1:5000/bb
	    command: [sleep, inf]
	    pull: always
	    login: {registry: "127.0.0.1:5000", username: alice, passwordFile: /root/password}
	  credential:
	    image: 127.0.0.1:5000/bb
	    command: [sleep, inf]
	    login: {registry: "127.0.0.1:5000", username: alice, credential: registry}
	  wrong:
	    image: 127.0.0.1:5000/bb
	    command: [sleep, inf]
	    pull: always
	    login: {registry: "127.0.0.1:5000", username: alice, passwordFile: /root/wrong}
	    service: {Restart: no}
	  newer:
	    image: 127.0.0.1:5000/bb
	    command: [cat, /version]
	    pull: newer
	    login: {registry: "127.0.0.1:5000", username: alice, passwordFile: /root/password}
	    service: {Type: oneshot}
	E
}

check() {
        local engine

        systemctl start reg
        wait_for 30 systemctl is-active docker
        for engine in podman docker; do
                sed -i "s/backend: [a-z]*/backend: $engine/" /etc/containers.d/app.yaml
                systemctl daemon-reload
                systemctl start reg
                release 1
                forget
                online
                offline
                newer
        done
        not_ok 'OCI-06: no password in a unit' grep -rqF s3cret /run/systemd/generator
        is 'OCI-06: nor in the log' "$(journalctl -b -o cat | grep -cF s3cret)" 0
}

unit() {
        echo "$engine-$1.service"
}

runs() {
        [ "$($engine inspect --format '{{.State.Running}}' "$1" 2>&1)" = true ]
}

# release N: pushes a version of the image.
release() {
        printf 'FROM localhost/bb\nRUN echo %s >/version\n' "$1" >/run/Containerfile
        podman build --quiet --tag localhost/release --file /run/Containerfile /run >/dev/null 2>&1
        podman push --quiet --creds alice:s3cret localhost/release 127.0.0.1:5000/bb
}

# The image is not here.
forget() {
        systemctl stop "$engine-*"
        $engine rmi --force 127.0.0.1:5000/bb >/dev/null 2>&1
}

online() {
        ok "OCI-06 $engine: login with the password in a file" systemctl start "$(unit file)"
        ok "OCI-43 $engine: it runs" runs file
        forget
        ok "T-16 $engine: login with a credential of systemd" systemctl start "$(unit credential)"
        ok "T-16 $engine: it runs" runs credential
        forget
        not_ok "OCI-43 $engine: a wrong password, and no image here" systemctl start "$(unit wrong)"
        like "OCI-43 $engine: the journal says why" "$(journalctl -b -o cat -u "$(unit wrong)")" 'login|log in'
}

offline() {
        systemctl start "$(unit file)"
        systemctl stop "$(unit file)" reg
        ok "T-08 POD-10 $engine: Pull=always without the registry takes the image that is here" systemctl start "$(unit file)"
        ok "T-08 POD-10 $engine: it runs" runs file
        like "T-08 $engine: the journal says so" "$(journalctl -b -o cat -u "$(unit file)")" 'local|is here|there'
        systemctl stop "$(unit file)"
        systemctl start reg
        ok "OCI-43 $engine: so does a wrong password" systemctl start "$(unit wrong)"
        forget
        systemctl stop reg
        not_ok "T-08 $engine: without the registry and without the image" systemctl start "$(unit credential)"
        systemctl start reg
        systemctl reset-failed
}

newer() {
        ok "OCI-24 $engine: Pull=newer" systemctl start "$(unit newer)"
        release 2
        ok "OCI-24 $engine: again" systemctl restart "$(unit newer)"
        is "OCI-24 $engine: gets the newer one" "$(journalctl -b -o cat -u "$(unit newer)" | grep -cx '[12]')" 2
        is "T-10 $engine: and runs it" "$(journalctl -b -o cat -u "$(unit newer)" | grep -x '[12]' | tail -n 1)" 2
}
