/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/vec.h"
#include "test.h"

/* Whether all of it is zero; then it is filled. */
static bool take(char *memory, size_t size)
{
        for (size_t i = 0; i < size; i++)
                if (memory[i])
                        return false;
        if (size)
                memset(memory, 0xff, size);
        return (uintptr_t)memory % ARENA_ALIGN == 0;
}

/* Of all sizes, each beside the others: blocks end, and large ones are mapped. */
static void sizes(void)
{
        static const size_t rows[] = { 0,      1,       15,      16,       17,   4096,     100000,  40000, 131072,
                                       0x1fff, 2097152, 2097153, 30000000, 1000, 40000000, 5000000, 0,     64 };
        Arena arena = { 0 };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                CHECK(take(arena_alloc(&arena, rows[i]), rows[i]), "%zu", rows[i]);
        arena_free(&arena);
        CHECK(!arena.block && take(arena_alloc(&arena, 0), 0) && take(arena_alloc(&arena, 100), 100));
        arena_free(&arena);
}

/* What is taken again is as new. */
static void reset(void)
{
        static const size_t rows[] = { 1, 100000, 5, 200000, 3000000, 7 };
        Arena arena = { 0 };

        arena_reset(&arena);
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                CHECK(take(arena_alloc(&arena, rows[i]), rows[i]), "%zu", rows[i]);
                CHECK(take(arena_alloc(&arena, 40), 40), "%zu", rows[i]);
                arena_reset(&arena);
        }
        arena_free(&arena);
}

/* A vector keeps its items when it grows, alone or beside another one, over the ends of pages and blocks. */
static void vectors(void)
{
        enum { COUNT = 1000000 };
        Arena arena = { 0 };
        VEC(unsigned) alone = { 0 };
        VEC(unsigned) both[2] = { 0 };
        unsigned wrong = 0;

        for (unsigned i = 0; i < COUNT; i++)
                VEC_ADD(&arena, &alone, i);
        for (unsigned i = 0; i < COUNT; i++) {
                VEC_ADD(&arena, &both[0], i);
                VEC_ADD(&arena, &both[1], i);
        }
        for (unsigned i = 0; i < COUNT; i++)
                wrong += alone.items[i] != i || both[0].items[i] != i || both[1].items[i] != i;
        CHECK(!wrong, "%u", wrong);
        arena_free(&arena);
}

TEST_MAIN(TEST(sizes), TEST(reset), TEST(vectors))
