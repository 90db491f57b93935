/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"

typedef VEC(Str) Strs;

typedef struct Vector {
        Str program;
        Strs words;
        Str line;
} Vector;

static bool word(Buf *buf, Text text)
{
        quote_word(buf, text);
        return true;
}

static void add_faulty(Buf *buf, Str quoted, const Fault *fault)
{
        if (!fault->from.len) {
                const bool outer = str_starts(quoted, S("\"")) && quoted.len > 1;

                buf_add(buf, outer ? (Str){ quoted.data + 1, quoted.len - 2 } : quoted);
                return;
        }
        while (quoted.len)
                if (str_starts(quoted, fault->from)) {
                        buf_add(buf, fault->to);
                        quoted = str_skip(quoted, fault->from.len);
                } else {
                        buf_char(buf, quoted.data[0]);
                        quoted = str_skip(quoted, 1);
                }
}

static bool add_quoted(Pass *pass, Buf *unit, bool (*quote)(Buf *buf, Text text), Str text)
{
        Buf quoted = BUF(pass->arena);

        if (!quote(&quoted, LITERAL(text)))
                return false;
        if (pass->fault)
                add_faulty(unit, buf_str(&quoted), pass->fault);
        else
                buf_add(unit, buf_str(&quoted));
        return true;
}

/* Text for people: printable ASCII. */
static Str visible(Arena *arena, Str s)
{
        Buf buf = BUF(arena);

        for (size_t i = 0; i < s.len; i++)
                if (s.data[i] < ' ' || s.data[i] > '~')
                        buf_fmt(&buf, "<%02x>", (unsigned char)s.data[i]);
                else
                        buf_char(&buf, s.data[i]);
        return buf_str(&buf);
}

static bool differs(Pass *pass, const char *what, Str line, Str got, Str want)
{
        if (!pass->fault)
                printf("# %s differs: unit file has\n#   %.*s\n# got\n#   %.*s\n# want\n#   %.*s\n",
                       what, STR_ARG(visible(pass->arena, line)),
                       STR_ARG(visible(pass->arena, got)), STR_ARG(visible(pass->arena, want)));
        return false;
}

static LoadedUnit *load_as(Pass *pass, const char *name, const Buf *unit)
{
        LoadedUnit *loaded = NULL;

        if (fs_write_file(pass->dir_fd, name, buf_str(unit), 0644) == 0)
                loaded = loader_load(pass->loader, name);
        if (!loaded && !pass->fault)
                printf("# cannot load %s\n", name);
        unlinkat(pass->dir_fd, name, 0);
        return loaded;
}

static LoadedUnit *load(Pass *pass, const Buf *unit)
{
        return load_as(pass, arena_fmt(pass->arena, "oracle-%u.service", pass->units++).data, unit);
}

/* A text that may be part of a path. */
static Str random_component(Pass *pass)
{
        Buf buf = BUF(pass->arena);
        const Str text = random_text(&pass->random, pass->arena, RANDOM_LINE);

        for (size_t i = 0; i < text.len; i++)
                buf_char(&buf, text.data[i] == '/' ? '_' : text.data[i]);
        return buf_str(&buf);
}

/* What composing does to a long command line. */
static void add_blank(Pass *pass, Buf *unit)
{
        buf_add(unit, random_below(&pass->random, 8) ? S(" ") : S(" \\\n        "));
}

static Vector add_vector(Pass *pass, Buf *unit)
{
        Vector vector = { .program = S("/usr/bin/podman") };
        const size_t start = unit->len;
        const Str odd = arena_fmt(pass->arena, "/opt/x%.*s", STR_ARG(random_component(pass)));

        buf_add(unit, S("ExecStart="));
        if (!random_below(&pass->random, 4) && add_quoted(pass, unit, quote_program, odd))
                vector.program = odd;
        else
                buf_add(unit, vector.program);
        for (unsigned i = random_below(&pass->random, 8); i > 0; i--) {
                const Str text = random_text(&pass->random, pass->arena, RANDOM_BYTES);

                add_blank(pass, unit);
                add_quoted(pass, unit, word, text);
                VEC_ADD(pass->arena, &vector.words, text);
        }
        vector.line = arena_str(pass->arena, str_skip(buf_str(unit), start));
        buf_char(unit, '\n');
        return vector;
}

static bool compare_vector(Pass *pass, const LoadedCommand *command, const Vector *vector)
{
        char *variables[] = { (char[]){ "X=a variable was expanded" }, NULL };
        char **argv;
        size_t count = 0;
        bool ok = true;

        if (!str_is(vector->program, command->path))
                return differs(pass, "the program", vector->line, str_c(command->path),
                               vector->program);

        argv = loader_run_argv(pass->loader, command->argv, variables);
        for (; argv[count]; count++)
                if (ok && count > 0 && count <= vector->words.count &&
                    !str_is(vector->words.items[count - 1], argv[count]))
                        ok = differs(pass, "a word", vector->line, str_c(argv[count]),
                                     vector->words.items[count - 1]);
        if (ok && count != vector->words.count + 1)
                ok = differs(pass, "the number of words", vector->line,
                             arena_fmt(pass->arena, "%zu", count - 1),
                             arena_fmt(pass->arena, "%zu", vector->words.count));
        for (char **arg = argv; *arg; arg++)
                free(*arg);
        free(argv);
        return ok;
}

bool check_commands(Pass *pass, unsigned count)
{
        Buf unit = BUF(pass->arena);
        VEC(Vector) vectors = { 0 };
        const LoadedCommand *command;
        LoadedUnit *loaded;

        buf_add(&unit, S("[Service]\nType=oneshot\n"));
        while (vectors.count < count)
                VEC_ADD(pass->arena, &vectors, add_vector(pass, &unit));
        loaded = load(pass, &unit);
        if (!loaded)
                return false;

        command = loader_commands(pass->loader, loaded, "ExecStart");
        VEC_EACH (Vector, vector, &vectors) {
                if (!command)
                        return differs(pass, "a command", vector->line, S("nothing"), vector->line);
                if (!compare_vector(pass, command, vector))
                        return false;
                command = loader_next(pass->loader, command);
        }
        return !command || differs(pass, "the end", (Str){ 0 }, str_c(command->path), (Str){ 0 });
}

/* compares a NULL-terminated vector with what is wanted. */
static bool compare_strings(Pass *pass, const char *what, char **got, const Strs *want)
{
        size_t count = 0;

        for (; got && got[count] && count < want->count; count++)
                if (!str_is(want->items[count], got[count]))
                        return differs(pass, what, (Str){ 0 }, str_c(got[count]),
                                       want->items[count]);
        if (count < want->count)
                return differs(pass, what, (Str){ 0 }, S("nothing"), want->items[count]);
        return !got || !got[count] ||
               differs(pass, what, (Str){ 0 }, str_c(got[count]), S("nothing"));
}

bool check_environment(Pass *pass, unsigned count)
{
        Buf unit = BUF(pass->arena);
        Strs want = { 0 };
        LoadedUnit *loaded;

        buf_add(&unit, S("[Service]\nType=oneshot\nExecStart=/bin/true\nEnvironment="));
        while (want.count < count) {
                const Str text = random_text(&pass->random, pass->arena, RANDOM_UTF8);
                const Str assignment =
                        arena_fmt(pass->arena, "V%zu=%.*s", want.count, STR_ARG(text));

                if (random_below(&pass->random, 3))
                        buf_add(&unit, S("\nEnvironment="));
                else
                        add_blank(pass, &unit);
                if (!add_quoted(pass, &unit, quote_env, assignment))
                        return differs(pass, "an assignment", (Str){ 0 }, S("refused"), assignment);
                VEC_ADD(pass->arena, &want, assignment);
        }
        buf_char(&unit, '\n');
        loaded = load(pass, &unit);
        return loaded && compare_strings(pass, "an assignment",
                                         loader_environment(pass->loader, loaded), &want);
}

static int compare_str(const void *a, const void *b)
{
        return str_compare(*(const Str *)a, *(const Str *)b);
}

static int compare_c(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_strings(char **strings)
{
        for (char **s = strings; s && *s; s++)
                free(*s);
        free(strings);
}

bool check_paths(Pass *pass, unsigned count)
{
        Buf unit = BUF(pass->arena);
        Strs want = { 0 };
        LoadedUnit *loaded;
        char **got;
        size_t got_count = 0;
        bool ok;

        buf_add(&unit, S("[Unit]\nDefaultDependencies=no\nRequiresMountsFor="));
        for (unsigned i = 0; i < count; i++) {
                const Str path =
                        arena_fmt(pass->arena, "/p%u/x%.*s", i, STR_ARG(random_component(pass)));

                add_blank(pass, &unit);
                if (add_quoted(pass, &unit, quote_item, path))
                        VEC_ADD(pass->arena, &want, path);
        }
        buf_add(&unit, S("\n[Service]\nExecStart=/bin/true\n"));
        loaded = load(pass, &unit);
        if (!loaded)
                return false;

        got = loader_strings(pass->loader, loaded, "RequiresMountsFor");
        while (got && got[got_count])
                got_count++;
        if (got_count)
                qsort(got, got_count, sizeof(*got), compare_c);
        VEC_SORT(&want, compare_str);
        ok = compare_strings(pass, "a path", got, &want);
        free_strings(got);
        return ok;
}

bool check_values(Pass *pass, unsigned count)
{
        for (unsigned i = 0; i < count; i++) {
                Buf unit = BUF(pass->arena);
                const Str text = random_text(&pass->random, pass->arena, RANDOM_LINE);
                LoadedUnit *loaded;
                char *got;
                bool ok;

                buf_add(&unit, S("[Unit]\nDescription="));
                /* Without a description systemd shows the unit's name. */
                if (str_empty(text) || !add_quoted(pass, &unit, quote_value, text))
                        continue;
                buf_add(&unit, S("\n[Service]\nExecStart=/bin/true\n"));
                loaded = load(pass, &unit);
                if (!loaded)
                        return false;
                got = loader_string(pass->loader, loaded, "Description");
                ok = (got && str_is(text, got)) ||
                     differs(pass, "a value", buf_str(&unit), str_c(got), text);
                free(got);
                if (!ok)
                        return false;
        }
        return true;
}

/* Units of random names are ordered after each other. */
bool check_units(Pass *pass, unsigned count)
{
        Buf unit = BUF(pass->arena);
        Strs want = { 0 };
        LoadedUnit *loaded;
        char **got;
        bool ok = true;

        buf_add(&unit, S("[Unit]\nDefaultDependencies=no\nAfter="));
        for (unsigned i = 0; i < count; i++) {
                Buf name = BUF(pass->arena);

                buf_fmt(&name, "u%u", i);
                quote_name(&name,
                           str_first(random_text(&pass->random, pass->arena, RANDOM_BYTES), 40));
                buf_add(&name, S(".service"));
                add_blank(pass, &unit);
                add_quoted(pass, &unit, quote_unit, buf_str(&name));
                VEC_ADD(pass->arena, &want, buf_str(&name));
        }
        buf_add(&unit, S("\n[Service]\nExecStart=/bin/true\n"));
        loaded = load(pass, &unit);
        if (!loaded)
                return false;

        got = loader_strings(pass->loader, loaded, "After");
        VEC_EACH (Str, name, &want) {
                bool found = false;

                for (char **s = got; s && *s && !found; s++)
                        found = str_is(*name, *s);
                if (!found && ok)
                        ok = differs(pass, "a unit", (Str){ 0 }, S("nothing"), *name);
        }
        free_strings(got);
        return ok;
}

/* Template text keeps what systemd does with it, and nothing else. */
bool check_templates(Pass *pass, unsigned count)
{
        static const struct {
                Str text;
                const char *want[4];
        } rows[] = {
                { STR_INIT("%n"), { "template.service" } },
                { STR_INIT("--cidfile=%t/bayplan/%N.cid"),
                  { "--cidfile=/run/bayplan/template.cid" } },
                { STR_INIT("100%% %%n"), { "100% %n" } },
                { STR_INIT("${X}"), { "a b" } },
                { STR_INIT("$X"), { "a", "b" } },
                { STR_INIT("-$X"), { "-$X" } },
                { STR_INIT("$$X $${X} $$"), { "$X ${X} $" } },
                { STR_INIT("\"${X}\" '\\n'\n;"), { "\"a b\" '\\n'\n;" } },
                { STR_INIT("\\x25n"), { "\\x25n" } },
                { STR_INIT(""), { "" } },
        };
        char *variables[] = { (char[]){ "X=a b" }, NULL };
        Buf unit = BUF(pass->arena);
        Strs want = { 0 };
        LoadedUnit *loaded;
        const LoadedCommand *command;
        char **argv;
        bool ok;

        (void)count;
        buf_add(&unit, S("[Service]\nExecStart=/bin/true"));
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                buf_char(&unit, ' ');
                quote_word(&unit, (Text){ rows[i].text, DOOR_SYSTEMD });
                for (size_t j = 0; j < ELEMENTS(rows[i].want) && rows[i].want[j]; j++)
                        VEC_ADD(pass->arena, &want, str_c(rows[i].want[j]));
        }
        buf_char(&unit, '\n');
        loaded = load_as(pass, "template.service", &unit);
        command = loaded ? loader_commands(pass->loader, loaded, "ExecStart") : NULL;
        if (!command)
                return false;
        argv = loader_run_argv(pass->loader, command->argv, variables);
        ok = compare_strings(pass, "a template", argv + 1, &want);
        free_strings(argv);
        return ok;
}
