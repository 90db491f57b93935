/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/cycle.h"

enum {
        SHOWN = 8, /* names in a message */
};

/* Tarjan's algorithm: of what can reach each other, a component, one member is met first; `low` of the others leads
 * to it. Without recursion: a hostile chain may be as long as a file. */
typedef struct Vertex {
        size_t index; /* in the order of visits; 0: not visited */
        size_t low;   /* the first of the open ones that it is known to reach */
        size_t component; /* 0: still open */
} Vertex;

typedef struct Step {
        Object *object;
        size_t next; /* index into depends */
} Step;

typedef struct Walk {
        Run *run;
        Vertex *vertices; /* by number */
        size_t visited;
        size_t components;
        VEC(Step) path;
        VEC(Object *) open; /* visited, of no component yet */
} Walk;

static Vertex *vertex_of(const Walk *w, const Object *c)
{
        return &w->vertices[c->number];
}

/* The first dependency that is of the same circle. */
static const Dependency *next_in_circle(const Walk *w, const Object *c)
{
        VEC_EACH(const Dependency, dependency, &c->depends)
                if (vertex_of(w, dependency->object)->component == vertex_of(w, c)->component)
                        return dependency;
        return NULL;
}

/* 'a' → 'b' → 'a' */
static Str names_from(const Walk *w, const Object *c)
{
        const Object *shown[SHOWN];
        Buf buf = BUF(w->run->arena);

        for (size_t count = 0; count < SHOWN; count++) {
                buf_fmt(&buf, "%s'%.*s'", count ? " → " : "", STR_ARG(c->def->name));
                for (size_t i = 0; i < count; i++)
                        if (shown[i] == c)
                                return buf_str(&buf);
                shown[count] = c;
                c = next_in_circle(w, c)->object;
        }
        buf_add(&buf, S(" → …"));
        return buf_str(&buf);
}

static void report_member(const Walk *w, Object *c)
{
        const Dependency *edge = next_in_circle(w, c);

        c->broken = true;
        w->run->diags->subject = c->def;
        if (!diags_full(w->run->diags, DIAG_LEVEL_ERROR, edge->at.source))
                diag_also(w->run->diags, DIAG_DEPENDENCY_CYCLE, edge->at, edge->object->def->at,
                          S("the next one is defined"), names_from(w, c));
        w->run->diags->subject = NULL;
}

/* All that were met since c, itself included, are a component. */
static void close_component(Walk *w, const Object *c)
{
        size_t from = w->open.count;

        w->components++;
        do
                vertex_of(w, w->open.items[--from])->component = w->components;
        while (w->open.items[from] != c);
        for (size_t i = from; w->open.count - from > 1 && i < w->open.count; i++)
                report_member(w, w->open.items[i]);
        w->open.count = from;
}

static void enter(Walk *w, Object *c)
{
        Vertex *vertex = vertex_of(w, c);

        vertex->index = vertex->low = ++w->visited;
        VEC_ADD(w->run->arena, &w->open, c);
        VEC_ADD(w->run->arena, &w->path, (Step){ c, 0 });
}

static void reach(Vertex *vertex, size_t index)
{
        if (index < vertex->low)
                vertex->low = index;
}

static void leave(Walk *w)
{
        const Object *c = w->path.items[--w->path.count].object;
        const Vertex *vertex = vertex_of(w, c);

        if (w->path.count)
                reach(vertex_of(w, w->path.items[w->path.count - 1].object), vertex->low);
        if (vertex->low == vertex->index)
                close_component(w, c);
}

static void walk_from(Walk *w, Object *start)
{
        if (vertex_of(w, start)->index)
                return;
        enter(w, start);
        while (w->path.count) {
                Step *step = &w->path.items[w->path.count - 1];

                if (step->next == step->object->depends.count) {
                        leave(w);
                        continue;
                }

                Object *other = step->object->depends.items[step->next++].object;
                const Vertex *vertex = vertex_of(w, other);

                if (!vertex->index)
                        enter(w, other);
                else if (!vertex->component)
                        reach(vertex_of(w, step->object), vertex->index);
        }
}

void cycle_report(Run *run, const Fleet *fleet)
{
        Walk w = { .run = run, .vertices = arena_alloc(run->arena, (fleet->objects.count + 1) * sizeof(Vertex)) };

        for (size_t i = 0; i < fleet->objects.count; i++)
                fleet->objects.items[i]->number = i;
        VEC_EACH(Object *const, c, &fleet->objects)
                walk_from(&w, *c);
}
