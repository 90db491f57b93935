/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* calls INPUT-DIR OUTPUT-DIR BYTES HOW: the system calls of the generator and nothing else. Each file below INPUT-DIR
 * is opened, looked at, read and closed; for each a unit of BYTES is written, and a link is made. HOW "renamed": units are
 * written under a hidden name and renamed, as such files usually are; "unnamed": written without a name, which they get
 * when they are whole, as the generator does; "in-place": under their name from the start, so that whatever kills the
 * writer leaves torn ones. What the generator takes beyond this is its own work. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
        NAMES_MAX = 100000,
};

static char *names[NAMES_MAX];
static char buffer[1024 * 1024];

static _Noreturn void fail(const char *what)
{
        perror(what);
        exit(EXIT_FAILURE);
}

static int compare(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list(const char *path)
{
        DIR *directory = opendir(path);
        size_t count = 0;

        if (!directory)
                fail(path);
        for (const struct dirent *entry; (entry = readdir(directory)) && count < NAMES_MAX;)
                if (entry->d_name[0] != '.')
                        names[count++] = strdup(entry->d_name);
        closedir(directory);
        qsort(names, count, sizeof(names[0]), compare);
        return count;
}

static void read_file(int directory, const char *name)
{
        const int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0 || read(fd, buffer, (size_t)st.st_size + 1) < 0)
                fail(name);
        close(fd);
}

static void write_unit(int directory, const char *name, size_t bytes)
{
        const int fd = openat(directory, ".tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        char unit[512];

        snprintf(unit, sizeof(unit), "podman-%s.service", name);
        if (fd < 0 || write(fd, buffer, bytes) < 0 || close(fd) < 0 || renameat(directory, ".tmp", directory, unit) < 0)
                fail(unit);
}

static void make_unit(int directory, const char *name, size_t bytes)
{
        const int fd = openat(directory, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644);
        char unit[512];

        snprintf(unit, sizeof(unit), "podman-%s.service", name);
        if (fd < 0 || write(fd, buffer, bytes) < 0 || linkat(fd, "", directory, unit, AT_EMPTY_PATH) < 0 || close(fd) < 0)
                fail(unit);
}

static void write_in_place(int directory, const char *name, size_t bytes)
{
        char unit[512];

        snprintf(unit, sizeof(unit), "podman-%s.service", name);

        const int fd = openat(directory, unit, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        if (fd < 0 || write(fd, buffer, bytes) < 0 || close(fd) < 0)
                fail(unit);
}

static void link_unit(int directory, const char *name)
{
        char target[512], link[512];

        snprintf(target, sizeof(target), "../podman-%s.service", name);
        snprintf(link, sizeof(link), "multi-user.target.wants/podman-%s.service", name);
        if (symlinkat(target, directory, link) < 0)
                fail(link);
}

int main(int argc, char **argv)
{
        if (argc != 5)
                return 2;

        const int input = open(argv[1], O_RDONLY | O_DIRECTORY), output = open(argv[2], O_RDONLY | O_DIRECTORY);
        const size_t count = list(argv[1]), bytes = (size_t)atol(argv[3]);
        void (*const write_as)(int, const char *, size_t) = strcmp(argv[4], "unnamed") == 0  ? make_unit
                                                            : strcmp(argv[4], "renamed") == 0 ? write_unit
                                                                                              : write_in_place;

        if (input < 0 || output < 0 || bytes > sizeof(buffer))
                fail(argv[1]);
        for (size_t i = 0; i < count; i++)
                read_file(input, names[i]);
        for (size_t i = 0; i < count; i++)
                write_as(output, names[i], bytes);
        if (mkdirat(output, "multi-user.target.wants", 0755) < 0 && errno != EEXIST)
                fail(argv[2]);
        for (size_t i = 0; i < count; i++)
                link_unit(output, names[i]);
        return EXIT_SUCCESS;
}
