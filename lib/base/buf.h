/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Buf builds text in the arena. It never fails: see arena.h. */

#include "base/arena.h"

typedef struct Buf {
        Arena *arena;
        char *data;
        size_t len;
        size_t capacity;
} Buf;

#define BUF(of_arena) ((Buf){ .arena = (of_arena) })

void buf_add(Buf *buf, Str s);
void buf_fmt(Buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A code point, encoded. */
void buf_utf8(Buf *buf, unsigned code);

static inline void buf_char(Buf *buf, char c)
{
        if (buf->len < buf->capacity)
                buf->data[buf->len++] = c;
        else
                buf_add(buf, (Str){ &c, 1 });
}

/* What has been built; valid until the next addition. */
static inline Str buf_str(const Buf *buf)
{
        return (Str){ buf->data ? buf->data : "", buf->len };
}
