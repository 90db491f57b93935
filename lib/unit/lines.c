/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/lines.h"

#include "unit/quote.h"

void lines_section(Buf *buf, Str name)
{
        if (buf->len && !str_ends(buf_str(buf), S("\n\n")))
                buf_char(buf, '\n');
        buf_char(buf, '[');
        buf_add(buf, name);
        buf_add(buf, S("]\n"));
}

void lines_list(Buf *buf, Str key, const Words *items, bool (*quote)(Buf *, Text))
{
        const size_t start = buf->len;
        bool any = false;

        if (!items->count)
                return;
        buf_add(buf, key);
        buf_char(buf, '=');
        VEC_EACH(const Text, text, items) {
                const size_t before = buf->len;

                if (any)
                        buf_char(buf, ' ');
                if (buf->len <= LINES_MAX && quote(buf, *text))
                        any = true;
                else
                        buf->len = before;
        }
        if (any)
                buf_char(buf, '\n');
        else
                buf->len = start;
}

void lines_value(Buf *buf, Str key, Text value, bool (*quote)(Buf *, Text))
{
        const size_t start = buf->len;

        buf_add(buf, key);
        buf_char(buf, '=');
        if (quote(buf, value))
                buf_char(buf, '\n');
        else
                buf->len = start;
}

void lines_pass(Buf *buf, const PassLines *lines)
{
        VEC_EACH(const PassLine, line, lines) {
                if (buf->len > LINES_MAX)
                        return;
                buf_add(buf, line->key);
                buf_char(buf, '=');
                buf_add(buf, line->value);
                buf_char(buf, '\n');
        }
}

void lines_exec(Buf *buf, const Command *command)
{
        static const Str keys[PHASE_COUNT] = {
                [PHASE_CONDITION] = STR_INIT("ExecCondition="),
                [PHASE_START_PRE] = STR_INIT("ExecStartPre="),
                [PHASE_START] = STR_INIT("ExecStart="),
                [PHASE_START_POST] = STR_INIT("ExecStartPost="),
                [PHASE_RELOAD] = STR_INIT("ExecReload="),
                [PHASE_STOP] = STR_INIT("ExecStop="),
                [PHASE_STOP_POST] = STR_INIT("ExecStopPost="),
        };

        buf_add(buf, keys[command->phase]);
        buf_add(buf, command->may_fail ? S("-") : S(""));
        buf_add(buf, command->privileged ? S("+") : S(""));
        VEC_EACH(const Text, word, &command->words) {
                if (buf->len > LINES_MAX)
                        return;
                if (word == command->words.items) {
                        quote_program(buf, *word);
                } else {
                        buf_char(buf, ' ');
                        quote_word(buf, *word);
                }
        }
        buf_char(buf, '\n');
}
