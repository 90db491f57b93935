# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan-image extends the start time-out while a pull or load makes progress, and gives up one that makes none.

TIMEOUT=240
image=/usr/libexec/bayplan/bayplan-image
slow=127.0.0.1:5001

place() {
        local engine

        with_registry
        with_image localhost/bb
        with_docker
        # As a container's unit: the start time-out is shorter than the pull.
        for engine in podman docker; do
                put /etc/systemd/system/$engine-pull.service <<-E
	[Service]
	Type=exec
	NotifyAccess=all
	TimeoutStartSec=3
	ExecStartPre=$image --engine=$engine --retries=0 --stall-timeout=6s --login-registry=$slow --login-user=alice --login-password-file=/root/password $slow/big
	ExecStart=sleep infinity
	E
        done
        put /etc/systemd/system/stream.service <<-E
	[Service]
	Type=exec
	NotifyAccess=all
	TimeoutStartSec=3
	ExecStartPre=$image --load-stream=/usr/local/bin/stream-slow localhost/loaded:1
	ExecStart=sleep infinity
	E
        put_program /usr/local/bin/stream-slow <<-'E'
	#!/usr/bin/perl
	# Each tenth of the archive takes a second.
	open my $in, '<', '/run/archive.tar' or die $!;
	my $part = int((-s $in) / 10) + 1;
	$| = 1;
	while (sysread($in, my $data, $part)) {
	        print $data;
	        sleep 1;
	}
	E
}

check() {
        local engine

        head -c 3000000 /dev/urandom >/run/noise
        cat >/run/Containerfile <<<$'FROM localhost/bb\nCOPY noise /noise'
        podman build --quiet --tag localhost/big --file /run/Containerfile /run >/dev/null
        systemctl start reg slow-registry
        podman push --quiet --creds alice:s3cret localhost/big 127.0.0.1:5000/big
        podman rmi --all --force >/dev/null
        for engine in podman docker; do
                slow_pull
                podman rmi --all --force >/dev/null
                docker rmi $slow/big >/dev/null
                stalled_pull
                stopped_pull
        done
        slow_stream
        rootless
        silent_registry
}

# Seconds since it began.
age() {
        echo $((SECONDS - start))
}

# It takes some twelve seconds; the time-out is three.
slow_pull() {
        local start=$SECONDS

        systemctl start --no-block $engine-pull
        ok "$engine: status says what goes on" wait_for 10 status_is $engine-pull "Pulling $slow/big"
        ok "$engine: the unit starts" systemctl start $engine-pull
        ok "$engine: after longer than its time-out" [ "$(age)" -ge 8 ]
        ok "$engine: the image is there" $engine image inspect $slow/big
        is "$engine: the status is gone" "$(property $engine-pull StatusText)" ''
        systemctl stop $engine-pull
}

status_is() {
        [ "$(property "$1" StatusText)" = "$2" ]
}

# Nothing comes any more after two seconds: the helper gives up six seconds later, not the unit's time-out.
stalled_pull() {
        local start=$SECONDS

        systemctl start --no-block $engine-pull
        sleep 3
        : >/run/stop-proxy
        not_ok "$engine: a pull that stalls is given up" systemctl start $engine-pull
        ok "$engine: in time" [ "$(age)" -lt 30 ]
        is "$engine: by the helper" "$(property $engine-pull Result)" exit-code
        like "$engine: it says so" "$(journalctl --unit $engine-pull --output cat --since "-30s")" \
                'has made no progress for too long and was stopped'
        rm /run/stop-proxy
}

# Stopped while it pulls: no child stays, nothing of the login.
stopped_pull() {
        systemctl start --no-block $engine-pull
        ok "$engine: it pulls" wait_for 10 pgrep --full "$engine.* pull "
        systemctl stop $engine-pull
        not_ok "$engine: a stopped one leaves no process" pgrep --full "$engine.* pull "
        is "$engine: and no login" "$(ls -d /run/bayplan-login* 2>/dev/null)" ''
        # To nobody in particular, with no unit around it.
        $image --engine=$engine --login-registry=$slow --login-user=alice --login-password-file=/root/password \
                $slow/big >/dev/null 2>&1 &
        wait_for 10 pgrep --full "$engine.* pull "
        kill $!
        wait $!
        is "$engine: ended by the signal" $? 143
        not_ok "$engine: with its child" pgrep --full "$engine.* pull "
        is "$engine: and no login" "$(ls -d /run/bayplan-login* 2>/dev/null)" ''
}

# OCI-03
slow_stream() {
        local start=$SECONDS

        podman import --quiet /usr/share/bb.tar localhost/loaded:1 >/dev/null
        podman save --quiet --output /run/archive.tar localhost/loaded:1
        podman rmi localhost/loaded:1 >/dev/null
        ok 'a slow stream is waited for' systemctl start stream
        ok 'longer than the time-out' [ "$(age)" -ge 8 ]
        ok 'the image is there' podman image exists localhost/loaded:1
}

# A user's podman does its work in a child with a user namespace of its own: that is progress too.
rootless() {
        local start=$SECONDS

        useradd -m -u 1500 alice
        loginctl enable-linger alice
        wait_for 10 test -S /run/user/1500/bus
        install -o alice -m 600 /root/password /home/alice/password
        ok 'rootless: a slow pull is waited for' as_user alice $image --retries=0 --stall-timeout=4s \
                --login-registry=$slow --login-user=alice --login-password-file=/home/alice/password $slow/big
        ok 'rootless: longer than the stall time' [ "$(age)" -ge 6 ]
        is 'rootless: no login is left' "$(ls -d /run/user/1500/bayplan-login* /run/user/1500/containers/auth.json 2>/dev/null)" ''
}

# T-08: packets are swallowed. podman alone takes more than three minutes to give up.
silent_registry() {
        local engine start

        iptables --append INPUT --protocol tcp --dport 5003 --jump DROP
        docker import /usr/share/bb.tar 127.0.0.1:5003/bb >/dev/null
        podman import --quiet /usr/share/bb.tar 127.0.0.1:5003/bb >/dev/null
        for engine in podman docker; do
                start=$SECONDS
                ok "$engine: a silent registry, but there is an image" \
                        $image --engine=$engine --pull=always --stall-timeout=5s 127.0.0.1:5003/bb
                at_most "$engine: soon" "$(age)" 20
        done
}
