/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* An engine: how an object of the Fleet becomes a Recipe. Options that are only spelled are a loop over the
 * table; what behaves differently is a function of the engine's own file. */

#include "backend/program.h"
#include "backend/recipe.h"
#include "model/resolve.h"

typedef struct Brew Brew;

/* Adds what the option asks for to brew->words. `value` is its first value; NULL when it is not set and has
 * OPTION_ALWAYS. */
typedef void (*BackendCall)(Brew *brew, OptionId id, const Value *value);

typedef struct Backend {
        Engine engine;
        const BackendCall *calls; /* by CallId; every CALL() in the engine's column has one */
        /* Reports values of an object that the engine cannot do; false when there were any. NULL: none. */
        bool (*check)(Run *run, const Fleet *fleet, const Object *object);
        /* The whole recipe of one object that is not broken. NULL: the engine has none of that kind. */
        void (*make[KIND_COUNT])(Brew *brew);
        /* Rows of the table that are not as the engine's column has them; by OptionId. NULL: none. */
        const Spell *own_spells;
        const BackendCall *own_calls;
        /* Commands that stop and remove a container or pod of that name. NULL: systemd does it alone. */
        void (*leave)(Brew *brew);
} Backend;

/* The making of one recipe. */
struct Brew {
        Run *run;
        Arena *arena;
        const Fleet *fleet;
        const Backend *backend;
        const Object *object;
        const Def *def;
        Str program; /* the engine's */
        Recipe *recipe;
        Words *words; /* of the command that is being built */
};

const Backend *backend_of(Engine engine);

/* Reports for each object what its engine cannot do (T-10), and marks it as broken. */
void backend_check(Run *run, Fleet *fleet);

/* The recipe of the unit that updates a container with UPDATE_OWN. */
Recipe backend_update_recipe(Run *run, const Fleet *fleet, const Object *object);
/* The recipe of an object that is not broken. */
Recipe backend_recipe(Run *run, const Fleet *fleet, const Object *object);

/* How each command line of its engine begins: the program, and the arguments that all its commands get. */
Words backend_engine_words(Run *run, const Fleet *fleet, const Object *object);

/* What the stub of a definition with errors needs to stop a container that runs from before: by its name, since
 * nothing else of the definition can be relied on. Of a network or volume, nothing: it may be in use. */
Recipe backend_stub_recipe(Run *run, const Fleet *fleet, const Object *container);

/* Adds the words of all options in table order. */
void backend_options(Brew *brew);
/* Adds each value of the option as a word. */
void backend_values(Brew *brew, OptionId id);
/* Lets the unit wait for the file system of a host path; relative paths, names and paths that only systemd's
 * variables complete are left out. */
void backend_needs_mount(Brew *brew, Text path);
/* The same for the path of a file. */
void backend_needs_file(Brew *brew, Text path);
