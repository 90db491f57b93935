/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/convert.h"

#include "model/check.h"
#include "model/quadlet.h"
#include "model/quadlet_writer.h"

/* ---- what Bayplan has other defaults for ---- */

static void add_name(QuadletWriter *c, Common common, Str name, Str usual)
{
        const OptionId id = option_common(c->object->def->kind, common);

        if (id && !str_eq(name, usual))
                buf_fmt(c->buf, "%.*s=%.*s\n", STR_ARG(option_info(id)->key), STR_ARG(name));
}

static bool add_names(QuadletWriter *c)
{
        const Object *object = c->object;
        const Def *def = object->def;
        const Str stem = str_first(object->unit, object->unit.len - strlen(".service"));
        const Str service = kind_info(def->kind)->service;

        if (!check_is_name(def->name))
                return writer_refuse(c, def->at, (Str){ 0 }, S("the name cannot be that of a file"));
        add_name(c, COMMON_SERVICE_NAME, stem, arena_fmt(c->arena, "%.*s%.*s", STR_ARG(def->name), STR_ARG(service)));
        add_name(c, COMMON_NAME, object->name,
                 arena_fmt(c->arena, "systemd-%.*s", STR_ARG(def->kind == KIND_CONTAINER ? stem : def->name)));
        return true;
}

static bool add_defaults(QuadletWriter *c)
{
        const Object *object = c->object;
        const Def *def = object->def;
        bool ok = true;

        if (def->kind == KIND_CONTAINER && object->ready == READY_HEALTHY)
                buf_add(c->buf, S("Notify=healthy\n"));
        if (def->kind == KIND_CONTAINER && object->ready == READY_CONTAINER)
                buf_add(c->buf, S("Notify=yes\n"));
        if (def->kind == KIND_NETWORK && !def_get(def, OPT_NETWORK_NetworkDeleteOnStop))
                buf_add(c->buf, S("NetworkDeleteOnStop=yes\n"));
        if (def->kind == KIND_POD && !def_get(def, OPT_POD_ExitPolicy))
                buf_add(c->buf, S("ExitPolicy=continue\n"));
        if (def->kind == KIND_IMAGE && !def_get(def, OPT_IMAGE_Policy))
                buf_add(c->buf, S("Policy=missing\n"));
        if (def->kind == KIND_BUILD && !def_get(def, OPT_BUILD_ImageTag))
                buf_fmt(c->buf, "ImageTag=localhost/%.*s\n", STR_ARG(def->name));
        VEC_EACH(Object *const, member, &object->members)
                if (!(*member)->def->profile->quadlet)
                        ok &= writer_add_ports(c, OPT_POD_PublishPort, def_get((*member)->def, OPT_CONTAINER_PublishPort));
        return ok;
}

/* ---- sections ---- */

static bool add_pass(QuadletWriter *c, const PassLine *line)
{
        if (!line->value.len) {
                buf_fmt(c->buf, "%.*s=\n", STR_ARG(line->key));
                return true;
        }
        return writer_add_line(c, line->at, line->key, line->value);
}

static bool unit_section(QuadletWriter *c)
{
        const Def *def = c->object->def;
        const Value *depends = def->kind == KIND_CONTAINER ? def_get(def, OPT_CONTAINER_DependsOn) : NULL;
        bool ok = true;

        for (const Value *value = depends; value; value = value->next)
                buf_fmt(c->buf, "Requires=%.*s.container\nAfter=%.*s.container\n", STR_ARG(value->name), STR_ARG(value->name));
        VEC_EACH(const PassLine, line, &def->pass[PASS_UNIT])
                ok &= add_pass(c, line);
        return ok;
}

static bool own_section(QuadletWriter *c)
{
        const Def *def = c->object->def;
        bool ok = add_names(c);

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++)
                if (def_get(def, id))
                        ok &= writer_add_option(c, (OptionId)id, def_get(def, id));
        return add_defaults(c) && ok;
}

/* Bayplan restarts what ends by itself; the line that says what Quadlet has anyway is for Bayplan. */
static bool service_section(QuadletWriter *c)
{
        const Object *object = c->object;
        const Def *def = object->def;
        const Str usual = convert_restart(def->kind);
        const PassLine *restart = def_pass(def, PASS_SERVICE, S("Restart"));
        bool ok = true, first = true;

        if (def->kind == KIND_CONTAINER && !restart && object->ready != READY_COMPLETED)
                buf_fmt(c->buf, "Restart=%s\n", object->start ? "always" : "on-failure");
        if (def->kind == KIND_POD && !restart && !str_is(def_text(def, OPT_POD_ExitPolicy).str, "stop"))
                buf_add(c->buf, S("Restart=always\n"));
        if (object->completes && !def_pass(def, PASS_SERVICE, S("RemainAfterExit")))
                buf_add(c->buf, S("RemainAfterExit=yes\n"));
        VEC_EACH(const PassLine, line, &def->pass[PASS_SERVICE]) {
                const bool is_restart = str_is(line->key, "Restart");

                if (!is_restart || !first || !str_eq(line->value, usual))
                        ok &= add_pass(c, line);
                first &= !is_restart;
        }
        if (object->run_as.len)
                ok = writer_refuse(c, def_pass(def, PASS_SERVICE, S("User"))->at, S("User"),
                            S("Quadlet runs podman as who the manager is; put the file into that user's directory"));
        return ok;
}

static bool install_section(QuadletWriter *c)
{
        const Object *object = c->object;
        bool ok = true;

        if (!object->def->pass[PASS_INSTALL].count && object->start)
                buf_fmt(c->buf, "WantedBy=%s\n", c->run->scope == SCOPE_USER ? "default.target" : "multi-user.target");
        VEC_EACH(const PassLine, line, &object->def->pass[PASS_INSTALL])
                ok &= add_pass(c, line);
        return ok;
}

static bool add_section(QuadletWriter *c, Buf *file, Str name, bool (*section)(QuadletWriter *c), bool always)
{
        Buf buf = BUF(c->arena);

        c->buf = &buf;

        const bool ok = section(c);

        if (buf.len || always)
                buf_fmt(file, "%s[%.*s]\n%.*s", file->len ? "\n" : "", STR_ARG(name), STR_ARG(buf_str(&buf)));
        return ok;
}

/* ---- files ---- */

static bool convert_object(QuadletWriter *c, Buf *file)
{
        const Def *def = c->object->def;
        bool ok;

        if (c->object->broken)
                return writer_refuse(c, def->at, (Str){ 0 }, S("the definition has errors"));
        if (!kind_info(def->kind)->file.len)
                return writer_refuse(c, def->at, (Str){ 0 }, S("Quadlet has no such kind"));
        if (c->object->engine != ENGINE_PODMAN)
                return writer_refuse(c, def->at, (Str){ 0 }, S("Quadlet is for podman only"));
        ok = add_section(c, file, S("Unit"), unit_section, false);
        ok &= add_section(c, file, kind_info(def->kind)->section, own_section, true);
        ok &= add_section(c, file, S("Service"), service_section, false);
        return add_section(c, file, S("Install"), install_section, false) && ok;
}

/* A file that is one already, with what its drop-ins say. Paths count from where it stood. */

static Str placed(QuadletWriter *c, OptionId id, Str text)
{
        const Def *def = c->object->def;
        const QuadletMount mount = quadlet_mount(c->arena, text);
        Buf buf = BUF(c->arena);

        if (id == OPT_CONTAINER_Volume || id == OPT_POD_Volume) {
                const size_t colon = str_find(text, ':');

                return !str_starts(text, S(".")) ? text
                                                 : arena_fmt(c->arena, "%.*s%.*s", STR_ARG(quadlet_path(c->arena, def, str_first(text, colon))),
                                                             STR_ARG(str_skip(text, colon)));
        }
        if (id != OPT_CONTAINER_Mount || !str_starts(mount.source, S(".")))
                return text;
        buf_fmt(&buf, "type=%.*s,source=%.*s", STR_ARG(mount.type), STR_ARG(quadlet_path(c->arena, def, mount.source)));
        VEC_EACH(const Str, field, &mount.fields)
                buf_fmt(&buf, ",%.*s", STR_ARG(*field));
        return buf_str(&buf);
}

static bool keep_own(QuadletWriter *c)
{
        const Def *def = c->object->def;
        bool ok = true;

        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++)
                for (const Value *value = def_get(def, id); value; value = value->next)
                        if (id == OPT_CONTAINER_Entrypoint && !value->text.str.len)
                                buf_add(c->buf, S("Entrypoint=\"\"\n"));
                        else if (option_info((OptionId)id)->quadlet == READ_A1)
                                ok &= value != def_get(def, id) || writer_add_command(c, (OptionId)id, value);
                        else
                                ok &= writer_add_text(c, (OptionId)id, value, placed(c, (OptionId)id, value->text.str));
        return ok;
}

static bool keep_file(QuadletWriter *c, Buf *file)
{
        const Def *def = c->object->def;
        bool ok = true;

        if (def->kind == KIND_BUILD || def->kind == KIND_KUBE)
                return writer_refuse(c, def->at, (Str){ 0 }, S("it is a Quadlet file already, and what it needs stands beside it"));
        VEC_EACH(const Group, group, &def->groups) {
                if (str_eq(group->name, kind_info(def->kind)->section)) {
                        ok &= add_section(c, file, group->name, keep_own, true);
                        continue;
                }
                buf_fmt(file, "%s[%.*s]\n", file->len ? "\n" : "", STR_ARG(group->name));
                VEC_EACH(const Node *const, section, &group->sections)
                        for (const Node *entry = (*section)->child; entry; entry = entry->next)
                                buf_fmt(file, "%.*s=%.*s\n", STR_ARG(entry->key), STR_ARG(entry->text));
        }
        return ok;
}

/* Nobody makes what is somebody else's. */
static bool has_file(const Object *object)
{
        const Def *def = object->def;

        return def->profile->quadlet || !((def->kind == KIND_NETWORK && def_flag(def, OPT_NETWORK_External, false)) ||
                                          (def->kind == KIND_VOLUME && def_flag(def, OPT_VOLUME_External, false)));
}

/* What [Defaults] says is in each definition; the rest of it is nobody's. */
static bool check_defaults(QuadletWriter *c)
{
        static const OptionId none[] = { OPT_DEFAULTS_VolumeBaseDir, OPT_DEFAULTS_AutoPrune, OPT_DEFAULTS_AutoPruneArgs };
        const Def *defaults = c->fleet->defaults;
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(none) && defaults; i++)
                if (def_get(defaults, none[i]))
                        ok = dump_fault(c->arena, c->faults, defaults, def_get(defaults, none[i])->at, option_info(none[i])->key,
                                        S("Quadlet has no such key"));
        return ok;
}

bool convert_quadlet(Run *run, const Fleet *fleet, ConvertFiles *ret, DumpFaults *faults)
{
        QuadletWriter c = { .run = run, .arena = run->arena, .fleet = fleet, .faults = faults };
        ConvertFiles files = { 0 };
        bool ok = check_defaults(&c);

        VEC_EACH(Object *const, object, &fleet->objects) {
                Buf file = BUF(run->arena);

                c.object = *object;
                if (!has_file(*object))
                        continue;
                ok &= (*object)->def->profile->quadlet ? keep_file(&c, &file) : convert_object(&c, &file);
                VEC_ADD(run->arena, &files,
                        (ConvertFile){ arena_fmt(run->arena, "%.*s%.*s", STR_ARG((*object)->def->name),
                                                 STR_ARG(kind_info((*object)->def->kind)->file)),
                                       buf_str(&file) });
        }
        *ret = files;
        return ok;
}
