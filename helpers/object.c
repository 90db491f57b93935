/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/object.h"

#include "base/fs.h"
#include "helpers/say.h"

#include <fcntl.h>
#include <stdlib.h>

enum {
        /* Somebody may make or remove it between a look and an act, but hardly each time. */
        ATTEMPTS = 4,
};

typedef enum State {
        STATE_UNKNOWN, /* the engine does not say, and we have said that */
        STATE_ABSENT,
        STATE_SAME,
        STATE_OTHER, /* made of another definition, or by somebody else */
} State;

const char *const object_engine_names[OBJECT_ENGINE_COUNT + 1] = {
        [OBJECT_PODMAN] = "podman",
        [OBJECT_DOCKER] = "docker",
};

static const char *const nouns[OBJECT_KIND_COUNT] = {
        [OBJECT_NETWORK] = "network",
        [OBJECT_VOLUME] = "volume",
};

static const char *const paths[OBJECT_ENGINE_COUNT] = {
        [OBJECT_PODMAN] = BAYPLAN_PODMAN,
        [OBJECT_DOCKER] = BAYPLAN_DOCKER,
};

/* A line "NAME LABEL". podman's network ls has a method Labels() in front of the field. */
static const char *const formats[OBJECT_ENGINE_COUNT][OBJECT_KIND_COUNT] = {
        [OBJECT_PODMAN] = {
                [OBJECT_NETWORK] = "{{.Name}} {{index .Network.Labels \"" OBJECT_LABEL "\"}}",
                [OBJECT_VOLUME] = "{{.Name}} {{index .Labels \"" OBJECT_LABEL "\"}}",
        },
        [OBJECT_DOCKER] = {
                [OBJECT_NETWORK] = "{{.Name}} {{.Label \"" OBJECT_LABEL "\"}}",
                [OBJECT_VOLUME] = "{{.Name}} {{.Label \"" OBJECT_LABEL "\"}}",
        },
};

const char *object_engine(const Object *object)
{
        return object_engine_names[object->options->engine];
}

const char *object_noun(const Object *object)
{
        return nouns[object->kind];
}

bool object_check_options(const ObjectOptions *options, const Words *command)
{
        if (!options->name)
                say(SAY_ERROR, "--name= is missing");
        else if (options->external && (command->count || options->config))
                say(SAY_ERROR, "--external takes neither --config= nor a COMMAND");
        else if (!options->external && !(command->count && options->config))
                say(SAY_ERROR, "--config= and a COMMAND are needed, or --external");
        else
                return true;
        return false;
}

/* Calls */

static int run(Object *object, ProcessSpec spec)
{
        int status;

        if (object->signal)
                return -1;
        status = process_start(object->event, &spec, &object->call);
        if (status < 0) {
                say(SAY_ERROR, "cannot execute '%s': %.*s", spec.argv->items[0],
                    STR_ARG(fs_error(status)));
                object->status = process_exec_status(status);
                return -1;
        }
        status = process_wait(object->event, &object->call);
        if (status < 0) {
                say(SAY_ERROR, "cannot wait for '%s': %.*s", object->call.program,
                    STR_ARG(fs_error(status)));
                object->status = SAY_EXIT_OWN;
        }
        return object->signal ? -1 : status;
}

static const char *engine_path(const Object *object)
{
        const ObjectOptions *options = object->options;

        if (options->engine_path)
                return options->engine_path;
        return object->command->count ? object->command->items[0] : paths[options->engine];
}

int object_call(Object *object, const char *const *words)
{
        Words argv = { 0 };

        VEC_ADD(object->arena, &argv, engine_path(object));
        VEC_EACH (const char *, arg, &object->options->engine_args)
                VEC_ADD(object->arena, &argv, *arg);
        for (; *words; words++)
                VEC_ADD(object->arena, &argv, *words);
        VEC_ADD(object->arena, &argv, NULL);
        argv.count--;
        return run(object, (ProcessSpec){ .argv = &argv, .keep = PROCESS_KEEP_BOTH });
}

void object_keep_failure(Object *object, const char *verb)
{
        Str text = process_text(&object->call);

        if (object->signal || object->status)
                return;
        if (str_empty(text))
                text = arena_fmt(object->arena, "'%s' ended with status %d", object->call.program,
                                 object->call.status);
        object->failed = arena_fmt(object->arena, "cannot %s %s '%s': %.*s", verb,
                                   object_noun(object), object->options->name, STR_ARG(text));
}

/* Steps */

/* By a list, which is empty where there is none: neither engine's exit status tells "not there"
 * from every error, and inspect takes a name for the beginning of an ID. */
static State look(Object *object)
{
        const ObjectOptions *options = object->options;
        const Str wanted = str_c(options->config);
        Str rest, line, name, label;
        const char *filter = arena_fmt(object->arena, "name=^%s$", options->name).data;
        const char *const words[] = { object_noun(object),
                                      "ls",
                                      "--filter",
                                      filter,
                                      "--format",
                                      formats[options->engine][object->kind],
                                      NULL };

        if (object_call(object, words) != 0) {
                object_keep_failure(object, "look for");
                return STATE_UNKNOWN;
        }
        rest = process_output(&object->call);
        while (str_next(&rest, '\n', &line)) {
                if (str_cut(line, ' ', &name, &label) && str_is(name, options->name))
                        return str_eq(str_trim(label), wanted) ? STATE_SAME : STATE_OTHER;
        }
        return STATE_ABSENT;
}

/* What it prints, a name or an ID, is of no use; what it warns of is. */
static bool create(Object *object)
{
        CLEANUP(close_fd) int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        const int status = run(object, (ProcessSpec){
                                               .argv = object->command,
                                               .out = null < 0 ? 0 : null,
                                               .keep = PROCESS_KEEP_STDERR,
                                       });
        const Str text = process_text(&object->call);

        object->tried = true;
        if (status != 0)
                object_keep_failure(object, "create");
        else if (text.len)
                say_text(SAY_WARNING, text);
        return status == 0;
}

static int fail(const Object *object)
{
        if (!object->signal && !object->status)
                say_text(SAY_ERROR, object->failed);
        return EXIT_FAILURE;
}

/* -1 to go on, else the exit status. */
static int step(Object *object)
{
        switch (look(object)) {
        case STATE_SAME:
                return EXIT_SUCCESS;
        case STATE_OTHER:
                object->tried = false;
                return object->replace(object);
        case STATE_ABSENT:
                if (object->tried)
                        return fail(object);
                return create(object) ? EXIT_SUCCESS : -1;
        case STATE_UNKNOWN:
                break;
        }
        return fail(object);
}

static int provide(Object *object)
{
        for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
                const int status = step(object);

                if (status >= 0)
                        return status;
        }
        return fail(object);
}

static int check(Object *object)
{
        switch (look(object)) {
        case STATE_SAME:
        case STATE_OTHER:
                return EXIT_SUCCESS;
        case STATE_ABSENT:
                say(SAY_ERROR, "%s '%s' does not exist, and is external: create it first",
                    object_noun(object), object->options->name);
                return EXIT_FAILURE;
        case STATE_UNKNOWN:
                break;
        }
        return fail(object);
}

/* The whole */

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
        Object *object = userdata;

        (void)source;
        object->signal = (int)si->ssi_signo;
        process_stop(&object->call, SIGTERM);
        return 0;
}

static int prepare(Object *object)
{
        static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
        int r = process_block(signals, ELEMENTS(signals));

        if (r >= 0)
                r = sd_event_new(&object->event);
        for (size_t i = 0; i < ELEMENTS(signals) && r >= 0; i++)
                r = sd_event_add_signal(object->event, NULL, signals[i], on_signal, object);
        return r;
}

int object_run(Object *object)
{
        const int r = prepare(object);
        int status = SAY_EXIT_OWN;

        if (r < 0)
                say(SAY_ERROR, "cannot prepare to wait: %.*s", STR_ARG(fs_error(r)));
        else
                status = object->options->external ? check(object) : provide(object);
        sd_event_unref(object->event);
        return object->status ? object->status : status;
}
