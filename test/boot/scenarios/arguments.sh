# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Some hundred random argument vectors and environments are executed by systemd, byte for byte.

place() {
        # In place of podman: notes the environment asked for, in its order, and the words after the image.
        put_program /usr/bin/podman <<-'E'
	#!/bin/bash
	[[ " $* " = *" run "* ]] || exit 0
	variables=()
	while [ "$1" != localhost/bb ]; do
	        case $1 in
	        -e | --env) variables+=("$2"); shift ;;
	        --env=*) variables+=("${1#--env=}") ;;
	        esac
	        shift
	done
	mkdir "/run/called/$2"
	printf '%s\0' "${variables[@]}" >"/run/called/$2/environment"
	printf '%s\0' "$@" >"/run/called/$2/arguments"
	systemd-notify --ready
	exec sleep infinity
	E
        put /usr/lib/tmpfiles.d/called.conf <<<'d /run/called'
        mkdir -p etc/containers.d srv/wanted
        python3 - <<-'E'
	import json, os, random

	random.seed(20)
	PIECES = [" ", "'", '"', "%", "%%", "%n", "%%n", "$", "$$", "${HOME}", "$HOME", ";", "\\", "\\n", "\\x41",
	          "\n", "\t", "\r", "\a", "\x01", "\x1b", "\x7f", "ü", "☃", "𝄞", "\u00a0", "#", "=", ",", ":", "-",
	          "@", "!", "+", "|", "&", "<", ">", "*", "?", "~", "[", "]", "(", ")", "{", "}", "`", "a", "b", "1"]

	def word():
	    return "".join(random.choice(PIECES) for _ in range(random.choice([0, 1, 1, 2, 3, 5, 8, 30])))

	def write(path, words):
	    with open(path, "w", newline="") as file:
	        file.write("".join(word + "\0" for word in words) or "\0")

	containers = {}
	for name in (f"c{n:03}" for n in range(300)):
	    command = [name] + [word() for _ in range(random.randint(0, 8))]
	    environment = {f"V{i}": word() for i in range(random.randint(0, 3))}
	    containers[name] = {"image": "localhost/bb", "command": command, "environment": environment}
	    os.mkdir(f"srv/wanted/{name}")
	    write(f"srv/wanted/{name}/arguments", ["localhost/bb"] + command)
	    write(f"srv/wanted/{name}/environment", [f"{k}={v}" for k, v in environment.items()])

	# JSON is YAML, but for one character.
	with open("etc/containers.d/random.yaml", "w") as file:
	    file.write(json.dumps({"containers": containers}, ensure_ascii=False).replace("\x7f", "\\u007f"))
	E
}

check() {
        wait_for 30 eval '[ "$(ls /run/called | wc -l)" = 300 ]'
        is 'OCI-09: 300 units have run their command' "$(ls /run/called | wc -l)" 300
        ok 'OCI-09, OCI-12: with the very words and variables, in order' diff -r /srv/wanted /run/called
        is 'and all are up' "$(systemctl list-units --no-legend --state=active 'podman-c*' | wc -l)" 300
        ok 'systemd finds nothing to say about the units' \
                systemd-analyze verify --man=no --recursive-errors=no /run/systemd/generator/podman-*.service
}
