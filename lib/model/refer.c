/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/refer.h"

#include "base/nearest.h"
#include "model/check.h"

static Str nearest_object(const Fleet *fleet, Kind kind, Str name)
{
        Nearest nearest = nearest_start(name);

        VEC_EACH(Object *, object, &fleet->objects)
                if ((*object)->def->kind == kind)
                        nearest_offer(&nearest, (*object)->def->name);
        return nearest.best;
}

/* Whether the dependency was not named before. */
static bool is_new(const Object *c, Object *other, Condition condition)
{
        const unsigned bit = 1u << condition;

        if (other->linked_by != c) {
                other->linked_by = c;
                other->linked = 0;
        }
        if (other->linked & bit)
                return false;
        other->linked |= bit;
        return true;
}

/* ---- networks and volumes ---- */

/* The source of a mount in the long form, when it is of that type; both engines take it for a volume when no type is
 * given. */
static Str mount_source(Str text, const char *type)
{
        Str field, key, value, source = { 0 };
        bool is_type = strcmp(type, "volume") == 0;

        while (text.len && str_next(&text, ',', &field)) {
                if (!str_cut(field, '=', &key, &value))
                        continue;
                if (str_is(key, "type"))
                        is_type = str_is(value, type);
                else if (str_is(key, "source") || str_is(key, "src"))
                        source = value;
        }
        return is_type ? source : (Str){ 0 };
}

bool refer_is_mode(Str s)
{
        static const Str modes[] = { STR_INIT("bridge"),      STR_INIT("host"),  STR_INIT("none"),      STR_INIT("private"),
                                     STR_INIT("slirp4netns"), STR_INIT("pasta"), STR_INIT("container"), STR_INIT("ns"),
                                     STR_INIT("default") };

        for (size_t i = 0; i < ELEMENTS(modes); i++)
                if (str_eq(s, modes[i]))
                        return true;
        return false;
}

Str refer_name(OptionId id, const Value *value)
{
        const Str text = value->text.str;
        Str name = text, rest;
        const bool cut = str_cut(text, ':', &name, &rest);

        if (id == OPT_CONTAINER_Mount)
                name = mount_source(text, "volume");
        else if ((id == OPT_CONTAINER_Volume || id == OPT_POD_Volume || id == OPT_BUILD_Volume) && !cut)
                name = (Str){ 0 };
        else if ((id == OPT_CONTAINER_Network || id == OPT_POD_Network || id == OPT_BUILD_Network) && refer_is_mode(name))
                name = (Str){ 0 };
        return check_is_name(name) ? name : (Str){ 0 };
}

enum {
        COMPARED_MAX = 1000000, /* names, in all: some tenths of a second */
};

/* A name that nobody has is the engine's own; unless it looks like a slip, which is said once. */
static void look_near(Run *run, const Fleet *fleet, Names *names, Kind kind, const Value *value, Str name)
{
        if (!names->of_kind[kind].count || map_put(run->arena, &names->unknown[kind], name, names))
                return;
        names->compared += fleet->objects.count;
        if (names->compared > COMPARED_MAX)
                return;

        const Str near = nearest_object(fleet, kind, name);

        if (near.len)
                diag(run->diags, DIAG_OBJECT_NEAR, value->at, kind_info(kind)->noun, name, near);
}

/* A directory of the host is there for every engine and every user. */
bool refer_usable(Run *run, const Object *c, const Object *other, Loc at)
{
        return other->directory.str.len || (other->engine == c->engine && str_eq(other->run_as, c->run_as)) ||
               diag_also(run->diags, DIAG_OBJECT_ELSEWHERE, at, other->def->at, S("it is defined"),
                         kind_info(other->def->kind)->noun, other->def->name);
}

static bool link_to(Run *run, Object *c, Object *other, const Value *value)
{
        if (!refer_usable(run, c, other, value->at))
                return false;
        VEC_ADD(run->arena, &c->links, (Link){ .value = value, .object = other });
        if (is_new(c, other, CONDITION_STARTED))
                VEC_ADD(run->arena, &c->depends,
                        (Dependency){ .object = other, .tie = TIE_REQUIRES, .condition = CONDITION_STARTED, .at = value->at });
        return true;
}

static bool link_value(Run *run, const Fleet *fleet, Names *names, Object *c, Kind kind, const Value *value, Str name)
{
        Object *other = map_get(&names->of_kind[kind], name);

        /* "front.network" is the Quadlet file. */
        if (!other && kind_by_file(name) == kind)
                other = map_get(&names->of_kind[kind], str_first(name, str_rfind(name, '.')));
        if (!other) {
                look_near(run, fleet, names, kind, value, name);
                return true;
        }
        return link_to(run, c, other, value);
}

static bool link_values(Run *run, const Fleet *fleet, Names *names, Object *c)
{
        static const struct {
                OptionId id;
                Kind kind;
        } rows[] = {
                { OPT_CONTAINER_Network, KIND_NETWORK },
                { OPT_CONTAINER_Volume, KIND_VOLUME },
                { OPT_CONTAINER_Mount, KIND_VOLUME },
                { OPT_POD_Network, KIND_NETWORK },
                { OPT_POD_Volume, KIND_VOLUME },
                { OPT_BUILD_Network, KIND_NETWORK },
                { OPT_BUILD_Volume, KIND_VOLUME },
        };
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                if (!names->of_kind[rows[i].kind].count)
                        continue;
                for (const Value *value = def_get(c->def, rows[i].id); value; value = value->next) {
                        const Str name = refer_name(rows[i].id, value);

                        if (name.len)
                                ok &= link_value(run, fleet, names, c, rows[i].kind, value, name);
                }
        }
        return ok;
}

/* NAME.image and NAME.build, as Quadlet has them. */
static bool link_image(Run *run, const Fleet *fleet, Names *names, Object *c, const Value *value, Str text)
{
        const Kind kind = kind_by_file(text);
        const Str name = str_first(text, str_rfind(text, '.'));

        if ((kind != KIND_IMAGE && kind != KIND_BUILD) || !check_is_name(name))
                return true;

        Object *other = map_get(&names->of_kind[kind], name);

        if (other)
                return link_to(run, c, other, value);
        return diag(run->diags, DIAG_DEPENDENCY_UNKNOWN, value->at, kind_info(kind)->noun, name,
                    nearest_object(fleet, kind, name));
}

/* How the image comes is said of the image. */
static bool check_image_keys(Run *run, const Object *c, const Object *image)
{
        static const OptionId keys[] = {
                OPT_CONTAINER_Pull,          OPT_CONTAINER_Retry,         OPT_CONTAINER_RetryDelay,
                OPT_CONTAINER_ImageFile,     OPT_CONTAINER_ImageStream,   OPT_CONTAINER_LoginRegistry,
                OPT_CONTAINER_LoginUsername, OPT_CONTAINER_LoginPasswordFile, OPT_CONTAINER_LoginCredential,
        };
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                if (def_get(c->def, keys[i]) && !def_setting(c->def, keys[i])->inherited)
                        ok = diag_also(run->diags, DIAG_IMAGE_KEY, def_key_at(c->def, keys[i]), image->def->at,
                                       S("it is defined"), option_info(keys[i])->key,
                                       def_get(c->def, OPT_CONTAINER_Image)->text.str);
        return ok;
}

/* "invalid mount: host directory must be an absolute path" */
static bool check_build_volumes(Run *run, const Fleet *fleet, const Object *c)
{
        const bool directories = fleet->defaults && def_get(fleet->defaults, OPT_DEFAULTS_VolumeBaseDir);
        bool ok = true;

        for (const Value *value = def_get(c->def, OPT_BUILD_Volume); value; value = value->next) {
                const Link *link = NULL;

                VEC_EACH(const Link, other, &c->links)
                        if (other->value == value)
                                link = other;
                if (refer_name(OPT_BUILD_Volume, value).len && !(link ? link->object->directory.str.len > 0 : directories))
                        ok = diag(run->diags, DIAG_ENGINE_VALUE, value->at, engine_name(c->engine),
                                  option_info(OPT_BUILD_Volume)->key, value->text.str,
                                  S("a build mounts directories only: give the volume a Directory="));
        }
        return ok;
}

static bool link_images(Run *run, const Fleet *fleet, Names *names, Object *c)
{
        static const OptionId keys[] = { OPT_CONTAINER_Image, OPT_VOLUME_Image, OPT_CONTAINER_Mount };
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                for (const Value *value = def_get(c->def, keys[i]); value; value = value->next)
                        ok &= link_image(run, fleet, names, c, value,
                                         keys[i] == OPT_CONTAINER_Mount ? mount_source(value->text.str, "image")
                                                                        : value->text.str);
        VEC_EACH(const Link, link, &c->links)
                if (link->value == def_get(c->def, OPT_CONTAINER_Image))
                        return check_image_keys(run, c, link->object) && ok;
        return ok;
}

/* podman may have a pod of its own; docker has none. */
static bool link_pod(Run *run, const Fleet *fleet, Names *names, Object *c)
{
        const Value *value = def_get(c->def, OPT_CONTAINER_Pod);
        Object *pod = value ? map_get(&names->of_kind[KIND_POD], value->text.str) : NULL;

        if (!value)
                return true;
        if (!pod && c->engine == ENGINE_DOCKER)
                return diag(run->diags, DIAG_DEPENDENCY_UNKNOWN, value->at, S("pod"), value->text.str,
                            nearest_object(fleet, KIND_POD, value->text.str));
        if (!link_value(run, fleet, names, c, KIND_POD, value, value->text.str))
                return false;
        c->pod = pod;
        if (pod)
                VEC_ADD(run->arena, &pod->members, c);
        return true;
}

static bool refer_container(Run *run, const Fleet *fleet, Names *names, Object *c)
{
        bool ok = link_pod(run, fleet, names, c);

        for (const Value *value = def_get(c->def, OPT_CONTAINER_DependsOn); value; value = value->next) {
                Object *other = map_get(&names->of_kind[KIND_CONTAINER], value->name);

                if (!other && diags_full(run->diags, DIAG_LEVEL_ERROR, value->at.source))
                        ok = false;
                else if (!other)
                        ok = diag(run->diags, DIAG_DEPENDENCY_UNKNOWN, value->at, S("container"), value->name,
                                  nearest_object(fleet, KIND_CONTAINER, value->name));
                else if (other == c)
                        ok = diag(run->diags, DIAG_DEPENDENCY_SELF, value->at, c->def->name);
                else if (is_new(c, other, value->condition))
                        VEC_ADD(run->arena, &c->depends,
                                (Dependency){ .object = other,
                                              .tie = c->follow == FOLLOW_IGNORE ? TIE_WANTS : TIE_REQUIRES,
                                              .condition = value->condition,
                                              .at = value->at });
        }
        return ok;
}

bool refer_object(Run *run, const Fleet *fleet, Names *names, Object *c)
{
        bool ok = link_values(run, fleet, names, c);

        ok &= link_images(run, fleet, names, c);
        if (c->def->kind == KIND_BUILD)
                ok &= check_build_volumes(run, fleet, c);
        if (c->def->kind == KIND_CONTAINER)
                ok &= refer_container(run, fleet, names, c);
        return ok;
}

/* ---- readiness ---- */

static bool has_probe(const Def *def)
{
        const Value *command = def_get(def, OPT_CONTAINER_HealthCmd);

        return command && !(!command->argv && str_eq_nocase(command->text.str, S("none")));
}

/* A unit is started at one point only, for all that depend on it: the farthest that one of them asks for. */
static bool ask(Run *run, const Dependency *dependency)
{
        Object *other = dependency->object;
        const Str name = other->def->name;
        const Ready wanted = dependency->condition == CONDITION_COMPLETED ? READY_COMPLETED : READY_HEALTHY;

        other->completes |= dependency->condition == CONDITION_COMPLETED;
        if (dependency->condition == CONDITION_STARTED || other->ready == wanted)
                return true;
        if (wanted == READY_HEALTHY && !has_probe(other->def))
                return diag_also(run->diags, DIAG_DEPENDENCY_PROBE, dependency->at, other->def->at,
                                 S("it is defined"), name);
        if (other->ready != READY_RUNNING || def_get(other->def, OPT_CONTAINER_Notify))
                return diag_also(run->diags, DIAG_DEPENDENCY_READY, dependency->at,
                                 def_get(other->def, OPT_CONTAINER_Notify) ? def_key_at(other->def, OPT_CONTAINER_Notify)
                                                                       : other->def->at,
                                 S("it is defined"), name,
                                 wanted == READY_HEALTHY ? S("healthy") : S("completed"));
        other->ready = wanted;
        return true;
}

void refer_settle(Run *run, Fleet *fleet)
{
        VEC_EACH(Object *, item, &fleet->objects) {
                Object *c = *item;

                run->diags->subject = c->def;
                VEC_EACH(const Dependency, dependency, &c->depends)
                        if (!ask(run, dependency))
                                c->broken = true;
        }
        run->diags->subject = NULL;
}
