# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# WireGuard between two network namespaces: made on the host and moved, with keys from a file and from a credential, by a
# program where the kernel has none; the inner side is all that a namespace sees.

ALSO=bookworm
TIMEOUT=240

place() {
        with_image localhost/bb
}

# Keys are made here: none stands in a definition, a unit or a test.
define_tunnels() {
        umask 077
        mkdir -p /etc/wireguard /etc/credstore /etc/containers.d
        wg genkey >/etc/wireguard/left.key
        wg genkey >/etc/credstore/right-key
        wg genpsk | tee /etc/wireguard/both.psk >/etc/credstore/both-psk
        cat >/etc/containers.d/tunnel.yaml <<-E
	defaults: {pull: never, stop_timeout: 1, auto_start: no}
	netns:
	  left:
	    wireguard:
	      wg0: {private_key_file: /etc/wireguard/left.key, listen_port: 51821, mtu: 1380, address: [10.8.0.1/24, "fd08::1/64"]}
	    wireguard_peer:
	      "$(wg pubkey </etc/credstore/right-key)":
	        {endpoint: 127.0.0.1:51822, preshared_key_file: /etc/wireguard/both.psk, allowed_ips: [10.8.0.2, 10.80.0.0/16, "fd08::2"]}
	  right:
	    wireguard:
	      wg0: {private_key_credential: right-key, listen_port: 51822, address: [10.8.0.2/24, 10.80.7.7/32, "fd08::2/64"]}
	    wireguard_peer:
	      "$(wg pubkey </etc/wireguard/left.key)":
	        {endpoint: 127.0.0.1:51821, preshared_key_credential: both-psk, allowed_ips: [0.0.0.0/0, "::/0"]}
	    stop_when_unneeded: true
	  broken:
	    wireguard: {wg0: {private_key_file: /etc/wireguard/none.key, address: 10.81.0.1/24}}
	containers:
	  far: {image: localhost/bb, netns: right, command: [httpd, -f, -p, "[::]:80", -h, /srv]}
	  near: {image: localhost/bb, netns: left, command: [sleep, inf]}
	E
        umask 022
        systemctl daemon-reload
}

fetch() {
        podman exec near wget -q -O - "$1"
}

check() {
        define_tunnels
        ok 'a container at each end of a tunnel' systemctl start podman-far podman-near
        like 'the inner side is in the namespace' "$(ip -n left -br addr show wg0)" '10.8.0.1/24 fd08::1/64'
        is '... and nothing else' "$(ip -n left -br link | cut -d ' ' -f 1 | xargs)" 'lo wg0'
        unlike '... nor anything of it on the host' "$(ip -br link)" 'left|right'
        is 'by IPv4' "$(fetch http://10.8.0.2/)" 'hello from busybox'
        is '... and by IPv6' "$(fetch 'http://[fd08::2]/')" 'hello from busybox'
        is 'what allowed-ips= names is routed to the peer' "$(fetch http://10.80.7.7/)" 'hello from busybox'
        like '... everything, if so wished' "$(ip -n right route)" 'default dev wg0'
        like 'an MTU' "$(ip -n left link show wg0)" 'mtu 1380'
        ok 'the encrypted packets leave by the host' eval 'ss -Hlun | grep -q :51821'
        is '... and not by the namespace' "$(ip netns exec left ss -Hlun)" ''
        not_ok 'what is in the namespace has no other way out' ip netns exec left ping -q -c 1 -W 1 127.0.0.2 -I wg0
        no_key
        life
        fails
}

no_key() {
        local key

        for key in /etc/wireguard/left.key /etc/credstore/right-key /etc/wireguard/both.psk; do
                not_ok "no key in units, command lines, or the journal: $key" \
                        eval "{ systemctl cat 'netns@*'; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; journalctl -b; } 2>/dev/null |
                                grep -aFqf $key"
        done
}

life() {
        systemctl stop podman-far
        ok 'with its last container the namespace stops, and its tunnel' wait_for 10 state_is netns@right inactive
        ok '... and the program of that' wait_for 10 eval '! pgrep -f "wireguard-go right-wg0"'
        ok 'it is made again' systemctl start podman-far
        ok '... and the tunnel works' wait_for 20 eval '[ "$(fetch http://10.8.0.2/)" = "hello from busybox" ]'
        systemctl stop netns@left netns@right
        is 'nothing is left' "$(pgrep -c wireguard-go)$(ls /run/netns /run/bayplan-netns /run/wireguard | grep -v :)" 0
}

fails() {
        not_ok 'without its key no tunnel' systemctl start netns@broken
        like '... which is said' "$(journalctl -u netns@broken -o cat)" "cannot read key '/etc/wireguard/none.key': No such file"
        is '... and leaves nothing' "$(pgrep -c wireguard-go)$(ls /run/netns /run/bayplan-netns | grep -v :)$(ip -br link | grep broken)" 0
}
