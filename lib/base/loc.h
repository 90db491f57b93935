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
        bool fixed; /* the text is known to hold no "%" and no "$" */
} Source;

/* In 16 bytes, since every node and value has one or two: files are at most 1 MiB (SEARCH_FILE_MAX). */
typedef struct Loc {
        const Source *source; /* NULL: nowhere */
        uint64_t line : 22;   /* from 1; 0: the file as a whole */
        uint64_t col : 21;    /* in code points, from 1; 0: the line as a whole */
        uint64_t len : 21;    /* in code points; 0: only the point */
} Loc;

/* Whether a text stands in the source, and was not made of what stands there: unquoted, joined. */
static inline bool source_holds(const Source *source, Str text)
{
        return (uintptr_t)text.data >= (uintptr_t)source->text.data &&
               (uintptr_t)text.data - (uintptr_t)source->text.data + text.len <= source->text.len;
}

/* How many columns a text takes that is no part of a plain source. */
unsigned loc_count(Str text);
/* How many columns a text takes. */
static inline unsigned loc_columns(const Source *source, Str text)
{
        return source && source->plain && source_holds(source, text) ? (unsigned)text.len : loc_count(text);
}

/* The place offset bytes into text, which stands at `at`, and len bytes long. */
static inline Loc loc_inside(Loc at, Str text, size_t offset, size_t len)
{
        if (!at.col)
                return at;
        at.col += loc_columns(at.source, str_first(text, offset));
        at.len = loc_columns(at.source, str_first(str_skip(text, offset), len));
        return at;
}

/* The bytes of a line of the source without its end; empty when there is no such line. */
Str loc_line(const Source *source, unsigned line);
/* The order of places: by path, line, column. */
int loc_compare(Loc a, Loc b);
