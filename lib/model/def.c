/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/def.h"

#include <assert.h>

const Port *value_port(const Value *value)
{
        static const Port none;

        return value->port ? value->port : &none;
}

const AddressSpan *value_span(const Value *value)
{
        static const AddressSpan none;

        return value->span ? value->span : &none;
}

Setting *def_put(Arena *arena, Def *def, OptionId id)
{
        if (!def->at_setting[id]) {
                /* No kind has as many keys. */
                assert(def->settings.count < UINT8_MAX);
                VEC_ADD(arena, &def->settings, (Setting){ 0 });
                def->at_setting[id] = (uint8_t)def->settings.count;
                option_set_add(&def->written, id);
        }
        return def_setting(def, id);
}

void def_inherit(Arena *arena, Def *def, OptionId id, const Def *from, OptionId from_id)
{
        if (def_get(from, from_id))
                *def_put(arena, def, id) = *def_setting(from, from_id);
}

void setting_add(Setting *setting, Value *value)
{
        if (setting->first)
                setting->last->next = value;
        else
                setting->first = value;
        setting->last = value;
}
