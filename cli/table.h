/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A table on a terminal: columns as wide as their longest cell, the widest of them cut where the
 * terminal is narrower. Into a pipe nothing is ever cut. */

#include "base/vec.h"
#include "cli/output.h"

typedef struct Cell {
        Str text;
        Style style;
} Cell;

typedef struct Column {
        Str title;
        unsigned least; /* columns that it is never cut below; 0: it is not cut */
        bool keep_end;  /* cut at its beginning */
} Column;

typedef struct Table {
        const Column *columns;
        size_t width; /* of columns and of each row's cells */
        VEC(const Cell *) rows;
} Table;

void table_add(Output *out, const Table *table, bool header);
