/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Completes the template of a shell's completion: the line @TABLES@ becomes bash variables made of
 * the tables of commands, keys and codes. */

#include "base/diag.h"
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const completes[] = {
        [COMPLETES_NONE] = "none",     [COMPLETES_FILES] = "files", [COMPLETES_NAMES] = "names",
        [COMPLETES_TOPICS] = "topics", [COMPLETES_WHEN] = "when",
        [COMPLETES_FORMATS] = "formats",
};

static void print_commands(void)
{
        fputs("        local commands=(", stdout);
        for (unsigned id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++)
                printf("%s%s", id > COMMAND_NONE + 1 ? " " : "", commands[id].name);
        puts(")");
}

static void print_switch(const Switch *s)
{
        printf("--%s%s", s->name, s->value ? "=" : "");
}

/* Of each command, and of bayplan itself. */
static void print_switches(void)
{
        puts("        local -A switches=(");
        for (unsigned id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++) {
                const char *blank = "";

                printf("                [%s]='", commands[id].name);
                for (unsigned s = SWITCH_NONE + 1; s < SWITCH_COUNT; s++) {
                        if (!(commands[id].switches & (1U << s)))
                                continue;
                        fputs(blank, stdout);
                        print_switch(&switches[s]);
                        blank = " ";
                }
                puts("'");
        }
        printf("                [bayplan]='--%s --%s'\n        )\n", switches[SWITCH_HELP].name,
               switches[SWITCH_VERSION].name);
}

/* Behind how many words all further ones are somebody else's. */
static void print_own(void)
{
        puts("        local -A own=(");
        for (unsigned id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++)
                if (commands[id].own)
                        printf("                [%s]=%u\n", commands[id].name, commands[id].own);
        puts("        )");
}

/* What the arguments of a command and the value of an option are. */
static void print_completes(void)
{
        puts("        local -A completes=(");
        for (unsigned id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++)
                printf("                [%s]=%s\n", commands[id].name,
                       completes[commands[id].completes]);
        for (unsigned s = SWITCH_NONE + 1; s < SWITCH_COUNT; s++) {
                if (!switches[s].value)
                        continue;
                printf("                [--%s]=%s\n", switches[s].name,
                       completes[switches[s].completes]);
                if (switches[s].letter)
                        printf("                [-%c]=%s\n", switches[s].letter,
                               completes[switches[s].completes]);
        }
        puts("        )");
}

/* A key is one topic, whatever kinds of definitions have it. */
static bool is_repeated(OptionId id)
{
        for (unsigned other = OPTION_NONE + 1; other < id; other++)
                if (str_eq(option_info((OptionId)other)->key, option_info(id)->key))
                        return true;
        return false;
}

static void print_topics(void)
{
        puts("        local topics=(");
        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++)
                if (!is_repeated((OptionId)id))
                        printf("                %.*s\n", STR_ARG(option_info((OptionId)id)->key));
        for (unsigned code = DIAG_NONE + 1; code < DIAG_COUNT; code++)
                printf("                %.*s\n", STR_ARG(diag_info((DiagCode)code)->slug));
        puts("        )");
}

int main(int argc, char **argv)
{
        FILE *template = argc == 2 ? fopen(argv[1], "re") : NULL;
        char line[1024];

        if (!template) {
                fputs("tables TEMPLATE\n", stderr);
                return EXIT_FAILURE;
        }
        while (fgets(line, sizeof(line), template)) {
                if (strcmp(line, "@TABLES@\n") != 0) {
                        fputs(line, stdout);
                        continue;
                }
                print_commands();
                print_switches();
                print_own();
                print_completes();
                print_topics();
        }
        fclose(template);
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
