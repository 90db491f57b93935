/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a diagnostic looks: for the log, for a terminal, for programs. Text of definitions is hostile:
 * control bytes never reach a terminal or start a second line of the log. */

#include "base/diag.h"
#include "base/escape.h"
#include "base/utf8.h"

enum {
        SHOWN_COLUMNS = 160, /* of a source line; definitions may hold lines of megabytes */
};

static void add_place(Buf *buf, Loc at)
{
        if (!at.source)
                return;
        escape_visible(buf, at.source->path);
        if (at.line)
                buf_fmt(buf, ":%u", at.line);
        if (at.line && at.col)
                buf_fmt(buf, ":%u", at.col);
        buf_add(buf, S(": "));
}

void diag_format_line(Buf *buf, const Diag *d)
{
        add_place(buf, d->at);
        buf_add(buf, diag_level_name(d->level));
        buf_add(buf, S(": "));
        escape_visible(buf, d->text);
        if (d->hint.len) {
                buf_add(buf, S(" ("));
                escape_visible(buf, d->hint);
                buf_char(buf, ')');
        }
        if (d->also.source) {
                buf_add(buf, S("; "));
                escape_visible(buf, d->also_text);
                buf_add(buf, S(" at "));
                add_place(buf, d->also);
                buf->len -= 2;
        }
        buf_fmt(buf, " [%.*s]", STR_ARG(diag_info(d->code)->slug));
}

/* The source line and, where a column is known, the caret below it. */
static void add_excerpt(Buf *buf, Loc at, const char *colour, const char *plain)
{
        if (!at.source || !at.line)
                return;

        const Str line = loc_line(at.source, at.line);

        if (!line.len)
                return;

        /* Each code point is shown as itself or as an escape: measure what the caret must skip. */
        size_t from = 0, skipped = 0;
        unsigned code;
        Buf before = BUF(buf->arena), marked = BUF(buf->arena), shown = BUF(buf->arena);

        for (unsigned col = 1; col < at.col && from < line.len; col++) {
                const size_t length = utf8_decode(str_skip(line, from), &code);

                from += length ? length : 1;
        }

        size_t to = from;

        for (unsigned n = 0; n < at.len && to < line.len; n++) {
                const size_t length = utf8_decode(str_skip(line, to), &code);

                to += length ? length : 1;
        }
        escape_visible(&before, str_first(line, from));
        escape_visible(&marked, str_first(str_skip(line, from), to - from));
        escape_visible(&shown, line);

        const size_t wide = utf8_count(buf_str(&before));

        if (wide > SHOWN_COLUMNS / 2)
                skipped = wide - SHOWN_COLUMNS / 2;

        /* Cut on both sides so that the caret is in sight. */
        Str view = buf_str(&shown);

        for (size_t n = 0; n < skipped; n++) {
                const size_t length = utf8_decode(view, &code);

                view = str_skip(view, length ? length : 1);
        }

        size_t end = 0;

        for (size_t n = 0; n < SHOWN_COLUMNS && end < view.len; n++) {
                const size_t length = utf8_decode(str_skip(view, end), &code);

                end += length ? length : 1;
        }

        buf_fmt(buf, "%5u | %s%.*s%s\n", at.line, skipped ? "…" : "", STR_ARG(str_first(view, end)),
                end < view.len ? "…" : "");
        if (!at.col)
                return;

        size_t marks = utf8_count(buf_str(&marked));
        const size_t indent = wide - skipped + (skipped ? 1 : 0);

        if (marks > SHOWN_COLUMNS - indent)
                marks = SHOWN_COLUMNS - indent;
        buf_fmt(buf, "      | %*s%s^", (int)indent, "", colour);
        for (size_t n = 1; n < marks; n++)
                buf_char(buf, '~');
        buf_fmt(buf, "%s\n", plain);
}

void diag_format_block(Buf *buf, const Diag *d, bool colour)
{
        static const char *const colours[] = {
                [DIAG_LEVEL_NONE] = "",
                [DIAG_LEVEL_NOTE] = "\033[1;36m",
                [DIAG_LEVEL_WARNING] = "\033[1;35m",
                [DIAG_LEVEL_ERROR] = "\033[1;31m",
        };
        const char *hue = colour ? colours[d->level] : "", *bold = colour ? "\033[1m" : "";
        const char *plain = colour ? "\033[0m" : "";

        buf_fmt(buf, "%s", bold);
        add_place(buf, d->at);
        buf_fmt(buf, "%s%s%.*s:%s ", plain, hue, STR_ARG(diag_level_name(d->level)), plain);
        escape_visible(buf, d->text);
        buf_fmt(buf, "  [%.*s]\n", STR_ARG(diag_info(d->code)->slug));
        add_excerpt(buf, d->at, hue, plain);
        if (d->also.source) {
                buf_add(buf, S(" also: "));
                add_place(buf, d->also);
                escape_visible(buf, d->also_text);
                buf_char(buf, '\n');
                add_excerpt(buf, d->also, hue, plain);
        }
        if (d->hint.len) {
                buf_fmt(buf, " %shint:%s ", bold, plain);
                escape_visible(buf, d->hint);
                buf_char(buf, '\n');
        }
}

static void add_json_text(Buf *buf, const char *name, Str s)
{
        if (!s.len)
                return;
        buf_fmt(buf, ",\"%s\":", name);
        escape_json(buf, s);
}

static void add_json_place(Buf *buf, Loc at)
{
        if (!at.source)
                return;
        add_json_text(buf, "file", at.source->path);
        if (at.line)
                buf_fmt(buf, ",\"line\":%u", at.line);
        if (at.line && at.col)
                buf_fmt(buf, ",\"column\":%u,\"length\":%u", at.col, at.len);
}

void diag_format_json(Buf *buf, const Diag *d)
{
        buf_add(buf, S("{\"code\":"));
        escape_json(buf, diag_info(d->code)->slug);
        add_json_text(buf, "level", diag_level_name(d->level));
        add_json_place(buf, d->at);
        add_json_text(buf, "text", d->text);
        add_json_text(buf, "hint", d->hint);
        if (d->also.source) {
                buf_add(buf, S(",\"also\":{\"text\":"));
                escape_json(buf, d->also_text);
                add_json_place(buf, d->also);
                buf_char(buf, '}');
        }
        buf_char(buf, '}');
}
