/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/podman.h"

#include "backend/netns.h"
#include "backend/oci.h"

/* ---- options that are more than a spelling ---- */

/* One word with "=", so that an empty one is seen as a value. */
static void call_entrypoint(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_add(brew, text_join(brew->arena, S("--entrypoint="), value->next ? oci_json_words(brew, value) : value->text));
}

static void call_cgroups(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        /* Each unit has its own runtime directory, which systemd empties: no left-over file of an earlier
         * run can stand in the way of --cidfile. */
        oci_add(brew, T("--cidfile=%t/bayplan/%N/cid"));
        /* A user's processes may not move between his manager and a unit of the system: health checks, which are
         * timers of his manager, and his own podman exec would fail (cgroups(7), "Cgroups delegation"). */
        const Text usual = brew->object->run_as.len ? T("enabled") : T("split");

        oci_add(brew, text_join(brew->arena, S("--cgroups="), value ? value->text : usual));
}

/* podman 4.7 tells systemd when the container is healthy; before, bayplan-supervise waits for it. */
static bool is_supervised(const Brew *brew)
{
        return brew->object->ready == READY_HEALTHY &&
               !version_at_least(&brew->fleet->versions.engine[ENGINE_PODMAN], 4, 7);
}

static void call_notify(Brew *brew, OptionId id, const Value *value)
{
        const Ready ready = brew->object->ready;

        (void)id;
        (void)value;
        /* One that is waited for until it ends stays in the foreground. */
        if (ready != READY_COMPLETED) {
                oci_add(brew, is_supervised(brew) ? T("--sdnotify=ignore") : oci_sdnotify(ready));
                oci_add(brew, T("--detach"));
        }
        oci_add(brew, T("--replace"));
}

static void add_ids(Brew *brew, Words *parts, OptionId id, const char *name)
{
        for (const Value *value = def_get(brew->def, id); value; value = value->next) {
                const Str key = arena_fmt(brew->arena, "%s%s=", parts->count > 1 ? "," : ":", name);

                words_add(brew->arena, parts, text_join(brew->arena, key, value->text));
        }
}

static void call_remap(Brew *brew, OptionId id, const Value *value)
{
        const bool keep = str_is(value->text.str, "keep-id");
        Words parts = { 0 };

        (void)id;
        if (str_is(value->text.str, "manual")) {
                for (const Value *map = def_get(brew->def, OPT_CONTAINER_RemapUid); map; map = map->next)
                        oci_flag(brew, "--uidmap", map->text);
                for (const Value *map = def_get(brew->def, OPT_CONTAINER_RemapGid); map; map = map->next)
                        oci_flag(brew, "--gidmap", map->text);
                return;
        }
        words_add(brew->arena, &parts, value->text);
        add_ids(brew, &parts, OPT_CONTAINER_RemapUid, keep ? "uid" : "uidmapping");
        add_ids(brew, &parts, OPT_CONTAINER_RemapGid, keep ? "gid" : "gidmapping");
        add_ids(brew, &parts, OPT_CONTAINER_RemapUidSize, "size");
        oci_flag(brew, "--userns", text_concat(brew->arena, parts.items, parts.count));
}

static void health_command(Brew *brew, const char *name, const Value *value)
{
        oci_flag(brew, name, value->argv ? oci_json_words(brew, value) : value->text);
}

static void call_health_cmd(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        health_command(brew, "--health-cmd", value);
}

static void call_health_startup_cmd(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        health_command(brew, "--health-startup-cmd", value);
}

static void call_network(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                Str behind;
                const Text name = oci_network_name(brew, value, &behind);
                const Text parts[] = { name, { behind, value->text.door } };

                oci_flag(brew, "--network", text_concat(brew->arena, parts, behind.len ? 2 : 1));
        }
}

/* podman finds /etc/netns/NAME/resolv.conf by the path. */
static void call_netns(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_flag(brew, "--network", text_join(brew->arena, S("ns:"), netns_path(brew->arena, value)));
}

static void call_auto_update(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        if (brew->object->update == UPDATE_ENGINE || str_is(value->text.str, "disabled"))
                oci_flag(brew, "--label", text_join(brew->arena, S("io.containers.autoupdate="), value->text));
}

static void call_build_pull(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_add(brew, text_join(brew->arena, S("--pull="), value->text));
}

static const BackendCall calls[CALL_COUNT] = {
        [CALL_entrypoint] = call_entrypoint,
        [CALL_cgroups] = call_cgroups,
        [CALL_notify] = call_notify,
        [CALL_stop_timeout] = oci_stop_timeout,
        [CALL_user] = oci_user,
        [CALL_volume] = oci_volume,
        [CALL_mount] = oci_mount,
        [CALL_volatile_tmp] = oci_volatile_tmp,
        [CALL_capabilities] = oci_capabilities,
        [CALL_security] = oci_security,
        [CALL_device] = oci_device,
        [CALL_remap] = call_remap,
        [CALL_health_cmd] = call_health_cmd,
        [CALL_health_startup_cmd] = call_health_startup_cmd,
        [CALL_auto_update] = call_auto_update,
        [CALL_secret] = oci_secret,
        [CALL_network] = call_network,
        [CALL_netns] = call_netns,
        [CALL_publish] = oci_publish,
        [CALL_expose] = oci_expose,
        [CALL_pod] = oci_join_pod,
        [CALL_exit_policy] = oci_exit_policy,
        [CALL_pod_publish] = oci_pod_publish,
        [CALL_pod_aliases] = oci_pod_aliases,
        [CALL_pod_hosts] = oci_pod_hosts,
        [CALL_subnets] = oci_subnets,
        [CALL_volume_type] = oci_volume_type,
        [CALL_volume_device] = oci_volume_device,
        [CALL_volume_options] = oci_volume_options,
        [CALL_volume_image] = oci_volume_image,
        [CALL_volume_copy] = oci_volume_copy,
        [CALL_build_pull] = call_build_pull,
        [CALL_build_tag] = oci_build_tag,
};

/* ---- the container ---- */

static void start(Brew *brew)
{
        const Value *rootfs = def_get(brew->def, OPT_CONTAINER_Rootfs);

        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START, false);
        if (is_supervised(brew))
                oci_supervise(brew);
        oci_begin_words(brew);
        oci_add(brew, T("run"));
        if (def_flag(brew->def, OPT_CONTAINER_AutoRemoveOnStop, true))
                oci_add(brew, T("--rm"));
        oci_add(brew, text_join(brew->arena, S("--name="), LITERAL(brew->object->name)));
        /* In the foreground podman's own output is the container's: once is enough (T-14). */
        if (!def_get(brew->def, OPT_CONTAINER_LogDriver))
                oci_flag(brew, "--log-driver", brew->object->ready == READY_COMPLETED ? T("passthrough") : T("journald"));
        backend_options(brew);
        if (rootfs) {
                oci_flag(brew, "--rootfs", rootfs->text);
        } else {
                oci_flag(brew, "--pull", T("never"));
                oci_add(brew, oci_image(brew, def_get(brew->def, OPT_CONTAINER_Image)));
        }
        backend_values(brew, OPT_CONTAINER_Exec);
}

static void stop(Brew *brew)
{
        oci_begin(brew, PHASE_STOP, false);
        oci_add(brew, T("stop"));
        oci_add(brew, T("--ignore"));
        oci_add(brew, T("--cidfile=%t/bayplan/%N/cid"));

        if (!def_flag(brew->def, OPT_CONTAINER_AutoRemoveOnStop, true))
                return;
        oci_begin(brew, PHASE_STOP_POST, true);
        oci_add(brew, T("rm"));
        oci_add(brew, T("--force"));
        oci_add(brew, T("--volumes"));
        oci_add(brew, T("--ignore"));
        oci_add(brew, T("--cidfile=%t/bayplan/%N/cid"));
}

static void service(Brew *brew)
{
        oci_type(brew, T("all"));
        recipe_property(brew->arena, brew->recipe, S("Delegate"), T("yes"));
        recipe_property(brew->arena, brew->recipe, S("KillMode"), T("mixed"));
        recipe_property(brew->arena, brew->recipe, S("RuntimeDirectory"), T("bayplan/%N"));
        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
        oci_service(brew);
        words_add(brew->arena, &brew->recipe->environment, T("PODMAN_SYSTEMD_UNIT=%n"));
}

static void container(Brew *brew)
{
        oci_needs(brew);
        service(brew);
        oci_rootless(brew);
        oci_prepare_image(brew);
        oci_prepare_secrets(brew);
        oci_prepare_volumes(brew);
        if (!brew->object->pod)
                oci_await_addresses(brew);
        start(brew);
        oci_reload(brew);
        stop(brew);
}

static void leave_command(Brew *brew, Phase phase, const char *verb)
{
        const bool pod = brew->def->kind == KIND_POD;

        brew->words = recipe_command(brew->arena, brew->recipe, phase, true);
        oci_add(brew, LITERAL(brew->program));
        if (pod)
                oci_add(brew, T("pod"));
        oci_add(brew, LITERAL(str_c(verb)));
        if (phase == PHASE_STOP_POST)
                oci_add(brew, T("--force"));
        if (phase == PHASE_STOP_POST && !pod)
                oci_add(brew, T("--volumes"));
        oci_add(brew, T("--ignore"));
        oci_add(brew, LITERAL(brew->object->name));
}

static void leave(Brew *brew)
{
        leave_command(brew, PHASE_STOP, "stop");
        leave_command(brew, PHASE_STOP_POST, "rm");
}

const Backend backend_podman = {
        .engine = ENGINE_PODMAN,
        .calls = calls,
        .make = {
                [KIND_CONTAINER] = container,
                [KIND_POD] = oci_pod_unit,
                [KIND_NETWORK] = oci_network_unit,
                [KIND_VOLUME] = oci_volume_unit,
                [KIND_IMAGE] = oci_image_unit,
                [KIND_BUILD] = oci_build_unit,
        },
        .leave = leave,
};
