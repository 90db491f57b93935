/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/command.h"

#include "base/escape.h"
#include "base/nearest.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
        HELP_WIDTH = 80,
        HELP_COLUMN = 24, /* where the sentences of a list begin */
};

void command_note(Cli *cli, const char *format, ...)
{
        Buf shown = BUF(cli->run->arena);
        char *text;
        va_list args;

        va_start(args, format);
        const int n = vasprintf(&text, format, args);
        va_end(args);
        if (n < 0)
                return;
        /* Words of the command line may come out of a script or a file. */
        escape_visible(&shown, (Str){ text, (size_t)n });
        VEC_ADD(cli->run->arena, &cli->notes, buf_str(&shown));
        free(text);
}

/* ---- help ---- */

/* NAME in its column, the sentence in the other. */
static void help_row(Buf *buf, Str name, const char *sentence)
{
        buf_add(buf, name);
        if (name.len >= HELP_COLUMN - 1)
                buf_char(buf, '\n');
        buf_fmt(buf, "%*s", name.len >= HELP_COLUMN - 1 ? HELP_COLUMN : HELP_COLUMN - (int)name.len,
                "");
        output_wrap(buf, HELP_COLUMN, HELP_COLUMN, HELP_WIDTH, str_c(sentence));
}

static void help_switch(Buf *buf, const Switch *s)
{
        Buf name = BUF(buf->arena);

        if (s->letter)
                buf_fmt(&name, "  -%c --%s", s->letter, s->name);
        else
                buf_fmt(&name, "     --%s", s->name);
        if (s->value)
                buf_fmt(&name, "=%s", s->value);
        help_row(buf, buf_str(&name), s->help);
}

static void help_program(Buf *buf)
{
        buf_add(buf,
                S("Usage: bayplan COMMAND [OPTION…] [ARGUMENT…]\n\n"
                  "Looks at the container definitions in /etc/containers.d as bayplan-generator\n"
                  "would, and into containers that run. Changes nothing.\n\nCommands:\n"));
        for (unsigned id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++)
                help_row(buf, arena_fmt(buf->arena, "  %s", commands[id].name), commands[id].help);
        buf_add(buf, S("\nOptions:\n"));
        help_switch(buf, &switches[SWITCH_HELP]);
        help_switch(buf, &switches[SWITCH_VERSION]);
        buf_add(buf, S("\n'bayplan COMMAND --help' tells the options of a command.\n"
                       "See bayplan(1), containers.d(5), bayplan-generator(8).\n"));
}

void command_help(Buf *buf, CommandId id)
{
        const CliCommand *command = &commands[id];
        Str rest = str_c(command->about), paragraph;

        if (!id) {
                help_program(buf);
                return;
        }
        buf_fmt(buf, "Usage: bayplan %s [OPTION…]%s%s\n", command->name,
                *command->arguments ? " " : "", command->arguments);
        while (str_next(&rest, '\n', &paragraph)) {
                buf_char(buf, '\n');
                output_wrap(buf, 0, 0, HELP_WIDTH, paragraph);
        }
        buf_add(buf, S("\nOptions:\n"));
        for (unsigned s = SWITCH_NONE + 1; s < SWITCH_COUNT; s++)
                if (command->switches & (1U << s))
                        help_switch(buf, &switches[s]);
        buf_add(buf, S("\nSee bayplan(1).\n"));
}

/* ---- the command line ---- */

enum {
        WORD = 1,        /* getopt's value of a word that is no switch */
        LONG_BASE = 256, /* of a switch, past any letter */
};

static const struct option *long_options(Arena *arena)
{
        struct option *longs = arena_alloc(arena, SWITCH_COUNT * sizeof(*longs));

        for (unsigned id = SWITCH_NONE + 1; id < SWITCH_COUNT; id++)
                longs[id - 1] = (struct option){ .name = switches[id].name,
                                                 .has_arg = switches[id].value ? required_argument
                                                                               : no_argument,
                                                 .val = LONG_BASE + (int)id };
        return longs;
}

static const char *short_options(Arena *arena)
{
        Buf buf = BUF(arena);

        buf_add(&buf, S("-:"));
        for (unsigned id = SWITCH_NONE + 1; id < SWITCH_COUNT; id++)
                if (switches[id].letter)
                        buf_fmt(&buf, "%c%s", switches[id].letter, switches[id].value ? ":" : "");
        return arena_c(arena, buf_str(&buf));
}

static SwitchId switch_of(int value)
{
        if (value > LONG_BASE)
                return (SwitchId)(value - LONG_BASE);
        for (unsigned id = SWITCH_NONE + 1; id < SWITCH_COUNT; id++)
                if (switches[id].letter == value)
                        return (SwitchId)id;
        return SWITCH_NONE;
}

static bool take_value(Cli *cli, SwitchId id, const char *value)
{
        if (id == SWITCH_FILE)
                VEC_ADD(cli->run->arena, &cli->files, str_c(value));
        if (id == SWITCH_UID)
                cli->uid = str_c(value);
        if (id == SWITCH_TO)
                cli->to = str_c(value);
        if (id == SWITCH_OUTPUT)
                cli->output = str_c(value);
        if (id != SWITCH_COLOR || output_set_colour(&cli->out, str_c(value)))
                return true;
        command_note(cli, "--color= takes auto, always or never, not '%s'", value);
        return false;
}

static bool unknown_switch(Cli *cli, const char *word, int value)
{
        Str name = str_c(word), ignored;
        const SwitchId id = switch_of(value);

        if (id && str_cut(name, '=', &name, &ignored)) {
                command_note(cli, "option --%s takes no value", switches[id].name);
                return false;
        }

        Nearest nearest = nearest_start(str_starts(name, S("--")) ? str_skip(name, 2) : (Str){ 0 });

        for (unsigned s = SWITCH_NONE + 1; s < SWITCH_COUNT; s++)
                nearest_offer(&nearest, str_c(switches[s].name));
        if (value && value < LONG_BASE)
                command_note(cli, "unknown option '-%c'; see --help", value);
        else if (nearest.best.len)
                command_note(cli, "unknown option '%.*s'; did you mean '--%.*s'?", STR_ARG(name),
                             STR_ARG(nearest.best));
        else
                command_note(cli, "unknown option '%s'; see --help", word);
        return false;
}

static bool find_command(Cli *cli, const char *word)
{
        Nearest nearest = nearest_start(str_c(word));

        for (unsigned id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++) {
                nearest_offer(&nearest, str_c(commands[id].name));
                if (strcmp(commands[id].name, word) == 0)
                        cli->command = (CommandId)id;
        }
        if (!cli->command && nearest.best.len)
                command_note(cli, "unknown command '%s'; did you mean '%.*s'?", word,
                             STR_ARG(nearest.best));
        else if (!cli->command)
                command_note(cli, "unknown command '%s'; see --help", word);
        return cli->command;
}

/* Whether what follows is somebody else's. */
static bool has_own(const Cli *cli)
{
        const unsigned own = commands[cli->command].own;

        return own && cli->arguments.count >= own;
}

static bool take_word(Cli *cli, const char *word)
{
        if (!cli->command)
                return find_command(cli, word);
        VEC_ADD(cli->run->arena, &cli->arguments, str_c(word));
        return true;
}

static bool take_words(Cli *cli, char *const *words)
{
        if (has_own(cli) && *words && strcmp(*words, "--") == 0)
                words++;
        for (; *words; words++)
                if (!take_word(cli, *words))
                        return false;
        return true;
}

/* Switches and words in any order, up to the words of somebody else. */
static bool parse_words(Cli *cli, int argc, char **argv)
{
        const struct option *longs = long_options(cli->run->arena);
        const char *letters = short_options(cli->run->arena);

        opterr = 0;
        while (!has_own(cli)) {
                const int value = getopt_long(argc, argv, letters, longs, NULL);

                if (value < 0)
                        break;
                if (value == WORD) {
                        if (!take_word(cli, optarg))
                                return false;
                        continue;
                }
                if (value == '?')
                        return unknown_switch(cli, argv[optind - 1], optopt);

                const SwitchId id = switch_of(value == ':' ? optopt : value);

                if (value == ':') {
                        command_note(cli, "option --%s needs a value: %s", switches[id].name,
                                     switches[id].value);
                        return false;
                }
                cli->given[id] = true;
                if (switches[id].value && !take_value(cli, id, optarg))
                        return false;
        }
        return take_words(cli, argv + optind);
}

static bool check_switches(Cli *cli)
{
        const CliCommand *command = &commands[cli->command];

        for (unsigned id = SWITCH_NONE + 1; id < SWITCH_COUNT; id++) {
                if (!cli->given[id] || (command->switches & (1U << id)) || id == SWITCH_VERSION)
                        continue;
                command_note(cli, "'%s' has no option --%s; see 'bayplan %s --help'", command->name,
                             switches[id].name, command->name);
                return false;
        }
        if (cli->given[SWITCH_USER] && cli->given[SWITCH_SYSTEM]) {
                command_note(cli, "--user and --system exclude each other");
                return false;
        }
        return true;
}

bool command_parse(Cli *cli, int argc, char **argv)
{
        if (!parse_words(cli, argc, argv))
                return false;
        if (cli->given[SWITCH_HELP] || cli->given[SWITCH_VERSION])
                return true;
        if (!cli->command) {
                command_note(cli, "which command? See --help");
                return false;
        }
        if (cli->arguments.count > commands[cli->command].most) {
                command_note(cli, "too many arguments; see 'bayplan %s --help'",
                             commands[cli->command].name);
                return false;
        }
        return check_switches(cli);
}
