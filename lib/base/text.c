/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"

#include "base/buf.h"

bool text_is_late(Text text)
{
        if (text.door != DOOR_SYSTEMD || (!str_contains(text.str, '%') && !str_contains(text.str, '$')))
                return false;
        for (size_t i = 0; i < text.str.len; i++) {
                const char c = text.str.data[i];

                if (c != '%' && c != '$')
                        continue;
                if (i + 1 == text.str.len || text.str.data[i + 1] != c)
                        return true;
                i++;
        }
        return false;
}

Str text_plain(Arena *arena, Text text)
{
        Buf buf = BUF(arena);

        if (text.door != DOOR_SYSTEMD)
                return text.str;
        for (size_t i = 0; i < text.str.len; i++) {
                const char c = text.str.data[i];

                buf_char(&buf, c);
                if (c == '%' || c == '$')
                        i++; /* the second one */
        }
        return buf_str(&buf);
}

Str text_systemd(Arena *arena, Text text)
{
        Buf buf = BUF(arena);

        if (text.door == DOOR_SYSTEMD)
                return text.str;
        for (size_t i = 0; i < text.str.len; i++) {
                const char c = text.str.data[i];

                buf_char(&buf, c);
                if (c == '%' || c == '$')
                        buf_char(&buf, c);
        }
        return buf_str(&buf);
}
