/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The parts of bayplan-update: update.c decides, update_engine.c asks the engine, update_unit.c restarts the unit
 * and sees what becomes of it. All share one Update. What fails is said where it happens. */

#include "helpers/args.h"
#include "helpers/manager.h"
#include "helpers/process.h"

typedef struct Options {
        unsigned engine; /* index of update_engines */
        const char *engine_path;
        Words engine_args;
        unsigned manager;         /* MANAGER_… */
        uint64_t settle;          /* microseconds for which it must run */
        uint64_t healthy_timeout; /* and in which it must become healthy, where it has a check */
} Options;

enum { MANAGER_SYSTEM, MANAGER_USER };

typedef struct Update {
        const Options *options;
        const char *unit;
        const char *container; /* its name */
        const char *image;     /* as the container is made of it */
        Arena *arena;
        sd_event *event;
        Manager manager;
        Process call; /* of the engine; one at a time */
        char job[128]; /* our restart; empty: it has ended */
        char result[32]; /* its result: "done", "failed", "dependency", … */
        bool disturbed;  /* a job of somebody else has ended for the unit since */
} Update;

typedef enum Verdict {
        VERDICT_NONE,    /* cannot be told; said */
        VERDICT_WAIT,    /* cannot be told yet */
        VERDICT_GOOD,    /* it runs, and is healthy where it has a check */
        VERDICT_BAD,     /* it does not */
        VERDICT_STOPPED, /* somebody has stopped it */
        VERDICT_COUNT,
} Verdict;

extern const char *const update_engines[];

/* Identifiers of images without "sha256:". False when there is no such container, or image. */
bool update_container_image(Update *u, Str *ret);
bool update_image(Update *u, Str *ret);
/* The state of the container's health check; empty when it has none, or is not there. */
Str update_health(Update *u);
/* Gives the image its name back. */
bool update_tag(Update *u, Str id);

/* -errno */
int update_prepare(Update *u);
/* Restarts the unit; `again`: also where it has failed. How it goes then; *ret_why is what is bad, in words. */
Verdict update_restart(Update *u, bool again, const char **ret_why);
