/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* To be preloaded: the $FAIL_AT-th allocation, and all after it, give NULL. Says so on standard error. */

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static bool fails(void)
{
        static const char text[] = "failing_malloc\n";
        static long left = -1;

        if (left < 0) {
                const char *at = getenv("FAIL_AT");

                left = at ? atol(at) : 0;
        }
        if (!left || --left)
                return false;
        left = 1;
        return write(STDERR_FILENO, text, sizeof(text) - 1) > 0;
}

void *malloc(size_t size)
{
        return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
        return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
        return fails() ? NULL : __libc_realloc(memory, size);
}
