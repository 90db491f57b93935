/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The texts that the oracle is asked about: made of what unit files are sensitive to, the same for
 * a seed on every machine. */

#include <stdint.h>

#include "base/arena.h"

typedef struct Random {
        uint64_t state; /* the seed */
} Random;

typedef enum RandomKind {
        RANDOM_BYTES, /* any byte but NUL */
        RANDOM_UTF8,  /* what systemd takes for UTF-8, with control characters */
        RANDOM_LINE,  /* the same without control characters but tab */
} RandomKind;

uint64_t random_next(Random *random);
/* 0 … limit - 1. */
unsigned random_below(Random *random, unsigned limit);
/* A text of up to a dozen pieces, often none or one. Ends in NUL, which .len does not count. */
Str random_text(Random *random, Arena *arena, RandomKind kind);
