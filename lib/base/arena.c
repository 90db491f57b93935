/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
        ARENA_BLOCK = 256 * 1024,
        ARENA_ALIGN = alignof(max_align_t),
};

struct ArenaBlock {
        ArenaBlock *previous;
        alignas(max_align_t) char bytes[];
};

static _Noreturn void out_of_memory(void)
{
        static const char text[] = "bayplan: out of memory\n";

        if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
                _exit(125);
        _exit(125);
}

static char *new_block(Arena *arena, size_t size)
{
        ArenaBlock *block = calloc(1, sizeof(ArenaBlock) + size);

        if (!block)
                out_of_memory();
        block->previous = arena->block;
        arena->block = block;
        return block->bytes;
}

void *arena_alloc(Arena *arena, size_t size)
{
        if (size > PTRDIFF_MAX - ARENA_BLOCK)
                out_of_memory();
#ifdef BAYPLAN_ARENA_MALLOC
        return new_block(arena, size ? size : 1);
#else
        size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);

        /* A large one gets its own block, and the current one stays in use. */
        if (size > ARENA_BLOCK / 4)
                return new_block(arena, size);

        if (size > (size_t)(arena->end - arena->next)) {
                arena->next = new_block(arena, ARENA_BLOCK);
                arena->end = arena->next + ARENA_BLOCK;
        }

        void *memory = arena->next;

        arena->next += size;
        return memory;
#endif
}

void arena_free(Arena *arena)
{
        for (ArenaBlock *block = arena->block; block;) {
                ArenaBlock *previous = block->previous;

                free(block);
                block = previous;
        }
        *arena = (Arena){ 0 };
}

Str arena_str(Arena *arena, Str s)
{
        char *copy = arena_alloc(arena, s.len + 1);

        if (s.len)
                memcpy(copy, s.data, s.len);
        return (Str){ copy, s.len };
}

const char *arena_c(Arena *arena, Str s)
{
        return arena_str(arena, s).data;
}

Str arena_fmt(Arena *arena, const char *format, ...)
{
        va_list args, again;

        va_start(args, format);
        va_copy(again, args);

        const int length = vsnprintf(NULL, 0, format, args);

        va_end(args);
        if (length < 0)
                out_of_memory();

        char *text = arena_alloc(arena, (size_t)length + 1);

        vsnprintf(text, (size_t)length + 1, format, again);
        va_end(again);
        return (Str){ text, (size_t)length };
}

void *arena_grow(Arena *arena, void *items, size_t count, size_t *capacity, size_t need, size_t size)
{
        if (need <= *capacity)
                return items;

        size_t larger = *capacity ? *capacity * 2 : 8;

        if (larger < need)
                larger = need;
        if (larger > PTRDIFF_MAX / size)
                out_of_memory();

        void *grown = arena_alloc(arena, larger * size);

        if (count)
                memcpy(grown, items, count * size);
        *capacity = larger;
        return grown;
}
