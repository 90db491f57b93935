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
        Str alias; /* of Quadlet's, a path below the directory of units */
        Str name;  /* in the directory, of an instance; empty: the unit's */
        Loc at;    /* in [Install], of an alias */
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
        Str unit; /* an instance of the object's template; empty: the object's */
        Tie tie;
        Condition condition;
        Loc at;
} Dependency;

/* What a value of the definition refers to. */
typedef struct Link {
        const Value *value;
        const Object *object;
        Str name; /* of an instance of the object's template; empty: the object's */
} Link;

/* A dependency of [Unit] that names Quadlet files, as systemd has it. */
typedef struct Translation {
        Str key;
        Str units;
} Translation;

/* What is started and stopped as a whole. */
typedef struct TargetUnit {
        Str unit;             /* "bayplan-shop.target" */
        const Def *def;       /* the pod, or the first one of the file */
        bool pod;
        VEC(Object *) objects; /* in the order of their files */
} TargetUnit;

/* What passes over all of them ask for stands first. */
struct Object {
        const Def *def;
        Engine engine;
        Follow follow;
        Update update;
        Ready ready;    /* as Notify= says, or as those need it that depend on it */
        bool broken;    /* gets a stub */
        bool hidden;    /* another Quadlet file makes the unit of that name */
        bool start;     /* at boot, as far as AutoStart= decides */
        bool aliased;   /* by one of the links of [Install] */
        bool completes; /* others depend on its having completed */
        bool uid_known;
        unsigned uid;   /* of run_as, when known */
        VEC(Dependency) depends;
        Str unit;   /* "podman-web.service" */
        Str name;   /* in the engine, for others */
        Str self;   /* the same for its own unit, where systemd's specifiers are its own */
        Str run_as; /* [Service] User=: whose podman it is; empty: the manager's own */
        VEC(Link) links; /* of Network=, Volume=, Mount= and Pod=, and Quadlet's Image=; see object_link() */
        VEC(InstallLink) install;
        VEC(TargetUnit *) targets; /* that it belongs to */
        Object *pod;     /* of a container: the one that it is a member of, when it is ours */
        VEC(Object *) members; /* of a pod, by name */
        Text directory;  /* of a volume: its place on the host; empty: it is a volume of the engine */
        VEC(Translation) translations;

        size_t number; /* while circles are looked for: among all */
        const Object *linked_by; /* while dependencies are looked up: who depends on it, … */
        unsigned linked;            /* … and by which conditions, as bits */
};

/* Names of Quadlet's may hold specifiers. */
static inline Text object_name(const Object *c)
{
        return (Text){ c->name, c->def->profile->quadlet ? DOOR_SYSTEMD : DOOR_LITERAL };
}

static inline Text object_self(const Object *c)
{
        return (Text){ c->self, c->def->profile->quadlet ? DOOR_SYSTEMD : DOOR_LITERAL };
}

/* VolumeSubDir= that holds for an object; all members of a pod have that of the pod, unless they have one themselves.
 * NULL: the usual one. */
const Value *object_sub_directory(const Object *object, Str *ret_usual);

/* What an engine calls the image of an image's or a build's definition. */
Text object_image(const Object *c);

typedef struct Fleet {
        VEC(Object *) objects; /* by unit name */
        VEC(TargetUnit *) targets; /* the same */
        size_t of_kind[KIND_COUNT]; /* how many objects are */
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

/* How a value's reference was resolved. NULL: it is none, or one that is no definition's. */
const Link *object_link(const Object *object, const Value *value);
/* The network or volume that it names. */
const Object *object_linked(const Object *object, const Value *value);

/* Whether its process 1 is an init, instead of a command: on nspawn without Exec=, or as Boot= says. */
bool object_boots(const Object *c);

Fleet resolve_model(Run *run, Model *model, const Installed *installed, const Accounts *accounts);
