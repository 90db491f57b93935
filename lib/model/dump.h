/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A Model as a file again: all definitions in one, keys by their canonical names, each value quoted as its format
 * needs. Reading it gives the same Model but for the places. */

#include "model/def.h"

/* What cannot be written, and of which definition. */
typedef struct DumpFault {
        const Def *def;
        Loc at;
        Str key; /* empty: all of it */
        Str why;
} DumpFault;

typedef VEC(DumpFault) DumpFaults;

/* INI. A key that takes one value takes the rest of the line, so it cannot be empty, hold blanks at its ends or
 * control characters. Broken definitions cannot be written at all. False, and all reasons are added to *ret. */
bool dump_ini(Buf *buf, const Model *model, DumpFaults *ret);
/* YAML, which is UTF-8 and has no specifiers and variables. */
bool dump_yaml(Buf *buf, const Model *model, DumpFaults *ret);

/* Adds a reason; without a place, that of the definition. Returns false. */
bool dump_fault(Arena *arena, DumpFaults *faults, const Def *def, Loc at, Str key, Str why);
/* Whether the reader gives the rest of a line back as it is. */
bool dump_fits_line(Str s);
