/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/netns.h"

#include "base/buf.h"
#include "base/fs.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define STATE_DIRECTORY "/run/bayplan-netns"

enum {
        STATE_MAX = 1024 * 1024,
};

static int open_directory(void)
{
        int fd = -1;
        int status = fs_make_dir(AT_FDCWD, STATE_DIRECTORY);

        if (status >= 0)
                status = fs_open_dir(AT_FDCWD, STATE_DIRECTORY, &fd);
        return status < 0 ? status : fd;
}

bool netns_state_read(Netns *n)
{
        CLEANUP(close_fd) int directory = open_directory();
        Str text, line;

        n->state = (Words){ 0 };
        if (directory < 0 || fs_read_file(n->arena, directory, n->name.data, STATE_MAX, &text, NULL) < 0)
                return false;
        while (text.len && str_next(&text, '\n', &line))
                if (line.len)
                        VEC_ADD(n->arena, &n->state, arena_c(n->arena, line));
        return true;
}

bool netns_state_add(Netns *n, const char *word, Str name)
{
        CLEANUP(close_fd) int directory = open_directory();
        Buf text = BUF(n->arena);
        int status = directory;

        VEC_ADD(n->arena, &n->state, arena_fmt(n->arena, "%s %.*s", word, STR_ARG(name)).data);
        VEC_EACH(const char *const, line, &n->state)
                buf_fmt(&text, "%s\n", *line);
        /* One at a time: a file that is being written has the same name for all. */
        if (status >= 0 && flock(directory, LOCK_EX) < 0)
                status = -errno;
        if (status >= 0)
                status = fs_write_file(directory, n->name.data, buf_str(&text), 0600);
        return status >= 0 || netns_fail(n, NULL, status, "write '%s/%s'", STATE_DIRECTORY, n->name.data);
}

void netns_state_each(Netns *n, const char *word, void (*call)(Netns *n, Str name))
{
        VEC_EACH(const char *const, line, &n->state) {
                Str first, rest;

                if (str_cut(str_c(*line), ' ', &first, &rest) && str_is(first, word))
                        call(n, rest);
        }
}

void netns_state_remove(const Netns *n)
{
        CLEANUP(close_fd) int directory = open_directory();

        if (directory >= 0 && unlinkat(directory, n->name.data, 0) < 0 && errno != ENOENT)
                say(SAY_WARNING, "cannot remove '%s/%s': %s", STATE_DIRECTORY, n->name.data, strerror(errno));
}
