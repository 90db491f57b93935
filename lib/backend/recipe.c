/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/recipe.h"

#include "base/buf.h"

Property *recipe_line(Arena *arena, Recipe *recipe, Str key, bool listed)
{
        VEC_ADD(arena, &recipe->properties, (Property){ .key = key, .listed = listed });
        return &recipe->properties.items[recipe->properties.count - 1];
}

Recipe recipe_start(Arena *arena)
{
        enum { COMMANDS = 8, PROPERTIES = 12 };
        Recipe recipe = { 0 };

        VEC_RESERVE(arena, &recipe.commands, COMMANDS);
        VEC_RESERVE(arena, &recipe.properties, PROPERTIES);
        return recipe;
}

Words *recipe_command(Arena *arena, Recipe *recipe, Phase phase, bool may_fail)
{
        enum { WORDS = 16 };

        VEC_ADD(arena, &recipe->commands, (Command){ .phase = phase, .may_fail = may_fail });

        Words *words = &recipe->commands.items[recipe->commands.count - 1].words;

        VEC_RESERVE(arena, words, WORDS);
        return words;
}

Text text_join(Arena *arena, Str template, Text text)
{
        char *joined = arena_alloc(arena, template.len + text.str.len + 1);

        memcpy(joined, template.data, template.len);
        if (text.str.len)
                memcpy(joined + template.len, text.str.data, text.str.len);
        return (Text){ { joined, template.len + text.str.len }, text.door };
}

static void add_systemd(Buf *buf, Str s)
{
        for (size_t i = 0; i < s.len; i++) {
                buf_char(buf, s.data[i]);
                if (s.data[i] == '%' || s.data[i] == '$')
                        buf_char(buf, s.data[i]);
        }
}

Text text_concat(Arena *arena, const Text *parts, size_t count)
{
        Buf buf = BUF(arena);
        bool mixed = false;

        if (count == 1)
                return parts[0];
        for (size_t i = 1; i < count; i++)
                mixed |= parts[i].door != parts[0].door;
        for (size_t i = 0; i < count; i++) {
                if (mixed && parts[i].door == DOOR_LITERAL)
                        add_systemd(&buf, parts[i].str);
                else
                        buf_add(&buf, parts[i].str);
        }
        return (Text){ buf_str(&buf), mixed ? DOOR_SYSTEMD : parts[0].door };
}
