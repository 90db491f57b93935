/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/loc.h"

#include "base/utf8.h"

/* The text may also be made of what stands in the source: unquoted, or joined. */
static bool is_part(const Source *source, Str text)
{
        const uintptr_t from = (uintptr_t)source->text.data, at = (uintptr_t)text.data;

        return at >= from && at + text.len <= from + source->text.len;
}

unsigned loc_columns(const Source *source, Str text)
{
        const bool bytes = source && source->plain && is_part(source, text);

        return (unsigned)(bytes ? text.len : utf8_count(text));
}

Loc loc_inside(Loc at, Str text, size_t offset, size_t len)
{
        if (!at.col)
                return at;
        at.col += loc_columns(at.source, str_first(text, offset));
        at.len = loc_columns(at.source, str_first(str_skip(text, offset), len));
        return at;
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
