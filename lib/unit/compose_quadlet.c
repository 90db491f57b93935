/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/compose_quadlet.h"

#include "model/pod.h"
#include "unit/lines.h"
#include "unit/quote.h"
#include "unit/stub.h"

typedef struct Composer {
        Run *run;
        Buf *buf;
        const Object *object;
        const Recipe *recipe;
} Composer;

static bool is_translated(const Object *c, Str key)
{
        VEC_EACH(const Translation, translation, &c->translations)
                if (str_eq(translation->key, key))
                        return true;
        return false;
}

/* ---- what is added ---- */

static void add_line(Composer *composer, Str key, Str value)
{
        buf_add(composer->buf, key);
        buf_char(composer->buf, '=');
        buf_add(composer->buf, value);
        buf_char(composer->buf, '\n');
}

static void unit_line(Composer *composer, const char *key, Str unit)
{
        add_line(composer, str_c(key), unit);
}

/* So that the engine can pull, also where it need not. */
static void default_lines(Composer *composer)
{
        const Str unit = composer->run->scope == SCOPE_USER ? S("podman-user-wait-network-online.service")
                                                            : S("network-online.target");

        if (composer->object->def->detached)
                return;
        unit_line(composer, "Wants", unit);
        unit_line(composer, "After", unit);
}

static void dependency_lines(Composer *composer)
{
        static const char *const keys[TIE_COUNT] = {
                [TIE_WANTS] = "Wants",
                [TIE_REQUIRES] = "Requires",
                [TIE_BINDS] = "BindsTo",
        };

        VEC_EACH(const Dependency, dependency, &composer->object->depends) {
                const Str unit = dependency->unit.len ? dependency->unit : dependency->object->unit;

                unit_line(composer, keys[dependency->tie], unit);
                unit_line(composer, "After", unit);
        }
}

static void member_lines(Composer *composer)
{
        VEC_EACH(Object *const, item, &composer->object->members) {
                const Object *member = *item;

                if (!pod_starts(member))
                        continue;
                unit_line(composer, "Wants", member->unit);
                unit_line(composer, "Before", member->unit);
        }
}

static void unit_lines(Composer *composer)
{
        VEC_EACH(const Translation, translation, &composer->object->translations)
                add_line(composer, translation->key, translation->units);
        compose_source(composer->buf, composer->object->def);
        buf_add(composer->buf, S("RequiresMountsFor=%t/containers\n"));
        dependency_lines(composer);
        member_lines(composer);
        VEC_EACH(const Text, path, &composer->recipe->mounts) {
                Words one = { 0 };

                words_add(composer->run->arena, &one, *path);
                lines_list(composer->buf, S("RequiresMountsFor"), &one, quote_item);
        }
}

static void service_lines(Composer *composer)
{
        const Recipe *recipe = composer->recipe;

        VEC_EACH(const Property, property, &recipe->properties) {
                const PassLine *line = def_pass(composer->object->def, PASS_SERVICE, property->key);

                if (property->listed || !line || !line->value.len)
                        lines_value(composer->buf, property->key, property->value, quote_value);
        }
        VEC_EACH(const Text, assignment, &recipe->environment)
                lines_value(composer->buf, S("Environment"), *assignment, quote_env);
        VEC_EACH(const Command, command, &recipe->commands)
                lines_exec(composer->buf, command);
}

/* ---- groups ---- */

/* Lines that the unit has in another form, or of its own. */
static bool is_replaced(const Composer *composer, const Group *group, Str key)
{
        if (str_is(group->name, "Unit"))
                return is_translated(composer->object, key);
        return composer->object->def->kind == KIND_POD && str_is(group->name, "Service") &&
               (str_is(key, "Type") || str_is(key, "PIDFile"));
}

static void add_entries(Composer *composer, const Group *group)
{

        VEC_EACH(const Node *const, section, &group->sections) {
                for (const Node *entry = (*section)->child; entry; entry = entry->next) {
                        buf_add(composer->buf, entry->before);
                        if (!is_replaced(composer, group, entry->key))
                                add_line(composer, entry->key, entry->text);
                }
        }
}

static void add_group(Composer *composer, const Group *group)
{
        const Def *def = composer->object->def;
        const bool own = str_eq(group->name, kind_info(def->kind)->section) || str_is(group->name, "Quadlet");
        const bool unit = str_is(group->name, "Unit"), service = str_is(group->name, "Service");

        buf_add(composer->buf, group->sections.items[0]->before);
        buf_add(composer->buf, own ? S("[X-") : S("["));
        buf_add(composer->buf, group->name);
        buf_add(composer->buf, S("]\n"));
        if (unit)
                default_lines(composer);
        add_entries(composer, group);
        if (unit)
                unit_lines(composer);
        if (service)
                service_lines(composer);
}

static bool has_group(const Def *def, const char *name)
{
        VEC_EACH(const Group, group, &def->groups)
                if (str_is(group->name, name))
                        return true;
        return false;
}

void compose_quadlet(Run *run, Buf *buf, const Object *c, const Recipe *recipe)
{
        Composer composer = { run, buf, c, recipe };

        VEC_EACH(const Group, group, &c->def->groups)
                add_group(&composer, group);
        if (c->def->groups.count)
                buf_add(buf, c->def->doc->root->before);
        if (!has_group(c->def, "Unit")) {
                lines_section(buf, S("Unit"));
                default_lines(&composer);
                unit_lines(&composer);
        }
        if (!has_group(c->def, "Service")) {
                lines_section(buf, S("Service"));
                service_lines(&composer);
        }
}
