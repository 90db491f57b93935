/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The lines of an INI file as systemd.syntax(7) has them: those that end in a backslash are joined
 * with the next one, comments and empty lines are left out. A joined line knows where each of its
 * pieces stands.
 *
 * Podman reads Quadlet files by other rules: each line is taken without white space at both ends, the next one is
 * joined without a blank, any backslash at the end does so, and empty lines do not end that. */

#include "input/doc.h"

/* What is wrong with a line. */
typedef struct LineFault {
        DiagCode code; /* DIAG_NONE: nothing */
        Loc at;
        Str what; /* for the message */
} LineFault;

typedef struct Lines {
        Arena *arena;
        const Source *source;
        Str rest;        /* not taken yet */
        unsigned number; /* of the last physical line that was taken */
        bool podman;     /* a Quadlet file */
        Buf skipped;     /* its comments and empty lines above the current line */

        /* The current line. */
        Str whole;           /* with white space at both ends */
        Str text;            /* without it */
        unsigned col;        /* where it begins, if it has no pieces */
        VEC(Segment) pieces; /* of `whole`; none: it is one physical line */
        Buf joined;
        LineFault fault;
} Lines;

/* Where the first byte of a line stands that no text file has: DIAG_NUL_BYTE, DIAG_UTF8 or
 * DIAG_CONTROL_CHARACTER. DIAG_NONE: nowhere. */
DiagCode line_check(Str line, size_t *ret_at);
/* "U+000C" for the message. */
Str line_character(Arena *arena, Str line, size_t at);

Lines lines_start(Arena *arena, const Source *source);
/* Takes the next line. False at the end. A line with a fault has its text all the same; a comment
 * is seen only when it has a fault, and its text is empty. What is said of the current line is valid
 * until the next call. */
bool lines_next(Lines *lines);
/* The place of a part of lines->whole; the second one finds it in any text. */
Loc lines_find(const Lines *lines, Str part);
static inline Loc lines_loc(const Lines *lines, Str part)
{
        if (lines->pieces.count || !lines->source->plain)
                return lines_find(lines, part);
        return (Loc){ .source = lines->source,
                      .line = lines->number,
                      .col = lines->col + (size_t)(part.data - lines->whole.data),
                      .len = part.len };
}
