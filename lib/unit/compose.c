/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/compose.h"

#include <stdlib.h>

#include "backend/backend.h"
#include "unit/lines.h"
#include "unit/quote.h"
#include "unit/stub.h"
#include "unit/upkeep.h"

static void pass_lines(Buf *buf, const Def *def, PassSection which)
{
        VEC_EACH(const PassLine, line, &def->pass[which])
                buf_fmt(buf, "%.*s=%.*s\n", STR_ARG(line->key), STR_ARG(line->value));
}

void compose_source(Buf *buf, const Def *def)
{
        lines_value(buf, S("SourcePath"), LITERAL(def->doc->source->path), quote_value);
}

void compose_header(Buf *buf, const Def *def)
{
        Buf path = BUF(buf->arena);

        /* A comment: bytes that would end it are made harmless. */
        for (size_t i = 0; i < def->doc->source->path.len; i++) {
                const char c = def->doc->source->path.data[i];

                buf_char(&path, char_is_control(c) ? '?' : c);
        }
        buf_fmt(buf, "# Made by bayplan-generator from %.*s\n\n", STR_ARG(buf_str(&path)));
}

/* ---- [Unit] ---- */

static int compare_texts(const void *a, const void *b)
{
        return str_compare(((const Text *)a)->str, ((const Text *)b)->str);
}

static bool is_below(Str path, Str directory)
{
        return str_eq(path, directory) || str_is(directory, "/") ||
               (str_starts(path, directory) && path.data[directory.len] == '/');
}

/* Sorted, and without what a deeper path implies: each path costs systemd a look at all its components. */
static Words needed_mounts(Arena *arena, const Words *paths)
{
        Words sorted = { 0 }, needed = { 0 };

        VEC_EACH(const Text, path, paths)
                words_add(arena, &sorted, *path);
        VEC_SORT(&sorted, compare_texts);
        for (size_t i = 0; i < sorted.count; i++) {
                const bool implied = i + 1 < sorted.count && is_below(sorted.items[i + 1].str, sorted.items[i].str);

                /* The root is always mounted. */
                if (!implied && !str_is(sorted.items[i].str, "/"))
                        words_add(arena, &needed, sorted.items[i]);
        }
        return needed;
}

static bool says(const Def *def, Str key)
{
        const PassLine *line = def_pass(def, PASS_UNIT, key);

        return line && line->value.len;
}

/* Whether it starts again when what it requires is back (T-19, T-20): other containers, their engine's daemon, or
 * what the user's own lines name. */
static bool comes_back(const Object *c, const Recipe *recipe)
{
        bool requires = recipe->requires.count || says(c->def, S("Requires")) || says(c->def, S("BindsTo"));

        VEC_EACH(const Dependency, dependency, &c->depends)
                requires |= dependency->tie != TIE_WANTS;
        return requires && c->follow != FOLLOW_STOP;
}

static void add_words(Arena *arena, Words *to, const Words *from)
{
        VEC_EACH(const Text, text, from)
                words_add(arena, to, *text);
}

/* Whatever it needs is also what it starts after. */
static void dependency_lines(Buf *buf, const Object *c, const Recipe *recipe)
{
        static const char *const keys[TIE_COUNT] = {
                [TIE_WANTS] = "Wants",
                [TIE_REQUIRES] = "Requires",
                [TIE_BINDS] = "BindsTo",
        };
        Words ties[TIE_COUNT] = { [TIE_WANTS] = recipe->wants, [TIE_REQUIRES] = recipe->requires };
        Words after = { 0 };

        VEC_EACH(const Dependency, dependency, &c->depends)
                words_add(buf->arena, &ties[dependency->tie], LITERAL(dependency->object->unit));
        add_words(buf->arena, &after, &recipe->after);
        for (unsigned tie = 0; tie < TIE_COUNT; tie++) {
                lines_list(buf, keys[tie], &ties[tie], quote_unit);
                add_words(buf->arena, &after, &ties[tie]);
        }
        lines_list(buf, "After", &after, quote_unit);
}

static void unit_section(Buf *buf, const Object *c, const Recipe *recipe)
{
        Arena *arena = buf->arena;
        const Words mounts = needed_mounts(arena, &recipe->mounts);

        lines_section(buf, "Unit");
        if (!def_pass(c->def, PASS_UNIT, S("Description")))
                lines_value(buf, S("Description"),
                           LITERAL(arena_fmt(arena, "%.*s (%.*s container)", STR_ARG(c->def->name),
                                             STR_ARG(engine_name(c->engine)))),
                           quote_value);
        compose_source(buf, c->def);
        dependency_lines(buf, c, recipe);
        lines_list(buf, "RequiresMountsFor", &mounts, quote_item);
        /* It is triggered also when a start fails because of something that is required. */
        if (comes_back(c, recipe))
                buf_add(buf, S("OnFailure=bayplan-recover@%N.service\n"));
        pass_lines(buf, c->def, PASS_UNIT);
}

/* ---- [Service] ---- */

/* Of all that is done after a stop the first: the rest may hang until it is killed. It speaks to systemd, so
 * neither User= nor a sandbox of the unit are for it. */
static void recovery_line(Run *run, Buf *buf)
{
        Recipe recipe = { 0 };
        Words *words = recipe_command(run->arena, &recipe, PHASE_STOP_POST, true);

        recipe.commands.items[0].privileged = true;
        words_add(run->arena, words, LITERAL(backend_helper(run, "bayplan-recover")));
        if (run->scope == SCOPE_USER)
                words_add(run->arena, words, T("--manager=user"));
        words_add(run->arena, words, T("stopping"));
        words_add(run->arena, words, T("%n"));
        lines_exec(buf, &recipe.commands.items[0]);
}

static void service_section(Run *run, Buf *buf, const Object *c, const Recipe *recipe)
{
        bool remember = comes_back(c, recipe);

        lines_section(buf, "Service");
        VEC_EACH(const Property, property, &recipe->properties)
                if (property->listed || !def_pass(c->def, PASS_SERVICE, property->key))
                        lines_value(buf, property->key, property->value, quote_value);
        VEC_EACH(const Text, assignment, &recipe->environment)
                lines_value(buf, S("Environment"), *assignment, quote_env);
        VEC_EACH(const Command, command, &recipe->commands) {
                if (command->phase == PHASE_STOP_POST && remember) {
                        recovery_line(run, buf);
                        remember = false;
                }
                lines_exec(buf, command);
        }
        if (remember)
                recovery_line(run, buf);
        pass_lines(buf, c->def, PASS_SERVICE);
}

/* ---- units and links ---- */

void compose_install(Run *run, Plan *plan, const Object *c)
{
        VEC_EACH(const InstallLink, install, &c->install) {
                const bool alias = install->alias.len;

                VEC_ADD(run->arena, &plan->links,
                        (PlanLink){ .directory = install->directory,
                                    .name = alias ? install->alias : c->unit,
                                    .target = alias ? c->unit : arena_fmt(run->arena, "../%.*s", STR_ARG(c->unit)),
                                    .unit = c->unit });
        }
}

static void compose_container(Run *run, Plan *plan, const Fleet *fleet, const Object *c)
{
        const Recipe recipe = backend_recipe(run, fleet, c);
        Buf buf = BUF(run->arena);

        compose_header(&buf, c->def);

        Buf body = BUF(run->arena);

        unit_section(&body, c, &recipe);
        service_section(run, &body, c, &recipe);
        buf_add(&buf, buf_str(&body));

        VEC_ADD(run->arena, &plan->units,
                (PlanUnit){ .name = c->unit, .text = buf_str(&buf), .def = c->def, .at = c->def->at });
        compose_install(run, plan, c);
}

Plan compose_fleet(Run *run, const Fleet *fleet)
{
        const StubNotes *notes = stub_notes(run);
        Object *const *containers = fleet->objects.items;
        Plan plan = { 0 };

        for (size_t at = 0, same; at < fleet->objects.count; at += same) {
                for (same = 1; at + same < fleet->objects.count; same++)
                        if (!str_eq(containers[at]->unit, containers[at + same]->unit))
                                break;
                if (containers[at]->broken)
                        stub_containers(run, &plan, fleet, notes, containers + at, same);
                else
                        compose_container(run, &plan, fleet, containers[at]);
        }
        upkeep_compose(run, &plan, fleet);
        stub_problems(run, &plan, fleet);
        plan_settle(&plan);
        return plan;
}
