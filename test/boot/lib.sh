# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# What scenarios are written with. A scenario is a bash file with two functions:
#
#   place()   on the building side, in an empty directory that is laid over the root before the boot:
#             writes definitions, units and files
#   check()   in the booted machine, as root: asserts
#
# and, where it differs from the usual, SUITE=bookworm, ALSO=bookworm (once more on that), TIMEOUT=120 (seconds) or BOOT=(-L) (options of
# `boot.sh run`). The comment under its licence line says in one sentence what it proves.

## For place()

# put PATH: writes standard input to PATH in the tree, which may begin with a slash.
put() {
        mkdir -p "./$(dirname "$1")"
        cat >"./$1"
}

# put_program PATH: the same, executable.
put_program() {
        put "$1"
        chmod 755 "./$1"
}

# define FILE: a definition of the system.
define() {
        put "/etc/containers.d/$1"
}

# with_image NAME…: images of busybox that podman has before any service starts. They hold a page in /srv.
with_image() {
        local image

        for image; do
                early "image-${image##*/}" podman import --quiet --change 'ENV=PATH=/bin' /usr/share/bb.tar "$image"
        done
}

# with_docker [IMAGE…]: docker runs, and has these images before any service ordered after it starts.
with_docker() {
        local image

        mkdir -p etc/systemd/system/multi-user.target.wants
        ln -s /usr/lib/systemd/system/docker.service etc/systemd/system/multi-user.target.wants/
        {
                echo '[Service]'
                for image; do
                        echo "ExecStartPost=docker import --change 'ENV PATH=/bin' /usr/share/bb.tar $image"
                done
        } | put /etc/systemd/system/docker.service.d/image.conf
}

# with_registry: reg.service, a registry on 127.0.0.1:5000 (user alice, password s3cret in /root/password), which
# both engines may speak plain http with. 127.0.0.1:5001 is the same for who starts slow-registry.service: it
# lets 300 KB pass in a second. Nothing listens on 127.0.0.1:5002 and 5003.
with_registry() {
        local port

        put /root/password <<<s3cret
        for port in 5000 5001 5002 5003; do
                printf '[[registry]]\nlocation = "127.0.0.1:%s"\ninsecure = true\n' "$port"
        done | put /etc/containers/registries.conf.d/registry.conf
        put /etc/registry/config.yml <<-'E'
	version: 0.1
	storage: {filesystem: {rootdirectory: /var/lib/docker-registry}}
	http: {addr: "127.0.0.1:5000"}
	auth: {htpasswd: {realm: basic-realm, path: /etc/registry/htpasswd}}
	E
        put /etc/systemd/system/reg.service <<-'E'
	[Service]
	User=docker-registry
	StateDirectory=docker-registry
	ExecStartPre=+sh -c 'htpasswd -Bbn alice s3cret >/etc/registry/htpasswd'
	ExecStart=docker-registry serve /etc/registry/config.yml
	ExecStartPost=curl --silent --retry 100 --retry-delay 1 --retry-connrefused --output /dev/null http://127.0.0.1:5000/
	E
        put /etc/systemd/system/slow-registry.service <<-'E'
	[Service]
	Type=exec
	ExecStart=/usr/local/bin/slow-proxy 5001 5000 300000
	E
        put_program /usr/local/bin/slow-proxy <<-'E'
	#!/usr/bin/perl
	# slow-proxy LISTEN TARGET BYTES: forwards a port of 127.0.0.1, at most so many bytes a second to the client;
	# none at all while /run/stop-proxy is there.
	use strict;
	use warnings;
	use IO::Select;
	use IO::Socket::INET;

	my ($listen, $target, $bytes) = @ARGV;
	my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1:$listen", Listen => 9, ReuseAddr => 1) or die $@;
	$SIG{CHLD} = 'IGNORE';
	while (1) {
	        my $client = $server->accept or next;
	        next if fork;
	        my $peer = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$target") or exit 1;
	        my $both = IO::Select->new($client, $peer);
	        while (1) {
	                for my $from ($both->can_read) {
	                        my $slow = $from == $peer;
	                        sysread($from, my $data, $slow ? $bytes / 10 : 65536) or exit;
	                        select undef, undef, undef, .1 while $slow and -e '/run/stop-proxy';
	                        syswrite $slow ? $client : $peer, $data;
	                        select undef, undef, undef, .1 if $slow;
	                }
	        }
	}
	E
}

# with_flaky: /usr/local/bin/flaky, which fails as often as /run/flaky says.
with_flaky() {
        put_program /usr/local/bin/flaky <<-'E'
	#!/bin/bash
	count=$(cat /run/flaky 2>/dev/null)
	[ "${count:-0}" -gt 0 ] || exit 0
	echo $((count - 1)) >/run/flaky
	exit 1
	E
}

# with_address ADDRESS: a further address of the machine, on lo, before any service starts.
with_address() {
        early "address-$1" ip address add "$1/32" dev lo
}

# with_tree DIRECTORY: a tree that systemd boots in, when /usr of the machine is mounted into it; with_bare_tree: one with
# users and nothing more. Both are made in the machine before any service starts.
with_tree() {
        put_program /usr/local/lib/make-tree <<-'E'
	#!/bin/sh
	set -e
	mkdir -p "$1/etc/systemd/system" "$1/usr" "$1/var"
	for link in bin sbin lib lib64; do ln -sf "usr/$link" "$1/$link"; done
	cp -a /etc/passwd /etc/group /etc/shadow /etc/pam.d /etc/nsswitch.conf /etc/login.defs /etc/security /etc/dbus-1 /etc/ld.so.cache "$1/etc/"
	cp -a /etc/ld.so.conf /etc/ld.so.conf.d "$1/etc/" 2>/dev/null || :
	ln -sf ../usr/lib/os-release "$1/etc/os-release"
	ln -sf /usr/lib/systemd/system/multi-user.target "$1/etc/systemd/system/default.target"
	for unit in systemd-modules-load.service systemd-sysctl.service systemd-logind.service systemd-resolved.service \
		systemd-networkd.service systemd-networkd.socket systemd-udevd.service getty.target console-getty.service \
		docker.service docker.socket containerd.service podman.service podman.socket podman-auto-update.timer \
		podman-restart.service docker-registry.service apache2.service nftables.service e2scrub_reap.service \
		apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer; do
		ln -sf /dev/null "$1/etc/systemd/system/$unit"
	done
	E
        early "tree-${1##*/}" /usr/local/lib/make-tree "$1"
}

with_bare_tree() {
        early "tree-${1##*/}" sh -c 'mkdir -p "$0/etc" "$0/usr" && cp -a /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache "$0/etc" && for link in bin sbin lib lib64; do ln -s "usr/$link" "$0/$link"; done' "$1"
}

# early NAME COMMAND…: a command that runs before any service with default dependencies.
early() {
        local name=$1

        shift
        put "/etc/systemd/system/$name.service" <<-E
	[Unit]
	DefaultDependencies=no
	After=local-fs.target systemd-tmpfiles-setup.service
	Before=basic.target
	[Service]
	Type=oneshot
	RemainAfterExit=yes
	ExecStart=$(printf "'%s' " "$@")
	E
        mkdir -p etc/systemd/system/basic.target.wants
        ln -s "../$name.service" etc/systemd/system/basic.target.wants/
}

## For check(): assertions, printed as TAP

tap_count=0
tap_failed=0

# ok NAME COMMAND…: the command succeeds. Its output is shown when it does not.
ok() {
        local name=$1 output status

        shift
        output=$("$@" 2>&1)
        status=$?
        if [ $status = 0 ]; then
                pass "$name"
        else
                fail "$name" "exit status $status of: $*" "$output"
        fi
}

# not_ok NAME COMMAND…: the command fails.
not_ok() {
        local name=$1 output

        shift
        if output=$("$@" 2>&1); then
                fail "$name" "succeeded: $*" "$output"
        else
                pass "$name"
        fi
}

# is NAME GOT WANTED: the two texts are equal.
is() {
        if [ "$2" = "$3" ]; then
                pass "$1"
        else
                fail "$1" "got:    $2" "wanted: $3"
        fi
}

# like NAME TEXT PATTERN, unlike NAME TEXT PATTERN: extended regular expression, in the whole text.
like() {
        if [[ $2 =~ $3 ]]; then
                pass "$1"
        else
                fail "$1" "no match for: $3" "in: $2"
        fi
}

unlike() {
        if [[ $2 =~ $3 ]]; then
                fail "$1" "match for: $3" "in: $2"
        else
                pass "$1"
        fi
}

# at_most NAME NUMBER LIMIT
at_most() {
        if [ "$2" -le "$3" ]; then
                pass "$1"
        else
                fail "$1" "$2 is more than $3"
        fi
}

pass() {
        tap_count=$((tap_count + 1))
        echo "ok $tap_count - $1"
}

# fail NAME [DETAIL…]
fail() {
        tap_count=$((tap_count + 1))
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $1"
        shift
        [ $# = 0 ] || printf '%s\n' "$@" | note
}

# skip_all REASON: ends the scenario; nothing of it can be tested here.
skip_all() {
        echo "1..0 # SKIP $*"
        exit 0
}

# note: standard input as TAP comments.
note() {
        sed 's/^/# /'
}

## For check(): looking at the machine

# wait_for SECONDS COMMAND…: tries until it succeeds.
wait_for() {
        local end=$((SECONDS + $1))

        shift
        until "$@" >/dev/null 2>&1; do
                [ $SECONDS -le $end ] || return 1
                sleep 0.1
        done
}

# property UNIT NAME: its value.
property() {
        systemctl show --value -p "$2" "$1"
}

# state UNIT: active, inactive, failed, …
state() {
        systemctl is-active "$1"
}

# get URL: what is served there; fails when nothing answers.
get() {
        curl --silent --show-error --fail --noproxy '*' --max-time 5 "$1"
}

# answers URL TEXT: waits until the text is served there.
answers() {
        wait_for 10 eval "[ \"\$(get '$1')\" = '$2' ]" || { get "$1"; return 1; }
}

# running NAME…: podman runs these containers.
running() {
        local name

        for name; do
                [ "$(podman container inspect --format '{{.State.Running}}' "$name")" = true ] || return
        done
}

# journalctl, once journald has written what it was sent before: what a unit has printed may otherwise be read too soon.
journalctl() {
        command journalctl --sync
        command journalctl "$@"
}

# state_is UNIT STATE, for wait_for.
state_is() {
        [ "$(state "$1")" = "$2" ]
}

# on_terminal COMMAND [LINE]: what the command, one for a shell, writes to a terminal, and "status N". The line is typed when
# something stands there, such as a prompt. script(1) would type something by itself at the end of its own input.
on_terminal() {
        local status

        rm -f /run/typing /run/terminal
        mkfifo /run/typing
        script -qec "$1" /dev/null <>/run/typing >/run/terminal 2>&1 &
        if [ $# -gt 1 ]; then
                wait_for 30 test -s /run/terminal
                echo "$2" >/run/typing
        fi
        wait $!
        status=$?
        tr -d '\r' </run/terminal
        echo "status $status"
}

# as_user NAME COMMAND…: in the session environment of a lingering user.
as_user() {
        local user=$1

        shift
        (cd / && setpriv --reuid "$user" --regid "$user" --init-groups \
                env -i HOME="/home/$user" USER="$user" LOGNAME="$user" PATH=/usr/bin:/usr/sbin LC_ALL=C.UTF-8 \
                XDG_RUNTIME_DIR="/run/user/$(id -u "$user")" "$@")
}

## How the machine runs a scenario

# run_scenario FILE
run_scenario() {
        # shellcheck source=/dev/null
        source "$1"
        trap finish EXIT
        check
        tap_complete=1
}

# The plan comes last, so a scenario that died has none. What one wants to know of a failure is added.
finish() {
        [ -n "${tap_complete-}" ] || return 0
        echo "1..$tap_count"
        [ $tap_failed != 0 ] || return 0
        {
                echo '--- failed units'
                systemctl --failed --no-legend --plain
                echo '--- journal'
                journalctl -b --no-pager -o short-monotonic -n 60 | cut -c 1-200
        } 2>&1 | note
}
