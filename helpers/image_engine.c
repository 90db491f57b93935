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
        const char *exists[5];       /* words of a command that fails when the image is not there */
} Engine;

static const Engine engines[ENGINE_COUNT] = {
        [ENGINE_PODMAN] = {
                .path = BAYPLAN_PODMAN,
                .authfile_option = "--authfile",
                .exists = { "image", "exists" },
        },
        [ENGINE_DOCKER] = {
                .path = BAYPLAN_DOCKER,
                .config_option = "--config",
                .exists = { "image", "inspect", "--format", "{{.Id}}" },
        },
};

static const Engine *engine_of(const Image *image)
{
        return &engines[image->options->engine];
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

/* Runs a command that talks to a registry. */
Outcome image_run(Image *image, ProcessSpec spec, Words argv)
{
        spec.keep = PROCESS_KEEP_BOTH;
        if (!image_start(image, spec, argv, &image->call))
                return OUTCOME_ENDED;
        progress_watch(&image->progress, (Process *const[]){ &image->call }, 1);

        const int status = image_finish(image, &image->call);
        const bool stalled = image->progress.stalled;

        progress_watch(&image->progress, NULL, 0);
        if (image->status || image->signal)
                return OUTCOME_ENDED;
        if (status == 0)
                return OUTCOME_OK;
        if (stalled)
                say(SAY_WARNING, "'%s' has made no progress for too long and was stopped",
                    argv.items[0]);
        return !stalled && is_lasting(image) ? OUTCOME_LASTING : OUTCOME_PASSING;
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
        image_add_word(image, &argv, image->name);
        if (!image_start(image, (ProcessSpec){ .keep = PROCESS_KEEP_BOTH }, argv, &image->call))
                return false;

        const int status = image_finish(image, &image->call);

        /* Neither engine's exit status tells "not there" from every error. */
        const Str text = arena_str(image->arena, process_text(&image->call));

        if (status > 0 && text.len && !strcasestr(text.data, "no such image"))
                say_text(SAY_WARNING, text);
        return status == 0;
}
