/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/stub.h"

#include "backend/backend.h"
#include "base/map.h"
#include "unit/lines.h"
#include "unit/quote.h"
#include "unit/target.h"

#include <stdlib.h>

enum {
        STUB_LINES = 20, /* messages in one stub; the log has them all */
};

#define PROBLEMS_UNIT "bayplan-problems.service"

static void add_message(Buf *buf, const Diag *d, unsigned *count)
{
        Buf line = BUF(buf->arena);

        if (d->level < DIAG_LEVEL_ERROR || ++*count > STUB_LINES)
                return;
        diag_format_line(&line, d);
        buf_char(buf, ' ');
        quote_word(buf, LITERAL(buf_str(&line)));
}

/* ---- whose errors ---- */

typedef VEC(size_t) Indexes; /* into diags->all */

struct StubNotes {
        Run *run;
        Map of_subject; /* a definition → Indexes */
        Map of_source;  /* a source, of what has no subject → Indexes */
};

/* A pointer as a key; it must stay where it is. */
static Str pointer_key(const void *const *pointer)
{
        return (Str){ (const char *)pointer, sizeof(*pointer) };
}

static void note(Arena *arena, Map *map, const void *const *owner, size_t index)
{
        Indexes *indexes = map_get(map, pointer_key(owner));

        if (!indexes) {
                indexes = ARENA_NEW(arena, Indexes);
                map_put(arena, map, pointer_key(owner), indexes);
        }
        VEC_ADD(arena, indexes, index);
}

StubNotes *stub_notes(Run *run)
{
        StubNotes *notes = ARENA_NEW(run->arena, StubNotes);

        notes->run = run;
        for (size_t i = 0; i < run->diags->all.count; i++) {
                const Diag *d = &run->diags->all.items[i];

                if (d->level < DIAG_LEVEL_ERROR)
                        continue;
                if (d->other && d->other != d->subject)
                        note(run->arena, &notes->of_subject, &d->other, i);
                if (d->subject)
                        note(run->arena, &notes->of_subject, &d->subject, i);
                else if (d->at.source)
                        note(run->arena, &notes->of_source, (const void *const *)&d->at.source, i);
        }
        return notes;
}

static void gather(Arena *arena, Indexes *all, const Map *map, const void *owner)
{
        const Indexes *indexes = map_get(map, pointer_key(&owner));

        if (indexes)
                VEC_EACH(const size_t, index, indexes)
                        VEC_ADD(arena, all, *index);
}

static int compare_indexes(const void *a, const void *b)
{
        const size_t x = *(const size_t *)a, y = *(const size_t *)b;

        return (x > y) - (x < y);
}

/* The definition's own errors, and those of its files that are nobody's, in the order of reporting. */
static void add_messages(Buf *buf, const StubNotes *notes, const Def *def, unsigned *count)
{
        Arena *arena = buf->arena;
        Indexes all = { 0 };

        gather(arena, &all, &notes->of_subject, def);
        gather(arena, &all, &notes->of_source, def->doc->source);
        VEC_EACH(Doc *const, dropin, &def->doc->dropins)
                gather(arena, &all, &notes->of_source, (*dropin)->source);
        VEC_SORT(&all, compare_indexes);
        VEC_EACH(const size_t, index, &all)
                add_message(buf, &notes->run->diags->all.items[*index], count);
}

/* ---- stubs ---- */

static void service(Buf *buf)
{
        buf_add(buf, S("\n[Service]\nType=oneshot\nExecStart="));
        quote_program(buf, LITERAL(BACKEND_HELPER("bayplan-fail")));
}

/* A mistake in the definition of a container that runs: the unit becomes a stub at the next reload, and must still
 * stop it, and leave nothing in the way of the corrected one. */
static void stop_lines(Run *run, Buf *buf, const Fleet *fleet, const Object *object)
{
        const Recipe recipe = backend_stub_recipe(run, fleet, object);

        VEC_EACH(const Property, property, &recipe.properties)
                lines_value(buf, property->key, property->value, quote_value);
        VEC_EACH(const Command, command, &recipe.commands)
                lines_exec(buf, command);
}

void stub_containers(Run *run, Plan *plan, const Fleet *fleet, const StubNotes *notes, Object *const *containers,
                     size_t count)
{
        const Object *first = containers[0];
        Buf buf = BUF(run->arena);
        unsigned messages = 0;

        compose_header(&buf, first->def);
        buf_fmt(&buf, "[Unit]\nDescription=%.*s (definition with errors)\nDocumentation=man:containers.d(5)\n",
                STR_ARG(first->def->name));
        compose_source(&buf, first->def);
        target_part_of(run, &buf, first);
        service(&buf);
        for (size_t i = 0; i < count; i++)
                add_messages(&buf, notes, containers[i]->def, &messages);
        buf_char(&buf, '\n');
        stop_lines(run, &buf, fleet, first);

        VEC_ADD(run->arena, &plan->units,
                (PlanUnit){ .name = first->unit, .text = buf_str(&buf), .def = first->def, .stub = true, .at = first->def->at });
        for (size_t i = 0; i < count; i++)
                compose_install(run, plan, containers[i]);
}

static bool has_stub(const Map *sources, const Diag *d)
{
        return d->at.source && map_get(sources, d->at.source->path);
}

void stub_problems(Run *run, Plan *plan, const Fleet *fleet)
{
        const bool user = run->scope == SCOPE_USER;
        Map sources = { 0 }; /* whose errors a stub shows */
        Map stubs = { 0 };
        Buf buf = BUF(run->arena), messages = BUF(run->arena);
        unsigned count = 0;

        VEC_EACH(Object *const, c, &fleet->objects) {
                if (!(*c)->broken || !(*c)->def->profile->stub)
                        continue;
                map_put(run->arena, &stubs, (Str){ (const char *)&(*c)->def, sizeof((*c)->def) }, *c);
                map_put(run->arena, &sources, (*c)->def->doc->source->path, *c);
                VEC_EACH(Doc *const, dropin, &(*c)->def->doc->dropins)
                        map_put(run->arena, &sources, (*dropin)->source->path, *c);
        }
        VEC_EACH(const Diag, d, &run->diags->all) {
                const Str subject = { (const char *)&d->subject, sizeof(d->subject) };

                if (d->subject ? !map_get(&stubs, subject) : !has_stub(&sources, d))
                        add_message(&messages, d, &count);
        }
        if (!count)
                return;

        buf_add(&buf, S("# Made by bayplan-generator\n\n[Unit]\n"
                        "Description=Errors in container definitions\nDocumentation=man:containers.d(5)\n"));
        service(&buf);
        buf_add(&buf, buf_str(&messages));
        buf_char(&buf, '\n');
        VEC_ADD(run->arena, &plan->units, (PlanUnit){ .name = S(PROBLEMS_UNIT), .text = buf_str(&buf), .stub = true });
        VEC_ADD(run->arena, &plan->links,
                (PlanLink){ .directory = user ? S("default.target.wants") : S("multi-user.target.wants"),
                            .name = S(PROBLEMS_UNIT),
                            .target = S("../" PROBLEMS_UNIT),
                            .unit = S(PROBLEMS_UNIT) });
}
