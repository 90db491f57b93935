/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/option_set.h"

#include <assert.h>

#include "base/map.h"
#include "base/nearest.h"

#define MANY OPTION_MANY
#define DEFAULTS OPTION_DEFAULTS
#define SORTED OPTION_SORTED
#define UNIQUE OPTION_UNIQUE
#define ALWAYS OPTION_ALWAYS
#define QUADLET OPTION_QUADLET
#define OWN { .kind = SPELL_OWN }
#define NONE { .kind = SPELL_NONE }
#define FLAG(text) { .kind = SPELL_FLAG, .flag = text, .len = sizeof(text) - 1 }
#define FLAGLESS { .kind = SPELL_FLAGLESS }
#define SWITCH(text) { .kind = SPELL_SWITCH, .flag = text, .len = sizeof(text) - 1 }
#define SWITCH_ON(text) { .kind = SPELL_SWITCH_ON, .flag = text, .len = sizeof(text) - 1 }
#define PROPERTY(text) { .kind = SPELL_PROPERTY, .flag = text, .len = sizeof(text) - 1 }
#define CALL(function) { .kind = SPELL_CALL, .call = CALL_##function }

const Option options[OPTION_COUNT] = {
#define OPTION(kind_, key_, aliases_, type_, flags_, podman_, docker_, nspawn_, quadlet_, since_, help_, example_) \
        [OPT_##kind_##_##key_] = { .kind = KIND_##kind_,                                           \
                                   .key = STR_INIT(#key_),                                         \
                                   .aliases = STR_INIT(aliases_),                                  \
                                   .type = TYPE_##type_,                                           \
                                   .flags = flags_,                                                \
                                   .quadlet = READ_##quadlet_,                                     \
                                   .since = STR_INIT(since_) },
#include "model/options.def"
#undef OPTION
};

const Spell option_spells[OPTION_COUNT][ENGINE_COUNT] = {
#define OPTION(kind_, key_, aliases_, type_, flags_, podman_, docker_, nspawn_, ...)               \
        [OPT_##kind_##_##key_] = { [ENGINE_PODMAN] = podman_, [ENGINE_DOCKER] = docker_, [ENGINE_NSPAWN] = nspawn_ },
#include "model/options.def"
#undef OPTION
};

static const KindInfo kinds[KIND_COUNT] = {
        [KIND_CONTAINER] = { .section = STR_INIT("Container"), .map = STR_INIT("containers"), .noun = STR_INIT("container"),
                             .file = STR_INIT(".container") },
        [KIND_POD] = { .section = STR_INIT("Pod"), .map = STR_INIT("pods"), .noun = STR_INIT("pod"), .infix = STR_INIT("pod-"),
                       .file = STR_INIT(".pod"), .service = STR_INIT("-pod") },
        [KIND_NETWORK] = { .section = STR_INIT("Network"), .map = STR_INIT("networks"), .noun = STR_INIT("network"), .infix = STR_INIT("net-"),
                           .file = STR_INIT(".network"), .service = STR_INIT("-network") },
        [KIND_VOLUME] = { .section = STR_INIT("Volume"), .map = STR_INIT("volumes"), .noun = STR_INIT("volume"), .infix = STR_INIT("volume-"),
                          .file = STR_INIT(".volume"), .service = STR_INIT("-volume") },
        [KIND_NETNS] = { .section = STR_INIT("Netns"), .map = STR_INIT("netns"), .noun = STR_INIT("network namespace") },
        [KIND_IMAGE] = { .section = STR_INIT("Image"), .map = STR_INIT("images"), .noun = STR_INIT("image"), .infix = STR_INIT("image-"),
                         .file = STR_INIT(".image"), .service = STR_INIT("-image") },
        [KIND_BUILD] = { .section = STR_INIT("Build"), .map = STR_INIT("builds"), .noun = STR_INIT("build"), .infix = STR_INIT("build-"),
                         .file = STR_INIT(".build"), .service = STR_INIT("-build") },
        [KIND_KUBE] = { .section = STR_INIT("Kube"), .noun = STR_INIT("kube file"), .file = STR_INIT(".kube"), .quadlet = true },
        [KIND_ARTIFACT] = { .section = STR_INIT("Artifact"), .noun = STR_INIT("artifact"), .file = STR_INIT(".artifact"),
                            .service = STR_INIT("-artifact"), .quadlet = true },
        [KIND_DEFAULTS] = { .section = STR_INIT("Defaults"), .map = STR_INIT("defaults"), .noun = STR_INIT("defaults"), .unnamed = true },
};

static const TypeInfo types[TYPE_COUNT] = {
#define TYPE(name_, shape_, check_, sentence_, schema_)                                            \
        [TYPE_##name_] = { .name = STR_INIT(#name_),                                               \
                           .shape = SHAPE_##shape_,                                                \
                           .sentence = STR_INIT(sentence_),                                        \
                           .schema = STR_INIT(schema_) },
#include "model/types.def"
#undef TYPE
};

static const Str engines[] = {
        [ENGINE_NONE] = STR_INIT(""),
        [ENGINE_PODMAN] = STR_INIT("podman"),
        [ENGINE_DOCKER] = STR_INIT("docker"),
        [ENGINE_NSPAWN] = STR_INIT("nspawn"),
};
static_assert(ELEMENTS(engines) == ENGINE_COUNT, "each engine has a name");

OptionId option_common(Kind kind, Common key)
{
#define COMMON(kind_, name)                                                                        \
        [KIND_##kind_] = { [COMMON_NAME] = OPT_##kind_##_##name,                                   \
                           [COMMON_BACKEND] = OPT_##kind_##_Backend,                               \
                           [COMMON_SERVICE_NAME] = OPT_##kind_##_ServiceName,                      \
                           [COMMON_MODULES] = OPT_##kind_##_ContainersConfModule,                  \
                           [COMMON_GLOBAL_ARGS] = OPT_##kind_##_GlobalArgs }
#define IMAGE_COMMON(kind_)                                                                        \
        [KIND_##kind_] = { [COMMON_BACKEND] = OPT_##kind_##_Backend,                               \
                           [COMMON_SERVICE_NAME] = OPT_##kind_##_ServiceName,                      \
                           [COMMON_MODULES] = OPT_##kind_##_ContainersConfModule,                  \
                           [COMMON_GLOBAL_ARGS] = OPT_##kind_##_GlobalArgs }
#define QUADLET_COMMON(kind_)                                                                      \
        [KIND_##kind_] = { [COMMON_SERVICE_NAME] = OPT_##kind_##_ServiceName,                      \
                           [COMMON_MODULES] = OPT_##kind_##_ContainersConfModule,                  \
                           [COMMON_GLOBAL_ARGS] = OPT_##kind_##_GlobalArgs }
        static const OptionId ids[KIND_COUNT][COMMON_COUNT] = {
                COMMON(CONTAINER, ContainerName),
                COMMON(POD, PodName),
                COMMON(NETWORK, NetworkName),
                COMMON(VOLUME, VolumeName),
                IMAGE_COMMON(IMAGE),
                IMAGE_COMMON(BUILD),
                QUADLET_COMMON(KUBE),
                QUADLET_COMMON(ARTIFACT),
        };
#undef COMMON
#undef IMAGE_COMMON
#undef QUADLET_COMMON

        return ids[kind][key];
}

const KindInfo *kind_info(Kind kind)
{
        return &kinds[kind];
}

const TypeInfo *type_info(TypeId type)
{
        return &types[type];
}

Str engine_name(Engine engine)
{
        return engines[engine];
}

Str engine_prefix(Engine engine)
{
        return engine == ENGINE_NSPAWN ? S("container") : engines[engine];
}

bool engine_is_oci(Engine engine)
{
        return engine == ENGINE_PODMAN || engine == ENGINE_DOCKER;
}

Str option_since(const Option *option, Engine engine)
{
        Str rest = option->since, word = { 0 };

        for (unsigned column = ENGINE_NONE + 1; column <= engine; column++)
                if (!rest.len || !str_next(&rest, ' ', &word))
                        return (Str){ 0 };
        return str_is(word, "-") ? (Str){ 0 } : word;
}

Engine engine_by_name(Str name)
{
        for (unsigned engine = ENGINE_NONE + 1; engine < ENGINE_COUNT; engine++)
                if (str_eq_nocase(engines[engine], name))
                        return (Engine)engine;
        return ENGINE_NONE;
}

Kind kind_by_section(Str section)
{
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
                if (!kinds[kind].quadlet && str_eq_nocase(kinds[kind].section, section))
                        return (Kind)kind;
        return KIND_NONE;
}

Kind kind_by_map(Str map)
{
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
                if (!kinds[kind].quadlet && str_eq_nocase(kinds[kind].map, map))
                        return (Kind)kind;
        return KIND_NONE;
}

Kind kind_by_file(Str name)
{
        const Str suffix = str_skip(name, str_rfind(name, '.'));

        /* Most that is asked for are images with a version. */
        if (suffix.len < 2 || !char_is_alpha(suffix.data[1]))
                return KIND_NONE;
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
                if (str_eq(kinds[kind].file, suffix))
                        return (Kind)kind;
        return KIND_NONE;
}

/* ---- look-up ---- */

typedef struct OptionName OptionName;
struct OptionName {
        OptionId id;
        OptionName *next; /* of the same folded name, in the order of rows */
};

/* Names by what they fold to. */
typedef struct FoldedNames {
        Map names;       /* folded name → OptionName */
        VEC(Str) folded; /* each of them */
} FoldedNames;

/* A key as the table spells it, which is how most are written. Up to 16 bytes it is as a whole in two numbers. */
typedef struct KeyWords {
        uint64_t first, last;
        uint32_t len, kind;
} KeyWords;

enum {
        KEY_SLOTS = 1024, /* a power of two */
};
static_assert(OPTION_COUNT * 2 < KEY_SLOTS, "slots stay free");

struct OptionIndex {
        Arena *arena;
        FoldedNames *folded; /* made when the first name is looked up there */
        KeyWords words[OPTION_COUNT];
        uint16_t slots[KEY_SLOTS]; /* OptionId; OPTION_NONE: free */
};

enum {
        NAME_MAX_FOLDED = 64,
};

typedef struct Folded {
        char bytes[NAME_MAX_FOLDED];
        size_t len;
} Folded;

/* Letter case, "-" and "_" do not count. A name too long to be one folds to nothing. */
static Str fold(Folded *folded, Str name)
{
        folded->len = 0;
        for (size_t i = 0; i < name.len; i++) {
                if (name.data[i] == '-' || name.data[i] == '_')
                        continue;
                if (folded->len == NAME_MAX_FOLDED)
                        return (Str){ 0 };
                folded->bytes[folded->len++] = char_lower(name.data[i]);
        }
        return (Str){ folded->bytes, folded->len };
}

static KeyWords key_words(Kind kind, Str key)
{
        KeyWords words = { .len = (uint32_t)key.len, .kind = kind };
        uint32_t half;

        /* Without loops: how often one goes round would be a guess for the processor. */
        if (key.len >= sizeof(words.first)) {
                memcpy(&words.first, key.data, sizeof(words.first));
                memcpy(&words.last, key.data + key.len - sizeof(words.last), sizeof(words.last));
        } else if (key.len >= sizeof(half)) {
                memcpy(&half, key.data, sizeof(half));
                words.first = half;
                memcpy(&half, key.data + key.len - sizeof(half), sizeof(half));
                words.last = half;
        } else {
                for (size_t i = 0; i < key.len; i++)
                        words.first = words.first << 8 | (unsigned char)key.data[i];
        }
        return words;
}

static size_t key_slot(KeyWords words)
{
        uint64_t hash = (words.first ^ words.kind) * 0x9e3779b97f4a7c15;

        hash = (hash ^ hash >> 32 ^ words.last) * 0x9e3779b97f4a7c15;
        return (size_t)(hash >> 54);
}
static_assert(KEY_SLOTS == 1 << (64 - 54), "the hash is an index");

static void add_key(OptionIndex *index, OptionId id)
{
        const KeyWords words = key_words(options[id].kind, options[id].key);
        size_t at = key_slot(words);

        while (index->slots[at])
                at = (at + 1) % KEY_SLOTS;
        index->slots[at] = (uint16_t)id;
        index->words[id] = words;
}

static OptionId find_key(const OptionIndex *index, Kind kind, Str key)
{
        const KeyWords words = key_words(kind, key);

        for (size_t at = key_slot(words); index->slots[at]; at = (at + 1) % KEY_SLOTS) {
                const OptionId id = (OptionId)index->slots[at];
                const KeyWords *known = &index->words[id];

                if (known->first == words.first && known->last == words.last && known->len == words.len &&
                    known->kind == words.kind && (key.len <= 2 * sizeof(words.first) || str_eq(options[id].key, key)))
                        return id;
        }
        return OPTION_NONE;
}

const OptionIndex *options_index(Arena *arena)
{
        OptionIndex *index = ARENA_NEW(arena, OptionIndex);

        index->arena = arena;
        index->folded = ARENA_NEW(arena, FoldedNames);
        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++)
                add_key(index, (OptionId)id);
        return index;
}

static void add_name(Arena *arena, FoldedNames *to, Str name, OptionId id)
{
        Folded buffer;
        OptionName *added = ARENA_NEW(arena, OptionName);
        const Str folded = arena_str(arena, fold(&buffer, name));
        OptionName *last = map_put(arena, &to->names, folded, added);

        added->id = id;
        if (!last)
                VEC_ADD(arena, &to->folded, folded);
        while (last && last->next)
                last = last->next;
        if (last)
                last->next = added;
}

/* Most files need none of it. */
static const FoldedNames *folded_names(const OptionIndex *index)
{
        FoldedNames *names = index->folded;

        if (names->names.count)
                return names;
        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++) {
                Str rest = options[id].aliases, alias;

                add_name(index->arena, names, options[id].key, (OptionId)id);
                while (rest.len && str_next(&rest, ' ', &alias))
                        add_name(index->arena, names, alias, (OptionId)id);
        }
        return names;
}

/* Compilers make a few constants of it. */
void option_set_add_always(OptionSet *set)
{
#define OPTION(kind_, key_, aliases_, type_, flags_, ...)                                          \
        if ((flags_) & OPTION_ALWAYS)                                                              \
                option_set_add(set, OPT_##kind_##_##key_);
#include "model/options.def"
#undef OPTION
}

bool option_allowed(const Option *option, Kind kind)
{
        return (option->kind == kind && !(option->flags & OPTION_QUADLET) && !kinds[kind].quadlet) ||
               (kind == KIND_DEFAULTS && (option->flags & OPTION_DEFAULTS));
}

OptionId option_find(const OptionIndex *index, Kind kind, Str name)
{
        const OptionId exact = find_key(index, kind, name);
        Folded folded;

        if (exact && option_allowed(&options[exact], kind))
                return exact;
        for (const OptionName *found = map_get(&folded_names(index)->names, fold(&folded, name)); found; found = found->next)
                if (option_allowed(&options[found->id], kind))
                        return found->id;
        return OPTION_NONE;
}

bool option_is_group(const OptionIndex *index, Kind kind, Str name)
{
        const FoldedNames *names = folded_names(index);
        Folded buffer;
        Str wanted = fold(&buffer, name);

        if (!wanted.len || buffer.len == NAME_MAX_FOLDED)
                return false;
        buffer.bytes[buffer.len++] = '.';
        wanted.len++;
        VEC_EACH(const Str, folded, &names->folded) {
                if (!str_starts(*folded, wanted))
                        continue;
                for (const OptionName *found = map_get(&names->names, *folded); found; found = found->next)
                        if (option_allowed(&options[found->id], kind))
                                return true;
        }
        return false;
}

Str option_nearest(Kind kind, Str name)
{
        Nearest nearest = nearest_start(name);
        Str best = { 0 };

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++) {
                Str rest = options[id].aliases, alias;
                const unsigned before = nearest.distance;

                if (!option_allowed(&options[id], kind))
                        continue;
                nearest_offer(&nearest, options[id].key);
                while (rest.len && str_next(&rest, ' ', &alias))
                        nearest_offer(&nearest, alias);
                if (nearest.distance < before)
                        best = options[id].key;
        }
        return best;
}

OptionId option_find_quadlet(const OptionIndex *index, Kind kind, Str name)
{
        const OptionId id = find_key(index, kind, name);

        return options[id].quadlet ? id : OPTION_NONE;
}

Str option_nearest_quadlet(Kind kind, Str name)
{
        Nearest nearest = nearest_start(name);

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++)
                if (options[id].kind == kind && options[id].quadlet)
                        nearest_offer(&nearest, options[id].key);
        return nearest.best;
}
