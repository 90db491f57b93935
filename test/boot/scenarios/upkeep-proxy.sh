# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# OCI-39: the proxy that is configured for the host's services reaches pulls and containers, on both engines.

proxy=http://127.0.0.1:3128

ALSO=bookworm

place() {
        with_image localhost/bb
        with_docker localhost/bb
        put /etc/systemd/system.conf.d/proxy.conf <<-E
	[Manager]
	DefaultEnvironment=http_proxy=$proxy https_proxy=$proxy NO_PROXY=localhost
	E
        define all.ini <<-'E'
	[Defaults]
	StopTimeout=1
	Retry=0

	[Container with]
	Image=localhost/bb
	Exec=sleep inf

	[Container without]
	Image=localhost/bb
	Exec=sleep inf
	HttpProxy=no

	[Container dwith]
	Backend=docker
	Image=localhost/bb
	Exec=sleep inf
	HttpProxy=yes
	Environment=https_proxy=own

	[Container dwithout]
	Backend=docker
	Image=localhost/bb
	Exec=sleep inf

	[Container far]
	Image=far.example/podman
	AutoStart=no

	[Container dfar]
	Backend=docker
	Image=far.example/docker
	AutoStart=no
	E
        # A proxy that only writes down what it is asked for.
        put_program /usr/local/bin/proxy <<-'E'
	#!/usr/bin/perl
	use strict;
	use warnings;
	use IO::Socket::INET;
	my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1:3128', Listen => 9, ReuseAddr => 1) or die $@;
	while (my $client = $server->accept) {
	        my $line = <$client>;
	        print STDERR $line if defined $line;
	        print $client "HTTP/1.1 502 Bad Gateway\r\n\r\n";
	}
	E
        put /etc/systemd/system/proxy.service <<-'E'
	[Service]
	Type=exec
	ExecStart=/usr/local/bin/proxy
	StandardError=append:/run/proxy.log
	E
}

# variables ENGINE NAME: proxy variables in the container, sorted.
variables() {
        "$1" exec "$2" env -u HOSTNAME | grep -iE '_proxy=' | sort | xargs
}

check() {
        local unit

        is 'podman: they are in the container' "$(variables podman with)" \
                "NO_PROXY=localhost http_proxy=$proxy https_proxy=$proxy"
        is 'podman: not with HttpProxy=no' "$(variables podman without)" ''
        is 'docker: they are not by default' "$(variables docker dwithout)" ''
        is 'docker: with HttpProxy=yes they are, and Environment= wins' "$(variables docker dwith)" \
                "NO_PROXY=localhost http_proxy=$proxy https_proxy=own"
        for unit in podman-with docker-dwith; do
                unlike "$unit.service does not hold them" "$(systemctl cat $unit)" 127.0.0.1:3128
        done

        systemctl set-environment http_proxy=http://127.0.0.1:3129
        systemctl restart podman-with docker-dwith
        like 'podman: set-environment holds from the next start' "$(variables podman with)" 'http_proxy=http://127.0.0.1:3129'
        like 'docker: set-environment holds from the next start' "$(variables docker dwith)" 'http_proxy=http://127.0.0.1:3129'

        systemctl start proxy
        for unit in podman-far docker-dfar; do
                not_ok "$unit cannot pull" systemctl start $unit
        done
        like 'podman: the pull has asked the proxy' "$(cat /run/proxy.log)" 'CONNECT far.example:443'
        : >/run/proxy.log
        not_ok 'docker: a pull' docker pull far.example/docker
        like 'docker: its daemon has asked the proxy' "$(cat /run/proxy.log)" 'CONNECT far.example:443'
}
