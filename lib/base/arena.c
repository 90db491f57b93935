/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
        ARENA_SMALL = 192 * 1024,     /* the first block: many runs need no more */
        ARENA_HUGE = 2 * 1024 * 1024, /* a huge page, on most machines */
        ARENA_LARGE = 16 * ARENA_HUGE,
};

struct ArenaBlock {
        ArenaBlock *previous;
        void *mapping; /* that it is in */
        size_t length; /* of the mapping */
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
        block->previous = arena->block;
        arena->block = block;
        return block->bytes;
}

#ifdef BAYPLAN_ARENA_MALLOC
void *arena_more(Arena *arena, size_t size)
{
        ArenaBlock *block = size < PTRDIFF_MAX - sizeof(ArenaBlock) ? calloc(1, sizeof(ArenaBlock) + (size ? size : 1)) : NULL;

        if (!block)
                out_of_memory();
        return add_block(arena, block);
}

static void free_block(ArenaBlock *block)
{
        free(block);
}

void arena_reset(Arena *arena)
{
        arena_free(arena);
}
#else
static void *map(size_t length)
{
        void *mapping = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return mapping != MAP_FAILED ? mapping : NULL;
}

static bool add_small(Arena *arena, size_t length)
{
        ArenaBlock *block = map(length);

        if (!block)
                return false;
        block->mapping = block;
        block->length = length;
        arena->next = add_block(arena, block);
        arena->end = arena->limit = (char *)block + length;
        return true;
}

/* On huge pages where the kernel has them: the faults of small ones would take longer than all the parsing. What is not used
 * of it costs nothing. */
static bool add_large(Arena *arena, size_t length)
{
        char *mapping = map(length);

        if (!mapping)
                return false;
        madvise(mapping, length, MADV_HUGEPAGE);

        ArenaBlock *block = (void *)(mapping + (-(uintptr_t)mapping & (ARENA_HUGE - 1)));

        block->mapping = mapping;
        block->length = length;
        arena->next = add_block(arena, block);
        arena->end = (char *)block + ARENA_HUGE;
        arena->limit = mapping + length;
        return true;
}

/* Where there is no room for a large block there may be some for a small one. */
static void add_room(Arena *arena, size_t size)
{
        const size_t need = size + sizeof(ArenaBlock);
        const size_t small = need > ARENA_SMALL ? need : ARENA_SMALL;
        const size_t large = need + ARENA_HUGE > ARENA_LARGE ? need + ARENA_HUGE : ARENA_LARGE;
        const bool begins = !arena->block && small == ARENA_SMALL;

        if ((begins || !add_large(arena, large)) && !add_small(arena, small))
                out_of_memory();
}

/* Each huge page is written to before anybody reads of it: a read would map a page of zeroes, to be replaced. */
static void next_page(Arena *arena)
{
        *arena->end = 0;
        arena->end = (size_t)(arena->limit - arena->end) > ARENA_HUGE ? arena->end + ARENA_HUGE : arena->limit;
}

void *arena_more(Arena *arena, size_t size)
{
        if (size > PTRDIFF_MAX - ARENA_LARGE)
                out_of_memory();
        size = arena_aligned(size);
        if (!arena->block || size > (size_t)(arena->limit - arena->next))
                add_room(arena, size);
        while (size > (size_t)(arena->end - arena->next))
                next_page(arena);

        char *memory = arena->next;

        arena->next += size;
        return memory;
}

static void free_block(ArenaBlock *block)
{
        munmap(block->mapping, block->length);
}

void arena_reset(Arena *arena)
{
        ArenaBlock *only = arena->block;

        if (!only || only->previous || only->length != ARENA_SMALL) {
                arena_free(arena);
                return;
        }
        memset(only->bytes, 0, (size_t)(arena->next - only->bytes));
        arena->next = only->bytes;
}
#endif

void arena_free(Arena *arena)
{
        for (ArenaBlock *block = arena->block; block;) {
                ArenaBlock *previous = block->previous;

                free_block(block);
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

        size_t larger = *capacity * 2, bytes;

        if (larger < need)
                larger = need;
        if (__builtin_mul_overflow(larger, size, &bytes) || bytes > PTRDIFF_MAX)
                out_of_memory();
#ifndef BAYPLAN_ARENA_MALLOC
        /* What was allocated last grows where it is. */
        if (items && (char *)items + arena_aligned(*capacity * size) == arena->next &&
            bytes <= (size_t)(arena->end - (char *)items)) {
                arena->next = (char *)items + arena_aligned(bytes);
                *capacity = larger;
                return items;
        }
#endif

        void *grown = arena_alloc(arena, bytes);

        if (count)
                memcpy(grown, items, count * size);
        *capacity = larger;
        return grown;
}
