/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/args.h"

#include "base/num.h"
#include "helpers/say.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>

enum {
        HELP_COLUMN = 30,
        OPTION_HELP = 256, /* past any index in a table */
        OPTION_VERSION,
};

/* Each line of the text, the first one at the column that the cursor has reached. */
static void print_help(const char *text, int reached)
{
        Str rest = str_c(text), line;

        for (; str_next(&rest, '\n', &line); reached = 0)
                printf("%*s%.*s\n", HELP_COLUMN - reached, "", STR_ARG(line));
}

static void print_option(const char *name, const char *value, const char *help)
{
        int reached = printf("  --%s%s%s", name, value ? "=" : "", value ? value : "");

        if (reached >= HELP_COLUMN) {
                putchar('\n');
                reached = 0;
        }
        print_help(help, reached);
}

static int show_help(const ArgsProgram *program)
{
        printf("Usage: %s %s\n\n%s\n\nOptions:\n", program_invocation_short_name, program->synopsis,
               program->about);
        for (size_t i = 0; i < program->count; i++)
                print_option(program->args[i].name, program->args[i].value, program->args[i].help);
        print_option("help", NULL, "show this and exit");
        print_option("version", NULL, "show the version and exit");
        if (program->notes)
                printf("\n%s\n", program->notes);
        return fflush(stdout) == 0 ? 0 : SAY_EXIT_OWN;
}

static int show_version(void)
{
        printf("%s %s\n", program_invocation_short_name, BAYPLAN_VERSION);
        return fflush(stdout) == 0 ? 0 : SAY_EXIT_OWN;
}

static bool read_choice(const Arg *arg, Str text, unsigned *ret)
{
        for (unsigned i = 0; arg->choices[i]; i++) {
                if (str_is(text, arg->choices[i])) {
                        *ret = i;
                        return true;
                }
        }
        return false;
}

static bool read_unsigned(Str text, unsigned *ret)
{
        uint64_t n;

        if (!num_unsigned(text, UINT_MAX, &n))
                return false;
        *ret = (unsigned)n;
        return true;
}

static bool read_value(Arena *arena, const Arg *arg, const char *value, void *field)
{
        const Str text = str_c(value);

        switch (arg->kind) {
        case ARG_FLAG:
                *(bool *)field = true;
                return true;
        case ARG_TEXT:
                *(const char **)field = value;
                return !str_empty(text);
        case ARG_LIST:
                VEC_ADD(arena, (Words *)field, value);
                return true;
        case ARG_UNSIGNED:
                return read_unsigned(text, field);
        case ARG_DURATION:
                return num_duration(text, field);
        case ARG_CHOICE:
                return read_choice(arg, text, field);
        case ARG_NONE:
        case ARG_KIND_COUNT:
                break;
        }
        return false;
}

/* What the value of an option of this kind must be. */
static const char *wanted(const Arg *arg)
{
        static const char *const texts[] = {
                [ARG_NONE] = "nothing",
                [ARG_FLAG] = "nothing",
                [ARG_TEXT] = "a text that is not empty",
                [ARG_LIST] = "a text",
                [ARG_UNSIGNED] = "a number",
                [ARG_DURATION] = "a time span, such as 90s",
        };

        return arg->kind == ARG_CHOICE ? arg->value : texts[arg->kind];
}

static struct option *long_options(Arena *arena, const ArgsProgram *program)
{
        struct option *options = arena_alloc(arena, (program->count + 3) * sizeof(*options));

        for (size_t i = 0; i < program->count; i++) {
                const Arg *arg = &program->args[i];

                options[i] =
                        (struct option){ arg->name,
                                         arg->kind == ARG_FLAG ? no_argument : required_argument,
                                         NULL, (int)i };
        }
        options[program->count] = (struct option){ "help", no_argument, NULL, OPTION_HELP };
        options[program->count + 1] =
                (struct option){ "version", no_argument, NULL, OPTION_VERSION };
        return options;
}

static int read_words(Arena *arena, const ArgsProgram *program, char *const *words, Words *ret)
{
        Words result = { 0 };

        for (; *words; words++)
                VEC_ADD(arena, &result, *words);
        if (result.count < program->min_words || result.count > program->max_words) {
                say(SAY_ERROR, "wrong number of arguments; usage: %s %s",
                    program_invocation_short_name, program->synopsis);
                return SAY_EXIT_OWN;
        }
        VEC_ADD(arena, &result, NULL);
        result.count--;
        *ret = result;
        return -1;
}

int args_read(Arena *arena, const ArgsProgram *program, int argc, char **argv, void *target,
              Words *ret_words)
{
        const struct option *options = long_options(arena, program);

        opterr = 0;
        for (;;) {
                const char *word = argv[optind];
                const int c = getopt_long(argc, argv, "+:", options, NULL);

                if (c < 0)
                        return read_words(arena, program, argv + optind, ret_words);
                if (c == OPTION_HELP)
                        return show_help(program);
                if (c == OPTION_VERSION)
                        return show_version();
                if (c == ':' || c == '?') {
                        say(SAY_ERROR,
                            c == ':' ? "option '%s' needs a value"
                                     : "unknown option '%s'; see --help",
                            word);
                        return SAY_EXIT_OWN;
                }

                const Arg *arg = &program->args[c];

                if (!read_value(arena, arg, optarg, (char *)target + arg->offset)) {
                        say(SAY_ERROR, "--%s= takes %s, not '%s'", arg->name, wanted(arg), optarg);
                        return SAY_EXIT_OWN;
                }
        }
}
