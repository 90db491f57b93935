/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The parts of bayplan-supervise: supervise.c starts the container, forwards signals and concludes,
 * supervise_engine.c asks the engine, supervise_end.c sees its end, supervise_health.c sees it
 * become healthy. All share one Supervise. Calls of sd_event only note what happened, and start
 * what need not be waited for. */

#include "helpers/args.h"
#include "helpers/process.h"

typedef enum EngineKind {
        ENGINE_DOCKER,
        ENGINE_PODMAN,
        ENGINE_COUNT,
} EngineKind;

typedef enum Ready {
        READY_STARTED,
        READY_HEALTHY,
        READY_COUNT,
} Ready;

typedef struct Options {
        unsigned engine; /* EngineKind */
        const char *engine_path;
        Words engine_args;
        const char *name;
        unsigned ready;        /* Ready */
        uint64_t stop_timeout; /* or STOP_TIMEOUT_OF_CONTAINER */
} Options;

#define STOP_TIMEOUT_OF_CONTAINER UINT64_MAX

typedef enum Health {
        HEALTH_UNKNOWN,
        HEALTH_NO_CHECK,
        HEALTH_HEALTHY,
        HEALTH_UNHEALTHY,
        HEALTH_FORGOTTEN, /* it is of no interest any more */
} Health;

enum {
        CODE_UNKNOWN = -1,
};

typedef struct Supervise {
        const Options *options;
        const Words *command; /* what starts the container */
        Arena *arena;
        sd_event *event;
        const char *id;   /* NULL: not started yet */
        const char *name; /* for messages */
        uint64_t began;   /* before the start, in seconds since 1970 */
        Process call;     /* what is waited for at once: the start, questions */
        Process stop;
        Process kill;
        uint64_t pending; /* signals to forward, as bits */
        bool stopping;    /* we were told to end */
        bool ready;
        bool failed; /* we have ended it ourselves */

        /* supervise_end.c */
        Process wait;
        int pid_fd;
        sd_event_source *pid_source;
        sd_event_source *wait_again;
        sd_event_source *pid_killer;
        uint64_t silent_since; /* when the engine did not answer first; 0: it does */
        bool ended;
        int code; /* once ended: its exit status, or CODE_UNKNOWN */

        /* supervise_health.c */
        Process events;
        sd_event_source *listen_again;
        Health health;
} Supervise;

/* ENGINE [ENGINE-ARG…]; what follows is added with supervise_add_word(). */
Words supervise_call(Supervise *s);
void supervise_add_word(Supervise *s, Words *argv, const char *word);
/* Starts a program; says why and returns false when it cannot be executed. */
bool supervise_start(Supervise *s, ProcessSpec spec, Words argv, Process *process);
/* ENGINE inspect --format FORMAT of the container, waited for. *ret lives in the arena. False when
 * the engine does not answer. */
bool supervise_ask(Supervise *s, const char *format, Str *ret);
/* How the engine says that a container has become healthy: the words of its events command. */
void supervise_add_events(Supervise *s, Words *argv);
/* Stops the container. */
void supervise_stop(Supervise *s);
/* "docker", "podman". */
const char *supervise_engine_name(const Supervise *s);

/* Sees to it that s->ended will be set when the container has ended. */
void supervise_watch_end(Supervise *s);
void supervise_forget_end(Supervise *s);
/* Ends the container's first process without the engine, which is not there to do it: SIGTERM, and
 * SIGKILL after the stop time-out. */
void supervise_end_process(Supervise *s);

/* Sees to it that s->health will be set. */
void supervise_watch_health(Supervise *s);
void supervise_forget_health(Supervise *s);
/* What the last probe has printed: its last line, may be empty. */
Str supervise_last_probe(Supervise *s);
