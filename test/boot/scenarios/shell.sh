# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A shell in containers that run: podman's and docker's, on a terminal and without one, the system's and users' (NSP-23).

ALSO=bookworm

place() {
        with_image localhost/bb
        with_docker localhost/bb
        define web.yaml <<-'E'
	containers:
	  web: &web
	    image: localhost/bb
	    command: [sleep, inf]
	    stop_timeout: 1
	    pull: never
	    auto_start: no
	    environment: {WHO: web}
	    working_dir: /srv
	    user: "7:8"
	  docked: {<<: *web, backend: docker, container_name: other-name}
	  alices: {<<: *web, service: {User: alice}}
	networks: {front: {}}
	E
        put /home/alice/.config/containers.d/own.yaml <<-'E'
	containers: {own: {image: localhost/bb, command: [sleep, inf], stop_timeout: 1, pull: never, auto_start: no}}
	E
}

check() {
        local name

        useradd -M -u 1500 alice
        chown -R alice: /home/alice
        loginctl enable-linger alice
        is 'one that does not run' "$(bayplan shell web 2>&1; echo $?)" \
                "bayplan: container 'web' does not run; 'systemctl start podman-web.service' starts it
125"
        systemctl daemon-reload
        wait_for 30 systemctl is-active docker user@1500
        systemctl start podman-web docker-docked
        for name in web docked; do
                words $name
                users $name
                terminal $name
        done
        others
        # podman 4.3 takes a user's container for one that stops, and enters none.
        podman --version | grep -q 'version 4\.' || rootless
}

# exit_of WORD…: the exit status, with nothing to read.
exit_of() {
        "$@" </dev/null >/dev/null 2>&1
        echo $?
}

words() {
        local words=('' 'a b' "'" '"' '$HOME' '%n' '*' '-x' '--' $'\n' '\' 'ä')

        is "$1: the status of the command" "$(exit_of bayplan shell "$1" sh -c 'exit 7')" 7
        # docker says 126, and newer ones 127.
        like "$1: and of one that is not there" "$(exit_of bayplan shell "$1" no-such-program)" '^12[67]$'
        is "$1: words arrive byte for byte" "$(bayplan shell "$1" printf '[%s]' "${words[@]}" | od -c)" "$(printf '[%s]' "${words[@]}" | od -c)"
        is "$1: options behind the name are the command's" "$(bayplan shell "$1" ls -d --color=never /srv | xargs)" /srv
        is "$1: bytes pass through" "$(head -c 100000 /dev/urandom | tee /root/bytes | bayplan shell "$1" cat | md5sum)" \
                "$(md5sum </root/bytes)"
        is "$1: standard error apart" "$(bayplan shell "$1" sh -c 'echo out; echo err >&2' 2>&1 >/dev/null)" err
        is "$1: a shell reads its commands" "$(echo 'echo $WHO; pwd; exit 3' | bayplan shell "$1"; echo $?)" $'web\n/srv\n3'
        is "$1: by the name of its unit" "$(bayplan shell "${name/docked/docker-docked}" true; echo $?)" 0
}

users() {
        is "$1: as the container's user" "$(bayplan shell "$1" id -u)" 7
        is "$1: as another" "$(bayplan shell --uid=0 "$1" id -u)" 0
        is "$1: a login shell" "$(echo 'echo $- $0' | bayplan login "$1")" "$(echo 'echo $- $0' | bayplan shell "$1" /bin/sh -l)"
}

terminal() {
        local out

        out=$(on_terminal "bayplan shell $1" 'tty; test -t 0 -a -t 1 && echo "is $((6 * 7))"; exit 5')
        like "$1: on a terminal it has one of its own" "$out" '/dev/(pts|console)'
        like "$1: which is one" "$out" 'is 42'
        like "$1: and the status" "$out" 'status 5'
        like "$1: none where the output is a file" "$(on_terminal "bayplan shell $1 sh -c 'test -t 0' >/dev/null")" 'status 1'
}

others() {
        is 'the name in the engine is another' "$(docker ps --format '{{.Names}}')" other-name
        is 'no container' "$(bayplan shell front 2>&1)" "bayplan: 'front' is a network, no container"
        is 'almost a name' "$(bayplan shell wbe 2>&1)" "bayplan: no container is named 'wbe'; did you mean 'web'?"
        systemctl stop podman-web
        like 'one that was stopped' "$(bayplan shell web 2>&1)" 'systemctl start podman-web'
        systemctl start podman-web
        podman exec web true
        like 'not by anybody' "$(as_user alice bayplan shell web 2>&1)" 'only root can enter it'
}

rootless() {
        as_user alice podman import --quiet --change ENV=PATH=/bin /usr/share/bb.tar localhost/bb >/dev/null
        systemctl start podman-alices
        is 'root enters a container of a user' "$(cd /root && bayplan shell alices sh -c 'echo $WHO; id -u' | xargs)" 'web 7'
        is 'with the status' "$(exit_of bayplan shell alices sh -c 'exit 9')" 9
        is 'the user does' "$(as_user alice bayplan shell alices sh -c 'echo $WHO')" web
        like 'on a terminal too' "$(on_terminal 'bayplan shell alices sh -c "test -t 0 && echo is \$WHO"')" 'is web'
        like 'nobody else' "$(setpriv --reuid 4711 --regid 4711 --clear-groups bayplan shell alices 2>&1)" "belongs to user 'alice'"
        as_user alice systemctl --user daemon-reload
        like 'one of his own that does not run' "$(as_user alice bayplan shell --user own 2>&1)" \
                "systemctl --user start podman-own.service"
        as_user alice systemctl --user start podman-own
        is 'one of his own' "$(as_user alice bayplan shell --user own id -u)" 0
        is 'without a session as well' "$(cd / && setpriv --reuid alice --regid alice --init-groups env -i HOME=/home/alice \
                PATH=/usr/bin bayplan shell --user own echo in)" in
}
