/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A map from text to pointers, in the arena. For looking up only: it has no order, so nothing walks it.
 * Zero is an empty map. Keys are not copied. */

#include "base/arena.h"

typedef struct MapSlot {
        Str key; /* data NULL: free */
        void *value;
        uint32_t hash; /* of the key, which is far away */
} MapSlot;

typedef struct Map {
        MapSlot *slots;
        size_t size; /* a power of two */
        size_t count;
} Map;

/* Room for that many keys in all, so that the map does not have to grow up to them. */
void map_reserve(Arena *arena, Map *map, size_t count);
/* NULL when there is none. */
void *map_get(const Map *map, Str key);
/* Gives the old value when the key is taken, and leaves it; else puts the new one and gives NULL. */
void *map_put(Arena *arena, Map *map, Str key, void *value);
