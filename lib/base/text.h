/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Text on its way into a unit remembers where it comes from. DOOR_LITERAL: every byte is meant, "%" and "$"
 * are characters (YAML, and whatever Bayplan computes from the user's names). DOOR_SYSTEMD: systemd's
 * specifiers ("%n") and variables ("$X", "${X}") keep their meaning and "%%" and "$$" are the characters
 * (INI values and our own templates). In both, quotes, backslashes, blanks and control bytes are literal:
 * unquoting was done when the value was read. unit/quote.h turns Text into unit file syntax. */

#include "base/arena.h"

typedef enum Door {
        DOOR_LITERAL,
        DOOR_SYSTEMD,
        DOOR_COUNT,
} Door;

typedef struct Text {
        Str str; /* holds no NUL */
        Door door;
        bool plain; /* of template text: it is known to be TEXT_PLAIN, which no context has to quote */
} Text;

/* Bytes that stand for themselves wherever text goes, "%" and "$" aside. */
#define TEXT_PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%$+,-./:=@[]^_{}"
/* Template text. The compiler looks at it. */
#define T(literal) \
        ((Text){ S(literal), DOOR_SYSTEMD, sizeof(literal) > 1 && strspn((literal), TEXT_PLAIN) == sizeof(literal) - 1 })
#define LITERAL(s) ((Text){ (s), DOOR_LITERAL })

/* A copy, part by part: compilers copy all of it at once, and a processor waits when the parts have just been written. */
static inline void text_put(Text *to, Text text)
{
        to->str.data = text.str.data;
        to->str.len = text.str.len;
        to->door = text.door;
        to->plain = text.plain;
}

/* True when only systemd knows the final text: it holds a specifier or a variable. Its form cannot be checked. */
bool text_is_late(Text text);
/* What a text that is not late stands for: "%%" and "$$" are the characters. */
Str text_plain(Arena *arena, Text text);
/* The text for where systemd's specifiers and variables mean something. */
Str text_systemd(Arena *arena, Text text);
