/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Quadlet files (podman-systemd.unit(5)), read as Podman does: one definition a file, whose groups stay as they are
 * for the unit. What is shared with Bayplan's own definitions is everything behind it: options, references, units. */

#include "model/directive.h"
#include "model/refer.h"

/* A file and its drop-ins. Never NULL; broken when it has errors. */
Def *quadlet_bind(Run *run, const OptionIndex *index, DirectiveMemo *directives, const Doc *doc);
/* One assignment of a key, as its reading mode says. False when that was reported as an error. */
bool quadlet_value(Run *run, Def *def, OptionId id, const Node *entry);
/* The directory of the file, from which relative paths count. */
Str quadlet_directory(const Def *def);
/* A path, unless it is absolute or begins with a specifier, counts from there. */
Str quadlet_path(Arena *arena, const Def *def, Str path);
/* "web.container": how messages and references name the file. */
Str quadlet_file(const Def *def);

/* Unit, name and self of the object. */
void quadlet_name(Run *run, Object *c);
/* Whether the unit is a template. */
bool quadlet_is_template(const Object *c);

/* What one file must say. */
bool quadlet_require(Run *run, const Object *c);
/* Links what the file refers to, and translates the dependencies of [Unit]. */
bool quadlet_refer(Run *run, const Fleet *fleet, const Names *names, Object *c);
/* The links of [Install]. */
bool quadlet_install(Run *run, const Names *names, Object *c);
/* The unit that a word such as "web.container" stands for; empty when there is none. */
Str quadlet_unit_of(Run *run, const Names *names, Str word);

/* A long mount, "type=bind,source=/srv,…": one record of comma-separated values. */
typedef struct QuadletMount {
        Str type;           /* "volume" when it has none */
        bool has_source;
        bool assigned;      /* a "=" stands behind it */
        Str source;         /* the last one */
        VEC(Str) fields;    /* the others, in their order */
} QuadletMount;

QuadletMount quadlet_mount(Arena *arena, Str text);
/* Whether its source is a path or another unit. */
bool quadlet_mount_has_source(const QuadletMount *mount);

/* Where a build or a Kubernetes file is at home. */
typedef struct QuadletPlace {
        Str directory;  /* WorkingDirectory= to be set; empty: none */
        Text context;   /* the last word of a build; empty: none */
        DiagCode fault; /* DIAG_NONE: all is well */
        Str words[2];   /* for its message */
} QuadletPlace;

QuadletPlace quadlet_place(Arena *arena, const Def *def);
