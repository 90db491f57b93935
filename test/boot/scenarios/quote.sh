# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Units with random programs, arguments and environments are executed by systemd byte for byte.

ALSO=bookworm

place() {
        local tools

        # The build directory as it was named, where the scenario came from.
        tools=$(cd "$OLDPWD" && realpath "$build/test/oracle") || return
        mkdir -p usr/local/bin root opt etc/systemd srv/quote
        cp "$tools/echo_args" usr/local/bin/
        cp "$tools/round_trip" root/
        cp "$tools/check_names" root/
        (cd srv/quote && "$tools/make_units" 300) || return
        mv srv/quote/units etc/systemd/system
        mv srv/quote/programs opt/quote
        put /usr/lib/tmpfiles.d/quote.conf <<<'d /run/quote'
}

check() {
        local change

        is 'some programs have odd names' "$([ "$(ls /opt/quote | wc -l)" -gt 30 ] && echo yes)" yes
        systemctl start --no-block quote.target
        wait_for 60 eval '[ "$(ls /run/quote | wc -l)" = 301 ] && [ -z "$(systemctl list-jobs --no-legend)" ]'
        is '301 units have run' "$(ls /run/quote | wc -l)" 301
        ok 'with the very arguments and variables' diff -r /srv/quote/wanted /run/quote
        is 'no unit has failed' "$(systemctl --failed --no-legend)" ''

        # The comparison notices one byte.
        change=/run/quote/quote-template
        sed -i '1s/service$/Service/' "$change"
        not_ok 'a changed record is noticed' diff -r /srv/quote/wanted /run/quote

        like "systemd's loader in this machine takes them too" "$(/root/round_trip 20000 257)" \
                $'ok 1 - words of ExecStart=\n.*ok 2 - Environment=\n'
        unlike 'and differs nowhere' "$(/root/round_trip 20000 257)" 'not ok|SKIP'
        unlike 'systemd-escape gives the same names' "$(/root/check_names 257)" 'not ok|SKIP'
}
