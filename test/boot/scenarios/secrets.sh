# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Credentials of systemd reach containers as files, with the owner that the container needs, and stand nowhere else.

ALSO=bookworm

place() {
        with_image localhost/bb
        put /etc/credstore/plain <<<'t0p secret'
        put /etc/keys/other <<<'0ther secret'
        define app.ini <<-'E'
	[Container]
	Image=localhost/bb
	Exec=sleep inf
	StopTimeout=1
	Secret=plain,type=credential
	Secret=mine,type=credential,path=/etc/keys/other,target=/etc/app/key,uid=65534,gid=65533,mode=0440
	E
        define sealed.yaml <<-'E'
	containers:
	  sealed:
	    image: localhost/bb
	    command: [sleep, inf]
	    stop_timeout: 1
	    auto_start: no
	    secrets: ["sealed,type=credential,path=/etc/sealed.cred,encrypted"]
	E
        define absent.ini <<-'E'
	[Container]
	Image=localhost/bb
	AutoStart=no
	Secret=absent,type=credential
	[Service]
	Restart=no
	E
}

inside() {
        podman exec "$@"
}

check() {
        ok 'the container runs' wait_for 20 running app
        is 'T-16: the credential is a file below /run/secrets' "$(inside app cat /run/secrets/plain)" 't0p secret'
        is 'T-16: another one where target= says' "$(inside app cat /etc/app/key)" '0ther secret'
        is 'T-16: with its owner and mode' "$(inside app stat -c '%u:%g %a' /etc/app/key)" '65534:65533 440'
        is 'T-16: and the user can read it' "$(inside --user 65534 app cat /etc/app/key)" '0ther secret'
        not_ok 'the first one is root'\''s' inside --user 65534 app cat /run/secrets/plain
        not_ok 'and nobody writes to it' inside app sh -c 'echo x >/run/secrets/plain'

        not_ok 'T-16: no unit holds it' grep -rqF -e 't0p secret' -e '0ther secret' /run/systemd/generator
        not_ok 'T-16: no argument holds it' grep -qaF -e 't0p secret' -e '0ther secret' /proc/[0-9]*/cmdline
        is 'T-16: the log does not hold it' "$(journalctl -b -o cat | grep -cF -e 't0p secret' -e '0ther secret')" 0
        is 'the copy is for its owner only' "$(stat -c '%a %u' /run/bayplan/podman-app/secret.mine)" '440 65534'
        systemctl stop podman-app
        is 'and gone when the unit stops' "$(find /run/bayplan -name 'secret.*')" ''

        if printf sealed | systemd-creds --with-key=host --name=sealed encrypt - /etc/sealed.cred; then
                ok 'an encrypted one is decrypted by systemd' systemctl start podman-sealed
                is 'for the container' "$(inside sealed cat /run/secrets/sealed)" sealed
        else
                fail 'systemd-creds encrypts'
        fi

        not_ok 'a unit whose credential is absent fails' systemctl start podman-absent
        like 'and the journal says which' "$(journalctl -b -o cat -u podman-absent)" absent
}
