/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/str.h"

int str_compare(Str a, Str b)
{
        /* Most differ here, without a call. */
        if (a.len && b.len && a.data[0] != b.data[0])
                return (unsigned char)a.data[0] < (unsigned char)b.data[0] ? -1 : 1;

        const size_t shorter = a.len < b.len ? a.len : b.len;
        const int order = shorter ? memcmp(a.data, b.data, shorter) : 0;

        if (order)
                return order;
        return a.len < b.len ? -1 : a.len > b.len;
}

bool str_same_nocase(Str a, Str b)
{
        /* Mostly as it is usual. */
        if (memcmp(a.data, b.data, a.len) == 0)
                return true;
        for (size_t i = 0; i < a.len; i++)
                if (char_lower(a.data[i]) != char_lower(b.data[i]))
                        return false;
        return true;
}

uint64_t str_hash(Str s)
{
        uint64_t h = 0xcbf29ce484222325;

        for (size_t i = 0; i < s.len; i++)
                h = (h ^ (unsigned char)s.data[i]) * 0x100000001b3;
        return h;
}

size_t str_index(Str s, const Str *names, size_t count)
{
        size_t i = 0;

        while (i < count && !str_eq_nocase(s, names[i]))
                i++;
        return i;
}

size_t str_rfind(Str s, char c)
{
        const char *at = s.len ? memrchr(s.data, c, s.len) : NULL;

        return at ? (size_t)(at - s.data) : s.len;
}

bool str_cut(Str s, char c, Str *ret_before, Str *ret_after)
{
        const size_t at = str_find(s, c);

        if (at == s.len)
                return false;
        *ret_before = str_first(s, at);
        *ret_after = str_skip(s, at + 1);
        return true;
}

bool str_next(Str *rest, char c, Str *ret_piece)
{
        if (!rest->data)
                return false;

        const size_t at = str_find(*rest, c);

        *ret_piece = str_first(*rest, at);
        *rest = at < rest->len ? str_skip(*rest, at + 1) : (Str){ 0 };
        return true;
}
