/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/selection.h"

#include "base/nearest.h"

#include <fnmatch.h>
#include <stdlib.h>

Selection selection_read(Cli *cli)
{
        Run *run = cli->run;
        const SearchPath path = search_path(run);
        Docs docs;

        if (cli->files.count)
                docs = search_read_named(run, cli->files.items, cli->files.count);
        else
                docs = search_read(run, &path);
        return (Selection){ .pipeline = pipeline_run(run, docs),
                            .used = arena_alloc(run->arena, cli->arguments.count + 1) };
}

static bool matches(const Cli *cli, Str pattern, Str name)
{
        return name.len &&
               fnmatch(arena_c(cli->run->arena, pattern), arena_c(cli->run->arena, name), 0) == 0;
}

bool selection_has(Selection *selection, const Cli *cli, Str definition, Str unit)
{
        bool has = !cli->arguments.count;

        for (size_t i = 0; i < cli->arguments.count; i++) {
                const Str pattern = cli->arguments.items[i];

                if (!matches(cli, pattern, definition) && !matches(cli, pattern, unit))
                        continue;
                selection->used[i] = true;
                has = true;
        }
        return has;
}

Str selection_count(const Cli *cli, size_t count, const char *noun)
{
        return arena_fmt(cli->run->arena, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

Str selection_nothing(const Cli *cli)
{
        Buf buf = BUF(cli->run->arena);
        const SearchPath path = search_path(cli->run);
        const Str *items = cli->files.count ? cli->files.items : path.items;
        const size_t count = cli->files.count ? cli->files.count : path.count;

        buf_add(&buf, S("nothing is defined in "));
        for (size_t i = 0; i < count; i++)
                buf_fmt(&buf, "%s%.*s", i ? ", " : "", STR_ARG(items[i]));
        return buf_str(&buf);
}

static Str nearest_name(const Selection *selection, Str wanted)
{
        Nearest nearest = nearest_start(wanted);

        VEC_EACH(Object *const, c, &selection->pipeline.fleet.objects) {
                nearest_offer(&nearest, (*c)->def->name);
                nearest_offer(&nearest, (*c)->unit);
        }
        return nearest.best;
}

static bool report_unused(const Selection *selection, Cli *cli)
{
        bool ok = true;

        for (size_t i = 0; i < cli->arguments.count; i++) {
                const Str wanted = cli->arguments.items[i], best = nearest_name(selection, wanted);

                if (selection->used[i])
                        continue;
                ok = false;
                if (best.len)
                        command_note(cli,
                                     "no definition or unit is named '%.*s'; did you mean '%.*s'?",
                                     STR_ARG(wanted), STR_ARG(best));
                else
                        command_note(cli, "no definition or unit is named '%.*s'", STR_ARG(wanted));
        }
        return ok;
}

int selection_finish(const Selection *selection, Cli *cli)
{
        const Diags *diags = cli->run->diags;
        const Str errors = selection_count(cli, diags->errors, "error");
        const bool empty = !selection->pipeline.fleet.objects.count,
                   ok = report_unused(selection, cli);

        if (diags->errors && empty)
                /* Nothing is shown that would tell of them. */
                VEC_EACH(const Diag, d, &diags->all) {
                        Buf line = BUF(cli->run->arena);

                        diag_format_line(&line, d);
                        command_note(cli, "%.*s", STR_ARG(buf_str(&line)));
                }
        else if (diags->errors)
                command_note(cli, "the definitions have %.*s; 'bayplan check' shows %s",
                             STR_ARG(errors), diags->errors == 1 ? "it" : "them");
        else if (empty && ok)
                command_note(cli, "%.*s", STR_ARG(selection_nothing(cli)));
        return ok && !(empty && diags->errors) ? EXIT_SUCCESS : EXIT_FAILURE;
}
