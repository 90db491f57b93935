/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/quote.h"

#include "base/utf8.h"

#include <assert.h>

/* What bytes mean to some context. */
enum {
        ODD = 1 << 0,     /* a word that holds it stands in quotes */
        PERCENT = 1 << 1, /* systemd would act on it; written twice it stands for itself */
        DOLLAR = 1 << 2,  /* the same, in commands only */
        CONTROL = 1 << 3, /* cannot stand in a line */
        HIGH = 1 << 4,    /* of a character beyond ASCII */
        ESCAPED = 1 << 5, /* not as it is between quotes where a backslash begins a C escape */
        FOREIGN = 1 << 6, /* not in a unit's name */

        MAGIC_COMMAND = PERCENT | DOLLAR,
        MAGIC_SPECIFIER = PERCENT,
};

/* Not odd is TEXT_PLAIN: besides letters and digits, neither "#" nor ";" (a comment behind "\"-newline; ";" alone ends a
 * command), nor what a shell would act on: who copies a line from `systemctl cat` into a terminal gets the same
 * words. "$" can only be a variable or "$$". Of control bytes, systemd's reader stops at each of "\n", "\r" and
 * NUL; the others would pass, and act on the terminal of whoever looks at the unit. */
static const unsigned char meanings[256] = {
        [0 ... '\t' - 1] = FOREIGN | ODD | ESCAPED | CONTROL,
        ['\t'] = FOREIGN | ODD | ESCAPED,
        ['\t' + 1 ... 0x1f] = FOREIGN | ODD | ESCAPED | CONTROL,
        [' ' ... '!'] = FOREIGN | ODD,
        ['"'] = FOREIGN | ODD | ESCAPED,
        ['#'] = FOREIGN | ODD,
        ['$'] = FOREIGN | DOLLAR,
        ['%'] = PERCENT,
        ['&' ... '*'] = FOREIGN | ODD,
        ['+' ... ','] = FOREIGN,
        ['/'] = FOREIGN,
        [';' ... '<'] = FOREIGN | ODD,
        ['='] = FOREIGN,
        ['>' ... '?'] = FOREIGN | ODD,
        ['['] = FOREIGN,
        ['\\'] = ODD | ESCAPED,
        [']' ... '^'] = FOREIGN,
        ['`'] = FOREIGN | ODD,
        ['{'] = FOREIGN,
        ['|'] = FOREIGN | ODD,
        ['}'] = FOREIGN,
        ['~'] = FOREIGN | ODD,
        [0x7f] = FOREIGN | ODD | ESCAPED | CONTROL,
        [0x80 ... 0xff] = FOREIGN | ODD | ESCAPED | HIGH,
};

static inline unsigned look_at_four(const unsigned char *bytes)
{
        return meanings[bytes[0]] | meanings[bytes[1]] | meanings[bytes[2]] | meanings[bytes[3]];
}

/* All that some byte of the text means. Four at once, the last four perhaps again: half the instructions of a loop that
 * goes through 1500 bytes of each unit. */
static inline unsigned look(Str s)
{
        const unsigned char *bytes = (const unsigned char *)s.data;
        unsigned seen = 0;

        if (s.len >= 4) {
                for (size_t i = 0; i < s.len - 4; i += 4)
                        seen |= look_at_four(bytes + i);
                return seen | look_at_four(bytes + s.len - 4);
        }
        for (size_t i = 0; i < s.len; i++)
                seen |= meanings[bytes[i]];
        return seen;
}

static const char hex[] = "0123456789abcdef";

/* The length of the sequence at the start of s that systemd's utf8_is_valid() takes; 0 when there
 * is none. */
static size_t sequence(Str s, unsigned *ret_code)
{
        unsigned code = 0;
        const size_t length = utf8_decode(s, &code);

        if (!length || utf8_is_noncharacter(code))
                return 0;
        *ret_code = code;
        return length;
}

bool quote_is_utf8(Str s)
{
        size_t length;

        for (size_t at = 0; at < s.len; at += length) {
                unsigned code;

                length = (unsigned char)s.data[at] < 0x80 ? 1 : sequence(str_skip(s, at), &code);
                if (!length)
                        return false;
        }
        return true;
}

static bool fits_a_line(Str s, unsigned seen)
{
        return !(seen & CONTROL) && (!(seen & HIGH) || quote_is_utf8(s));
}

static unsigned magic_of(Text text, unsigned magic)
{
        return text.door == DOOR_LITERAL ? magic : 0;
}

static void double_magic(Buf *buf, Str s, unsigned magic)
{
        size_t done = 0;

        for (size_t i = 0; i < s.len; i++) {
                if (!(meanings[(unsigned char)s.data[i]] & magic))
                        continue;
                buf_add(buf, str_first(str_skip(s, done), i + 1 - done));
                done = i;
        }
        buf_add(buf, str_skip(s, done));
}

static inline void add_doubled(Buf *buf, Str s, unsigned magic)
{
        if (magic)
                double_magic(buf, s, magic);
        else
                buf_add(buf, s);
}

/* How many bytes from the start stand for themselves between quotes. */
static size_t count_simple(Str s)
{
        size_t n = 0;

        while (n < s.len && !(meanings[(unsigned char)s.data[n]] & ESCAPED))
                n++;
        return n;
}

static void add_hex(Buf *buf, Str s)
{
        for (size_t i = 0; i < s.len; i++) {
                const unsigned char byte = (unsigned char)s.data[i];
                const char escape[] = { '\\', 'x', hex[byte >> 4], hex[byte & 15] };

                buf_add(buf, (Str){ escape, sizeof(escape) });
        }
}

/* What stands between quotes where a backslash begins a C escape. */
static void add_escaped(Buf *buf, Str s, unsigned magic)
{
        size_t length;

        for (size_t at = 0; at < s.len; at += length) {
                unsigned code = 0;

                length = count_simple(str_skip(s, at));
                if (length) {
                        add_doubled(buf, str_first(str_skip(s, at), length), magic);
                        continue;
                }
                length = sequence(str_skip(s, at), &code);

                const Str piece = { s.data + at, length ? length : 1 };

                length = piece.len;
                switch (code) {
                case '\n':
                        buf_add(buf, S("\\n"));
                        break;
                case '\t':
                        buf_add(buf, S("\\t"));
                        break;
                case '"':
                case '\\':
                        buf_char(buf, '\\');
                        buf_char(buf, (char)code);
                        break;
                default:
                        /* No byte gets code 0 but those that are not UTF-8; below U+00A0 lie the
                         * controls C1. */
                        if (code < 0x20 || (code >= 0x7f && code < 0xa0))
                                add_hex(buf, piece);
                        else
                                add_doubled(buf, piece, magic);
                }
        }
}

static void add_quoted(Buf *buf, Str s, unsigned seen, unsigned magic)
{
        assert(!str_contains(s, '\0'));
        buf_char(buf, '"');
        if (seen & ESCAPED)
                add_escaped(buf, s, magic);
        else
                add_doubled(buf, s, seen & magic);
        buf_char(buf, '"');
}

/* A word where a backslash begins a C escape. */
static inline void add_word(Buf *buf, Text text, unsigned seen, unsigned magic)
{
        if (text.str.len && !(seen & ODD))
                add_doubled(buf, text.str, seen & magic);
        else
                add_quoted(buf, text.str, seen, magic);
}

void quote_any_word(Buf *buf, Text text)
{
        add_word(buf, text, look(text.str), magic_of(text, MAGIC_COMMAND));
}

bool quote_program(Buf *buf, Text text)
{
        const Str s = text.str;
        const unsigned seen = look(s);

        if (str_empty(s) || str_ends(s, S("/")) || !fits_a_line(s, seen))
                return false;
        if (seen & ODD && (str_contains(s, '\t') || str_contains(s, '"') || str_contains(s, '\'') || str_contains(s, '\\')))
                return false;
        /* A specifier may give a path. */
        if (s.data[0] != '/' && !(s.data[0] == '%' && text.door == DOOR_SYSTEMD) &&
            str_contains(s, '/'))
                return false;
        /* PID 1 hands the path to its executor as a line, whose end is trimmed (seen with 257, not
         * with 252). */
        if (str_trim(s).len != s.len)
                return false;
        /* systemd looks for these after unquoting, so nothing hides them. */
        if (str_contains(S("-@:+!|"), s.data[0]) || str_is(s, ";"))
                return false;
        add_word(buf, text, seen, magic_of(text, MAGIC_SPECIFIER));
        return true;
}

bool quote_env(Buf *buf, Text text)
{
        const unsigned seen = look(text.str);

        if (seen & HIGH && !quote_is_utf8(text.str))
                return false;
        add_word(buf, text, seen, magic_of(text, MAGIC_SPECIFIER));
        return true;
}

bool quote_item(Buf *buf, Text text)
{
        const unsigned seen = look(text.str), magic = magic_of(text, MAGIC_SPECIFIER);

        if (!fits_a_line(text.str, seen))
                return false;
        if (text.str.len && !(seen & ODD)) {
                add_doubled(buf, text.str, seen & magic);
                return true;
        }

        buf_char(buf, '"');
        for (size_t i = 0; i < text.str.len; i++) {
                const char c = text.str.data[i];

                if (c == '"' || c == '\\')
                        buf_char(buf, '\\');
                add_doubled(buf, (Str){ &c, 1 }, magic);
        }
        buf_char(buf, '"');
        return true;
}

bool quote_unit(Buf *buf, Text text)
{
        if (look(text.str) & (FOREIGN | magic_of(text, MAGIC_SPECIFIER)))
                return false;
        /* A backslash at the end of the line would join the next one. */
        if (str_empty(text.str) || str_ends(text.str, S("\\")))
                return false;
        buf_add(buf, text.str);
        return true;
}

/* Whether all of it is read back from behind a "=". */
static bool fits_behind(Str s, unsigned seen)
{
        size_t backslashes = 0;

        while (backslashes < s.len && s.data[s.len - 1 - backslashes] == '\\')
                backslashes++;
        /* An even number of them does not join: systemd pairs them when it looks for the end of a
         * line. */
        return backslashes % 2 == 0 && str_trim(s).len == s.len && fits_a_line(s, seen);
}

bool quote_value(Buf *buf, Text text)
{
        const unsigned seen = text.plain ? 0 : look(text.str);

        if (seen & ODD && !fits_behind(text.str, seen))
                return false;
        add_doubled(buf, text.str, seen & magic_of(text, MAGIC_SPECIFIER));
        return true;
}

void quote_name(Buf *buf, Str s)
{
        assert(!str_contains(s, '\0'));
        for (size_t i = 0; i < s.len; i++) {
                const char c = s.data[i];

                if (c == '/')
                        buf_char(buf, '-');
                else if (char_is_alpha(c) || char_is_digit(c) || c == ':' || c == '_' ||
                         (c == '.' && i > 0))
                        buf_char(buf, c);
                else
                        add_hex(buf, (Str){ &c, 1 });
        }
}

bool quote_path_name(Buf *buf, Str path)
{
        Buf clean = BUF(buf->arena);
        Str rest = path, component;

        while (rest.len && str_next(&rest, '/', &component)) {
                if (str_is(component, ".."))
                        return false;
                if (str_empty(component) || str_is(component, "."))
                        continue;
                if (clean.len)
                        buf_char(&clean, '/');
                buf_add(&clean, component);
        }
        if (clean.len)
                quote_name(buf, buf_str(&clean));
        else
                buf_char(buf, '-');
        return true;
}
