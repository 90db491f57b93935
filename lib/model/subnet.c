/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/subnet.h"

#include <stdlib.h>

typedef struct Span {
        unsigned bytes;
        unsigned char first[16], last[16];
        const Value *value;
        Object *object;
} Span;

static int compare_spans(const void *a, const void *b)
{
        const Span *x = a, *y = b;
        const int order = memcmp(x->first, y->first, sizeof(x->first));

        if (x->bytes != y->bytes)
                return x->bytes < y->bytes ? -1 : 1;
        return order ? order : loc_compare(x->value->at, y->value->at);
}

static Span span_of(const Value *value, Object *object)
{
        const Subnet *subnet = &value->subnet;
        Span span = { .bytes = subnet->bytes, .value = value, .object = object };

        memcpy(span.first, subnet->address, subnet->bytes);
        memcpy(span.last, subnet->address, subnet->bytes);
        for (unsigned bit = subnet->bits; bit < subnet->bytes * 8; bit++)
                span.last[bit / 8] |= (unsigned char)(0x80 >> bit % 8);
        return span;
}

/* The engines have networks of their own, even where they run on one machine; addresses are the machine's. */
void subnet_check(Run *run, Fleet *fleet)
{
        VEC(Span) spans = { 0 };
        size_t widest = 0;

        VEC_EACH(Object *, object, &fleet->objects) {
                if ((*object)->def->kind != KIND_NETWORK)
                        continue;
                for (const Value *value = (*object)->def->set[OPT_NETWORK_Subnet]; value; value = value->next)
                        if (!value->late)
                                VEC_ADD(run->arena, &spans, span_of(value, *object));
        }
        VEC_SORT(&spans, compare_spans);
        for (size_t i = 1; i < spans.count; i++) {
                const Span *a = &spans.items[widest], *b = &spans.items[i];

                if (a->bytes == b->bytes && memcmp(b->first, a->last, sizeof(a->last)) <= 0) {
                        run->diags->subject = b->object->def;
                        diag_also(run->diags, DIAG_SUBNET_OVERLAP, b->value->at, a->value->at, S("the other one"),
                                  b->value->text.str, a->value->text.str);
                        a->object->broken = b->object->broken = true;
                }
                if (a->bytes != b->bytes || memcmp(b->last, a->last, sizeof(a->last)) > 0)
                        widest = i;
        }
        run->diags->subject = NULL;
}
