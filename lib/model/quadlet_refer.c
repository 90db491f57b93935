/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/quadlet.h"

#include "base/nearest.h"

typedef struct Referrer {
        Run *run;
        const Fleet *fleet;
        const Names *names;
        Object *object;
} Referrer;

/* What a name of a file stands for. */
typedef struct Target {
        Object *object;
        Str name;
        Str unit;
} Target;

/* "foo@bar.volume" where only "foo@.volume" is: an instance of that. */
static bool find_instance(Run *run, const Names *names, Kind kind, Str stem, Target *ret)
{
        Str prefix, instance, before, after;

        if (!str_cut(stem, '@', &prefix, &instance) || !instance.len)
                return false;
        ret->object = map_get(&names->of_kind[kind], arena_fmt(run->arena, "%.*s@", STR_ARG(prefix)));
        if (!ret->object || !str_cut(ret->object->unit, '@', &before, &after))
                return false;
        ret->unit = arena_fmt(run->arena, "%.*s@%.*s%.*s", STR_ARG(before), STR_ARG(instance), STR_ARG(after));
        ret->name = ret->object->name;

        const size_t at = str_find(ret->name, '%');

        if (at + 1 < ret->name.len && ret->name.data[at + 1] == 'i')
                ret->name = arena_fmt(run->arena, "%.*s%.*s%.*s", STR_ARG(str_first(ret->name, at)), STR_ARG(instance),
                                      STR_ARG(str_skip(ret->name, at + 2)));
        return true;
}

static bool find(Run *run, const Names *names, Str file, Target *ret)
{
        const Kind kind = kind_by_file(file);
        const Str stem = str_first(file, str_rfind(file, '.'));

        ret->object = kind ? map_get(&names->of_kind[kind], stem) : NULL;
        if (!ret->object)
                return kind && find_instance(run, names, kind, stem, ret);
        ret->name = ret->object->name;
        ret->unit = ret->object->unit;
        return true;
}

static Str nearest_file(const Referrer *r, Str file)
{
        Nearest nearest = nearest_start(file);

        if (diags_full(r->run->diags, DIAG_LEVEL_ERROR, r->object->def->doc->source))
                return (Str){ 0 };
        VEC_EACH(Object *const, object, &r->fleet->objects)
                if ((*object)->def->profile->quadlet)
                        nearest_offer(&nearest, quadlet_file((*object)->def));
        return nearest.best;
}

static bool not_found(const Referrer *r, DiagCode code, Loc at, Str file)
{
        return diag(r->run->diags, code, at, quadlet_file(r->object->def), file, nearest_file(r, file));
}

static void depend(const Referrer *r, const Target *target, Tie tie, Loc at)
{
        VEC_ADD(r->run->arena, &r->object->depends,
                (Dependency){ .object = target->object, .unit = target->unit, .tie = tie, .at = at });
}

static bool link_to(const Referrer *r, const Value *value, const Target *target, Tie tie)
{
        if (!refer_usable(r->run, r->object, target->object, value->at))
                return false;
        VEC_ADD(r->run->arena, &r->object->links,
                (Link){ .value = value, .object = target->object, .name = target->name });
        depend(r, target, tie, value->at);
        return true;
}

static bool refer_source(const Referrer *r, const Value *value, Str source, DiagCode code)
{
        Target target;

        if (!find(r->run, r->names, source, &target))
                return not_found(r, code, value->at, source);
        /* An image without a name would leave a hole in the command line. */
        if (!target.name.len)
                return diag(r->run->diags, DIAG_QUADLET_RESOURCE, value->at, quadlet_file(r->object->def), source);
        return link_to(r, value, &target, TIE_REQUIRES);
}

static bool refer_image(const Referrer *r, OptionId id)
{
        const Value *value = def_get(r->object->def, id);
        const Kind kind = value ? kind_by_file(value->text.str) : KIND_NONE;

        return (kind != KIND_IMAGE && kind != KIND_BUILD) ||
               refer_source(r, value, value->text.str, DIAG_QUADLET_IMAGE);
}

static bool refer_network(const Referrer *r, const Value *value)
{
        Str name = value->text.str, rest;
        const bool has_options = str_cut(value->text.str, ':', &name, &rest);
        const Kind kind = kind_by_file(name);
        Target target;

        if (kind != KIND_NETWORK && kind != KIND_CONTAINER)
                return true;
        if (!find(r->run, r->names, name, &target))
                return not_found(r, DIAG_QUADLET_UNIT, value->at, name);
        if (kind == KIND_CONTAINER && has_options)
                return diag(r->run->diags, DIAG_QUADLET_NETWORK_OPTIONS, value->at, quadlet_file(r->object->def));
        if (!target.name.len || (kind == KIND_CONTAINER && str_contains(target.name, '%')))
                return diag(r->run->diags, DIAG_QUADLET_RESOURCE, value->at, quadlet_file(r->object->def), name);
        return link_to(r, value, &target, TIE_REQUIRES);
}

static bool refer_volume(const Referrer *r, const Value *value)
{
        Str source, rest;
        Kind kind;

        if (!str_cut(value->text.str, ':', &source, &rest) || str_contains(source, '/'))
                return true;
        kind = kind_by_file(source);
        return (kind != KIND_VOLUME && kind != KIND_ARTIFACT) ||
               refer_source(r, value, source, DIAG_QUADLET_SOURCE);
}

static bool refer_mount(const Referrer *r, const Value *value)
{
        const QuadletMount mount = quadlet_mount(r->run->arena, value->text.str);
        const Kind kind = kind_by_file(mount.source);
        const Str file = quadlet_file(r->object->def);

        if (!quadlet_mount_has_source(&mount))
                return true;
        if (mount.has_source && !mount.source.len)
                return diag(r->run->diags, mount.assigned ? DIAG_QUADLET_MOUNT_EMPTY : DIAG_QUADLET_MOUNT_VALUE, value->at, file);
        if (!mount.has_source)
                return str_is(mount.type, "volume") ||
                       diag(r->run->diags, DIAG_QUADLET_MOUNT_SOURCE, value->at, file, mount.type);
        if (str_contains(mount.source, '/') ||
            (kind != KIND_VOLUME && kind != KIND_ARTIFACT && kind != KIND_IMAGE && kind != KIND_BUILD))
                return true;
        return refer_source(r, value, mount.source, DIAG_QUADLET_SOURCE);
}

static bool refer_pod(const Referrer *r)
{
        const Value *value = def_get(r->object->def, OPT_CONTAINER_Pod);
        const Str file = quadlet_file(r->object->def);
        Target target;

        if (!value)
                return true;
        if (kind_by_file(value->text.str) != KIND_POD)
                return diag(r->run->diags, DIAG_QUADLET_POD_FORM, value->at, file, value->text.str);
        if (!find(r->run, r->names, value->text.str, &target))
                return not_found(r, DIAG_QUADLET_POD_UNKNOWN, value->at, value->text.str);
        if (!link_to(r, value, &target, TIE_BINDS))
                return false;
        r->object->pod = target.object;
        VEC_ADD(r->run->arena, &target.object->members, r->object);
        return true;
}

/* ---- [Unit] ---- */

Str quadlet_unit_of(Run *run, const Names *names, Str word)
{
        Target target;

        return find(run, names, word, &target) ? target.unit : (Str){ 0 };
}

static bool is_translated(Str key)
{
        static const Str keys[] = {
                STR_INIT("After"),      STR_INIT("Before"),    STR_INIT("BindsTo"),
                STR_INIT("Conflicts"),  STR_INIT("OnFailure"), STR_INIT("OnSuccess"),
                STR_INIT("PartOf"),     STR_INIT("Requires"),  STR_INIT("PropagatesReloadTo"),
                STR_INIT("Requisite"),  STR_INIT("Upholds"),   STR_INIT("PropagatesStopTo"),
                STR_INIT("Wants"),      STR_INIT("ReloadPropagatedFrom"), STR_INIT("StopPropagatedFrom"),
        };

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                if (str_eq(keys[i], key))
                        return true;
        return false;
}

typedef struct Units {
        Buf buf;
        bool changed;
} Units;

static bool add_units(const Referrer *r, const PassLine *line, Units *units)
{
        const Str text = line->value;
        bool ok = true;

        for (size_t from = 0, to; from < text.len; from = to + 1) {
                for (to = from; to < text.len && !char_is_space(text.data[to]);)
                        to++;
                if (to == from)
                        continue;

                const Str word = str_first(str_skip(text, from), to - from);
                const bool is_file = kind_by_file(word);
                const Str unit = is_file ? quadlet_unit_of(r->run, r->names, word) : word;

                if (!unit.len)
                        ok = not_found(r, DIAG_QUADLET_DEPENDENCY, node_loc(line->node, from, to - from), word);
                units->changed |= is_file;
                buf_fmt(&units->buf, "%s%.*s", units->buf.len ? " " : "", STR_ARG(unit));
        }
        return ok;
}

/* All lines of a key that names a file become one. */
static bool translate_key(const Referrer *r, Str key)
{
        Units units = { .buf = BUF(r->run->arena) };
        bool ok = true;

        VEC_EACH(const PassLine, line, &r->object->def->pass[PASS_UNIT]) {
                if (!str_eq(line->key, key))
                        continue;
                if (!line->value.len)
                        units.buf.len = 0;
                ok &= add_units(r, line, &units);
        }
        if (units.changed)
                VEC_ADD(r->run->arena, &r->object->translations, (Translation){ key, buf_str(&units.buf) });
        return ok;
}

static bool refer_units(const Referrer *r)
{
        const PassLines *lines = &r->object->def->pass[PASS_UNIT];
        Map done = { 0 };
        bool ok = true;

        VEC_EACH(const PassLine, line, lines)
                if (is_translated(line->key) && !map_put(r->run->arena, &done, line->key, r->object))
                        ok &= translate_key(r, line->key);
        return ok;
}

/* ---- all of it ---- */

static bool refer_all(const Referrer *r, OptionId id, bool (*refer)(const Referrer *, const Value *))
{
        bool ok = true;

        for (const Value *value = id ? def_get(r->object->def, id) : NULL; value; value = value->next)
                ok &= refer(r, value);
        return ok;
}

bool quadlet_refer(Run *run, const Fleet *fleet, const Names *names, Object *c)
{
        static const struct {
                OptionId network, volume;
        } keys[KIND_COUNT] = {
                [KIND_CONTAINER] = { OPT_CONTAINER_Network, OPT_CONTAINER_Volume },
                [KIND_POD] = { OPT_POD_Network, OPT_POD_Volume },
                [KIND_BUILD] = { OPT_BUILD_Network, OPT_BUILD_Volume },
                [KIND_KUBE] = { OPT_KUBE_Network, OPTION_NONE },
        };
        const Referrer r = { run, fleet, names, c };
        bool ok = refer_units(&r);

        if (c->def->kind == KIND_CONTAINER)
                ok &= refer_image(&r, OPT_CONTAINER_Image);
        if (c->def->kind == KIND_VOLUME && str_is(def_text(c->def, OPT_VOLUME_Driver).str, "image"))
                ok &= refer_image(&r, OPT_VOLUME_Image);
        ok &= refer_all(&r, keys[c->def->kind].network, refer_network);
        ok &= refer_all(&r, keys[c->def->kind].volume, refer_volume);
        if (c->def->kind == KIND_CONTAINER) {
                ok &= refer_all(&r, OPT_CONTAINER_Mount, refer_mount);
                ok &= refer_pod(&r);
        }
        return ok;
}
