/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The Fleet: definitions as a whole. Defaults are filled in, each container has its engine and its unit's
 * name, names have become pointers, there is no cycle and no two units of one name. Code that is given a Fleet
 * cannot meet a dangling name. Definitions with errors are in it too, marked broken: they become stubs, so
 * that what depends on them has something to depend on. */

#include "model/version.h"

/* A link that enables a unit: "multi-user.target.wants", or an alias where the directory is empty. */
typedef struct InstallLink {
        Str directory;
        Str alias;
        Loc at; /* in [Install] */
} InstallLink;

/* When a unit counts as started. */
typedef enum Ready {
        READY_RUNNING,   /* the container runs */
        READY_HEALTHY,   /* its health check passes */
        READY_CONTAINER, /* it says so itself */
        READY_COMPLETED, /* it has ended with success: a unit of Type=oneshot */
        READY_COUNT,
} Ready;

/* What a stop of something that the unit requires does to it. */
typedef enum Follow {
        FOLLOW_RESTART, /* stops it, and it starts again with that */
        FOLLOW_STOP,    /* stops it */
        FOLLOW_IGNORE,  /* nothing */
        FOLLOW_COUNT,
} Follow;

/* How firmly a dependency holds, in systemd's words. */
typedef enum Tie {
        TIE_WANTS,
        TIE_REQUIRES,
        TIE_BINDS, /* it does not outlive the other one, whatever that ended by */
        TIE_COUNT,
} Tie;

/* Who looks for newer images of a container. */
typedef enum Update {
        UPDATE_NONE,
        UPDATE_ENGINE, /* podman-auto-update(1), by a label */
        UPDATE_OWN,    /* bayplan-update(8), in a unit of its own */
        UPDATE_COUNT,
} Update;

typedef struct Object Object;

typedef struct Dependency {
        Object *object;
        Tie tie;
        Condition condition;
        Loc at;
} Dependency;

/* What a value of the definition refers to. */
typedef struct Link {
        const Value *value;
        const Object *object;
} Link;

struct Object {
        const Def *def;
        Engine engine;
        Str name;    /* in the engine */
        Str unit;    /* "podman-web.service" */
        bool broken; /* gets a stub */
        bool start;  /* at boot, as far as AutoStart= decides */
        VEC(InstallLink) install;
        Str run_as;     /* [Service] User=: whose podman it is; empty: the manager's own */
        unsigned uid;   /* of run_as, when known */
        bool uid_known;
        bool completes; /* others depend on its having completed */
        Follow follow;
        Update update;
        Ready ready; /* as Notify= says, or as those need it that depend on it */
        VEC(Dependency) depends;
        VEC(Link) links; /* of Network=, Volume=, Mount= and Pod=; see object_linked() */
        Object *pod;     /* of a container: the one that it is a member of, when it is ours */
        VEC(Object *) members; /* of a pod, by name */
        Text directory;  /* of a volume: its place on the host; empty: it is a volume of the engine */

        size_t number; /* while circles are looked for: among all */
        const Object *linked_by; /* while dependencies are looked up: who depends on it, … */
        unsigned linked;            /* … and by which conditions, as bits */
};

typedef struct Fleet {
        VEC(Object *) objects; /* by unit name */
        const Def *defaults;    /* NULL when there is none */
        Versions versions;      /* that the units are for */
} Fleet;

/* Users of the machine whose ids are known without asking anybody: name:password:uid:… lines of passwd(5). */
typedef struct Accounts {
        Str text;
} Accounts;

/* Names of units that are installed on the system and that generated ones would hide. Sorted or not. */
typedef struct Installed {
        const Str *paths; /* full paths of units */
        size_t count;
} Installed;

/* The network or volume that a value of the container names. NULL: none, or one that is no definition's. */
const Object *object_linked(const Object *container, const Value *value);

Fleet resolve_model(Run *run, Model *model, const Installed *installed, const Accounts *accounts);
