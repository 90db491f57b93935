/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/quadlet.h"

#include "backend/oci.h"
#include "model/quadlet.h"

/* ---- options that are not as podman's column has them ---- */

static void call_entrypoint(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_add(brew, text_join(brew->arena, S("--entrypoint="), value->text));
}

static void call_cgroups(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        if (value)
                oci_flag(brew, "--cgroups", value->text);
        else
                oci_add(brew, T("--cgroups=split"));
}

static void call_notify(Brew *brew, OptionId id, const Value *value)
{
        const Ready ready = brew->object->ready;

        (void)id;
        (void)value;
        if (ready == READY_COMPLETED)
                return;
        oci_add(brew, oci_sdnotify(ready));
        oci_add(brew, T("-d"));
}

static void call_capability(Brew *brew, OptionId id, const Value *first)
{
        for (const Value *value = first; value; value = value->next) {
                Buf buf = BUF(brew->arena);

                for (size_t i = 0; i < value->text.str.len; i++)
                        buf_char(&buf, char_lower(value->text.str.data[i]));
                oci_flag(brew, id == OPT_CONTAINER_AddCapability ? "--cap-add" : "--cap-drop",
                         (Text){ buf_str(&buf), value->text.door });
        }
}

/* ---- references ---- */

/* What a reference stands for in the engine; the text itself when it is none. */
static Text linked_text(Brew *brew, const Value *value, Text text)
{
        const Link *link = object_link(brew->object, value);

        if (!link)
                return text;
        if (link->name.len && link->object->def->profile->quadlet)
                return (Text){ link->name, DOOR_SYSTEMD };
        if (link->object->def->kind == KIND_IMAGE || link->object->def->kind == KIND_BUILD)
                return object_image(link->object);
        return link->object->directory.str.len ? link->object->directory : object_name(link->object);
}

static void call_network(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                const size_t colon = str_find(value->text.str, ':');
                const Link *link = object_link(brew->object, value);
                const bool joins = link && link->object->def->kind == KIND_CONTAINER;

                oci_flag(brew, "--network",
                         !link ? value->text
                               : text_concat(brew->arena,
                                             (const Text[]){ joins ? T("container:") : T(""),
                                                             linked_text(brew, value, value->text),
                                                             { str_skip(value->text.str, colon), DOOR_SYSTEMD } },
                                             3));
        }
}

/* A path that begins with a dot is one; other relative names are the engine's volumes. */
static Text source_text(Brew *brew, const Value *value, Str source)
{
        Text text = { source, DOOR_SYSTEMD };

        if (str_starts(source, S(".")))
                text.str = quadlet_path(brew->arena, brew->def, source);
        else
                text = linked_text(brew, value, text);
        if (str_starts(text.str, S("/")))
                backend_needs_mount(brew, text);
        return text;
}

static void call_volume(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                Str source, rest;

                if (!str_cut(value->text.str, ':', &source, &rest)) {
                        oci_flag(brew, "-v", value->text);
                } else if (!source.len) {
                        oci_flag(brew, "-v", (Text){ str_first(rest, str_find(rest, ':')), DOOR_SYSTEMD });
                } else {
                        oci_flag(brew, "-v",
                                 text_concat(brew->arena,
                                             (const Text[]){ source_text(brew, value, source), T(":"),
                                                             { rest, DOOR_SYSTEMD } },
                                             3));
                }
        }
}

static void add_field(Buf *buf, Str field)
{
        const bool quoted = str_contains(field, ',') || str_contains(field, '"') || str_starts(field, S(" "));

        buf_add(buf, buf->len ? S(",") : S(""));
        if (!quoted) {
                buf_add(buf, field);
                return;
        }
        buf_char(buf, '"');
        for (size_t i = 0; i < field.len; i++)
                buf_fmt(buf, "%s%c", field.data[i] == '"' ? "\"" : "", field.data[i]);
        buf_char(buf, '"');
}

static void call_mount(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                const QuadletMount mount = quadlet_mount(brew->arena, value->text.str);
                Buf buf = BUF(brew->arena);

                if (!quadlet_mount_has_source(&mount)) {
                        oci_flag(brew, "--mount", value->text);
                        continue;
                }
                add_field(&buf, arena_fmt(brew->arena, "type=%.*s", STR_ARG(mount.type)));
                if (mount.has_source) {
                        const Text source = source_text(brew, value, mount.source);

                        add_field(&buf, arena_fmt(brew->arena, "source=%.*s", STR_ARG(source.str)));
                }
                VEC_EACH(const Str, field, &mount.fields)
                        add_field(&buf, *field);
                oci_flag(brew, "--mount", (Text){ buf_str(&buf), DOOR_SYSTEMD });
        }
}

static void call_join_pod(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_flag(brew, "--pod", linked_text(brew, value, value->text));
}

/* ---- user namespaces ---- */

static void flag_each(Brew *brew, const char *flag, OptionId id)
{
        for (const Value *value = def_get(brew->def, id); value; value = value->next)
                oci_flag(brew, flag, value->text);
}

static void add_ids(Brew *brew, Words *parts, OptionId id, const char *name)
{
        for (const Value *value = def_get(brew->def, id); value; value = value->next)
                words_add(brew->arena, parts,
                          text_join(brew->arena, arena_fmt(brew->arena, "%s%s=", parts->count > 1 ? "," : ":", name),
                                    value->text));
}

/* The rows of RemapUid=, RemapGid= and RemapUidSize= stand behind that of RemapUsers=, for each kind. */
static void call_remap(Brew *brew, OptionId users, const Value *value)
{
        const OptionId uid = users + 1, gid = users + 2, size = users + 3;
        const bool keep = str_is(value->text.str, "keep-id");
        Words parts = { 0 };

        if (str_is(value->text.str, "manual")) {
                flag_each(brew, "--uidmap", uid);
                flag_each(brew, "--gidmap", gid);
                return;
        }
        words_add(brew->arena, &parts, value->text);
        add_ids(brew, &parts, uid, keep ? "uid" : "uidmapping");
        add_ids(brew, &parts, gid, keep ? "gid" : "gidmapping");
        if (!keep)
                add_ids(brew, &parts, size, "size");
        oci_flag(brew, "--userns", text_concat(brew->arena, parts.items, parts.count));
}

/* ---- options of others ---- */

static void call_exit_policy(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_flag(brew, "--exit-policy", value ? value->text : T("stop"));
}

static void call_build_pull(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_add(brew, text_join(brew->arena, S("--pull="), value->text));
}

static void call_exit_code(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_add(brew, text_join(brew->arena, S("--service-exit-code-propagation="), value->text));
}

static void call_label_update(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_flag(brew, "--label", text_join(brew->arena, S("io.containers.autoupdate="), value->text));
}

/* VALUE for all containers, or NAME/VALUE for one. */
static void call_auto_update(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                Str name = { 0 }, mode = value->text.str;
                const bool one = str_cut(value->text.str, '/', &name, &mode);

                oci_add(brew, (Text){ arena_fmt(brew->arena, "--annotation=io.containers.autoupdate%s%.*s=%.*s",
                                                one ? "/" : "", STR_ARG(name), STR_ARG(mode)),
                                      DOOR_SYSTEMD });
        }
}

static bool of_image(const Brew *brew)
{
        return str_is(def_text(brew->def, OPT_VOLUME_Driver).str, "image");
}

static void call_volume_image(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        if (of_image(brew))
                oci_flag(brew, "--opt", text_join(brew->arena, S("image="), linked_text(brew, value, value->text)));
}

/* A volume of an image has none of these. */
static void call_volume_option(Brew *brew, OptionId id, const Value *value)
{
        if (of_image(brew))
                return;
        if (id == OPT_VOLUME_Copy)
                oci_volume_copy(brew, id, value);
        else if (id == OPT_VOLUME_Type)
                oci_volume_type(brew, id, value);
        else
                oci_volume_options(brew, id, value);
}

static void call_volume_device(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        if (of_image(brew))
                return;
        oci_flag(brew, "--opt", text_join(brew->arena, S("device="), value->text));
        if (str_is(def_text(brew->def, OPT_VOLUME_Type).str, "bind"))
                words_add(brew->arena, &brew->recipe->mounts, value->text);
}

#define FLAG(text) { .kind = SPELL_FLAG, .flag = text, .len = sizeof(text) - 1 }
#define SWITCH(text) { .kind = SPELL_SWITCH, .flag = text, .len = sizeof(text) - 1 }
#define SWITCH_ON(text) { .kind = SPELL_SWITCH_ON, .flag = text, .len = sizeof(text) - 1 }

static const Spell own_spells[OPTION_COUNT] = {
        [OPT_CONTAINER_StopTimeout] = FLAG("--stop-timeout"),
        [OPT_CONTAINER_Pull] = FLAG("--pull"),
        [OPT_CONTAINER_Retry] = FLAG("--retry"),
        [OPT_CONTAINER_RetryDelay] = FLAG("--retry-delay"),
        [OPT_CONTAINER_Secret] = FLAG("--secret"),
        [OPT_CONTAINER_PublishPort] = FLAG("--publish"),
        [OPT_CONTAINER_ExposeHostPort] = FLAG("--expose"),
        [OPT_CONTAINER_NoNewPrivileges] = SWITCH_ON("--security-opt=no-new-privileges"),
        [OPT_CONTAINER_HealthCmd] = FLAG("--health-cmd"),
        [OPT_CONTAINER_HealthStartupCmd] = FLAG("--health-startup-cmd"),

        [OPT_POD_PublishPort] = FLAG("--publish"),
        [OPT_POD_NetworkAlias] = FLAG("--network-alias"),
        [OPT_POD_AddHost] = FLAG("--add-host"),

        [OPT_NETWORK_DisableDNS] = SWITCH("--disable-dns"),
        [OPT_NETWORK_Internal] = SWITCH("--internal"),
        [OPT_NETWORK_IPv6] = SWITCH("--ipv6"),

        [OPT_IMAGE_Policy] = FLAG("--policy"),
        [OPT_IMAGE_Retry] = FLAG("--retry"),
        [OPT_IMAGE_RetryDelay] = FLAG("--retry-delay"),
        [OPT_BUILD_ImageTag] = FLAG("--tag"),
        [OPT_BUILD_File] = FLAG("--file"),
};

static const BackendCall own_calls[OPTION_COUNT] = {
        [OPT_CONTAINER_Entrypoint] = call_entrypoint,
        [OPT_CONTAINER_CgroupsMode] = call_cgroups,
        [OPT_CONTAINER_Notify] = call_notify,
        [OPT_CONTAINER_AddCapability] = call_capability,
        [OPT_CONTAINER_DropCapability] = call_capability,
        [OPT_CONTAINER_Network] = call_network,
        [OPT_CONTAINER_Volume] = call_volume,
        [OPT_CONTAINER_Mount] = call_mount,
        [OPT_CONTAINER_Pod] = call_join_pod,
        [OPT_CONTAINER_RemapUsers] = call_remap,
        [OPT_CONTAINER_AutoUpdate] = call_label_update,

        [OPT_POD_ExitPolicy] = call_exit_policy,
        [OPT_POD_Network] = call_network,
        [OPT_POD_Volume] = call_volume,
        [OPT_POD_RemapUsers] = call_remap,

        [OPT_VOLUME_Image] = call_volume_image,
        [OPT_VOLUME_Copy] = call_volume_option,
        [OPT_VOLUME_Type] = call_volume_option,
        [OPT_VOLUME_Device] = call_volume_device,
        [OPT_VOLUME_Options] = call_volume_option,
        [OPT_VOLUME_User] = call_volume_option,
        [OPT_VOLUME_Group] = call_volume_option,

        [OPT_BUILD_Pull] = call_build_pull,
        [OPT_BUILD_Network] = call_network,
        [OPT_BUILD_Volume] = call_volume,
        [OPT_KUBE_ExitCodePropagation] = call_exit_code,
        [OPT_KUBE_RemapUsers] = call_remap,
        [OPT_KUBE_Network] = call_network,
        [OPT_KUBE_AutoUpdate] = call_auto_update,
};

/* The rest is podman's. */
static const BackendCall calls[CALL_COUNT] = {
        [CALL_user] = oci_user,
        [CALL_volatile_tmp] = oci_volatile_tmp,
        [CALL_security] = oci_security,
        [CALL_device] = oci_device,
        [CALL_subnets] = oci_subnets,
};

/* ---- services ---- */

void quadlet_oneshot(Brew *brew)
{
        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
        recipe_property(brew->arena, brew->recipe, S("Type"), T("oneshot"));
        recipe_property(brew->arena, brew->recipe, S("RemainAfterExit"), T("yes"));
}

void quadlet_supervised(Brew *brew)
{
        const PassLine *type = def_pass(brew->def, PASS_SERVICE, S("Type"));
        const bool completes = brew->object->ready == READY_COMPLETED || (type && str_is(type->value, "oneshot"));

        recipe_property(brew->arena, brew->recipe, S("KillMode"), T("mixed"));
        recipe_property(brew->arena, brew->recipe, S("Type"), completes ? T("oneshot") : T("notify"));
        if (!completes)
                recipe_property(brew->arena, brew->recipe, S("NotifyAccess"), T("all"));
        if (brew->object->completes)
                recipe_property(brew->arena, brew->recipe, S("RemainAfterExit"), T("yes"));
        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
        words_add(brew->arena, &brew->recipe->environment, T("PODMAN_SYSTEMD_UNIT=%n"));
}

/* ---- the container ---- */

static void remove_command(Brew *brew, Phase phase, bool may_fail)
{
        oci_begin(brew, phase, may_fail);
        oci_add(brew, T("rm"));
        oci_add(brew, T("-v"));
        oci_add(brew, T("-f"));
        oci_add(brew, T("-i"));
        oci_add(brew, object_self(brew->object));
}

static void start(Brew *brew)
{
        const Value *rootfs = def_get(brew->def, OPT_CONTAINER_Rootfs), *image = def_get(brew->def, OPT_CONTAINER_Image);

        oci_begin(brew, PHASE_START, false);
        oci_add(brew, T("run"));
        oci_flag(brew, "--name", object_self(brew->object));
        oci_add(brew, T("--replace"));
        oci_add(brew, T("--rm"));
        backend_options(brew);
        if (rootfs)
                oci_flag(brew, "--rootfs", rootfs->text);
        else
                oci_add(brew, linked_text(brew, image, image->text));
        backend_values(brew, OPT_CONTAINER_Exec);
}

static void container(Brew *brew)
{
        quadlet_supervised(brew);
        recipe_listed(brew->arena, brew->recipe, S("Delegate"), T("yes"));
        start(brew);
        oci_reload(brew);
        remove_command(brew, PHASE_STOP, false);
        remove_command(brew, PHASE_STOP_POST, true);
}

const Backend backend_quadlet = {
        .engine = ENGINE_PODMAN,
        .calls = calls,
        .own_spells = own_spells,
        .own_calls = own_calls,
        .make = {
                [KIND_CONTAINER] = container,
                [KIND_POD] = quadlet_pod,
                [KIND_NETWORK] = quadlet_network,
                [KIND_VOLUME] = quadlet_volume,
                [KIND_IMAGE] = quadlet_image,
                [KIND_BUILD] = quadlet_build,
                [KIND_KUBE] = quadlet_kube,
                [KIND_ARTIFACT] = quadlet_artifact,
        },
};
