/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The Model: what the files say, typed and checked one definition at a time. Names are still names here;
 * resolve.h turns them into pointers. Each value keeps its place. Everything lives in the arena. */

#include "base/address.h"
#include "base/device.h"
#include "base/text.h"
#include "input/doc.h"
#include "model/option_set.h"

#include <stdint.h>

typedef struct Port {
        Str address; /* as written, with brackets; empty: none was written */
        uint16_t host_first, host_last; /* 0: any free port */
        uint16_t container_first, container_last;
        Str protocol; /* "tcp", "udp", "sctp"; empty: tcp */
} Port;

typedef struct Volume {
        Str source; /* absolute path, name, or empty */
        Str destination;
        Str options;
} Volume;

typedef struct Credential {
        Str name;
        Str path; /* empty: systemd looks for it */
        bool encrypted;
} Credential;

typedef struct Secret {
        bool is_credential; /* else one of the engine's */
        Credential credential;
        Str target; /* absolute path in the container, or name below /run/secrets; empty: the name */
        Str uid, gid, mode;
} Secret;

/* How far another container must have come. */
typedef enum Condition {
        CONDITION_STARTED,
        CONDITION_HEALTHY,   /* its health check passes */
        CONDITION_COMPLETED, /* it has ended with success */
        CONDITION_COUNT,
} Condition;

typedef struct Value Value;
struct Value {
        Loc at;
        Text text; /* in the form that engines take */
        Value *next; /* further values of the key, in the written order */
        Str name;  /* PAIR: what stands before the "="; REFERENCE: the definition's name */
        bool late; /* holds a specifier or variable: its form was not checked */
        bool argv; /* SHELL: one word of an argument vector, not a line */
        bool bare; /* PAIR: a name without a value */
        union {
                bool flag;         /* BOOL, CAPMAP */
                uint64_t number;   /* UINT, SIZE */
                uint64_t usec;     /* DURATION, INTERVAL */
                const Port *port;  /* PORT, unless late; see value_port() */
                const Volume *volume; /* VOLUME, unless late */
                Condition condition; /* CONTAINER */
                const AddressSpan *span; /* ADDRESS, SUBNET, IPRANGE, unless late; see value_span() */
                const Credential *credential;
                const Secret *secret; /* SECRET, NULL when late */
                const Device *device; /* VETH and the others of a network namespace */
                unsigned families;    /* FAMILIES: DEVICE_IP4, DEVICE_IP6 */
        };
};

/* A key that was written. */
typedef struct Setting {
        OptionId id;
        bool inherited; /* from [Defaults] */
        Value *first;   /* NULL: it was reset */
        Value *last;
        Loc key_at;     /* where the key was written last */
} Setting;

/* A line of [Unit], [Service] or [Install] that is passed on as it is. */
typedef struct PassLine {
        Str key;
        Str value;
        Loc at;    /* of the key */
        const Node *node; /* of [Install] and Quadlet files, for places within; else NULL */
        unsigned since; /* the first systemd that has the directive; 0: all that are supported, or nobody knows */
} PassLine;

typedef enum PassSection {
        PASS_UNIT,
        PASS_SERVICE,
        PASS_INSTALL,
        PASS_COUNT,
} PassSection;

typedef VEC(PassLine) PassLines;

enum {
        PASS_KEY_LENGTHS = 32, /* longer ones count as the longest */
};

/* A group of a Quadlet file, merged with those of its name in drop-ins. */
typedef struct Group {
        Str name;
        VEC(const Node *) sections;
} Group;

/* What differs by where a definition comes from. */
typedef struct Profile {
        bool quadlet; /* read, named and made as Podman's Quadlet does; the defaults are Podman's */
        bool stub;    /* with errors, it gets a unit that fails in place of its own */
} Profile;

extern const Profile profile_native, profile_quadlet;

typedef struct Def {
        Kind kind;
        const Profile *profile;
        Str name;
        Loc at; /* of the section's header or the map's key */
        const Doc *doc;
        bool broken; /* an error was reported: it gets a stub instead of its unit */
        VEC(Setting) settings;    /* in the order in which they came; see def_get() */
        uint8_t at_setting[OPTION_COUNT]; /* from 1; 0: the key was not written */
        OptionSet written;        /* the same */
        PassLines pass[PASS_COUNT]; /* see def_add_pass() */
        uint32_t pass_keys[PASS_COUNT]; /* how long the keys there are, as bits: most keys that are looked for are not there */
        unsigned pass_since;        /* of all of those lines the latest */
        VEC(Group) groups;  /* of a Quadlet file, in its order */
        const Node *detached; /* DefaultDependencies= of [Quadlet] when it is false */
} Def;

typedef struct Model {
        VEC(Def *) defs; /* by file, then place */
        Def *defaults;   /* NULL when there is no [Defaults] */
} Model;

/* Of a late one all zeroes. */
const Port *value_port(const Value *value);
/* Of a late one, and of an address with a zone, one of no bytes. */
const AddressSpan *value_span(const Value *value);

/* NULL when the key was not written. */
static inline Setting *def_setting(const Def *def, OptionId id)
{
        return def->at_setting[id] ? &def->settings.items[def->at_setting[id] - 1] : NULL;
}

/* The first value of a key; NULL when it is not set. */
static inline Value *def_get(const Def *def, OptionId id)
{
        return def->at_setting[id] ? def->settings.items[def->at_setting[id] - 1].first : NULL;
}

/* For def_put(), when it was not there. */
Setting *def_add(Arena *arena, Def *def, OptionId id);

/* The same, made when it was not there; valid until the next one is made. */
static inline Setting *def_put(Arena *arena, Def *def, OptionId id)
{
        return def->at_setting[id] ? def_setting(def, id) : def_add(arena, def, id);
}

/* Makes room for so many more. */
void def_reserve(Arena *arena, Def *def, size_t count);
/* What another definition says, when it says something. */
void def_inherit(Arena *arena, Def *def, OptionId id, const Def *from, OptionId from_id);
/* Takes all values away. */
static inline void setting_reset(Setting *setting)
{
        setting->first = setting->last = NULL;
}

/* Adds a value at the end. */
static inline void setting_add(Setting *setting, Value *value)
{
        if (setting->first)
                setting->last->next = value;
        else
                setting->first = value;
        setting->last = value;
}

/* The first key behind that one which is set; OPTION_COUNT when there is none. */
static inline OptionId def_next(const Def *def, OptionId after)
{
        OptionId id = after;

        do
                id = option_set_next(&def->written, id);
        while (id < OPTION_COUNT && !def_get(def, id));
        return id;
}

/* Each key that is set, in the order of the table. */
#define DEF_EACH(id, def)                                                                          \
        for (OptionId id = def_next((def), OPTION_NONE); id < OPTION_COUNT; id = def_next((def), id))

/* "Unit", "Service", "Install". */
Str pass_section_name(PassSection section);

/* Adds a line at the end. */
void def_add_pass(Arena *arena, Def *def, PassSection section, const PassLine *line);
const PassLine *def_find_pass(const Def *def, PassSection section, Str key);

static inline uint32_t pass_key_bit(Str key)
{
        return (uint32_t)1 << (key.len < PASS_KEY_LENGTHS ? key.len : PASS_KEY_LENGTHS - 1);
}

/* The last line of that key, or NULL. An empty assignment counts as a line. */
static inline const PassLine *def_pass(const Def *def, PassSection section, Str key)
{
        return def->pass_keys[section] & pass_key_bit(key) ? def_find_pass(def, section, key) : NULL;
}

/* From which relative paths of a definition count. */
Str def_directory(const Doc *doc);

/* Where a key was written last; nowhere when it is not set, or by [Defaults] only. */
static inline Loc def_key_at(const Def *def, OptionId id)
{
        const Setting *setting = def_setting(def, id);

        return setting && setting->first && !setting->inherited ? setting->key_at : (Loc){ 0 };
}

/* The text of a single value; empty when it is not set. */
static inline Text def_text(const Def *def, OptionId id)
{
        const Value *value = def_get(def, id);

        return value ? value->text : (Text){ 0 };
}

/* The boolean, or fallback when it is not set. */
static inline bool def_flag(const Def *def, OptionId id, bool fallback)
{
        const Value *value = def_get(def, id);

        return value ? value->flag : fallback;
}
