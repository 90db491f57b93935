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

Setting *def_add(Arena *arena, Def *def, OptionId id)
{
        /* No kind has as many keys. */
        assert(def->settings.count < UINT8_MAX);
        VEC_ADD(arena, &def->settings, (Setting){ .id = id });
        def->at_setting[id] = (uint8_t)def->settings.count;
        option_set_add(&def->written, id);
        return def_setting(def, id);
}

void def_reserve(Arena *arena, Def *def, size_t count)
{
        def->settings.items = arena_grow(arena, def->settings.items, def->settings.count, &def->settings.capacity,
                                         def->settings.count + count, sizeof(*def->settings.items));
}

void def_inherit(Arena *arena, Def *def, OptionId id, const Def *from, OptionId from_id)
{
        if (!def_get(from, from_id))
                return;

        Setting *setting = def_put(arena, def, id);

        *setting = *def_setting(from, from_id);
        setting->id = id;
}

void def_add_pass(Arena *arena, Def *def, PassSection section, const PassLine *line)
{
        VEC_ADD(arena, &def->pass[section], *line);
        def->pass_keys[section] |= pass_key_bit(line->key);
        if (line->since > def->pass_since)
                def->pass_since = line->since;
}

const PassLine *def_find_pass(const Def *def, PassSection section, Str key)
{
        const PassLine *found = NULL;

        VEC_EACH(const PassLine, line, &def->pass[section])
                if (str_eq(line->key, key))
                        found = line;
        return found;
}
