/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/claim.h"

#include <stdlib.h>

typedef struct Claim {
        Str protocol;
        Str address;
        bool any; /* all addresses */
        uint16_t first, last;
        const Value *value;
        Object *object;
} Claim;

typedef VEC(Claim) Claims;

static int compare_protocols(const Claim *a, const Claim *b)
{
        return str_compare(a->protocol, b->protocol);
}

static int compare_places(const Claim *a, const Claim *b)
{
        if (a->first != b->first)
                return a->first < b->first ? -1 : 1;
        return loc_compare(a->value->at, b->value->at);
}

static int compare_by_address(const void *a, const void *b)
{
        const Claim *x = a, *y = b;
        int order = compare_protocols(x, y);

        order = order ? order : str_compare(x->address, y->address);
        return order ? order : compare_places(x, y);
}

static int compare_by_port(const void *a, const void *b)
{
        const Claim *x = a, *y = b;
        const int order = compare_protocols(x, y);

        return order ? order : compare_places(x, y);
}

static Claim claim_of(const Fleet *fleet, const Value *value, Object *object)
{
        const Port *port = &value->port;
        const Value *usual = fleet->defaults ? fleet->defaults->set[OPT_DEFAULTS_PublishAddress] : NULL;
        Str address = port->address.len ? port->address : usual ? usual->text.str : S("127.0.0.1");

        if (str_starts(address, S("[")))
                address = str_first(str_skip(address, 1), address.len - 2);
        return (Claim){
                .protocol = port->protocol.len ? port->protocol : S("tcp"),
                .address = address,
                .any = str_is(address, "0.0.0.0") || str_is(address, "::"),
                .first = port->host_first,
                .last = port->host_last,
                .value = value,
                .object = object,
        };
}

/* A range of host ports for one port inside means any free one of them (OCI-15): that claims nothing. */
static bool claims(const Value *value)
{
        const Port *port = &value->port;

        return !value->late && port->host_first &&
               port->host_last - port->host_first == port->container_last - port->container_first;
}

static Claims gather(Run *run, Fleet *fleet)
{
        Claims all = { 0 };

        VEC_EACH(Object *, object, &fleet->objects) {
                if ((*object)->def->kind != KIND_CONTAINER)
                        continue;
                for (const Value *value = (*object)->def->set[OPT_CONTAINER_PublishPort]; value; value = value->next)
                        if (claims(value))
                                VEC_ADD(run->arena, &all, claim_of(fleet, value, *object));
        }
        return all;
}

static void clash(Run *run, const Claim *a, const Claim *b)
{
        const Claim *first = loc_compare(a->value->at, b->value->at) <= 0 ? a : b, *second = first == a ? b : a;
        const uint16_t port = a->first > b->first ? a->first : b->first;

        run->diags->subject = second->object->def;
        diag_also(run->diags, DIAG_PORT_CLAIMED, second->value->at, first->value->at, S("the other one"),
                  arena_fmt(run->arena, "%u/%.*s", port, STR_ARG(second->protocol)),
                  second->any ? first->address : second->address);
        run->diags->subject = NULL;
        first->object->broken = second->object->broken = true;
}

static bool overlap(const Claim *a, const Claim *b)
{
        return a && !compare_protocols(a, b) && b->first <= a->last;
}

/* Sorted by address and port: only the claim that reaches farthest can meet the next one. */
static void check_addresses(Run *run, Claims *all)
{
        const Claim *widest = NULL;

        VEC_SORT(all, compare_by_address);
        VEC_EACH(const Claim, claim, all) {
                const bool same = widest && str_eq(widest->address, claim->address) && !compare_protocols(widest, claim);

                if (same && overlap(widest, claim))
                        clash(run, widest, claim);
                if (!same || claim->last > widest->last)
                        widest = claim;
        }
}

/* 0.0.0.0 and an address of its own meet too. */
static void check_any(Run *run, Claims *all)
{
        const Claim *any = NULL, *other = NULL;

        VEC_SORT(all, compare_by_port);
        VEC_EACH(const Claim, claim, all) {
                const Claim **mine = claim->any ? &any : &other;
                const Claim *theirs = claim->any ? other : any;

                if (overlap(theirs, claim) && theirs->object != claim->object)
                        clash(run, theirs, claim);
                if (!*mine || compare_protocols(*mine, claim) || claim->last > (*mine)->last)
                        *mine = claim;
        }
}

void claim_check(Run *run, Fleet *fleet)
{
        Claims all = gather(run, fleet);

        check_addresses(run, &all);
        check_any(run, &all);
}
