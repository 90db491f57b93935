/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/bind.h"

#include <assert.h>

#include "base/map.h"
#include "base/nearest.h"
#include "input/load.h"
#include "model/check.h"
#include "model/directive.h"
#include "model/quadlet.h"
#include "model/value.h"

typedef VEC(Def *) Defs;

enum {
        PASS_LINES_MAX = 100000, /* a line for all of very many definitions would use up the memory */
};

typedef struct Binder {
        Run *run;
        Arena *scratch; /* until the file is bound */
        const OptionIndex *index;
        DirectiveMemo *directives;
        Model *model;
        const Doc *doc; /* the file */
        const Doc *at;  /* the file, or the drop-in that is being merged */
        Defs defs;      /* of the file, in its order */
        Map names[KIND_COUNT];
        unsigned of_kind[KIND_COUNT];
        size_t pass_lines; /* of sections that are for several, each counted as often */
} Binder;

static const Str pass_names[] = {
        [PASS_UNIT] = STR_INIT("Unit"),
        [PASS_SERVICE] = STR_INIT("Service"),
        [PASS_INSTALL] = STR_INIT("Install"),
};
static_assert(ELEMENTS(pass_names) == PASS_COUNT, "each section has a name");

Str pass_section_name(PassSection section)
{
        return pass_names[section];
}

static PassSection pass_by_name(Str name)
{
        for (unsigned section = 0; section < PASS_COUNT; section++)
                if (str_eq_nocase(name, pass_names[section]))
                        return (PassSection)section;
        return PASS_COUNT;
}

static bool is_extension(Str name)
{
        return str_eq_nocase(str_first(name, 2), S("X-"));
}

/* ---- entries ---- */

/* A key that no section of this kind has: systemd's, another kind's, or a typing error. */
static bool unknown_key(Binder *b, const Def *def, const Node *entry, Str name)
{
        const bool yaml = entry->at.source && entry->at.source->format == FORMAT_YAML;
        const Str here = kind_info(def->kind)->section;

        /* The search for the nearest name takes its time. */
        if (diags_full(b->run->diags, DIAG_LEVEL_ERROR, entry->key_at.source))
                return false;

        const PassSection section = directive_section_nocase(name);

        if (section < PASS_COUNT)
                return diag(b->run->diags, DIAG_MISPLACED_KEY, entry->key_at, name, here,
                            yaml ? arena_fmt(b->run->arena, "'%s:'", section == PASS_UNIT      ? "unit"
                                                                      : section == PASS_SERVICE ? "service"
                                                                                                : "install")
                                 : pass_names[section]);
        return diag(b->run->diags, DIAG_UNKNOWN_KEY, entry->key_at, name, here, option_nearest(def->kind, name));
}

static bool bind_pass_entry(Binder *b, PassLines *lines, PassSection section, const Node *entry);

static void add_pass_lines(Binder *b, Def *def, PassSection section, const PassLines *lines)
{
        PassLines *pass = &def->pass[section];

        VEC_RESERVE(b->run->arena, pass, pass->count + lines->count);
        VEC_EACH(const PassLine, line, lines)
                def_add_pass(b->run->arena, def, section, line);
}

/* unit:, service: or install: of a YAML definition. */
static bool bind_pass_map(Binder *b, Def *def, PassSection section, const Node *map)
{
        PassLines lines = { 0 };
        bool ok = true;

        if (map->kind == NODE_SCALAR && map->null)
                return true;
        if (map->kind != NODE_MAP)
                return diag(b->run->diags, DIAG_NOT_A_MAP, map->at, map->key, S("such as 'service: {Restart: always}'"));
        for (const Node *entry = map->child; entry; entry = entry->next)
                ok &= bind_pass_entry(b, &lines, section, entry);
        add_pass_lines(b, def, section, &lines);
        return ok;
}

static bool bind_entry(Binder *b, Def *def, const Node *entry, Str prefix)
{
        const Str name = prefix.len ? arena_fmt(b->run->arena, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(entry->key))
                                    : entry->key;
        const bool yaml = entry->at.source && entry->at.source->format == FORMAT_YAML;
        bool ok = true;

        if (yaml && !prefix.len && pass_by_name(name) < PASS_COUNT && !kind_info(def->kind)->unnamed)
                return bind_pass_map(b, def, pass_by_name(name), entry);
        if (is_extension(name))
                return true;

        const OptionId id = option_find(b->index, def->kind, name);

        if (id)
                return value_read(b->run, def, id, entry);
        if (entry->kind != NODE_MAP || !option_is_group(b->index, def->kind, name))
                return unknown_key(b, def, entry, name);
        for (const Node *inner = entry->child; inner; inner = inner->next)
                ok &= bind_entry(b, def, inner, name);
        return ok;
}

static bool unknown_directive(Binder *b, PassSection section, const Node *entry, DiagCode code)
{
        if (diags_full(b->run->diags, diag_info(code)->level, entry->key_at.source))
                return false;
        return diag(b->run->diags, code, entry->key_at, entry->key, pass_names[section],
                    directive_nearest(section, entry->key));
}

/* A name of a directive, which becomes part of a line as it is. */
static bool is_directive_name(Str key)
{
        static const CharSet characters = { CHARS_ALNUM, ['-'] = true, ['_'] = true, ['.'] = true };

        return str_all(key, characters);
}

/* A line of systemd's own sections. */
static bool check_pass_key(Binder *b, PassSection section, const Node *entry, const Directive **ret)
{
        const Str key = entry->key, here = pass_names[section];

        if (!is_directive_name(key))
                return unknown_directive(b, section, entry, DIAG_UNKNOWN_KEY);
        if (is_extension(key))
                return true;

        *ret = directive_find(b->directives, key, section);
        if (*ret && (*ret)->section == section)
                return true;
        if (*ret)
                return diag(b->run->diags, DIAG_MISPLACED_KEY, entry->key_at, key, here, pass_names[(*ret)->section]);
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
                if (!kind_info((Kind)kind)->unnamed && option_find(b->index, (Kind)kind, key))
                        return diag(b->run->diags, DIAG_MISPLACED_KEY, entry->key_at, key, here,
                                    kind_info((Kind)kind)->section);

        /* A newer systemd may know it: a warning only. */
        unknown_directive(b, section, entry, DIAG_UNKNOWN_DIRECTIVE);
        return true;
}

/* The tree goes when its file is bound. */
static const Node *copy_node(Arena *arena, const Node *node)
{
        return memcpy(ARENA_NEW(arena, Node), node, sizeof(*node));
}

static bool bind_pass_line(Binder *b, PassLines *lines, PassSection section, const Directive *directive, const Node *entry,
                           const Node *value)
{
        const Str denied = directive_denied(section, entry->key, value->text);

        if (value->kind != NODE_SCALAR)
                return diag(b->run->diags, DIAG_VALUE_NESTED, value->at, entry->key, S("write one value, or a list of values"));
        if (denied.len)
                return diag(b->run->diags, DIAG_DENIED_DIRECTIVE, entry->key_at, entry->key, pass_names[section], denied);

        Str text = value->text;

        while (text.len && text.data[text.len - 1] == '\n')
                text.len--;

        const Str fault = directive_fault(text);

        if (fault.len)
                return diag(b->run->diags, DIAG_VALUE_LINE, value->at, entry->key, fault);
        VEC_ADD(b->scratch, lines,
                (PassLine){ .key = entry->key, .value = text, .at = entry->key_at,
                            .node = section == PASS_INSTALL ? copy_node(b->run->arena, value) : NULL,
                            .since = directive ? directive->since : 0 });
        return true;
}

static bool bind_pass_entry(Binder *b, PassLines *lines, PassSection section, const Node *entry)
{
        const Directive *directive = NULL;
        bool ok = true;

        if (!check_pass_key(b, section, entry, &directive))
                return false;
        if (entry->kind != NODE_LIST)
                return bind_pass_line(b, lines, section, directive, entry, entry);
        for (const Node *value = entry->child; value; value = value->next)
                ok &= bind_pass_line(b, lines, section, directive, entry, value);
        return ok;
}

/* ---- sections ---- */

static Def *find_def(const Binder *b, Kind kind, Str name)
{
        return map_get(&b->names[kind], name.data ? name : S(""));
}

static Def *new_def(Binder *b, Kind kind, Str name, Loc at)
{
        Def *def = ARENA_NEW(b->run->arena, Def);

        def->kind = kind;
        def->profile = &profile_native;
        def->name = name;
        def->at = at;
        def->doc = b->doc;
        VEC_ADD(b->scratch, &b->defs, def);
        map_put(b->scratch, &b->names[kind], name, def);
        b->of_kind[kind]++;
        return def;
}

/* Reports that the file has no definition of that name; KIND_NONE: of any kind. */
static void nobody(Binder *b, Kind kind, Str name, Loc at)
{
        Nearest nearest = nearest_start(name);

        VEC_EACH(Def *, def, &b->defs)
                if (kind == KIND_NONE || (*def)->kind == kind)
                        nearest_offer(&nearest, (*def)->name);
        diag(b->run->diags, DIAG_SECTION_NOBODY, at, name, nearest.best, kind ? kind_info(kind)->noun : S("definition"));
}

static bool is_dropin(const Binder *b)
{
        return b->at != b->doc;
}

/* The definition of an unnamed section: of the file's own name, or, in a drop-in, its only one. */
static Def *unnamed_def(Binder *b, Kind kind, Loc at)
{
        if (is_dropin(b) && b->of_kind[kind] == 1)
                VEC_EACH(Def *, only, &b->defs)
                        if ((*only)->kind == kind)
                                return *only;

        Def *def = find_def(b, kind, b->doc->name);

        if (def)
                return def;
        if (is_dropin(b)) {
                nobody(b, kind, b->doc->name, at);
                return NULL;
        }
        if (!check_is_name(b->doc->name)) {
                diag(b->run->diags, DIAG_FILE_NAME, at, b->doc->name, kind_info(kind)->noun, kind_info(kind)->section);
                return NULL;
        }
        return new_def(b, kind, b->doc->name, at);
}

/* NULL when that was reported. */
static Def *section_def(Binder *b, Kind kind, Str name, Loc at, Loc name_at)
{
        const KindInfo *info = kind_info(kind);

        if (info->unnamed && name.len) {
                diag(b->run->diags, DIAG_SECTION_UNNAMED, at, info->section);
                return NULL;
        }
        if (info->unnamed) {
                Def *def = find_def(b, kind, S(""));

                return def ? def : new_def(b, kind, S(""), at);
        }
        if (!name.len)
                return unnamed_def(b, kind, at);

        Def *def = find_def(b, kind, name);

        if (def)
                return def;
        if (is_dropin(b)) {
                nobody(b, kind, name, name_at);
                return NULL;
        }
        if (!check_is_name(name)) {
                diag(b->run->diags, DIAG_SECTION_NAME, name_at, name, info->noun);
                return NULL;
        }
        return new_def(b, kind, name, at);
}

static void bind_section(Binder *b, Def *def, const Node *section)
{
        size_t count = 0;

        b->run->diags->subject = def;
        for (const Node *entry = section->child; entry && count < OPTION_COUNT; entry = entry->next)
                count++;
        def_reserve(b->run->arena, def, count);
        for (const Node *entry = section->child; entry; entry = entry->next)
                if (!bind_entry(b, def, entry, S("")))
                        def->broken = true;
        if (section->broken)
                def->broken = true;
        b->run->diags->subject = NULL;
}

/* "front.network" is the network, when something else has its name too. */
static bool is_called(const Def *def, Str text)
{
        return str_eq(def->name, text) ||
               (kind_by_file(text) == def->kind && str_eq(def->name, str_first(text, str_rfind(text, '.'))));
}

/* The definitions of the file for which a section is: all, or those of a name. Containers first: what is said of
 * services, such as Restart=, is not meant for the networks and volumes beside them. */
static Defs pass_defs(const Binder *b, const Node *node)
{
        Defs containers = { 0 }, others = { 0 };

        VEC_EACH(Def *, def, &b->defs)
                if (!kind_info((*def)->kind)->unnamed && (!node->text.len || is_called(*def, node->text)))
                        VEC_ADD(b->scratch, (*def)->kind == KIND_CONTAINER ? &containers : &others, *def);
        return containers.count ? containers : others;
}

/* [Service] User= says whose podman it is: that of the networks and volumes beside the containers too. */
static void pass_user(Binder *b, const Node *node, const PassLines *lines)
{
        if (node->text.len)
                return;
        VEC_EACH(Def *const, def, &b->defs) {
                if (kind_info((*def)->kind)->unnamed || (*def)->kind == KIND_CONTAINER)
                        continue;
                VEC_EACH(const PassLine, line, lines)
                        if (str_is(line->key, "User"))
                                def_add_pass(b->run->arena, *def, PASS_SERVICE, line);
        }
}

/* [Service] is for all definitions of the file, [Service web] for one. What is wrong in it is said once; of
 * several definitions each one's stub shows it, since it is no single one's. */
static void bind_pass_sections(Binder *b, PassSection section, const Node *node)
{
        if (b->pass_lines > PASS_LINES_MAX)
                return; /* which was reported */

        const Defs defs = pass_defs(b, node);
        PassLines lines = { 0 };
        bool ok = !node->broken;

        if (!defs.count) {
                if (node->text.len)
                        nobody(b, KIND_NONE, node->text, node->at);
                return;
        }

        b->run->diags->subject = defs.count == 1 ? defs.items[0] : NULL;
        for (const Node *entry = node->child; entry; entry = entry->next)
                ok &= bind_pass_entry(b, &lines, section, entry);
        b->pass_lines += lines.count * defs.count;
        if (b->pass_lines > PASS_LINES_MAX) {
                ok = diag(b->run->diags, DIAG_SECTION_LINES, node->key_at, node->key,
                          arena_fmt(b->run->arena, "%d", PASS_LINES_MAX));
                lines.count = 0;
        }
        b->run->diags->subject = NULL;

        VEC_EACH(Def *const, def, &defs) {
                (*def)->broken |= !ok;
                add_pass_lines(b, *def, section, &lines);
        }
        if (section == PASS_SERVICE && defs.items[0]->kind == KIND_CONTAINER)
                pass_user(b, node, &lines);
}

static bool unknown_section(Binder *b, const Node *node)
{
        Nearest nearest = nearest_start(node->key);

        if (!node->key.len) /* the reader has reported the header */
                return false;
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
                if (kind_info((Kind)kind)->quadlet && str_eq_nocase(kind_info((Kind)kind)->section, node->key))
                        return diag(b->run->diags, DIAG_SECTION_QUADLET, node->key_at, node->key,
                                    kind_info((Kind)kind)->file);
        for (unsigned kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
                if (!kind_info((Kind)kind)->quadlet)
                        nearest_offer(&nearest, kind_info((Kind)kind)->section);
        for (unsigned section = 0; section < PASS_COUNT; section++)
                nearest_offer(&nearest, pass_names[section]);
        return diag(b->run->diags, DIAG_UNKNOWN_SECTION, node->key_at, node->key, nearest.best);
}

static void bind_ini(Binder *b, const Node *root)
{
        /* Definitions first: [Service] may stand above [Container]. */
        for (const Node *node = root->child; node; node = node->next) {
                const Kind kind = kind_by_section(node->key);

                if (kind) {
                        Def *def = section_def(b, kind, node->text, node->key_at, node->at);

                        if (def)
                                bind_section(b, def, node);
                } else if (pass_by_name(node->key) == PASS_COUNT && !is_extension(node->key) && !node->broken) {
                        unknown_section(b, node);
                }
        }
        for (const Node *node = root->child; node; node = node->next)
                if (pass_by_name(node->key) < PASS_COUNT)
                        bind_pass_sections(b, pass_by_name(node->key), node);
}

/* ---- YAML ---- */

static void bind_yaml_map(Binder *b, Kind kind, const Node *map)
{
        if (map->kind == NODE_SCALAR && map->null)
                return;
        if (map->kind != NODE_MAP) {
                diag(b->run->diags, DIAG_NOT_A_MAP, map->at, map->key,
                     arena_fmt(b->run->arena, "from names to definitions, such as '%.*s: {web: {%s}}'", STR_ARG(map->key),
                               kind == KIND_CONTAINER ? "image: …" : ""));
                return;
        }
        for (const Node *node = map->child; node; node = node->next) {
                Def *def = section_def(b, kind, node->key, node->key_at, node->key_at);

                if (!def)
                        continue;

                const bool null = node->kind == NODE_SCALAR && node->null;

                if (node->kind == NODE_MAP)
                        bind_section(b, def, node);
                /* A network or volume may say nothing (compose-spec: volumes). */
                if (node->kind == NODE_MAP || (null && kind != KIND_CONTAINER))
                        continue;
                b->run->diags->subject = def;
                diag(b->run->diags, DIAG_NOT_A_MAP, null ? node->key_at : node->at, node->key,
                     kind == KIND_CONTAINER ? S("such as '{image: …}'") : S("such as '{}'"));
                b->run->diags->subject = NULL;
                def->broken = true;
        }
}

/* NixOS of old: a map of containers for docker (OCI-33). */
static void bind_docker_containers(Binder *b, const Node *map)
{
        const size_t before = b->defs.count;

        bind_yaml_map(b, KIND_CONTAINER, map);
        for (size_t i = before; i < b->defs.count; i++) {
                Def *def = b->defs.items[i];
                Value *engine = ARENA_NEW(b->run->arena, Value);

                if (def_get(def, OPT_CONTAINER_Backend))
                        continue;
                *engine = (Value){ .at = map->key_at, .text = LITERAL(S("docker")) };
                *def_put(b->run->arena, def, OPT_CONTAINER_Backend) =
                        (Setting){ .id = OPT_CONTAINER_Backend, .first = engine, .last = engine, .key_at = map->key_at };
        }
}

static void bind_yaml(Binder *b, const Node *root)
{
        for (const Node *node = root->child; node; node = node->next) {
                const bool legacy = str_eq_nocase(node->key, S("docker-containers"));
                const Kind kind = legacy ? KIND_CONTAINER : kind_by_map(node->key);

                if (legacy)
                        bind_docker_containers(b, node);
                else if (kind && kind_info(kind)->unnamed) {
                        Def *def = section_def(b, kind, S(""), node->key_at, node->key_at);

                        if (node->kind == NODE_MAP)
                                bind_section(b, def, node);
                        else if (!(node->kind == NODE_SCALAR && node->null))
                                diag(b->run->diags, DIAG_NOT_A_MAP, node->at, node->key, S(""));
                } else if (kind) {
                        bind_yaml_map(b, kind, node);
                } else if (!is_extension(node->key)) {
                        Nearest nearest = nearest_start(node->key);

                        for (unsigned k = KIND_NONE + 1; k < KIND_COUNT; k++)
                                nearest_offer(&nearest, kind_info((Kind)k)->map);
                        diag(b->run->diags, DIAG_UNKNOWN_MAP, node->key_at, node->key, nearest.best);
                }
        }
}

/* ---- files ---- */

static void bind_doc(Binder *b, const Doc *doc, const Node *root)
{
        b->at = doc;
        if (!root)
                return;
        if (doc->source->format == FORMAT_YAML)
                bind_yaml(b, root);
        else
                bind_ini(b, root);
}

/* A drop-in that could not be read may have been the one that hardens: nobody starts without it. */
static void break_all(Binder *b)
{
        VEC_EACH(Def *, def, &b->defs)
                (*def)->broken = true;
}

static void keep(Binder *b, Def *def)
{
        VEC_EACH(Setting, setting, &def->settings)
                if (setting->first != setting->last)
                        value_settle(b->run, setting);
        if (def->kind == KIND_BUILD)
                value_settle_build(b->run, def);
        if (def->kind != KIND_DEFAULTS) {
                VEC_ADD(b->run->arena, &b->model->defs, def);
                return;
        }
        if (b->model->defaults)
                diag_also(b->run->diags, DIAG_DUPLICATE_DEFAULTS, def->at, b->model->defaults->at, S("first written here"),
                          kind_info(KIND_DEFAULTS)->section);
        else
                b->model->defaults = def;
}

/* A file of native definitions and its drop-ins. */
static void bind_file(Binder *b, const Node *root)
{
        const Diags *diags = b->run->diags;
        const unsigned reports = diags->errors + diags->warnings;

        bind_doc(b, b->doc, root);
        VEC_EACH(Doc *const, dropin, &b->doc->dropins) {
                bind_doc(b, *dropin, (*dropin)->root);
                if (!(*dropin)->root)
                        break_all(b);
        }
        if (root && !b->defs.count && diags->errors + diags->warnings == reports)
                diag(b->run->diags, DIAG_NO_DEFINITION, (Loc){ .source = b->doc->source }, S(""));
        VEC_EACH(Def *, def, &b->defs)
                keep(b, *def);
}

Model bind_docs(Run *run, const Docs *docs)
{
        Model model = { 0 };
        const OptionIndex *index = options_index(run->arena);
        DirectiveMemo directives = { 0 };
        Arena scratch = { 0 };

        VEC_EACH(Doc *const, doc, docs) {
                if ((*doc)->source->format == FORMAT_QUADLET) {
                        VEC_ADD(run->arena, &model.defs, quadlet_bind(run, index, &directives, *doc));
                        continue;
                }

                Binder b = { .run = run, .scratch = &scratch, .index = index, .directives = &directives, .model = &model, .doc = *doc };

                bind_file(&b, load_nodes(run, &scratch, *doc));
                arena_reset(&scratch);
        }
        arena_free(&scratch);
        return model;
}
