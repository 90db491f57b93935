/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-recover: brings a dependant back. systemd stops a unit with those that it requires, and
 * does not start it if one of them fails to; but it starts it again only where all of that is one
 * single restart (T-19, T-20). What is missing is a memory of who was stopped for the sake of
 * another, which is a unit too: bayplan-recover@NAME.service is active while NAME.service waits to
 * come back. */

#include "helpers/recover.h"

#include <stdlib.h>

#include "base/fs.h"
#include "helpers/args.h"
#include "helpers/say.h"

typedef struct Options {
        unsigned manager;
} Options;

enum { MANAGER_SYSTEM, MANAGER_USER };

static const char *const managers[] = { [MANAGER_SYSTEM] = "system", [MANAGER_USER] = "user", NULL };

static const Arg args[] = {
        { "manager", "system|user", "whose unit it is (system)", ARG_CHOICE, offsetof(Options, manager), managers },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] wait|stopping UNIT",
        .about = "wait: waits until all that UNIT requires is active, and starts it, unless it\n"
                 "failed by itself. It is what bayplan-recover@.service runs.\n"
                 "stopping: for ExecStopPost= of UNIT; starts bayplan-recover@UNIT when UNIT is\n"
                 "stopped only because something is that it requires.",
        .args = args,
        .count = ELEMENTS(args),
        .min_words = 2,
        .max_words = 2,
};

static int run(Arena *arena, const Options *options, const Words *words)
{
        static const struct {
                const char *name;
                int (*run)(Manager *m, const char *unit);
        } verbs[] = {
                { "wait", recover_wait },
                { "stopping", recover_stopping },
        };
        CLEANUP(manager_close) Manager m = { 0 };

        for (size_t i = 0; i < ELEMENTS(verbs); i++) {
                if (!str_is(str_c(words->items[0]), verbs[i].name))
                        continue;
                if (manager_open(arena, options->manager == MANAGER_USER, &m) < 0)
                        return EXIT_FAILURE;
                return verbs[i].run(&m, words->items[1]);
        }
        say(SAY_ERROR, "unknown command '%s'; see --help", words->items[0]);
        return SAY_EXIT_OWN;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { 0 };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0)
                status = run(&arena, &options, &words);
        arena_free(&arena);
        return status;
}
