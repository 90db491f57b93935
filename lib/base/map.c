/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/map.h"

/* Names are short, and 1 MiB of input bounds what a hostile file can make collide. */
static uint64_t hash(Str key)
{
        uint64_t h = key.len, word;

        for (; key.len >= sizeof(word); key = str_skip(key, sizeof(word))) {
                memcpy(&word, key.data, sizeof(word));
                h = (h ^ word) * 0x9e3779b97f4a7c15;
                h ^= h >> 32;
        }
        word = 0;
        if (key.len)
                memcpy(&word, key.data, key.len);
        h = (h ^ word) * 0x9e3779b97f4a7c15;
        return h ^ h >> 32;
}

static MapSlot *find(const Map *map, Str key)
{
        size_t at = hash(key) & (map->size - 1);

        while (map->slots[at].key.data && !str_eq(map->slots[at].key, key))
                at = (at + 1) & (map->size - 1);
        return &map->slots[at];
}

void *map_get(const Map *map, Str key)
{
        return map->size ? find(map, key)->value : NULL;
}

static void grow(Arena *arena, Map *map)
{
        const Map old = *map;

        map->size = old.size ? old.size * 4 : 4;
        map->slots = arena_alloc(arena, map->size * sizeof(MapSlot));
        for (size_t i = 0; i < old.size; i++)
                if (old.slots[i].key.data)
                        *find(map, old.slots[i].key) = old.slots[i];
}

void *map_put(Arena *arena, Map *map, Str key, void *value)
{
        if (!key.data)
                key = S("");
        if ((map->count + 1) * 2 > map->size)
                grow(arena, map);

        MapSlot *slot = find(map, key);

        if (slot->key.data)
                return slot->value;
        *slot = (MapSlot){ key, value };
        map->count++;
        return NULL;
}
