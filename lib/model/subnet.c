/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/subnet.h"

#include <stdlib.h>

typedef struct Claim {
        Str owner; /* whose addresses: a user's podman has a network namespace of its own; empty: the machine's */
        const Value *value;
        Object *object;
} Claim;

static int compare_claims(const void *a, const void *b)
{
        const Claim *x = a, *y = b;
        int order = str_compare(x->owner, y->owner);

        order = order ? order : address_compare(&value_span(x->value)->first, &value_span(y->value)->first);
        return order ? order : loc_compare(x->value->at, y->value->at);
}

static void clash(Run *run, const Claim *a, const Claim *b)
{
        const Claim *first = loc_compare(a->value->at, b->value->at) <= 0 ? a : b, *second = first == a ? b : a;

        run->diags->subject = second->object->def;
        run->diags->other = first->object->def;
        diag_also(run->diags, DIAG_SUBNET_OVERLAP, second->value->at, first->value->at, S("the other one"),
                  second->value->text.str, first->value->text.str);
        run->diags->subject = run->diags->other = NULL;
        first->object->broken = second->object->broken = true;
}

/* ---- addresses of containers ---- */

/* A subnet of the network, of the address's family, that has the address; or the last one that has it not, and NULL when
 * that cannot be known. */
static const Value *find_subnet(const Object *network, const Address *address, bool *ret_inside)
{
        const AddressSpan span = { *address, *address };
        const Value *outside = NULL;

        for (const Value *subnet = def_get(network->def, OPT_NETWORK_Subnet); subnet; subnet = subnet->next) {
                if (subnet->late)
                        return NULL;
                *ret_inside = address_within(&span, value_span(subnet));
                if (*ret_inside)
                        return subnet;
                if (value_span(subnet)->first.bytes == address->bytes)
                        outside = subnet;
        }
        return outside;
}

static bool check_address(Run *run, const Object *network, Str key, Str text, Loc at)
{
        bool inside = false;
        Address address;
        const Value *subnet = address_parse(text, &address) ? find_subnet(network, &address, &inside) : NULL;

        return !subnet || inside ||
               diag_also(run->diags, DIAG_SUBNET_OUTSIDE, at, subnet->at, S("the subnet is"), key, text, subnet->text.str);
}

/* Network=front:ip=10.89.1.7 */
static bool check_fields(Run *run, const Object *network, const Value *value)
{
        Str name, fields = { 0 }, field, key, text;
        bool ok = true;

        str_cut(value->text.str, ':', &name, &fields);
        while (!value->late && fields.len && str_next(&fields, ',', &field))
                if (str_cut(field, '=', &key, &text) && (str_is(key, "ip") || str_is(key, "ip6")))
                        ok &= check_address(run, network, key, text, value->at);
        return ok;
}

static bool check_addresses(Run *run, const Object *c, OptionId networks, OptionId ip, OptionId ip6)
{
        const OptionId keys[] = { ip, ip6 };
        const Value *first = def_get(c->def, networks);
        bool ok = true;

        for (const Value *value = first; value; value = value->next) {
                const Object *network = object_linked(c, value);

                if (!network || network->def->kind != KIND_NETWORK)
                        continue;
                ok &= check_fields(run, network, value);
                /* The keys are for a container with one network. */
                for (size_t i = 0; i < ELEMENTS(keys) && !first->next; i++) {
                        const Value *address = def_get(c->def, keys[i]);

                        if (address && !address->late)
                                ok &= check_address(run, network, option_info(keys[i])->key, address->text.str, address->at);
                }
        }
        return ok;
}

static void check_members(Run *run, Object *c)
{
        bool ok = true;

        run->diags->subject = c->def;
        if (c->def->kind == KIND_CONTAINER)
                ok = check_addresses(run, c, OPT_CONTAINER_Network, OPT_CONTAINER_IP, OPT_CONTAINER_IP6);
        else if (c->def->kind == KIND_POD)
                ok = check_addresses(run, c, OPT_POD_Network, OPT_POD_IP, OPT_POD_IP6);
        run->diags->subject = NULL;
        c->broken |= !ok;
}

/* ---- networks together ---- */

/* The engines have networks of their own, but addresses are the machine's. */
void subnet_check(Run *run, Fleet *fleet)
{
        VEC(Claim) claims = { 0 };
        const Claim *widest = NULL; /* of those so far the one that reaches farthest: it alone can meet the next one */

        if (!fleet->of_kind[KIND_NETWORK])
                return;
        VEC_EACH(Object *, object, &fleet->objects) {
                if (!(*object)->def->profile->quadlet)
                        check_members(run, *object);
                if ((*object)->def->kind != KIND_NETWORK)
                        continue;
                for (const Value *value = def_get((*object)->def, OPT_NETWORK_Subnet); value; value = value->next)
                        if (!value->late)
                                VEC_ADD(run->arena, &claims, (Claim){ (*object)->run_as, value, *object });
        }
        VEC_SORT(&claims, compare_claims);
        VEC_EACH(const Claim, claim, &claims) {
                const AddressSpan *span = value_span(claim->value);
                const bool together = widest && str_eq(widest->owner, claim->owner) &&
                                      value_span(widest->value)->first.bytes == span->first.bytes;

                if (together && address_compare(&span->first, &value_span(widest->value)->last) <= 0)
                        clash(run, widest, claim);
                if (!together || address_compare(&span->last, &value_span(widest->value)->last) > 0)
                        widest = claim;
        }
}
