/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

void buf_reserve(Buf *buf, size_t more)
{
        const size_t need = buf->len + more > ARENA_FIRST ? buf->len + more : ARENA_FIRST;

        buf->data = arena_grow(buf->arena, buf->data, buf->len, &buf->capacity, need, 1);
}

void buf_fmt(Buf *buf, const char *format, ...)
{
        va_list args, again;

        const size_t room = buf->capacity - buf->len;

        va_start(args, format);
        va_copy(again, args);

        const int length = vsnprintf(room ? buf->data + buf->len : NULL, room, format, args);

        va_end(args);
        if (length > 0 && (size_t)length >= room) {
                buf_reserve(buf, (size_t)length + 1);
                vsnprintf(buf->data + buf->len, (size_t)length + 1, format, again);
        }
        if (length > 0)
                buf->len += (size_t)length;
        va_end(again);
}

void buf_utf8(Buf *buf, unsigned code)
{
        if (code < 0x80) {
                buf_char(buf, (char)code);
        } else if (code < 0x800) {
                buf_char(buf, (char)(0xc0 | code >> 6));
                buf_char(buf, (char)(0x80 | (code & 0x3f)));
        } else if (code < 0x10000) {
                buf_char(buf, (char)(0xe0 | code >> 12));
                buf_char(buf, (char)(0x80 | (code >> 6 & 0x3f)));
                buf_char(buf, (char)(0x80 | (code & 0x3f)));
        } else {
                buf_char(buf, (char)(0xf0 | code >> 18));
                buf_char(buf, (char)(0x80 | (code >> 12 & 0x3f)));
                buf_char(buf, (char)(0x80 | (code >> 6 & 0x3f)));
                buf_char(buf, (char)(0x80 | (code & 0x3f)));
        }
}
