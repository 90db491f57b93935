/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/image.h"

#include "base/fs.h"
#include "helpers/say.h"

#include <systemd/sd-daemon.h>

/* Where the engines differ. */
typedef struct Engine {
        const char *path;
        const char *config_option;   /* before the verb: the directory of logins */
        const char *authfile_option; /* after it: the file of logins */
        unsigned idle; /* bytes a second that its program moves when it only waits: a bound */
        const char *exists[5]; /* words of a command that fails when the image is not there */
} Engine;

static const Engine engines[ENGINE_COUNT] = {
        [ENGINE_PODMAN] = {
                .path = BAYPLAN_PODMAN,
                .authfile_option = "--authfile",
                .idle = 512, /* 10 to 50 were seen */
                .exists = { "image", "exists" },
        },
        [ENGINE_DOCKER] = {
                .path = BAYPLAN_DOCKER,
                .config_option = "--config",
                .idle = 16, /* none were seen, and 100 for each message of the daemon */
                .exists = { "image", "inspect", "--format", "{{.Id}}" },
        },
};

static const Engine *engine_of(const Image *image)
{
        return &engines[image->options->engine];
}

int image_start_progress(Image *image)
{
        return progress_start(&image->progress, image->event, engine_of(image)->idle);
}

void image_add_word(Image *image, Words *argv, const char *word)
{
        VEC_ADD(image->arena, argv, word);
}

void image_add_words(Image *image, Words *argv, const Words *more)
{
        for (size_t i = 0; i < more->count; i++)
                image_add_word(image, argv, more->items[i]);
}

Words image_call(Image *image)
{
        Words argv = { 0 };

        const char *path = image->options->engine_path;

        image_add_word(image, &argv, path ? path : engine_of(image)->path);
        image_add_words(image, &argv, &image->options->engine_args);
        return argv;
}

void image_add_option(Image *image, Words *argv, const char *name, const char *value)
{
        image_add_word(image, argv, arena_fmt(image->arena, "%s=%s", name, value).data);
}

Words image_call_registry(Image *image, const char *verb, const Words *more)
{
        const Engine *engine = engine_of(image);
        Words argv = image_call(image);

        if (image->login_dir && engine->config_option)
                image_add_option(image, &argv, engine->config_option, image->login_dir);
        image_add_word(image, &argv, verb);
        if (image->login_dir && engine->authfile_option)
                image_add_option(image, &argv, engine->authfile_option, image->login_file);
        image_add_words(image, &argv, more);
        return argv;
}

bool image_start(Image *image, ProcessSpec spec, Words argv, Process *process)
{
        image_add_word(image, &argv, NULL);
        argv.count--;
        spec.argv = &argv;

        const int r = process_start(image->event, &spec, process);

        if (r < 0) {
                say(SAY_ERROR, "cannot execute '%s': %.*s", argv.items[0], STR_ARG(fs_error(r)));
                image->status = process_exec_status(r);
        }
        return r == 0;
}

int image_finish(Image *image, Process *process)
{
        const int status = process_wait(image->event, process);

        if (status < 0) {
                say(SAY_ERROR, "cannot wait for '%s': %.*s", process->program,
                    STR_ARG(fs_error(status)));
                image->status = SAY_EXIT_OWN;
        }
        return status;
}

/* Text that says that another try will end the same way. Whatever is not listed may pass: no name
 * service yet, no route, a registry that is being restarted. */
static const char *const lasting[] = {
        "unauthorized",
        "authentication required",
        "no basic auth credentials",
        "username or password",
        "username/password",
        "access denied",
        "permission denied",
        "manifest unknown",
        "name unknown",
        "no matching manifest",
        "no image found in",
        "invalid reference",
        "short-name",
        "signed by unknown authority",
        "no space left on device",
};

static bool is_lasting(Image *image)
{
        const Str text = arena_str(image->arena, process_output(&image->call));

        for (size_t i = 0; i < ELEMENTS(lasting); i++) {
                if (strcasestr(text.data, lasting[i]))
                        return true;
        }
        return false;
}

bool image_has_ended(const Image *image)
{
        return image->status || image->signal;
}

uint64_t image_stall_time(const Image *image, uint64_t usual_usec)
{
        return image->options->stall_timeout == STALL_USUAL ? usual_usec
                                                            : image->options->stall_timeout;
}

Outcome image_run(Image *image, ProcessSpec spec, Words argv, uint64_t stall_usec)
{
        spec.keep = PROCESS_KEEP_BOTH;
        if (image_has_ended(image) || !image_start(image, spec, argv, &image->call))
                return OUTCOME_ENDED;
        progress_watch(&image->progress, (Process *const[]){ &image->call }, 1,
                       image_stall_time(image, stall_usec));

        const int status = image_finish(image, &image->call);
        const bool stalled = image_end_progress(image);

        if (image_has_ended(image))
                return OUTCOME_ENDED;
        if (stalled)
                return OUTCOME_PASSING;
        if (status == 0)
                return OUTCOME_OK;
        return is_lasting(image) ? OUTCOME_LASTING : OUTCOME_PASSING;
}

/* What was stopped has failed, whatever it says: podman 4.3 ends with status 0 on SIGTERM. */
bool image_end_progress(Image *image)
{
        const bool stalled = image->progress.stalled;

        progress_watch(&image->progress, NULL, 0, 0);
        if (stalled && !image_has_ended(image))
                say(SAY_WARNING, "'%s' has made no progress for too long and was stopped",
                    image->call.program);
        return stalled;
}

void image_report(const char *verb, const char *what)
{
        sd_notifyf(false, "STATUS=%s %s", verb, what);
}

bool image_is_there(Image *image)
{
        Words argv = image_call(image);

        for (const char *const *word = engine_of(image)->exists; *word; word++)
                image_add_word(image, &argv, *word);
        image_add_word(image, &argv, image->options->name ? image->options->name : image->name);

        const Outcome outcome = image_run(image, (ProcessSpec){ 0 }, argv, STALL_LOCAL_USEC);

        if (outcome == OUTCOME_OK || outcome == OUTCOME_ENDED)
                return outcome == OUTCOME_OK;

        /* Neither engine's exit status tells "not there" from every error. */
        const Str text = arena_str(image->arena, process_text(&image->call));

        if (text.len && !strcasestr(text.data, "no such image"))
                say_text(SAY_WARNING, text);
        return false;
}
