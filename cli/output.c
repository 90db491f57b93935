/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/output.h"

#include "base/fs.h"
#include "base/num.h"
#include "base/utf8.h"
#include "cli/pager.h"

#include <assert.h>
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool output_set_colour(Output *out, Str word)
{
        static const char *const words[] = {
                [WHEN_AUTO] = "auto",
                [WHEN_ALWAYS] = "always",
                [WHEN_NEVER] = "never",
        };
        static_assert(ELEMENTS(words) == WHEN_COUNT, "each has a word");

        for (unsigned when = 0; when < WHEN_COUNT; when++) {
                if (!str_is(word, words[when]))
                        continue;
                out->when = (When)when;
                return true;
        }
        return false;
}

/* $NO_COLOR (no-color.org) counts when it is not empty. */
static bool wants_colour(const Output *out, const Run *run)
{
        switch (out->when) {
        case WHEN_AUTO:
        case WHEN_COUNT:
                break;
        case WHEN_ALWAYS:
                return true;
        case WHEN_NEVER:
                return false;
        }
        return out->terminal && !run_env(run, "NO_COLOR").len &&
               !str_is(run_env(run, "TERM"), "dumb");
}

static unsigned terminal_columns(const Run *run)
{
        struct winsize size;
        uint64_t columns;

        if (num_unsigned(run_env(run, "COLUMNS"), 10000, &columns) && columns)
                return (unsigned)columns;
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
                return size.ws_col;
        return 80;
}

void output_start(Output *out, Run *run)
{
        out->text = BUF(run->arena);
        out->terminal = isatty(STDOUT_FILENO);
        out->colour = wants_colour(out, run);
        out->columns = terminal_columns(run);
}

int output_finish(Output *out, Run *run)
{
        CLEANUP(pager) Pager pager = { .fd = -1 };
        int fd = STDOUT_FILENO;

        if (out->pager && out->terminal && out->text.len && pager_start(run, &pager))
                fd = pager.fd;

        const int r = fs_write_all(fd, buf_str(&out->text));

        /* Leaving the pager before the end is how pagers are used. */
        return r == -EPIPE ? 0 : r;
}

void output_styled(Output *out, Style style, Str text)
{
        static const char *const codes[] = {
                [STYLE_PLAIN] = "",           [STYLE_PATH] = "\033[1;34m",
                [STYLE_HEADING] = "\033[1m",  [STYLE_KEY] = "\033[36m",
                [STYLE_COMMENT] = "\033[90m", [STYLE_GOOD] = "\033[32m",
                [STYLE_BAD] = "\033[1;31m",
        };
        static_assert(ELEMENTS(codes) == STYLE_COUNT, "each has a colour");
        const bool plain = !out->colour || style == STYLE_PLAIN;

        buf_fmt(&out->text, "%s", plain ? "" : codes[style]);
        buf_add(&out->text, text);
        buf_fmt(&out->text, "%s", plain ? "" : "\033[0m");
}

void output_wrap(Buf *buf, unsigned at, unsigned indent, unsigned width, Str text)
{
        bool first = true;
        Str word;

        while (text.len && str_next(&text, ' ', &word)) {
                const unsigned wide = (unsigned)utf8_count(word);

                if (!first && at + 1 + wide > width) {
                        buf_fmt(buf, "\n%*s", (int)indent, "");
                        at = indent;
                } else if (!first) {
                        buf_char(buf, ' ');
                        at++;
                }
                buf_add(buf, word);
                at += wide;
                first = false;
        }
        buf_char(buf, '\n');
}
