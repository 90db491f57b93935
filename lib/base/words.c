/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/words.h"

#include "base/buf.h"

static int hex_digit(char c)
{
        if (char_is_digit(c))
                return c - '0';
        c = char_lower(c);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* digits hex digits from s; false when they are not there. */
static bool take_hex(Str s, size_t count, unsigned *ret)
{
        unsigned n = 0;

        if (s.len < count)
                return false;
        for (size_t i = 0; i < count; i++) {
                const int digit = hex_digit(s.data[i]);

                if (digit < 0)
                        return false;
                n = n << 4 | (unsigned)digit;
        }
        *ret = n;
        return true;
}

static void add_code(Buf *buf, unsigned code, bool code_point)
{
        if (code_point)
                buf_utf8(buf, code);
        else
                buf_char(buf, (char)code);
}

/* One escape, s beginning after its backslash. Returns its length, 0 when there is no such escape. */
static size_t add_escape(Buf *buf, Str s, bool code_points)
{
        static const char simple[][2] = {
                { 'a', '\a' }, { 'b', '\b' }, { 'f', '\f' }, { 'n', '\n' },  { 'r', '\r' },   { 't', '\t' },
                { 'v', '\v' }, { 's', ' ' },  { '"', '"' },  { '\'', '\'' }, { '\\', '\\' },
        };
        unsigned code;

        if (!s.len)
                return 0;
        for (size_t i = 0; i < ELEMENTS(simple); i++)
                if (s.data[0] == simple[i][0]) {
                        buf_char(buf, simple[i][1]);
                        return 1;
                }

        /* A NUL cannot stand in an argument. */
        if (s.data[0] == 'x' && take_hex(str_skip(s, 1), 2, &code) && code) {
                add_code(buf, code, code_points);
                return 3;
        }
        const size_t width = s.data[0] == 'u' ? 4 : s.data[0] == 'U' ? 8 : 0;

        if (width && take_hex(str_skip(s, 1), width, &code) && code && code <= 0x10ffff &&
            !(code >= 0xd800 && code <= 0xdfff)) {
                buf_utf8(buf, code);
                return width + 1;
        }
        if (s.len >= 3 && s.data[0] >= '0' && s.data[0] <= '3' && s.data[1] >= '0' && s.data[1] <= '7' &&
            s.data[2] >= '0' && s.data[2] <= '7') {
                code = (unsigned)(s.data[0] - '0') << 6 | (unsigned)(s.data[1] - '0') << 3 |
                       (unsigned)(s.data[2] - '0');
                if (code) {
                        add_code(buf, code, code_points);
                        return 3;
                }
        }
        return 0;
}

/* *at stays on the backslash, or goes to the end of the escape. */
static bool take_escape(Buf *buf, Str text, size_t *at, unsigned rules)
{
        const size_t length = add_escape(buf, str_skip(text, *at + 1), rules & WORDS_CODE_POINTS);
        const bool last = *at + 1 == text.len;

        *at += length;
        return length || (last && (rules & WORDS_OPEN));
}

/* All but white space, quotes and the backslash. */
const CharSet words_plain = {
        [0x00 ... 0x08] = true, [0x0b ... 0x0c] = true, [0x0e ... 0x1f] = true, [0x21] = true,          [0x23 ... 0x26] = true,
        [0x28 ... 0x5b] = true, [0x5d ... 0xff] = true,
};

/* A word that begins at `from`, whose first characters up to `at` stand for themselves. */
static bool take_quoted(Arena *arena, Str text, unsigned rules, size_t from, size_t at, size_t *pos, Word *ret, WordsError *ret_error)
{
        size_t open_at = 0;
        char quote = 0;
        Buf buf = BUF(arena);
        Word word = { .at = from };

        buf_add(&buf, str_first(str_skip(text, from), at - from));
        for (; at < text.len; at++) {
                const char c = text.data[at];

                if (c == '\\' && !(rules & WORDS_PLAIN)) {
                        if (!take_escape(&buf, text, &at, rules)) {
                                *ret_error = WORDS_BAD_ESCAPE;
                                *ret = (Word){ .at = at, .len = at + 1 < text.len ? 2 : 1 };
                                return false;
                        }
                } else if (quote) {
                        if (c == quote)
                                quote = 0;
                        else
                                buf_char(&buf, c);
                } else if (c == '"' || c == '\'') {
                        quote = c;
                        open_at = at;
                        word.quoted = true;
                } else if (char_is_space(c)) {
                        break;
                } else {
                        buf_char(&buf, c);
                }
        }
        if (quote && !(rules & WORDS_OPEN)) {
                *ret_error = WORDS_OPEN_QUOTE;
                *ret = (Word){ .at = open_at, .len = 1 };
                return false;
        }

        word.len = at - word.at;
        word.text = buf_str(&buf);
        *pos = at;
        *ret = word;
        /* Nothing but a backslash at the end is no word. */
        return word.len > 1 || word.quoted || word.text.len || !(rules & WORDS_OPEN);
}

bool words_next_by(Arena *arena, Str text, unsigned rules, size_t *pos, Word *ret, WordsError *ret_error)
{
        Str rest = str_skip(text, *pos);

        *ret_error = WORDS_OK;
        while (rest.len && char_is_space(rest.data[0]))
                rest = (Str){ rest.data + 1, rest.len - 1 };
        *pos = text.len - rest.len;
        if (!rest.len)
                return false;

        const size_t plain = str_span(rest, words_plain);

        if (plain < rest.len && !char_is_space(rest.data[plain]))
                return take_quoted(arena, text, rules, *pos, *pos + plain, pos, ret, ret_error);

        /* Most words are what stands there. */
        *ret = (Word){ .text = str_first(rest, plain), .at = *pos, .len = plain };
        *pos += plain;
        return true;
}
