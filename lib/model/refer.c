/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/refer.h"

#include "base/nearest.h"

static Str nearest_object(const Fleet *fleet, Kind kind, Str name)
{
        Nearest nearest = nearest_start(name);

        VEC_EACH(Object *, object, &fleet->objects)
                if ((*object)->def->kind == kind)
                        nearest_offer(&nearest, (*object)->def->name);
        return nearest.best;
}

/* Whether the dependency was not named before. */
static bool is_new(const Object *c, Object *other, Condition condition)
{
        const unsigned bit = 1u << condition;

        if (other->linked_by != c) {
                other->linked_by = c;
                other->linked = 0;
        }
        if (other->linked & bit)
                return false;
        other->linked |= bit;
        return true;
}

/* A network or volume that is ours, by its definition's name. NULL: somebody else's. */
static bool link_object(Run *run, Object *c, const Names *names, Kind kind, const Value *value, Str name)
{
        Object *other = map_get(&names->of_kind[kind], name);

        if (!other)
                return true;
        if (other->engine != c->engine || !str_eq(other->run_as, c->run_as))
                return diag_also(run->diags, DIAG_OBJECT_ELSEWHERE, value->at, other->def->at, S("it is defined"),
                                 kind_info(kind)->noun, name);
        VEC_ADD(run->arena, &c->links, (Link){ .value = value, .object = other });
        if (is_new(c, other, CONDITION_STARTED))
                VEC_ADD(run->arena, &c->depends,
                        (Dependency){ .object = other, .tie = TIE_REQUIRES, .condition = CONDITION_STARTED, .at = value->at });
        return true;
}

static bool link_objects(Run *run, Object *c, const Names *names)
{
        bool ok = true;

        for (const Value *value = c->def->set[OPT_CONTAINER_Network]; value; value = value->next) {
                Str name = value->text.str, rest;

                str_cut(value->text.str, ':', &name, &rest);
                if (!value->late)
                        ok &= link_object(run, c, names, KIND_NETWORK, value, name);
        }
        for (const Value *value = c->def->set[OPT_CONTAINER_Volume]; value; value = value->next)
                if (!value->late && value->volume.source.len)
                        ok &= link_object(run, c, names, KIND_VOLUME, value, value->volume.source);
        return ok;
}

bool refer_container(Run *run, const Fleet *fleet, const Names *names, Object *c)
{
        bool ok = link_objects(run, c, names);

        for (const Value *value = c->def->set[OPT_CONTAINER_DependsOn]; value; value = value->next) {
                Object *other = map_get(&names->of_kind[KIND_CONTAINER], value->name);

                if (!other && diags_full(run->diags, DIAG_LEVEL_ERROR, value->at.source))
                        ok = false;
                else if (!other)
                        ok = diag(run->diags, DIAG_DEPENDENCY_UNKNOWN, value->at, S("container"), value->name,
                                  nearest_object(fleet, KIND_CONTAINER, value->name));
                else if (other == c)
                        ok = diag(run->diags, DIAG_DEPENDENCY_SELF, value->at, c->def->name);
                else if (is_new(c, other, value->condition))
                        VEC_ADD(run->arena, &c->depends,
                                (Dependency){ .object = other,
                                              .tie = c->follow == FOLLOW_IGNORE ? TIE_WANTS : TIE_REQUIRES,
                                              .condition = value->condition,
                                              .at = value->at });
        }
        return ok;
}

/* ---- readiness ---- */

static bool has_probe(const Def *def)
{
        const Value *command = def->set[OPT_CONTAINER_HealthCmd];

        return command && !(!command->argv && str_eq_nocase(command->text.str, S("none")));
}

/* A unit is started at one point only, for all that depend on it: the farthest that one of them asks for. */
static bool ask(Run *run, const Dependency *dependency)
{
        Object *other = dependency->object;
        const Str name = other->def->name;
        const Ready wanted = dependency->condition == CONDITION_COMPLETED ? READY_COMPLETED : READY_HEALTHY;

        other->completes |= dependency->condition == CONDITION_COMPLETED;
        if (dependency->condition == CONDITION_STARTED || other->ready == wanted)
                return true;
        if (wanted == READY_HEALTHY && !has_probe(other->def))
                return diag_also(run->diags, DIAG_DEPENDENCY_PROBE, dependency->at, other->def->at,
                                 S("it is defined"), name);
        if (other->ready != READY_RUNNING || other->def->set[OPT_CONTAINER_Notify])
                return diag_also(run->diags, DIAG_DEPENDENCY_READY, dependency->at,
                                 other->def->set[OPT_CONTAINER_Notify] ? def_key_at(other->def, OPT_CONTAINER_Notify)
                                                                       : other->def->at,
                                 S("it is defined"), name,
                                 wanted == READY_HEALTHY ? S("healthy") : S("completed"));
        other->ready = wanted;
        return true;
}

void refer_settle(Run *run, Fleet *fleet)
{
        VEC_EACH(Object *, item, &fleet->objects) {
                Object *c = *item;

                run->diags->subject = c->def;
                VEC_EACH(const Dependency, dependency, &c->depends)
                        if (!ask(run, dependency))
                                c->broken = true;
        }
        run->diags->subject = NULL;
}
