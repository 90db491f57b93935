/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/loc.h"

#include "base/utf8.h"

unsigned loc_count(Str text)
{
        return (unsigned)utf8_count(text);
}

Str loc_line(const Source *source, unsigned line)
{
        Str rest = source->text, text = { 0 };

        if (!line || !rest.len)
                return (Str){ 0 };
        while (line--)
                if (!str_next(&rest, '\n', &text))
                        return (Str){ 0 };
        if (text.len && text.data[text.len - 1] == '\r')
                text.len--;
        return text;
}

int loc_compare(Loc a, Loc b)
{
        const int order = str_compare(a.source ? a.source->path : S(""), b.source ? b.source->path : S(""));

        if (order)
                return order;
        if (a.line != b.line)
                return a.line < b.line ? -1 : 1;
        return a.col < b.col ? -1 : a.col > b.col;
}
