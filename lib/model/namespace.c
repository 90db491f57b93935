/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/namespace.h"

#include "base/map.h"

typedef struct Owners {
        Run *run;
        const Fleet *fleet;
        Map definitions; /* name → Object */
        Map objects;     /* engine, user, name there → Object */
        bool built;
} Owners;

/* Who can see each other: containers of one engine and one user. */
static Str object_key(Arena *arena, const Object *c, Str name)
{
        return arena_fmt(arena, "%u/%.*s/%.*s", (unsigned)c->engine, STR_ARG(c->run_as), STR_ARG(name));
}

static void build(Owners *owners)
{
        Arena *arena = owners->run->arena;

        VEC_EACH(Object *const, c, &owners->fleet->objects) {
                if ((*c)->def->kind != KIND_CONTAINER)
                        continue;
                map_put(arena, &owners->definitions, (*c)->def->name, *c);
                map_put(arena, &owners->objects, object_key(arena, *c, (*c)->name), *c);
        }
        owners->built = true;
}

/* By the definition's name, or the engine's. */
static Object *find_owner(Owners *owners, const Object *guest, Str name)
{
        if (!owners->built)
                build(owners);

        Object *owner = map_get(&owners->definitions, name);

        return owner ? owner : map_get(&owners->objects, object_key(owners->run->arena, guest, name));
}

/* DependsOn= may name it too: BindsTo= says more than that. */
static void bind_to(Run *run, Object *guest, Object *owner, Loc at)
{
        VEC_EACH(Dependency, dependency, &guest->depends) {
                if (dependency->object == owner) {
                        dependency->tie = TIE_BINDS;
                        return;
                }
        }
        VEC_ADD(run->arena, &guest->depends,
                (Dependency){ .object = owner, .tie = TIE_BINDS, .condition = CONDITION_STARTED, .at = at });
}

static bool join(Owners *owners, Object *guest, Value *value, Str name)
{
        Run *run = owners->run;
        Object *owner = find_owner(owners, guest, name);

        if (!owner)
                return true;
        if (owner == guest)
                return diag(run->diags, DIAG_DEPENDENCY_SELF, value->at, guest->def->name);
        if (owner->engine != guest->engine || !str_eq(owner->run_as, guest->run_as))
                return diag_also(run->diags, DIAG_NAMESPACE_ELSEWHERE, value->at, owner->def->at, S("it is defined"),
                                 owner->def->name);
        value->text.str = arena_fmt(run->arena, "container:%.*s", STR_ARG(owner->name));
        bind_to(run, guest, owner, value->at);
        return true;
}

/* podman drops them with a warning, docker does not start. */
static bool check_ports(Run *run, const Object *guest, const Value *network, Str owner)
{
        if (!def_get(guest->def, OPT_CONTAINER_PublishPort))
                return true;
        return diag_also(run->diags, DIAG_PORT_OF_GUEST, def_key_at(guest->def, OPT_CONTAINER_PublishPort), network->at,
                         S("the network is set"), owner);
}

static bool join_all(Owners *owners, Object *guest)
{
        static const OptionId keys[] = { OPT_CONTAINER_Network, OPT_CONTAINER_UserNS };
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(keys); i++) {
                for (Value *value = def_get(guest->def, keys[i]); value; value = value->next) {
                        static const Str mode = STR_INIT("container:");
                        const Str name = str_skip(value->text.str, mode.len);

                        if (value->late || !str_starts(value->text.str, mode))
                                continue;
                        ok &= join(owners, guest, value, name);
                        if (keys[i] == OPT_CONTAINER_Network)
                                ok &= check_ports(owners->run, guest, value, name);
                }
        }
        return ok;
}

void namespace_resolve(Run *run, Fleet *fleet)
{
        Owners owners = { .run = run, .fleet = fleet };

        VEC_EACH(Object *const, guest, &fleet->objects) {
                run->diags->subject = (*guest)->def;
                if (!join_all(&owners, *guest))
                        (*guest)->broken = true;
        }
        run->diags->subject = NULL;
}
