# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bayplan-fail: a stub's message is an error in the journal and in `systemctl status`, and the unit has failed.

place() {
        put /etc/systemd/system/stub.service <<-'E'
	[Service]
	Type=oneshot
	ExecStart=/usr/libexec/bayplan/bayplan-fail -- "/etc/containers.d/web.ini:12:1: error: unknown key 'PubishPort'" "hint: did you mean 'PublishPort'?"
	E
        put /etc/systemd/system/elsewhere.service <<-'E'
	[Service]
	Type=oneshot
	ExecStart=/usr/libexec/bayplan/bayplan-fail one
	StandardError=file:/run/elsewhere
	E
}

check() {
        not_ok 'the unit fails' systemctl start stub
        is 'exit status' "$(property stub ExecMainStatus)" 1
        like 'status shows each line' "$(systemctl status --no-pager --full stub)" \
                "web\.ini:12:1: error: unknown key 'PubishPort'.*hint: did you mean 'PublishPort'"
        is 'with the priority of errors, and without the prefix' \
                "$(journalctl --unit stub --priority err --output cat SYSLOG_IDENTIFIER=bayplan-fail)" \
                "/etc/containers.d/web.ini:12:1: error: unknown key 'PubishPort'
hint: did you mean 'PublishPort'?"
        not_ok 'a unit whose stderr is a file fails too' systemctl start elsewhere
        is 'and has no priorities in the file' "$(cat /run/elsewhere)" 'bayplan-fail: one'
}
