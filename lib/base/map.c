/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/map.h"

static uint64_t load(const char *at, size_t size)
{
        uint64_t word = 0;

        memcpy(&word, at, size);
        return word;
}

/* The last word overlaps the one before it. */
static uint64_t last_word(Str key)
{
        if (key.len >= 8)
                return load(key.data + key.len - 8, 8);
        if (key.len >= 4)
                return load(key.data, 4) << 32 | load(key.data + key.len - 4, 4);
        if (key.len)
                return load(key.data, 1) << 16 | load(key.data + key.len / 2, 1) << 8 | load(key.data + key.len - 1, 1);
        return 0;
}

/* Names are short, and 1 MiB of input bounds what a hostile file can make collide. A product carries each bit upwards
 * only: names that differ in a late digit would lie on each other's slots, if the upper half were not mixed in twice. */
static uint32_t hash(Str key)
{
        static const uint64_t factor = 0x9e3779b97f4a7c15;
        uint64_t h = key.len;

        for (Str rest = key; rest.len > 8; rest = str_skip(rest, 8)) {
                h = (h ^ load(rest.data, 8)) * factor;
                h ^= h >> 32;
        }
        h = (h ^ last_word(key)) * factor;
        h ^= h >> 32;
        return (uint32_t)(h * factor >> 32);
}

/* Where the key is, or where it can be put. */
static MapSlot *find(const Map *map, Str key, uint32_t hashed)
{
        size_t at = hashed & (map->size - 1);

        while (map->slots[at].key.data && !(map->slots[at].hash == hashed && str_eq(map->slots[at].key, key)))
                at = (at + 1) & (map->size - 1);
        return &map->slots[at];
}

void *map_get(const Map *map, Str key)
{
        return map->count ? find(map, key, hash(key))->value : NULL;
}

/* The keys are all different, and where their texts are is far away: their hashes say enough. */
static void resize(Arena *arena, Map *map, size_t size)
{
        const Map old = *map;

        map->size = size;
        map->slots = arena_alloc(arena, size * sizeof(MapSlot));
        for (size_t i = 0; i < old.size; i++) {
                size_t at = old.slots[i].hash & (size - 1);

                if (!old.slots[i].key.data)
                        continue;
                while (map->slots[at].key.data)
                        at = (at + 1) & (size - 1);
                map->slots[at] = old.slots[i];
        }
}

void map_reserve(Arena *arena, Map *map, size_t count)
{
        size_t size = map->size ? map->size : 4;

        while (size < count * 2)
                size *= 2;
        if (size > map->size)
                resize(arena, map, size);
}

void *map_put(Arena *arena, Map *map, Str key, void *value)
{
        if (!key.data)
                key = S("");
        if ((map->count + 1) * 2 > map->size)
                resize(arena, map, map->size ? map->size * 4 : 4);

        const uint32_t hashed = hash(key);
        MapSlot *slot = find(map, key, hashed);

        if (slot->key.data)
                return slot->value;
        *slot = (MapSlot){ key, value, hashed };
        map->count++;
        return NULL;
}
