/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* make_units COUNT [SEED]: writes, into the working directory, quote.target that starts COUNT units
 * with random argument vectors and environments and one of template text (units/), the programs of
 * odd names that some of them call (programs/, links to echo_args), and the records that they are
 * to leave (wanted/). In the machine where they run these directories are /etc/systemd/system,
 * /opt/quote and anything; echo_args is /usr/local/bin/echo_args; records come into /run/quote. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/num.h"
#include "random.h"
#include "record.h"
#include "unit/quote.h"

#define ECHO_ARGS "/usr/local/bin/echo_args"

typedef struct Job {
        Arena *arena;
        Random random;
        Str name;
        Buf unit;
        FILE *wanted;
} Job;

static _Noreturn void die(const char *what)
{
        perror(what);
        exit(EXIT_FAILURE);
}

static void start(Job *job, Str name)
{
        job->name = name;
        job->unit = BUF(job->arena);
        job->wanted = fopen(arena_fmt(job->arena, "wanted/%.*s", STR_ARG(name)).data, "wxe");
        if (!job->wanted)
                die("wanted");
        buf_add(&job->unit, S("[Service]\nType=oneshot\nSyslogIdentifier=quote\n"));
}

static void finish(Job *job)
{
        const Str path = arena_fmt(job->arena, "units/%.*s.service", STR_ARG(job->name));

        buf_char(&job->unit, '\n');
        if (fclose(job->wanted) ||
            fs_write_file(AT_FDCWD, path.data, buf_str(&job->unit), 0644) < 0)
                die("units");
}

/* Sometimes the program has a name that needs quoting. */
static void add_program(Job *job)
{
        const Str text = random_text(&job->random, job->arena, RANDOM_LINE);
        Buf base = BUF(job->arena);
        Str path;

        buf_add(&job->unit, S("ExecStart="));
        buf_fmt(&base, "%.*s-", STR_ARG(job->name));
        for (size_t i = 0; i < text.len; i++)
                buf_char(&base, text.data[i] == '/' ? '_' : text.data[i]);

        path = arena_fmt(job->arena, "/opt/quote/%.*s", STR_ARG(buf_str(&base)));
        if (random_below(&job->random, 3) || !quote_program(&job->unit, LITERAL(path)))
                buf_add(&job->unit, S(ECHO_ARGS));
        else if (symlink(ECHO_ARGS,
                         arena_fmt(job->arena, "programs/%.*s", STR_ARG(buf_str(&base))).data) < 0)
                die("programs");
        buf_fmt(&job->unit, " /run/quote/%.*s", STR_ARG(job->name));
}

/* Arguments are recorded before variables, as echo_args does. */
static void make_random(Job *job)
{
        Str values[6];
        const unsigned variables = random_below(&job->random, ELEMENTS(values));

        for (unsigned i = 0; i < variables; i++) {
                values[i] = random_text(&job->random, job->arena, RANDOM_UTF8);
                buf_add(&job->unit, S("Environment="));
                if (!quote_env(&job->unit,
                               LITERAL(arena_fmt(job->arena, "V%u=%.*s", i, STR_ARG(values[i])))))
                        die("an assignment was refused");
                buf_char(&job->unit, '\n');
        }

        add_program(job);
        for (unsigned i = random_below(&job->random, 10); i > 0; i--) {
                const Str text = random_text(&job->random, job->arena, RANDOM_BYTES);

                buf_char(&job->unit, ' ');
                quote_word(&job->unit, LITERAL(text));
                record(job->wanted, "argument", text.data, text.len);
        }
        for (unsigned i = 0; i < variables; i++)
                record(job->wanted, "variable", values[i].data, values[i].len);
}

static void make_template(Job *job)
{
        static const struct {
                Str text;
                const char *want[4];
        } rows[] = {
                { STR_INIT("%n"), { "quote-template.service" } },
                { STR_INIT("--cidfile=%t/bayplan/%N.cid"),
                  { "--cidfile=/run/bayplan/quote-template.cid" } },
                { STR_INIT("100%% %%n"), { "100% %n" } },
                { STR_INIT("${V0}"), { "a  quote-template" } },
                { STR_INIT("$V0"), { "a", "quote-template" } },
                { STR_INIT("-$V0"), { "-$V0" } },
                { STR_INIT("$$V0 $${V0} $$"), { "$V0 ${V0} $" } },
                { STR_INIT("\"%N\" '\\n'\n;"), { "\"quote-template\" '\\n'\n;" } },
        };

        buf_add(&job->unit, S("Environment="));
        quote_env(&job->unit, T("V0=a  %N"));
        buf_add(&job->unit, S("\nExecStart=" ECHO_ARGS " /run/quote/quote-template"));
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                buf_char(&job->unit, ' ');
                quote_word(&job->unit, (Text){ rows[i].text, DOOR_SYSTEMD });
                for (size_t j = 0; j < ELEMENTS(rows[i].want) && rows[i].want[j]; j++)
                        record(job->wanted, "argument", rows[i].want[j], strlen(rows[i].want[j]));
        }
        record(job->wanted, "variable", "a  quote-template", strlen("a  quote-template"));
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Job job = { .arena = &arena };
        Buf target = BUF(&arena);
        uint64_t count;

        if (argc < 2 || argc > 3 || !num_unsigned(str_c(argv[1]), 10000, &count) ||
            (argc == 3 && !num_unsigned(str_c(argv[2]), UINT64_MAX, &job.random.state))) {
                fprintf(stderr, "make_units COUNT [SEED]\n");
                return 2;
        }
        if (mkdir("units", 0755) < 0 || mkdir("programs", 0755) < 0 || mkdir("wanted", 0755) < 0)
                die("mkdir");

        start(&job, S("quote-template"));
        make_template(&job);
        finish(&job);
        buf_add(&target, S("[Unit]\nWants=quote-template.service"));
        for (unsigned i = 0; i < count; i++) {
                start(&job, arena_fmt(&arena, "quote-%u", i));
                make_random(&job);
                finish(&job);
                buf_fmt(&target, " quote-%u.service", i);
        }
        buf_char(&target, '\n');
        if (fs_write_file(AT_FDCWD, "units/quote.target", buf_str(&target), 0644) < 0)
                die("units");
        arena_free(&arena);
        return EXIT_SUCCESS;
}
