/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One check for each context of quote.h: random texts are quoted into a unit, which systemd's
 * loader loads, and compared with what it made of them. A pass may carry a fault, put in behind
 * quote.c's back, which the check is to notice. */

#include "loader.h"
#include "random.h"
#include "unit/quote.h"

/* A fault put into quoted text: from becomes to; without a from the outer quotes go. */
typedef struct Fault {
        const char *name;
        Str from;
        Str to;
} Fault;

typedef struct Pass {
        Arena *arena; /* for one unit */
        Loader *loader;
        Random random;
        int dir_fd;
        unsigned units;
        const Fault *fault; /* NULL: none, mismatches are told */
} Pass;

/* Writes, loads and compares one unit with count random texts. False when one differs, which is
 * told unless a fault is in place. */
typedef bool (*Check)(Pass *pass, unsigned count);

bool check_commands(Pass *pass, unsigned count);
bool check_environment(Pass *pass, unsigned count);
/* RequiresMountsFor=. */
bool check_paths(Pass *pass, unsigned count);
/* Description=. */
bool check_values(Pass *pass, unsigned count);
/* After=. */
bool check_units(Pass *pass, unsigned count);
/* Behind DOOR_SYSTEMD; count means nothing. */
bool check_templates(Pass *pass, unsigned count);
