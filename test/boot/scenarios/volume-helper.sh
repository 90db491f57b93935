# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan-volume: volumes of both engines, which are never removed, and directories of the host with their owner and mode.

ALSO=bookworm

volume=/usr/libexec/bayplan/bayplan-volume
label=io.bayplan.config

place() {
        with_image localhost/bb
        with_docker localhost/bb
}

check() {
        local engine

        directories
        in_a_unit
        wait_for 30 systemctl is-active docker
        for engine in podman docker; do
                volumes
                external
                mounted
        done
        daemon
}

# make HASH [OPTION…]: by the helper; what it says is in /run/said.log.
make() {
        local hash=$1

        shift
        timeout 30 $volume --engine="$engine" --name=data --config="$hash" -- \
                "/usr/bin/$engine" volume create --label "$label=$hash" "$@" data >/run/said.log 2>&1
}

# directory PATH [OPTION…]
directory() {
        local path=$1

        shift
        $volume --directory="$path" "$@" >/run/said.log 2>&1
}

# says STATUS TEXT NAME COMMAND…: it ends like that, and this is all that it says.
says() {
        local status=$1 text=$2 name=$3

        shift 3
        "$@"
        is "$name" "$?" "$status"
        is "$name: it says so" "$(cat /run/said.log)" "${text:+bayplan-volume: $text}"
}

in_volume() {
        "$engine" run --rm --volume data:/data localhost/bb sh -c "$1"
}

volumes() {
        says 0 '' "$engine: a volume that is absent is made" make one
        is "$engine: with its label" "$("$engine" volume inspect --format "{{index .Labels \"$label\"}}" data)" one
        in_volume 'echo precious >/data/file'
        says 0 '' "$engine: the same again" make one
        says 0 "volume 'data' was defined otherwise before, and is left as it is, for it holds data: '$engine volume rm data' has it made anew, empty" \
                "$engine: changed: kept, with a warning" make two
        is "$engine: nothing is lost" "$(in_volume 'cat /data/file')" precious
        make one --driver no-such-driver
        "$engine" volume rm data >/dev/null
        make one --driver no-such-driver
        is "$engine: one that cannot be made" "$?" 1
        like "$engine: it says why" "$(cat /run/said.log)" "^bayplan-volume: cannot create volume 'data': Error.*no-such-driver"
}

external() {
        make one
        ok "$engine: an external volume that is there" $volume --engine="$engine" --external --name=data
        $volume --engine="$engine" --external --name=dat >/run/said.log 2>&1
        is "$engine: one that is absent" "$?" 1
        is "$engine: it says so" "$(cat /run/said.log)" \
                "bayplan-volume: volume 'dat' does not exist, and is external: create it first"
        "$engine" volume rm data >/dev/null
}

# POD-02, POD-05, POD-09
mounted() {
        ok "$engine: POD-15: a directory BASE/SUBDIR/NAME" directory "/srv/$engine-volumes/app/db" --owner=1000:1000 --mode=0700
        ok "$engine: POD-15: is a volume that its user writes" "$engine" run --rm --user 1000:1000 \
                --volume "/srv/$engine-volumes/app/db:/data" localhost/bb touch /data/x
        is "$engine: the file is on the host" "$(stat -c %u "/srv/$engine-volumes/app/db/x")" 1000
        not_ok "$engine: others do not get there" "$engine" run --rm --user 1001:1001 \
                --volume "/srv/$engine-volumes/app/db:/data" localhost/bb ls /data
}

directories() {
        says 0 '' 'POD-15: a directory that is absent is made' directory /srv/base/app/db --owner=www-data:daemon --mode=2750
        is 'with its owner and mode' "$(stat -c '%U:%G %a' /srv/base/app/db)" 'www-data:daemon 2750'
        is 'its parents belong to root' "$(stat -c '%U:%G %a' /srv/base /srv/base/app)" $'root:root 755\nroot:root 755'
        says 0 '' 'POD-15: the same again' directory /srv/base/app/db --owner=www-data:daemon --mode=2750
        says 0 "directory '/srv/base/app/db' is there and belongs to user 33, not 0; left as it is" 'T-29: one that is there is left as it is' \
                directory /srv/base/app/db --owner=root
        is 'as it was' "$(stat -c '%U:%G %a' /srv/base/app/db)" 'www-data:daemon 2750'
        touch /srv/base/file
        says 1 "cannot make directory '/srv/base/file': not a directory" 'T-29: a file is no directory' directory /srv/base/file
        says 1 "cannot make directory '/srv/base/file/x': '/srv/base/file': not a directory" 'T-29: nor on the way' \
                directory /srv/base/file/x
        ln -s /nowhere/at/all /srv/base/dangling
        says 1 "cannot make directory '/srv/base/dangling': a link to nothing" 'T-29: nor is a link to nothing' \
                directory /srv/base/dangling
        not_ok 'whose target is not made' test -e /nowhere
        ln -s /srv/base/app /srv/base/link
        says 0 '' 'a link on the way is followed' directory /srv/base/link/cache
        ok 'to there' test -d /srv/base/app/cache
        mount -t tmpfs -o ro tmpfs /mnt
        says 1 "cannot make directory '/mnt/x': Read-only file system" 'where nothing can be written' directory /mnt/x
        umount /mnt
        # No RENAME_NOREPLACE everywhere: the file systems that are at hand.
        mount -t tmpfs tmpfs /mnt
        says 0 '' 'on tmpfs' directory /mnt/x/y --mode=0700
        umount /mnt
        is 'nothing else is left' "$(find /srv /mnt -name '.bayplan*')" ''
}

# What units have: a stricter umask, no standard input, the journal.
in_a_unit() {
        ok 'in a unit' systemd-run --quiet --wait --unit make-directory --property UMask=0077 \
                $volume --directory=/srv/unit/app/db --mode=0770
        is 'UMask= changes nothing' "$(stat -c %a /srv/unit /srv/unit/app /srv/unit/app/db)" $'755\n755\n770'
        not_ok 'one that fails' systemd-run --quiet --wait --unit no-directory $volume --directory=/dev/null
        is 'with priority in the journal' "$(journalctl -b -o cat -p err -u no-directory | grep -c '^cannot make directory')" 1
}

daemon() {
        engine=docker
        systemctl stop docker.socket docker
        make one
        is 'docker: no daemon: it fails' "$?" 1
        like 'docker: and says so' "$(cat /run/said.log)" \
                "^bayplan-volume: cannot look for volume 'data': Cannot connect to the Docker daemon"
        is 'docker: in one line' "$(wc -l </run/said.log)" 1
}
