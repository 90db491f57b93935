/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One arena holds everything that lives as long as the run: sources, nodes, values, units. Nothing is
 * freed singly, so nothing leaks or dangles. Memory comes zeroed. When there is none left the process
 * prints one line and exits 125: at that point nothing has been written yet, and no caller has to
 * handle it. Built with -Darena_malloc=true every allocation is a malloc of its own, so that the
 * sanitizers see its borders. */

#include <stdalign.h>
#include <stddef.h>

#include "base/str.h"

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
        ArenaBlock *block; /* newest first */
        char *next;
        char *end;   /* of what was touched of the block */
        char *limit; /* the end of the block */
} Arena;

enum {
        ARENA_ALIGN = alignof(max_align_t),
        ARENA_FIRST = 64, /* bytes that are taken at once for what grows */
};

static inline size_t arena_aligned(size_t size)
{
        return (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

/* For arena_alloc(), when arena->end is near. */
void *arena_more(Arena *arena, size_t size);

/* size bytes of zeroes, aligned for any type. */
static inline void *arena_alloc(Arena *arena, size_t size) __attribute__((returns_nonnull, malloc, alloc_size(2)));

static inline void *arena_alloc(Arena *arena, size_t size)
{
        char *memory = arena->next;

        if (size >= (size_t)(arena->end - memory))
                return arena_more(arena, size);
        arena->next = memory + arena_aligned(size);
        return memory;
}

void arena_free(Arena *arena);
/* Forgets all that was allocated and keeps some memory for what comes next: for an arena of short-lived things. */
void arena_reset(Arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

/* A copy that ends in NUL (not counted in .len). */
Str arena_str(Arena *arena, Str s);
/* A copy for system calls. s must hold no NUL. */
const char *arena_c(Arena *arena, Str s);
/* The texts one behind the other; the result ends in NUL: arena_join(arena, directory, S("/"), name). */
#define arena_join(arena, ...) \
        arena_concat((arena), (const Str[]){ __VA_ARGS__ }, ELEMENTS(((const Str[]){ __VA_ARGS__ })))
Str arena_concat(Arena *arena, const Str *parts, size_t count);
/* In decimal. */
Str arena_number(Arena *arena, uint64_t number);
/* printf into the arena; the result ends in NUL. */
Str arena_fmt(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Grows items to hold at least need elements of size, doubling. For VEC. */
void *arena_grow(Arena *arena, void *items, size_t count, size_t *capacity, size_t need, size_t size);
