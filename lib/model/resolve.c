/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/resolve.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/nearest.h"
#include "base/num.h"
#include "model/cycle.h"
#include "model/install.h"
#include "model/namespace.h"

typedef struct Resolver {
        Run *run;
        Fleet *fleet;
        Map names; /* definition's name → Object */
} Resolver;

/* Everything reported from here on is about this container; its errors break it. */
static void break_it(Object *c)
{
        c->broken = true;
}

static void fill_defaults(Def *def, const Def *defaults)
{
        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++)
                if (!def->set[id] && (option_info((OptionId)id)->flags & OPTION_DEFAULTS))
                        def->set[id] = defaults->set[id];
}

static Ready ready_of(const Def *def)
{
        const Str notify = def_text(def, OPT_CONTAINER_Notify).str;
        const PassLine *type = def_pass(def, PASS_SERVICE, S("Type"));

        if (type && str_is(type->value, "oneshot"))
                return READY_COMPLETED;
        if (str_is(notify, "healthy"))
                return READY_HEALTHY;
        return str_is(notify, "container") ? READY_CONTAINER : READY_RUNNING;
}

static Follow follow_of(const Def *def)
{
        static const Str names[FOLLOW_COUNT] = {
                [FOLLOW_RESTART] = STR_INIT("restart"),
                [FOLLOW_STOP] = STR_INIT("stop"),
                [FOLLOW_IGNORE] = STR_INIT("ignore"),
        };
        const Str text = def_text(def, OPT_CONTAINER_OnDependencyStop).str;

        for (unsigned follow = 0; follow < FOLLOW_COUNT; follow++)
                if (str_eq(text, names[follow]))
                        return (Follow)follow;
        return FOLLOW_RESTART;
}

static Object *new_container(Resolver *r, Def *def)
{
        Object *c = ARENA_NEW(r->run->arena, Object);
        const Str unit = def_text(def, OPT_CONTAINER_ServiceName).str;
        const Str name = def_text(def, OPT_CONTAINER_ContainerName).str;
        const Engine engine = engine_by_name(def_text(def, OPT_CONTAINER_Backend).str);

        c->def = def;
        c->broken = def->broken;
        c->engine = engine ? engine : ENGINE_PODMAN;
        c->name = name.len ? name : def->name;
        c->unit = unit.len ? arena_fmt(r->run->arena, "%.*s.service", STR_ARG(unit))
                           : arena_fmt(r->run->arena, "%.*s-%.*s.service", STR_ARG(engine_name(c->engine)),
                                       STR_ARG(def->name));
        c->follow = follow_of(def);
        c->ready = ready_of(def);
        c->start = def_flag(def, OPT_CONTAINER_AutoStart, true);
        VEC_ADD(r->run->arena, &r->fleet->objects, c);
        return c;
}

/* ---- [Service] User= ---- */

static bool find_uid(const Accounts *accounts, Str user, unsigned *ret)
{
        Str rest = accounts->text, line;
        uint64_t uid;

        if (num_unsigned(user, UINT32_MAX - 1, &uid)) {
                *ret = (unsigned)uid;
                return true;
        }
        while (rest.len && str_next(&rest, '\n', &line)) {
                Str name, password, id;

                if (!str_cut(line, ':', &name, &line) || !str_eq(name, user) ||
                    !str_cut(line, ':', &password, &line) || !str_cut(line, ':', &id, &line) ||
                    !num_unsigned(id, UINT32_MAX - 1, &uid))
                        continue;
                *ret = (unsigned)uid;
                return true;
        }
        return false;
}

/* A rootless container of the system manager (OCN-06 … OCN-10). Its podman needs the user's runtime directory,
 * which is named by number. */
static bool resolve_user(Resolver *r, Object *c, const Accounts *accounts)
{
        const PassLine *line = def_pass(c->def, PASS_SERVICE, S("User"));

        if (!line || !line->value.len || str_is(line->value, "root") || str_is(line->value, "0"))
                return true;
        if (r->run->scope == SCOPE_USER)
                return diag(r->run->diags, DIAG_DENIED_DIRECTIVE, line->at, line->key, S("Service"),
                            S("a user's manager runs everything as that user"));
        c->run_as = line->value;
        c->uid_known = find_uid(accounts, line->value, &c->uid);
        if (!c->uid_known)
                return diag(r->run->diags, DIAG_USER_UNKNOWN, line->at, line->value);
        return true;
}

/* ---- what one definition must say ---- */

static bool need(Resolver *r, const Object *c, OptionId id, OptionId other)
{
        if (!c->def->set[id] || c->def->set[other])
                return true;
        return diag(r->run->diags, DIAG_NEEDS, c->def->key_at[id], option_info(id)->key, option_info(other)->key);
}

static bool exclude(Resolver *r, const Object *c, OptionId a, OptionId b)
{
        if (!c->def->set[a] || !c->def->set[b])
                return true;
        return diag_also(r->run->diags, DIAG_CONFLICT, c->def->key_at[b], c->def->key_at[a], S("also set here"),
                         option_info(a)->key, option_info(b)->key);
}

/* Registry, user and one of the two ways to a password, or none of them (OCI-08). */
static bool check_login(Resolver *r, const Object *c)
{
        static const OptionId keys[] = { OPT_CONTAINER_LoginRegistry, OPT_CONTAINER_LoginUsername,
                                         OPT_CONTAINER_LoginPasswordFile, OPT_CONTAINER_LoginCredential };
        const Value *given = NULL;
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(keys) && !given; i++)
                given = c->def->set[keys[i]];
        for (size_t i = 0; i < ELEMENTS(keys) && given; i++) {
                const bool other_way = keys[i] == OPT_CONTAINER_LoginCredential ||
                                       (keys[i] == OPT_CONTAINER_LoginPasswordFile &&
                                        c->def->set[OPT_CONTAINER_LoginCredential]);

                if (!c->def->set[keys[i]] && !other_way)
                        ok = diag(r->run->diags, DIAG_LOGIN_PARTIAL, given->at, option_info(keys[i])->key);
        }
        ok &= exclude(r, c, OPT_CONTAINER_LoginPasswordFile, OPT_CONTAINER_LoginCredential);
        return ok;
}

static bool check_caps(Resolver *r, const Object *c)
{
        Map added = { 0 };
        bool ok = true;

        if (!c->def->set[OPT_CONTAINER_DropCapability])
                return true;
        for (Value *add = c->def->set[OPT_CONTAINER_AddCapability]; add; add = add->next)
                map_put(r->run->arena, &added, add->text.str, add);
        for (const Value *drop = c->def->set[OPT_CONTAINER_DropCapability]; drop; drop = drop->next) {
                const Value *add = map_get(&added, drop->text.str);

                /* "drop all, then add one" is the usual way to say which remain */
                if (add)
                        ok = diag_also(r->run->diags, DIAG_CAP_BOTH, drop->at, add->at, S("added here"), add->text.str);
        }
        return ok;
}

static bool check_image(Resolver *r, const Object *c)
{
        const Value *image = c->def->set[OPT_CONTAINER_Image];

        if (!image && !c->def->set[OPT_CONTAINER_Rootfs])
                return c->def->broken || /* its Image= may be the line that was reported */
                       diag(r->run->diags, DIAG_IMAGE_MISSING, c->def->at, S("container"), c->def->name);
        if (!image || image->late)
                return true;

        const Str text = image->text.str;
        Str host, rest;
        const bool has_host = str_cut(text, '/', &host, &rest) &&
                              (str_contains(host, '.') || str_contains(host, ':') || str_is(host, "localhost"));

        if (!has_host && text.len != 64 && !str_starts(text, S("sha256:")))
                diag(r->run->diags, DIAG_SHORT_NAME, image->at, text);
        return true;
}

static bool check_container(Resolver *r, const Object *c)
{
        bool ok = check_image(r, c);

        ok &= check_login(r, c);
        ok &= check_caps(r, c);
        ok &= need(r, c, OPT_CONTAINER_Group, OPT_CONTAINER_User);
        ok &= need(r, c, OPT_CONTAINER_ImageFile, OPT_CONTAINER_Image);
        ok &= need(r, c, OPT_CONTAINER_ImageStream, OPT_CONTAINER_Image);
        ok &= exclude(r, c, OPT_CONTAINER_Image, OPT_CONTAINER_Rootfs);
        ok &= exclude(r, c, OPT_CONTAINER_ImageFile, OPT_CONTAINER_ImageStream);
        ok &= exclude(r, c, OPT_CONTAINER_ReloadCmd, OPT_CONTAINER_ReloadSignal);
        for (OptionId id = OPT_CONTAINER_UserNS; id <= OPT_CONTAINER_SubGIDMap; id++)
                ok &= exclude(r, c, OPT_CONTAINER_RemapUsers, id);
        ok &= need(r, c, OPT_CONTAINER_RemapUid, OPT_CONTAINER_RemapUsers);
        ok &= need(r, c, OPT_CONTAINER_RemapGid, OPT_CONTAINER_RemapUsers);
        ok &= need(r, c, OPT_CONTAINER_RemapUidSize, OPT_CONTAINER_RemapUsers);
        return ok;
}

/* ---- names ---- */

static void name_containers(Resolver *r)
{
        Map units = { 0 };

        VEC_EACH(Object *, item, &r->fleet->objects) {
                Object *c = *item;
                Object *same_name = map_put(r->run->arena, &r->names, c->def->name, c);
                Object *same_unit = map_put(r->run->arena, &units, c->unit, c);

                r->run->diags->subject = c->def;
                if (same_name)
                        diag_also(r->run->diags, DIAG_DUPLICATE_DEFINITION, c->def->at, same_name->def->at,
                                  S("first defined here"), S("container"), c->def->name);
                else if (same_unit)
                        diag_also(r->run->diags, DIAG_UNIT_CLASH, c->def->at, same_unit->def->at, S("made here too"), c->unit);
                /* Of two stubs, both say why. */
                if (same_name && !str_eq(same_name->unit, c->unit)) {
                        r->run->diags->subject = same_name->def;
                        diag_also(r->run->diags, DIAG_DUPLICATE_DEFINITION, same_name->def->at, c->def->at,
                                  S("also defined here"), S("container"), c->def->name);
                }
                /* Neither of the two is the right one. */
                if (same_name)
                        break_it(same_name);
                if (same_unit)
                        break_it(same_unit);
                if (same_name || same_unit)
                        break_it(c);
        }
        r->run->diags->subject = NULL;
}

/* By name: the paths. */
static Map map_installed(Run *run, const Installed *installed)
{
        Map map = { 0 };

        for (size_t i = 0; i < installed->count; i++) {
                Str *path = ARENA_NEW(run->arena, Str);

                *path = installed->paths[i];
                map_put(run->arena, &map, str_skip(*path, str_rfind(*path, '/') + 1), path);
        }
        return map;
}

static void check_installed(Resolver *r, const Map *installed)
{
        VEC_EACH(Object *, item, &r->fleet->objects) {
                Object *c = *item;
                const Str *path = map_get(installed, c->unit);

                if (!path)
                        continue;
                r->run->diags->subject = c->def;
                diag(r->run->diags, DIAG_UNIT_INSTALLED, c->def->at, c->unit, *path);
                c->broken = true;
                /* Its stub would hide the unit just as well. */
                c->unit = arena_fmt(r->run->arena, "bayplan-problem-%.*s.service", STR_ARG(c->def->name));
        }
        r->run->diags->subject = NULL;
}

static Str nearest_container(const Resolver *r, Str name)
{
        Nearest nearest = nearest_start(name);

        VEC_EACH(Object *, c, &r->fleet->objects)
                nearest_offer(&nearest, (*c)->def->name);
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

static bool link_dependencies(Resolver *r, Object *c)
{
        bool ok = true;

        for (const Value *value = c->def->set[OPT_CONTAINER_DependsOn]; value; value = value->next) {
                Object *other = map_get(&r->names, value->name);

                if (!other && diags_full(r->run->diags, value->at.source))
                        ok = false;
                else if (!other)
                        ok = diag(r->run->diags, DIAG_DEPENDENCY_UNKNOWN, value->at, S("container"), value->name,
                                  nearest_container(r, value->name));
                else if (other == c)
                        ok = diag(r->run->diags, DIAG_DEPENDENCY_SELF, value->at, c->def->name);
                else if (is_new(c, other, value->condition))
                        VEC_ADD(r->run->arena, &c->depends,
                                (Dependency){ .object = other,
                                              .tie = c->follow == FOLLOW_IGNORE ? TIE_WANTS : TIE_REQUIRES,
                                              .condition = value->condition,
                                              .at = value->at });
        }
        return ok;
}

/* ---- readiness ---- */

static bool has_probe(const Def *def)
{
        const Value *command = def->set[OPT_CONTAINER_HealthCmd];

        return command && !(!command->argv && str_eq_nocase(command->text.str, S("none")));
}

/* A unit is started at one point only, for all that depend on it: the farthest that one of them asks for. */
static bool ask(Resolver *r, const Dependency *dependency)
{
        Object *other = dependency->object;
        const Str name = other->def->name;
        const Ready wanted = dependency->condition == CONDITION_COMPLETED ? READY_COMPLETED : READY_HEALTHY;

        other->completes |= dependency->condition == CONDITION_COMPLETED;
        if (dependency->condition == CONDITION_STARTED || other->ready == wanted)
                return true;
        if (wanted == READY_HEALTHY && !has_probe(other->def))
                return diag_also(r->run->diags, DIAG_DEPENDENCY_PROBE, dependency->at, other->def->at,
                                 S("it is defined"), name);
        if (other->ready != READY_RUNNING || other->def->set[OPT_CONTAINER_Notify])
                return diag_also(r->run->diags, DIAG_DEPENDENCY_READY, dependency->at,
                                 other->def->set[OPT_CONTAINER_Notify] ? other->def->key_at[OPT_CONTAINER_Notify]
                                                                       : other->def->at,
                                 S("it is defined"), name,
                                 wanted == READY_HEALTHY ? S("healthy") : S("completed"));
        other->ready = wanted;
        return true;
}

static void ask_all(Resolver *r)
{
        VEC_EACH(Object *, item, &r->fleet->objects) {
                Object *c = *item;

                r->run->diags->subject = c->def;
                VEC_EACH(const Dependency, dependency, &c->depends)
                        if (!ask(r, dependency))
                                break_it(c);
        }
        r->run->diags->subject = NULL;
}

/* ---- [Defaults] ---- */

/* A prune that could remove what units use is left out. */
static void check_prune(Run *run, Def *defaults)
{
        for (const Value *value = defaults->set[OPT_DEFAULTS_AutoPruneArgs]; value; value = value->next) {
                const Str text = value->text.str;

                if (!str_starts(text, S("label!")) && !str_starts(text, S("--filter=label!")))
                        continue;
                diag(run->diags, DIAG_PRUNE_FILTER, value->at, text);
                defaults->set[OPT_DEFAULTS_AutoPrune] = NULL;
        }
}

/* ---- all of it ---- */

static int compare_units(const void *a, const void *b)
{
        const Object *const *x = a, *const *y = b;
        const int order = str_compare((*x)->unit, (*y)->unit);

        return order ? order : loc_compare((*x)->def->at, (*y)->def->at);
}

Fleet resolve_model(Run *run, Model *model, const Installed *installed, const Accounts *accounts)
{
        Fleet fleet = { .defaults = model->defaults, .versions = versions_read(run, model->defaults) };
        Resolver r = { .run = run, .fleet = &fleet };
        const Map installed_map = map_installed(run, installed);

        if (model->defaults)
                check_prune(run, model->defaults);
        VEC_EACH(Def *, def, &model->defs) {
                if (model->defaults)
                        fill_defaults(*def, model->defaults);
                if ((*def)->kind == KIND_CONTAINER)
                        new_container(&r, *def);
        }
        name_containers(&r);
        check_installed(&r, &installed_map);
        VEC_EACH(Object *, item, &fleet.objects) {
                Object *c = *item;

                run->diags->subject = c->def;
                bool ok = resolve_user(&r, c, accounts);

                ok &= install_resolve(run, c);
                ok &= check_container(&r, c);
                ok &= link_dependencies(&r, c);
                if (!ok)
                        break_it(c);
        }
        run->diags->subject = NULL;
        install_check_aliases(run, &fleet, &installed_map);
        ask_all(&r);
        namespace_resolve(run, &fleet);
        cycle_report(run, &fleet);
        VEC_SORT(&fleet.objects, compare_units);
        return fleet;
}
