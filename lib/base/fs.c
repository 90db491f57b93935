/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void close_fd_p(int *fd)
{
        if (*fd >= 0)
                close(*fd);
}

int fs_take_fd(int *fd)
{
        const int taken = *fd;

        *fd = -1;
        return taken;
}

int fs_open_dir(int at_fd, const char *path, int *ret_fd)
{
        const int fd = openat(at_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);

        if (fd < 0)
                return -errno;
        *ret_fd = fd;
        return 0;
}

static int compare_entries(const void *a, const void *b)
{
        return str_compare(((const FsEntry *)a)->name, ((const FsEntry *)b)->name);
}

struct linux_dirent64 {
        uint64_t d_ino;
        int64_t d_off;
        unsigned short d_reclen;
        unsigned char d_type;
        char d_name[];
};

static void add_entry(Arena *arena, FsEntries *entries, const char *name, unsigned char type)
{
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
                return;
        VEC_ADD(arena, entries,
                (FsEntry){ .name = arena_str(arena, str_c(name)),
                           .type = type == DT_REG   ? FS_FILE
                                   : type == DT_DIR ? FS_DIRECTORY
                                                    : FS_OTHER,
                           .is_link = type == DT_LNK,
                           .uncertain = type == DT_UNKNOWN });
}

int fs_list_dir(Arena *arena, int dir_fd, FsEntries *ret)
{
        enum { SIZE = 32 * 1024 };
        alignas(struct linux_dirent64) char buffer[SIZE];
        FsEntries entries = { 0 };

        for (;;) {
                const ssize_t n = getdents64(dir_fd, buffer, SIZE);

                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                for (ssize_t at = 0; at < n;) {
                        const struct linux_dirent64 *entry = (const void *)(buffer + at);

                        add_entry(arena, &entries, entry->d_name, entry->d_type);
                        at += entry->d_reclen;
                }
        }
        VEC_SORT(&entries, compare_entries);
        *ret = entries;
        return 0;
}

int fs_stat(int dir_fd, const char *name, struct stat *ret)
{
        return fstatat(dir_fd, name, ret, 0) < 0 ? -errno : 0;
}

int fs_read_link(Arena *arena, int dir_fd, const char *name, Str *ret)
{
        enum { SIZE = 4096 };
        char *target = arena_alloc(arena, SIZE);
        const ssize_t n = readlinkat(dir_fd, name, target, SIZE);

        if (n < 0)
                return -errno;
        *ret = (Str){ target, (size_t)n };
        return 0;
}

/* One read more than the size says, so that a file that grew meanwhile is seen. */
static int read_all(Arena *arena, int fd, size_t expected, size_t max, Str *ret)
{
        size_t size = expected + 1, length = 0;
        char *data = arena_alloc(arena, size);

        for (;;) {
                const ssize_t n = read(fd, data + length, size - length);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                length += (size_t)n;
                if (n == 0 || (length == expected && (size_t)n == expected))
                        break;
                if (length > max)
                        return -EFBIG;
                if (length == size) {
                        char *larger = arena_alloc(arena, size * 2);

                        memcpy(larger, data, length);
                        data = larger;
                        size *= 2;
                }
        }
        *ret = (Str){ data, length };
        return 0;
}

int fs_read_file(Arena *arena, int dir_fd, const char *name, size_t max, Str *ret, struct stat *ret_stat)
{
        /* O_NONBLOCK: opening a FIFO returns at once, and no device waits for a carrier. */
        CLEANUP(close_fd) int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        struct stat st;

        if (fd < 0)
                return errno == ENXIO ? -EMEDIUMTYPE : -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EMEDIUMTYPE;
        if (st.st_size > (off_t)max)
                return -EFBIG;

        const int r = read_all(arena, fd, (size_t)st.st_size, max, ret);

        if (r == 0 && ret_stat)
                *ret_stat = st;
        return r;
}

int fs_write_all(int fd, Str content)
{
        while (content.len) {
                const ssize_t n = write(fd, content.data, content.len);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                content = str_skip(content, (size_t)n);
        }
        return 0;
}

int fs_write_file(int dir_fd, const char *name, Str content, mode_t mode)
{
        /* systemd loads only names with a unit's suffix; whatever kills us leaves at most this one. */
        static const char hidden[] = ".bayplan.tmp";
        const int fd = openat(dir_fd, hidden, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);

        if (fd < 0)
                return -errno;

        int r = fs_write_all(fd, content);

        if (close(fd) < 0 && r == 0)
                r = -errno;
        if (r == 0 && renameat(dir_fd, hidden, dir_fd, name) < 0)
                r = -errno;
        if (r < 0)
                unlinkat(dir_fd, hidden, 0);
        return r;
}

/* -ENOTSUP when it has to be done another way. */
static int make_unnamed(FsMaker *maker, const char *name, Str content, mode_t mode)
{
        CLEANUP(close_fd) int fd = openat(maker->dir_fd, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);

        if (fd < 0) {
                maker->by_name = true;
                return -ENOTSUP;
        }

        const int r = fs_write_all(fd, content);

        if (r < 0)
                return r;
        /* For others than root since Linux 6.10. */
        if (linkat(fd, "", maker->dir_fd, name, AT_EMPTY_PATH) == 0)
                return 0;
        maker->by_name = errno != EEXIST;
        return -ENOTSUP;
}

int fs_make_file(FsMaker *maker, const char *name, Str content, mode_t mode)
{
        const int r = maker->by_name ? -ENOTSUP : make_unnamed(maker, name, content, mode);

        return r == -ENOTSUP ? fs_write_file(maker->dir_fd, name, content, mode) : r;
}

int fs_make_dir(int dir_fd, const char *name)
{
        struct stat st;

        if (mkdirat(dir_fd, name, 0755) == 0)
                return 0;
        if (errno != EEXIST)
                return -errno;
        return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int fs_link(int dir_fd, const char *target, const char *name)
{
        return symlinkat(target, dir_fd, name) < 0 ? -errno : 0;
}

Str fs_error(int negative_errno)
{
        switch (negative_errno) {
        case -EMEDIUMTYPE:
                return S("not a regular file");
        case -EFBIG:
                return S("file too large");
        default:
                return str_c(strerrordesc_np(-negative_errno));
        }
}
