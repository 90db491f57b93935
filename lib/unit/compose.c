/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/compose.h"

#include <stdlib.h>

#include "backend/backend.h"
#include "base/map.h"
#include "base/utf8.h"
#include "model/pod.h"
#include "unit/compose_quadlet.h"
#include "unit/lines.h"
#include "unit/quote.h"
#include "unit/stub.h"
#include "unit/target.h"
#include "unit/upkeep.h"

enum {
        COMPOSE_MAX = 64 * LINES_MAX, /* bytes of the units of one file; some 40,000 of the usual size */
        COMPOSE_ROOM = 64 * 1024,     /* for the texts of some units */
        COMPOSE_UNIT = 4 * 1024,      /* as long as most are */
};

void compose_source(Buf *buf, const Def *def)
{
        lines_value(buf, S("SourcePath"), LITERAL(def->doc->source->path), quote_value);
}

void compose_header(Buf *buf, const Def *def)
{
        const Str path = def->doc->source->path;
        const size_t harmless = utf8_printable(path);

        /* A comment: bytes that would end it are made harmless. */
        buf_add(buf, S("# Made by bayplan-generator from "));
        buf_add(buf, str_first(path, harmless));
        for (size_t i = harmless; i < path.len; i++)
                buf_char(buf, char_is_control(path.data[i]) ? '?' : path.data[i]);
        buf_add(buf, S("\n\n"));
}

/* ---- [Unit] ---- */

static void add_words(Arena *arena, Words *to, const Words *from)
{
        VEC_EACH(const Text, text, from)
                words_add(arena, to, *text);
}

static int compare_texts(const void *a, const void *b)
{
        return str_compare(((const Text *)a)->str, ((const Text *)b)->str);
}

static bool is_below(Str path, Str directory)
{
        return str_eq(path, directory) || str_is(directory, "/") ||
               (str_starts(path, directory) && path.data[directory.len] == '/');
}

/* Sorted, and without what a deeper path implies: each path costs systemd a look at all its components. */
static Words needed_mounts(Arena *arena, const Words *paths)
{
        Words sorted = { 0 };
        size_t needed = 0;

        add_words(arena, &sorted, paths);
        VEC_SORT(&sorted, compare_texts);
        for (size_t i = 0; i < sorted.count; i++) {
                const bool implied = i + 1 < sorted.count && is_below(sorted.items[i + 1].str, sorted.items[i].str);

                /* The root is always mounted. */
                if (!implied && !str_is(sorted.items[i].str, "/"))
                        sorted.items[needed++] = sorted.items[i];
        }
        sorted.count = needed;
        return sorted;
}

static bool says(const Def *def, Str key)
{
        const PassLine *line = def_pass(def, PASS_UNIT, key);

        return line && line->value.len;
}

/* Whether it starts again when what it requires is back (T-19, T-20): other containers, their engine's daemon, or
 * what the user's own lines name. */
static bool comes_back(const Object *c, const Recipe *recipe)
{
        const Kind kind = c->def->kind;
        bool requires = recipe->requires.count || recipe->binds.count || says(c->def, S("Requires")) || says(c->def, S("BindsTo"));

        VEC_EACH(const Dependency, dependency, &c->depends)
                requires |= dependency->tie != TIE_WANTS;
        /* A pull or a build is nothing that could be stopped: what needs it starts it again. */
        return requires && c->follow != FOLLOW_STOP && kind != KIND_IMAGE && kind != KIND_BUILD;
}

/* Members that are started with their pod, and after it. */
static void start_along(Arena *arena, Words *wants, const Object *pod)
{
        VEC_EACH(Object *const, member, &pod->members)
                if (pod_starts(*member))
                        words_add(arena, wants, LITERAL((*member)->unit));
}

/* Whatever it needs is also what it starts after. */
static void dependency_lines(Run *run, Buf *buf, const Object *c, const Recipe *recipe)
{
        static const Str keys[TIE_COUNT] = {
                [TIE_WANTS] = STR_INIT("Wants"),
                [TIE_REQUIRES] = STR_INIT("Requires"),
                [TIE_BINDS] = STR_INIT("BindsTo"),
        };
        Words ties[TIE_COUNT] = { [TIE_WANTS] = recipe->wants, [TIE_REQUIRES] = recipe->requires,
                                  [TIE_BINDS] = recipe->binds };
        Words after = { 0 };

        VEC_EACH(const Dependency, dependency, &c->depends)
                words_add(run->arena, &ties[dependency->tie], LITERAL(dependency->object->unit));
        add_words(run->arena, &after, &recipe->after);
        for (unsigned tie = 0; tie < TIE_COUNT; tie++)
                add_words(run->arena, &after, &ties[tie]);
        start_along(run->arena, &ties[TIE_WANTS], c);
        for (unsigned tie = 0; tie < TIE_COUNT; tie++)
                lines_list(buf, keys[tie], &ties[tie], quote_unit);
        lines_list(buf, S("After"), &after, quote_unit);
        target_part_of(run, buf, c);
}

/* Of an installed template. */
static bool is_dropin(const Object *c)
{
        return c->def->kind == KIND_NETNS;
}

static void unit_section(Run *run, Buf *buf, const Object *c, const Recipe *recipe)
{
        Arena *arena = run->arena;
        const Words mounts = needed_mounts(arena, &recipe->mounts);

        lines_section(buf, S("Unit"));
        if (!is_dropin(c) && !def_pass(c->def, PASS_UNIT, S("Description")))
                lines_value(buf, S("Description"),
                           LITERAL(arena_join(arena, c->def->name, S(" ("), engine_name(c->engine), S(" "), kind_info(c->def->kind)->noun, S(")"))),
                           quote_value);
        compose_source(buf, c->def);
        dependency_lines(run, buf, c, recipe);
        lines_list(buf, S("RequiresMountsFor"), &mounts, quote_item);
        VEC_EACH(const Text, capability, &recipe->capabilities)
                lines_value(buf, S("ConditionCapability"), *capability, quote_value);
        if (def_flag(c->def, OPT_NETNS_StopWhenUnneeded, false))
                buf_add(buf, S("StopWhenUnneeded=yes\n"));
        /* It is triggered also when a start fails because of something that is required. */
        if (comes_back(c, recipe))
                buf_add(buf, S("OnFailure=bayplan-recover@%N.service\n"));
        if (recipe->unlimited)
                buf_add(buf, S("StartLimitIntervalSec=0\n"));
        lines_pass(buf, &c->def->pass[PASS_UNIT]);
}

/* ---- [Service] ---- */

/* Of all that is done after a stop the first: the rest may hang until it is killed. It speaks to systemd, so
 * neither User= nor a sandbox of the unit are for it. */
static void recovery_line(Run *run, Buf *buf)
{
        Recipe recipe = { 0 };
        Words *words = recipe_command(run->arena, &recipe, PHASE_STOP_POST, true);

        recipe.commands.items[0].privileged = true;
        words_add(run->arena, words, LITERAL(BACKEND_HELPER("bayplan-recover")));
        if (run->scope == SCOPE_USER)
                words_add(run->arena, words, T("--manager=user"));
        words_add(run->arena, words, T("stopping"));
        words_add(run->arena, words, T("%n"));
        lines_exec(buf, &recipe.commands.items[0]);
}

static void service_section(Run *run, Buf *buf, const Object *c, const Recipe *recipe)
{
        bool remember = comes_back(c, recipe);

        lines_section(buf, S("Service"));
        VEC_EACH(const Property, property, &recipe->properties)
                if (property->listed || !def_pass(c->def, PASS_SERVICE, property->key))
                        lines_value(buf, property->key, property->value, quote_value);
        VEC_EACH(const Text, assignment, &recipe->environment)
                lines_value(buf, S("Environment"), *assignment, quote_env);
        /* The template's own commands. */
        if (is_dropin(c))
                buf_add(buf, S("ExecStart=\nExecStopPost=\n"));
        VEC_EACH(const Command, command, &recipe->commands) {
                if (command->phase == PHASE_STOP_POST && remember) {
                        recovery_line(run, buf);
                        remember = false;
                }
                lines_exec(buf, command);
        }
        if (remember)
                recovery_line(run, buf);
        lines_pass(buf, &c->def->pass[PASS_SERVICE]);
}

/* ---- units and links ---- */

/* "../../web.service" for a link in "a/b". */
static Str path_to_top(Arena *arena, Str directory, Str unit)
{
        Buf buf = BUF(arena);
        Str rest = directory, part;

        while (rest.len && str_next(&rest, '/', &part))
                buf_add(&buf, S("../"));
        buf_add(&buf, unit);
        return buf_str(&buf);
}

void compose_install(Run *run, Plan *plan, const Object *c)
{
        VEC_EACH(const InstallLink, install, &c->install) {
                const bool alias = install->alias.len;
                const size_t slash = str_rfind(install->alias, '/');
                const bool deep = slash < install->alias.len;
                const Str directory = deep ? str_first(install->alias, slash) : install->directory;
                const Str name = install->name.len ? install->name : c->unit;

                VEC_ADD(run->arena, &plan->links,
                        (PlanLink){ .directory = directory,
                                    .name = !alias ? name : deep ? str_skip(install->alias, slash + 1) : install->alias,
                                    .target = path_to_top(run->arena, directory, c->unit),
                                    .unit = c->unit });
                /* What its package enables only where presets say so. */
                if (str_is(directory, "machines.target.wants"))
                        VEC_ADD(run->arena, &plan->links,
                                (PlanLink){ .directory = S("multi-user.target.wants"),
                                            .name = S("machines.target"),
                                            .target = S("../machines.target"),
                                            .unit = c->unit });
        }
}

/* The making of all units. */
typedef struct Composer {
        Run *run;
        const Fleet *fleet;
        Plan plan;
        Buf room;    /* for the next units: each is written where it stays, and leaves the rest */
        Arena scratch;
        size_t size; /* of all units so far, those that were too large included */
        Map sizes;   /* path of a file → size_t, of those of its units that have been counted */
        size_t counted; /* of the plan's */
} Composer;

static void count(Composer *composer, const Def *def, size_t size)
{
        const Str path = def->doc->source->path;
        size_t *sum = map_get(&composer->sizes, path);

        if (!sum) {
                sum = ARENA_NEW(composer->run->arena, size_t);
                map_put(composer->run->arena, &composer->sizes, path, sum);
        }
        *sum += size;
}

/* Whether the units of a definition's file are too much. As long as all together are not, nobody has to count. */
static bool is_full(Composer *composer, const Def *def)
{
        const PlanUnit *units = composer->plan.units.items;

        if (composer->size <= COMPOSE_MAX)
                return false;
        for (; composer->counted < composer->plan.units.count; composer->counted++)
                count(composer, units[composer->counted].def, units[composer->counted].text.len);

        const size_t *size = map_get(&composer->sizes, def->doc->source->path);

        return size && *size > COMPOSE_MAX;
}

static bool refuse(Composer *composer, Object *c, DiagCode code, size_t limit)
{
        c->broken = true;
        composer->run->diags->subject = c->def;
        diag(composer->run->diags, code, c->def->at, arena_fmt(composer->run->arena, "%zu", limit >> 20));
        composer->run->diags->subject = NULL;
        return false;
}

/* Takes the place of the template's drop-in of that name. */
static void add_late_dropin(Composer *composer, const Object *c)
{
        Buf buf = BUF(composer->run->arena);

        compose_header(&buf, c->def);
        buf_add(&buf, S("# It needs the network of the host, so that it cannot be there before.\n"));
        VEC_ADD(composer->run->arena, &composer->plan.units,
                (PlanUnit){ .name = c->unit,
                            .dropin = S("10-before-network.conf"),
                            .text = buf_str(&buf),
                            .def = c->def,
                            .at = c->def->at });
}

/* The other name of a container of nspawn in a namespace. systemd takes no alias that is an instance for a unit that is
 * none, so it is a unit that starts and stops with the container, and the container with it. */
static void add_second_name(Composer *composer, const Object *c)
{
        const Str name = arena_join(composer->run->arena, S("netns-container@"), c->def->name, S(".service"));
        const Text unit = LITERAL(c->unit);
        Words units = { 0 };
        Buf buf = BUF(composer->run->arena);

        words_add(composer->run->arena, &units, unit);
        compose_header(&buf, c->def);
        lines_section(&buf, S("Unit"));
        lines_value(&buf, S("Description"),
                    LITERAL(arena_join(composer->run->arena, c->def->name, S(" (another name of "), c->unit, S(")"))), quote_value);
        compose_source(&buf, c->def);
        lines_list(&buf, S("BindsTo"), &units, quote_unit);
        lines_list(&buf, S("After"), &units, quote_unit);
        lines_list(&buf, S("PropagatesStopTo"), &units, quote_unit);
        lines_list(&buf, S("PropagatesReloadTo"), &units, quote_unit);
        lines_section(&buf, S("Service"));
        buf_add(&buf, S("Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n"));
        VEC_ADD(composer->run->arena, &composer->plan.units,
                (PlanUnit){ .name = name, .text = buf_str(&buf), .def = c->def, .at = c->def->at });
}

static Buf start_text(Composer *composer)
{
        if (composer->room.capacity < COMPOSE_UNIT) {
                composer->room = BUF(composer->run->arena);
                buf_reserve(&composer->room, COMPOSE_ROOM);
        }
        return composer->room;
}

static Str end_text(Composer *composer, Buf text)
{
        composer->room.data = text.data + text.len;
        composer->room.capacity = text.capacity - text.len;
        return buf_str(&text);
}

/* False when it has become broken, which was reported. */
static bool compose_container(Composer *composer, Object *c)
{
        Run *run = composer->run;

        if (is_full(composer, c->def))
                return refuse(composer, c, DIAG_PLAN_SIZE, COMPOSE_MAX);

        /* A recipe is needed no longer than its unit is under way. */
        Run brewing = *run;

        arena_reset(&composer->scratch);
        brewing.arena = &composer->scratch;

        const Recipe recipe = backend_recipe(&brewing, composer->fleet, c);

        Buf text = start_text(composer);

        compose_header(&text, c->def);
        if (c->def->profile->quadlet) {
                compose_quadlet(run, &text, c, &recipe);
        } else {
                unit_section(&brewing, &text, c, &recipe);
                service_section(&brewing, &text, c, &recipe);
        }
        composer->size += text.len;
        if (text.len > LINES_MAX) {
                count(composer, c->def, text.len);
                return refuse(composer, c, DIAG_UNIT_SIZE, LINES_MAX);
        }

        VEC_ADD(run->arena, &composer->plan.units,
                (PlanUnit){ .name = c->unit,
                            .dropin = is_dropin(c) ? S("50-bayplan.conf") : (Str){ 0 },
                            .text = end_text(composer, text),
                            .def = c->def,
                            .at = c->def->at });
        if (c->engine == ENGINE_NSPAWN && c->def->kind == KIND_CONTAINER && def_get(c->def, OPT_CONTAINER_Netns))
                add_second_name(composer, c);
        if (is_dropin(c) && (recipe.after.count || recipe.wants.count))
                add_late_dropin(composer, c);
        compose_install(run, &composer->plan, c);
        return true;
}

/* What definitions say was read long before, and has left the processor's caches: it fetches the values of the next but one,
 * and the texts of the next, while it makes a unit. */
static void fetch(Object *const *c, Object *const *end)
{
        if (end - c > 2)
                VEC_EACH(const Setting, setting, &c[2]->def->settings)
                        __builtin_prefetch(setting->first);
        if (end - c > 1)
                VEC_EACH(const Setting, setting, &c[1]->def->settings)
                        for (const Value *value = setting->first; value; value = value->next)
                                __builtin_prefetch(value->text.str.data);
}

/* Objects of one unit's name stand beside each other, and are broken. */
static void compose_stubs(Composer *composer)
{
        const StubNotes *notes = stub_notes(composer->run);
        Object *const *objects = composer->fleet->objects.items;
        const size_t count = composer->fleet->objects.count;

        for (size_t at = 0, same; at < count; at += same) {
                for (same = 1; at + same < count; same++)
                        if (!str_eq(objects[at]->unit, objects[at + same]->unit))
                                break;
                if (objects[at]->broken && objects[at]->def->profile->stub)
                        stub_containers(composer->run, &composer->plan, composer->fleet, notes, objects + at, same);
        }
}

Plan compose_fleet(Run *run, const Fleet *fleet)
{
        Composer composer = { .run = run, .fleet = fleet };

        VEC_RESERVE(run->arena, &composer.plan.units, fleet->objects.count);
        VEC_RESERVE(run->arena, &composer.plan.links, fleet->objects.count);
        VEC_EACH(Object *const, c, &fleet->objects) {
                fetch(c, c_end);
                if (!(*c)->broken && !(*c)->hidden)
                        compose_container(&composer, *c);
        }
        arena_free(&composer.scratch);
        compose_stubs(&composer);
        target_compose(run, &composer.plan, fleet);
        upkeep_compose(run, &composer.plan, fleet);
        stub_problems(run, &composer.plan, fleet);
        plan_settle(&composer.plan);
        return composer.plan;
}
