/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/docker.h"

#include "backend/lacks.h"
#include "backend/oci.h"
#include "model/refer.h"

/* ---- what docker cannot do (T-10) ---- */

static bool is_one_of(Str s, const Str *choices, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (str_eq(s, choices[i]))
                        return true;
        return false;
}

/* What stands behind the name of a network. */
static bool check_network_fields(Run *run, const Value *value, OptionId id, Str fields)
{
        static const Str known[] = { STR_INIT("alias"), STR_INIT("ip"), STR_INIT("ip6"), STR_INIT("mac") };
        bool ok = true;
        Str field;

        while (fields.len && str_next(&fields, ',', &field)) {
                Str key = field, rest;

                str_cut(field, '=', &key, &rest);
                if (!is_one_of(key, known, ELEMENTS(known)))
                        ok = lacks(run, ENGINE_DOCKER, value, id, arena_fmt(run->arena, "…:%.*s", STR_ARG(field)), S(""));
        }
        return ok;
}

/* A pod is a network, beside which its members can have no mode, and no address or alias together. */
static bool check_networks(Run *run, const Def *def, OptionId id)
{
        static const Str modes[] = { STR_INIT("slirp4netns"), STR_INIT("pasta"), STR_INIT("ns"), STR_INIT("private") };
        bool ok = true;

        for (const Value *value = def_get(def, id); value; value = value->next) {
                Str mode = value->text.str, rest = { 0 };

                if (value->late)
                        continue;

                const bool cut = str_cut(value->text.str, ':', &mode, &rest);

                if (is_one_of(mode, modes, ELEMENTS(modes)) || (id == OPT_POD_Network && (cut || refer_is_mode(mode))) ||
                    (cut && refer_is_mode(mode) && !str_is(mode, "container")))
                        ok = lacks(run, ENGINE_DOCKER, value, id, value->text.str, S(""));
                else if (cut && !str_is(mode, "container"))
                        ok &= check_network_fields(run, value, id, rest);
        }
        return ok;
}

static bool check_mounts(Run *run, const Def *def)
{
        static const Str known[] = {
                STR_INIT("ro"),      STR_INIT("rw"),      STR_INIT("z"),       STR_INIT("Z"),      STR_INIT("shared"),
                STR_INIT("rshared"), STR_INIT("slave"),   STR_INIT("rslave"),  STR_INIT("private"), STR_INIT("rprivate"),
                STR_INIT("nocopy"),  STR_INIT("cached"),  STR_INIT("delegated"), STR_INIT("consistent"),
        };
        static const Str types[] = { STR_INIT("type=glob"), STR_INIT("type=devpts"), STR_INIT("type=ramfs"),
                                     STR_INIT("type=artifact") };
        bool ok = true;

        for (const Value *value = def_get(def, OPT_CONTAINER_Volume); value; value = value->next) {
                Str rest = value->late ? (Str){ 0 } : value->volume->options, option;

                while (rest.len && str_next(&rest, ',', &option))
                        if (!is_one_of(option, known, ELEMENTS(known)))
                                ok = lacks(run, ENGINE_DOCKER, value, OPT_CONTAINER_Volume, arena_fmt(run->arena, "…:%.*s", STR_ARG(option)), S(""));
        }
        for (const Value *value = def_get(def, OPT_CONTAINER_Mount); value; value = value->next) {
                Str rest = value->text.str, field;

                while (rest.len && str_next(&rest, ',', &field))
                        if (is_one_of(field, types, ELEMENTS(types)))
                                ok = lacks(run, ENGINE_DOCKER, value, OPT_CONTAINER_Mount, field, S(""));
        }
        return ok;
}

/* Values of single keys. */
static bool check_values(Run *run, const Def *def)
{
        static const Lack rows[] = {
                { OPT_CONTAINER_Notify, STR_INIT("container"), false },
                { OPT_CONTAINER_UserNS, STR_INIT("host"), true },
                { OPT_CONTAINER_Ulimit, STR_INIT("host"), false },
                { OPT_CONTAINER_DNS, STR_INIT("none"), false },
                { OPT_CONTAINER_HealthInterval, STR_INIT("disable"), false },
        };
        bool ok = lacks_values(run, ENGINE_DOCKER, def, rows, ELEMENTS(rows));

        ok &= lacks_secrets(run, ENGINE_DOCKER, def);
        return ok;
}

static bool check_container(Run *run, const Object *c)
{
        bool ok = check_networks(run, c->def, OPT_CONTAINER_Network);

        ok &= check_mounts(run, c->def);
        ok &= check_values(run, c->def);
        return ok;
}

static bool check_network(Run *run, const Object *c)
{
        bool ok = true;

        for (const Value *value = def_get(c->def, OPT_NETWORK_IPRange); value; value = value->next)
                if (!value->late && !str_contains(value->text.str, '/'))
                        ok = lacks(run, ENGINE_DOCKER, value, OPT_NETWORK_IPRange, value->text.str, S("write ADDRESS/BITS"));
        return ok;
}

/* "Invalid container name (w), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"; of volumes the same. */
static bool check_name(Run *run, const Object *c)
{
        if (c->name.len > 1 || !option_common(c->def->kind, COMMON_NAME) || c->def->kind == KIND_NETWORK || c->def->kind == KIND_POD || c->directory.str.len)
                return true;
        return diag(run->diags, DIAG_ENGINE_VALUE, c->def->at, S("docker"),
                    option_info(option_common(c->def->kind, COMMON_NAME))->key, c->name,
                    S("it takes names of two characters or more"));
}

static bool check_build(Run *run, const Object *c)
{
        const Value *pull = def_get(c->def, OPT_BUILD_Pull), *file = def_get(c->def, OPT_BUILD_File);
        bool ok = check_networks(run, c->def, OPT_BUILD_Network);

        if (pull && str_is(pull->text.str, "never"))
                ok = lacks(run, ENGINE_DOCKER, pull, OPT_BUILD_Pull, pull->text.str, S(""));
        if (file && (str_starts(file->text.str, S("http://")) || str_starts(file->text.str, S("https://"))))
                ok = lacks(run, ENGINE_DOCKER, file, OPT_BUILD_File, file->text.str, S("SetWorkingDirectory= may be a URL"));
        return ok;
}

static bool check(Run *run, const Fleet *fleet, const Object *c)
{
        bool ok = check_name(run, c);

        (void)fleet;
        if (c->def->kind == KIND_CONTAINER)
                ok &= check_container(run, c);
        else if (c->def->kind == KIND_POD)
                ok &= check_networks(run, c->def, OPT_POD_Network);
        else if (c->def->kind == KIND_NETWORK)
                ok &= check_network(run, c);
        else if (c->def->kind == KIND_BUILD)
                ok &= check_build(run, c);
        if (c->run_as.len && !c->directory.str.len)
                ok = diag(run->diags, DIAG_DENIED_DIRECTIVE, def_pass(c->def, PASS_SERVICE, S("User"))->at, S("User"), S("Service"),
                          c->def->kind == KIND_CONTAINER
                                  ? S("docker's containers are the daemon's; User= in [Container] is the user inside")
                                  : S("docker's pods, networks, volumes and images are the daemon's"));
        return ok;
}

/* ---- options that are more than a spelling ---- */

/* The first word; the others stand before the container's command. */
static void call_entrypoint(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_add(brew, text_join(brew->arena, S("--entrypoint="), value->text));
}

/* Readiness is bayplan-supervise's. */
static void call_notify(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        (void)value;
        oci_add(brew, T("--detach"));
}

static bool has_variable(const Def *def, Str name)
{
        for (const Value *value = def_get(def, OPT_CONTAINER_Environment); value; value = value->next)
                if (str_eq(value->name, name))
                        return true;
        return false;
}

/* What podman does by itself. A name alone takes the value from docker's own environment, if it has one. */
static void call_http_proxy(Brew *brew, OptionId id, const Value *value)
{
        static const Str names[] = { STR_INIT("http_proxy"), STR_INIT("https_proxy"), STR_INIT("ftp_proxy"),
                                     STR_INIT("no_proxy"),   STR_INIT("HTTP_PROXY"),  STR_INIT("HTTPS_PROXY"),
                                     STR_INIT("FTP_PROXY"),  STR_INIT("NO_PROXY") };

        (void)id;
        for (size_t i = 0; i < ELEMENTS(names) && value->flag; i++)
                if (!has_variable(brew->def, names[i]))
                        oci_flag(brew, "--env", LITERAL(names[i]));
}

/* docker takes a line for the shell only: each word in single quotes. */
static Text shell_words(Brew *brew, const Value *first)
{
        Buf buf = BUF(brew->arena);

        for (const Value *value = first; value; value = value->next) {
                buf_add(&buf, value == first ? S("'") : S(" '"));
                for (size_t i = 0; i < value->text.str.len; i++) {
                        if (value->text.str.data[i] == '\'')
                                buf_add(&buf, S("'\\''"));
                        else
                                buf_char(&buf, value->text.str.data[i]);
                }
                buf_char(&buf, '\'');
        }
        return (Text){ buf_str(&buf), first->text.door };
}

static void call_health_cmd(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        if (!value->argv && str_eq_nocase(value->text.str, S("none")))
                oci_add(brew, T("--no-healthcheck"));
        else
                oci_flag(brew, "--health-cmd", value->argv ? shell_words(brew, value) : value->text);
}

/* NAME:KEY=VALUE,… of podman is name=NAME,KEY=VALUE,… here. */
static void call_network(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                Str fields, field;
                const Text name = oci_network_name(brew, value, &fields);
                Buf buf = BUF(brew->arena);

                if (!fields.len) {
                        oci_flag(brew, "--network", name);
                        continue;
                }
                fields = str_skip(fields, 1);
                while (fields.len && str_next(&fields, ',', &field)) {
                        const bool mac = str_starts(field, S("mac="));

                        buf_fmt(&buf, ",%s%.*s", mac ? "mac-address=" : "", STR_ARG(str_skip(field, mac ? 4 : 0)));
                }

                const Text parts[] = { { S("name="), name.door }, name, { buf_str(&buf), value->text.door } };

                oci_flag(brew, "--network", text_concat(brew->arena, parts, ELEMENTS(parts)));
        }
}

/* What podman keeps in a pod, each of its members gets. */
static void call_pod(Brew *brew, OptionId id, const Value *value)
{
        const Object *pod = brew->object->pod;
        Brew of_pod = *brew;

        (void)id;
        (void)value;
        oci_flag(brew, "--network", LITERAL(pod->name));
        of_pod.object = pod;
        of_pod.def = pod->def;
        call_network(&of_pod, OPT_POD_Network, def_get(pod->def, OPT_POD_Network));
        oci_volume(&of_pod, OPT_POD_Volume, def_get(pod->def, OPT_POD_Volume));
        oci_pod_names(brew, pod);
}

/* ---- networks ---- */

static void call_interface_name(Brew *brew, OptionId id, const Value *value)
{
        const Str driver = def_text(brew->def, OPT_NETWORK_Driver).str;
        const bool parent = str_is(driver, "macvlan") || str_is(driver, "ipvlan");

        (void)id;
        oci_flag(brew, "--opt",
                 text_join(brew->arena, parent ? S("parent=") : S("com.docker.network.bridge.name="), value->text));
}

/* docker would ignore podman's short name without a sign. */
static void call_network_options(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next)
                oci_flag(brew, "--opt",
                         str_is(value->name, "mtu") ? text_join(brew->arena, S("com.docker.network.driver."), value->text)
                                                    : value->text);
}

/* ---- images and builds ---- */

/* It has one flag for what are three keys; whichever stands first in the table adds it. */
static void call_platform(Brew *brew, OptionId id, const Value *value)
{
        static const OptionId rows[][3] = {
                { OPT_IMAGE_Arch, OPT_IMAGE_OS, OPT_IMAGE_Variant },
                { OPT_BUILD_Arch, OPTION_NONE, OPT_BUILD_Variant },
        };
        const OptionId *keys = rows[brew->def->kind == KIND_BUILD];
        const Value *arch = def_get(brew->def, keys[0]), *os = def_get(brew->def, keys[1]), *variant = def_get(brew->def, keys[2]);

        (void)value;
        for (size_t i = 0; id != keys[i]; i++)
                if (def_get(brew->def, keys[i]))
                        return;

        const Text parts[] = {
                os ? os->text : T("linux"),
                arch ? text_join(brew->arena, S("/"), arch->text) : T(""),
                variant ? text_join(brew->arena, S("/"), variant->text) : T(""),
        };

        oci_flag(brew, "--platform", text_concat(brew->arena, parts, ELEMENTS(parts)));
}

/* It uses the base that is there unless it is told to look for another one. */
static void call_build_pull(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        if (!str_is(value->text.str, "missing"))
                oci_add(brew, T("--pull"));
}

static const BackendCall calls[CALL_COUNT] = {
        [CALL_entrypoint] = call_entrypoint,
        [CALL_notify] = call_notify,
        [CALL_stop_timeout] = oci_stop_timeout,
        [CALL_user] = oci_user,
        [CALL_volume] = oci_volume,
        [CALL_mount] = oci_mount,
        [CALL_volatile_tmp] = oci_volatile_tmp,
        [CALL_capabilities] = oci_capabilities,
        [CALL_security] = oci_security,
        [CALL_device] = oci_device,
        [CALL_health_cmd] = call_health_cmd,
        [CALL_http_proxy] = call_http_proxy,
        [CALL_secret] = oci_secret,
        [CALL_network] = call_network,
        [CALL_publish] = oci_publish,
        [CALL_expose] = oci_expose,
        [CALL_pod] = call_pod,
        [CALL_subnets] = oci_subnets,
        [CALL_network_options] = call_network_options,
        [CALL_volume_type] = oci_volume_type,
        [CALL_volume_device] = oci_volume_device,
        [CALL_volume_options] = oci_volume_options,
        [CALL_interface_name] = call_interface_name,
        [CALL_platform] = call_platform,
        [CALL_build_pull] = call_build_pull,
        [CALL_build_tag] = oci_build_tag,
};

/* ---- the container ---- */

static void remove_container(Brew *brew, Phase phase)
{
        oci_begin(brew, phase, true);
        oci_add(brew, T("rm"));
        oci_add(brew, T("--force"));
        oci_add(brew, T("--volumes"));
        oci_add(brew, LITERAL(brew->object->name));
}

static bool has_log_option(const Def *def, Str name)
{
        for (const Value *value = def_get(def, OPT_CONTAINER_LogOpt); value; value = value->next)
                if (str_eq(value->name, name))
                        return true;
        return false;
}

/* The daemon writes the container's output to the journal, as its own. journalctl -u NAME, and systemctl status,
 * also show what root logs with the field OBJECT_SYSTEMD_UNIT=NAME, and the driver makes fields of labels: so the
 * output is in the unit's log, and only once (T-14). */
static void log_to_unit(Brew *brew)
{
        const Text driver = def_text(brew->def, OPT_CONTAINER_LogDriver);

        if (!driver.str.len)
                oci_flag(brew, "--log-driver", T("journald"));
        else if (!str_is(driver.str, "journald"))
                return;
        if (!has_log_option(brew->def, S("tag")))
                oci_flag(brew, "--log-opt", T("tag=%N"));
        if (!has_log_option(brew->def, S("labels")))
                oci_flag(brew, "--log-opt", T("labels=OBJECT_SYSTEMD_UNIT"));
}

static void start(Brew *brew)
{
        const Value *entrypoint = def_get(brew->def, OPT_CONTAINER_Entrypoint);

        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START, false);
        oci_supervise(brew);

        oci_begin_words(brew);
        oci_add(brew, T("run"));
        oci_add(brew, text_join(brew->arena, S("--name="), LITERAL(brew->object->name)));
        log_to_unit(brew);
        oci_flag(brew, "--label", T("OBJECT_SYSTEMD_UNIT=%n"));
        backend_options(brew);
        oci_flag(brew, "--pull", T("never"));
        oci_add(brew, oci_image(brew, def_get(brew->def, OPT_CONTAINER_Image)));
        for (const Value *word = entrypoint ? entrypoint->next : NULL; word; word = word->next)
                oci_add(brew, word->text);
        backend_values(brew, OPT_CONTAINER_Exec);
}

static void service(Brew *brew)
{
        /* "all" would let a container with access to the socket speak for the unit; the helpers are enough. */
        oci_type(brew, T("exec"));
        recipe_property(brew->arena, brew->recipe, S("KillMode"), T("mixed"));
        recipe_property(brew->arena, brew->recipe, S("RuntimeDirectory"), T("bayplan/%N"));
        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
        oci_service(brew);
}

static void container(Brew *brew)
{
        /* Not After= only: a daemon that stops would leave units failing in a loop (T-12). At shutdown they stop
         * before it (T-39). */
        words_add(brew->arena, &brew->recipe->requires, T("docker.service"));
        words_add(brew->arena, &brew->recipe->after, T("docker.socket"));
        oci_needs(brew);
        service(brew);
        remove_container(brew, PHASE_START_PRE);
        oci_prepare_image(brew);
        oci_prepare_secrets(brew);
        oci_prepare_volumes(brew);
        oci_await_addresses(brew);
        start(brew);
        oci_reload(brew);
        if (def_flag(brew->def, OPT_CONTAINER_AutoRemoveOnStop, true))
                remove_container(brew, PHASE_STOP_POST);
}

/* The supervisor that still runs stops it; this removes it. */
static void leave(Brew *brew)
{
        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_STOP_POST, true);
        oci_add(brew, LITERAL(brew->program));
        if (brew->def->kind == KIND_POD) {
                oci_add(brew, T("network"));
                oci_add(brew, T("rm"));
        } else {
                oci_add(brew, T("rm"));
                oci_add(brew, T("--force"));
                oci_add(brew, T("--volumes"));
        }
        oci_add(brew, LITERAL(brew->object->name));
}

const Backend backend_docker = {
        .engine = ENGINE_DOCKER,
        .calls = calls,
        .check = check,
        .make = {
                [KIND_CONTAINER] = container,
                [KIND_POD] = oci_pod_network_unit,
                [KIND_NETWORK] = oci_network_unit,
                [KIND_VOLUME] = oci_volume_unit,
                [KIND_IMAGE] = oci_image_unit,
                [KIND_BUILD] = oci_build_unit,
        },
        .leave = leave,
};
