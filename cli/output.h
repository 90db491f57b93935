/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Where a command's text goes. It is gathered whole and written at the end: plain into a pipe or
 * file, in colour and through a pager on a terminal, as systemctl does. */

#include "base/run.h"

typedef enum When {
        WHEN_AUTO, /* on a terminal */
        WHEN_ALWAYS,
        WHEN_NEVER,
        WHEN_COUNT,
} When;

/* What a piece of text is, where colours tell. */
typedef enum Style {
        STYLE_PLAIN,
        STYLE_PATH,    /* the path above a unit, the title of a page */
        STYLE_HEADING, /* a section, a table's header */
        STYLE_KEY,
        STYLE_COMMENT,
        STYLE_GOOD,
        STYLE_BAD,
        STYLE_COUNT,
} Style;

typedef struct Output {
        Buf text;
        When when;
        bool terminal; /* standard output is one */
        bool colour;
        bool pager; /* the command wants one */
        unsigned columns;
} Output;

/* auto, always, never. False for another word. */
bool output_set_colour(Output *out, Str word);
/* Once the command line is known. */
void output_start(Output *out, Run *run);
/* Writes all. 0, or the -errno of the write; a reader that went away is none. */
int output_finish(Output *out, Run *run);

/* Adds text in that style. Text that is not ours goes through escape_visible() first. */
void output_styled(Output *out, Style style, Str text);
/* Adds a paragraph and its line end: words wrapped at `width` code points, further lines indented.
 * The cursor is at column `at`. */
void output_wrap(Buf *buf, unsigned at, unsigned indent, unsigned width, Str text);
