/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-nspawn: completes a command line of systemd-nspawn by what is known at the start only, and becomes it:
 * the unit's credentials, and variables of files. A secret never is an argument: nspawn is told names, and finds the
 * values in files and in its own environment. */

#include "base/fs.h"
#include "base/num.h"
#include "helpers/args.h"
#include "helpers/process.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum {
        FILE_SIZE_MAX = 1024 * 1024,
};

typedef struct Options {
        bool credentials;
        Words names;
        Words files;
} Options;

static const Arg args[] = {
        { "credentials", NULL, "pass all credentials of the unit on", ARG_FLAG, offsetof(Options, credentials) },
        { "environment", "NAME", "pass a variable on, where it is set (*)", ARG_LIST, offsetof(Options, names) },
        { "environment-file", "FILE", "pass the variables of a file on: lines of\nNAME=VALUE, without quotes (*)", ARG_LIST,
          offsetof(Options, files) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] [--] NSPAWN [ARG...]",
        .about = "Becomes the program NSPAWN, systemd-nspawn(1), with further options before ARG.",
        .notes = "(*) may be repeated\n"
                 "\n"
                 "Exit status: that of NSPAWN; 125 this program failed; 126, 127 NSPAWN cannot be\n"
                 "executed or is not there.",
        .args = args,
        .count = ELEMENTS(args),
        .min_words = 1,
        .max_words = UINT_MAX,
};

static bool failed(const char *what, const char *name, int error)
{
        say(SAY_ERROR, "cannot %s '%s': %.*s", what, name, STR_ARG(fs_error(error)));
        return false;
}

static void add_word(Arena *arena, Words *words, const char *prefix, Str text)
{
        VEC_ADD(arena, words, arena_fmt(arena, "%s%.*s", prefix, STR_ARG(text)).data);
}

/* ---- credentials ---- */

/* All of them: LoadCredential= of a directory and ImportCredential= make names that no unit tells (T-34). */
static bool add_credentials(Arena *arena, Words *words)
{
        const char *directory = getenv("CREDENTIALS_DIRECTORY");
        CLEANUP(close_fd) int fd = -1;
        FsEntries entries = { 0 };
        int r;

        /* ImportCredential= may have found none. */
        if (!directory)
                return true;
        r = fs_open_dir(AT_FDCWD, directory, &fd);
        if (r == 0)
                r = fs_list_dir(arena, fd, &entries);
        if (r < 0)
                return failed("read the credentials in", directory, r);
        VEC_EACH(const FsEntry, entry, &entries)
                if (entry->type != FS_DIRECTORY)
                        add_word(arena, words, "--load-credential=",
                                 arena_fmt(arena, "%.*s:%s/%.*s", STR_ARG(entry->name), directory, STR_ARG(entry->name)));
        return true;
}

/* ---- variables ---- */

/* Variables that would change what nspawn itself does, or what the loader makes of it. No secrets are in them, so
 * their values are arguments. */
static bool is_of_programs(Str name)
{
        static const Str prefixes[] = { STR_INIT("LD_"), STR_INIT("SYSTEMD_"), STR_INIT("GLIBC_"), STR_INIT("MALLOC_"),
                                        STR_INIT("LISTEN_") };
        static const Str names[] = { STR_INIT("PATH"), STR_INIT("HOME"), STR_INIT("NOTIFY_SOCKET"), STR_INIT("TMPDIR"),
                                     STR_INIT("CREDENTIALS_DIRECTORY"), STR_INIT("WATCHDOG_USEC"), STR_INIT("WATCHDOG_PID"),
                                     STR_INIT("INVOCATION_ID"), STR_INIT("JOURNAL_STREAM"), STR_INIT("container") };

        for (size_t i = 0; i < ELEMENTS(prefixes); i++)
                if (str_starts(name, prefixes[i]))
                        return true;
        for (size_t i = 0; i < ELEMENTS(names); i++)
                if (str_eq(name, names[i]))
                        return true;
        return false;
}

/* Names that nspawn takes. */
static bool is_name(Str name)
{
        bool ok = name.len > 0 && !char_is_digit(name.data[0]);

        for (size_t i = 0; i < name.len && ok; i++)
                ok = char_is_alpha(name.data[i]) || char_is_digit(name.data[i]) || name.data[i] == '_';
        return ok;
}

static void add_if_set(Arena *arena, Words *words, Str name)
{
        if (getenv(arena_c(arena, name)))
                add_word(arena, words, "--setenv=", name);
}

static bool add_line(Arena *arena, Words *words, const char *file, unsigned number, Str line)
{
        Str name = line, value = { 0 };
        const bool assigns = str_cut(line, '=', &name, &value);

        if (!is_name(name)) {
                say(SAY_ERROR, "'%s', line %u: '%.*s' is no name of a variable", file, number, STR_ARG(name));
                return false;
        }
        if (!assigns) {
                add_if_set(arena, words, name);
        } else if (is_of_programs(name)) {
                add_word(arena, words, "--setenv=", line);
        } else if (setenv(arena_c(arena, name), arena_c(arena, value), 1) < 0) {
                return failed("set the variables of", file, -errno);
        } else {
                add_word(arena, words, "--setenv=", name);
        }
        return true;
}

/* The engines' format: a line is NAME=VALUE, or NAME, as it is; "#" begins a comment. */
static bool add_file(Arena *arena, Words *words, const char *file)
{
        unsigned number = 0;
        Str text, line;
        const int r = fs_read_file(arena, AT_FDCWD, file, FILE_SIZE_MAX, &text, NULL);

        if (r < 0)
                return failed("read", file, r);
        while (text.len && str_next(&text, '\n', &line)) {
                number++;
                while (line.len && (line.data[0] == ' ' || line.data[0] == '\t'))
                        line = str_skip(line, 1);
                if (line.len && line.data[0] != '#' && !add_line(arena, words, file, number, line))
                        return false;
        }
        return true;
}

/* ---- all of it ---- */

static bool complete(Arena *arena, const Options *options, Words *words)
{
        bool ok = !options->credentials || add_credentials(arena, words);

        for (size_t i = 0; i < options->names.count; i++)
                add_if_set(arena, words, str_c(options->names.items[i]));
        for (size_t i = 0; i < options->files.count && ok; i++)
                ok = add_file(arena, words, options->files.items[i]);
        return ok;
}

static int become(Arena *arena, const Options *options, const Words *command)
{
        Words words = { 0 };

        VEC_ADD(arena, &words, command->items[0]);
        if (!complete(arena, options, &words))
                return SAY_EXIT_OWN;
        for (size_t i = 1; i < command->count; i++)
                VEC_ADD(arena, &words, command->items[i]);
        VEC_ADD(arena, &words, NULL);
        /* execv(3) changes neither words nor array. */
        execv(words.items[0], (char **)(uintptr_t)words.items);

        const int r = -errno;

        failed("execute", words.items[0], r);
        return process_exec_status(r);
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { 0 };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0)
                status = become(&arena, &options, &words);
        arena_free(&arena);
        return status;
}
