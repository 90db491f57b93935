/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/enter.h"

#include "backend/backend.h"
#include "base/fs.h"

/* What somebody is used to, if the container has it. $SHELL can be what keeps a user out, such as nologin. */
#define FIND_SHELL(option)                                                                         \
        "for s in \"$SHELL\" /bin/bash /usr/bin/bash; do case $s in /*sh) [ -x \"$s\" ] && "       \
        "exec \"$s\"" option ";; esac; done; exec /bin/sh" option

void enter_add_command(const Enter *enter, Argv *argv)
{
        Arena *arena = enter->cli->run->arena;

        for (size_t i = 0; i < enter->count; i++)
                argv_add(arena, argv, enter->words[i]);
        if (enter->count)
                return;
        argv_add(arena, argv, S("/bin/sh"));
        argv_add(arena, argv, S("-c"));
        argv_add(arena, argv, enter->login ? S(FIND_SHELL(" -l")) : S(FIND_SHELL("")));
}

/* The engine, with the arguments that all its commands get here. */
static bool add_engine(const Enter *enter, Argv *argv)
{
        Cli *cli = enter->cli;
        const Words words = backend_engine_words(cli->run, enter->fleet, enter->object);

        VEC_EACH(const Text, word, &words) {
                if (text_is_late(*word)) {
                        command_note(cli, "only systemd knows what '%.*s' is for '%.*s'", STR_ARG(word->str),
                                     STR_ARG(enter->unit));
                        return false;
                }
                argv_add(cli->run->arena, argv, text_plain(cli->run->arena, *word));
        }
        return true;
}

/* podman's containers know the unit that has made them. */
static bool ask_name(const Enter *enter, Str *ret)
{
        Cli *cli = enter->cli;
        Arena *arena = cli->run->arena;
        Argv argv = { 0 };
        Str answer, more;

        if (!add_engine(enter, &argv))
                return false;
        argv_add(arena, &argv, S("ps"));
        argv_add(arena, &argv, S("--filter"));
        argv_add(arena, &argv, arena_fmt(arena, "label=PODMAN_SYSTEMD_UNIT=%.*s", STR_ARG(enter->unit)));
        argv_add(arena, &argv, S("--format"));
        argv_add(arena, &argv, S("{{.ID}}"));

        const int r = program_ask(arena, argv_end(arena, &argv), &answer);

        if (r < 0) {
                command_note(cli, "cannot execute '%s': %.*s", argv.items[0], STR_ARG(fs_error(r)));
                return false;
        }
        str_cut(answer, '\n', &answer, &more);
        if (!answer.len)
                command_note(cli, "podman knows no running container of '%.*s'", STR_ARG(enter->unit));
        *ret = answer;
        return answer.len;
}

static bool find_name(const Enter *enter, Str *ret)
{
        const Text name = object_name(enter->object);

        if (!str_eq(enter->unit, enter->object->unit) || text_is_late(name))
                return ask_name(enter, ret);
        *ret = text_plain(enter->cli->run->arena, name);
        return true;
}

bool enter_oci(const Enter *enter, Argv *ret)
{
        Arena *arena = enter->cli->run->arena;
        Argv argv = { 0 };
        Str name;

        if (!find_name(enter, &name) || !add_engine(enter, &argv))
                return false;
        argv_add(arena, &argv, S("exec"));
        argv_add(arena, &argv, S("--interactive"));
        if (enter->terminal)
                argv_add(arena, &argv, S("--tty"));
        /* Else podman holds Ctrl-P back, which might begin its own key for leaving a container alone. */
        if (enter->terminal && enter->object->engine == ENGINE_PODMAN)
                argv_add(arena, &argv, S("--detach-keys="));
        if (enter->cli->uid.len)
                argv_add(arena, &argv, arena_fmt(arena, "--user=%.*s", STR_ARG(enter->cli->uid)));
        argv_add(arena, &argv, name);
        enter_add_command(enter, &argv);
        *ret = argv;
        return true;
}
