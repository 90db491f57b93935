# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Containers of systemd-nspawn: one that boots, reboots and powers off, commands, shared keys, credentials, bind mounts.

ALSO=bookworm

place() {
        with_tree /var/lib/machines/boot
        with_bare_tree /srv/bare
        define boot.ini <<-'E'
	[Container]
	Backend=nspawn
	Volume=/usr:/usr:ro
	Volume=/srv/tree-etc/web.service:/etc/systemd/system/web.service:ro
	Credential=token
	Notify=container

	[Service]
	SetCredential=greeting:hello
	LoadCredential=dir:/srv/credentials
	E
        mkdir -p srv/credentials
        echo one >srv/credentials/a
        echo two >srv/credentials/b
        put /etc/credstore/token <<<s3cret-token
        put /srv/tree-etc/web.service <<-'E'
	[Service]
	ExecStart=/usr/bin/true
	E
        with_tree /srv/users
        define users.ini <<-'E'
	[Container]
	Backend=nspawn
	Root=/srv/users
	Volume=/usr:/usr:ro /home/mine:/mine:idmap
	PrivateUsers=pick
	EnableTun=yes
	ReloadSignal=SIGHUP
	E
        # The root of the machine is an overlay, which knows no mapped users.
        early mine mkdir /home/mine
        define command.ini <<-'E'
	[Container]
	Backend=nspawn
	Root=/srv/bare
	HostName=command.example
	Environment="GREETING=good day"
	EnvironmentFile=/srv/environment
	Volume=/usr:/usr:ro /srv/data:/data /anonymous
	Tmpfs=/cache:size=1m
	WorkingDir=/data
	Secret=password,type=credential
	AddDevice=/dev/net/tun
	DropCapability=CHOWN
	AddCapability=NET_ADMIN
	Ulimit=nofile=100:200
	NoNewPrivileges=yes
	Timezone=Europe/Berlin
	DNS=192.0.2.53
	Memory=64m
	PidsLimit=50
	ReloadCmd=/usr/bin/sh -c 'echo "reload $$GREETING in $$(hostname)" >/data/reloaded'
	Exec=/usr/bin/sh /data/probe
	E
        put /etc/credstore/password <<<s3cret-password
        printf 'FROM_FILE=a file\nLD_LIBRARY_PATH=/nowhere\n' | put /srv/environment
        put /srv/data/probe <<-'E'
	echo "pwd $PWD"
	echo "greeting $GREETING, $FROM_FILE, $LD_LIBRARY_PATH"
	echo "host $(cat /proc/sys/kernel/hostname)"
	echo "secret $(cat /run/secrets/password)"
	echo "limits $(ulimit -Sn) $(ulimit -Hn)"
	unset LD_LIBRARY_PATH
	echo "tmpfs $(df -k /cache | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2)"
	grep -E 'CapBnd|NoNewPrivs' /proc/self/status
	readlink /etc/localtime
	cat /etc/resolv.conf
	: <>/dev/net/tun && echo 'tun opens'
	mknod /cache/loop b 7 0 || echo 'loop is denied'
	touch /data/written /anonymous/x
	cp /usr/bin/true /usr/bin/new 2>/dev/null || echo 'usr is read-only'
	tail -f /dev/null & trap 'echo ending; exit 0' TERM
	echo up
	wait
	E
        put /etc/systemd/system/srv-data.mount <<-'E'
	[Mount]
	What=/srv/data-behind
	Where=/srv/data
	Type=none
	Options=bind
	E
        mv srv/data srv/data-behind
        mkdir srv/data
}

log() {
        journalctl --sync
        journalctl -b -o cat -u "$1"
}

says() {
        wait_for 20 eval "log $1 | grep -qx -- '$2'"
}

leader() {
        machinectl show --value -p Leader "$1"
}

inside() {
        local pid

        pid=$(leader "$1")
        shift
        nsenter --target "$pid" --all "$@"
}

check() {
        wait_for 60 state_is container-command active
        wait_for 60 state_is container-boot active
        command_mode
        users
        boots
        mounts
}

command_mode() {
        local text

        ok 'a command starts' says container-command up
        text=$(log container-command)
        like 'WorkingDir=' "$text" 'pwd /data'
        like 'NNS-28: Environment=, EnvironmentFile=' "$text" 'greeting good day, a file, /nowhere'
        like 'HostName=' "$text" 'host command.example'
        like 'Secret=' "$text" 'secret s3cret-password'
        like 'Ulimit=' "$text" 'limits 100 200'
        like 'NSN-21: Tmpfs=, on a path that is not there' "$text" 'tmpfs 1024'
        like 'NoNewPrivileges=' "$text" $'NoNewPrivs:\t1'
        is 'NSN-03, T-33: capabilities' "$(( 0x$(sed -n 's/^CapBnd:\t//p' <<<"$text") & ((1 << 12) | 1) ))" $((1 << 12))
        like 'Timezone=' "$text" '../usr/share/zoneinfo/Europe/Berlin'
        like 'DNS=' "$text" 'nameserver 192.0.2.53'
        like 'NSN-20: AddDevice=' "$text" 'tun opens'
        like 'NSN-38: no other device' "$text" 'loop is denied'
        like 'NSN-19: Volume= with ro' "$text" 'usr is read-only'
        is 'Memory=' "$(property container-command MemoryMax)" 67108864
        is 'PidsLimit=' "$(property container-command TasksMax)" 50
        unlike 'T-16: no secret is an argument' "$(tr '\0' ' ' <"/proc/$(property container-command MainPID)/cmdline")" 's3cret|a file'
        ok 'Volume= is writable' test -e /srv/data-behind/written
        is 'NSN-37: slice' "$(property container-command Slice)" machine.slice
        ok 'NSP-12: the link for machinectl' test /var/lib/machines/command -ef /srv/bare
        ok 'NSN-39: reload' systemctl reload container-command
        is 'NSN-39: runs a command in it' "$(cat /srv/data/reloaded)" 'reload good day in command.example'
        stops container-command
        ok 'SIGTERM reached it' says container-command ending
        systemctl start container-command
        stops container-command
}

users() {
        ok 'NSN-09: a system with users of its own boots' wait_for 60 state_is container-users active
        unlike 'NSN-09: its root is nobody here' "$(inside users cat /proc/self/uid_map)" '^ *0 +0 '
        ok 'NSN-09: a volume with mapped users is its own' inside users touch /mine/x
        is 'and root'"'"'s here' "$(stat -c %u /home/mine/x)" 0
        ok 'NSN-05: EnableTun=' inside users sh -c ': <>/dev/net/tun'
        ok 'ReloadSignal=' systemctl reload container-users
        stops container-users
}

# stops UNIT: clean and quick.
stops() {
        local start=$SECONDS

        systemctl stop "$1"
        is "NSN-35: $1 stops: clean" "$(state "$1") $(property "$1" Result)" 'inactive success'
        at_most "$1 stops: quick" $((SECONDS - start)) 8
}

boots() {
        local first

        is 'NSN-23: started at boot by machines.target' "$(systemctl is-active machines.target)" active
        is 'EPH-13: started when the system in it is' "$(systemctl -M boot is-active multi-user.target)" active
        is 'NNS-28, T-34: all credentials' \
                "$(inside boot sh -c 'cd /run/host/credentials && for i in *; do echo "$i=$(cat "$i")"; done' | sort | tr '\n' ' ')" \
                'dir_a=one dir_b=two greeting=hello token=s3cret-token '
        unlike 'T-16: no secret is an argument' "$(tr '\0' ' ' <"/proc/$(property container-boot MainPID)/cmdline")" 's3cret|hello'
        ok 'EPH-03: its journal is linked' test -L "/var/log/journal/$(cat /var/lib/machines/boot/etc/machine-id)" -o ! -d /var/log/journal
        like 'NSN-34: the unified hierarchy' "$(inside boot cat /proc/self/mounts)" '/sys/fs/cgroup cgroup2'
        first=$(property container-boot MainPID)
        inside boot systemctl --no-block reboot
        ok 'EPH-14, T-40: a reboot from inside starts it again' \
                wait_for 30 eval "[ \$(property container-boot MainPID) != $first ] && state_is container-boot active"
        is 'NSN-36: counted as a restart' "$(property container-boot NRestarts)" 1
        inside boot systemctl --no-block poweroff
        ok 'EPH-14: powered off from inside it stays so' wait_for 30 state_is container-boot inactive
        is 'without an error' "$(property container-boot Result)" success
        timeout 40 systemctl start container-boot || log container-boot | tail -n 100 | note
        kill -KILL "$(property container-boot MainPID)"
        ok 'NSN-32: killed, it starts again over what it left behind' \
                wait_for 30 eval '[ "$(property container-boot NRestarts)" = 1 ] && state_is container-boot active'
        stops container-boot
}

mounts() {
        systemctl start container-command
        wait_for 20 eval '[ "$(log container-command | grep -cx up)" -ge 2 ]'
        ok 'NSN-19: the mount of a Volume= is started' systemctl is-active srv-data.mount
        systemctl stop srv-data.mount
        ok 'NSN-19: stopping it stops the container' wait_for 20 state_is container-command inactive
}
