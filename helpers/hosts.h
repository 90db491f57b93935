/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* hosts(5) with a block of lines that are ours, "ADDRESS NAME", one for each address of a container
 * that runs. The text is changed by a pure function; the file is replaced as a whole, under a lock.
 * Whatever stands outside of the block, and whatever in it is no line of this form, is somebody
 * else's and is kept byte for byte. */

#include <sys/stat.h>

#include "base/vec.h"

typedef VEC(Str) HostsAddresses;

typedef struct HostsChange {
        Str name;                 /* as it stands in the file, "web.containers" */
        HostsAddresses addresses; /* none: its lines go */
        Str domain;               /* what all names of the block end with, "containers" */
        Str boot; /* this boot's ID; lines of another one are dropped. Empty: unknown */
} HostsChange;

typedef struct HostsFile {
        const char *path;      /* where links have led */
        const char *directory; /* of it */
        const char *name;      /* in the directory */
        Str content;
        struct stat st; /* st_ino 0: it does not exist */
} HostsFile;

/* The text with the container's lines, or without them. The lines are sorted by name, and the block
 * stays where it is, is made at the end, or goes with its last line. *ret_elsewhere is the number
 * of a line outside of the block that has the name, 0 for none. */
Str hosts_change(Arena *arena, Str content, const HostsChange *change, unsigned *ret_elsewhere);

/* The file that is locked, made where it is absent. Closing it unlocks. -errno. */
int hosts_lock(const char *path, int *ret_fd);
/* -errno; a file that is not there is empty. */
int hosts_read(Arena *arena, const char *path, HostsFile *ret);
/* By a new file of the same owner, mode and extended attributes that takes its place, or, where
 * none can, such as on a bind mount, in place. -ESTALE when the file is no longer what was read,
 * else -errno; nothing has changed then. */
int hosts_write(Arena *arena, const HostsFile *file, Str content);
