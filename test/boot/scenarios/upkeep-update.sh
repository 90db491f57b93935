# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# AutoUpdate= restarts what has a newer image in a real registry, and goes back when that is not well; both engines.

TIMEOUT=400
ALSO=bookworm
registry=127.0.0.1:5000

place() {
        with_registry
        with_image localhost/bb
        with_docker
        put /etc/containers.d/all.ini <<-E
	[Defaults]
	StopTimeout=1
	AutoStart=no
	$(definitions podman '')
	$(definitions docker d)

	[Container label]
	Image=$registry/open
	Exec=/bin/run
	AutoUpdate=registry
	LogDriver=journald
	E
        # What a new edition of the program does.
        put_program /root/images/good <<<$'#!/bin/sh\nexec sleep inf'
        put_program /root/images/sick <<<$'#!/bin/sh\nrm /healthy\nexec sleep inf'
        put_program /root/images/short <<<$'#!/bin/sh\nsleep 2\nexit 3'
}

# definitions ENGINE PREFIX
definitions() {
        cat <<-E

	[Container $2web]
	Backend=$1
	Image=$registry/web
	LoginRegistry=$registry
	LoginUsername=alice
	LoginPasswordFile=/root/password
	Exec=/bin/run
	AutoUpdate=registry
	HealthCmd=test -e /healthy
	HealthInterval=1s
	HealthRetries=2

	[Container $2front]
	Backend=$1
	Image=$registry/web
	Exec=/bin/run
	DependsOn=$2web

	[Container $2idle]
	Backend=$1
	Image=$registry/idle
	LoginRegistry=$registry
	LoginUsername=alice
	LoginPasswordFile=/root/password
	Exec=/bin/run
	AutoUpdate=registry

	[Container $2made]
	Backend=$1
	Image=localhost/made
	Exec=/bin/run
	AutoUpdate=local
	E
}

check() {
        local engine prefix target

        systemctl start reg
        is 'podman-auto-update: its timer runs' "$(state podman-auto-update.timer)" active
        systemctl stop podman-auto-update.timer
        publish web 1 good
        publish idle 1 good
        for engine in docker podman; do
                prefix=${engine#podman} prefix=${prefix:0:1}
                target=bayplan-update-$engine.target
                timer
                first
                newer
                without_registry
                not_well sick 'is unhealthy'
                not_well short '(ends soon after its start|is unhealthy)'
                not_well nothing 'does not start'
                publish web 1 good
        done
        by_label
}

# publish NAME EDITION PROGRAM: pushes an image that runs it.
publish() {
        local copy=

        [ "$3" = nothing ] || copy="COPY $3 /bin/run"
        podman build --quiet --tag $registry/"$1" --file - /root/images >/dev/null <<-E
	FROM localhost/bb
	LABEL edition=$2
	$copy
	COPY good /healthy
	E
        podman push --quiet --creds alice:s3cret $registry/"$1"
        # The engine has what it had.
        [ ! -e /run/editions/"$1" ] || podman tag "$(cat /run/editions/"$1")" $registry/"$1"
}

# edition NAME: of the image that the container is made of.
edition() {
        $engine container inspect --format '{{.Config.Labels.edition}}' "$prefix$1"
}

# local_edition: what the engine takes the name of the image for.
local_edition() {
        $engine image inspect --format '{{.Config.Labels.edition}}' $registry/web
}

invocation() {
        property $engine-"$prefix$1" InvocationID
}

# remember: what podman has under the name, which it shares with our builds.
remember() {
        [ $engine = podman ] || return 0
        mkdir -p /run/editions
        podman image inspect --format '{{.Id}}' $registry/web >/run/editions/web
}

said() {
        journalctl --no-pager -o cat -u bayplan-update@$engine-"$prefix$1" --since "$(cat /run/since)"
}

# update: starts what the timer starts. The journal since is what said prints.
update() {
        sleep 1
        date '+%F %T' >/run/since
        systemctl start $target
}

timer() {
        is "$engine: the timer runs" "$(state bayplan-update-$engine.timer)" active
        like "$engine: daily, all" "$(systemctl list-timers --no-legend)" "bayplan-update-$engine.timer +$target"
        # It may be about midnight.
        systemctl stop bayplan-update-$engine.timer
}

first() {
        [ $engine = podman ] || rm -rf /run/editions
        $engine rmi --force $registry/web $registry/idle >/dev/null 2>&1
        podman tag localhost/bb localhost/made
        podman build --quiet --tag localhost/made --file - /root/images <<<$'FROM localhost/bb\nLABEL edition=1\nCOPY good /bin/run' >/dev/null
        [ $engine = podman ] || podman save localhost/made | docker load --quiet
        ok "$engine: they start" systemctl start $engine-"$prefix"{web,made}
        ok "$engine: what depends on one, too" systemctl start $engine-"$prefix"front
        is "$engine: with the first image" "$(edition web)" 1
        remember

        local web=$(invocation web) made=$(invocation made)
        ok "$engine: an update without news" update
        is "$engine: restarts nothing" "$(invocation web) $(invocation made)" "$web $made"
        is "$engine: the target can be started again" "$(state $target)" inactive
        unlike "$engine: the password is in no unit" "$(systemctl cat 'bayplan-update@*')" s3cret
} 2>/dev/null

newer() {
        local web=$(invocation web) made=$(invocation made) front=$(invocation front)

        publish web 2 good
        publish idle 2 good
        ok "$engine: an update" update
        is "$engine: takes the new image" "$(edition web)" 2
        remember
        unlike "$engine: by a restart" "$(invocation web)" "$web"
        is "$engine: of nothing else" "$(invocation made)" "$made"
        unlike "$engine: but of what depends on it" "$(invocation front)" "$front"
        is "$engine: which runs" "$(state $engine-"$prefix"front)" active
        like "$engine: it says so" "$(said web)" "restarting $engine-${prefix}web.service: '$registry/web' is .* now.*runs with the new image"
        is "$engine: what does not run stays so" "$(state $engine-"$prefix"idle)" inactive
        # podman has it from our build.
        [ $engine = podman ] || not_ok "$engine: and is not pulled" $engine image inspect $registry/idle

        # AutoUpdate=local; podman's own timer does that.
        podman build --quiet --tag localhost/made --file - /root/images <<<$'FROM localhost/bb\nLABEL edition=2\nCOPY good /bin/run' >/dev/null
        [ $engine = podman ] || podman save localhost/made | docker load --quiet
        [ $engine = docker ] || target=podman-auto-update
        ok "$engine: an update with an image made here" update
        target=bayplan-update-$engine.target
        is "$engine: takes it" "$(edition made)" 2
} 2>/dev/null

without_registry() {
        local web=$(invocation web)

        systemctl stop reg
        ok "$engine: an update without a registry" update
        is "$engine: restarts nothing" "$(invocation web)" "$web"
        like "$engine: it says so" "$(said web)" "the login at '$registry' failed; .*with the local image"
        systemctl start reg
}

# not_well PROGRAM WHAT
not_well() {
        publish web 3 "$1"
        not_ok "$engine: $1: the update fails" update
        like "$engine: $1: it says so" "$(said web)" "$engine-${prefix}web.service $2 with the new image; going back to"
        like "$engine: $1: and what became of it" "$(said web)" 'runs with the old image again'
        is "$engine: $1: it runs the old image" "$(edition web) $(state $engine-"$prefix"web)" '2 active'
        is "$engine: $1: which has the name again" "$(local_edition)" 2
        is "$engine: $1: what depends on it runs" "$(state $engine-"$prefix"front)" active
        systemctl reset-failed
}

# podman-auto-update(1) restarts our units.
by_label() {
        engine=podman prefix=
        # Its login is what podman finds without being told; 4.3 has no other way.
        podman login --username alice --password-stdin $registry </root/password
        publish open 2 good
        podman tag $registry/open localhost/newer
        publish open 1 good
        podman rmi $registry/open
        ok 'podman-auto-update: it starts' systemctl start podman-label
        is 'podman-auto-update: with the first image' "$(edition label)" 1
        podman push --quiet --creds alice:s3cret localhost/newer $registry/open
        ok 'podman-auto-update: an update' systemctl start podman-auto-update
        is 'podman-auto-update: takes the new image' "$(edition label)" 2
        is 'podman-auto-update: and the unit runs' "$(state podman-label)" active
}
