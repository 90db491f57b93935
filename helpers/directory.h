/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A directory of the host that is a volume: made when it is absent, with its owner and permissions
 * from the first moment on, and left as it is when it is there. */

#include "base/arena.h"

typedef struct DirectoryOptions {
        const char *path;  /* absolute */
        const char *owner; /* UID[:GID], or names; NULL: ours */
        const char *mode;  /* octal; NULL: 0755 */
} DirectoryOptions;

/* Makes it, and its parents, with 0755, as mkdir -p does. Says what fails. Exit status. */
int directory_provide(Arena *arena, const DirectoryOptions *options);
