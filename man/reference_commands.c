/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reference.h"

#include <limits.h>

typedef struct SwitchRow {
        char letter;
        Str name;
        Str value; /* empty: takes none */
        Str help;
} SwitchRow;

typedef struct CommandRow {
        Str name;
        Str arguments;
        unsigned switches; /* 1 << id */
        Str about;         /* paragraphs, one a line */
} CommandRow;

enum {
#define SWITCH(id, ...) SWITCH_##id,
#include "cli/commands.def"
};

#define HAS(id) (1u << SWITCH_##id)

static SwitchRow switch_row(char letter, const char *name, const char *value, const char *help)
{
        return (SwitchRow){ letter, str_c(name), str_c(value), str_c(help) };
}

static CommandRow command_row(const char *name, const char *arguments, unsigned given, const char *about)
{
        return (CommandRow){ str_c(name), str_c(arguments), given, str_c(about) };
}

static void add_name(Buf *buf, const SwitchRow *row)
{
        buf_fmt(buf, "*--%.*s%s*", STR_ARG(row->name), row->value.len ? "=" : "");
        if (row->value.len) {
                buf_char(buf, '_');
                reference_text(buf, row->value);
                buf_char(buf, '_');
        }
}

void reference_switches(Buf *buf)
{
        const SwitchRow rows[] = {
#define SWITCH(id, letter, name, value, completes, help) switch_row(letter, name, value, help),
#include "cli/commands.def"
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                if (rows[i].letter)
                        buf_fmt(buf, "*-%c*, ", rows[i].letter);
                add_name(buf, &rows[i]);
                buf_add(buf, S("\n\t"));
                reference_text(buf, rows[i].help);
                buf_add(buf, S(".\n\n"));
        }
}

static void add_command(Buf *buf, const CommandRow *row, const SwitchRow *switches, size_t count)
{
        Str rest = row->about, paragraph;
        bool some = false;

        buf_fmt(buf, "*bayplan %.*s* [_OPTION_…] ", STR_ARG(row->name));
        reference_text(buf, row->arguments);
        buf_char(buf, '\n');
        while (rest.len && str_next(&rest, '\n', &paragraph)) {
                buf_char(buf, '\t');
                reference_text(buf, paragraph);
                buf_add(buf, S("\n\n"));
        }
        buf_add(buf, S("\tOptions: "));
        for (size_t i = 0; i < count; i++) {
                if (!(row->switches & 1u << i))
                        continue;
                buf_add(buf, some ? S(", ") : S(""));
                add_name(buf, &switches[i]);
                some = true;
        }
        buf_add(buf, S(".\n\n"));
}

void reference_commands(Buf *buf)
{
        const SwitchRow all[] = {
#define SWITCH(id, letter, name, value, completes, help) switch_row(letter, name, value, help),
#include "cli/commands.def"
        };
        const CommandRow rows[] = {
#define COMMAND(name, arguments, completes, most, own, given, help, about) command_row(#name, arguments, given, about),
#include "cli/commands.def"
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                add_command(buf, &rows[i], all, ELEMENTS(all));
}
