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

        order = order ? order : address_compare(&x->value->span.first, &y->value->span.first);
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

/* The engines have networks of their own, but addresses are the machine's. */
void subnet_check(Run *run, Fleet *fleet)
{
        VEC(Claim) claims = { 0 };
        const Claim *widest = NULL; /* of those so far the one that reaches farthest: it alone can meet the next one */

        VEC_EACH(Object *, object, &fleet->objects) {
                if ((*object)->def->kind != KIND_NETWORK)
                        continue;
                for (const Value *value = (*object)->def->set[OPT_NETWORK_Subnet]; value; value = value->next)
                        if (!value->late)
                                VEC_ADD(run->arena, &claims, (Claim){ (*object)->run_as, value, *object });
        }
        VEC_SORT(&claims, compare_claims);
        VEC_EACH(const Claim, claim, &claims) {
                const AddressSpan *span = &claim->value->span;
                const bool together = widest && str_eq(widest->owner, claim->owner) &&
                                      widest->value->span.first.bytes == span->first.bytes;

                if (together && address_compare(&span->first, &widest->value->span.last) <= 0)
                        clash(run, widest, claim);
                if (!together || address_compare(&span->last, &widest->value->span.last) > 0)
                        widest = claim;
        }
}
