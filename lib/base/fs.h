/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The system calls of the pipeline, and nothing else. All return 0 or -errno; outputs are written on
 * success only. Nothing here reports: the caller knows the place. */

#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/vec.h"

#define CLEANUP(function) __attribute__((cleanup(function##_p)))
#define TAKE_FD(fd) fs_take_fd(&(fd))

void close_fd_p(int *fd);
int fs_take_fd(int *fd); /* gives *fd and leaves -1 */

typedef enum FsType {
        FS_OTHER,
        FS_FILE,
        FS_DIRECTORY,
} FsType;

typedef struct FsEntry {
        Str name;       /* ends in NUL */
        FsType type;    /* FS_OTHER where is_link or the kernel did not say: see fs_stat() */
        bool is_link;   /* a symbolic link */
        bool uncertain; /* the kernel did not tell a type */
} FsEntry;

typedef VEC(FsEntry) FsEntries;

/* Opens a directory. -ENOENT, -ENOTDIR, -EACCES, … */
int fs_open_dir(int at_fd, const char *path, int *ret_fd);
/* The entries but "." and "..", sorted by name. dir_fd stays open. */
int fs_list_dir(Arena *arena, int dir_fd, FsEntries *ret);
/* Follows links. */
int fs_stat(int dir_fd, const char *name, struct stat *ret);
/* The target's text. */
int fs_read_link(Arena *arena, int dir_fd, const char *name, Str *ret);
/* Reads a whole regular file of at most max bytes, without ever blocking: a FIFO, socket, device or
 * directory gives -EMEDIUMTYPE, a larger file -EFBIG. ret_stat may be NULL. */
int fs_read_file(Arena *arena, int dir_fd, const char *name, size_t max, Str *ret, struct stat *ret_stat);
/* Makes a file appear under its name only when it is whole: it is written under a hidden name and renamed,
 * and the hidden name is removed on failure. No fsync: meant for tmpfs. */
int fs_write_file(int dir_fd, const char *name, Str content, mode_t mode);

/* The making of many new files in a directory. */
typedef struct FsMaker {
        int dir_fd;
        bool by_name; /* the kernel or the file system has no files without a name, or lets us give them none */
} FsMaker;

/* As fs_write_file(), for what is not there yet: it is written without a name and gets it when it is whole. That takes the
 * kernel a tenth less, and whatever kills us leaves nothing. What is there is replaced. */
int fs_make_file(FsMaker *maker, const char *name, Str content, mode_t mode);

/* 0 also when it exists as a directory. */
int fs_make_dir(int dir_fd, const char *name);
/* A symbolic link; an existing link of the same name is an error, -EEXIST. */
int fs_link(int dir_fd, const char *target, const char *name);
/* Writes all of it, resuming after short writes and EINTR. */
int fs_write_all(int fd, Str content);

/* "No such file or directory". */
Str fs_error(int negative_errno);
