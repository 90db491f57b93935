/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/pod.h"

#include <stdlib.h>

#include "base/map.h"
#include "model/quadlet.h"

/* Members share the namespaces of the pod, so these are the pod's: podman refuses them, or ignores them without a
 * word. An error on docker too, where they could work: the engine is to be switched without an edit. */
static const OptionId of_pod[] = {
        OPT_CONTAINER_Network,   OPT_CONTAINER_NetworkAlias, OPT_CONTAINER_IP,         OPT_CONTAINER_IP6,
        OPT_CONTAINER_DNS,       OPT_CONTAINER_DNSOption,    OPT_CONTAINER_DNSSearch,  OPT_CONTAINER_AddHost,
        OPT_CONTAINER_HostName,  OPT_CONTAINER_ShmSize,      OPT_CONTAINER_UserNS,     OPT_CONTAINER_UIDMap,
        OPT_CONTAINER_GIDMap,    OPT_CONTAINER_SubUIDMap,    OPT_CONTAINER_SubGIDMap,  OPT_CONTAINER_RemapUsers,
};

static bool refuse_key(Run *run, const Object *member, OptionId id)
{
        const Def *def = member->def;
        const Str key = option_info(id)->key, pod = def_get(def, OPT_CONTAINER_Pod)->text.str;

        return member->pod ? diag_also(run->diags, DIAG_POD_KEY, def_key_at(def, id), member->pod->def->at,
                                       S("the pod is defined"), key, pod)
                           : diag(run->diags, DIAG_POD_KEY, def_key_at(def, id), key, pod);
}

static bool check_keys(Run *run, const Object *member)
{
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(of_pod); i++)
                if (def_get(member->def, of_pod[i]))
                        ok = refuse_key(run, member, of_pod[i]);
        /* Nobody gathers them for a pod of the engine's own. */
        if (!member->pod && def_get(member->def, OPT_CONTAINER_PublishPort))
                ok = refuse_key(run, member, OPT_CONTAINER_PublishPort);
        return ok;
}

/* Containers and pods of podman have their names together. */
static void check_names(Run *run, Fleet *fleet)
{
        Map pods = { 0 };

        VEC_EACH(Object *, object, &fleet->objects)
                if ((*object)->def->kind == KIND_POD)
                        map_put(run->arena, &pods, (*object)->name, *object);
        VEC_EACH(Object *, object, &fleet->objects) {
                const Object *c = *object, *pod = map_get(&pods, c->name);

                if (c->def->kind != KIND_CONTAINER || c->def->profile->quadlet || !pod || !str_eq(c->run_as, pod->run_as))
                        continue;
                run->diags->subject = c->def;
                (*object)->broken = !diag_also(run->diags, DIAG_POD_NAME, c->def->at, pod->def->at,
                                               S("the pod is defined"), c->name) || c->broken;
        }
}

Str pod_mode(const Object *pod)
{
        const Value *network = def_get(pod->def, OPT_POD_Network);
        Str mode = network ? network->text.str : (Str){ 0 }, rest;

        str_cut(mode, ':', &mode, &rest);
        return mode;
}

bool pod_has(const Object *member)
{
        return !member->broken && !member->hidden && !(member->def->profile->quadlet && quadlet_is_template(member));
}

bool pod_starts(const Object *member)
{
        const bool quadlet = member->def->profile->quadlet;

        /* One of ours that is broken has a stub, which says so. */
        return def_flag(member->def, OPT_CONTAINER_StartWithPod, quadlet) && (!quadlet || pod_has(member));
}

static bool refuse_ports(Run *run, const Object *pod, const Def *def, OptionId id)
{
        return !def_get(def, id) ||
               diag_also(run->diags, DIAG_POD_NETWORK, def_key_at(def, id), def_key_at(pod->def, OPT_POD_Network),
                         S("the network is set"), option_info(id)->key, pod_mode(pod));
}

/* "PortMappings can only be used with Bridge, slirp4netns, or pasta networking" */
static bool check_network(Run *run, const Object *pod)
{
        static const Str portless[] = { STR_INIT("host"), STR_INIT("none"), STR_INIT("ns") };
        const Str mode = pod_mode(pod);
        bool ok = true;

        /* "pods presently do not support network mode container" */
        if (str_is(mode, "container"))
                ok = diag(run->diags, DIAG_ENGINE_VALUE, def_key_at(pod->def, OPT_POD_Network), engine_name(pod->engine),
                          option_info(OPT_POD_Network)->key, mode, S("a pod is a namespace of its own"));
        for (size_t i = 0; i < ELEMENTS(portless); i++) {
                if (!str_eq(mode, portless[i]))
                        continue;
                ok &= refuse_ports(run, pod, pod->def, OPT_POD_PublishPort);
                VEC_EACH(Object *const, member, &pod->members) {
                        run->diags->subject = (*member)->def;
                        if (!refuse_ports(run, pod, (*member)->def, OPT_CONTAINER_PublishPort))
                                (*member)->broken = true;
                }
        }
        run->diags->subject = pod->def;
        return ok;
}

static int compare_members(const void *a, const void *b)
{
        const Object *const *x = a, *const *y = b;

        return str_compare((*x)->name, (*y)->name);
}

typedef struct Inner {
        uint16_t first, last;
        Str protocol;
        const Value *value;
        const Object *member;
} Inner;

static int compare_inner(const void *a, const void *b)
{
        const Inner *x = a, *y = b;
        const int order = str_compare(x->protocol, y->protocol);

        if (order)
                return order;
        if (x->first != y->first)
                return x->first < y->first ? -1 : 1;
        return loc_compare(x->value->at, y->value->at);
}

/* In a pod two members cannot listen on one port, as they can on a network (T-26). */
static void check_inner_ports(Run *run, const Object *pod)
{
        VEC(Inner) ports = { 0 };
        const Inner *widest = NULL;

        VEC_EACH(Object *const, member, &pod->members)
                for (const Value *value = def_get((*member)->def, OPT_CONTAINER_PublishPort); value; value = value->next)
                        if (!value->late)
                                VEC_ADD(run->arena, &ports,
                                        (Inner){ value_port(value)->container_first, value_port(value)->container_last,
                                                 value_port(value)->protocol.len ? value_port(value)->protocol : S("tcp"), value, *member });
        VEC_SORT(&ports, compare_inner);
        VEC_EACH(const Inner, inner, &ports) {
                const bool same = widest && str_eq(widest->protocol, inner->protocol);

                if (same && widest->member != inner->member && inner->first <= widest->last)
                        diag_also(run->diags, DIAG_POD_PORT, inner->value->at, widest->value->at, S("the other one"),
                                  arena_fmt(run->arena, "%u/%.*s", inner->first, STR_ARG(inner->protocol)),
                                  widest->member->def->name, inner->member->def->name);
                if (!same || inner->last > widest->last)
                        widest = inner;
        }
}

void pod_resolve(Run *run, Fleet *fleet)
{
        if (fleet->of_kind[KIND_POD])
                check_names(run, fleet);
        VEC_EACH(Object *, object, &fleet->objects) {
                run->diags->subject = (*object)->def;
                if ((*object)->def->kind == KIND_CONTAINER && def_get((*object)->def, OPT_CONTAINER_Pod) &&
                    !(*object)->def->profile->quadlet && !check_keys(run, *object))
                        (*object)->broken = true;
                if ((*object)->def->kind != KIND_POD)
                        continue;
                VEC_SORT(&(*object)->members, compare_members);
                if (!(*object)->def->profile->quadlet && !check_network(run, *object))
                        (*object)->broken = true;
                check_inner_ports(run, *object);
        }
        run->diags->subject = NULL;
}
