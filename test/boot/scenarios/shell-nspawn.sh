# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A shell in containers of systemd-nspawn: one that boots and a command, on a terminal and without one (NSP-23).

ALSO=bookworm

place() {
        with_tree /var/lib/machines/boot
        with_bare_tree /srv/bare
        define boot.ini <<-'E'
	[Container]
	Backend=nspawn
	Volume=/usr:/usr:ro
	Notify=container
	AutoStart=no
	E
        define command.ini <<-'E'
	[Container]
	Backend=nspawn
	Root=/srv/bare
	HostName=command.example
	Environment="GREETING=good day"
	Volume=/usr:/usr:ro
	PrivateUsers=pick
	Exec=/usr/bin/sleep inf
	AutoStart=no
	E
}

check() {
        is 'one that does not run' "$(bayplan shell boot 2>&1; echo $?)" \
                "bayplan: container 'boot' does not run; 'systemctl start container-boot.service' starts it
125"
        systemctl start container-boot container-command
        words boot
        words command
        terminal boot
        terminal command
        is 'the variables of the container' "$(bayplan shell command sh -c 'echo $GREETING')" 'good day'
        is 'its host name' "$(bayplan shell container-command.service cat /proc/sys/kernel/hostname)" command.example
        is 'its processes' "$(bayplan shell command sh -c 'cat /proc/1/comm; [ $$ -lt 1000 ] && echo few' | xargs)" '(sd-stubinit) few'
        is 'root of its own' "$(bayplan shell command sh -c 'id -u; test "$(cat /proc/self/uid_map)" = "$(cat /proc/1/uid_map)" && echo same' | xargs)" '0 same'
        is 'systemd of its own' "$(bayplan shell boot systemctl show --value -p Version)" "$(systemctl show --value -p Version)"
        like 'as another user' "$(bayplan shell --uid=1 boot 2>&1)" "'su' in the container"
        login
        gone
}

words() {
        local words=('' 'a b' "'" '"' '$HOME' '%n' '*' '-x' '--' $'\n' $'\xff' '\' 'ä')

        is "$1: the status of the command" "$(bayplan shell "$1" sh -c 'exit 7' </dev/null; echo $?)" 7
        is "$1: and of one that is not there" "$(bayplan shell "$1" no-such-program 2>/dev/null; echo $?)" 127
        is "$1: words arrive byte for byte" "$(bayplan shell "$1" printf '[%s]' "${words[@]}" | od -c)" "$(printf '[%s]' "${words[@]}" | od -c)"
        is "$1: bytes pass through" "$(head -c 100000 /dev/urandom | tee /root/bytes | bayplan shell "$1" cat | md5sum)" \
                "$(md5sum </root/bytes)"
        is "$1: a shell reads its commands" "$(echo 'echo $((6 * 7)); exit 3' | bayplan shell "$1"; echo $?)" $'42\n3'
}

terminal() {
        local out

        out=$(TERM=vt220 on_terminal "bayplan shell $1" 'test -t 0 -a -t 1 && echo "is $((6 * 7)) $TERM"; exit 5')
        like "$1: on a terminal" "$out" 'is 42 vt220'
        like "$1: the status" "$out" 'status 5'
        out=$(on_terminal "bayplan shell $1 printf '[%s]' '\$HOME' '\${X}' '\$\$' %n 'a  b' \\'")
        is "$1: words on a terminal" "$out" "[\$HOME][\${X}][\$\$][%n][a  b][']status 0"
        like "$1: none where the output is a file" "$(on_terminal "bayplan shell $1 sh -c 'exec 3</dev/tty' >/dev/null 2>&1")" 'status [12]'
}

login() {
        like 'a login shell' "$(echo 'shopt -q login_shell && echo login' | bayplan login command)" '^login$'
        # What a system that has booted has for a login is asked for its own; there is no console here that could answer.
        like 'machined logs in' "$(on_terminal 'timeout --foreground 5 bayplan login boot')" 'Connected to machine boot'
}

gone() {
        systemctl stop container-command
        like 'one that was stopped' "$(bayplan shell command true 2>&1)" 'systemctl start container-command'
        is 'nothing is left' "$(systemctl list-units --no-legend --plain --state=failed 'run-*' | wc -l)" 0
}
