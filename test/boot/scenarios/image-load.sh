# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan-image loads from a file and from what a program prints, and sees which of the two has failed; no network.

image=/usr/libexec/bayplan/bayplan-image

place() {
        with_image localhost/bb
        with_docker localhost/bb
        # An archive with a second after its end mark: what an engine need not read.
        put_program /usr/local/bin/stream <<-'E'
	#!/bin/sh
	cat /run/archive.tar && head -c 1000000 /dev/zero
	E
        put_program /usr/local/bin/stream-breaks <<-'E'
	#!/bin/sh
	head -c 10000 /run/archive.tar
	exit 3
	E
        put_program /usr/local/bin/stream-fails-late <<-'E'
	#!/bin/sh
	cat /run/archive.tar
	exit 4
	E
        put_program /usr/local/bin/stream-garbage <<-'E'
	#!/bin/sh
	echo this is no archive
	exec sleep 60
	E
}

check() {
        local engine

        for engine in podman docker; do
                "$engine" tag localhost/bb localhost/loaded:1
                "$engine" save --output /run/archive.tar localhost/loaded:1
                from_file
                from_stream
                from_broken
        done
}

absent() {
        "$engine" rmi localhost/loaded:1 >/dev/null 2>&1
        ! "$engine" image inspect localhost/loaded:1 >/dev/null 2>&1
}

load() {
        timeout 20 $image --engine="$engine" "$@" >/run/said.log 2>&1
}

# fails STATUS TEXT NAME [OPTION…] IMAGE: it does, and says so in its last line.
fails() {
        local status=$1 text=$2 name=$3

        shift 3
        load "$@"
        is "$engine: $name" "$?" "$status"
        is "$engine: it says so" "$(tail -n 1 /run/said.log)" "bayplan-image: $text"
}

# OCI-02, OCI-44
from_file() {
        absent
        ok "$engine: from a file" load --load-file=/run/archive.tar localhost/loaded:1
        ok "$engine: the image is there" "$engine" image inspect localhost/loaded:1
        ok "$engine: again" load --load-file=/run/archive.tar localhost/loaded:1
        like "$engine: each start loads" "$(cat /run/said.log)" 'Loaded image'
        fails 1 "cannot load image 'localhost/loaded:1' from '/nothing'" 'no such file' \
                --load-file=/nothing localhost/loaded:1
        fails 1 "'/run/archive.tar' holds no image 'localhost/other'" 'not the image that is wanted' \
                --load-file=/run/archive.tar localhost/other
}

# OCI-03, OCI-45
from_stream() {
        absent
        ok "$engine: from a program" load --load-stream=/usr/local/bin/stream localhost/loaded:1
        ok "$engine: the image is there" "$engine" image inspect localhost/loaded:1
        not_ok "$engine: no process is left" pgrep -x stream
}

# OCI-04 and both exit statuses
from_broken() {
        absent
        fails 1 "cannot load image 'localhost/loaded:1' from what '/usr/local/bin/stream-breaks' prints" \
                'the program breaks off' --load-stream=/usr/local/bin/stream-breaks localhost/loaded:1
        fails 1 "cannot load image 'localhost/loaded:1': '/usr/local/bin/stream-fails-late' ended with status 4" \
                'the program fails after all was printed' --load-stream=/usr/local/bin/stream-fails-late localhost/loaded:1
        fails 1 "cannot load image 'localhost/loaded:1' from what '/usr/local/bin/stream-garbage' prints" \
                'the engine ends first' --load-stream=/usr/local/bin/stream-garbage --stall-timeout=2s localhost/loaded:1
        not_ok "$engine: no process is left" pgrep sleep
        fails 127 "cannot execute '/nothing': No such file or directory" 'no such program' \
                --load-stream=/nothing localhost/loaded:1
        fails 126 "cannot execute '/run/archive.tar': Permission denied" 'not executable' \
                --load-stream=/run/archive.tar localhost/loaded:1
        fails 125 '--load-file= and --load-stream= exclude each other' 'both' \
                --load-stream=/usr/local/bin/stream --load-file=/run/archive.tar localhost/loaded:1
}
