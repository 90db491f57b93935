/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan check: the whole pipeline, and all it has to say. */

#include "cli/selection.h"

#include <stdio.h>
#include <stdlib.h>

static void add_diag(Output *out, const Diag *d, bool json)
{
        if (json) {
                diag_format_json(&out->text, d);
                buf_char(&out->text, '\n');
                return;
        }
        if (out->text.len)
                buf_char(&out->text, '\n');
        diag_format_block(&out->text, d, out->colour);
}

/* "3 errors, 1 warning in 5 definitions", "12 definitions, no errors". */
static Str summary(const Cli *cli, size_t definitions)
{
        Arena *arena = cli->run->arena;
        const Diags *diags = cli->run->diags;
        const Str errors = selection_count(cli, diags->errors, "error");
        const Str warnings = selection_count(cli, diags->warnings, "warning");
        const Str all = selection_count(cli, definitions, "definition");

        if (diags->errors && diags->warnings)
                return arena_fmt(arena, "%.*s, %.*s in %.*s", STR_ARG(errors), STR_ARG(warnings),
                                 STR_ARG(all));
        if (diags->errors)
                return arena_fmt(arena, "%.*s in %.*s", STR_ARG(errors), STR_ARG(all));
        if (diags->warnings)
                return arena_fmt(arena, "%.*s, no errors, %.*s", STR_ARG(all), STR_ARG(warnings));
        if (!definitions)
                return selection_nothing(cli);
        return arena_fmt(arena, "%.*s, no errors", STR_ARG(all));
}

int command_check(Cli *cli)
{
        const Diags *diags = cli->run->diags;

        cli->files = cli->arguments;

        const Selection selection = selection_read(cli);

        VEC_EACH(const Diag, d, &diags->all)
                add_diag(&cli->out, d, cli->given[SWITCH_JSON]);
        command_note(cli, "%.*s", STR_ARG(summary(cli, selection.pipeline.model.defs.count)));
        return diags->errors || (diags->warnings && cli->given[SWITCH_STRICT]) ? EXIT_FAILURE
                                                                               : EXIT_SUCCESS;
}
