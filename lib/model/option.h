/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The option table (options.def) as data: every key of a definition, its type, its flags and what each engine
 * makes of it. Readers, the manual, the schema and completion are loops over it. It is constant; the look-up
 * index is built once by options_init(). */

#include "base/run.h"

typedef enum Kind {
        KIND_NONE,
        KIND_CONTAINER,
        KIND_POD,
        KIND_NETWORK,
        KIND_VOLUME,
        KIND_NETNS,
        KIND_IMAGE,
        KIND_BUILD,
        KIND_KUBE,
        KIND_ARTIFACT,
        KIND_DEFAULTS,
        KIND_COUNT,
} Kind;

typedef struct KindInfo {
        Str section;  /* of INI: "Container" */
        Str map;      /* of YAML: "containers" */
        Str noun;     /* in messages: "container" */
        Str infix;    /* of unit names: "podman-" INFIX "NAME" */
        Str file;     /* how a Quadlet file ends: ".container" */
        Str service;  /* what is added to the name of its unit: "-volume" */
        bool unnamed; /* holds keys directly, and stands once overall */
        bool quadlet; /* only Quadlet files have it */
} KindInfo;

/* How text becomes values; see types.def. */
typedef enum Shape {
        SHAPE_NONE,
        SHAPE_WORD,
        SHAPE_PAIR,
        SHAPE_COMMAND,
        SHAPE_SHELL,
        SHAPE_SET,
        SHAPE_REFERENCE,
        SHAPE_OPTIONS,
        SHAPE_COUNT,
} Shape;

typedef enum TypeId {
        TYPE_NONE,
#define TYPE(name, shape, check, sentence, schema) TYPE_##name,
#include "model/types.def"
#undef TYPE
        TYPE_COUNT,
} TypeId;

typedef struct TypeInfo {
        Str name;
        Shape shape;
        Str sentence;
        Str schema;
} TypeInfo;

enum {
        OPTION_MANY = 1 << 0,     /* takes several values; INI splits into words, an empty assignment resets */
        OPTION_DEFAULTS = 1 << 1, /* may stand in [Defaults] too, for all that do not set it */
        OPTION_SORTED = 1 << 2,   /* a map: emitted by name, a later value of a name wins (OCI-57) */
        OPTION_UNIQUE = 1 << 3,   /* a repeated value is dropped (OCN-16) */
        OPTION_ALWAYS = 1 << 4,   /* the engine's CALL is made even when the key is not set */
        OPTION_QUADLET = 1 << 5,  /* only Quadlet files have it */
};

/* How Quadlet reads the assignments of a key. "All" of them: in order, an empty one resets. */
typedef enum Reading {
        READ_NOT, /* has no such key */
        READ_S,   /* the last; a pair of double quotes around it is removed */
        READ_B,   /* the same, as a boolean */
        READ_N,   /* the same, as a number in C's notation */
        READ_L,   /* all, as they stand */
        READ_W,   /* all, in words: quotes are removed, backslashes are characters */
        READ_A,   /* all, in words with escapes, as systemd has them */
        READ_A1,  /* the last, in such words */
        READ_KV,  /* all, in such words, of which each is NAME=VALUE */
        READ_COUNT,
} Reading;

/* What an engine makes of a key. */
typedef enum SpellKind {
        SPELL_NONE,      /* has no equivalent: a diagnostic */
        SPELL_OWN,       /* used by Bayplan itself, or by another key's CALL */
        SPELL_FLAG,      /* --flag VALUE for each value, two words, so that systemd can expand "$X" as words */
        SPELL_FLAGLESS,  /* VALUE for each value */
        SPELL_SWITCH,    /* --flag, or --flag=false */
        SPELL_SWITCH_ON, /* --flag when true */
        SPELL_PROPERTY,  /* a property of the service, named by flag */
        SPELL_CALL,      /* a function of the engine's file */
        SPELL_COUNT,
} SpellKind;

typedef enum CallId {
        CALL_NONE,
        CALL_entrypoint,
        CALL_cgroups,
        CALL_notify,
        CALL_stop_timeout,
        CALL_user,
        CALL_volume,
        CALL_mount,
        CALL_volatile_tmp,
        CALL_capabilities,
        CALL_security,
        CALL_device,
        CALL_remap,
        CALL_health_cmd,
        CALL_health_startup_cmd,
        CALL_http_proxy,
        CALL_auto_update,
        CALL_secret,
        CALL_network,
        CALL_netns,
        CALL_publish,
        CALL_expose,
        CALL_pod,
        CALL_exit_policy,
        CALL_pod_publish,
        CALL_pod_aliases,
        CALL_pod_hosts,
        CALL_interface_name,
        CALL_subnets,
        CALL_network_options,
        CALL_volume_image,
        CALL_volume_copy,
        CALL_volume_type,
        CALL_volume_device,
        CALL_volume_options,
        CALL_platform,
        CALL_build_tag,
        CALL_build_pull,
        CALL_exit_code,
        CALL_environment,
        CALL_read_only,
        CALL_tmpfs,
        CALL_ulimit,
        CALL_userns,
        CALL_COUNT,
} CallId;

/* Without a pointer: what has one is written to by the dynamic linker, page by page, before each run. */
typedef struct Spell {
        SpellKind kind : 8;
        CallId call : 8;
        uint8_t len; /* of the flag */
        char flag[33];
} Spell;

static inline Str spell_flag(const Spell *spell)
{
        return (Str){ spell->flag, spell->len };
}

typedef enum Engine {
        ENGINE_NONE, /* of what is no engine's: a network namespace */
        ENGINE_PODMAN,
        ENGINE_DOCKER,
        ENGINE_NSPAWN,
        ENGINE_COUNT,
} Engine;

typedef struct Option {
        /* What is asked for each key that is read stands together. */
        Kind kind;
        TypeId type;
        unsigned flags;
        Reading quadlet;
        Str key;
        Str aliases; /* parted by blanks */
        Str since; /* first versions of the engines that have it; see option_since() */
} Option;

/* What only users read. */
typedef struct OptionText {
        Str help;
        Str example; /* a value as INI writes it */
} OptionText;

typedef enum OptionId {
        OPTION_NONE,
#define OPTION(kind, key, ...) OPT_##kind##_##key,
#include "model/options.def"
#undef OPTION
        OPTION_COUNT,
} OptionId;

/* The table; index 0 is unused. */
extern const Option options[OPTION_COUNT];
extern const Spell option_spells[OPTION_COUNT][ENGINE_COUNT];
extern const OptionText option_texts[OPTION_COUNT];

static inline const Option *option_info(OptionId id)
{
        return &options[id];
}

static inline OptionId option_id(const Option *option)
{
        return (OptionId)(option - options);
}

static inline const Spell *option_spell(OptionId id, Engine engine)
{
        return &option_spells[id][engine];
}

static inline const OptionText *option_text(const Option *option)
{
        return &option_texts[option_id(option)];
}

/* Keys that every kind of object has, each as a row of its own. */
typedef enum Common {
        COMMON_NAME, /* in the engine */
        COMMON_BACKEND,
        COMMON_SERVICE_NAME,
        COMMON_MODULES,
        COMMON_GLOBAL_ARGS,
        COMMON_COUNT,
} Common;

/* OPTION_NONE where the kind has no such key. */
OptionId option_common(Kind kind, Common key);

const KindInfo *kind_info(Kind kind);
const TypeInfo *type_info(TypeId type);
Str engine_name(Engine engine);
/* What names of its units begin with: "podman" of "podman-web.service", "container" of nspawn's. */
Str engine_prefix(Engine engine);
/* True for those that run images of the Open Container Initiative. */
bool engine_is_oci(Engine engine);
/* The first version of the engine that has the key; empty when all that are supported have (podman 4.3, docker
 * 20.10). */
Str option_since(const Option *option, Engine engine);
/* ENGINE_NONE when there is no such engine. */
Engine engine_by_name(Str name);

typedef struct OptionIndex OptionIndex;

/* The look-up index, in the arena. */
const OptionIndex *options_index(Arena *arena);

/* The option of that name in a section of that kind, the name folded, aliases included. For
 * KIND_DEFAULTS also the keys of KIND_CONTAINER with OPTION_DEFAULTS. OPTION_NONE when there is none. */
OptionId option_find(const OptionIndex *index, Kind kind, Str name);
/* Whether some key begins with the folded name and a dot, so that a YAML map under that name is a group. */
bool option_is_group(const OptionIndex *index, Kind kind, Str name);
/* The key of that kind which the user may have meant; empty when none is near. */
Str option_nearest(Kind kind, Str name);
/* True when the option may stand in a section of that kind. */
bool option_allowed(const Option *option, Kind kind);
/* The kind of an INI section or of a YAML map, letter case aside; KIND_NONE when there is none. */
Kind kind_by_section(Str section);
Kind kind_by_map(Str map);
/* The kind of a Quadlet file, or of a reference to one, by how its name ends: "web.container". */
Kind kind_by_file(Str name);

/* The key of a Quadlet file, spelled exactly; OPTION_NONE when Quadlet has none. */
OptionId option_find_quadlet(const OptionIndex *index, Kind kind, Str name);
/* The key of Quadlet that the user may have meant; empty when none is near. */
Str option_nearest_quadlet(Kind kind, Str name);
