/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/program.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
        ANSWER_MAX = 4095,
};

void argv_add(Arena *arena, Argv *argv, Str s)
{
        VEC_ADD(arena, argv, arena_c(arena, s));
}

char *const *argv_end(Arena *arena, Argv *argv)
{
        VEC_ADD(arena, argv, NULL);
        argv->count--;
        return (char *const *)(uintptr_t)argv->items;
}

static int spawn(char *const *argv, int output, pid_t *ret)
{
        posix_spawn_file_actions_t actions;

        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);

        const int r = posix_spawnp(ret, argv[0], &actions, NULL, argv, environ);

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

int program_ask(Arena *arena, char *const *argv, Str *ret)
{
        CLEANUP(close_fd) int mine = -1;
        CLEANUP(close_fd) int theirs = -1;
        int fds[2], status;
        pid_t pid;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        mine = fds[0];
        theirs = fds[1];

        const int r = spawn(argv, theirs, &pid);

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
