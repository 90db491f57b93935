/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan: looks at definitions as the generator does, with other sinks: a person's eyes, a
 * program's JSON. */

#include "base/fs.h"
#include "cli/command.h"
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int run_command(Cli *cli)
{
        static int (*const functions[COMMAND_COUNT])(Cli *) = {
#define COMMAND(name, ...) [COMMAND_##name] = command_##name,
#include "cli/commands.def"
        };

        cli->run->scope = cli->given[SWITCH_USER] ? SCOPE_USER : SCOPE_SYSTEM;
        output_start(&cli->out, cli->run);
        if (cli->given[SWITCH_VERSION])
                buf_add(&cli->out.text, S("bayplan " BAYPLAN_VERSION "\n"));
        else if (cli->given[SWITCH_HELP])
                command_help(&cli->out.text, cli->command);
        else
                return functions[cli->command](cli);
        return EXIT_SUCCESS;
}

static int finish(Cli *cli, int status)
{
        const int r = output_finish(&cli->out, cli->run);

        if (r < 0) {
                command_note(cli, "cannot write: %.*s", STR_ARG(fs_error(r)));
                status = EXIT_FAILURE;
        }
        VEC_EACH(const Str, note, &cli->notes)
                fprintf(stderr, "bayplan: %.*s\n", STR_ARG(*note));
        return status;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Run run = { .arena = &arena, .diags = &diags, .uid = getuid(), .environ = environ };
        Cli cli = { .run = &run };

        /* A reader that has seen enough ends us, also where our parent ignores the signal. */
        signal(SIGPIPE, SIG_DFL);

        const int wanted = command_parse(&cli, argc, argv) ? run_command(&cli) : EXIT_USAGE;
        const int status = finish(&cli, wanted);

        arena_free(&arena);
        return status;
}
