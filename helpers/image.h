/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The parts of bayplan-image. image.c reads the command line and chooses what is to be done;
 * image_pull.c logs in and pulls, image_load.c loads, and image_engine.c calls the engine for them.
 * All share one Image. A failure is said where it happens; image->status is set when nothing
 * further can be tried. */

#include "helpers/args.h"
#include "helpers/process.h"
#include "helpers/progress.h"

typedef enum Policy {
        POLICY_MISSING,
        POLICY_ALWAYS,
        POLICY_NEWER, /* as always: neither engine fetches again what has the same digest */
        POLICY_NEVER,
        POLICY_COUNT,
} Policy;

typedef enum EngineKind {
        ENGINE_PODMAN,
        ENGINE_DOCKER,
        ENGINE_COUNT,
} EngineKind;

/* How long a program may make no progress, when --stall-timeout= does not say. */
#define STALL_USUAL UINT64_MAX
#define STALL_PULL_USEC (UINT64_C(2) * 60 * 1000 * 1000)
/* With an image at hand, a registry that does not answer must not hold up the boot. */
#define STALL_LOCAL_USEC (UINT64_C(30) * 1000 * 1000)
/* Docker says nothing while it unpacks what it was sent, and nothing of a load is far away. */
#define STALL_LOAD_USEC (UINT64_C(15) * 60 * 1000 * 1000)

typedef struct Options {
        unsigned engine; /* EngineKind */
        const char *engine_path;
        Words engine_args;
        unsigned pull; /* Policy */
        Words pull_args;
        const char *name; /* of what is there, when it is another than what is pulled */
        const char *login_registry;
        const char *login_user;
        const char *login_password_file;
        const char *login_credential;
        Words login_args;
        const char *load_file;
        const char *load_stream;
        unsigned retries;
        uint64_t retry_delay;
        uint64_t stall_timeout; /* or STALL_USUAL */
} Options;

typedef enum Outcome {
        OUTCOME_OK,
        OUTCOME_PASSING, /* failed, and may succeed later */
        OUTCOME_LASTING, /* failed, and will again */
        OUTCOME_ENDED,   /* this program cannot go on, or was told to end: image->status or ->signal
                            is set */
} Outcome;

typedef struct Image {
        const Options *options;
        const char *name;
        Arena *arena;
        sd_event *event;
        Progress progress;
        Process call;           /* of the engine; one at a time */
        Process stream;         /* --load-stream= */
        int signal;             /* what told us to end */
        int status;             /* what to end with before its time */
        const char *login_file; /* for an engine that wants a file */
        const char *login_dir;  /* where the engine keeps our login; NULL: nowhere yet */
        bool logged_in;
        bool have_local;    /* the image is there from before */
        const char *failed; /* what has failed, in words */
} Image;

/* image_engine.c: starts image->progress with what holds for the engine; -errno. */
int image_start_progress(Image *image);
/* The words of a call, ENGINE [ENGINE-ARG…]; what follows is added with
 * image_add_word(). */
Words image_call(Image *image);
void image_add_word(Image *image, Words *argv, const char *word);
void image_add_words(Image *image, Words *argv, const Words *more);
void image_add_option(Image *image, Words *argv, const char *name,
                      const char *value); /* name=value */
/* ENGINE VERB, for login and pull: with our login where there is one, and the further arguments. */
Words image_call_registry(Image *image, const char *verb, const Words *more);
/* Starts a program. Says why when it cannot be executed, sets image->status and returns false. */
bool image_start(Image *image, ProcessSpec spec, Words argv, Process *process);
/* Waits for its end and returns its status, as of a shell; negative, with image->status set, on an
 * error of ours. */
int image_finish(Image *image, Process *process);
/* Whether nothing further is to be tried: an error of ours, or a signal. */
bool image_has_ended(const Image *image);
/* Both for image->call, whose output is kept, with an eye on progress. */
Outcome image_run(Image *image, ProcessSpec spec, Words argv, uint64_t stall_usec);
/* --stall-timeout=, or what is usual here. */
uint64_t image_stall_time(const Image *image, uint64_t usual_usec);
/* After image_finish(), where progress was watched: whether the programs were stopped for making
 * none. */
bool image_end_progress(Image *image);
/* Whether the engine has the image. */
bool image_is_there(Image *image);
/* STATUS= of the unit. */
void image_report(const char *verb, const char *what);

/* The image by policy, where it is to come from a registry. Exit status. */
int image_pull(Image *image);
/* The image from --load-file= or --load-stream=. Exit status. */
int image_load_file(Image *image);
int image_load_stream(Image *image);
/* Removes what a login has left. */
void image_forget_login(Image *image);
