/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/supervise.h"

#include "base/fs.h"
#include "helpers/say.h"

#include <inttypes.h>

enum {
        USEC_PER_SEC = 1000 * 1000,
};

/* Where the engines differ. */
typedef struct Engine {
        const char *name;
        const char *event_format;
} Engine;

static const Engine engines[ENGINE_COUNT] = {
        [ENGINE_DOCKER] = { .name = "docker",
                            .event_format = "{{.Action}}" }, /* "health_status: healthy" */
        [ENGINE_PODMAN] = { .name = "podman", .event_format = "{{.HealthStatus}}" },
};

const char *supervise_engine_name(const Supervise *s)
{
        return engines[s->options->engine].name;
}

void supervise_add_word(Supervise *s, Words *argv, const char *word)
{
        VEC_ADD(s->arena, argv, word);
}

Words supervise_call(Supervise *s)
{
        const Options *options = s->options;
        Words argv = { 0 };

        supervise_add_word(s, &argv,
                           options->engine_path ? options->engine_path : s->command->items[0]);
        for (size_t i = 0; i < options->engine_args.count; i++)
                supervise_add_word(s, &argv, options->engine_args.items[i]);
        return argv;
}

bool supervise_start(Supervise *s, ProcessSpec spec, Words argv, Process *process)
{
        supervise_add_word(s, &argv, NULL);
        argv.count--;
        spec.argv = &argv;
        spec.userdata = s;

        const int r = process_start(s->event, &spec, process);

        if (r < 0)
                say(SAY_ERROR, "cannot execute '%s': %.*s", argv.items[0], STR_ARG(fs_error(r)));
        return r == 0;
}

bool supervise_ask(Supervise *s, const char *format, Str *ret)
{
        Words argv = supervise_call(s);

        supervise_add_word(s, &argv, "inspect");
        supervise_add_word(s, &argv, "--type=container");
        supervise_add_word(s, &argv, "--format");
        supervise_add_word(s, &argv, format);
        supervise_add_word(s, &argv, s->id);
        if (!supervise_start(s, (ProcessSpec){ .keep = PROCESS_KEEP_BOTH }, argv, &s->call) ||
            process_wait(s->event, &s->call) != 0)
                return false;
        *ret = arena_str(s->arena, process_text(&s->call));
        return true;
}

void supervise_add_events(Supervise *s, Words *argv)
{
        supervise_add_word(s, argv, "events");
        supervise_add_word(s, argv, arena_fmt(s->arena, "--since=%" PRIu64, s->began).data);
        supervise_add_word(s, argv, arena_fmt(s->arena, "--filter=container=%s", s->id).data);
        supervise_add_word(s, argv, "--filter=event=health_status");
        supervise_add_word(s, argv, "--format");
        supervise_add_word(s, argv, engines[s->options->engine].event_format);
}

static void on_stop_end(Process *process, void *userdata)
{
        Supervise *s = userdata;

        if (process->status == 0 || s->ended)
                return;
        say(SAY_WARNING, "cannot stop container '%s': %.*s", s->name,
            STR_ARG(process_text(process)));
        supervise_end_process(s);
}

void supervise_stop(Supervise *s)
{
        static const ProcessSpec spec = { .keep = PROCESS_KEEP_BOTH, .on_end = on_stop_end };
        const uint64_t usec = s->options->stop_timeout;
        Words argv = supervise_call(s);

        if (s->stop.pid && !s->stop.ended)
                return;
        supervise_add_word(s, &argv, "stop");
        if (usec != STOP_TIMEOUT_OF_CONTAINER) {
                /* Both engines take whole seconds, and none would kill it at once. */
                const uint64_t seconds = usec / USEC_PER_SEC + (usec % USEC_PER_SEC > 0);

                supervise_add_word(s, &argv, "-t");
                supervise_add_word(s, &argv, arena_fmt(s->arena, "%" PRIu64, seconds).data);
        }
        supervise_add_word(s, &argv, s->id);
        supervise_start(s, spec, argv, &s->stop);
}
