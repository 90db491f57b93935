# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan-image against a registry with a password: login, every policy, and no registry, with podman and docker.

image=/usr/libexec/bayplan/bayplan-image
registry=127.0.0.1:5000
down=127.0.0.1:5002

place() {
        with_registry
        with_image localhost/bb
        with_docker
        put /root/wrong <<<not-it
        put /etc/credstore/pull.password <<<s3cret
        # What units do: the credential, a directory of their own, and the helper's messages in their journal.
        put /etc/systemd/system/credential@.service <<-E
	[Service]
	Type=oneshot
	LoadCredential=pull.password
	RuntimeDirectory=bayplan/%i
	RuntimeDirectoryPreserve=yes
	ExecStart=$image --engine=%i --login-registry=$registry --login-user=alice --login-credential=pull.password $registry/bb
	E
        # What the engine is called with is kept: the path of the real one is in \$ENGINE.
        put_program /usr/local/bin/engine <<-'E'
	#!/bin/sh
	printf '%s\n' "$*" >>/run/engine.log
	exec "$ENGINE" "$@"
	E
}

check() {
        local engine

        systemctl start reg
        podman push --quiet --creds alice:s3cret localhost/bb $registry/bb
        for engine in podman docker; do
                ENGINE=/usr/bin/$engine
                export ENGINE
                log_in
                policies
                registry_down
                left_behind
        done
}

# provide [OPTION…] IMAGE: what it says and what it calls are kept for said and called.
provide() {
        : >/run/engine.log
        $image --engine="$engine" --engine-path=/usr/local/bin/engine --retry-delay=100ms "$@" >/run/said.log 2>&1
}

said() {
        cat /run/said.log
}

called() {
        cat /run/engine.log
}

# calls VERB: how many of them.
calls() {
        grep -cE "(^| )$1 " /run/engine.log
}

alice() {
        provide --login-registry=$registry --login-user=alice "$@"
}

absent() {
        "$engine" rmi --force "$@" >/dev/null 2>&1
        ! "$engine" image inspect "$@" >/dev/null 2>&1
}

# OCI-05, OCI-06, OCI-07, OCI-43
log_in() {
        absent $registry/bb
        not_ok "$engine: no pull without login" provide $registry/bb
        like "$engine: it says so" "$(said)" "image '$registry/bb' does not exist locally and the pull failed"
        unlike "$engine: and does not try that again" "$(said)" 'trying again'

        not_ok "$engine: wrong password, no image" alice --login-password-file=/root/wrong $registry/bb
        like "$engine: it says so" "$(said)" "image '$registry/bb' does not exist locally and the login at '$registry' failed"
        unlike "$engine: and does not try that again" "$(said)" 'trying again'
        not_ok "$engine: no password file, no image" alice --login-password-file=/root/nothing $registry/bb
        like "$engine: it says so" "$(said)" "cannot read the password from '/root/nothing': No such file or directory"

        ok "$engine: right password" alice --login-password-file=/root/password $registry/bb
        ok "$engine: the image is there" "$engine" image inspect $registry/bb
        unlike "$engine: no password in arguments" "$(called)" s3cret
        unlike "$engine: a login that works says nothing" "$(said)" '[Ll]ogin|WARN'

        absent $registry/bb
        ok "$engine: password from a credential" systemctl start credential@"$engine"
        ok "$engine: the image is there" "$engine" image inspect $registry/bb
        is "$engine: nothing is left in the unit's directory" "$(ls -A /run/bayplan/"$engine")" ''

        ok "$engine: wrong password, but there is an image" \
                alice --pull=always --login-password-file=/root/wrong $registry/bb
        like "$engine: it says so" "$(said)" "the login at '$registry' failed; starting with the local image"
}

# OCI-24, T-10
policies() {
        local policy with=(--login-password-file=/root/password)

        provide --pull=missing $registry/bb
        is "$engine: missing does not pull what is there" "$(calls pull)" 0
        for policy in always newer; do
                ok "$engine: $policy pulls" alice "${with[@]}" --pull=$policy $registry/bb
                is "$engine: $policy has called pull" "$(calls pull)" 1
        done
        ok "$engine: never, and it is there" provide --pull=never $registry/bb
        is "$engine: never has called no pull" "$(calls pull)" 0
        absent $registry/bb
        not_ok "$engine: never, and it is not" alice "${with[@]}" --pull=never $registry/bb
        like "$engine: it says so" "$(said)" 'does not exist locally and is never pulled'
        is "$engine: never has called no login" "$(calls login)" 0

        # A new image under the same name: missing keeps the old one, newer takes it.
        alice "${with[@]}" $registry/bb
        podman build --quiet --tag $registry/bb - <<<$'FROM localhost/bb\nLABEL edition=2' >/dev/null
        podman push --quiet --creds alice:s3cret $registry/bb
        [ "$engine" = docker ] || podman tag localhost/bb $registry/bb
        alice "${with[@]}" --pull=missing $registry/bb
        is "$engine: missing keeps the old image" "$(edition)" ''
        alice "${with[@]}" --pull=newer $registry/bb
        is "$engine: newer takes the new one" "$(edition)" 2
        podman push --quiet --creds alice:s3cret localhost/bb $registry/bb

        not_ok "$engine: no such tag" alice "${with[@]}" $registry/bb:none
        unlike "$engine: and does not try that again" "$(said)" 'trying again'
}

edition() {
        "$engine" image inspect --format '{{.Config.Labels.edition}}' $registry/bb | sed 's/<no value>//'
}

# T-08
registry_down() {
        absent $down/bb
        not_ok "$engine: registry down, no image" provide --retries=2 $down/bb
        is "$engine: it has tried again" "$(grep -c 'trying again' /run/said.log)" 2
        like "$engine: with growing pauses" "$(said)" 'in 100 ms \(1 of 2\).*in 200 ms \(2 of 2\)'
        is "$engine: and pulled three times" "$(calls pull)" 3

        "$engine" tag $registry/bb $down/bb
        ok "$engine: registry down, but there is an image" provide --pull=always $down/bb
        like "$engine: it says so" "$(said)" "the pull failed; starting with the local image '$down/bb'"
        is "$engine: it has not waited" "$(calls pull)" 1
        ok "$engine: the same when the login needs the registry" provide --pull=newer --login-registry=$down \
                --login-user=alice --login-password-file=/root/password $down/bb
        like "$engine: it says so" "$(said)" "the login at '$down' failed; starting with the local image"

        is "$engine: an engine that is not there" "$(
                $image --engine="$engine" --engine-path=/nothing bb 2>&1
                echo $?)" "bayplan-image: cannot execute '/nothing': No such file or directory
127"
}

# The user's own logins are as before.
left_behind() {
        absent $registry/bb $down/bb
        not_ok "$engine: the login has not stayed" provide $registry/bb
        is "$engine: no file of it" "$(ls -d /run/bayplan-login* /run/containers/0/auth.json /root/.docker/config.json 2>/dev/null)" ''
}
