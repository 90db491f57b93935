/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What systemd-nspawn cannot do, of what its keys could say. */

#include "backend/lacks.h"
#include "backend/nspawn.h"
#include "model/refer.h"

/* Values of single keys. */
static bool check_values(Run *run, const Def *def)
{
        static const Lack rows[] = {
                { OPT_CONTAINER_Notify, STR_INIT("healthy"), false },
                { OPT_CONTAINER_Ulimit, STR_INIT("host"), false },
                { OPT_CONTAINER_DNS, STR_INIT("none"), false },
                { OPT_CONTAINER_ReadOnlyTmpfs, STR_INIT("no"), false },
        };
        bool ok = lacks_values(run, ENGINE_NSPAWN, def, rows, ELEMENTS(rows));

        ok &= lacks_secrets(run, ENGINE_NSPAWN, def);
        for (const Value *value = def_get(def, OPT_CONTAINER_AddDevice); value; value = value->next)
                if (!value->late && str_contains(value->text.str, '='))
                        ok = lacks(run, ENGINE_NSPAWN, value, OPT_CONTAINER_AddDevice, value->text.str, S("name the device nodes themselves"));
        return ok;
}

/* The host's, an empty one, or a namespace. */
static bool check_networks(Run *run, const Def *def)
{
        bool ok = true;

        for (const Value *value = def_get(def, OPT_CONTAINER_Network); value; value = value->next) {
                const Str text = value->text.str;

                if (!value->late && !str_is(text, "host") && !str_is(text, "none") && !str_starts(text, S("ns:/")))
                        ok = lacks(run, ENGINE_NSPAWN, value, OPT_CONTAINER_Network, text,
                                   S("it has 'host', 'none' and 'ns:PATH'; a network of its own is PrivateNetwork=yes"));
                else if (value != def_get(def, OPT_CONTAINER_Network))
                        ok = lacks(run, ENGINE_NSPAWN, value, OPT_CONTAINER_Network, text, S("the container has one network"));
        }
        return ok;
}

static bool check_userns(Run *run, const Def *def)
{
        const Value *value = def_get(def, OPT_CONTAINER_UserNS);

        if (!value || value->late || str_is(value->text.str, "auto") || str_is(value->text.str, "host"))
                return true;
        return lacks(run, ENGINE_NSPAWN, value, OPT_CONTAINER_UserNS, value->text.str, S("PrivateUsers= says it in nspawn's own words"));
}

/* ---- mounts ---- */

/* A named volume has to be a directory. */
static bool check_source(Run *run, const Object *c, OptionId id, const Value *value, bool has_base)
{
        const Str name = refer_name(id, value);

        if (!name.len || has_base || object_linked(c, value))
                return true;
        return lacks(run, ENGINE_NSPAWN, value, id, name, S("name a directory of the host, here, in [Volume] or by VolumeBaseDir= of [Defaults]"));
}

static bool check_options(Run *run, OptionId id, const Value *value, Str fields)
{
        bool read_only;
        Str rest, bad = { 0 };

        return nspawn_mount_options(run->arena, fields, &read_only, &rest, &bad) ||
               lacks(run, ENGINE_NSPAWN, value, id, arena_fmt(run->arena, "…%s%.*s", id == OPT_CONTAINER_Volume ? ":" : ",", STR_ARG(bad)), S(""));
}

static bool check_mounts(Run *run, const Object *c, bool has_base)
{
        bool ok = true;

        for (const Value *value = def_get(c->def, OPT_CONTAINER_Volume); value; value = value->next) {
                ok &= check_source(run, c, OPT_CONTAINER_Volume, value, has_base);
                ok &= value->late || check_options(run, OPT_CONTAINER_Volume, value, value->volume->options);
        }
        for (const Value *value = def_get(c->def, OPT_CONTAINER_Mount); value; value = value->next) {
                const NspawnMount mount = nspawn_mount_fields(run->arena, value->text.str);

                if (str_is(mount.type, "tmpfs"))
                        continue;
                if (str_is(mount.type, "bind") || str_is(mount.type, "volume"))
                        ok &= check_options(run, OPT_CONTAINER_Mount, value, mount.options);
                else
                        ok = lacks(run, ENGINE_NSPAWN, value, OPT_CONTAINER_Mount, arena_fmt(run->arena, "type=%.*s", STR_ARG(mount.type)), S(""));
                ok &= check_source(run, c, OPT_CONTAINER_Mount, value, has_base);
        }
        return ok;
}

/* ---- what it runs ---- */

static bool check_command(Run *run, const Object *c)
{
        static const OptionId of_commands[] = { OPT_CONTAINER_User, OPT_CONTAINER_WorkingDir, OPT_CONTAINER_Entrypoint,
                                                OPT_CONTAINER_RunInit };
        const Def *def = c->def;
        const Value *user = def_get(def, OPT_CONTAINER_User);
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(of_commands) && object_boots(c); i++)
                if (def_get(def, of_commands[i]))
                        ok = diag(run->diags, DIAG_BOOT_COMMAND, def_key_at(def, of_commands[i]), option_info(of_commands[i])->key);
        if (!object_boots(c) && !def_get(def, OPT_CONTAINER_Exec) && !def_get(def, OPT_CONTAINER_Entrypoint))
                ok = diag(run->diags, DIAG_BOOT_NOTHING, def_key_at(def, OPT_CONTAINER_Boot));
        if (user && !user->late && str_contains(user->text.str, ':'))
                ok = lacks(run, ENGINE_NSPAWN, user, OPT_CONTAINER_User, user->text.str, S("the group is that of the user in the container"));
        return ok;
}

/* "web-1.example": what systemd takes for the name of a machine (NSN-40). */
static bool check_name(Run *run, const Object *c)
{
        bool ok = c->name.len <= 64 && !str_ends(c->name, S(".")) && !str_ends(c->name, S("-"));

        for (size_t i = 0; i < c->name.len && ok; i++)
                ok = c->name.data[i] != '_' && !(i && strchr(".-", c->name.data[i]) && strchr(".-", c->name.data[i - 1]) &&
                                                 c->name.data[i] != c->name.data[i - 1]) &&
                     !(i && c->name.data[i] == '.' && c->name.data[i - 1] == '.');
        return ok || diag(run->diags, DIAG_ENGINE_VALUE, c->def->at, S("nspawn"), option_info(OPT_CONTAINER_ContainerName)->key,
                          c->name, S("names of machines are host names: letters, digits, '-' and '.', 64 at most"));
}

/* What is written into the tree before the start. */
static bool check_tree(Run *run, const Def *def)
{
        static const OptionId of_tree[] = { OPT_CONTAINER_DNS, OPT_CONTAINER_DNSSearch, OPT_CONTAINER_DNSOption,
                                            OPT_CONTAINER_Timezone };
        bool ok = true;

        if (!def_get(def, OPT_CONTAINER_Rootfs) || !def_flag(def, OPT_CONTAINER_Ephemeral, false))
                return true;
        for (size_t i = 0; i < ELEMENTS(of_tree); i++)
                if (def_get(def, of_tree[i]) && !str_is(def_text(def, of_tree[i]).str, "local"))
                        ok = diag_also(run->diags, DIAG_CONFLICT, def_key_at(def, of_tree[i]), def_key_at(def, OPT_CONTAINER_Ephemeral),
                                       S("also set here"), option_info(OPT_CONTAINER_Ephemeral)->key, option_info(of_tree[i])->key);
        return ok;
}

static bool check_container(Run *run, const Fleet *fleet, const Object *c, bool has_base)
{
        bool ok = check_name(run, c);

        ok &= check_tree(run, c->def);

        ok &= check_values(run, c->def);
        ok &= check_networks(run, c->def);
        ok &= nspawn_check_network(run, fleet, c);
        ok &= check_userns(run, c->def);
        ok &= check_mounts(run, c, has_base);
        ok &= check_command(run, c);
        return ok;
}

static bool check_volume(Run *run, const Object *c)
{
        return c->directory.str.len ||
               diag(run->diags, DIAG_ENGINE_VALUE, c->def->at, S("nspawn"), S("Driver"), S("local"),
                    S("set Directory=, or VolumeBaseDir= in [Defaults]"));
}

bool nspawn_check(Run *run, const Fleet *fleet, const Object *c)
{
        const bool has_base = fleet->defaults && def_get(fleet->defaults, OPT_DEFAULTS_VolumeBaseDir);
        bool ok = c->def->kind == KIND_CONTAINER ? check_container(run, fleet, c, has_base) : check_volume(run, c);

        if (run->scope == SCOPE_USER && c->def->kind == KIND_CONTAINER)
                ok = diag(run->diags, DIAG_ENGINE_SCOPE, c->def->at, S("nspawn"));
        if (c->run_as.len && c->def->kind == KIND_CONTAINER)
                ok = diag(run->diags, DIAG_DENIED_DIRECTIVE, def_pass(c->def, PASS_SERVICE, S("User"))->at, S("User"), S("Service"),
                          S("systemd-nspawn has to be root; User= in [Container] is the user inside"));
        return ok;
}
