/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-secret NAME FILE: gives a container's user a credential of the unit. systemd's own file is for the
 * unit's user alone; this one is a copy with the owner and mode that the container needs, in the unit's runtime
 * directory, which is in memory and gone when the unit stops. */

#include "base/fs.h"
#include "base/num.h"
#include "helpers/args.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
        CREDENTIAL_MAX = 1024 * 1024, /* systemd's own limit */
        NO_ID = -1,
};

typedef struct Options {
        const char *uid;
        const char *gid;
        const char *mode;
} Options;

static const Arg args[] = {
        { "uid", "UID", "owner of FILE (the unit's user)", ARG_TEXT, offsetof(Options, uid) },
        { "gid", "GID", "group of FILE", ARG_TEXT, offsetof(Options, gid) },
        { "mode", "MODE", "permissions of FILE, octal (0400)", ARG_TEXT, offsetof(Options, mode) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] NAME FILE",
        .about = "Copies the unit's credential NAME to FILE, with the owner and permissions that a\n"
                 "container needs. FILE must not be there.",
        .notes = "Exit status: 0, or 125 after saying what failed.",
        .args = args,
        .count = ELEMENTS(args),
        .min_words = 2,
        .max_words = 2,
};

static bool parse_id(const char *text, const char *option, int64_t *ret)
{
        uint64_t n;

        if (!text)
                return true;
        if (!num_unsigned(str_c(text), UINT32_MAX - 1, &n)) {
                say(SAY_ERROR, "--%s takes a number, not '%s'", option, text);
                return false;
        }
        *ret = (int64_t)n;
        return true;
}

static bool failed(const char *what, const char *name, int error)
{
        say(SAY_ERROR, "cannot %s '%s': %.*s", what, name, STR_ARG(fs_error(error)));
        return false;
}

/* It is never readable for anybody else on the way to its owner. */
static bool write_secret(const char *file, Str content, int64_t uid, int64_t gid, mode_t mode)
{
        CLEANUP(close_fd) int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        const int r = fd < 0 ? -errno : fs_write_all(fd, content);

        if (r < 0)
                return failed("write", file, r);
        if (fchown(fd, (uid_t)uid, (gid_t)gid) < 0)
                return failed("change the owner of", file, -errno);
        return fchmod(fd, mode) == 0 || failed("change the permissions of", file, -errno);
}

static bool copy(Arena *arena, const Options *options, const char *name, const char *file)
{
        const char *directory = getenv("CREDENTIALS_DIRECTORY");
        int64_t uid = NO_ID, gid = NO_ID;
        CLEANUP(close_fd) int fd = -1;
        uint64_t mode = 0400;
        Str content;
        int r;

        if (!parse_id(options->uid, "uid", &uid) || !parse_id(options->gid, "gid", &gid))
                return false;
        if (options->mode && !num_octal(str_c(options->mode), 0777, &mode)) {
                say(SAY_ERROR, "--mode takes octal permissions, not '%s'", options->mode);
                return false;
        }
        if (!directory) {
                say(SAY_ERROR, "$CREDENTIALS_DIRECTORY is not set: the unit has no LoadCredential=");
                return false;
        }
        r = fs_open_dir(AT_FDCWD, directory, &fd);
        if (r == 0)
                r = fs_read_file(arena, fd, name, CREDENTIAL_MAX, &content, NULL);
        if (r < 0)
                return failed("read the credential", name, r);
        return write_secret(file, content, uid, gid, (mode_t)mode);
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        Options options = { 0 };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0)
                status = copy(&arena, &options, words.items[0], words.items[1]) ? EXIT_SUCCESS : SAY_EXIT_OWN;
        arena_free(&arena);
        return status;
}
