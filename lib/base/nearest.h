/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* "Did you mean": the nearest of several names by edits (insert, delete, replace, swap), letter case aside. */

#include "base/str.h"

typedef struct Nearest {
        Str wanted;
        Str best; /* empty: nothing near enough */
        unsigned distance;
} Nearest;

Nearest nearest_start(Str wanted);
void nearest_offer(Nearest *nearest, Str candidate);

/* The nearest of an array; empty when none is near. Dear: to be called only when something is wrong. */
Str nearest_of(Str wanted, const Str *names, size_t count);
