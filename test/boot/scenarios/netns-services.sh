# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Plain services of systemd in a network namespace, with the lines that containers.d(5) prints: its network, its name servers,
# and no way past these.

ALSO=bookworm

# manual_block TEXT: the example of the manual that begins with [Unit] and holds the text.
manual_block() {
        awk -v text="$1" '
                /^```/ { if (on && index(block, text)) { printf "%s", block; exit }; on = !on; block = ""; next }
                on { block = block $0 "\n" }' "$here/../../man/containers.d.5.scd"
}

place() {
        define blue.ini <<-'E'
	[Netns blue]
	Veth=eth0,address=10.9.0.2/24,peer-address=10.9.0.1/24
	Gateway=10.9.0.1
	DNS=10.9.0.1
	DNSSearch=blue.example
	E
        manual_block NetworkNamespacePath= | put /etc/systemd/system/app.service
        manual_block JoinsNamespaceOf= | put /etc/systemd/system/joined.service
        printf 'ExecStart=/usr/local/bin/app\n' >>./etc/systemd/system/joined.service
        printf '[Unit]\nBindsTo=netns@blue.service\nAfter=netns@blue.service\n' | put /etc/systemd/system/joined.service.d/bind.conf
        put_program /usr/local/bin/app <<-'E'
	#!/bin/bash
	{
	        readlink /proc/self/ns/net
	        cat /etc/resolv.conf
	        ls /run/nscd /run/systemd/resolve/io.systemd.Resolve
	} >/run/seen-$(basename "$(cut -d: -f3 /proc/self/cgroup | tail -1)") 2>&1
	exec sleep inf
	E
        # What a host with its own ways to names has.
        early host-resolver sh -c 'mkdir -p /run/nscd /run/systemd/resolve
	        touch /run/nscd/socket /run/systemd/resolve/io.systemd.Resolve /etc/resolv.conf'
}

seen() {
        cat "/run/seen-$1.service"
}

check() {
        ok 'T-04: the lines were found in the manual' grep -q BindReadOnlyPaths /etc/systemd/system/app.service
        ok '... the others too' grep -q PrivateNetwork /etc/systemd/system/joined.service
        ok 'T-04: a service starts with them' systemctl start app
        is '... and its namespace' "$(state netns@blue)" active
        wait_for 10 grep -q resolve /run/seen-app.service
        like 'it is in the namespace' "$(seen app)" "net:.$(stat -L -c %i /run/netns/blue)."
        like 'it has the name servers of that' "$(seen app)" 'nameserver 10.9.0.1'
        like '... and no way past them by nscd' "$(seen app)" "/run/nscd.*: (Permission denied|No such file)|cannot open directory '/run/nscd'"
        unlike '... nor to its socket' "$(seen app)" 'socket'
        unlike 'the host has its own' "$(cat /etc/resolv.conf)" 'blue.example'
        ok 'NNS-10: so does one with JoinsNamespaceOf=' systemctl start joined
        wait_for 10 grep -q net: /run/seen-joined.service
        like '... it is in the same one' "$(seen joined)" "net:.$(stat -L -c %i /run/netns/blue)."
        systemctl stop netns@blue
        is 'NNS-16: both stop with it' "$(state app) $(state joined)" 'inactive inactive'
}
