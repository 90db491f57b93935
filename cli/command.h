/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The commands as data (commands.def), and what a command is given when it runs. A command adds to
 * cli->out and returns its exit status; the main program prints. */

#include "cli/output.h"
#include "unit/pipeline.h"

#include <limits.h>

/* What a shell completes. */
typedef enum CompletesId {
        COMPLETES_NONE,
        COMPLETES_FILES,  /* files of definitions, and directories */
        COMPLETES_NAMES,  /* of definitions and units */
        COMPLETES_TOPICS, /* keys and codes */
        COMPLETES_WHEN,   /* auto, always, never */
        COMPLETES_FORMATS, /* ini, yaml, quadlet */
        COMPLETES_COUNT,
} CompletesId;

typedef enum SwitchId {
        SWITCH_NONE,
#define SWITCH(id, ...) SWITCH_##id,
#include "cli/commands.def"
        SWITCH_COUNT,
} SwitchId;

typedef enum CommandId {
        COMMAND_NONE,
#define COMMAND(name, ...) COMMAND_##name,
#include "cli/commands.def"
        COMMAND_COUNT,
} CommandId;

typedef struct Switch {
        char letter; /* 0: none */
        const char *name;
        const char *value; /* NULL: takes none */
        CompletesId completes;
        const char *help;
} Switch;

typedef struct CliCommand {
        const char *name;
        const char *arguments;
        CompletesId completes;
        unsigned most;
        unsigned own; /* 0: all */
        unsigned switches; /* 1 << SwitchId */
        const char *help;
        const char *about;
} CliCommand;

/* Index 0 is unused in both. */
extern const Switch switches[SWITCH_COUNT];
extern const CliCommand commands[COMMAND_COUNT];

enum {
        EXIT_USAGE = 2,
        EXIT_ENTER = 125, /* of commands whose status is another program's, as of env(1) */
};

typedef VEC(Str) Names;

typedef struct Cli {
        Run *run;
        CommandId command; /* COMMAND_NONE: only --help or --version */
        bool given[SWITCH_COUNT];
        Names arguments;
        Names files; /* of --file= */
        Str uid;     /* of --uid= */
        Str to;      /* of --to= */
        Str output;  /* of --output= */
        Output out;
        Names notes; /* printed on standard error, behind the output */
} Cli;

/* Reads the command line. False, and reported on standard error, when it is wrong. */
bool command_parse(Cli *cli, int argc, char **argv);
/* What `bayplan --help` or `bayplan COMMAND --help` prints. */
void command_help(Buf *buf, CommandId command);
/* A line for standard error. It is printed when the output has been, and a pager left. */
void command_note(Cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define COMMAND(name, ...) int command_##name(Cli *cli);
#include "cli/commands.def"
