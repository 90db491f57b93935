# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Pods of a user: by [Service] User= of the system's definitions, and in his own manager (POD-29).

TIMEOUT=300

place() {
        {
                pod shop 8001
                printf '[Service %s]\nUser=alice\n' shop shop-web shop-db
                echo '[Network front]'
                pod wiki 8002
                printf '[Service %s]\nUser=1500\n' front wiki wiki-web wiki-db
        } | sed '/^\[Pod wiki\]/aNetwork=front' | define pods.ini
        pod mine 8003 | define users/1500/mine.ini
}

# pod NAME PORT, on standard output: with two members; it is started by hand.
pod() {
        cat <<-E
	[Pod $1]
	[Container $1-web]
	Pod=$1
	Image=localhost/bb
	PublishPort=$2:80
	StopTimeout=1
	AutoStart=no
	DependsOn=$1-db
	Exec=httpd -f -p 80 -h /srv
	[Container $1-db]
	Pod=$1
	Image=localhost/bb
	StopTimeout=1
	AutoStart=no
	Exec=httpd -f -p 81 -h /srv
	E
}

check() {
        [ "$(. /etc/os-release && echo "$VERSION_ID")" != 12 ] || skip_all "a user's podman of Debian 12 does not stay in its unit"
        useradd -m -u 1500 alice
        loginctl enable-linger alice
        systemctl daemon-reload
        ok 'the user lingers' wait_for 20 systemctl is-active user@1500
        as_user alice podman import --quiet --change ENV=PATH=/bin /usr/share/bb.tar localhost/bb >/dev/null

        local manager=(systemctl)

        of shop 8001
        like 'the pod is his, in the cgroup of the unit' "$(cat "/proc/$(property podman-pod-shop MainPID)/cgroup")" podman-pod-shop\.service
        is 'its conmon is his' "$(ps -o user= -o comm= "$(property podman-pod-shop MainPID)" | xargs)" 'alice conmon'
        ends shop
        of wiki 8002
        is 'one on a network' "$(as_user alice podman pod inspect --format '{{.InfraConfig.Networks}}' wiki)" '[front]'
        ends wiki
        manager=(as_user alice systemctl --user)
        of mine 8003
        ends mine
        is 'root has none of it' "$(podman ps --all --quiet)$(podman pod ps --quiet)" ''
}

# active POD: it is, with its members.
active() {
        [ "$("${manager[@]}" is-active "podman-pod-$1" "podman-$1-web" "podman-$1-db" | sort -u)" = active ]
}

show() {
        "${manager[@]}" show --value -p "$2" "podman-$1"
}

of() {
        local pod=$1 pid

        ok "POD-29 $pod: a member brings its pod" "${manager[@]}" start "podman-$pod-web"
        ok "POD-29 $pod: and what it depends on" active "$pod"
        ok "POD-29 $pod: its port answers" answers "http://127.0.0.1:$2/" 'hello from busybox'
        ok "POD-29 $pod: members resolve by name" as_user alice podman exec "$pod-web" wget -q -O - "http://$pod-db:81/"
        as_user alice podman kill --signal KILL "$pod-db" >/dev/null
        ok "POD-29 $pod: a member that is killed starts again, with its dependant" wait_for 30 eval \
                '[ "$(show $pod-db NRestarts)" = 1 ] && active $pod'
        pid=$(show "pod-$pod" MainPID)
        kill -KILL "$pid"
        ok "POD-29 $pod: a pod that dies comes back with its members" wait_for 60 eval \
                '[ "$(show pod-$pod MainPID)" != $pid ] && active $pod'
        ok "POD-29 $pod: and its port answers again" answers "http://127.0.0.1:$2/" 'hello from busybox'
}

ends() {
        ok "$1: the pod stops" "${manager[@]}" stop "podman-pod-$1"
        is "$1: nothing is left" "$(as_user alice podman ps --all --quiet; as_user alice podman pod ps --quiet)" ''
}
