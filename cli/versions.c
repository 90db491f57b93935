/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan versions: asks the engines what the generator may not ask them. */

#include "backend/program.h"
#include "base/fs.h"
#include "cli/command.h"
#include "model/version.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
        ANSWER_MAX = 255,
};

static int spawn(const char *program, int output, pid_t *ret)
{
        char *const argv[] = { (char *)(uintptr_t)program, (char *)(uintptr_t) "--version", NULL };
        posix_spawn_file_actions_t actions;

        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);

        const int r = posix_spawn(ret, program, &actions, NULL, argv, environ);

        posix_spawn_file_actions_destroy(&actions);
        return -r;
}

static Str read_answer(Arena *arena, int fd)
{
        char text[ANSWER_MAX];
        size_t len = 0;
        ssize_t n;

        while (len < sizeof(text) &&
               ((n = read(fd, text + len, sizeof(text) - len)) > 0 || (n < 0 && errno == EINTR)))
                len += n > 0 ? (size_t)n : 0;
        return arena_str(arena, (Str){ text, len });
}

/* What `PROGRAM --version` prints; -errno. */
static int ask(Arena *arena, const char *program, Str *ret)
{
        CLEANUP(close_fd) int mine = -1;
        CLEANUP(close_fd) int theirs = -1;
        int fds[2], status;
        pid_t pid;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        mine = fds[0];
        theirs = fds[1];

        const int r = spawn(program, theirs, &pid);

        if (r < 0)
                return r;
        close_fd_p(&theirs);
        theirs = -1;
        *ret = read_answer(arena, mine);
        close_fd_p(&mine);
        mine = -1;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                ;
        return 0;
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
                r = ask(cli->run->arena, path, &answer);
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
        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++)
                ok &= add_engine(cli, &text, (Engine)engine);
        if (cli->given[SWITCH_WRITE])
                ok &= write_versions(cli, buf_str(&text));
        else
                buf_add(&cli->out.text, buf_str(&text));
        return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
