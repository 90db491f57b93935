/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Finds and reads the files: search path, precedence, masks, sub-directories, drop-ins
 * (containers.d(5)). */

#include "input/doc.h"

enum {
        SEARCH_FILE_MAX = 1024 * 1024, /* bytes of one file */
        SEARCH_DEPTH = 16,             /* of sub-directories */
};

typedef VEC(Str) SearchPath;

/* The directories, highest precedence first: $BAYPLAN_PATH if set, else those of the scope. */
SearchPath search_path(const Run *run);

/* Reads every definition below the path, in the order of relative names. Nothing found is no error.
 * A file that cannot be read is reported; a world-writable one is refused in system scope. */
Docs search_read(Run *run, const SearchPath *path);

/* The same for files and directories that the user named. */
Docs search_read_named(Run *run, const Str *names, size_t count);
