# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# meson install puts every file where systemd and a user look for it.

place() {
        :
}

check() {
        local name file

        for name in system user; do
                file=/usr/lib/systemd/$name-generators/bayplan-generator
                ok "the $name generator is installed" test -x $file
                ok "the $name generator runs" $file --version
        done
        ok 'both are the same program' cmp /usr/lib/systemd/{system,user}-generators/bayplan-generator
        like 'the generator says its name' "$(/usr/lib/systemd/system-generators/bayplan-generator --version)" bayplan
        ok 'bayplan is installed' test -x /usr/bin/bayplan
        ok 'bayplan runs' bayplan --version
        ok 'helpers are installed' test -d /usr/libexec/bayplan
        for file in /usr/libexec/bayplan/*; do
                ok "helper $(basename "$file") is a program and finds its libraries" eval \
                        "test -x '$file' && ! ldd '$file' | grep -q 'not found'"
        done
        for file in man1/bayplan.1 man8/bayplan-generator.8 man5/containers.d.5; do
                ok "manual page $file is installed" test -s /usr/share/man/$file
        done
        ok 'bash completion is installed' test -s /usr/share/bash-completion/completions/bayplan
        like 'the generator links inih and libyaml, nothing else' \
                "$(ldd /usr/lib/systemd/system-generators/bayplan-generator | awk '{print $1}' |
                        grep -vE 'linux-vdso|ld-linux|libc\.so' | sort | xargs)" '^libinih\.so\.[0-9]+ libyaml-0\.so\.[0-9]+$'
}
