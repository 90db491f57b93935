# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan-network with both engines: made, left alone, made anew when it is free, and refused while something is attached.

ALSO=bookworm

network=/usr/libexec/bayplan/bayplan-network
label=io.bayplan.config

place() {
        with_image localhost/bb
        with_docker localhost/bb
}

check() {
        local engine

        wait_for 30 systemctl is-active docker
        for engine in podman docker; do
                made
                changed
                attached
                not_running
                external
                races
                not_possible
        done
        pods
        daemon
}

# make HASH [OPTION…]: by the helper; what it says is in /run/said.log.
make() {
        local hash=$1

        shift
        timeout 30 $network --engine="$engine" --name=front --config="$hash" -- \
                "/usr/bin/$engine" network create --label "$label=$hash" "$@" front >/run/said.log 2>&1
}

# says STATUS TEXT NAME COMMAND…: it ends like that, and this is all that it says.
says() {
        local status=$1 text=$2 name=$3

        shift 3
        "$@"
        is "$engine: $name" "$?" "$status"
        is "$engine: it says so" "$(cat /run/said.log)" "${text:+bayplan-network: $text}"
}

hash_of() {
        "$engine" network inspect --format "{{index .Labels \"$label\"}}" "$1"
}

# What stands for this very network.
identity() {
        "$engine" network inspect --format '{{.Created}}{{.created}}' front 2>/dev/null ||
                "$engine" network inspect --format '{{.Created}}' front
}

run() {
        "$engine" run --detach --name "$1" --network front localhost/bb sleep inf >/dev/null
}

# end NAME: at once, where engines would wait for one that does not heed SIGTERM.
end() {
        "$engine" kill "$1" >/dev/null
        "$engine" rm --force "$1" >/dev/null
}

made() {
        local before

        says 0 '' 'POD-22: a network that is absent is made' make one
        is "$engine: with its label" "$(hash_of front)" one
        before=$(identity)
        says 0 '' 'POD-26: the same again' make one
        is "$engine: is left alone" "$(identity)" "$before"
        run web
        says 0 '' 'POD-26: and also while something is attached' make one
        ok "$engine: which runs on" "$engine" exec web true
        end web
}

changed() {
        says 0 "network 'front' was defined otherwise before, and is made anew" 'T-23: changed and free: made anew' \
                make two --subnet 10.87.0.0/24
        is "$engine: with the new label" "$(hash_of front)" two
        like "$engine: and the new definition" "$("$engine" network inspect front)" 10\.87\.0\.0/24
        "$engine" network rm front >/dev/null
        "$engine" network create front >/dev/null
        says 0 "network 'front' was defined otherwise before, and is made anew" 'T-23: so is one without a label' make two
}

attached() {
        run web
        run db
        make three
        is "$engine: POD-26: changed and attached: refused" "$?" 1
        like "$engine: T-23: it says what is attached" "$(cat /run/said.log)" \
                "^bayplan-network: network 'front' was defined otherwise before, and '(web', 'db|db', 'web)' are attached: stop them first\$"
        is "$engine: the network is as it was" "$(hash_of front)" two
        ok "$engine: and in use" "$engine" exec web true
        end db
        says 1 "network 'front' was defined otherwise before, and 'web' is attached: stop it first" 'POD-26: one of them' make three
        end web
        says 0 "network 'front' was defined otherwise before, and is made anew" 'T-23: free again' make three
}

# podman would not remove the network, and docker could not start the container on a new one.
not_running() {
        run web
        "$engine" kill web >/dev/null
        wait_for 10 eval '[ "$('"$engine"' inspect --format "{{.State.Running}}" web)" = false ]'
        says 1 "network 'front' was defined otherwise before, and 'web' is attached: remove it first" 'POD-26: one that does not run' \
                make four
        "$engine" rm web >/dev/null
}

external() {
        check_external front
        is "$engine: an external network that is there" "$?" 0
        # Neither a part of a name nor the beginning of an ID.
        check_external fron
        is "$engine: one that is absent" "$?" 1
        is "$engine: it says so" "$(cat /run/said.log)" \
                "bayplan-network: network 'fron' does not exist, and is external: create it first"
        check_external "$("$engine" network ls --no-trunc --format '{{.ID}}' | head -n 1 | cut -c 1-10)"
        is "$engine: an ID is no name" "$?" 1
}

check_external() {
        timeout 30 $network --engine="$engine" --external --name="$1" >/run/said.log 2>&1
}

# Eight at once. Docker before 25 could make several networks of one name then, for whoever asks.
races() {
        local n status=0 pids=()

        "$engine" network rm front >/dev/null
        [ "$engine" = podman ] || [ "$(docker version --format '{{.Server.Version}}' | cut -d . -f 1)" -ge 25 ] || return 0
        for n in 1 2 3 4 5 6 7 8; do
                timeout 60 $network --engine="$engine" --name=front --config=five -- \
                        "/usr/bin/$engine" network create --label "$label=five" front 2>"/run/said.$n" &
                pids+=($!)
        done
        for n in "${pids[@]}"; do
                wait "$n" || status=1
        done
        is "$engine: T-23: eight at once succeed" "$status" 0
        is "$engine: silently" "$(cat /run/said.[1-8])" ''
        is "$engine: there is one network" "$("$engine" network ls --format '{{.Name}}' | grep -cx front)" 1
        "$engine" network rm front >/dev/null
}

not_possible() {
        make six --driver no-such-driver
        is "$engine: one that cannot be made" "$?" 1
        like "$engine: it says why" "$(cat /run/said.log)" "^bayplan-network: cannot create network 'front': Error.*no-such-driver"
}

pods() {
        engine=podman
        make one
        podman pod create --name app --network front >/dev/null
        podman run --detach --pod app --name app-web localhost/bb sleep inf >/dev/null
        says 1 "network 'front' was defined otherwise before, and pod 'app' is attached: stop it first" 'POD-26: a pod' make two
        podman pod rm --force --time 0 app >/dev/null
}

daemon() {
        engine=docker
        systemctl stop docker.socket docker
        make one
        is "docker: no daemon: it fails" "$?" 1
        like 'docker: and says so' "$(cat /run/said.log)" \
                "^bayplan-network: cannot look for network 'front': Cannot connect to the Docker daemon"
        is 'docker: in one line' "$(wc -l </run/said.log)" 1
}
