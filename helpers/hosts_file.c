/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/hosts.h"

#include "base/buf.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
        SIZE_MAX_FILE = 64 * 1024 * 1024, /* lists against advertising have several megabytes */
        MODE_NEW = 0644,
        MODE_BITS = 07777,
};

/* Only the holder of the lock makes it, so what a killed one left is just removed. */
static const char hidden[] = ".hosts.bayplan.tmp";

int hosts_lock(const char *path, int *ret_fd)
{
        CLEANUP(close_fd)
        int fd =
                open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);

        if (fd < 0)
                return -errno;
        while (flock(fd, LOCK_EX) < 0)
                if (errno != EINTR)
                        return -errno;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

/* ---- reading ---- */

/* Links are followed and stay: what they lead to is replaced. -ENOENT also for a link to nothing.
 */
static int find_file(Arena *arena, const char *path, HostsFile *file)
{
        char real[PATH_MAX];
        struct stat st;
        Str whole = str_c(path);

        if (realpath(path, real))
                whole = arena_str(arena, str_c(real));
        else if (errno != ENOENT || lstat(path, &st) == 0)
                return -errno;

        const size_t slash = str_rfind(whole, '/');

        file->path = whole.data;
        file->directory =
                slash < whole.len ? arena_c(arena, str_first(whole, slash ? slash : 1)) : ".";
        file->name = slash < whole.len ? whole.data + slash + 1 : whole.data;
        return 0;
}

int hosts_read(Arena *arena, const char *path, HostsFile *ret)
{
        HostsFile file = { 0 };
        int r = find_file(arena, path, &file);

        if (r == 0)
                r = fs_read_file(arena, AT_FDCWD, file.path, SIZE_MAX_FILE, &file.content,
                                 &file.st);
        if (r < 0 && !(r == -ENOENT && file.path))
                return r;
        *ret = file;
        return 0;
}

static bool same_time(struct timespec a, struct timespec b)
{
        return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Whether it is what was read still: somebody may edit it, without our lock. */
static int check_unchanged(const HostsFile *file)
{
        struct stat st;
        const int r = fs_stat(AT_FDCWD, file->path, &st);

        if (r == -ENOENT)
                return file->st.st_ino ? -ESTALE : 0;
        if (r < 0)
                return r;
        return st.st_ino == file->st.st_ino && st.st_dev == file->st.st_dev &&
                               st.st_size == file->st.st_size &&
                               same_time(st.st_mtim, file->st.st_mtim) &&
                               same_time(st.st_ctim, file->st.st_ctim)
                       ? 0
                       : -ESTALE;
}

/* ---- a new file ---- */

/* Hashes of the content are not true of another one. */
static bool is_hash(const char *attribute)
{
        return strcmp(attribute, "security.ima") == 0 || strcmp(attribute, "security.evm") == 0;
}

static int copy_attribute(Arena *arena, const char *from, const char *name, int to)
{
        const ssize_t size = getxattr(from, name, NULL, 0);

        if (size < 0)
                return -errno;

        void *value = arena_alloc(arena, (size_t)size + 1);
        const ssize_t n = getxattr(from, name, value, (size_t)size);

        return n < 0 || fsetxattr(to, name, value, (size_t)n, 0) < 0 ? -errno : 0;
}

/* The SELinux label and access control lists are among them. */
static int copy_attributes(Arena *arena, const char *from, int to)
{
        const ssize_t size = listxattr(from, NULL, 0);

        if (size <= 0)
                return size == 0 || errno == ENOTSUP ? 0 : -errno;

        char *names = arena_alloc(arena, (size_t)size + 1);
        const ssize_t n = listxattr(from, names, (size_t)size);

        if (n < 0)
                return -errno;
        for (const char *name = names; name < names + n; name += strlen(name) + 1) {
                const int r = is_hash(name) ? 0 : copy_attribute(arena, from, name, to);

                if (r < 0)
                        return r;
        }
        return 0;
}

static int dress(Arena *arena, const HostsFile *file, int fd)
{
        if (!file->st.st_ino)
                return fchmod(fd, MODE_NEW) < 0 ? -errno : 0;
        if (fchown(fd, file->st.st_uid, file->st.st_gid) < 0 ||
            fchmod(fd, file->st.st_mode & MODE_BITS) < 0)
                return -errno;
        return copy_attributes(arena, file->path, fd);
}

/* It is on the disk before it has the name: after a power cut there is the old file or the new one.
 */
static int write_hidden(Arena *arena, const HostsFile *file, int directory, Str content)
{
        CLEANUP(close_fd) int fd = -1;
        int r;

        if (unlinkat(directory, hidden, 0) < 0 && errno != ENOENT)
                return -errno;
        fd = openat(directory, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        r = dress(arena, file, fd);
        if (r == 0)
                r = fs_write_all(fd, content);
        return r == 0 && fsync(fd) < 0 ? -errno : r;
}

static int replace(Arena *arena, const HostsFile *file, Str content)
{
        CLEANUP(close_fd) int directory = -1;
        int r = fs_open_dir(AT_FDCWD, file->directory, &directory);

        if (r < 0)
                return r;
        r = write_hidden(arena, file, directory, content);
        if (r == 0)
                r = check_unchanged(file);
        if (r == 0 && renameat(directory, hidden, directory, file->name) < 0)
                r = -errno;
        if (r < 0)
                unlinkat(directory, hidden, 0);
        return r;
}

/* ---- in place ---- */

static size_t common_length(Str a, Str b)
{
        size_t n = 0;

        while (n < a.len && n < b.len && a.data[n] == b.data[n])
                n++;
        return n;
}

static int write_at(int fd, Str content, size_t at)
{
        while (at < content.len) {
                const ssize_t n = pwrite(fd, content.data + at, content.len - at, (off_t)at);

                if (n < 0 && errno != EINTR)
                        return -errno;
                at += n > 0 ? (size_t)n : 0;
        }
        return ftruncate(fd, (off_t)content.len) < 0 ? -errno : 0;
}

/* The space is there before a byte changes, what comes before our block is not touched, and only
 * SIGKILL comes between. */
static int write_in_place(const HostsFile *file, Str content)
{
        CLEANUP(close_fd) int fd = open(file->path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        const size_t same = common_length(file->content, content);
        sigset_t all, before;
        int r;

        if (fd < 0)
                return -errno;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, &before);
        r = check_unchanged(file);
        if (r == 0) {
                if (content.len > file->content.len)
                        r = -posix_fallocate(fd, (off_t)file->content.len,
                                             (off_t)(content.len - file->content.len));
                if (r == 0 || r == -EOPNOTSUPP)
                        r = write_at(fd, content, same);
                if (r == 0 && fsync(fd) < 0)
                        r = -errno;
                if (r < 0)
                        write_at(fd, file->content, same);
        }
        sigprocmask(SIG_SETMASK, &before, NULL);
        return r;
}

/* What a file in the place of this one cannot have: the place itself, on a bind mount (-EBUSY) or
 * in a directory that is read-only; the owner; an attribute. */
static bool cannot_replace(int error)
{
        return error == -EBUSY || error == -EROFS || error == -EACCES || error == -EPERM ||
               error == -EXDEV || error == -ENOTSUP || error == -EINVAL;
}

int hosts_write(Arena *arena, const HostsFile *file, Str content)
{
        const int r = replace(arena, file, content);

        return cannot_replace(r) && file->st.st_ino ? write_in_place(file, content) : r;
}
