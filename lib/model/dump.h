/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A Model as a file again: all definitions in one, keys by their canonical names, each value quoted as its format
 * needs. Reading it gives the same Model but for the places. */

#include "model/def.h"

/* What cannot be written, and of which definition. */
typedef struct DumpFault {
        const Def *def;
        Str key;
        Str why;
} DumpFault;

/* INI. A key that takes one value takes the rest of the line, so it cannot be empty, hold blanks at its ends or
 * control characters. Broken definitions cannot be written at all. False, and *ret tells why. */
bool dump_ini(Buf *buf, const Model *model, DumpFault *ret);
/* YAML, which is UTF-8 and has no specifiers and variables. */
bool dump_yaml(Buf *buf, const Model *model, DumpFault *ret);
