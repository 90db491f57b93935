/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/yaml_place.h"

#include "base/utf8.h"

static const YamlPoint top = { .line = 1, .col = 1 };

YamlCursor yaml_cursor_start(const Source *source)
{
        return (YamlCursor){ .source = source, .now = top, .last = top };
}

static void advance(YamlCursor *cursor, size_t index)
{
        const Str text = cursor->source->text;
        YamlPoint *now = &cursor->now;

        if (index < now->index)
                *now = index < cursor->last.index ? top : cursor->last;

        for (; now->index < index && now->offset < text.len; now->index++) {
                const char c = text.data[now->offset];
                unsigned code;

                if (c == '\n') {
                        now->line++;
                        now->col = 0;
                }
                now->col += c != '\r'; /* only before a line's end */
                now->offset += (unsigned char)c < 0x80
                                       ? 1
                                       : utf8_decode(str_skip(text, now->offset), &code);
        }
}

Loc yaml_cursor_loc(YamlCursor *cursor, size_t from, size_t to)
{
        advance(cursor, from);

        Loc at = { .source = cursor->source, .line = cursor->now.line, .col = cursor->now.col };

        cursor->last = cursor->now;
        advance(cursor, to);
        if (cursor->now.line == at.line)
                at.len = cursor->now.col - at.col;
        return at;
}

/* The length of an anchor and a tag before a scalar, with the blanks behind them. */
static size_t properties(Str raw)
{
        size_t at = 0;

        while (at < raw.len && (raw.data[at] == '&' || raw.data[at] == '!')) {
                while (at < raw.len && !char_is_space(raw.data[at]))
                        at++;
                while (at < raw.len && (raw.data[at] == ' ' || raw.data[at] == '\t'))
                        at++;
        }
        return at;
}

Loc yaml_cursor_scalar(YamlCursor *cursor, const yaml_event_t *event, bool *ret_recoded)
{
        const Str value = { (const char *)event->data.scalar.value, event->data.scalar.length };
        const bool named = event->data.scalar.anchor || event->data.scalar.tag;
        const yaml_scalar_style_t style = event->data.scalar.style;
        const bool quoted = style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                            style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;

        const Loc at = yaml_cursor_loc(cursor, event->start_mark.index, event->end_mark.index);
        const size_t from = cursor->last.offset;
        const Str raw = str_first(str_skip(cursor->source->text, from), cursor->now.offset - from);
        const size_t skipped = (named ? properties(raw) : 0) + quoted;

        *ret_recoded = !str_eq(str_first(str_skip(raw, skipped), value.len), value) ||
                       str_contains(value, '\n') || raw.len != skipped + value.len + quoted;
        return *ret_recoded || !value.len ? at : loc_inside(at, raw, skipped, value.len);
}

/* The parser's words tell what it missed; the hint, what people did. */
static Str hint_for(Str problem)
{
        static const struct {
                const char *problem;
                Str hint;
        } hints[] = {
                { "mapping values are not allowed in this context",
                  STR_INIT(
                          "indent it like the lines around it, or quote a value that holds ': '") },
                { "did not find expected key", STR_INIT("indent it like the lines around it") },
                { "did not find expected '-' indicator",
                  STR_INIT("indent it like the lines around it") },
                { "block sequence entries are not allowed in this context",
                  STR_INIT("begin the list on a line of its own") },
                { "found character that cannot start any token",
                  STR_INIT("quote a value that begins with '@', '`' or '%'") },
                { "could not find expected ':'",
                  STR_INIT("write 'key: value', with a blank behind the colon") },
                { "found unknown escape character",
                  STR_INIT("use single quotes, or double the backslash") },
                { "found unexpected end of stream", STR_INIT("close the quotes") },
                { "did not find expected ',' or ']'", STR_INIT("close the list with ']'") },
                { "did not find expected ',' or '}'", STR_INIT("close the map with '}'") },
                { "did not find expected <document start>",
                  STR_INIT("write 'key: value' lines below one another") },
        };

        for (size_t i = 0; i < ELEMENTS(hints); i++)
                if (str_is(problem, hints[i].problem))
                        return hints[i].hint;
        return S("");
}

bool yaml_error_report(Run *run, YamlCursor *cursor, const yaml_parser_t *parser)
{
        const Str problem = str_c(parser->problem ? parser->problem : "out of memory");
        const Str context = str_c(parser->context);
        const Loc at =
                yaml_cursor_loc(cursor, parser->problem_mark.index, parser->problem_mark.index);

        /* Of bytes; what most of them are has been checked before. */
        if (parser->error == YAML_READER_ERROR || parser->error == YAML_MEMORY_ERROR)
                return diag(run->diags, DIAG_YAML_SYNTAX, (Loc){ .source = cursor->source },
                            problem);

        if (str_starts(str_skip(cursor->source->text, cursor->now.offset), S("\t")))
                return diag(run->diags, DIAG_YAML_TAB, at, S(""));
        if (!context.len || parser->context_mark.index == parser->problem_mark.index)
                return diag(run->diags, DIAG_YAML_SYNTAX, at, problem, hint_for(problem));

        const Loc also =
                yaml_cursor_loc(cursor, parser->context_mark.index, parser->context_mark.index);

        return diag_also(run->diags, DIAG_YAML_SYNTAX, at, also, context, problem,
                         hint_for(problem));
}
