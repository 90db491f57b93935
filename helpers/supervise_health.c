/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/supervise.h"

#include "helpers/say.h"

enum {
        AGAIN_USEC = 1000 * 1000,
};

static void listen_for_events(Supervise *s);

/* "health_status: healthy" of docker, "healthy" of podman. */
static void judge(Supervise *s, Str text)
{
        if (str_ends(text, S("unhealthy")))
                s->health = HEALTH_UNHEALTHY;
        else if (str_ends(text, S("healthy")))
                s->health = HEALTH_HEALTHY;
}

static void on_event(Process *process, void *userdata)
{
        judge(userdata, process_text(process));
}

static int on_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void)source, (void)usec;
        listen_for_events(userdata);
        return 0;
}

/* The engine has gone away; it may come back. */
static void on_events_end(Process *process, void *userdata)
{
        Supervise *s = userdata;

        (void)process;
        s->listen_again = sd_event_source_disable_unref(s->listen_again);
        if (s->health == HEALTH_UNKNOWN && !s->ended)
                sd_event_add_time_relative(s->event, &s->listen_again, CLOCK_MONOTONIC, AGAIN_USEC,
                                           0, on_again, s);
}

static void listen_for_events(Supervise *s)
{
        static const ProcessSpec spec = {
                .keep = PROCESS_KEEP_STDOUT,
                .on_output = on_event,
                .on_end = on_events_end,
        };
        Words argv = supervise_call(s);

        supervise_add_events(s, &argv);
        supervise_start(s, spec, argv, &s->events);
}

/* Events since before the start are told too, so none is lost between the question and the answer.
 */
void supervise_watch_health(Supervise *s)
{
        Str text;

        listen_for_events(s);
        if (!supervise_ask(s, "{{if .State.Health}}{{.State.Health.Status}}{{end}}", &text))
                return;
        if (str_empty(text) || str_is(text, "none"))
                s->health = HEALTH_NO_CHECK;
        else
                judge(s, text);
}

void supervise_forget_health(Supervise *s)
{
        if (s->health == HEALTH_UNKNOWN)
                s->health = HEALTH_FORGOTTEN;
        process_dismiss(s->event, &s->events);
        s->listen_again = sd_event_source_disable_unref(s->listen_again);
}

Str supervise_last_probe(Supervise *s)
{
        Str text;

        if (!supervise_ask(s,
                           "{{with .State.Health}}{{range .Log}}{{println .Output}}{{end}}{{end}}",
                           &text))
                return (Str){ 0 };

        const size_t line = str_rfind(text, '\n');

        return line < text.len ? str_skip(text, line + 1) : text;
}
