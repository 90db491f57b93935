# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# One definition, three engines: what podman, docker and systemd-nspawn make of the same keys looks the same from inside.

place() {
        with_image localhost/bb
        with_docker localhost/bb
        with_bare_tree /srv/tree
        define same.yaml <<-'E'
	x-same: &same
	  hostname: same.example
	  environment: {A: "one two", B: "100% $HOME", EMPTY: ""}
	  environmentFiles: [/srv/environment]
	  volumes: [/srv/data:/data, /srv/fixed:/fixed:ro]
	  mounts: ["type=bind,source=/srv/fixed,destination=/long,readonly=true", "type=tmpfs,destination=/t2,tmpfs-size=2m"]
	  tmpfs: ["/t1:size=1m", /t0]
	  workdir: /data
	  secrets: ["token,type=credential,uid=1,mode=0440", "plain,type=credential,target=/etc/plain"]
	  capDrop: [ALL]
	  capAdd: [CHOWN, NET_BIND_SERVICE]
	  ulimits: {nofile: "64:128", core: "0"}
	  noNewPrivileges: yes
	  readOnly: yes
	  devices: ["/dev/net/tun:/dev/mytun:rw"]
	  cmd: [/data/probe, "a b", "c$d%e"]
	  stopTimeout: 3s

	containers:
	  one: {<<: *same, image: localhost/bb}
	  two: {<<: *same, image: localhost/bb, backend: docker}
	  three:
	    <<: *same
	    backend: nspawn
	    root: /srv/tree
	    cmd: [/usr/bin/busybox, sh, /data/probe, "a b", "c$d%e"]
	E
        sed -i 's|cmd: \[/data/probe|cmd: [/bin/sh, /data/probe|' etc/containers.d/same.yaml
        sed -i '/root: \/srv\/tree/a\    volumes: [/srv/data:/data, /srv/fixed:/fixed:ro, /usr:/usr:ro]' etc/containers.d/same.yaml
        put /srv/environment <<-'E'
	FROM_FILE= as it "is"
	E
        put /etc/credstore/token <<<s3cret
        put /etc/credstore/plain <<<plain
        put /srv/fixed/f <<<fixed
        put_program /srv/data/probe <<-'E'
	if [ -e /run/.containerenv ]; then out=podman; elif [ -e /.dockerenv ]; then out=docker; else out=nspawn; fi
	exec >/data/$out
	echo "words $# [$1] [$2]"
	echo "host $(cat /proc/sys/kernel/hostname)"
	echo "environment [$A] [$B] [$EMPTY] [$FROM_FILE]"
	echo "directory $(pwd)"
	echo "fixed $(cat /fixed/f) $(cat /long/f)"
	for f in /fixed/x /long/x /etc/x; do touch $f 2>/dev/null && echo "$f is writable"; done
	for f in /tmp/x /run/x /var/tmp/x /t0/x /t1/x /t2/x; do touch $f || echo "$f is not writable"; done
	for d in /t0 /t1 /t2; do echo $d $(stat -c %a $d) $(grep " $d " /proc/self/mounts | grep -oE 'size=(1024|2048)k|nosuid|nodev' | sort); done
	echo "secret $(cat /run/secrets/token) $(stat -c '%u %a' /run/secrets/token) $(cat /etc/plain)"
	echo "limits $(ulimit -Sn) $(ulimit -Hn) $(ulimit -Hc)"
	grep -E 'CapBnd|CapEff|NoNewPrivs' /proc/self/status
	( : <>/dev/mytun ) && echo 'tun opens'
	echo done
	trap 'exit 0' TERM
	sleep 1000 & wait
	E
}

# What the probe in a container of that engine has written.
output() {
        wait_for 40 grep -qx done "/srv/data/$1"
        cat "/srv/data/$1"
}

check() {
        local podman docker nspawn line

        podman=$(output podman)
        docker=$(output docker)
        nspawn=$(output nspawn)
        like 'the probe ran' "$podman" 'words 2 \[a b\] \[c\$d%e\]'
        while IFS= read -r line; do
                ok "docker: $line" grep -Fqx -- "$line" <<<"$docker"
                ok "nspawn: $line" grep -Fqx -- "$line" <<<"$nspawn"
        done <<<"$podman"
        is 'no more on nspawn' "$(wc -l <<<"$nspawn")" "$(wc -l <<<"$podman")"
        [ "$podman" = "$nspawn" ] || diff <(echo "$podman") <(echo "$nspawn") | note
}
