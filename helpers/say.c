/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/say.h"

#include "base/num.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* systemd.exec(5), $JOURNAL_STREAM: it is inherited, so it holds only where standard error is that
 * very socket still. */
static bool to_journal(void)
{
        const Str stream = str_c(getenv("JOURNAL_STREAM"));
        Str device, inode;
        uint64_t want_device, want_inode;
        struct stat st;

        return str_cut(stream, ':', &device, &inode) &&
               num_unsigned(device, UINT64_MAX, &want_device) &&
               num_unsigned(inode, UINT64_MAX, &want_inode) && fstat(STDERR_FILENO, &st) == 0 &&
               st.st_dev == want_device && st.st_ino == want_inode;
}

void say_text(SayLevel level, Str text)
{
        const bool journal = to_journal();
        Str line;

        flockfile(stderr);
        while (str_next(&text, '\n', &line)) {
                if (journal)
                        fprintf(stderr, "<%d>", (int)level);
                else
                        fprintf(stderr, "%s: ", program_invocation_short_name);
                fwrite(line.data, 1, line.len, stderr);
                putc('\n', stderr);
        }
        fflush(stderr);
        funlockfile(stderr);
}

void say(SayLevel level, const char *format, ...)
{
        char *text;
        va_list args;

        va_start(args, format);
        const int n = vasprintf(&text, format, args);
        va_end(args);
        if (n < 0)
                return;
        say_text(level, (Str){ text, (size_t)n });
        free(text);
}
