/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/lines.h"

#include "base/utf8.h"

static const Str bom = STR_INIT("\xef\xbb\xbf");

Lines lines_start(Arena *arena, const Source *source)
{
        const size_t skipped = str_starts(source->text, bom) ? bom.len : 0;

        return (Lines){
                .arena = arena,
                .source = source,
                .rest = str_skip(source->text, skipped),
                .joined = BUF(arena),
                .podman = source->format == FORMAT_QUADLET,
                .skipped = BUF(arena),
        };
}

static inline bool take_physical(Lines *lines, Str *ret)
{
        const char *start = lines->rest.data;

        if (!lines->rest.len)
                return false;

        const char *end = memchr(start, '\n', lines->rest.len);
        size_t len = end ? (size_t)(end - start) : lines->rest.len;

        lines->rest = str_skip(lines->rest, len + 1);
        lines->number++;
        if (len && start[len - 1] == '\r')
                len--;
        *ret = (Str){ start, len };
        return true;
}

/* Where a physical line starts; a byte order mark is a column, as it is in loc_line(). */
static inline unsigned start_col(const Lines *lines)
{
        return lines->number == 1 && str_starts(lines->source->text, bom) ? 2 : 1;
}

static Loc line_start(const Lines *lines)
{
        return (Loc){ .source = lines->source, .line = lines->number, .col = start_col(lines) };
}

Loc lines_find(const Lines *lines, Str part)
{
        const Loc start = { .source = lines->source, .line = lines->number, .col = lines->col };
        const size_t offset = (size_t)(part.data - lines->whole.data);

        if (lines->pieces.count)
                return segments_loc(lines->pieces.items, lines->pieces.count, lines->whole, offset, part.len);
        return loc_inside(start, lines->whole, offset, part.len);
}

DiagCode line_check(Str line, size_t *ret_at)
{
        for (size_t at = 0; at < line.len;) {
                const unsigned char c = (unsigned char)line.data[at];
                unsigned code = c;
                size_t length = 1;

                if (c >= 0x20 && c < 0x7f) {
                        at++;
                        continue;
                }

                if (c >= 0x80)
                        length = utf8_decode(str_skip(line, at), &code);
                *ret_at = at;
                if (!length)
                        return DIAG_UTF8;
                if (!code)
                        return DIAG_NUL_BYTE;
                if ((code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0) ||
                    code == 0xfffe || code == 0xffff)
                        return DIAG_CONTROL_CHARACTER;
                at += length;
        }
        return DIAG_NONE;
}

Str line_character(Arena *arena, Str line, size_t at)
{
        unsigned code = 0;

        utf8_decode(str_skip(line, at), &code);
        return arena_fmt(arena, "U+%04X", code);
}

RARE static void check_text(Lines *lines, Str line)
{
        size_t at;
        const DiagCode code = line_check(line, &at);

        if (code && !lines->fault.code)
                lines->fault = (LineFault){ code, loc_inside(line_start(lines), line, at, 1),
                                            line_character(lines->arena, line, at) };
}

/* Comments may be in any encoding. But systemd takes a NUL or a carriage return for the end of a
 * line, and what stands behind it would not be a comment. */
RARE static void check_comment(Lines *lines, Str line)
{
        const size_t nul = str_find(line, '\0'), cr = str_find(line, '\r');

        if (nul < line.len || cr < line.len)
                check_text(lines, str_first(line, (nul < cr ? nul : cr) + 1));
}

/* An odd number of backslashes: in pairs they stand for themselves. */
static bool continues(Str line)
{
        size_t count = 0;

        while (count < line.len && line.data[line.len - 1 - count] == '\\')
                count++;
        return count % 2;
}

/* Appends what a physical line adds, from that column on. */
RARE static void add_piece(Lines *lines, Str part, unsigned col, bool goes_on)
{
        const Loc at = { .source = lines->source, .line = lines->number, .col = col };

        VEC_ADD(lines->arena, &lines->pieces, (Segment){ lines->joined.len, at });
        buf_add(&lines->joined, str_first(part, part.len - goes_on));
        if (goes_on && !lines->podman)
                buf_char(&lines->joined, ' ');
        lines->whole = buf_str(&lines->joined);
        lines->text = str_trim(lines->whole);
}

/* A comment goes into the unit, but not bytes that do things to a terminal, or are no text. */
static void keep_comment(Lines *lines, Str text)
{
        for (size_t i = 0, invalid = utf8_find_invalid(text); i < text.len; i++) {
                const bool bad = i == invalid || (char_is_control(text.data[i]) && text.data[i] != '\t');

                buf_char(&lines->skipped, bad ? '?' : text.data[i]);
                if (i == invalid)
                        invalid += 1 + utf8_find_invalid(str_skip(text, i + 1));
        }
        buf_char(&lines->skipped, '\n');
}

/* When the file ends within a continuation, what there is counts. */
__attribute__((noinline)) static bool next_podman(Lines *lines)
{
        Str line;

        lines->skipped.len = 0;
        while (take_physical(lines, &line)) {
                const Str inner = str_trim(line);

                if (!inner.len || inner.data[0] == '#' || inner.data[0] == ';') {
                        if (!lines->source->plain)
                                check_comment(lines, line);
                        if (lines->fault.code && !lines->pieces.count) {
                                lines->text = S("");
                                return true;
                        }
                        if (!lines->pieces.count)
                                keep_comment(lines, inner);
                        continue;
                }

                const bool goes_on = inner.data[inner.len - 1] == '\\';

                if (!lines->source->plain)
                        check_text(lines, line);
                lines->col = start_col(lines) + loc_columns(lines->source, str_first(line, (size_t)(inner.data - line.data)));
                if (goes_on || lines->pieces.count)
                        add_piece(lines, inner, lines->col, goes_on);
                else
                        lines->whole = lines->text = inner;
                if (!goes_on)
                        return true;
        }
        return lines->pieces.count > 0;
}

bool lines_next(Lines *lines)
{
        Str line;

        lines->fault.code = DIAG_NONE;
        lines->pieces.count = 0;
        lines->joined.len = 0;
        if (lines->podman)
                return next_podman(lines);

        while (take_physical(lines, &line)) {
                const Str inner = str_trim(line);

                if (inner.len && (inner.data[0] == '#' || inner.data[0] == ';')) {
                        if (!lines->source->plain)
                                check_comment(lines, line);
                        if (!lines->fault.code || lines->pieces.count)
                                continue;
                        lines->text = S("");
                        return true;
                }

                /* An empty line ends a continuation (systemd's config_parse() does so). */
                if (!inner.len && !lines->pieces.count)
                        continue;

                const bool goes_on = continues(line);

                if (!lines->source->plain)
                        check_text(lines, line);
                lines->col = start_col(lines);
                if (goes_on || lines->pieces.count) {
                        add_piece(lines, line, lines->col, goes_on);
                } else {
                        lines->whole = line;
                        lines->text = inner;
                }
                if (!goes_on)
                        return true;
        }
        return lines->pieces.count > 0;
}
