#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# boot.sh - boots a real systemd in a throw-away copy of a Debian root and runs one script in it.
#
#   boot.sh root [SUITE]                   the cached root of a suite, made first when needed; prints its path
#   boot.sh run [OPTION…] SCRIPT [ARG…]    boots a copy of it; output and exit status are the script's
#   boot.sh check                          says what this machine lacks for either, if anything (exit 77)
#   boot.sh selftest [SUITE]               the harness tests itself
#
# Options of run:
#   -r ROOT     the root to boot; never written to, it is the lower layer of an overlay
#   -t SECONDS  kill everything after that long (default 120)
#   -C DIR      copy DIR/. over the root's upper layer before the boot: programs, units, definitions (repeatable)
#   -k WORD     a further kernel-command-line word for PID 1, e.g. systemd.log_level=debug (repeatable)
#   -x OPTION   a further systemd-nspawn option (repeatable)
#   -N PATH     join the network namespace at PATH instead of a new private one
#   -o DIR      keep console.log, kmsg.log and output.log in DIR; the output grows there while the script runs
#   -L          make memory, cpu and pids limits real, see boot_limits()
#   -G          end by stopping every unit in order, instead of all at once
#   -H          hold the machine when the script has ended, and say how to enter and how to end it
#
# Exit status of run when the script did not get as far as its own:
#   77   something is missing here (said on stderr)
#   124  time out; everything in the machine was killed
#   125  the machine did not boot, or ended before the script did (last console lines on stderr)
#
# In the machine /harness is shared with this side: what is written to /dev/kmsg, where generators log,
# arrives in /harness/kmsg.log. Needs root, systemd-nspawn, overlayfs and a cgroup2 hierarchy; debootstrap
# to make a root. No pty, no KVM, no machined and no system bus.

BOOT_CACHE=${BAYPLAN_TEST_CACHE:-/var/cache/bayplan-test}

# Debian packages of a root: the system, the engines, what scenarios call, and the shared libraries of our programs.
BOOT_PACKAGES_SYSTEM='systemd systemd-sysv systemd-container dbus dbus-user-session libpam-systemd
        iproute2 iputils-ping iptables nftables curl procps strace openssl busybox-static'
BOOT_PACKAGES_ENGINE='podman crun netavark aardvark-dns catatonit passt uidmap fuse-overlayfs
        docker.io docker-registry skopeo apache2-utils wireguard-go wireguard-tools'
BOOT_PACKAGES_LIBRARY='libinih1 libyaml-0-2 libsystemd0 libnl-route-3-200 libnftables1'

boot_say() {
        printf 'boot: %s\n' "$*" >&2
}

## What this machine must have

boot_cgroup2() {
        if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
                echo /sys/fs/cgroup
        elif [ -f /sys/fs/cgroup/unified/cgroup.procs ]; then
                echo /sys/fs/cgroup/unified
        fi
}

boot_check() {
        local program probe

        [ "$(id -u)" = 0 ] || { boot_say 'not root: systemd-nspawn, mount and cgroups need it'; return 77; }
        for program in systemd-nspawn unshare setpriv flock mount "$@"; do
                command -v "$program" >/dev/null || { boot_say "no program '$program'"; return 77; }
        done
        grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null ||
                { boot_say 'no overlayfs in this kernel'; return 77; }
        [ -n "$(boot_cgroup2)" ] || { boot_say 'no cgroup2 below /sys/fs/cgroup'; return 77; }
        unshare -m --propagation private true 2>/dev/null ||
                { boot_say 'unshare -m is refused: no CAP_SYS_ADMIN here'; return 77; }
        probe=$(boot_cgroup2)/bayplan-probe.$BASHPID
        { mkdir "$probe" && rmdir "$probe"; } 2>/dev/null ||
                { boot_say "cannot make a cgroup in $(boot_cgroup2)"; return 77; }
}

## The root

# boot_packages SUITE
boot_packages() {
        echo $BOOT_PACKAGES_SYSTEM $BOOT_PACKAGES_ENGINE $BOOT_PACKAGES_LIBRARY
        case $1 in
        # Its crun (before 1.9) insists on RLIMIT_MEMLOCK, which takes CAP_SYS_RESOURCE; its podman has no pasta.
        bookworm) echo runc slirp4netns ;;
        *) echo docker-cli ;;
        esac
}

# The Debian mirror that apt of this machine uses.
boot_mirror() {
        apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m 1 -E '/debian/?$'
}

# boot_root [SUITE]: prints the directory of the cached root. Its name carries a digest of the recipe, so that
# a changed package list or configuration makes a new one; a root has its name only when it is whole.
boot_root() {
        local suite=${1:-trixie} digest root

        digest=$({ boot_packages "$suite"; declare -f boot_root_configure boot_image_tar; } | sha256sum)
        root=$BOOT_CACHE/$suite-${digest:0:12}
        if [ ! -d "$root" ]; then
                boot_check debootstrap chroot >&2 || return
                mkdir -p "$BOOT_CACHE" || return
                (
                        flock 9
                        [ -d "$root" ] || boot_root_make "$suite" "$root"
                ) 9>"$root.lock" >&2 || return
        fi
        echo "$root"
}

# boot_root_make SUITE ROOT: about two minutes, most of it download.
boot_root_make() {
        local suite=$1 root=$2 new=$2.new log=$2.log script='' mirror

        # debootstrap may know no script for a suite newer than itself; the one of sid does.
        [ -e "/usr/share/debootstrap/scripts/$suite" ] || script=/usr/share/debootstrap/scripts/sid
        mirror=$(boot_mirror)
        [ -n "$mirror" ] || { boot_say 'apt of this machine names no Debian mirror'; return 77; }

        boot_say "making a root of $suite in $root"
        rm -rf --one-file-system "$new"
        if ! {
                debootstrap --variant=minbase "$suite" "$new" "$mirror" $script &&
                        chroot "$new" env DEBIAN_FRONTEND=noninteractive apt-get install -y \
                                --no-install-recommends $(boot_packages "$suite") &&
                        boot_root_configure "$suite" "$new" &&
                        boot_image_tar "$new/bin/busybox" "$new/usr/share/bb.tar"
        } >"$log" 2>&1 </dev/null; then
                boot_say "no root of $suite; the end of $log is:"
                tail -n 5 "$log" >&2
                rm -rf --one-file-system "$new"
                return 1
        fi
        rm -rf "$new"/var/cache/apt/archives/*.deb "$new"/var/lib/apt/lists/*
        mv -T "$new" "$root"
}

# What a root needs so that containers run on a host without cgroup2 controllers and without CAP_SYS_RESOURCE;
# harmless on any other.
boot_root_configure() {
        local suite=$1 root=$2 conf=$2/etc/containers/containers.conf.d/boot.conf unit

        : >"$root/etc/machine-id"
        mkdir -p "${conf%/*}" "$root"/etc/systemd/{system,user,journald}.conf.d
        printf '%s\n' '[containers]' 'pids_limit = 0' \
                'default_ulimits = ["nofile=1024:4096", "nproc=4096:8192"]' >"$conf"
        [ "$suite" != bookworm ] || printf '[engine]\nruntime = "runc"\n' >>"$conf"

        # Busybox as PID 1 of a container ignores SIGTERM: not 90 s of waiting for each one.
        printf '[Manager]\nDefaultTimeoutStopSec=10s\n' |
                tee "$root/etc/systemd/user.conf.d/boot.conf" >"$root/etc/systemd/system.conf.d/boot.conf"
        # The harness reads /dev/kmsg, and there is no audit here.
        printf '[Journal]\nReadKMsg=no\nAudit=no\nRateLimitBurst=0\n' >"$root/etc/systemd/journald.conf.d/boot.conf"

        # A boot in a container has no use for these; some of them fail, or touch the kernel of the host.
        # Engines other than podman run where a scenario asks for them (lib.sh, with_docker).
        for unit in systemd-modules-load.service systemd-sysctl.service systemd-udevd.service \
                sys-kernel-debug.mount sys-kernel-tracing.mount apt-daily.timer apt-daily-upgrade.timer \
                dpkg-db-backup.timer fstrim.timer e2scrub_all.timer console-getty.service \
                docker-registry.service systemd-networkd-wait-online.service; do
                ln -sf /dev/null "$root/etc/systemd/system/$unit"
        done
        rm -f "$root"/etc/systemd/system/*.wants/{docker,containerd}.service \
                "$root"/etc/systemd/system/*.wants/{docker.socket,podman-auto-update.timer,podman-restart.service}
}

# boot_image_tar BUSYBOX FILE: the file system of an image, 2 MB: busybox, its applets, a page in /srv.
boot_image_tar() {
        local dir applet

        dir=$(mktemp -d) || return
        chmod 755 "$dir"
        mkdir -p "$dir"/{bin,etc,tmp,proc,sys,dev,run,var,root,srv}
        cp "$1" "$dir/bin/busybox"
        for applet in $("$dir/bin/busybox" --list); do
                [ "$applet" = busybox ] || ln -s busybox "$dir/bin/$applet"
        done
        echo root:x:0:0:root:/root:/bin/sh >"$dir/etc/passwd"
        echo root:x:0: >"$dir/etc/group"
        echo 'hello from busybox' >"$dir/srv/index.html"
        tar -C "$dir" --owner=0 --group=0 -cf "$2" . && rm -rf "$dir"
}

## The machine

# boot_run [OPTION…] SCRIPT [ARG…] sets traps and ends its shell.
boot_run() {
        boot_options "$@"
        shift $((OPTIND - 1))
        script=$1
        shift || { boot_say 'run: no script'; exit 2; }
        boot_check || exit
        [ -r "$script" ] || { boot_say "cannot read '$script'"; exit 77; }
        [ -x "$root/usr/lib/systemd/systemd" ] && [ -x "$root/bin/bash" ] ||
                { boot_say "'$root' is no root with systemd and bash"; exit 77; }
        root=$(realpath "$root")

        unified=1
        [ -z "$limits" ] || boot_limits
        boot_layers
        boot_script "$script" "$@"
        boot_cgroups
        boot_kmsg
        boot_start
        boot_wait
}

boot_options() {
        local option

        root='' timeout=120 keep='' limits='' graceful='' hold='' network=--private-network
        copies=() words=() options=() OPTIND=1
        while getopts r:t:C:k:x:N:o:LGH option; do
                case $option in
                r) root=$OPTARG ;;
                t) timeout=$OPTARG ;;
                C) copies+=("$OPTARG") ;;
                k) words+=("$OPTARG") ;;
                x) options+=("$OPTARG") ;;
                N) network=--network-namespace-path=$OPTARG ;;
                o) keep=$OPTARG ;;
                L) limits=1 ;;
                G) graceful=1 ;;
                H) hold=1 timeout=infinity ;;
                *) exit 2 ;;
                esac
        done
}

# Nothing to do where the host's cgroup2 has the controllers. Where they are on cgroup v1, boots the root in
# legacy mode, which systemd has before 258.
boot_limits() {
        local version

        ! grep -qw memory "$(boot_cgroup2)/cgroup.controllers" || return 0
        [ -d /sys/fs/cgroup/memory ] || { boot_say '-L: no memory controller here'; exit 77; }
        version=$(chroot "$root" systemctl --version | awk '{print $2; exit}')
        [ "$version" -lt 258 ] ||
                { boot_say "-L: controllers are on cgroup v1 here, and systemd $version has none of it"; exit 77; }
        unified=0
        words+=(SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 systemd.unified_cgroup_hierarchy=0)
}

# A directory of this run: up, wk, mnt (overlay), shared (/harness), data (tmpfs).
boot_layers() {
        local parent=${TMPDIR:-/var/tmp} copy

        # overlayfs cannot be the upper layer of an overlay.
        [ "$(stat -fc %T "$parent")" != overlayfs ] || parent=/dev/shm
        boot_sweep "$parent"
        T=$(mktemp -d "$parent/bayplan-boot.XXXXXX") || exit 77
        id=bp-${T##*.} cgroup2=$(boot_cgroup2) machine='' reader='' watchdog='' script_end=''
        trap boot_cleanup EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM HUP
        echo $BASHPID >"$T/pid"
        mkdir -p "$T"/{up,wk,mnt,shared,data}
        chmod 755 "$T" "$T"/*
        for copy in "${copies[@]}"; do
                cp -a "$copy/." "$T/up/" || exit 77
        done
        if [ -n "$keep" ]; then
                mkdir -p "$keep" || exit 77
                keep=$(realpath "$keep")
        fi
}

# The unit that runs the script once everything else is up.
boot_script() {
        local units=$T/up/etc/systemd/system

        mkdir -p "$units/graphical.target.wants"
        cat >"$units/harness.service" <<-'E'
	[Unit]
	Description=Test script
	After=multi-user.target
	[Service]
	Type=exec
	WorkingDirectory=/root
	Environment=HOME=/root LC_ALL=C.UTF-8
	ExecStart=/bin/bash /harness/wrap
	E
        ln -s ../harness.service "$units/graphical.target.wants/"
        echo machine >"$T/up/etc/hostname"
        cp "$1" "$T/shared/script"
        shift
        printf '%q ' "$@" >"$T/shared/args"

        # A user namespace may mount proc and sysfs only where fully visible ones exist (mount_too_revealing()
        # in the kernel); those of nspawn are masked. Rootless and --userns containers need these two.
        # Nodes are made here: those of the host may be for root only.
        cat >"$T/shared/wrap" <<-'E'
	mkdir -p /run/fullvis/proc /run/fullvis/sys /dev/net
	mount -t proc proc /run/fullvis/proc
	mount -t sysfs sysfs /run/fullvis/sys
	for c in /sys/fs/cgroup/*; do
	        [ ! -f "$c/cgroup.procs" ] || mount -o remount,bind,rw "$c"
	done 2>/dev/null
	[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
	[ -e /dev/fuse ] || mknod /dev/fuse c 10 229
	chmod 666 /dev/net/tun /dev/fuse
	touch /harness/started
	eval "set -- $(cat /harness/args)"
	bash /harness/script "$@" >/harness/output.log 2>&1 </dev/null
	echo $? >/harness/ended
	E
        mkfifo "$T/shared/ended"
        setpriv --pdeathsig KILL cat "$T/shared/ended" >"$T/status" &
        script_end=$!
}

# A cgroup of its own: two machines at once must not share /payload, and cgroup.kill needs one.
boot_cgroups() {
        local hierarchy

        cgroups=$cgroup2/$id
        mkdir "$cgroups" || exit 77
        for hierarchy in /sys/fs/cgroup/*; do
                case $hierarchy in
                "$cgroup2") continue ;;
                */systemd) ;;
                *) [ "$unified" = 0 ] || continue ;;
                esac
                [ -f "$hierarchy/cgroup.procs" ] && mkdir "$hierarchy/$id" 2>/dev/null && cgroups+=" $hierarchy/$id"
        done
}

# nspawn gives no /dev/kmsg. A FIFO stands in, as a FIFO can be written even where systemd mounts /dev
# read-only for generators.
boot_kmsg() {
        mkfifo -m 622 "$T/shared/kmsg"
        setpriv --pdeathsig KILL cat <>"$T/shared/kmsg" >>"$T/shared/kmsg.log" &
        reader=$!
}

# A SIGKILL of this shell ends unshare (pdeathsig), that ends the pid namespace (kill-child), and with it
# everything in the machine. bash stays as PID 1 of the namespace: nspawn is no good as one.
boot_start() {
        export T root cgroups unified
        # These must not lie on overlayfs: it can neither be an overlay's upper layer nor be idmapped.
        export data_dirs='var/lib/containers var/lib/docker var/lib/machines var/tmp home'
        local dir

        for dir in $data_dirs; do
                options+=("--bind=$T/data/$dir:/$dir")
        done
        setpriv --pdeathsig KILL unshare -m -p --fork --kill-child --mount-proc --propagation private \
                bash -c "$(declare -f boot_inside); boot_inside \"\$@\"" _ \
                -q -D "$T/mnt" -M "$id" --keep-unit --register=no "$network" --capability=all \
                --system-call-filter='@keyring bpf' --resolv-conf=off --timezone=off --hostname=machine \
                --bind="$T/shared:/harness" --bind="$T/shared/kmsg:/dev/kmsg" "${options[@]}" -b "${words[@]}" \
                </dev/null >"$T/console.log" 2>&1 &
        machine=$!
}

# In the namespaces of the run. --suppress-sync=yes would be welcome, but its seccomp answers break crun.
boot_inside() {
        local group file dir

        for group in $cgroups; do
                for file in cpuset.cpus cpuset.mems; do
                        [ ! -e "$group/$file" ] || cat "$group/../$file" >"$group/$file"
                done
                echo $$ >"$group/cgroup.procs" || exit 99
        done
        mount -t overlay overlay -o "lowerdir=$root,upperdir=$T/up,workdir=$T/wk,volatile" "$T/mnt" || exit 99
        mount -t tmpfs -o mode=755 tmpfs "$T/data" || exit 99
        for dir in $data_dirs; do
                mkdir -p "$T/data/$dir"
                [ ! -d "$T/mnt/$dir" ] || cp -aT "$T/mnt/$dir" "$T/data/$dir" || exit 99
        done
        chmod 1777 "$T/data/var/tmp"
        # nspawn leaves directories in /run/systemd/nspawn: keep them in this mount namespace.
        mkdir -p /run/systemd/nspawn && mount -t tmpfs -o mode=755 tmpfs /run/systemd/nspawn || exit 99
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=$unified systemd-nspawn "$@"
        exit $?
}

boot_wait() {
        local status file

        setpriv --pdeathsig KILL sleep "$timeout" >/dev/null 2>&1 </dev/null &
        watchdog=$!
        wait -n "$machine" "$script_end" "$watchdog"
        status=$?
        kill -0 "$watchdog" 2>/dev/null || : >"$T/timeout"
        if [ -s "$T/status" ] && kill -0 "$machine" 2>/dev/null; then
                [ -z "$hold" ] || boot_hold
                [ -z "$graceful" ] || boot_stop
        fi
        boot_kill
        if [ -n "$keep" ]; then
                for file in console.log shared/kmsg.log shared/output.log; do
                        [ ! -e "$T/$file" ] || cp "$T/$file" "$keep/"
                done
        fi
        [ ! -e "$T/shared/output.log" ] || cat "$T/shared/output.log"
        [ ! -s "$T/status" ] || exit "$(cat "$T/status")"
        if [ -e "$T/timeout" ]; then
                boot_say "killed after $timeout s"
                boot_console
                exit 124
        fi
        if [ -e "$T/shared/started" ]; then
                boot_say "the machine ended (nspawn exit $status) while the script ran"
        else
                boot_say "the machine did not boot (nspawn exit $status)"
        fi
        boot_console
        exit 125
}

# cgroup.kill reaches exactly what this run started, and nothing else.
boot_kill() {
        [ ! -e "$cgroup2/$id" ] || echo 1 >"$cgroup2/$id/cgroup.kill"
        [ -z "$machine" ] || kill -9 "$machine"
        [ -z "$machine" ] || wait "$machine"
        machine=''
} 2>/dev/null

# SIGRTMIN+3 asks PID 1 of the machine to halt: every unit is stopped first.
boot_stop() {
        kill -s RTMIN+3 "$(boot_leader)"
        wait -n "$machine" "$watchdog"
}

boot_leader() {
        find "$cgroup2/$id" -path '*init.scope/cgroup.procs' -exec head -n 1 {} + -quit
}

boot_console() {
        tail -n 15 "$T/console.log" | tr -d '\r' | sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g; s/^/boot: console: /' >&2
}

# The script has ended, the machine goes on until the file "hold" is removed.
boot_hold() {
        : >"$T/shared/hold"
        boot_say "the machine is held: exit status $(cat "$T/status"), output in $T/shared/output.log"
        boot_say "  enter: nsenter -t $(boot_leader) -a bash"
        boot_say "  end:   rm $T/shared/hold"
        while [ -e "$T/shared/hold" ] && kill -0 "$machine" 2>/dev/null; do sleep 0.5; done
}

boot_cleanup() {
        local process

        boot_kill
        for process in $reader $watchdog $script_end; do
                kill "$process" 2>/dev/null && wait "$process" 2>/dev/null
        done
        boot_remove_cgroups "$id"
        rm -rf --one-file-system "$T"
}

# A cgroup is busy for a moment after its last process has died.
boot_remove_cgroups() {
        local hierarchy

        for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
                for _ in {1..10}; do
                        [ -d "$hierarchy/$1" ] || break
                        find "$hierarchy/$1" -depth -type d -exec rmdir {} + 2>/dev/null
                        [ ! -d "$hierarchy/$1" ] || sleep 0.1
                done
        done
}

# boot_sweep DIR: what runs that were killed with SIGKILL left behind.
boot_sweep() {
        local dir pid

        for dir in "$1"/bayplan-boot.??????; do
                pid=$(cat "$dir/pid" 2>/dev/null) && [ -n "$pid" ] && ! kill -0 "$pid" 2>/dev/null || continue
                boot_remove_cgroups "bp-${dir##*.}"
                rm -rf --one-file-system "$dir"
        done
}

## The harness tests itself

# Cgroups of machines whose harness no longer runs.
boot_leftovers() {
        local cgroup

        find /sys/fs/cgroup -maxdepth 2 -name 'bp-??????' | while read -r cgroup; do
                kill -0 "$(cat {/var/tmp,/dev/shm,"${TMPDIR:-/tmp}"}/bayplan-boot."${cgroup##*-}"/pid 2>/dev/null)" \
                        2>/dev/null || echo "$cgroup"
        done
}

boot_selftest() {
        local root dir count=0 failed=0 output

        root=$(boot_root "$1") || return
        dir=$(mktemp -d) || return
        # expect NAME GOT WANTED
        expect() {
                count=$((count + 1))
                [ "$2" != "$3" ] || { echo "ok $count - $1"; return; }
                echo "not ok $count - $1: '$2' is not '$3'"
                failed=$((failed + 1))
        }
        try() {
                cat >"$dir/script"
                (boot_run -r "$root" "$@")
        }
        output=$(try "$dir/script" <<<'systemctl is-system-running --wait; systemctl --failed --quiet; exit 42')
        expect 'exit status' $? 42
        expect 'state' "$output" running
        expect 'arguments' "$(try "$dir/script" 'a b' "c'd" <<<'echo "$1|$2"')" "a b|c'd"
        try -t 4 "$dir/script" <<<'sleep 100' 2>/dev/null
        expect 'time out' $? 124
        try "$dir/script" <<<'systemctl --force --force poweroff; sleep 9' >/dev/null 2>&1
        expect 'machine gone' $? 125
        (boot_run -r /nonexistent "$dir/script") 2>/dev/null
        expect 'no root' $? 77
        output=$(try "$dir/script" <<<'podman import -q /usr/share/bb.tar localhost/bb >/dev/null
                podman run --rm localhost/bb /bin/echo hello' 2>&1)
        expect 'podman' "$output" hello
        mkdir -p "$dir/copy/etc/systemd/system"
        printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStop=sh -c "echo stopped >/dev/kmsg"\n' \
                >"$dir/copy/etc/systemd/system/last.service"
        try -G -o "$dir/out" -C "$dir/copy" "$dir/script" <<<'systemctl start last' >/dev/null
        expect 'graceful end' "$(grep -c '^stopped$' "$dir/out/kmsg.log")" 1
        mkdir -p "$dir/copy/mnt"
        touch "$dir/copy/mnt/x"
        expect 'copy' "$(try -C "$dir/copy" "$dir/script" <<<'ls -A /mnt; echo y >/mnt/y')" x
        expect 'root is as it was' "$(ls -A "$root/mnt")" ''
        expect 'nothing is left' "$(boot_leftovers)" ''
        rm -rf "$dir"
        echo "1..$count"
        return $((failed > 0))
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
        case $1 in
        root | run | check | selftest)
                command=$1
                shift
                "boot_$command" "$@"
                exit
                ;;
        esac
        sed -n '/^# boot.sh - /,/^$/s/^# \{0,1\}//p' "$0"
        [ "$1" = --help ]
        exit
fi
