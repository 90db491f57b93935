/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/quadlet.h"

/* foo@bar: the template's part, and the instance. An empty instance: it is the template. */
static bool split_instance(Str name, Str *ret_prefix, Str *ret_instance)
{
        return str_cut(name, '@', ret_prefix, ret_instance);
}

static Str replaced(Arena *arena, Str text, const char *specifier, Str by)
{
        Buf buf = BUF(arena);

        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] == '%' && i + 1 < text.len && text.data[i + 1] == specifier[1]) {
                        buf_add(&buf, by);
                        i++;
                } else {
                        buf_char(&buf, text.data[i]);
                }
        }
        return buf_str(&buf);
}

static bool is_unit_stem(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!char_is_alpha(s.data[i]) && !char_is_digit(s.data[i]) && !memchr(":-_.\\@", s.data[i], 6))
                        return false;
        /* Files whose names begin with a dot are none of systemd's. */
        return s.len > 0 && s.len < 240 && !str_starts(s, S("@")) && !str_starts(s, S("."));
}

/* foo → foo-volume, foo@ → foo-volume@, foo@bar → foo-volume@bar. */
static Str derived_stem(Arena *arena, const Def *def)
{
        const Str suffix = kind_info(def->kind)->service;
        Str prefix, instance;

        if (!split_instance(def->name, &prefix, &instance))
                return arena_fmt(arena, "%.*s%.*s", STR_ARG(def->name), STR_ARG(suffix));
        return arena_fmt(arena, "%.*s%.*s@%.*s", STR_ARG(prefix), STR_ARG(suffix), STR_ARG(instance));
}

static Str stem_of(Run *run, Object *c)
{
        const Value *written = def_get(c->def, option_common(c->def->kind, COMMON_SERVICE_NAME));
        const Str stem = written ? written->text.str : derived_stem(run->arena, c->def);

        if (is_unit_stem(stem) && !str_starts(stem, S("bayplan-")))
                return stem;
        c->broken = true;
        diag(run->diags, DIAG_QUADLET_NAME, written ? written->at : c->def->at, quadlet_file(c->def), stem,
             written ? S("") : S("rename the file, or set ServiceName="));
        return S("bayplan-problem");
}

/* systemd-foo; of a template systemd-foo-%i. */
static Str prefixed(Arena *arena, const Def *def)
{
        Str prefix, instance;

        if (!split_instance(def->name, &prefix, &instance))
                return arena_fmt(arena, "systemd-%.*s", STR_ARG(def->name));
        return arena_fmt(arena, "systemd-%.*s-%%i", STR_ARG(prefix));
}

static Str first_text(const Def *def, OptionId id, OptionId other)
{
        return def_get(def, id) ? def_get(def, id)->text.str : def_text(def, other).str;
}

static Str self_of(Arena *arena, const Def *def)
{
        const Str written = def_text(def, option_common(def->kind, COMMON_NAME)).str;

        if (written.len)
                return written;
        switch (def->kind) {
        case KIND_CONTAINER:
                return str_contains(def->name, '@') ? S("systemd-%p_%i") : S("systemd-%N");
        case KIND_POD:
        case KIND_NETWORK:
        case KIND_VOLUME:
                return prefixed(arena, def);
        case KIND_IMAGE:
                return first_text(def, OPT_IMAGE_ImageTag, OPT_IMAGE_Image);
        case KIND_BUILD:
                return def_text(def, OPT_BUILD_ImageTag).str;
        case KIND_ARTIFACT:
                return def_text(def, OPT_ARTIFACT_Artifact).str;
        case KIND_NONE:
        case KIND_NETNS:
        case KIND_KUBE:
        case KIND_DEFAULTS:
        case KIND_COUNT:
                break;
        }
        return (Str){ 0 };
}

void quadlet_name(Run *run, Object *c)
{
        const Str stem = stem_of(run, c);
        Str prefix = stem, instance = { 0 };

        split_instance(stem, &prefix, &instance);
        c->unit = arena_fmt(run->arena, "%.*s.service", STR_ARG(stem));
        c->self = self_of(run->arena, c->def);
        /* Others have specifiers of their own. */
        c->name = replaced(run->arena, c->self, "%N", stem);
        if (instance.len)
                c->name = replaced(run->arena, replaced(run->arena, c->name, "%p", prefix), "%i", instance);
}

bool quadlet_is_template(const Object *c)
{
        return str_ends(c->unit, S("@.service"));
}
