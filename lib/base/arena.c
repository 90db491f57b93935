/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
        ARENA_BLOCK = 256 * 1024,     /* the first */
        ARENA_HUGE = 2 * 1024 * 1024, /* a huge page, on most machines */
        ARENA_MAPPING = 16 * ARENA_HUGE,

        FIRST = 64, /* bytes of a vector that begins */
};

struct ArenaBlock {
        ArenaBlock *previous;
        void *mapping; /* to be unmapped; NULL: to be freed */
        alignas(max_align_t) char bytes[];
};

static _Noreturn void out_of_memory(void)
{
        static const char text[] = "bayplan: out of memory\n";

        if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
                _exit(125);
        _exit(125);
}

static char *add_block(Arena *arena, ArenaBlock *block)
{
        if (!block)
                out_of_memory();
        block->previous = arena->block;
        arena->block = block;
        return block->bytes;
}

static char *new_block(Arena *arena, size_t size)
{
        return add_block(arena, calloc(1, sizeof(ArenaBlock) + size));
}

#ifndef BAYPLAN_ARENA_MALLOC
/* Large, on huge pages where the kernel has them: the faults of small ones would take longer than all the parsing.
 * What is not used of it costs nothing. NULL when there is no room. */
static ArenaBlock *map_block(void)
{
        char *mapping = mmap(NULL, ARENA_MAPPING, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (mapping == MAP_FAILED)
                return NULL;
        madvise(mapping, ARENA_MAPPING, MADV_HUGEPAGE);

        ArenaBlock *block = (void *)(mapping + (-(uintptr_t)mapping & (ARENA_HUGE - 1)));

        block->mapping = mapping;
        return block;
}

/* A small block first: many runs need no more. */
static void next_block(Arena *arena)
{
        ArenaBlock *block = arena->limit ? map_block() : NULL;

        if (block) {
                arena->next = add_block(arena, block);
                arena->end = (char *)block + ARENA_HUGE;
                arena->limit = (char *)block->mapping + ARENA_MAPPING;
        } else {
                arena->next = new_block(arena, ARENA_BLOCK);
                arena->end = arena->limit = arena->next + ARENA_BLOCK;
        }
}

/* Each huge page is written to before anybody reads of it: a read would map a page of zeroes, to be replaced. */
static void next_page(Arena *arena)
{
        *arena->end = 0;
        arena->end = (size_t)(arena->limit - arena->end) > ARENA_HUGE ? arena->end + ARENA_HUGE : arena->limit;
}
#endif

void *arena_more(Arena *arena, size_t size)
{
        if (size > PTRDIFF_MAX - ARENA_HUGE)
                out_of_memory();
#ifdef BAYPLAN_ARENA_MALLOC
        return new_block(arena, size ? size : 1);
#else
        /* What has no room in a block gets its own, and the current one stays in use. */
        if (size > (size_t)(arena->limit - arena->next)) {
                if (size > ARENA_BLOCK / 4)
                        return new_block(arena, size);
                next_block(arena);
        }
        while (size > (size_t)(arena->end - arena->next))
                next_page(arena);

        char *memory = arena->next;

        arena->next += arena_aligned(size);
        return memory;
#endif
}

static void free_block(ArenaBlock *block)
{
        if (block->mapping)
                munmap(block->mapping, ARENA_MAPPING);
        else
                free(block);
}

void arena_free(Arena *arena)
{
        for (ArenaBlock *block = arena->block; block;) {
                ArenaBlock *previous = block->previous;

                free_block(block);
                block = previous;
        }
        *arena = (Arena){ 0 };
}

void arena_reset(Arena *arena)
{
#ifdef BAYPLAN_ARENA_MALLOC
        arena_free(arena);
#else
        ArenaBlock *first = arena->block;

        /* Usually there is but one; more may hold a large allocation. */
        if (!first || first->previous || first->mapping || arena->limit != first->bytes + ARENA_BLOCK) {
                arena_free(arena);
                return;
        }
        memset(first->bytes, 0, (size_t)(arena->next - first->bytes));
        arena->next = first->bytes;
#endif
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

Str arena_concat(Arena *arena, const Str *parts, size_t count)
{
        size_t len = 0;

        for (size_t i = 0; i < count; i++)
                len += parts[i].len;

        char *text = arena_alloc(arena, len + 1), *to = text;

        for (size_t i = 0; i < count; i++)
                if (parts[i].len)
                        to = mempcpy(to, parts[i].data, parts[i].len);
        return (Str){ text, len };
}

Str arena_number(Arena *arena, uint64_t number)
{
        char digits[20]; /* of 2^64 - 1 */
        size_t at = sizeof(digits);

        do
                digits[--at] = (char)('0' + number % 10);
        while (number /= 10);
        return arena_str(arena, (Str){ digits + at, sizeof(digits) - at });
}

Str arena_fmt(Arena *arena, const char *format, ...)
{
        va_list args, again;

        char small[256];

        va_start(args, format);
        va_copy(again, args);

        const int length = vsnprintf(small, sizeof(small), format, args);

        va_end(args);
        if (length < 0)
                out_of_memory();

        char *text = arena_alloc(arena, (size_t)length + 1);

        if ((size_t)length < sizeof(small))
                memcpy(text, small, (size_t)length);
        else
                vsnprintf(text, (size_t)length + 1, format, again);
        va_end(again);
        return (Str){ text, (size_t)length };
}

void *arena_grow(Arena *arena, void *items, size_t count, size_t *capacity, size_t need, size_t size)
{
        if (need <= *capacity)
                return items;

        /* Most vectors stay short. */
        size_t larger = *capacity ? *capacity * 2 : FIRST / size;

        if (larger < need)
                larger = need;
        if (larger > PTRDIFF_MAX / size)
                out_of_memory();
#ifndef BAYPLAN_ARENA_MALLOC
        /* What was allocated last grows where it is. */
        if (items && (char *)items + arena_aligned(*capacity * size) == arena->next &&
            larger * size <= (size_t)(arena->end - (char *)items)) {
                arena->next = (char *)items + arena_aligned(larger * size);
                *capacity = larger;
                return items;
        }
#endif

        void *grown = arena_alloc(arena, larger * size);

        if (count)
                memcpy(grown, items, count * size);
        *capacity = larger;
        return grown;
}
