/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/enter.h"

#include "backend/backend.h"
#include "backend/nspawn.h"
#include "base/fs.h"
#include "cli/bus.h"

#include <stdlib.h>

/* ---- all engines ---- */

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

/* ---- podman and docker ---- */

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

/* ---- nspawn ---- */

/* Whether machined knows the container, as it does unless it is not installed. */
static bool has_machined(const Enter *enter)
{
        Arena *arena = enter->cli->run->arena;
        Argv argv = { 0 };
        Str answer = { 0 };

        argv_add(arena, &argv, S("machinectl"));
        argv_add(arena, &argv, S("show"));
        argv_add(arena, &argv, S("--property=Leader"));
        argv_add(arena, &argv, enter->object->name);
        return program_ask(arena, argv_end(arena, &argv), &answer) == 0 && str_starts(answer, S("Leader="));
}

/* On a terminal of its own: whatever runs in the container could else put words into that of the caller. systemd-run
 * makes one, and returns the status. */
static void add_terminal(const Enter *enter, unsigned pid, Argv *argv)
{
        static const Str words[] = { STR_INIT("systemd-run"), STR_INIT("--quiet"), STR_INIT("--collect"),
                                     STR_INIT("--wait"),      STR_INIT("--pty"),   STR_INIT("--service-type=exec") };
        Arena *arena = enter->cli->run->arena;

        for (size_t i = 0; i < ELEMENTS(words); i++)
                argv_add(arena, argv, words[i]);
        argv_add(arena, argv, arena_fmt(arena, "--description=%.*s in %.*s", STR_ARG(str_c(enter->login ? "login" : "shell")),
                                        STR_ARG(enter->unit)));
        argv_add(arena, argv, arena_fmt(arena, "--setenv=MAINPID=%u", pid));
        argv_add(arena, argv, S("--"));
        setenv("SYSTEMD_TINT_BACKGROUND", "0", false);
        setenv("SYSTEMD_ADJUST_TERMINAL_TITLE", "0", false);
}

/* systemd expands variables in the words of a service. */
static void escape_words(Arena *arena, Argv *argv, size_t from)
{
        for (size_t i = from; i < argv->count; i++) {
                Buf buf = BUF(arena);

                for (const char *c = argv->items[i]; *c; c++)
                        buf_fmt(&buf, "%s%c", *c == '$' ? "$" : "", *c);
                argv->items[i] = arena_c(arena, buf_str(&buf));
        }
}

bool enter_nspawn(const Enter *enter, Argv *ret)
{
        Cli *cli = enter->cli;
        Arena *arena = cli->run->arena;
        Argv argv = { 0 };
        unsigned pid;

        if (cli->uid.len) {
                command_note(cli, "--uid= is for podman and docker; 'su' in the container changes the user");
                return false;
        }
        /* The login of a system that has booted is its own. */
        if (enter->login && enter->terminal && object_boots(enter->object) && has_machined(enter)) {
                argv_add(arena, &argv, S("machinectl"));
                argv_add(arena, &argv, S("login"));
                argv_add(arena, &argv, enter->object->name);
                *ret = argv;
                return true;
        }
        if (!bus_main_pid(cli->run, enter->unit, &pid)) {
                command_note(cli, "systemd tells no main process of '%.*s'", STR_ARG(enter->unit));
                return false;
        }
        if (enter->terminal)
                add_terminal(enter, pid, &argv);
        else
                setenv("MAINPID", arena_fmt(arena, "%u", pid).data, true);
        argv_add(arena, &argv, BACKEND_HELPER("bayplan-enter"));
        if (nspawn_has_init(enter->object))
                argv_add(arena, &argv, S("--child"));
        if (!enter->terminal)
                argv_add(arena, &argv, S("--session"));
        argv_add(arena, &argv, S("--"));

        const size_t words = argv.count;

        enter_add_command(enter, &argv);
        if (enter->terminal)
                escape_words(arena, &argv, words);
        *ret = argv;
        return true;
}
