/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How a container that runs is entered: the command line of its engine. bayplan becomes that program, so its exit
 * status, its signals and its terminal are nobody else's business. */

#include "cli/program.h"
#include "cli/selection.h"

typedef struct Enter {
        Cli *cli;
        const Fleet *fleet;
        const Object *object;
        Str unit;         /* the object's, or an instance of its template */
        bool login;       /* a shell that reads /etc/profile */
        bool terminal;    /* it gets one of its own */
        const Str *words; /* the command; none: a shell */
        size_t count;
} Enter;

/* The command line that enters the container. False, and said, when there is none. */
bool enter_oci(const Enter *enter, Argv *ret);

bool enter_nspawn(const Enter *enter, Argv *ret);

/* Adds the command, or what finds a shell. */
void enter_add_command(const Enter *enter, Argv *argv);
