/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/lines.h"

#include "unit/quote.h"

void lines_section(Buf *buf, const char *name)
{
        buf_fmt(buf, "%s[%s]\n", buf->len ? "\n" : "", name);
}

void lines_list(Buf *buf, const char *key, const Words *items, bool (*quote)(Buf *, Text))
{
        Buf line = BUF(buf->arena);

        VEC_EACH(const Text, text, items) {
                Buf item = BUF(buf->arena);

                if (quote(&item, *text))
                        buf_fmt(&line, "%s%.*s", line.len ? " " : "", STR_ARG(buf_str(&item)));
        }
        if (line.len)
                buf_fmt(buf, "%s=%.*s\n", key, STR_ARG(buf_str(&line)));
}

void lines_value(Buf *buf, Str key, Text value, bool (*quote)(Buf *, Text))
{
        Buf text = BUF(buf->arena);

        if (quote(&text, value))
                buf_fmt(buf, "%.*s=%.*s\n", STR_ARG(key), STR_ARG(buf_str(&text)));
}

void lines_exec(Buf *buf, const Command *command)
{
        static const char *const keys[PHASE_COUNT] = {
                [PHASE_START_PRE] = "ExecStartPre", [PHASE_START] = "ExecStart",        [PHASE_RELOAD] = "ExecReload",
                [PHASE_STOP] = "ExecStop",          [PHASE_STOP_POST] = "ExecStopPost",
        };

        buf_fmt(buf, "%s=%s%s", keys[command->phase], command->may_fail ? "-" : "", command->privileged ? "+" : "");
        VEC_EACH(const Text, word, &command->words) {
                if (word == command->words.items) {
                        quote_program(buf, *word);
                } else {
                        buf_char(buf, ' ');
                        quote_word(buf, *word);
                }
        }
        buf_char(buf, '\n');
}
