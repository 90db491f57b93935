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

static bool take_physical(Lines *lines, Str *ret)
{
        const size_t end = str_find(lines->rest, '\n');
        Str line = str_first(lines->rest, end);

        if (!lines->rest.len)
                return false;
        lines->rest = str_skip(lines->rest, end + 1);
        lines->number++;
        if (line.len && line.data[line.len - 1] == '\r')
                line.len--;
        *ret = line;
        return true;
}

/* Where a physical line starts; a byte order mark is a column, as it is in loc_line(). */
static Loc line_start(const Lines *lines)
{
        const bool marked = lines->number == 1 && str_starts(lines->source->text, bom);

        return (Loc){ .source = lines->source, .line = lines->number, .col = marked ? 2 : 1 };
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

static void check_text(const Lines *lines, Str line, LineFault *fault)
{
        size_t at;
        const DiagCode code = lines->source->plain ? DIAG_NONE : line_check(line, &at);

        if (code && !fault->code)
                *fault = (LineFault){ code, loc_inside(line_start(lines), line, at, 1),
                                      line_character(lines->arena, line, at) };
}

/* Comments may be in any encoding. But systemd takes a NUL or a carriage return for the end of a
 * line, and what stands behind it would not be a comment. */
static void check_comment(const Lines *lines, Str line, LineFault *fault)
{
        const size_t nul = str_find(line, '\0'), cr = str_find(line, '\r');

        if (nul < line.len || cr < line.len)
                check_text(lines, str_first(line, (nul < cr ? nul : cr) + 1), fault);
}

/* An odd number of backslashes: in pairs they stand for themselves. */
static bool continues(Str line)
{
        size_t count = 0;

        while (count < line.len && line.data[line.len - 1 - count] == '\\')
                count++;
        return count % 2;
}

/* Appends a physical line; a text of one piece is the source itself. */
static void add_piece(Lines *lines, Str line, bool goes_on)
{
        VEC_ADD(lines->arena, &lines->pieces, (Segment){ lines->joined.len, line_start(lines) });
        if (!goes_on && lines->pieces.count == 1) {
                lines->text = line;
                return;
        }
        buf_add(&lines->joined, str_first(line, line.len - goes_on));
        if (goes_on)
                buf_char(&lines->joined, ' ');
        lines->text = buf_str(&lines->joined);
}

/* The same by Podman's rules: what stands between the white space, and no blank. */
static void add_trimmed(Lines *lines, Str line, Str inner, bool goes_on)
{
        const Loc at = loc_inside(line_start(lines), line, (size_t)(inner.data - line.data), inner.len);

        VEC_ADD(lines->arena, &lines->pieces, (Segment){ lines->joined.len, at });
        if (!goes_on && lines->pieces.count == 1) {
                lines->text = inner;
                return;
        }
        buf_add(&lines->joined, str_first(inner, inner.len - goes_on));
        lines->text = buf_str(&lines->joined);
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
static bool next_podman(Lines *lines, LineFault *fault)
{
        Str line;

        lines->skipped.len = 0;
        while (take_physical(lines, &line)) {
                const Str inner = str_trim(line);

                if (!inner.len || inner.data[0] == '#' || inner.data[0] == ';') {
                        check_comment(lines, line, fault);
                        if (fault->code && !lines->pieces.count) {
                                lines->text = S("");
                                return true;
                        }
                        if (!lines->pieces.count)
                                keep_comment(lines, inner);
                        continue;
                }

                const bool goes_on = inner.data[inner.len - 1] == '\\';

                check_text(lines, line, fault);
                add_trimmed(lines, line, inner, goes_on);
                if (!goes_on)
                        return true;
        }
        return lines->pieces.count > 0;
}

bool lines_next(Lines *lines, LineFault *ret_fault)
{
        Str line;

        *ret_fault = (LineFault){ 0 };
        lines->pieces.count = 0;
        lines->joined.len = 0;
        if (lines->podman)
                return next_podman(lines, ret_fault);

        while (take_physical(lines, &line)) {
                const Str inner = str_trim(line);
                const bool comment = inner.len && (inner.data[0] == '#' || inner.data[0] == ';');

                if (comment) {
                        check_comment(lines, line, ret_fault);
                        if (!ret_fault->code || lines->pieces.count)
                                continue;
                        lines->text = S("");
                        return true;
                }

                /* An empty line ends a continuation (systemd's config_parse() does so). */
                if (!inner.len && !lines->pieces.count)
                        continue;

                const bool goes_on = continues(line);

                check_text(lines, line, ret_fault);
                add_piece(lines, line, goes_on);
                if (!goes_on)
                        return true;
        }
        return lines->pieces.count > 0;
}
