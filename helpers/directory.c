/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/directory.h"

#include "base/fs.h"
#include "base/num.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

enum {
        NO_ID = -1,
        MODE_USUAL = 0755,
        MODE_MAX = 07777,
};

typedef struct Wanted {
        int64_t uid; /* or NO_ID */
        int64_t gid;
        uint64_t mode;
} Wanted;

/* Where the walk along the path has come. */
typedef struct Place {
        int fd;           /* the parent */
        const char *name; /* in it; the last of the path at the end */
        Str path;         /* as far as that name */
        const char *doing;
} Place;

/* Options */

static bool find_user(const char *name, int64_t *ret)
{
        const struct passwd *user = getpwnam(name);

        if (user)
                *ret = user->pw_uid;
        return user;
}

static bool find_group(const char *name, int64_t *ret)
{
        const struct group *group = getgrnam(name);

        if (group)
                *ret = group->gr_gid;
        return group;
}

static bool parse_id(Arena *arena, Str text, bool (*find)(const char *name, int64_t *ret),
                     int64_t *ret)
{
        uint64_t n;

        if (!num_unsigned(text, UINT32_MAX - 1, &n))
                return text.len && find(arena_c(arena, text), ret);
        *ret = (int64_t)n;
        return true;
}

static bool parse_options(Arena *arena, const DirectoryOptions *options, Wanted *wanted)
{
        Str user = str_c(options->owner), group;
        const bool with_group = str_cut(user, ':', &user, &group);

        if (options->path[0] != '/') {
                say(SAY_ERROR, "--directory= takes an absolute path, not '%s'", options->path);
                return false;
        }
        if (options->mode && !num_octal(str_c(options->mode), MODE_MAX, &wanted->mode)) {
                say(SAY_ERROR, "--mode= takes octal permissions, not '%s'", options->mode);
                return false;
        }
        if (options->owner && !parse_id(arena, user, find_user, &wanted->uid)) {
                say(SAY_ERROR, "--owner=: there is no user '%.*s'", STR_ARG(user));
                return false;
        }
        if (with_group && !parse_id(arena, group, find_group, &wanted->gid)) {
                say(SAY_ERROR, "--owner=: there is no group '%.*s'", STR_ARG(group));
                return false;
        }
        return true;
}

/* Failures */

static Str reason(const Place *place, int error)
{
        struct stat st;

        if (error == -ENOENT && fstatat(place->fd, place->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISLNK(st.st_mode))
                return S("a link to nothing");
        return error == -ENOTDIR ? S("not a directory") : fs_error(error);
}

static void say_failure(const DirectoryOptions *options, const Place *place, int error)
{
        const Str why = reason(place, error);

        if (str_is(place->path, options->path))
                say(SAY_ERROR, "cannot %s directory '%s': %.*s", place->doing, options->path,
                    STR_ARG(why));
        else
                say(SAY_ERROR, "cannot %s directory '%s': '%.*s': %.*s", place->doing,
                    options->path, STR_ARG(place->path), STR_ARG(why));
}

/* The walk */

/* Goes into the directory of that name, making it where it is absent. -errno. */
static int enter(Place *place)
{
        const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
        int fd = openat(place->fd, place->name, flags);

        if (fd < 0 && errno == ENOENT) {
                if (mkdirat(place->fd, place->name, MODE_USUAL) < 0 && errno != EEXIST)
                        return -errno;
                fd = openat(place->fd, place->name, flags);
        }
        if (fd < 0)
                return -errno;
        close(place->fd);
        place->fd = fd;
        return 0;
}

/* To the parent of the last name. *place is where it has come to, also when it fails. */
static int walk(Arena *arena, const char *path, Place *place)
{
        Str rest = str_c(path), part;
        int r = 0;

        place->path = str_first(rest, 1);
        place->fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (place->fd < 0)
                return -errno;
        while (r == 0 && str_next(&rest, '/', &part)) {
                if (str_empty(part) || str_is(part, "."))
                        continue;
                if (place->name)
                        r = enter(place);
                if (r == 0) {
                        place->name = arena_c(arena, part);
                        place->path = (Str){ path, (size_t)(part.data + part.len - path) };
                }
        }
        if (!place->name)
                place->name = ".";
        return r;
}

/* The last name */

/* By its descriptor: the name could be something else by now. -errno. */
static int dress(Place *place, const char *name, const Wanted *wanted)
{
        CLEANUP(close_fd)
        int fd = openat(place->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        place->doing = "set the owner of";
        if (fchown(fd, (uid_t)wanted->uid, (gid_t)wanted->gid) < 0)
                return -errno;
        place->doing = "set the permissions of";
        if (fchmod(fd, (mode_t)wanted->mode) < 0)
                return -errno;
        place->doing = "make";
        return 0;
}

/* Not all file systems know RENAME_NOREPLACE; without it an empty directory could be replaced. */
static int rename_new(int parent, const char *old, const char *new)
{
        if (renameat2(parent, old, parent, new, RENAME_NOREPLACE) == 0)
                return 0;
        if (errno != EINVAL && errno != ENOSYS)
                return -errno;
        return renameat(parent, old, parent, new) == 0 ? 0 : -errno;
}

/* It gets its name last, so nobody ever meets it with another owner or open to others, and whatever
 * kills us leaves none that would pass for one that is there. -errno, -EEXIST among it. */
static int make(Arena *arena, Place *place, const Wanted *wanted)
{
        uint64_t random = 0;

        if (getrandom(&random, sizeof(random), 0) < 0)
                return -errno;

        const char *hidden = arena_fmt(arena, ".bayplan.%016" PRIx64, random).data;
        int r;

        if (mkdirat(place->fd, hidden, 0700) < 0)
                return -errno;
        r = dress(place, hidden, wanted);
        if (r == 0)
                r = rename_new(place->fd, hidden, place->name);
        if (r < 0)
                unlinkat(place->fd, hidden, AT_REMOVEDIR);
        return r;
}

static void note(const DirectoryOptions *options, const char *what, int64_t is, int64_t wanted)
{
        if (wanted != NO_ID && wanted != is)
                say(SAY_INFO,
                    "directory '%s' is there and belongs to %s %" PRIi64 ", not %" PRIi64
                    "; left as it is",
                    options->path, what, is, wanted);
}

static void note_differences(const DirectoryOptions *options, const Wanted *wanted,
                             const struct stat *st)
{
        const mode_t mode = st->st_mode & MODE_MAX;

        note(options, "user", st->st_uid, wanted->uid);
        note(options, "group", st->st_gid, wanted->gid);
        if (options->mode && wanted->mode != mode)
                say(SAY_INFO, "directory '%s' is there with mode %04o, not %04o; left as it is",
                    options->path, mode, (unsigned)wanted->mode);
}

static int provide_last(Arena *arena, const DirectoryOptions *options, const Wanted *wanted,
                        Place *place)
{
        struct stat st;
        int r = fs_stat(place->fd, place->name, &st);

        if (r == -ENOENT) {
                r = make(arena, place, wanted);
                if (r != -EEXIST)
                        return r;
                /* Somebody else made it meanwhile, or it is a link to nothing. */
                r = fs_stat(place->fd, place->name, &st);
        }
        if (r < 0)
                return r;
        if (!S_ISDIR(st.st_mode))
                return -ENOTDIR;
        note_differences(options, wanted, &st);
        return 0;
}

int directory_provide(Arena *arena, const DirectoryOptions *options)
{
        Wanted wanted = { .uid = NO_ID, .gid = NO_ID, .mode = MODE_USUAL };
        Place place = { .fd = -1, .doing = "make" };
        int r;

        if (!parse_options(arena, options, &wanted))
                return SAY_EXIT_OWN;
        umask(0);
        r = walk(arena, options->path, &place);
        if (r == 0)
                r = provide_last(arena, options, &wanted, &place);
        if (r < 0)
                say_failure(options, &place, r);
        close_fd_p(&place.fd);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
