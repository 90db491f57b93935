/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What bayplan-network and bayplan-volume share: an object of an engine with a name, which a
 * command makes and whose label tells what definition it was made of. The program fills the first
 * part of an Object and calls object_run(), which says what fails. */

#include "helpers/args.h"
#include "helpers/process.h"

#define OBJECT_LABEL "io.bayplan.config"

typedef enum ObjectEngine {
        OBJECT_PODMAN,
        OBJECT_DOCKER,
        OBJECT_ENGINE_COUNT,
} ObjectEngine;

typedef struct ObjectOptions {
        unsigned engine; /* ObjectEngine */
        const char *engine_path;
        Words engine_args;
        const char *name;
        const char *config; /* the label's value */
        bool external;      /* it is made by somebody else */
} ObjectOptions;

extern const char *const object_engine_names[OBJECT_ENGINE_COUNT + 1];

/* clang-format off */
/* Rows of the table of arguments; the structure of the program holds ObjectOptions as .object. */
#define OBJECT_ARGS(type, what)                                                                    \
        { "engine", "podman|docker", "whose " what " it is (podman)", ARG_CHOICE,                  \
          offsetof(type, object.engine), object_engine_names },                                    \
        { "engine-path", "PATH", "the engine's program (that of COMMAND)", ARG_TEXT,               \
          offsetof(type, object.engine_path) },                                                    \
        { "engine-arg", "ARG", "an argument of the engine, before its verb (*)", ARG_LIST,         \
          offsetof(type, object.engine_args) },                                                    \
        { "name", "NAME", "the name of the " what, ARG_TEXT, offsetof(type, object.name) },        \
        { "config", "HASH", "what its label says when it is as defined", ARG_TEXT,                 \
          offsetof(type, object.config) },                                                         \
        { "external", NULL, "only check that it is there", ARG_FLAG,                               \
          offsetof(type, object.external) }
/* clang-format on */

typedef struct Object Object;
/* What to do with one that was defined otherwise: -1 to look again, else the exit status. */
typedef int (*ObjectReplace)(Object *object);

typedef enum ObjectKind {
        OBJECT_NETWORK,
        OBJECT_VOLUME,
        OBJECT_KIND_COUNT,
} ObjectKind;

struct Object {
        ObjectKind kind;
        const ObjectOptions *options;
        const Words *command; /* makes it */
        ObjectReplace replace;
        Arena *arena;

        sd_event *event;
        Process call; /* of the engine; one at a time */
        bool tried;   /* the command was run and has failed */
        Str failed;   /* what could not be done, in words */
        int signal;   /* what told us to end */
        int status;   /* what to end with where this program cannot go on */
};

/* Whether the options and words of the command line go together; says what is wrong. */
bool object_check_options(const ObjectOptions *options, const Words *command);
/* Makes the object be there, or with --external checks that it is. Exit status. */
int object_run(Object *object);
/* "podman", "network". */
const char *object_engine(const Object *object);
const char *object_noun(const Object *object);
/* Calls the engine: its words before the verb, and these, which end in NULL. Both outputs are in
 * object->call. Returns the exit status, or a negative number where this program cannot go on. */
int object_call(Object *object, const char *const *words);
/* Keeps "cannot VERB network 'front': …" with what the engine has said, for when nothing helps. */
void object_keep_failure(Object *object, const char *verb);
