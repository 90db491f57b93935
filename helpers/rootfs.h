/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A directory tree that is a container's root, and that whoever runs there may have filled with links to anywhere.
 * Each path is looked up as the container would: "/" and ".." at the top are the tree's own, and there is no way out
 * (openat2(2), RESOLVE_IN_ROOT). Functions return 0 or -errno. */

#include <sys/types.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct Tree {
        int fd;
        Arena *arena;
} Tree;

int tree_open(Arena *arena, const char *path, Tree *ret);
/* For CLEANUP(). */
void tree_close_p(Tree *tree);
/* Whether there is something at the end of all links. */
bool tree_has(const Tree *tree, const char *path);
/* A directory, unless something is there; its parent is. */
int tree_make_dir(const Tree *tree, const char *path, mode_t mode);
/* An empty file, unless one is there. A link to nothing is followed: what it names is made. */
int tree_make_file(const Tree *tree, const char *path, mode_t mode);
/* A link, unless something of that name is there. */
int tree_make_link(const Tree *tree, const char *path, const char *target);
/* A file, or a link, in the place of whatever was there but a directory. */
int tree_replace_file(const Tree *tree, const char *path, Str content);
int tree_replace_link(const Tree *tree, const char *path, const char *target);
