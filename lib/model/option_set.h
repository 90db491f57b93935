/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A set of keys, a bit each: to go through the twenty that a definition has, not through all of the table. */

#include "model/option.h"

enum {
        OPTION_SET_WORD = 64,
};

typedef struct OptionSet {
        uint64_t words[OPTION_COUNT / OPTION_SET_WORD + 1];
} OptionSet;

static inline void option_set_add(OptionSet *set, OptionId id)
{
        set->words[id / OPTION_SET_WORD] |= (uint64_t)1 << id % OPTION_SET_WORD;
}

/* Those that the other set has not. */
static inline OptionSet option_set_without(const OptionSet *set, const OptionSet *other)
{
        OptionSet rest;

        for (size_t i = 0; i < ELEMENTS(rest.words); i++)
                rest.words[i] = set->words[i] & ~other->words[i];
        return rest;
}

/* All keys with OPTION_ALWAYS. */
void option_set_add_always(OptionSet *set);

/* The first member behind that key, OPTION_NONE for the first of all; OPTION_COUNT when there is none. */
static inline OptionId option_set_next(const OptionSet *set, OptionId after)
{
        unsigned word = (after + 1) / OPTION_SET_WORD;
        uint64_t bits = set->words[word] >> (after + 1) % OPTION_SET_WORD << (after + 1) % OPTION_SET_WORD;

        while (!bits && ++word < ELEMENTS(set->words))
                bits = set->words[word];
        return bits ? (OptionId)(word * OPTION_SET_WORD + (unsigned)__builtin_ctzll(bits)) : OPTION_COUNT;
}

/* In the order of the table. */
#define OPTION_SET_EACH(id, set)                                                                   \
        for (OptionId id = option_set_next((set), OPTION_NONE); id < OPTION_COUNT; id = option_set_next((set), id))
