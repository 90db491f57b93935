/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/map.h"

/* Names are short, and 1 MiB of input bounds what a hostile file can make collide. */
static uint64_t hash(Str key)
{
        const uint64_t h = str_hash(key);

        return h ^ h >> 29;
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

        map->size = old.size ? old.size * 2 : 16;
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
