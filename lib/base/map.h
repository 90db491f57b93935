/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A map from text to pointers, in the arena. For looking up only: it has no order, so nothing walks it.
 * Zero is an empty map. Keys are not copied. */

#include "base/arena.h"

typedef struct MapSlot {
        Str key; /* data NULL: free */
        void *value;
} MapSlot;

typedef struct Map {
        MapSlot *slots;
        size_t size; /* a power of two */
        size_t count;
} Map;

/* NULL when there is none. */
void *map_get(const Map *map, Str key);
/* Gives the old value when the key is taken, and leaves it; else puts the new one and gives NULL. */
void *map_put(Arena *arena, Map *map, Str key, void *value);
