/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Diagnostics are collected, never printed here: a module reports at the place it knows, returns false
 * and its caller goes on with the next item. All wording lives in diags.def, one row a code; the
 * arguments of a report fill the places {0}, {1}, … of the row's text and hint. A hint that names an
 * argument which is empty or was not given is left out, so "did you mean '{2}'?" needs no second row. */

#include "base/arena.h"
#include "base/buf.h"
#include "base/loc.h"
#include "base/vec.h"

typedef enum DiagLevel {
        DIAG_LEVEL_NONE,
        DIAG_LEVEL_NOTE,
        DIAG_LEVEL_WARNING,
        DIAG_LEVEL_ERROR,
} DiagLevel;

typedef enum DiagCode {
        DIAG_NONE,
#define DIAG(code, level, slug, text, hint, explanation) DIAG_##code,
#include "base/diags.def"
#undef DIAG
        DIAG_COUNT,
} DiagCode;

typedef struct DiagInfo {
        DiagLevel level;
        Str slug;        /* the stable name shown in brackets and taken by `bayplan explain` */
        Str text;        /* template, one line */
        Str hint;        /* template, may be empty */
        Str explanation; /* one paragraph, shown by `bayplan explain` and the manual */
} DiagInfo;

typedef struct Diag {
        DiagCode code;
        DiagLevel level;
        Loc at;
        Str text;
        Str hint;
        Loc also;      /* a second place, such as the first definition; source NULL when there is none */
        Str also_text; /* what stands there */
        const void *subject; /* of diags->subject */
        const void *other;   /* whom it is about as well; NULL: nobody */
} Diag;

typedef struct Diags {
        Arena *arena;
        VEC(Diag) all; /* in the order of reporting; diags_sort() puts them by place */
        unsigned errors;
        unsigned warnings;
        const void *subject; /* whom reports are about from now on, such as a definition; NULL: nobody */
        const void *other;    /* whom else, such as the definition that stands at `also` */
        const Source *source; /* of the last report */
        unsigned of_source[DIAG_LEVEL_ERROR + 1]; /* reports about it in a row, by level */
        Diag dropped;
} Diags;

enum {
        DIAGS_OF_SOURCE = 100, /* errors, and warnings, about one file in a row that are kept; then one says that more follow */
        DIAG_ARGUMENT = 256,   /* bytes of an argument that are shown: a message has one line */
};

const DiagInfo *diag_info(DiagCode code);
/* The code of that slug, or DIAG_NONE. */
DiagCode diag_by_slug(Str slug);

/* Reports, and returns false so that it can be returned. The result of diag_add() may be given an
 * `also`; it is valid until the next report. */
bool diag_report(Diags *diags, DiagCode code, Loc at, const Str *args, size_t count);
Diag *diag_add(Diags *diags, DiagCode code, Loc at, const Str *args, size_t count);
bool diag_report_also(Diags *diags, DiagCode code, Loc at, Loc also, Str also_text, const Str *args, size_t count);

/* diag(diags, DIAG_UNKNOWN_KEY, at, key, section): the arguments are Str, at least one. */
#define diag(diags, code, at, ...)                                                                 \
        diag_report((diags), (code), (at), (const Str[]){ __VA_ARGS__ },                           \
                    ELEMENTS(((const Str[]){ __VA_ARGS__ })))
#define diag_also(diags, code, at, also, also_text, ...)                                           \
        diag_report_also((diags), (code), (at), (also), (also_text), (const Str[]){ __VA_ARGS__ }, \
                         ELEMENTS(((const Str[]){ __VA_ARGS__ })))

/* True when further reports of that level about this file are dropped, and that there are more has been said: then looking for
 * what to suggest is a waste of boot time. */
bool diags_full(const Diags *diags, DiagLevel level, const Source *source);

/* By place; reports of one place stay in order. */
void diags_sort(Diags *diags);

/* "error", "warning", "note". */
Str diag_level_name(DiagLevel level);

/* PATH:LINE:COL: error: TEXT (HINT) [SLUG], one line without its end, control bytes made visible. */
void diag_format_line(Buf *buf, const Diag *d);
/* The line, the source line, the caret and the hint, as a block of lines. */
void diag_format_block(Buf *buf, const Diag *d, bool colour);
/* One JSON object on one line: code, level, file, line, column, length, text, hint, also. */
void diag_format_json(Buf *buf, const Diag *d);
