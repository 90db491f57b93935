/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/resolve.h"

#include <stdlib.h>

#include "base/num.h"
#include "model/claim.h"
#include "model/cycle.h"
#include "model/install.h"
#include "model/namespace.h"
#include "model/nest.h"
#include "model/netns.h"
#include "model/pod.h"
#include "model/quadlet.h"
#include "model/refer.h"
#include "model/require.h"
#include "model/subnet.h"
#include "model/target.h"
#include "model/update.h"

typedef struct Resolver {
        Run *run;
        Fleet *fleet;
        Names names;
} Resolver;

/* ---- links ---- */

static int compare_links(const void *a, const void *b)
{
        const uintptr_t x = (uintptr_t)((const Link *)a)->value, y = (uintptr_t)((const Link *)b)->value;

        return (x > y) - (x < y);
}

const Link *object_link(const Object *object, const Value *value)
{
        const Link wanted = { .value = value };

        return object->links.count
                       ? bsearch(&wanted, object->links.items, object->links.count, sizeof(wanted), compare_links)
                       : NULL;
}

const Object *object_linked(const Object *object, const Value *value)
{
        const Link *link = object_link(object, value);

        return link ? link->object : NULL;
}

const Value *object_sub_directory(const Object *object, Str *ret_usual)
{
        const Object *pod = object->def->kind == KIND_POD ? object : object->pod;
        const Value *own = def_get(object->def, OPT_CONTAINER_VolumeSubDir);

        *ret_usual = pod ? pod->def->name : object->def->name;
        return own || !pod ? own : def_get(pod->def, OPT_POD_VolumeSubDir);
}

Text object_image(const Object *c)
{
        static const OptionId keys[] = { OPT_IMAGE_ImageTag, OPT_IMAGE_Image, OPT_BUILD_ImageTag };

        for (size_t i = 0; i < ELEMENTS(keys) && !c->def->profile->quadlet; i++)
                if (def_get(c->def, keys[i]))
                        return def_text(c->def, keys[i]);
        return object_name(c);
}

/* ---- one definition ---- */

/* Everything reported from here on is about this container; its errors break it. */
static void break_it(Object *c)
{
        c->broken = true;
}

/* How images come is said of all of them at once. */
static void fill_image(Arena *arena, Def *def, const Def *defaults)
{
        static const OptionId rows[][2] = {
                { OPT_IMAGE_Policy, OPT_CONTAINER_Pull },
                { OPT_IMAGE_Retry, OPT_CONTAINER_Retry },
                { OPT_IMAGE_RetryDelay, OPT_CONTAINER_RetryDelay },
                { OPT_IMAGE_LoginRegistry, OPT_CONTAINER_LoginRegistry },
                { OPT_IMAGE_LoginUsername, OPT_CONTAINER_LoginUsername },
                { OPT_IMAGE_LoginPasswordFile, OPT_CONTAINER_LoginPasswordFile },
                { OPT_IMAGE_LoginCredential, OPT_CONTAINER_LoginCredential },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (!def_get(def, rows[i][0]))
                        def_inherit(arena, def, rows[i][0], defaults, rows[i][1]);
}

static void fill_defaults(Arena *arena, Def *def, const Def *defaults)
{
        static const Common shared[] = { COMMON_BACKEND, COMMON_MODULES, COMMON_GLOBAL_ARGS };

        if (def->kind == KIND_CONTAINER) {
                DEF_EACH(id, defaults)
                        if (!def_get(def, id) && (option_info(id)->flags & OPTION_DEFAULTS))
                                def_inherit(arena, def, id, defaults, id);
                return;
        }
        for (size_t i = 0; i < ELEMENTS(shared) && def->kind != KIND_NETNS; i++)
                if (!def_get(def, option_common(def->kind, shared[i])))
                        def_inherit(arena, def, option_common(def->kind, shared[i]), defaults,
                                    option_common(KIND_CONTAINER, shared[i]));
        if (def->kind == KIND_IMAGE)
                fill_image(arena, def, defaults);
}

bool object_boots(const Object *c)
{
        const Value *boot = def_get(c->def, OPT_CONTAINER_Boot);
        const bool command = def_get(c->def, OPT_CONTAINER_Exec) || def_get(c->def, OPT_CONTAINER_Entrypoint);

        return c->engine == ENGINE_NSPAWN && (boot ? boot->flag : !command);
}

static Ready ready_of(const Object *c)
{
        const Def *def = c->def;
        const Str notify = def_text(def, OPT_CONTAINER_Notify).str;
        static const Str yes[] = { STR_INIT("1"), STR_INIT("yes"), STR_INIT("true"), STR_INIT("on") };
        const PassLine *type = def_pass(def, PASS_SERVICE, S("Type"));

        if (type && str_is(type->value, "oneshot"))
                return READY_COMPLETED;
        if (str_eq_nocase(notify, S("healthy")))
                return READY_HEALTHY;
        if (def->profile->quadlet)
                return str_index(notify, yes, ELEMENTS(yes)) < ELEMENTS(yes) ? READY_CONTAINER : READY_RUNNING;
        /* An init says so; a system that is still booting is of no use to others. */
        return str_is(notify, "container") || (!notify.len && object_boots(c)) ? READY_CONTAINER : READY_RUNNING;
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

/* A volume is a directory when it says so, or when VolumeBaseDir= does and it does not ask the engine. */
static Text directory_of(const Resolver *r, const Object *volume)
{
        static const OptionId of_engine[] = { OPT_VOLUME_External, OPT_VOLUME_Driver, OPT_VOLUME_Device,
                                              OPT_VOLUME_DriverOpts };
        const Def *defaults = r->fleet->defaults;
        const Value *base = defaults ? def_get(defaults, OPT_DEFAULTS_VolumeBaseDir) : NULL;

        if (def_get(volume->def, OPT_VOLUME_Directory))
                return def_text(volume->def, OPT_VOLUME_Directory);
        for (size_t i = 0; i < ELEMENTS(of_engine); i++)
                if (def_get(volume->def, of_engine[i]))
                        base = NULL;
        return base ? (Text){ arena_join(r->run->arena, base->text.str, S("/"), volume->name),
                              base->text.door }
                    : (Text){ 0 };
}

static void new_object(Resolver *r, Def *def)
{
        Object *c = ARENA_NEW(r->run->arena, Object);
        const Str unit = def_text(def, option_common(def->kind, COMMON_SERVICE_NAME)).str;
        const Str name = def_text(def, option_common(def->kind, COMMON_NAME)).str;
        const Engine engine = engine_by_name(def_text(def, option_common(def->kind, COMMON_BACKEND)).str);

        c->def = def;
        c->broken = def->broken;
        c->engine = engine ? engine : ENGINE_PODMAN;
        VEC_ADD(r->run->arena, &r->fleet->objects, c);
        r->fleet->of_kind[def->kind]++;

        /* docker has no pods: there it is a network. */
        const Kind made = def->kind == KIND_POD && c->engine == ENGINE_DOCKER ? KIND_NETWORK : def->kind;

        if (def->profile->quadlet) {
                quadlet_name(r->run, c);
                c->ready = def->kind == KIND_CONTAINER ? ready_of(c) : READY_RUNNING;
                return;
        }
        c->name = c->self = name.len ? name : def->name;
        if (def->kind == KIND_BUILD)
                c->name = c->self = arena_join(r->run->arena, S("localhost/"), def->name);
        c->unit = unit.len ? arena_join(r->run->arena, unit, S(".service"))
                           : arena_join(r->run->arena, engine_prefix(c->engine), S("-"), kind_info(made)->infix, def->name,
                                        S(".service"));
        if (def->kind == KIND_NETNS) {
                c->engine = ENGINE_NONE;
                c->unit = arena_join(r->run->arena, S("netns@"), def->name, S(".service"));
        }
        if (def->kind == KIND_CONTAINER) {
                c->follow = follow_of(def);
                c->ready = ready_of(c);
                c->start = def_flag(def, OPT_CONTAINER_AutoStart, true);
        }
        if (def->kind == KIND_VOLUME)
                c->directory = directory_of(r, c);
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

        /* Of Quadlet files it is passed on, with a warning. */
        if (c->def->profile->quadlet || !line || !line->value.len || str_is(line->value, "root") || str_is(line->value, "0"))
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

static void resolve_users(Resolver *r, const Accounts *accounts)
{
        VEC_EACH(Object *, object, &r->fleet->objects) {
                r->run->diags->subject = (*object)->def;
                if (!resolve_user(r, *object, accounts))
                        break_it(*object);
        }
        r->run->diags->subject = NULL;
}

/* ---- names ---- */

/* Of Quadlet files that make one unit the first does, as with Podman, where the last does by chance. */
static bool gives_way(Resolver *r, Object *c, const Object *other)
{
        if (!other || !c->def->profile->quadlet || !other->def->profile->quadlet)
                return false;
        if (!c->broken)
                diag_also(r->run->diags, DIAG_QUADLET_CLASH, c->def->at, other->def->at, S("it is made here"), c->unit);
        c->hidden = true;
        return true;
}

static void name_objects(Resolver *r)
{
        Map units = { 0 };

        map_reserve(r->run->arena, &units, r->fleet->objects.count);
        for (unsigned kind = 0; kind < KIND_COUNT; kind++)
                map_reserve(r->run->arena, &r->names.of_kind[kind], r->fleet->of_kind[kind]);
        VEC_EACH(Object *, item, &r->fleet->objects) {
                Object *c = *item;
                Object *same_name = map_put(r->run->arena, &r->names.of_kind[c->def->kind], c->def->name, c);
                Object *same_unit = map_put(r->run->arena, &units, c->unit, c);

                r->run->diags->subject = c->def;
                if (gives_way(r, c, same_unit ? same_unit : same_name))
                        continue;
                /* Of two stubs, both say why. */
                r->run->diags->other = same_name && !str_eq(same_name->unit, c->unit) ? same_name->def : NULL;
                if (same_name)
                        diag_also(r->run->diags, DIAG_DUPLICATE_DEFINITION, c->def->at, same_name->def->at,
                                  S("first defined here"), kind_info(c->def->kind)->noun, c->def->name);
                else if (same_unit)
                        diag_also(r->run->diags, DIAG_UNIT_CLASH, c->def->at, same_unit->def->at, S("made here too"), c->unit);
                /* Neither of the two is the right one. */
                if (same_name)
                        break_it(same_name);
                if (same_unit)
                        break_it(same_unit);
                if (same_name || same_unit)
                        break_it(c);
        }
        r->run->diags->subject = r->run->diags->other = NULL;
}

/* By name: the paths. */
static Map map_installed(Run *run, const Installed *installed)
{
        Map map = { 0 };

        map_reserve(run->arena, &map, installed->count);
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
                c->unit = arena_join(r->run->arena, S("bayplan-problem-"), c->def->name, S(".service"));
        }
        r->run->diags->subject = NULL;
}

/* ---- [Defaults] ---- */

/* A prune that could remove what units use is left out. */
static void check_prune(Run *run, Def *defaults)
{
        for (const Value *value = def_get(defaults, OPT_DEFAULTS_AutoPruneArgs); value; value = value->next) {
                const Str text = value->text.str;

                if (!str_starts(text, S("label!")) && !str_starts(text, S("--filter=label!")))
                        continue;
                diag(run->diags, DIAG_PRUNE_FILTER, value->at, text);
                setting_reset(def_put(run->arena, defaults, OPT_DEFAULTS_AutoPrune));
        }
}

/* ---- all of it ---- */

static bool resolve_object(Resolver *r, Object *c)
{
        bool ok;

        if (c->def->profile->quadlet) {
                ok = quadlet_install(r->run, &r->names, c);
                ok &= quadlet_require(r->run, c);
                return quadlet_refer(r->run, r->fleet, &r->names, c) && ok;
        }
        ok = install_resolve(r->run, c);
        ok &= require_object(r->run, c);
        return refer_object(r->run, r->fleet, &r->names, c) && ok;
}

static int compare_units(const void *a, const void *b)
{
        const Object *const *x = a, *const *y = b;
        const int order = str_compare((*x)->unit, (*y)->unit);

        return order ? order : loc_compare((*x)->def->at, (*y)->def->at);
}

/* Of a unit that runs to its end, systemd takes no other; it would not load it (T-07). */
static void check_restarts(Run *run, Fleet *fleet)
{
        VEC_EACH(Object *const, item, &fleet->objects) {
                Object *c = *item;
                const PassLine *line = def_pass(c->def, PASS_SERVICE, S("Restart"));
                const bool runs = c->def->kind == KIND_CONTAINER || (c->def->kind == KIND_POD && c->engine == ENGINE_PODMAN);
                const bool ends = !runs || c->ready == READY_COMPLETED;

                if (c->def->profile->quadlet || !ends || !line || (!str_is(line->value, "always") && !str_is(line->value, "on-success")))
                        continue;
                run->diags->subject = c->def;
                c->broken = true;
                diag(run->diags, DIAG_DENIED_DIRECTIVE, line->at, line->key, S("Service"),
                     S("this one is Type=oneshot, which can be restarted 'on-failure' only"));
        }
        run->diags->subject = NULL;
}

/* What a definition says has left the processor's caches: it fetches that of the next one while it looks at one. */
static void fetch(const Def *def)
{
        enum { LINE = 64 };

        for (size_t at = 0; at < sizeof(*def); at += LINE)
                __builtin_prefetch((const char *)def + at);
}

Fleet resolve_model(Run *run, Model *model, const Installed *installed, const Accounts *accounts)
{
        Fleet fleet = { .defaults = model->defaults, .versions = versions_read(run, model->defaults) };
        Resolver r = { .run = run, .fleet = &fleet };
        const Map installed_map = map_installed(run, installed);

        if (model->defaults)
                check_prune(run, model->defaults);
        VEC_EACH(Def *, def, &model->defs) {
                if (model->defaults && !(*def)->profile->quadlet)
                        fill_defaults(run->arena, *def, model->defaults);
                new_object(&r, *def);
        }
        name_objects(&r);
        check_installed(&r, &installed_map);
        resolve_users(&r, accounts);
        VEC_EACH(Object *, item, &fleet.objects) {
                Object *c = *item;

                if (item + 1 < item_end)
                        fetch(item[1]->def);
                run->diags->subject = c->def;
                if (!resolve_object(&r, c))
                        break_it(c);
                VEC_SORT(&c->links, compare_links);
                /* With Quadlet, podman-auto-update.timer is the administrator's. */
                if (c->def->kind == KIND_CONTAINER && !c->def->profile->quadlet)
                        update_resolve(run, c);
        }
        run->diags->subject = NULL;
        install_check_aliases(run, &fleet, &installed_map);
        pod_resolve(run, &fleet);
        subnet_check(run, &fleet);
        nest_check(run, &fleet);
        netns_resolve(run, &fleet, &r.names);
        claim_check(run, &fleet);
        refer_settle(run, &fleet);
        check_restarts(run, &fleet);
        namespace_resolve(run, &fleet);
        target_resolve(run, &fleet);
        cycle_report(run, &fleet);
        VEC_SORT(&fleet.objects, compare_units);
        return fleet;
}
