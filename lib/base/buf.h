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

/* Makes room for more bytes. */
void buf_reserve(Buf *buf, size_t more);
void buf_fmt(Buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A code point, encoded. */
void buf_utf8(Buf *buf, unsigned code);

static inline void buf_add(Buf *buf, Str s)
{
        if (!s.len)
                return;
        if (s.len > buf->capacity - buf->len)
                buf_reserve(buf, s.len);
        memcpy(buf->data + buf->len, s.data, s.len);
        buf->len += s.len;
}

static inline void buf_char(Buf *buf, char c)
{
        if (buf->len == buf->capacity)
                buf_reserve(buf, 1);
        buf->data[buf->len++] = c;
}

/* What has been built; valid until the next addition. */
static inline Str buf_str(const Buf *buf)
{
        return (Str){ buf->data ? buf->data : "", buf->len };
}
