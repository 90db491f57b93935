/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* round_trip [VECTORS [SEED]]: random texts go through quote.c into unit files and through
 * systemd's own loader (loader.h), and must come back the same, byte for byte. That this would
 * notice a fault is proved by breaking one rule of quoting after the other: each must be noticed.
 * Prints TAP. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/num.h"
#include "check.h"

#define VECTORS 100000
#define SEED 1

/* In units of some hundred texts, so that none comes near the limits of a line or of memory. */
static bool run(Pass *pass, Check check, unsigned total, unsigned each)
{
        bool ok = true;

        for (unsigned done = 0; done < total && ok; done += each) {
                Arena arena = { 0 };

                pass->arena = &arena;
                ok = check(pass, total - done < each ? total - done : each);
                arena_free(&arena);
        }
        return ok;
}

static unsigned reported, failed;

static void report(bool ok, const char *context, const char *fault)
{
        printf("%sok %u - %s%s%s\n", ok ? "" : "not ", ++reported, context, fault ? ": " : "",
               fault ? fault : "");
        fflush(stdout);
        failed += !ok;
}

#define FAULT(text, a, b)                                                                          \
        {                                                                                          \
                .name = (text), .from = STR_INIT(a), .to = STR_INIT(b)                             \
        }
#define FAULT_NO_QUOTES                                                                            \
        {                                                                                          \
                .name = "noticed when the quotes are left out"                                     \
        }
#define FAULT_PERCENT FAULT("noticed when a percent sign is not doubled", "%%", "%")
#define FAULT_BACKSLASH FAULT("noticed when a backslash is not doubled", "\\\\", "\\")
#define FAULT_QUOTE FAULT("noticed when a quote is not escaped", "\\\"", "\"")

static const struct {
        const char *name;
        Check check;
        unsigned share; /* this part of all vectors is tried: 1 / share */
        unsigned each;  /* so many in a unit */
        Fault faults[10];
} contexts[] = {
        {
                "words of ExecStart=",
                check_commands,
                1,
                250,
                {
                        FAULT_NO_QUOTES,
                        FAULT_PERCENT,
                        FAULT_BACKSLASH,
                        FAULT_QUOTE,
                        FAULT("noticed when a dollar sign is not doubled", "$$", "$"),
                        FAULT("noticed when an empty word is left out", "\"\"", ""),
                        FAULT("noticed when a lone semicolon is not quoted", "\";\"", ";"),
                        FAULT("noticed when a newline is not escaped", "\\n", "\n"),
                        FAULT("noticed when a carriage return is not escaped", "\\x0d", "\r"),
                        FAULT("noticed when a byte is not escaped", "\\xff", "\377"),
                },
        },
        {
                "Environment=",
                check_environment,
                1,
                250,
                {
                        FAULT_NO_QUOTES,
                        FAULT_PERCENT,
                        FAULT_BACKSLASH,
                        FAULT_QUOTE,
                        FAULT("noticed when a dollar sign is doubled", "$", "$$"),
                        FAULT("noticed when a newline is not escaped", "\\n", "\n"),
                        FAULT("noticed when a carriage return is not escaped", "\\x0d", "\r"),
                },
        },
        {
                "RequiresMountsFor=",
                check_paths,
                10,
                50,
                {
                        FAULT_NO_QUOTES,
                        FAULT_PERCENT,
                        FAULT_BACKSLASH,
                        FAULT_QUOTE,
                        FAULT("noticed when a dollar sign is doubled", "$", "$$"),
                },
        },
        { "After=",
          check_units,
          10,
          50,
          { FAULT("noticed when an escape is escaped again", "\\", "\\\\") } },
        { "Description=",
          check_values,
          50,
          50,
          { FAULT_PERCENT, FAULT("noticed when it is quoted", "\"", "\\\"") } },
        { "templates", check_templates, VECTORS, 1, { { 0 } } },
};

static void run_all(Loader *loader, int dir_fd, unsigned vectors, unsigned seed)
{
        Pass pass = { .loader = loader, .dir_fd = dir_fd };

        for (size_t i = 0; i < ELEMENTS(contexts); i++) {
                const unsigned total = vectors / contexts[i].share;

                pass.random.state = seed;
                report(run(&pass, contexts[i].check, total ? total : 1, contexts[i].each),
                       contexts[i].name, NULL);
        }
        for (size_t i = 0; i < ELEMENTS(contexts); i++) {
                static const Fault none = FAULT("nothing is wrong", "\"", "\"");

                pass.random.state = seed;
                pass.fault = &none;
                report(run(&pass, contexts[i].check, contexts[i].each, contexts[i].each),
                       contexts[i].name, none.name);
                for (const Fault *fault = contexts[i].faults;
                     fault < contexts[i].faults + ELEMENTS(contexts[i].faults) && fault->name;
                     fault++) {
                        pass.random.state = seed;
                        pass.fault = fault;
                        report(!run(&pass, contexts[i].check, 20 * contexts[i].each,
                                    contexts[i].each),
                               contexts[i].name, fault->name);
                }
        }
        printf("1..%u\n", reported);
        if (failed)
                printf("# %u failed with seed %u\n", failed, seed);
}

static bool take_number(const char *text, unsigned *ret)
{
        uint64_t number;

        if (!text)
                return true;
        if (!num_unsigned(str_c(text), 10000000, &number))
                return false;
        *ret = (unsigned)number;
        return true;
}

int main(int argc, char **argv)
{
        unsigned vectors = VECTORS, seed = SEED;
        char dir[] = "/tmp/bayplan-oracle-XXXXXX";
        CLEANUP(close_fd) int dir_fd = -1;
        const char *reason;
        Loader *loader;

        if (argc > 3 || !take_number(argc > 1 ? argv[1] : NULL, &vectors) ||
            !take_number(argc > 2 ? argv[2] : NULL, &seed)) {
                fprintf(stderr, "round_trip [VECTORS [SEED]]\n");
                return 2;
        }
        if (!mkdtemp(dir) || fs_open_dir(AT_FDCWD, dir, &dir_fd) < 0) {
                perror(dir);
                return 1;
        }
        loader = loader_open(dir, &reason);
        if (loader) {
                run_all(loader, dir_fd, vectors, seed);
                loader_close(loader);
        } else {
                printf("1..0 # SKIP %s\n", reason);
        }
        rmdir(dir);
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
