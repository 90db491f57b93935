/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Source is one file as it was read; Loc is a place in it. Every node, value and diagnostic carries a
 * Loc until the end, so that a message can name the place and show the line. */

#include "base/str.h"

typedef enum Format {
        FORMAT_NONE,
        FORMAT_INI,
        FORMAT_YAML,
        FORMAT_QUADLET,
        FORMAT_COUNT,
} Format;

typedef struct Source {
        Str path; /* as it is shown; absolute unless the user named it otherwise */
        Str text; /* the bytes; empty when the file could not be read */
        Format format;
        bool plain; /* the text is known to be printable ASCII, tabs and ends of lines: a byte is a column */
} Source;

typedef struct Loc {
        const Source *source; /* NULL: nowhere */
        unsigned line;        /* from 1; 0: the file as a whole */
        unsigned col;         /* in code points, from 1; 0: the line as a whole */
        unsigned len;         /* in code points; 0: only the point */
} Loc;

/* How many columns a text takes; cheap for a part of a plain source. */
unsigned loc_columns(const Source *source, Str text);
/* The place offset bytes into text, which stands at `at`, and len bytes long. */
Loc loc_inside(Loc at, Str text, size_t offset, size_t len);
/* The bytes of a line of the source without its end; empty when there is no such line. */
Str loc_line(const Source *source, unsigned line);
/* The order of places: by path, line, column. */
int loc_compare(Loc a, Loc b);
