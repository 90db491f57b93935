/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Command lines of helpers: a table of options says what each is called, what it sets and what
 * --help says of it. Values are checked here, so a program meets only good ones. Options end at the
 * first other word. */

#include <stdint.h>

#include "base/vec.h"

typedef VEC(const char *) Words;

typedef enum ArgKind {
        ARG_NONE,
        ARG_FLAG,     /* bool; it takes no value */
        ARG_TEXT,     /* const char *; not empty */
        ARG_LIST,     /* Words; the option may be repeated */
        ARG_UNSIGNED, /* unsigned */
        ARG_DURATION, /* uint64_t, in microseconds; num_duration() */
        ARG_CHOICE,   /* unsigned: the index in .choices */
        ARG_KIND_COUNT,
} ArgKind;

typedef struct Arg {
        const char *name;  /* without the dashes */
        const char *value; /* what --help calls its value; NULL for ARG_FLAG */
        const char *help;  /* lines of at most 50 characters */
        ArgKind kind;
        size_t offset;              /* of the field it sets, in the program's structure */
        const char *const *choices; /* ends in NULL */
} Arg;

typedef struct ArgsProgram {
        const char *synopsis; /* what follows the name */
        const char *about;    /* what it does, in one or more lines */
        const char *notes;    /* what stands after the options; may be NULL */
        const Arg *args;
        size_t count;
        unsigned min_words; /* how many other words it takes */
        unsigned max_words;
} ArgsProgram;

/* Reads argv into *target, which holds the defaults, and gives the words after the options, ending
 * in NULL. Returns -1 to go on, else the exit status: 0 after --help or --version, 125 after saying
 * what is wrong. */
int args_read(Arena *arena, const ArgsProgram *program, int argc, char **argv, void *target,
              Words *ret_words);
