/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan show: the units in the manner of `systemctl cat`, and the links that a generated unit has
 * in the place of an [Install] section. */

#include "base/escape.h"
#include "cli/selection.h"

/* Where systemd has the units of a generator (systemd.generator(7)). */
static Str generator_directory(const Run *run)
{
        const Str runtime = run_env(run, "XDG_RUNTIME_DIR");

        if (run->scope == SCOPE_SYSTEM)
                return S("/run/systemd/generator");
        if (runtime.len)
                return arena_fmt(run->arena, "%.*s/systemd/generator", STR_ARG(runtime));
        return arena_fmt(run->arena, "/run/user/%u/systemd/generator", run->uid);
}

/* A pipe gets the bytes of the unit; what a person sees cannot move the cursor. */
static void add_text(Output *out, Style style, Str text)
{
        Buf shown = BUF(out->text.arena);

        if (!out->terminal && !out->colour) {
                buf_add(&out->text, text);
                return;
        }
        escape_visible(&shown, text);
        output_styled(out, style, buf_str(&shown));
}

static void add_line(Output *out, Str line)
{
        Str key, value;

        if (str_starts(line, S("#")) || str_starts(line, S(";"))) {
                add_text(out, STYLE_COMMENT, line);
        } else if (str_starts(line, S("["))) {
                add_text(out, STYLE_HEADING, line);
        } else if (str_cut(line, '=', &key, &value)) {
                add_text(out, STYLE_KEY, key);
                buf_char(&out->text, '=');
                add_text(out, STYLE_PLAIN, value);
        } else {
                add_text(out, STYLE_PLAIN, line);
        }
        buf_char(&out->text, '\n');
}

static void add_link(Output *out, Str directory, const PlanLink *link)
{
        const Str text = arena_fmt(out->text.arena, "# %.*s/%.*s%s%.*s -> %.*s", STR_ARG(directory),
                                   STR_ARG(link->directory), link->directory.len ? "/" : "",
                                   STR_ARG(link->name), STR_ARG(link->target));

        add_text(out, STYLE_PATH, text);
        buf_char(&out->text, '\n');
}

static void add_unit(Output *out, Str directory, const Plan *plan, const PlanUnit *unit)
{
        Str rest = unit->text, line;

        if (out->text.len)
                buf_char(&out->text, '\n');
        add_text(
                out, STYLE_PATH,
                arena_fmt(out->text.arena, "# %.*s/%.*s%s%.*s", STR_ARG(directory), STR_ARG(unit->name),
                          unit->dropin.len ? ".d/" : "", STR_ARG(unit->dropin)));
        buf_char(&out->text, '\n');
        VEC_EACH(const PlanLink, link, &plan->links)
                if (str_eq(link->unit, unit->name))
                        add_link(out, directory, link);
        if (str_ends(rest, S("\n")))
                rest.len--;
        while (str_next(&rest, '\n', &line))
                add_line(out, line);
}

int command_show(Cli *cli)
{
        Selection selection = selection_read(cli);
        const Plan *plan = &selection.pipeline.plan;
        const Str directory = generator_directory(cli->run);

        cli->out.pager = !cli->given[SWITCH_NO_PAGER];
        VEC_EACH(const PlanUnit, unit, &plan->units) {
                const Def *def = unit->def;

                if (selection_has(&selection, cli, def ? def->name : (Str){ 0 }, unit->name))
                        add_unit(&cli->out, directory, plan, unit);
        }
        return selection_finish(&selection, cli);
}
