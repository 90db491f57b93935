/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/target.h"

#include "unit/lines.h"
#include "unit/quote.h"
#include "unit/stub.h"

/* Started at boot, or by what [Install] names. */
static bool is_started(const Object *c)
{
        return c->def->kind == KIND_CONTAINER && (c->start || c->install.count);
}

/* What the start of the target starts: as at boot. Where nothing is started at boot, all but jobs; a pod or network
 * comes with what needs it. */
static Words wanted(Run *run, const TargetUnit *target)
{
        bool any = false;
        Words words = { 0 };

        VEC_EACH(Object *const, c, &target->objects)
                any |= is_started(*c);
        VEC_EACH(Object *const, c, &target->objects)
                if (any ? is_started(*c) : (*c)->def->kind == KIND_CONTAINER && (*c)->ready != READY_COMPLETED)
                        words_add(run->arena, &words, LITERAL((*c)->unit));
        return words;
}

static bool is_at_boot(const TargetUnit *target)
{
        VEC_EACH(Object *const, c, &target->objects)
                if ((*c)->def->kind == KIND_CONTAINER && (*c)->start && !(*c)->def->pass[PASS_INSTALL].count)
                        return true;
        return false;
}

static void compose(Run *run, Plan *plan, const TargetUnit *target)
{
        static const Str directories[SCOPE_COUNT] = {
                [SCOPE_SYSTEM] = STR_INIT("multi-user.target.wants"),
                [SCOPE_USER] = STR_INIT("default.target.wants"),
        };
        const Words units = wanted(run, target);
        Buf buf = BUF(run->arena);

        compose_header(&buf, target->def);
        buf_add(&buf, S("[Unit]\n"));
        lines_value(&buf, S("Description"),
                    LITERAL(target->pod ? arena_join(run->arena, S("All of pod "), target->def->name)
                                        : arena_join(run->arena, S("All of "), target->def->doc->source->path)),
                    quote_value);
        buf_add(&buf, S("Documentation=man:containers.d(5)\n"));
        compose_source(&buf, target->def);
        /* Each is PartOf= the target, and After= these is what targets are. */
        lines_list(&buf, S("Wants"), &units, quote_unit);
        VEC_ADD(run->arena, &plan->units, (PlanUnit){ .name = target->unit, .text = buf_str(&buf) });
        if (is_at_boot(target))
                VEC_ADD(run->arena, &plan->links,
                        (PlanLink){ .directory = directories[run->scope],
                                    .name = target->unit,
                                    .target = arena_join(run->arena, S("../"), target->unit),
                                    .unit = target->unit });
}

void target_compose(Run *run, Plan *plan, const Fleet *fleet)
{
        VEC_EACH(TargetUnit *const, target, &fleet->targets)
                compose(run, plan, *target);
}

void target_part_of(Run *run, Buf *buf, const Object *c)
{
        Words units = { 0 };

        VEC_EACH(TargetUnit *const, target, &c->targets)
                words_add(run->arena, &units, LITERAL((*target)->unit));
        lines_list(buf, S("PartOf"), &units, quote_unit);
}
