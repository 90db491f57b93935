# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Names of containers that run in /etc/hosts: many at once, gone when they stop, on a bind mount and after a crash (NSP-22, NSN-42).

ALSO=bookworm

# What units of nspawn containers with addresses do.
place() {
        # getent asks for addresses of families that the machine has.
        with_address 10.99.0.1
        early address-6 ip address add fd00::99/128 dev lo
        put /etc/systemd/system/named@.service <<-'E'
	[Service]
	Type=exec
	ExecStart=sleep inf
	ExecStartPost=-/usr/libexec/bayplan/bayplan-hosts --name=c%i --address=10.0.1.%i/24 --address=fd00::%i/64
	ExecStopPost=-/usr/libexec/bayplan/bayplan-hosts --name=c%i --remove
	E
        printf '127.0.0.1 localhost\n10.7.7.7 mine.example' | put /etc/hosts
}

check() {
        local n units=()

        for n in {1..20}; do units+=("named@$n.service"); done
        chmod 640 /etc/hosts
        cp -a /etc/hosts /root/hosts
        echo >>/root/hosts
        ok 'twenty start at once' systemctl start "${units[@]}"
        is 'NSP-22: each has its names' "$(grep -c ' c[0-9]*\.containers$' /etc/hosts)" 40
        is 'NSP-22: IPv4 is found' "$(getent ahostsv4 c7.containers | awk 'NR == 1 {print $1}')" 10.0.1.7
        is 'NSP-22: IPv6 is found' "$(getent ahostsv6 c7.containers | awk 'NR == 1 {print $1}')" fd00::7
        is 'and what was there before' "$(getent hosts mine.example | awk '{print $1}')" 10.7.7.7
        is 'its permissions stay' "$(stat -c '%U %a' /etc/hosts)" 'root 640'
        ok 'one restarts' systemctl restart named@7
        is 'and is there once' "$(grep -c ' c7\.containers$' /etc/hosts)" 2
        kill -KILL "$(property named@8 MainPID)"
        ok 'one that is killed' wait_for 30 eval '! grep -q " c8\.containers$" /etc/hosts'
        ok 'all stop at once' systemctl stop "${units[@]}"
        ok 'NSN-42: their names are gone, and the file is as it was' cmp /etc/hosts /root/hosts
        crash
        bind_mount
}

# As the disk is after a power cut: the block of another boot.
crash() {
        systemctl start named@1
        sed -i 's/boot=[0-9a-f]*/boot=0/' /etc/hosts
        systemctl start named@2
        is 'those of another boot go' "$(grep -c 'c1\.containers' /etc/hosts)" 0
        is 'those of this one stay' "$(grep -c 'c2\.containers' /etc/hosts)" 2
        systemctl stop named@1 named@2
}

bind_mount() {
        mount --bind /root/hosts /etc/hosts
        ok 'on a bind mount' systemctl start named@3
        is 'the name is found' "$(getent ahostsv4 c3.containers | awk 'NR == 1 {print $1}')" 10.0.1.3
        mount -o remount,bind,ro /etc/hosts
        ok 'a read-only one does not keep a container down' systemctl start named@4
        journalctl --sync
        like 'it says so' "$(journalctl -b -o cat -u named@4)" "cannot write '/etc/hosts': Read-only file system"
        mount -o remount,bind,rw /etc/hosts
        systemctl stop named@3 named@4
        umount /etc/hosts
        is 'written in place' "$(grep -c containers /root/hosts)" 0
}
