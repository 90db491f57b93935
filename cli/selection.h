/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a command works on: the definitions of the search path or of --file=, and of these the ones
 * whose names are asked for. */

#include "cli/command.h"

typedef struct Selection {
        Pipeline pipeline;
        bool *used; /* for each argument: something has that name */
} Selection;

/* Reads the definitions and runs the pipeline. */
Selection selection_read(Cli *cli);
/* Whether the definition or its unit is asked for: no argument asks for all. One of the names may
 * be empty. */
bool selection_has(Selection *selection, const Cli *cli, Str definition, Str unit);
/* Complains of arguments that are nobody's name, and of definitions with errors, on standard error.
 * Gives the exit status. */
int selection_finish(const Selection *selection, Cli *cli);

/* "1 error", "12 definitions". */
Str selection_count(const Cli *cli, size_t count, const char *noun);
/* "nothing is defined in /etc/containers.d, …": where was looked. */
Str selection_nothing(const Cli *cli);
