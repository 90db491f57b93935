/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/gate.h"

#include "model/directive.h"

typedef struct Gate {
        Run *run;
        Fleet *fleet;
        Object *object;
        const Version *version; /* of its engine */
        OptionSet *passed;      /* keys that this version has: each is looked at once */
} Gate;

static bool refuse(const Gate *gate, Loc at, Str what, Str since)
{
        return diag(gate->run->diags, DIAG_VERSION, at, what, engine_name(gate->object->engine), since,
                    gate->version->text, gate->version->source);
}

static bool check_keys(const Gate *gate)
{
        const Def *def = gate->object->def;
        const OptionSet keys = option_set_without(&def->written, gate->passed);
        bool ok = true;

        OPTION_SET_EACH(id, &keys) {
                const Option *option = option_info(id);
                const Str since = option_since(option, gate->object->engine);

                if (!since.len || version_reaches(gate->version, since))
                        option_set_add(gate->passed, id);
                else if (def_get(def, id))
                        ok = refuse(gate, def_key_at(def, id), arena_fmt(gate->run->arena, "%.*s=", STR_ARG(option->key)),
                                    since);
        }
        return ok;
}

/* Values of keys that are older than they. */
static bool check_values(const Gate *gate)
{
        static const struct {
                Engine engine;
                OptionId id;
                Str field; /* that the value is, or begins with; fields end at "," or ":" */
                Str since;
        } rows[] = {
                { ENGINE_PODMAN, OPT_CONTAINER_Network, STR_INIT("pasta"), STR_INIT("4.4") },
                { ENGINE_PODMAN, OPT_POD_Network, STR_INIT("pasta"), STR_INIT("4.4") },
                { ENGINE_PODMAN, OPT_CONTAINER_Mount, STR_INIT("type=glob"), STR_INIT("4.7") },
        };
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const Value *first = def_get(gate->object->def, rows[i].id);

                if (!first || rows[i].engine != gate->object->engine || version_reaches(gate->version, rows[i].since))
                        continue;
                for (const Value *value = first; value; value = value->next) {
                        const Str text = value->text.str, rest = str_skip(text, rows[i].field.len);

                        if (str_starts(text, rows[i].field) &&
                            (!rest.len || rest.data[0] == ',' || rest.data[0] == ':'))
                                ok = refuse(gate, value->at,
                                            arena_fmt(gate->run->arena, "%.*s=%.*s",
                                                      STR_ARG(option_info(rows[i].id)->key), STR_ARG(rows[i].field)),
                                            rows[i].since);
                }
        }
        return ok;
}

static bool has_field(Str fields, Str key)
{
        Str field;

        while (fields.len && str_next(&fields, ',', &field))
                if (str_starts(field, key))
                        return true;
        return false;
}

/* docker before 25 connects a new container to one network, and gives it no MAC address there. */
static bool check_networks(const Gate *gate)
{
        static const Str since = STR_INIT("25");
        const Value *first = def_get(gate->object->def, OPT_CONTAINER_Network);
        /* Members of a pod have that of the pod itself already. */
        const Value *of_pod = def_get(gate->object->def, OPT_POD_Network);
        bool ok = true;

        if (gate->object->engine != ENGINE_DOCKER || version_reaches(gate->version, since))
                return true;
        for (const Value *value = first; value; value = value->next) {
                Str name, fields = { 0 };

                str_cut(value->text.str, ':', &name, &fields);
                if (has_field(fields, S("mac=")))
                        ok = refuse(gate, value->at, S("mac= of Network="), since);
        }
        if (of_pod)
                ok = refuse(gate, of_pod->at, S("Network= of a pod"), since);
        return first && first->next ? refuse(gate, first->next->at, S("more than one Network="), since) : ok;
}

/* docker before 27 has no IPv6 addresses of its own to give out. */
static bool check_ip6(const Gate *gate)
{
        static const Str since = STR_INIT("27");
        const Def *def = gate->object->def;
        const Value *ip6 = def_get(def, OPT_NETWORK_IPv6);

        if (gate->object->engine != ENGINE_DOCKER || !ip6 || !ip6->flag || version_reaches(gate->version, since))
                return true;
        for (const Value *subnet = def_get(def, OPT_NETWORK_Subnet); subnet; subnet = subnet->next)
                if (subnet->late || value_span(subnet)->first.bytes == 16)
                        return true;
        return refuse(gate, ip6->at, S("IPv6= without an IPv6 Subnet="), since);
}

/* podman before 4.4 takes whole subnets for ranges. */
static bool check_ranges(const Gate *gate)
{
        static const Str since = STR_INIT("4.4");
        bool ok = true;

        if (gate->object->engine != ENGINE_PODMAN || version_reaches(gate->version, since))
                return true;
        for (const Value *value = def_get(gate->object->def, OPT_NETWORK_IPRange); value; value = value->next)
                if (!value->late && !str_contains(value->text.str, '/'))
                        ok = refuse(gate, value->at, S("IPRange=FIRST-LAST"), since);
        return ok;
}

static void check_directives(const Gate *gate)
{
        for (unsigned section = 0; section < PASS_COUNT; section++) {
                VEC_EACH(const PassLine, line, &gate->object->def->pass[section]) {
                        if (!line->since)
                                continue;

                        const Version *systemd = versions_systemd(gate->run, &gate->fleet->versions);

                        if (!version_at_least(systemd, line->since, 0))
                                diag(gate->run->diags, DIAG_VERSION_DIRECTIVE, line->at, line->key,
                                     pass_section_name((PassSection)section), arena_fmt(gate->run->arena, "%u", line->since),
                                     systemd->text, systemd->source);
                }
        }
}

static bool check_engine(const Gate *gate)
{
        bool ok = check_keys(gate);

        ok &= check_values(gate);
        ok &= check_networks(gate);
        ok &= check_ip6(gate);
        return check_ranges(gate) && ok;
}

void gate_check(Run *run, Fleet *fleet)
{
        OptionSet passed[ENGINE_COUNT] = { 0 };

        VEC_EACH(Object *, item, &fleet->objects) {
                Object *c = *item;
                const Gate gate = { run, fleet, c, &fleet->versions.engine[c->engine], &passed[c->engine] };

                run->diags->subject = c->def;
                /* One of no known version has everything. */
                if (gate.version->text.len && !check_engine(&gate))
                        c->broken = true;
                if (c->def->pass_since)
                        check_directives(&gate);
        }
        run->diags->subject = NULL;
}
