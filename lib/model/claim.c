/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/claim.h"

#include <stdlib.h>

typedef struct Claim {
        Str protocol;
        Address address;
        Str zone;  /* of the address */
        Str shown; /* how messages name it */
        bool any; /* all addresses of the family */
        bool twin; /* of "*" in IPv6: two of them have met in IPv4 */
        uint16_t first, last;
        const Value *value;
        Object *object;
} Claim;

typedef VEC(Claim) Claims;

static int compare_groups(const Claim *a, const Claim *b)
{
        if (a->address.bytes != b->address.bytes)
                return a->address.bytes < b->address.bytes ? -1 : 1;
        return str_compare(a->protocol, b->protocol);
}

static int compare_addresses(const Claim *a, const Claim *b)
{
        const int order = address_compare(&a->address, &b->address);

        return order ? order : str_compare(a->zone, b->zone);
}

static int compare_places(const Claim *a, const Claim *b)
{
        if (a->first != b->first)
                return a->first < b->first ? -1 : 1;
        return loc_compare(a->value->at, b->value->at);
}

static int compare_by_address(const void *a, const void *b)
{
        int order = compare_groups(a, b);

        order = order ? order : compare_addresses(a, b);
        return order ? order : compare_places(a, b);
}

static int compare_by_port(const void *a, const void *b)
{
        const int order = compare_groups(a, b);

        return order ? order : compare_places(a, b);
}

/* ---- what is claimed ---- */

bool claim_address(const Fleet *fleet, const Port *port, Str *ret_text, Address *ret)
{
        const Value *usual = fleet->defaults ? def_get(fleet->defaults, OPT_DEFAULTS_PublishAddress) : NULL;
        Str text = port->address.len ? port->address : usual ? usual->text.str : S("127.0.0.1"), address, zone;

        if (!port->address.len && usual && usual->late)
                return false;
        if (str_starts(text, S("[")))
                text = str_first(str_skip(text, 1), text.len - 2);
        if (str_is(text, "*"))
                text = S("0.0.0.0");
        address = text;
        str_cut(text, '%', &address, &zone);
        if (!address_parse(address, ret))
                return false;
        *ret_text = text;
        return true;
}

static bool find_address(const Fleet *fleet, const Port *port, Claim *claim)
{
        static const Address zero = { 0 };
        Str address;

        if (!claim_address(fleet, port, &claim->shown, &claim->address))
                return false;
        str_cut(claim->shown, '%', &address, &claim->zone);
        claim->any = memcmp(claim->address.at, zero.at, claim->address.bytes) == 0;
        return true;
}

bool claim_publishes(const Def *def)
{
        const OptionId network = def->kind == KIND_POD ? OPT_POD_Network : OPT_CONTAINER_Network;

        for (const Value *value = def_get(def, network); value; value = value->next)
                if (str_is(value->text.str, "host") || str_is(value->text.str, "none"))
                        return false;
        return true;
}

/* A range of host ports for one port inside means any free one of them (OCI-15): that claims nothing. */
static bool is_fixed(const Value *value)
{
        const Port *port = value_port(value);

        return !value->late && port->host_first &&
               port->host_last - port->host_first == port->container_last - port->container_first;
}

/* "*" is all addresses of the other family too. */
static bool is_both(const Fleet *fleet, const Port *port)
{
        const Value *usual = fleet->defaults ? def_get(fleet->defaults, OPT_DEFAULTS_PublishAddress) : NULL;

        return str_is(port->address.len || !usual ? port->address : usual->text.str, "*");
}

static void gather(Run *run, const Fleet *fleet, Object *object, OptionId id, Claims *claims)
{
        for (const Value *value = def_get(object->def, id); value; value = value->next) {
                const Port *port = value_port(value);
                Claim claim = { .value = value, .object = object };

                if (!is_fixed(value) || !find_address(fleet, port, &claim))
                        continue;
                claim.protocol = port->protocol.len ? port->protocol : S("tcp");
                claim.first = port->host_first;
                claim.last = port->host_last;
                VEC_ADD(run->arena, claims, claim);
                if (is_both(fleet, port)) {
                        address_parse(S("::"), &claim.address);
                        claim.shown = S("::");
                        claim.twin = true;
                        VEC_ADD(run->arena, claims, claim);
                }
        }
}

/* ---- who meets whom ---- */

enum {
        COMPARED_MAX = 1000000, /* names of units, in all */
};

/* What is looked for, and how much was. */
typedef struct Meetings {
        Run *run;
        size_t compared;
} Meetings;

static bool conflicts(Meetings *m, const Object *object, Str unit)
{
        VEC_EACH(const PassLine, line, &object->def->pass[PASS_UNIT]) {
                Str rest = line->value, word;

                m->compared++;
                while (str_is(line->key, "Conflicts") && rest.len && str_next(&rest, ' ', &word))
                        if (++m->compared > COMPARED_MAX || str_eq(word, unit))
                                return m->compared <= COMPARED_MAX;
        }
        return false;
}

/* systemd never runs them together: one stands in for the other. */
static bool is_stand_in(Meetings *m, const Object *a, const Object *b)
{
        return m->compared <= COMPARED_MAX && (conflicts(m, a, b->unit) || conflicts(m, b, a->unit));
}

static void meet(Meetings *m, const Claim *a, const Claim *b)
{
        const Claim *first = loc_compare(a->value->at, b->value->at) <= 0 ? a : b, *second = first == a ? b : a;
        const uint16_t port = a->first > b->first ? a->first : b->first;

        if ((a->twin && b->twin) || is_stand_in(m, first->object, second->object))
                return;
        m->run->diags->subject = second->object->def;
        m->run->diags->other = first->object->def;
        diag_also(m->run->diags, DIAG_PORT_CLAIMED, second->value->at, first->value->at, S("the other one"),
                  arena_fmt(m->run->arena, "%u/%.*s", port, STR_ARG(second->protocol)),
                  second->any ? first->shown : second->shown);
        m->run->diags->subject = m->run->diags->other = NULL;
        first->object->broken = second->object->broken = true;
}

static bool overlap(const Claim *a, const Claim *b)
{
        return a && compare_groups(a, b) == 0 && b->first <= a->last;
}

/* Sorted by address and port: only the claim that reaches farthest can meet the next one. */
static void check_addresses(Meetings *m, Claims *claims)
{
        const Claim *widest = NULL;

        VEC_SORT(claims, compare_by_address);
        VEC_EACH(const Claim, claim, claims) {
                const bool same = widest && !compare_groups(widest, claim) && !compare_addresses(widest, claim);

                if (same && overlap(widest, claim))
                        meet(m, widest, claim);
                if (!same || claim->last > widest->last)
                        widest = claim;
        }
}

/* 0.0.0.0 and an address of its own meet too. */
static void check_any(Meetings *m, Claims *claims)
{
        const Claim *any = NULL, *other = NULL;

        VEC_SORT(claims, compare_by_port);
        VEC_EACH(const Claim, claim, claims) {
                const Claim **mine = claim->any ? &any : &other;
                const Claim *theirs = claim->any ? other : any;

                if (overlap(theirs, claim))
                        meet(m, theirs, claim);
                if (!*mine || compare_groups(*mine, claim) || claim->last > (*mine)->last)
                        *mine = claim;
        }
}

void claim_check(Run *run, Fleet *fleet)
{
        Meetings m = { .run = run };
        Claims claims = { 0 };

        VEC_EACH(Object *, object, &fleet->objects) {
                if ((*object)->def->kind == KIND_CONTAINER && claim_publishes((*object)->def))
                        gather(run, fleet, *object, OPT_CONTAINER_PublishPort, &claims);
                if ((*object)->def->kind == KIND_POD && claim_publishes((*object)->def))
                        gather(run, fleet, *object, OPT_POD_PublishPort, &claims);
        }
        check_addresses(&m, &claims);
        check_any(&m, &claims);
}
