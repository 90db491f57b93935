/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A Recipe is what an engine needs for one object: commands as words, properties of the service, and needs. It
 * does not know what a unit file is: unit/compose.c turns it into one. Everything lives in the arena. */

#include "base/text.h"
#include "base/vec.h"

typedef VEC(Text) Words;

/* When a command runs, in the order of a service's life. */
typedef enum Phase {
        PHASE_CONDITION,
        PHASE_START_PRE,
        PHASE_START,
        PHASE_START_POST,
        PHASE_RELOAD,
        PHASE_STOP,
        PHASE_STOP_POST,
        PHASE_COUNT,
} Phase;

typedef struct Command {
        Phase phase;
        bool may_fail;
        bool privileged; /* not as User=, and without the unit's sandbox */
        Words words;
} Command;

/* A line of a section. */
typedef struct Property {
        Str key;
        Text value;  /* takes the rest of the line */
        bool listed; /* stands beside the user's own lines of that key; else they replace it */
} Property;

typedef struct Recipe {
        VEC(Command) commands;
        VEC(Property) properties;
        Words environment; /* KEY=value */
        Words mounts;      /* paths whose file systems must be mounted */
        Words wants;       /* units to pull in and to start after */
        Words after;       /* units only to start after */
        Words requires;    /* units without which it stops, to start after */
        Words binds;       /* the same, whatever they end by */
        Words capabilities; /* it is skipped where the manager lacks one of these */
        bool unlimited;    /* it may be started as often as it is asked to */
} Recipe;

/* An empty one, with room for what most hold. */
Recipe recipe_start(Arena *arena);
/* A line of [Service] whose value is not there yet. */
Property *recipe_line(Arena *arena, Recipe *recipe, Str key, bool listed);
/* A line of [Service] that the user's own line of that key replaces. */
static inline void recipe_property(Arena *arena, Recipe *recipe, Str key, Text value)
{
        text_put(&recipe_line(arena, recipe, key, false)->value, value);
}
/* One of a key that lists, such as LoadCredential=. */
static inline void recipe_listed(Arena *arena, Recipe *recipe, Str key, Text value)
{
        text_put(&recipe_line(arena, recipe, key, true)->value, value);
}
/* Adds a command and returns its words, to be filled before the next one is added. */
Words *recipe_command(Arena *arena, Recipe *recipe, Phase phase, bool may_fail);

static inline void words_add(Arena *arena, Words *words, Text word)
{
        if (words->count == words->capacity)
                VEC_RESERVE(arena, words, words->count + 1);
        text_put(&words->items[words->count++], word);
}

/* FLAG VALUE, two words; the flag is plain. */
static inline void words_flag(Arena *arena, Words *words, Str flag, Text value)
{
        words_add(arena, words, (Text){ flag, DOOR_SYSTEMD, .plain = true });
        words_add(arena, words, value);
}

/* One word out of a template and a text, such as "--cidfile=" and a path. */
Text text_join(Arena *arena, Str template, Text text);
/* One word out of several parts. Of mixed doors, "%" and "$" of the literal ones are doubled. */
Text text_concat(Arena *arena, const Text *parts, size_t count);
