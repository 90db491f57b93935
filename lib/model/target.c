/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/target.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/unit_name.h"

typedef struct Grouping {
        Run *run;
        Fleet *fleet;
        Map by_name;
        Map shared; /* units of networks that other files use as well */
} Grouping;

/* What has a life of its own. */
static bool runs(const Object *c)
{
        return (c->def->kind == KIND_CONTAINER || c->def->kind == KIND_POD) && !c->def->profile->quadlet;
}

/* The targets of upkeep, "bayplan-update-podman.target". */
static bool is_reserved(Str name)
{
        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++)
                if (str_starts(name, S("update-")) && str_eq(str_skip(name, 7), engine_name((Engine)engine)))
                        return true;
        return false;
}

/* NULL when there can be none of that name. */
static TargetUnit *find_target(Grouping *g, Str name, const Def *def, bool pod)
{
        enum { NAME_MAX_UNIT = 255 };
        Arena *arena = g->run->arena;
        TargetUnit *target = map_get(&g->by_name, name);
        const Str unit = arena_join(arena, S("bayplan-"), unit_name_part(arena, name), S(".target"));

        /* A pod that is called as its file is one thing with it. */
        if (target && target->def->doc == def->doc && target->pod != pod) {
                target->pod = false;
                return target;
        }
        if (target || is_reserved(name) || unit.len > NAME_MAX_UNIT) {
                g->run->diags->subject = def;
                if (target)
                        diag_also(g->run->diags, DIAG_TARGET_CLASH, def->at, target->def->at,
                                  target->pod ? S("that of the pod") : S("that of the file"), unit);
                else
                        diag(g->run->diags, DIAG_TARGET_CLASH, def->at, unit);
                g->run->diags->subject = NULL;
                return NULL;
        }
        target = ARENA_NEW(arena, TargetUnit);
        *target = (TargetUnit){ .unit = unit, .def = def, .pod = pod };
        map_put(arena, &g->by_name, name, target);
        VEC_ADD(arena, &g->fleet->targets, target);
        return target;
}

static void add(Grouping *g, TargetUnit *target, Object *c)
{
        VEC_EACH(TargetUnit *const, known, &c->targets)
                if (*known == target)
                        return;
        VEC_ADD(g->run->arena, &c->targets, target);
        VEC_ADD(g->run->arena, &target->objects, c);
}

static void group_pod(Grouping *g, Object *pod)
{
        TargetUnit *target = pod->members.count ? find_target(g, pod->def->name, pod->def, true) : NULL;

        if (!target)
                return;
        add(g, target, pod);
        VEC_EACH(Object *const, member, &pod->members)
                if (runs(*member))
                        add(g, target, *member);
}

static void note_shared(Grouping *g)
{
        VEC_EACH(Object *const, c, &g->fleet->objects)
                VEC_EACH(const Dependency, dependency, &(*c)->depends)
                        if (dependency->object->def->kind == KIND_NETWORK && dependency->object->def->doc != (*c)->def->doc)
                                map_put(g->run->arena, &g->shared, dependency->object->unit, dependency->object);
}

/* A network goes with what uses it, unless others do too; a volume stays, for it is no more than data. */
static bool goes_along(const Grouping *g, const Object *c)
{
        return c->def->kind == KIND_NETWORK && !c->def->profile->quadlet && !def_flag(c->def, OPT_NETWORK_External, false) &&
               !map_get(&g->shared, c->unit);
}

/* Objects of one file stand beside each other. */
static void group_file(Grouping *g, Object *const *objects, size_t count)
{
        const Def *first = NULL;
        size_t running = 0;

        for (size_t i = 0; i < count; i++) {
                if (!runs(objects[i]))
                        continue;
                running++;
                if (!first)
                        first = objects[i]->def;
        }
        if (running < 2)
                return;

        TargetUnit *target = find_target(g, first->doc->name, first, false);

        for (size_t i = 0; i < count && target; i++)
                if (runs(objects[i]) || goes_along(g, objects[i]))
                        add(g, target, objects[i]);
}

static int compare_targets(const void *a, const void *b)
{
        const TargetUnit *const *x = a, *const *y = b;

        return str_compare((*x)->unit, (*y)->unit);
}

void target_resolve(Run *run, Fleet *fleet)
{
        Grouping g = { .run = run, .fleet = fleet };
        Object *const *objects = fleet->objects.items;
        const size_t count = fleet->objects.count;

        note_shared(&g);
        VEC_EACH(Object *const, c, &fleet->objects)
                if ((*c)->def->kind == KIND_POD && runs(*c))
                        group_pod(&g, *c);
        for (size_t at = 0, same; at < count; at += same) {
                for (same = 1; at + same < count && objects[at + same]->def->doc == objects[at]->def->doc;)
                        same++;
                group_file(&g, objects + at, same);
        }
        VEC_SORT(&fleet->targets, compare_targets);
}
