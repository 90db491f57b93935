/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/image.h"

#include "base/fs.h"
#include "helpers/say.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
        MAX_DELAY_USEC = 30 * 1000 * 1000,
        LOGIN_DIR_MAX = 256,
};

/* Login */

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st, (void)type, (void)ftw;
        return remove(path) < 0 ? -1 : 0;
}

void image_forget_login(Image *image)
{
        if (image->login_dir && nftw(image->login_dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS) < 0)
                say(SAY_WARNING, "cannot remove '%s': %.*s", image->login_dir,
                    STR_ARG(fs_error(-errno)));
        image->login_dir = NULL;
}

/* A directory for us alone, in memory where possible: the unit's, the user's, the system's. */
static bool make_login_dir(Image *image)
{
        Str runtime = str_c(getenv("RUNTIME_DIRECTORY")), first = { 0 };
        Str parents[4];

        str_next(&runtime, ':', &first);
        parents[0] = first;
        parents[1] = str_c(getenv("XDG_RUNTIME_DIR"));
        parents[2] = S("/run");
        parents[3] = S("/tmp");
        for (size_t i = 0; i < ELEMENTS(parents); i++) {
                char template[LOGIN_DIR_MAX];
                const int n = snprintf(template, sizeof(template), "%.*s/bayplan-login.XXXXXX",
                                       STR_ARG(parents[i]));

                if (str_empty(parents[i]) || n >= (int)sizeof(template) || !mkdtemp(template))
                        continue;
                image->login_dir = arena_fmt(image->arena, "%s", template).data;
                image->login_file = arena_fmt(image->arena, "%s/auth.json", template).data;
                return true;
        }
        say(SAY_ERROR, "cannot make a directory for the login: %.*s", STR_ARG(fs_error(-errno)));
        return false;
}

/* The file with the password; -errno. Not a FIFO, which could block. */
static int open_password(Image *image, const char **ret_path)
{
        const Options *options = image->options;
        const char *dir = getenv("CREDENTIALS_DIRECTORY"), *path = options->login_password_file;
        struct stat st;

        if (!path)
                path = arena_fmt(image->arena, "%s/%s", dir ? dir : "", options->login_credential)
                               .data;
        *ret_path = path;

        CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        return S_ISREG(st.st_mode) ? TAKE_FD(fd) : -EMEDIUMTYPE;
}

static uint64_t stall_time(const Image *image)
{
        return image->have_local ? STALL_LOCAL_USEC : STALL_PULL_USEC;
}

static Outcome log_in(Image *image)
{
        const Options *options = image->options;
        const char *path;

        if (!options->login_registry || image->logged_in)
                return OUTCOME_OK;
        image->failed =
                arena_fmt(image->arena, "the login at '%s' failed", options->login_registry).data;

        CLEANUP(close_fd) int password = open_password(image, &path);

        if (password < 0) {
                say(SAY_ERROR, "cannot read the password from '%s': %.*s", path,
                    STR_ARG(fs_error(password)));
                return OUTCOME_LASTING;
        }
        if (!image->login_dir && !make_login_dir(image))
                return OUTCOME_LASTING;

        Words argv = image_call_registry(image, "login", &options->login_args);

        image_add_option(image, &argv, "--username", options->login_user);
        image_add_word(image, &argv, "--password-stdin");
        image_add_word(image, &argv, options->login_registry);
        image_report("Logging in at", options->login_registry);

        /* What a login that works says is of no use; docker warns of the file that we remove. */
        const Outcome outcome =
                image_run(image, (ProcessSpec){ .in = password }, argv, stall_time(image));

        if (outcome == OUTCOME_PASSING || outcome == OUTCOME_LASTING)
                say_text(SAY_WARNING, process_text(&image->call));
        image->logged_in = outcome == OUTCOME_OK;
        return outcome;
}

/* Pull */

static Outcome log_in_and_pull(Image *image)
{
        const Outcome outcome = log_in(image);

        if (outcome != OUTCOME_OK)
                return outcome;
        image->failed = "the pull failed";

        Words argv = image_call_registry(image, "pull", &image->options->pull_args);

        image_add_word(image, &argv, image->name);
        image_report("Pulling", image->name);
        return image_run(image, (ProcessSpec){ .echo = true }, argv, stall_time(image));
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void)source, (void)usec;
        *(bool *)userdata = true;
        return 0;
}

static bool wait_a_while(Image *image, uint64_t usec)
{
        bool over = false;
        sd_event_source *timer = NULL;
        int r = sd_event_add_time_relative(image->event, &timer, CLOCK_MONOTONIC, usec, 0, on_time,
                                           &over);

        while (r >= 0 && !over && !image->signal)
                r = sd_event_run(image->event, UINT64_MAX);
        sd_event_source_disable_unref(timer);
        return over;
}

/* Waiting for a registry is for machines that have nothing else. */
static Outcome pull_patiently(Image *image)
{
        const unsigned retries = image->have_local ? 0 : image->options->retries;
        uint64_t delay = image->options->retry_delay;

        for (unsigned retry = 1;; retry++) {
                const Outcome outcome = log_in_and_pull(image);

                if (outcome != OUTCOME_PASSING || retry > retries)
                        return outcome;
                delay = delay < MAX_DELAY_USEC ? delay : MAX_DELAY_USEC;
                say(SAY_WARNING, "%s; trying again in %" PRIu64 " ms (%u of %u)", image->failed,
                    delay / 1000, retry, retries);
                image_report("Waiting to pull", image->name);
                if (!wait_a_while(image, delay))
                        return OUTCOME_ENDED;
                delay *= 2;
        }
}

int image_pull(Image *image)
{
        image->have_local = image->options->pull != POLICY_MISSING && image_is_there(image);

        const Outcome outcome = pull_patiently(image);

        if (outcome == OUTCOME_OK)
                return 0;
        /* Asked again: another unit, or a person, may have brought it meanwhile. */
        if (image_is_there(image)) {
                say(SAY_WARNING, "%s; starting with the local image '%s'", image->failed,
                    image->name);
                return 0;
        }
        if (!image_has_ended(image))
                say(SAY_ERROR, "image '%s' does not exist locally and %s", image->name,
                    image->failed);
        return EXIT_FAILURE;
}
