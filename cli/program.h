/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Programs that a command asks something. */

#include "base/vec.h"

typedef VEC(const char *) Argv;

/* Adds a word; s must hold no NUL. */
void argv_add(Arena *arena, Argv *argv, Str s);
/* The vector for execvp(3). */
char *const *argv_end(Arena *arena, Argv *argv);

/* Runs it, found in $PATH unless it is a path, with its standard input from /dev/null, and gives the beginning of what it prints. -errno when it
 * cannot be executed; how it ended does not matter. */
int program_ask(Arena *arena, char *const *argv, Str *ret);
