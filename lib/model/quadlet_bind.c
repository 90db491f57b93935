/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/quadlet.h"

#include "base/nearest.h"
#include "input/load.h"
#include "model/check.h"
#include "model/directive.h"
#include "model/value.h"

const Profile profile_native = { .stub = true };
const Profile profile_quadlet = { .quadlet = true };

typedef struct Binder {
        Run *run;
        const OptionIndex *index;
        DirectiveMemo *directives;
        Def *def;
} Binder;

Str quadlet_file(const Def *def)
{
        return load_base(def->doc->relative);
}

Str quadlet_directory(const Def *def)
{
        const Str path = def->doc->source->path;
        const size_t slash = str_rfind(path, '/');

        return slash == path.len ? S(".") : str_first(path, slash ? slash : 1);
}

Str quadlet_path(Arena *arena, const Def *def, Str path)
{
        const bool specifier = str_starts(path, S("%")) && !str_starts(path, S("%%"));

        return specifier || !path.len ? path : check_join(arena, quadlet_directory(def), path);
}

/* [Service] as the PassSection; PASS_COUNT for another group. */
static PassSection pass_of(Str group)
{
        unsigned section = 0;

        while (section < PASS_COUNT && !str_eq(pass_section_name((PassSection)section), group))
                section++;
        return (PassSection)section;
}

static Group *find_group(Binder *b, Str name)
{
        VEC_EACH(Group, group, &b->def->groups)
                if (str_eq(group->name, name))
                        return group;
        VEC_ADD(b->run->arena, &b->def->groups, (Group){ .name = name });
        return &b->def->groups.items[b->def->groups.count - 1];
}

static bool unsupported_key(Binder *b, const Node *entry, Str group, Str nearest)
{
        return diag(b->run->diags, DIAG_QUADLET_KEY, entry->key_at, quadlet_file(b->def), entry->key, group,
                    b->def->doc->source->path, nearest);
}

static bool bind_key(Binder *b, const Node *entry)
{
        const OptionId id = option_find_quadlet(b->index, b->def->kind, entry->key);

        if (!id)
                return unsupported_key(b, entry, kind_info(b->def->kind)->section,
                                       diags_full(b->run->diags, DIAG_LEVEL_ERROR, entry->key_at.source)
                                               ? (Str){ 0 }
                                               : option_nearest_quadlet(b->def->kind, entry->key));
        return quadlet_value(b->run, b->def, id, entry);
}

/* [Quadlet] has one key. */
static bool bind_setting(Binder *b, const Node *entry)
{
        static const Str key = STR_INIT("DefaultDependencies");
        static const Str no[] = { STR_INIT("no"), STR_INIT("false"), STR_INIT("off"), STR_INIT("0") };
        static const Str yes[] = { STR_INIT("yes"), STR_INIT("true"), STR_INIT("on"), STR_INIT("1") };

        if (!str_eq(entry->key, key))
                return unsupported_key(b, entry, S("Quadlet"), key);

        const bool is_no = !entry->text.len || str_index(entry->text, no, ELEMENTS(no)) < ELEMENTS(no);

        b->def->detached = is_no ? entry : NULL;
        if (!is_no && str_index(entry->text, yes, ELEMENTS(yes)) == ELEMENTS(yes))
                return diag(b->run->diags, DIAG_QUADLET_BOOL, entry->at, quadlet_file(b->def), key,
                            arena_fmt(b->run->arena, "'%.*s'", STR_ARG(entry->text)));
        return true;
}

/* What systemd does not know is passed on all the same. */
static void bind_directive(Binder *b, PassSection section, const Node *entry)
{
        const Directive *directive = directive_find(b->directives, entry->key, section);
        const bool known = directive && directive->section == section;

        def_add_pass(b->run->arena, b->def, section,
                     &(PassLine){ .key = entry->key, .value = entry->text, .at = entry->key_at, .node = entry,
                                  .since = known ? directive->since : 0 });
        if (!known && !str_eq_nocase(str_first(entry->key, 2), S("X-")) &&
            !(section == PASS_INSTALL && str_is(entry->key, "DefaultInstance")) &&
            !diags_full(b->run->diags, DIAG_LEVEL_WARNING, entry->key_at.source))
                diag(b->run->diags, DIAG_UNKNOWN_DIRECTIVE, entry->key_at, entry->key, pass_section_name(section),
                     directive_nearest(section, entry->key));
}

static void warn_of_group(Binder *b, const Node *section, Str name)
{
        Nearest nearest = nearest_start(name);

        if (str_starts(name, S("X-")) || !name.len)
                return;
        nearest_offer(&nearest, kind_info(b->def->kind)->section);
        nearest_offer(&nearest, S("Quadlet"));
        for (unsigned pass = 0; pass < PASS_COUNT; pass++)
                nearest_offer(&nearest, pass_section_name((PassSection)pass));
        diag(b->run->diags, DIAG_QUADLET_SECTION, section->key_at, name, nearest.best);
}

static void bind_group(Binder *b, const Node *section)
{
        const Str name = section->text.len ? arena_fmt(b->run->arena, "%.*s %.*s", STR_ARG(section->key),
                                                       STR_ARG(section->text))
                                           : section->key;
        const bool own = str_eq(name, kind_info(b->def->kind)->section), settings = str_is(name, "Quadlet");
        const PassSection pass = pass_of(name);
        Group *group = find_group(b, name);

        if (!group->sections.count && !own && !settings && pass == PASS_COUNT)
                warn_of_group(b, section, name);
        VEC_ADD(b->run->arena, &group->sections, section);
        if (section->broken)
                b->def->broken = true;
        if (own && !b->def->at.line)
                b->def->at = section->key_at;
        for (const Node *entry = section->child; entry; entry = entry->next)
                if (pass < PASS_COUNT)
                        bind_directive(b, pass, entry);
                else if ((own && !bind_key(b, entry)) || (settings && !bind_setting(b, entry)))
                        b->def->broken = true;
}

static void bind_file(Binder *b, const Doc *doc)
{
        /* A drop-in that cannot be read may have been the one that hardens. */
        if (!doc->root || doc->root->broken)
                b->def->broken = true;
        if (!doc->root)
                return;
        for (const Node *section = doc->root->child; section; section = section->next)
                bind_group(b, section);
}

Def *quadlet_bind(Run *run, const OptionIndex *index, DirectiveMemo *directives, const Doc *doc)
{
        Def *def = ARENA_NEW(run->arena, Def);
        Binder b = { .run = run, .index = index, .directives = directives, .def = def };

        def->kind = kind_by_file(doc->relative);
        def->profile = &profile_quadlet;
        def->name = doc->name;
        def->doc = doc;
        def->at = (Loc){ .source = doc->source };
        run->diags->subject = def;
        bind_file(&b, doc);
        VEC_EACH(Doc *const, dropin, &doc->dropins)
                bind_file(&b, *dropin);
        VEC_EACH(Setting, setting, &def->settings)
                if (setting->first != setting->last && option_info(setting->id)->quadlet == READ_KV)
                        value_settle(run, setting);
        run->diags->subject = NULL;
        return def;
}
