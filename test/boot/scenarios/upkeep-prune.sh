# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# AutoPrune= removes what is unused of podman and docker, and nothing of what a unit has made; for a user, too.

ALSO=bookworm

place() {
        with_image localhost/bb localhost/spare
        with_docker localhost/bb
        define all.ini <<-'E'
	[Defaults]
	AutoPrune=Sun 03:00
	StopTimeout=1

	[Container kept]
	Image=localhost/bb
	Exec=sleep inf
	AutoRemoveOnStop=no

	[Container other]
	Backend=docker
	Image=localhost/bb
	AutoStart=no
	E
        # What units make and nothing uses at the moment; the pod runs, with a member that does not.
        define objects.ini <<-'E'
	[Network podman-idle]

	[Volume podman-idle]

	[Network docker-idle]
	Backend=docker

	[Volume docker-idle]
	Backend=docker

	[Pod podman-pod]

	[Container podman-member]
	Pod=podman-pod
	Image=localhost/bb
	Exec=sleep inf
	AutoRemoveOnStop=no
	AutoStart=no

	[Pod docker-pod]
	Backend=docker
	E
}

check() {
        local engine
        declare -A nameless

        for engine in podman docker; do
                timer
                leave_behind
                have_objects
                ok "$engine: the service runs" systemctl start bayplan-prune-$engine
                pruned
                objects_stay ''
        done
        # With volumes too.
        sed -i '/^AutoPrune=/aAutoPruneArgs=--volumes' /etc/containers.d/all.ini
        systemctl daemon-reload
        # podman 4.3 has no such filter for volumes; it says so and removes none.
        for engine in $(podman --version | grep -q 'version 4\.[0-3]' || echo podman) docker; do
                ok "$engine: the service runs, with volumes" systemctl start bayplan-prune-$engine
                not_ok "$engine: a volume without a unit is gone" $engine volume inspect "${nameless[$engine]}"
                objects_stay ', with volumes'
        done
        kept_by_unit
        without_daemon
        users_own
}

# POD-27
timer() {
        local timer=bayplan-prune-$engine.timer

        is "$engine: the timer runs" "$(state $timer)" active
        is "$engine: timers.target wants it" "$(property $timer WantedBy)" timers.target
        like "$engine: on sundays" "$(property $timer TimersCalendar)" 'OnCalendar=Sun \*-\*-\* 03:00:00'
        like "$engine: it is listed" "$(systemctl list-timers --no-legend)" "$timer +bayplan-prune-$engine.service"
        is "$engine: it makes up for what it has missed" "$(property $timer Persistent)" yes
}

leave_behind() {
        local label=OBJECT_SYSTEMD_UNIT=docker-other.service

        [ $engine = docker ] || label=PODMAN_SYSTEMD_UNIT=podman-kept.service
        $engine create --name stray localhost/bb true
        $engine create --name ours --label $label localhost/bb true
        $engine network create stray
        $engine network create --label $label ours
        $engine volume create data
        $engine build --quiet --tag localhost/twice - <<<$'FROM localhost/bb\nLABEL edition=1'
        $engine build --quiet --tag localhost/twice - <<<$'FROM localhost/bb\nLABEL edition=2'
} >/dev/null 2>&1

# Networks, volumes and pods whose units are active, though no container uses them.
have_objects() {
        systemctl start $engine-net-$engine-idle $engine-volume-$engine-idle
        nameless[$engine]=$($engine volume create)
        if [ $engine = podman ]; then
                systemctl start podman-podman-member
                systemctl stop podman-podman-member
        else
                systemctl start docker-net-docker-pod
        fi
}

objects_stay() {
        ok "POD-27 $engine: a network that is defined stays$1" $engine network inspect $engine-idle
        ok "POD-27 $engine: a volume that is defined stays$1" $engine volume inspect $engine-idle
        if [ $engine = podman ]; then
                ok "POD-27 podman: a pod stays$1" podman pod exists podman-pod
                ok "POD-27 podman: and its member that is kept$1" podman container exists podman-member
        else
                ok "POD-27 docker: a pod's network stays$1" docker network inspect docker-pod
        fi
}

pruned() {
        is "$engine: a stray container is gone, one of a unit is not" \
                "$($engine ps --all --format '{{.Names}}' | grep -E 'stray|ours')" ours
        is "$engine: the same for networks" "$($engine network ls --format '{{.Name}}' | grep -E 'stray|ours')" ours
        is "$engine: an image without a name is gone" "$($engine images --quiet --filter dangling=true)" ''
        ok "$engine: one with a name is not" $engine image inspect localhost/twice
        ok "$engine: nor a volume" $engine volume inspect data
}

kept_by_unit() {
        systemctl stop podman-kept
        ok 'the container of a stopped unit is there' podman container inspect kept
        systemctl start bayplan-prune-podman
        ok 'and is so after a prune' podman container inspect kept
        ok 'the unit starts again' systemctl start podman-kept
}

without_daemon() {
        systemctl stop docker.socket docker
        not_ok 'docker: without its daemon nothing is pruned' systemctl start bayplan-prune-docker
        is 'docker: and it is not started for that' "$(state docker)" inactive
        is 'docker: which is no failure' "$(property bayplan-prune-docker ActiveState)" inactive
}

users_own() {
        useradd -m -u 1500 alice
        systemctl start user-runtime-dir@1500
        as_user alice podman import --quiet --change ENV=PATH=/bin /usr/share/bb.tar localhost/bb >/dev/null
        as_user alice podman create --name stray localhost/bb true >/dev/null
        as_user alice mkdir -p /home/alice/.config/containers.d
        as_user alice tee /home/alice/.config/containers.d/all.yaml >/dev/null <<-'E'
	defaults: {auto_prune: yes, auto_prune_args: [--all]}
	containers:
	  web: {image: localhost/bb, command: [sleep, inf], auto_start: no}
	E
        loginctl enable-linger alice
        wait_for 30 eval 'as_user alice systemctl --user is-system-running --wait'
        is 'user: the timer runs' "$(as_user alice systemctl --user is-active bayplan-prune-podman.timer)" active
        is 'user: for podman only' \
                "$(as_user alice systemctl --user show --value -p LoadState bayplan-prune-docker.timer)" not-found
        ok 'user: the service runs' as_user alice systemctl --user start bayplan-prune-podman
        not_ok 'user: the stray container is gone' as_user alice podman container exists stray
}
