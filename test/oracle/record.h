/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How a process's arguments and variables are written down, once as they were meant and once as
 * they arrived: each with its length, so that no two lists look alike. */

#include <stdio.h>

static inline void record(FILE *file, const char *kind, const char *text, size_t length)
{
        fprintf(file, "%s %zu:", kind, length);
        fwrite(text, 1, length, file);
        putc('\n', file);
}
