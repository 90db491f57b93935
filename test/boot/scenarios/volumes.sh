# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Volumes on podman and on docker, from one set of definitions: of the engine, of somebody else, directories of the host.

ALSO=bookworm
TIMEOUT=300

place() {
        with_image localhost/bb
        with_docker localhost/bb
        put /etc/systemd/system/srv-disk.mount <<-'E'
	[Mount]
	What=tmpfs
	Where=/srv/disk
	Type=tmpfs
	E
        mkdir -p srv/there
        define defaults.yaml <<-'E'
	defaults:
	  backend: podman
	  auto_start: no
	  stop_timeout: 1
	  pull: never
	E
        define shop.yaml <<-'E'
	volumes:
	  data:
	    name: shop-data
	    driver: local
	    label: {tier: back}
	  files: {directory: /srv/a b/files, owner: "1000:1001", mode: 2750}
	  there: {directory: /srv/there, owner: 1000, mode: 0700}
	  disk: {directory: /srv/disk/deep/er}
	  theirs: {external: true, name: made-by-hand}
	  memory: {driver: local, type: tmpfs, device: tmpfs, options: "nodev,mode=0751"}
	  plain:
	containers:
	  db:
	    image: localhost/bb
	    command: [sh, -c, "echo started >>/data/log; exec sleep inf"]
	    volumes: ["data:/data", "files:/files", "there:/there", "disk:/disk", "memory:/memory", "plain:/plain"]
	    mount: ["type=volume,source=data,destination=/ro,ro", "type=volume,source=files,destination=/long"]
	  app: {image: localhost/bb, command: [sleep, inf], volumes: ["data:/data:ro", "cache:/cache"]}
	  guest: {image: localhost/bb, command: [sleep, inf], volumes: ["theirs:/data"]}
	E
}

check() {
        local engine

        wait_for 30 systemctl is-active docker
        for engine in podman docker; do
                sed -i "s/backend: [a-z]*/backend: $engine/; /volume_base_dir/d" /etc/containers.d/defaults.yaml
                sed -i 's/tier: [a-z]*/tier: back/' /etc/containers.d/shop.yaml
                systemctl daemon-reload
                of_engine
                directories
                edited
                external
                base
        done
}

unit() {
        echo "$engine-$1.service"
}

inside() {
        local name=$1

        shift
        "$engine" exec "$name" "$@"
}

of_engine() {
        ok "$engine: containers start" systemctl start "$(unit db)" "$(unit app)"
        is "$engine: the name in the engine, and a label" \
                "$($engine volume inspect --format '{{.Name}} {{.Labels.tier}}' shop-data)" 'shop-data back'
        is "$engine: two containers share it" "$(inside app cat /data/log)" started
        is "$engine: in the long form as well" "$(inside db cat /ro/log)" started
        not_ok "$engine: options stay" inside app touch /data/x
        systemctl restart "$(unit db)"
        is "$engine: it keeps its data over a restart" "$(inside db cat /data/log | xargs)" 'started started'
        systemctl stop "$(unit db)" "$(unit app)" "$(unit volume-data)"
        ok "$engine: and over a stop of its unit" $engine volume inspect shop-data
        systemctl start "$(unit app)" "$(unit db)"
        is "$engine: which changes nothing" "$(inside app cat /data/log | xargs)" 'started started started'
        like "$engine: a file system with options" "$(inside db grep ' /memory ' /proc/mounts)" '^tmpfs .*nodev.*mode=751'
        ok "$engine: a name without a definition is the engine's own" $engine volume inspect cache
}

directories() {
        is "POD-15 $engine: a directory of the host is made, with owner and permissions" \
                "$(stat -c '%u:%g %a' '/srv/a b/files')" '1000:1001 2750'
        is "POD-15 $engine: its parents are root's" "$(stat -c '%U %a' '/srv/a b')" 'root 755'
        is "POD-15 $engine: one that is there is left alone" "$(stat -c '%U %a' /srv/there)" 'root 755'
        inside db sh -c "echo $engine >/files/from"
        is "POD-16 $engine: it is the same for every engine" "$(cat '/srv/a b/files/from') $(inside db cat /long/from)" "$engine $engine"
        is "$engine: what it lies on is mounted before" "$(stat -f -c %T /srv/disk/deep/er)" tmpfs
        like "$engine: by RequiresMountsFor=" "$(property "$(unit volume-disk)" RequiresMountsFor)" /srv/disk/deep/er
        is "$engine: no volume of the engine is made for it" "$($engine volume ls --format '{{.Name}}' | grep -cxE 'files|disk')" 0
}

# Data is nobody's to throw away.
edited() {
        sed -i 's/tier: back/tier: front/' /etc/containers.d/shop.yaml
        systemctl daemon-reload
        ok "$engine: an edited volume" systemctl restart "$(unit volume-data)"
        like "$engine: is left as it was, with a warning" "$(journalctl -b -o cat -u "$(unit volume-data)")" "'shop-data'"
        ok "$engine: and its containers run on it" wait_for 30 eval 'inside db grep -q started /data/log'
}

external() {
        not_ok "$engine: a volume of somebody else that is not there" systemctl start "$(unit guest)"
        is "$engine: what needs it does not start" "$(state "$(unit guest)")" inactive
        like "$engine: and says so" "$(systemctl status "$(unit volume-theirs)")" made-by-hand
        $engine volume create made-by-hand >/dev/null
        ok "$engine: one that is there" systemctl start "$(unit guest)"
        systemctl stop "$(unit guest)" "$(unit volume-theirs)"
        ok "$engine: is left there" $engine volume inspect made-by-hand
}

base() {
        systemctl stop "$(unit db)" "$(unit app)"
        echo '  volume_base_dir: /srv/volumes' >>/etc/containers.d/defaults.yaml
        systemctl daemon-reload
        systemctl restart "$(unit volume-data)" "$(unit volume-plain)"
        ok "POD-02 $engine: with VolumeBaseDir=" systemctl start "$(unit db)" "$(unit app)"
        inside app sh -c "echo $engine >/cache/x"
        inside db sh -c "echo $engine >/plain/x"
        is "POD-05 $engine: a name without a definition is a directory of its container" "$(cat /srv/volumes/app/cache/x)" "$engine"
        is "POD-09 $engine: one with a definition has its own" "$(cat /srv/volumes/plain/x)" "$engine"
        like "POD-02 $engine: one that asks for a driver is the engine's" "$(inside db cat /data/log | xargs)" 'started started'
        systemctl stop "$(unit db)" "$(unit app)"
        systemctl reset-failed
}
