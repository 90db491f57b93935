/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A vector in the arena: VEC(Str) names = { 0 }; VEC_ADD(arena, &names, s); names.items[i]; names.count.
 * Growing leaves the old items to the arena, so pointers into .items do not survive VEC_ADD. */

#include "base/arena.h"

#define VEC(type)                                                                                  \
        struct {                                                                                   \
                type *items;                                                                       \
                size_t count;                                                                      \
                size_t capacity;                                                                   \
        }

/* Most stay short. */
#define VEC_FIRST(vec)                                                                             \
        (sizeof(*(vec)->items) < ARENA_FIRST ? ARENA_FIRST / sizeof(*(vec)->items) : 1)

#define VEC_ADD(arena, vec, ...)                                                                   \
        ((vec)->count < (vec)->capacity                                                            \
                 ? (void)0                                                                         \
                 : (void)((vec)->items = arena_grow((arena), (vec)->items, (vec)->count,           \
                                                    &(vec)->capacity,                              \
                                                    (vec)->capacity ? (vec)->count + 1             \
                                                                    : VEC_FIRST(vec),              \
                                                    sizeof(*(vec)->items))),                       \
         (vec)->items[(vec)->count++] = __VA_ARGS__)

/* Makes room for that many items. */
#define VEC_RESERVE(arena, vec, room)                                                              \
        ((void)((vec)->items = arena_grow((arena), (vec)->items, (vec)->count, &(vec)->capacity,   \
                                          (room), sizeof(*(vec)->items))))

#define VEC_EACH(type, name, vec)                                                                  \
        for (__typeof__(type) *name = (vec)->items,                                                \
                              *name##_end = (vec)->count ? name + (vec)->count : name;             \
             name < name##_end; name++)

/* compare is a qsort(3) comparison of two items. */
#define VEC_SORT(vec, compare)                                                                     \
        vec_sort((vec)->items, (vec)->count, sizeof(*(vec)->items), (compare))

void vec_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));
