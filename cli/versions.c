/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan versions: asks the engines what the generator may not ask them. */

#include "backend/program.h"
#include "base/fs.h"
#include "cli/command.h"
#include "cli/program.h"
#include "model/version.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* What `PROGRAM --version` prints; -errno. */
static int ask(Arena *arena, Str program, Str *ret)
{
        Argv argv = { 0 };

        argv_add(arena, &argv, program);
        argv_add(arena, &argv, S("--version"));
        return program_ask(arena, argv_end(arena, &argv), ret);
}

/* "podman version 4.3.1", "Docker version 26.1.5+dfsg1, build a72d7cd" */
static Str version_in(Str answer)
{
        Str word;

        str_cut(answer, '\n', &answer, &word);
        while (answer.len && str_next(&answer, ' ', &word)) {
                if (str_ends(word, S(",")))
                        word.len--;
                if (version_number(word).len)
                        return word;
        }
        return (Str){ 0 };
}

/* Nothing for an engine that is not installed. */
static bool add_engine(Cli *cli, Buf *buf, Engine engine)
{
        const Str program = backend_program(cli->run, engine);
        const char *path = arena_c(cli->run->arena, program);
        struct stat st;
        Str answer = { 0 };
        int r = fs_stat(AT_FDCWD, path, &st);

        if (r == -ENOENT)
                return true;
        if (r == 0)
                r = ask(cli->run->arena, program, &answer);
        if (r < 0) {
                command_note(cli, "cannot ask '%s': %.*s", path, STR_ARG(fs_error(r)));
                return false;
        }

        const VersionRecord record = {
                .name = engine_name(engine),
                .version = version_in(answer),
                .program = program,
                .size = (uint64_t)st.st_size,
                .mtime = (uint64_t)st.st_mtime,
        };

        if (!record.version.len) {
                command_note(cli, "'%s --version' tells no version", path);
                return false;
        }
        version_format_record(buf, &record);
        return true;
}

static bool write_versions(Cli *cli, Str text)
{
        CLEANUP(close_fd) int fd = -1;
        int r = fs_make_dir(AT_FDCWD, VERSIONS_DIRECTORY);

        if (r == 0)
                r = fs_open_dir(AT_FDCWD, VERSIONS_DIRECTORY, &fd);
        if (r == 0)
                r = fs_write_file(fd, VERSIONS_NAME, text, 0644);
        if (r < 0)
                command_note(cli, "cannot write '" VERSIONS_DIRECTORY "/" VERSIONS_NAME "': %.*s", STR_ARG(fs_error(r)));
        return r == 0;
}

int command_versions(Cli *cli)
{
        Buf text = BUF(cli->run->arena);
        bool ok = true;

        buf_add(&text, S("# Made by bayplan versions\n"));
        /* systemd-nspawn is systemd's, whose version is known without asking. */
        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++)
                if (engine_is_oci((Engine)engine))
                        ok &= add_engine(cli, &text, (Engine)engine);
        if (cli->given[SWITCH_WRITE])
                ok &= write_versions(cli, buf_str(&text));
        else
                buf_add(&cli->out.text, buf_str(&text));
        return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
