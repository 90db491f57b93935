/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/rootfs.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The name in its directory, and the directory. */
typedef struct Place {
        int fd;
        const char *name;
} Place;

static int open_in(const Tree *tree, const char *path, int flags, mode_t mode)
{
        const struct open_how how = {
                .flags = (uint64_t)(flags | O_CLOEXEC),
                .mode = flags & O_CREAT ? mode : 0,
                .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
        };
        long fd;

        /* A rename elsewhere in the tree while ".." is looked up. */
        do
                fd = syscall(SYS_openat2, tree->fd, path, &how, sizeof(how));
        while (fd < 0 && errno == EAGAIN);
        return fd < 0 ? -errno : (int)fd;
}

int tree_open(Arena *arena, const char *path, Tree *ret)
{
        const int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        *ret = (Tree){ .fd = fd, .arena = arena };
        return 0;
}

void tree_close_p(Tree *tree)
{
        close_fd_p(&tree->fd);
}

bool tree_has(const Tree *tree, const char *path)
{
        CLEANUP(close_fd) int fd = open_in(tree, path, O_PATH, 0);

        return fd >= 0;
}

static int open_parent(const Tree *tree, const char *path, Place *ret)
{
        const Str whole = str_c(path);
        const size_t slash = str_rfind(whole, '/');
        const bool deep = slash < whole.len;
        const int fd = open_in(tree, deep ? arena_c(tree->arena, str_first(whole, slash)) : ".", O_PATH | O_DIRECTORY, 0);

        if (fd < 0)
                return fd;
        *ret = (Place){ fd, deep ? path + slash + 1 : path };
        return 0;
}

int tree_make_dir(const Tree *tree, const char *path, mode_t mode)
{
        Place place = { .fd = -1 };
        int r;

        if (tree_has(tree, path))
                return 0;
        r = open_parent(tree, path, &place);
        if (r < 0)
                return r;
        /* Nobody has it open yet who could put a link there; and a mode follows none. */
        if (mkdirat(place.fd, place.name, 0700) < 0)
                r = -errno;
        if (r == 0) {
                CLEANUP(close_fd)
                int fd = openat(place.fd, place.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

                if (fd < 0 || fchmod(fd, mode) < 0)
                        r = -errno;
        }
        close_fd_p(&place.fd);
        return r;
}

int tree_make_file(const Tree *tree, const char *path, mode_t mode)
{
        CLEANUP(close_fd) int fd = -1;

        if (tree_has(tree, path))
                return 0;
        fd = open_in(tree, path, O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK, mode);
        return fd < 0 ? fd : 0;
}

int tree_make_link(const Tree *tree, const char *path, const char *target)
{
        Place place = { .fd = -1 };
        int r = open_parent(tree, path, &place);

        if (r == 0 && symlinkat(target, place.fd, place.name) < 0 && errno != EEXIST)
                r = -errno;
        close_fd_p(&place.fd);
        return r;
}

int tree_replace_file(const Tree *tree, const char *path, Str content)
{
        Place place = { .fd = -1 };
        CLEANUP(close_fd) int fd = -1;
        int r = open_parent(tree, path, &place);

        if (r == 0) {
                /* fs_write_file() needs a descriptor that is more than a path. */
                fd = openat(place.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                r = fd < 0 ? -errno : fs_write_file(fd, place.name, content, 0644);
        }
        close_fd_p(&place.fd);
        return r;
}

int tree_replace_link(const Tree *tree, const char *path, const char *target)
{
        Place place = { .fd = -1 };
        int r = open_parent(tree, path, &place);

        if (r == 0) {
                const char *hidden = arena_fmt(tree->arena, ".bayplan.%s", place.name).data;

                if ((unlinkat(place.fd, hidden, 0) < 0 && errno != ENOENT) || symlinkat(target, place.fd, hidden) < 0 ||
                    renameat(place.fd, hidden, place.fd, place.name) < 0)
                        r = -errno;
        }
        close_fd_p(&place.fd);
        return r;
}
