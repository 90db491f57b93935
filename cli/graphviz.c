/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/graph.h"

#include "base/fs.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
        PICTURE_MAX = 64 * 1024 * 1024,
};

/* What it prints goes to output; both are files, so neither waits for the other. */
static int run_dot(int input, int output)
{
        static char program[] = "dot", option[] = "-Tsvg";
        char *const argv[] = { program, option, NULL };
        posix_spawn_file_actions_t actions;
        int status = 0, r;
        pid_t pid;

        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        r = -posix_spawnp(&pid, program, &actions, NULL, argv, environ);
        posix_spawn_file_actions_destroy(&actions);
        if (r < 0)
                return r;
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

static int read_all(Arena *arena, int fd, Str *ret)
{
        const off_t size = lseek(fd, 0, SEEK_END);
        size_t done = 0;
        char *data;

        if (size < 0 || size > PICTURE_MAX)
                return -EFBIG;
        data = arena_alloc(arena, (size_t)size + 1);
        while (done < (size_t)size) {
                const ssize_t n = pread(fd, data + done, (size_t)size - done, (off_t)done);

                if (n <= 0)
                        return n < 0 ? -errno : -EIO;
                done += (size_t)n;
        }
        *ret = (Str){ data, done };
        return 0;
}

int graphviz_svg(Arena *arena, Str graph, Str *ret_picture)
{
        CLEANUP(close_fd) int input = memfd_create("graph", MFD_CLOEXEC), output = memfd_create("picture", MFD_CLOEXEC);
        int r;

        if (input < 0 || output < 0)
                return -errno;
        r = fs_write_all(input, graph);
        if (r == 0 && lseek(input, 0, SEEK_SET) < 0)
                r = -errno;
        if (r == 0)
                r = run_dot(input, output);
        return r < 0 ? r : read_all(arena, output, ret_picture);
}
