/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A Run is what a pass through the pipeline is given: memory, diagnostics, for whom, and the environment.
 * It is passed down; there are no globals. */

#include "base/diag.h"

typedef enum Scope {
        SCOPE_SYSTEM, /* the system manager */
        SCOPE_USER,   /* a user's manager */
        SCOPE_COUNT,
} Scope;

typedef struct Run {
        Arena *arena;
        Diags *diags;
        Scope scope;
        unsigned uid;
        char **environ; /* as of main(), NULL-terminated */
} Run;

/* The variable's value; empty when it is unset. */
Str run_env(const Run *run, const char *name);
