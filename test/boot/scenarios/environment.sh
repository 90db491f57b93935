# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Every byte of a value arrives in the container: newlines, quotes, percent and dollar signs, spaces.

ALSO=bookworm

place() {
        with_image localhost/bb
        mkdir -p srv/out
        define yaml.yaml <<-'E'
	containers:
	  yaml:
	    image: localhost/bb
	    command: [sh, -c, 'cat /proc/self/environ >/out/yaml.env; for a; do printf "%s\0" "$a"; done >/out/yaml.args; exec sleep inf', --, "", " two  words ", "a\nb", 'it''s', '"', '$HOME ${HOME} $$', '%n %% %', '\n', ';', 'ünï', "tab\there", "-x", "{}", "#"]
	    volumes: ["/srv/out:/out"]
	    environment:
	      NEWLINE: "one\ntwo\n"
	      QUOTES: 'it''s "quoted" `so`'
	      PERCENT: '100% %n %% %i'
	      DOLLAR: '$HOME ${HOME} $$ $'
	      SPACES: "  two  words  "
	      BACKSLASH: 'a\b\\c\n'
	      CONTROL: "\x01\x1b[0m\x7f"
	      UNICODE: "ünïcødé ☃ 𝄞"
	      SEMICOLON: "a ; b"
	      EQUALS: "a=b=c"
	      EMPTY: ""
	      COMMENT: "# no"
	      SWITCH: no
	      SEXAGESIMAL: 22:22
	      VERSION: 3.10
	E
        define ini.ini <<-'E'
	[Container]
	Image=localhost/bb
	Volume=/srv/out:/out
	Environment="NEWLINE=one\ntwo\n" "QUOTES=it's \"quoted\" `so`"
	Environment="PERCENT=100%% %n %%%%" SPACES='  two  words  '
	Environment='BACKSLASH=a\\b' "SEMICOLON=a ; b" EMPTY=
	Environment="UNICODE=ünïcødé ☃ 𝄞" EQUALS=a=b=c
	Exec=sh -c 'cat /proc/self/environ >/out/ini.env; exec sleep inf'
	E
}

# value FILE NAME: as it is, with a dot at its end, as $() takes away newlines.
value() {
        local entry

        while IFS= read -r -d '' entry; do
                [[ $entry != "$2="* ]] || { printf '%s.' "${entry#*=}"; return; }
        done <"/srv/out/$1.env"
        echo "(no $2)"
}

# gives FILE NAME VALUE
gives() {
        is "OCI-12: $1: $2" "$(value "$1" "$2")" "$3."
}

check() {
        local args=() wanted=('' ' two  words ' $'a\nb' "it's" '"' '$HOME ${HOME} $$' '%n %% %' '\n' ';' 'ünï' $'tab\there'
                -x '{}' '#') n

        wait_for 10 test -s /srv/out/yaml.args -a -s /srv/out/ini.env
        gives yaml NEWLINE $'one\ntwo\n'
        gives yaml QUOTES 'it'\''s "quoted" `so`'
        gives yaml PERCENT '100% %n %% %i'
        gives yaml DOLLAR '$HOME ${HOME} $$ $'
        gives yaml SPACES '  two  words  '
        gives yaml BACKSLASH 'a\b\\c\n'
        gives yaml CONTROL $'\x01\x1b[0m\x7f'
        gives yaml UNICODE 'ünïcødé ☃ 𝄞'
        gives yaml SEMICOLON 'a ; b'
        gives yaml EQUALS a=b=c
        gives yaml EMPTY ''
        gives yaml COMMENT '# no'
        gives yaml SWITCH no
        gives yaml SEXAGESIMAL 22:22
        gives yaml VERSION 3.10

        gives ini NEWLINE $'one\ntwo\n'
        gives ini QUOTES 'it'\''s "quoted" `so`'
        gives ini PERCENT '100% podman-ini.service %%'
        gives ini SPACES '  two  words  '
        gives ini BACKSLASH 'a\b'
        gives ini SEMICOLON 'a ; b'
        gives ini EMPTY ''
        gives ini UNICODE 'ünïcødé ☃ 𝄞'
        gives ini EQUALS a=b=c

        mapfile -d '' -t args </srv/out/yaml.args
        is 'OCI-09: the number of arguments' ${#args[@]} ${#wanted[@]}
        for n in "${!wanted[@]}"; do
                is "OCI-09: argument $n" "${args[n]}" "${wanted[n]}"
        done
}
