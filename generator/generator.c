/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-generator: systemd's entry (systemd.generator(7)). Reads the definitions, writes units into the first
 * of the three directories it is given, and says what is wrong on standard error and in the kernel's log: the
 * one place where a generator is heard. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "config.h"
#include "unit/commit.h"
#include "unit/pipeline.h"

enum {
        KMSG_LINES = 100, /* of one run: the kernel's log is small and for all */
};

static const char usage[] =
        "bayplan-generator [--user|--system] NORMAL-DIR [EARLY-DIR LATE-DIR]\n"
        "\n"
        "Makes systemd units of the container definitions in /etc/containers.d. systemd\n"
        "runs it at boot and at each 'systemctl daemon-reload'.\n"
        "\n"
        "  --user     for a user's manager; the default is $SYSTEMD_SCOPE\n"
        "  --system   for the system manager\n"
        "  --help     print this text\n"
        "  --version  print the version\n"
        "\n"
        "$BAYPLAN_PATH, a colon-separated list of directories, replaces the search path.\n"
        "Exit status: 0 all was generated; 1 something was left out, which is reported.\n"
        "See bayplan-generator(8), containers.d(5).\n";

typedef struct Arguments {
        Scope scope;
        const char *directory;
} Arguments;

static Scope scope_from_environment(const char *program, char **environ_)
{
        const Run run = { .environ = environ_ };
        const Str scope = run_env(&run, "SYSTEMD_SCOPE");

        /* systemd before 251 does not tell; then the name of the directory does. */
        if (scope.len)
                return str_is(scope, "user") ? SCOPE_USER : SCOPE_SYSTEM;
        return strstr(program, "user-generators") ? SCOPE_USER : SCOPE_SYSTEM;
}

/* -1 to go on, else the exit status. */
static int parse_arguments(int argc, char **argv, Arguments *ret)
{
        int given = 0;

        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
                        fputs(usage, stdout);
                        return EXIT_SUCCESS;
                }
                if (strcmp(argv[i], "--version") == 0) {
                        puts("bayplan-generator " BAYPLAN_VERSION);
                        return EXIT_SUCCESS;
                }
                if (strcmp(argv[i], "--user") == 0) {
                        ret->scope = SCOPE_USER;
                } else if (strcmp(argv[i], "--system") == 0) {
                        ret->scope = SCOPE_SYSTEM;
                } else if (argv[i][0] == '-' && argv[i][1]) {
                        fprintf(stderr, "bayplan-generator: unknown option '%s'; see --help\n", argv[i]);
                        return 2;
                } else if (given++ == 0) {
                        ret->directory = argv[i];
                }
        }
        if (given == 1 || given == 3)
                return -1;
        fprintf(stderr, "bayplan-generator: takes one or three directories, not %d; see --help\n", given);
        return 2;
}

static int open_kmsg(const Run *run)
{
        /* Only when systemd runs us: a test by hand is nothing for the kernel's log. */
        if (!run_env(run, "SYSTEMD_SCOPE").len)
                return -1;
        return open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* One write each: a line of the log is one write(2). */
static void log_diag(const Run *run, int kmsg, const Diag *d, unsigned number)
{
        static const int priorities[] = {
                [DIAG_LEVEL_NONE] = 6,
                [DIAG_LEVEL_NOTE] = 6,
                [DIAG_LEVEL_WARNING] = 4,
                [DIAG_LEVEL_ERROR] = 3,
        };
        enum { DAEMON = 3 << 3, RECORD = 900 };
        Buf line = BUF(run->arena);

        diag_format_line(&line, d);

        const Str text = buf_str(&line);

        fprintf(stderr, "bayplan-generator: %.*s\n", STR_ARG(text));
        if (kmsg < 0 || number >= KMSG_LINES)
                return;

        /* A record of the kernel's log is at most 1 KiB: longer writes fail. */
        const Str record = arena_fmt(run->arena, "<%d>bayplan-generator[%d]: %.*s\n", DAEMON | priorities[d->level],
                                     (int)getpid(), STR_ARG(str_first(text, RECORD)));

        if (write(kmsg, record.data, record.len) < 0)
                return; /* standard error has it */
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Arguments arguments = { .scope = scope_from_environment(argv[0] ? argv[0] : "", environ) };
        const int status = parse_arguments(argc, argv, &arguments);
        CLEANUP(close_fd) int directory = -1, kmsg = -1;
        unsigned number = 0;

        if (status >= 0)
                return status;

        Run run = {
                .arena = &arena,
                .diags = &diags,
                .scope = arguments.scope,
                .uid = getuid(),
                .environ = environ,
        };
        const SearchPath path = search_path(&run);
        const Source place = { .path = str_c(arguments.directory) };
        const Pipeline pipeline = pipeline_run(&run, search_read(&run, &path));

        if (pipeline.plan.units.count) {
                const int r = fs_open_dir(AT_FDCWD, arguments.directory, &directory);

                if (r < 0)
                        diag(&diags, DIAG_WRITE, (Loc){ .source = &place }, place.path, fs_error(r));
                else
                        commit_plan(&run, &pipeline.plan, directory, place.path);
        }

        kmsg = open_kmsg(&run);
        VEC_EACH(const Diag, d, &diags.all)
                log_diag(&run, kmsg, d, number++);
        arena_free(&arena);
        return diags.errors ? EXIT_FAILURE : EXIT_SUCCESS;
}
