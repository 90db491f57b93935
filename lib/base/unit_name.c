/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/unit_name.h"

#include "base/buf.h"

static void add(Buf *buf, char c, const char *further)
{
        if (char_is_alpha(c) || char_is_digit(c) || (c && strchr(further, c)))
                buf_char(buf, c);
        else
                buf_fmt(buf, "\\x%02x", (unsigned char)c);
}

Str unit_name_part(Arena *arena, Str s)
{
        Buf buf = BUF(arena);

        for (size_t i = 0; i < s.len; i++)
                add(&buf, s.data[i], ":_.-");
        return buf_str(&buf);
}

Str unit_name_path(Arena *arena, Str path)
{
        Str rest = path, part;
        Buf buf = BUF(arena);

        while (rest.len && str_next(&rest, '/', &part)) {
                if (buf.len && part.len)
                        buf_char(&buf, '-');
                for (size_t i = 0; i < part.len; i++)
                        add(&buf, part.data[i], buf.len ? ":_." : ":_");
        }
        if (!buf.len)
                buf_char(&buf, '-');
        return buf_str(&buf);
}
