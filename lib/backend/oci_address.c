/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ports on addresses that the machine may have to wait for: all but its own and any. */

#include "backend/oci.h"
#include "model/claim.h"

static bool is_known(const Words *addresses, Str address)
{
        VEC_EACH(const Text, known, addresses)
                if (str_eq(known->str, address))
                        return true;
        return false;
}

/* 127.0.0.0/8 and ::1, 0.0.0.0 and :: are always there. */
static bool is_there(const Address *address)
{
        static const unsigned char none[16] = { 0 };
        const unsigned char last = address->at[address->bytes - 1];
        const bool low = memcmp(address->at, none, address->bytes - 1) == 0 && last <= (address->bytes == 16);

        return low || (address->bytes == 4 && address->at[0] == 127);
}

static void gather(Brew *brew, const Def *def, OptionId id, Words *addresses)
{
        for (const Value *value = def_get(def, id); value; value = value->next) {
                Address address;
                Str text;

                if (!value->late && claim_address(brew->fleet, value_port(value), &text, &address) && !is_there(&address) &&
                    !is_known(addresses, text))
                        words_add(brew->arena, addresses, LITERAL(text));
        }
}

void oci_await_addresses(Brew *brew)
{
        const Def *def = brew->def;
        Words addresses = { 0 };

        if (claim_publishes(def))
                gather(brew, def, def->kind == KIND_POD ? OPT_POD_PublishPort : OPT_CONTAINER_PublishPort, &addresses);
        VEC_EACH(Object *const, member, &brew->object->members)
                if (!(*member)->broken)
                        gather(brew, (*member)->def, OPT_CONTAINER_PublishPort, &addresses);
        if (!addresses.count)
                return;

        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START_PRE, false);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-address")));
        VEC_EACH(const Text, address, &addresses)
                oci_add(brew, *address);
}
