/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/escape.h"

#include "base/utf8.h"

/* C0, DEL, C1, and the bidirectional and line separators that can disguise text. */
static bool is_control(unsigned code)
{
        return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
               (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void escape_visible(Buf *buf, Str s)
{
        for (size_t at = 0; at < s.len;) {
                unsigned code = 0;
                const size_t length = utf8_decode(str_skip(s, at), &code);

                if (!length)
                        buf_fmt(buf, "\\x%02x", (unsigned char)s.data[at]);
                else if (code == '\t')
                        buf_char(buf, ' ');
                else if (is_control(code))
                        buf_fmt(buf, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
                else
                        buf_add(buf, str_first(str_skip(s, at), length));
                at += length ? length : 1;
        }
}

void escape_json(Buf *buf, Str s)
{
        buf_char(buf, '"');
        for (size_t at = 0; at < s.len;) {
                unsigned code = 0;
                const size_t length = utf8_decode(str_skip(s, at), &code);

                if (!length)
                        buf_add(buf, S("\\ufffd"));
                else if (code == '"' || code == '\\')
                        buf_fmt(buf, "\\%c", (char)code);
                else if (is_control(code))
                        buf_fmt(buf, "\\u%04x", code);
                else
                        buf_add(buf, str_first(str_skip(s, at), length));
                at += length ? length : 1;
        }
        buf_char(buf, '"');
}
