/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Words and quotes as in systemd.syntax(7) and systemd.service(5), "Command lines": words end at white
 * space; '…' and "…" hold it; a backslash starts a C escape, in quotes and out of them. Unlike systemd we
 * refuse what it would pass on with a warning: an unknown escape, an open quote. */

#include "base/arena.h"

typedef enum WordsError {
        WORDS_OK,
        WORDS_OPEN_QUOTE,
        WORDS_BAD_ESCAPE,
} WordsError;

typedef struct Word {
        Str text;  /* unquoted */
        size_t at; /* where it began in the text, in bytes */
        size_t len;
        bool quoted;
} Word;

/* How Podman reads words, which differs. */
typedef enum WordsRule {
        WORDS_PLAIN = 1 << 0,       /* a backslash is a character */
        WORDS_OPEN = 1 << 1,        /* a quote may stay open, and a backslash stand at the end */
        WORDS_CODE_POINTS = 1 << 2, /* \xHH and \OOO are characters, not bytes */
} WordsRule;

/* Takes the next word from *pos on. False at the end, or on an error, which *ret_error tells; then
 * ret->at and ret->len say where it is. */
bool words_next_by(Arena *arena, Str text, unsigned rules, size_t *pos, Word *ret, WordsError *ret_error);

/* Characters that stand for themselves in a word. */
extern const CharSet words_plain;

static inline bool words_next(Arena *arena, Str text, size_t *pos, Word *ret, WordsError *ret_error)
{
        return words_next_by(arena, text, 0, pos, ret, ret_error);
}
