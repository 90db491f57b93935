/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/upkeep.h"

#include "backend/backend.h"
#include "backend/oci.h"
#include "unit/lines.h"
#include "unit/quote.h"
#include "unit/stub.h"

typedef struct Upkeep {
        Run *run;
        Plan *plan;
        const Fleet *fleet;
        Engine engine;
} Upkeep;

static Str unit_name(const Upkeep *u, const char *job, const char *suffix)
{
        return arena_fmt(u->run->arena, "bayplan-%s-%.*s.%s", job, STR_ARG(engine_name(u->engine)), suffix);
}

static void add_unit(const Upkeep *u, Str name, const Buf *text)
{
        VEC_ADD(u->run->arena, &u->plan->units, (PlanUnit){ .name = name, .text = buf_str(text) });
}

static void add_link(const Upkeep *u, const char *directory, Str name)
{
        VEC_ADD(u->run->arena, &u->plan->links,
                (PlanLink){ .directory = str_c(directory),
                            .name = name,
                            .target = arena_fmt(u->run->arena, "../%.*s", STR_ARG(name)),
                            .unit = name });
}

/* The head of a file and its [Unit]. def may be NULL. */
static void begin(const Upkeep *u, Buf *buf, const Def *def, const char *description)
{
        if (def)
                compose_header(buf, def);
        else
                buf_add(buf, S("# Made by bayplan-generator\n\n"));
        buf_fmt(buf, "[Unit]\nDescription=%s %.*s\nDocumentation=man:containers.d(5)\n", description,
                STR_ARG(engine_name(u->engine)));
        if (def)
                compose_source(buf, def);
}

/* A timer that catches up on what it has missed, and not at the same moment on all machines. */
static void add_timer(const Upkeep *u, const char *job, const Def *def, const char *description, Str calendar,
                      Str further)
{
        const Str name = unit_name(u, job, "timer");
        Buf buf = BUF(u->run->arena);

        begin(u, &buf, def, description);
        lines_section(&buf, S("Timer"));
        lines_value(&buf, S("OnCalendar"), LITERAL(calendar), quote_value);
        buf_add(&buf, S("RandomizedDelaySec=15min\nPersistent=yes\n"));
        buf_add(&buf, further);
        add_unit(u, name, &buf);
        add_link(u, "timers.target.wants", name);
}

/* A daemon that somebody has stopped stays so. */
static void add_daemon(const Upkeep *u, Buf *buf)
{
        if (u->engine == ENGINE_DOCKER)
                buf_add(buf, S("Requisite=docker.service\nAfter=docker.service\n"));
}

/* ---- AutoPrune= (POD-27) ---- */

static void add_prune_service(const Upkeep *u, const Def *defaults)
{
        Arena *arena = u->run->arena;
        Buf buf = BUF(arena);
        Command command = { .phase = PHASE_START };

        begin(u, &buf, defaults, "Remove what is unused of");
        add_daemon(u, &buf);
        lines_section(&buf, S("Service"));
        buf_add(&buf, S("Type=oneshot\n"));
        words_add(arena, &command.words, LITERAL(backend_program(u->run, u->engine)));
        words_add(arena, &command.words, T("system"));
        words_add(arena, &command.words, T("prune"));
        words_add(arena, &command.words, T("--force"));
        /* What a unit has made is not unused because the unit is not running: a container that is kept, a
         * network. Once only: engines join such filters by "or". */
        words_flag(arena, &command.words, S("--filter"),
                   LITERAL(arena_fmt(arena, "label!=%.*s", STR_ARG(oci_unit_label(u->engine)))));
        for (const Value *value = def_get(defaults, OPT_DEFAULTS_AutoPruneArgs); value; value = value->next)
                words_add(arena, &command.words, value->text);
        lines_exec(&buf, &command);
        add_unit(u, unit_name(u, "prune", "service"), &buf);
}

static void prune(const Upkeep *u)
{
        const Def *defaults = u->fleet->defaults;
        const Value *when = defaults ? def_get(defaults, OPT_DEFAULTS_AutoPrune) : NULL;

        if (!when || str_is(when->text.str, "no"))
                return;
        add_prune_service(u, defaults);
        add_timer(u, "prune", defaults, "Remove what is unused of",
                  str_is(when->text.str, "yes") ? S("weekly") : when->text.str, S(""));
}

/* ---- AutoUpdate= ---- */

/* "bayplan-update@docker-web.service" */
static Str update_unit(const Upkeep *u, const Object *c)
{
        return arena_fmt(u->run->arena, "bayplan-update@%.*s", STR_ARG(c->unit));
}

/* One after the other: pulls and restarts of many at once would be felt. */
static void add_update(const Upkeep *u, const Object *c, const Object *before)
{
        const Recipe recipe = backend_update_recipe(u->run, u->fleet, c);
        Words after = { 0 };
        Buf buf = BUF(u->run->arena);

        VEC_EACH(const Text, text, &recipe.wants)
                words_add(u->run->arena, &after, *text);
        VEC_EACH(const Text, text, &recipe.after)
                words_add(u->run->arena, &after, *text);
        if (before)
                words_add(u->run->arena, &after, LITERAL(update_unit(u, before)));

        compose_header(&buf, c->def);
        buf_fmt(&buf, "[Unit]\nDescription=Update %.*s (%.*s container)\nDocumentation=man:bayplan-update(8)\n",
                STR_ARG(c->def->name), STR_ARG(engine_name(u->engine)));
        compose_source(&buf, c->def);
        lines_list(&buf, S("Wants"), &recipe.wants, quote_unit);
        lines_list(&buf, S("After"), &after, quote_unit);
        lines_list(&buf, S("RequiresMountsFor"), &recipe.mounts, quote_item);
        lines_section(&buf, S("Service"));
        buf_add(&buf, S("Type=oneshot\n"));
        VEC_EACH(const Property, property, &recipe.properties)
                lines_value(&buf, property->key, property->value, quote_value);
        VEC_EACH(const Command, command, &recipe.commands)
                lines_exec(&buf, command);
        add_unit(u, update_unit(u, c), &buf);
}

/* All of an engine, for the timer and for people: its start ends when all have, and fails when one does. */
static void add_update_target(const Upkeep *u, const Words *updates)
{
        Buf buf = BUF(u->run->arena);

        begin(u, &buf, NULL, "Update containers of");
        lines_list(&buf, S("Requires"), updates, quote_unit);
        lines_list(&buf, S("After"), updates, quote_unit);
        /* A timer does not start what is active. */
        buf_add(&buf, S("StopWhenUnneeded=yes\n"));
        add_unit(u, unit_name(u, "update", "target"), &buf);
}

static void update(const Upkeep *u)
{
        const Object *before = NULL;
        Words updates = { 0 };
        bool label = false;

        VEC_EACH(Object *const, item, &u->fleet->objects) {
                const Object *c = *item;

                if (c->engine != u->engine || c->broken)
                        continue;
                label |= c->update == UPDATE_ENGINE;
                if (c->update != UPDATE_OWN)
                        continue;
                add_update(u, c, before);
                words_add(u->run->arena, &updates, LITERAL(update_unit(u, c)));
                before = c;
        }
        /* podman's own timer, of its package. */
        if (label)
                add_link(u, "timers.target.wants", S("podman-auto-update.timer"));
        if (!updates.count)
                return;
        add_update_target(u, &updates);
        add_timer(u, "update", NULL, "Update containers of", S("daily"),
                  arena_fmt(u->run->arena, "Unit=%.*s\n", STR_ARG(unit_name(u, "update", "target"))));
}

/* ---- all of it ---- */

/* By a definition, and as the manager's own user. */
static bool is_used(const Fleet *fleet, Engine engine)
{
        VEC_EACH(Object *const, c, &fleet->objects)
                if ((*c)->engine == engine && !(*c)->run_as.len)
                        return true;
        return false;
}

void upkeep_compose(Run *run, Plan *plan, const Fleet *fleet)
{
        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++) {
                if (!engine_is_oci((Engine)engine))
                        continue;

                const Upkeep upkeep = { run, plan, fleet, (Engine)engine };

                if (is_used(fleet, (Engine)engine))
                        prune(&upkeep);
                update(&upkeep);
        }
}
