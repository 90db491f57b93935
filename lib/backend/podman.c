/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/podman.h"

#include "base/fs.h"

#include <fcntl.h>

static void add(Brew *brew, Text word)
{
        words_add(brew->arena, brew->words, word);
}

static void flag(Brew *brew, const char *name, Text value)
{
        words_flag(brew->arena, brew->words, str_c(name), value);
}

/* "podman", modules and global arguments: how every command line begins. */
static void begin(Brew *brew, Phase phase, bool may_fail)
{
        brew->words = recipe_command(brew->arena, brew->recipe, phase, may_fail);
        add(brew, LITERAL(backend_program(brew->run, ENGINE_PODMAN)));
        for (const Value *value = brew->def->set[OPT_CONTAINER_ContainersConfModule]; value; value = value->next)
                add(brew, text_join(brew->arena, S("--module="), value->text));
        backend_values(brew, OPT_CONTAINER_GlobalArgs);
}

/* ---- options that are more than a spelling ---- */

static void add_json_string(Buf *buf, Str s)
{
        buf_char(buf, '"');
        for (size_t i = 0; i < s.len; i++) {
                const char c = s.data[i];

                if (c == '"' || c == '\\')
                        buf_fmt(buf, "\\%c", c);
                else if (char_is_control(c))
                        buf_fmt(buf, "\\u%04x", (unsigned char)c);
                else
                        buf_char(buf, c);
        }
        buf_char(buf, '"');
}

/* ["a","b"]: how podman takes an argument vector in one word. */
static Text json_words(Brew *brew, const Value *first)
{
        Buf buf = BUF(brew->arena);

        buf_char(&buf, '[');
        for (const Value *value = first; value; value = value->next) {
                if (value != first)
                        buf_char(&buf, ',');
                add_json_string(&buf, value->text.str);
        }
        buf_char(&buf, ']');
        return (Text){ buf_str(&buf), first->text.door };
}

/* One word with "=", so that an empty one is seen as a value. */
static void call_entrypoint(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        add(brew, text_join(brew->arena, S("--entrypoint="), value->next ? json_words(brew, value) : value->text));
}

static void call_cgroups(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        /* Each unit has its own runtime directory, which systemd empties: no left-over file of an earlier
         * run can stand in the way of --cidfile. */
        add(brew, T("--cidfile=%t/bayplan/%N/cid"));
        add(brew, text_join(brew->arena, S("--cgroups="), value ? value->text : T("split")));
}

static void call_notify(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        add(brew, text_join(brew->arena, S("--sdnotify="), value ? value->text : T("conmon")));
        add(brew, T("--detach"));
        add(brew, T("--replace"));
}

static uint64_t whole_seconds(uint64_t usec)
{
        return (usec + 999999) / 1000000;
}

static void call_stop_timeout(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        flag(brew, "--stop-timeout",
             LITERAL(arena_fmt(brew->arena, "%llu", (unsigned long long)whole_seconds(value->usec))));
}

static void call_user(Brew *brew, OptionId id, const Value *value)
{
        const Text group = def_text(brew->def, OPT_CONTAINER_Group);

        (void)id;
        if (!group.str.len) {
                flag(brew, "--user", value->text);
                return;
        }
        flag(brew, "--user",
             (Text){ arena_fmt(brew->arena, "%.*s:%.*s", STR_ARG(value->text.str), STR_ARG(group.str)), value->text.door });
}

static void call_volume(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                Str source, rest;

                flag(brew, "--volume", value->text);
                if (str_cut(value->text.str, ':', &source, &rest))
                        backend_needs_mount(brew, (Text){ source, value->text.door });
        }
}

/* A host path of a long mount; a relative one counts from the definition's directory. */
static void call_mount(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                Str rest = value->text.str, field, key, path;

                flag(brew, "--mount", value->text);
                while (rest.len && str_next(&rest, ',', &field))
                        if (str_cut(field, '=', &key, &path) && (str_is(key, "source") || str_is(key, "src")))
                                backend_needs_mount(brew, (Text){ path, value->text.door });
        }
}

static void call_volatile_tmp(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        /* ReadOnly= brings its own. */
        if (value->flag && !def_flag(brew->def, OPT_CONTAINER_ReadOnly, false))
                flag(brew, "--tmpfs", T("/tmp:rw,size=512M,mode=1777"));
}

static void call_capabilities(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next)
                flag(brew, value->flag ? "--cap-add" : "--cap-drop", LITERAL(value->name));
}

static void call_security(Brew *brew, OptionId id, const Value *first)
{
        static const struct {
                OptionId id;
                Str prefix; /* the whole word of a boolean */
        } rows[] = {
                { OPT_CONTAINER_NoNewPrivileges, STR_INIT("no-new-privileges") },
                { OPT_CONTAINER_SecurityLabelDisable, STR_INIT("label=disable") },
                { OPT_CONTAINER_SecurityLabelNested, STR_INIT("label=nested") },
                { OPT_CONTAINER_SecurityLabelType, STR_INIT("label=type:") },
                { OPT_CONTAINER_SecurityLabelFileType, STR_INIT("label=filetype:") },
                { OPT_CONTAINER_SecurityLabelLevel, STR_INIT("label=level:") },
                { OPT_CONTAINER_AppArmor, STR_INIT("apparmor=") },
                { OPT_CONTAINER_SeccompProfile, STR_INIT("seccomp=") },
                { OPT_CONTAINER_Mask, STR_INIT("mask=") },
                { OPT_CONTAINER_Unmask, STR_INIT("unmask=") },
        };
        const bool boolean = option_info(id)->type == TYPE_BOOL;

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                if (rows[i].id != id)
                        continue;
                for (const Value *value = first; value; value = value->next)
                        if (!boolean || value->flag)
                                flag(brew, "--security-opt",
                                     boolean ? (Text){ rows[i].prefix, DOOR_SYSTEMD }
                                             : text_join(brew->arena, rows[i].prefix, value->text));
        }
}

/* "-/dev/x" may be missing; looked at now, since podman has no such option. */
static void call_device(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                const bool optional = str_starts(value->text.str, S("-"));
                const Str device = str_skip(value->text.str, optional);
                Str host = device, rest;
                struct stat st;

                str_cut(device, ':', &host, &rest);
                if (!optional || fs_stat(AT_FDCWD, arena_c(brew->arena, host), &st) == 0)
                        flag(brew, "--device", (Text){ device, value->text.door });
        }
}

static void add_ids(Brew *brew, Buf *buf, OptionId id, const char *name, bool *some)
{
        for (const Value *value = brew->def->set[id]; value; value = value->next) {
                buf_fmt(buf, "%s%s=%.*s", *some ? "," : ":", name, STR_ARG(value->text.str));
                *some = true;
        }
}

static void call_remap(Brew *brew, OptionId id, const Value *value)
{
        const bool keep = str_is(value->text.str, "keep-id");
        Buf buf = BUF(brew->arena);
        bool some = false;

        (void)id;
        if (str_is(value->text.str, "manual")) {
                for (const Value *map = brew->def->set[OPT_CONTAINER_RemapUid]; map; map = map->next)
                        flag(brew, "--uidmap", map->text);
                for (const Value *map = brew->def->set[OPT_CONTAINER_RemapGid]; map; map = map->next)
                        flag(brew, "--gidmap", map->text);
                return;
        }
        buf_add(&buf, value->text.str);
        add_ids(brew, &buf, OPT_CONTAINER_RemapUid, keep ? "uid" : "uidmapping", &some);
        add_ids(brew, &buf, OPT_CONTAINER_RemapGid, keep ? "gid" : "gidmapping", &some);
        add_ids(brew, &buf, OPT_CONTAINER_RemapUidSize, "size", &some);
        flag(brew, "--userns", (Text){ buf_str(&buf), value->text.door });
}

static void health_command(Brew *brew, const char *name, const Value *value)
{
        flag(brew, name, value->argv ? json_words(brew, value) : value->text);
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

static void call_auto_update(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        flag(brew, "--label", text_join(brew->arena, S("io.containers.autoupdate="), value->text));
}

static const BackendCall calls[CALL_COUNT] = {
        [CALL_entrypoint] = call_entrypoint,
        [CALL_cgroups] = call_cgroups,
        [CALL_notify] = call_notify,
        [CALL_stop_timeout] = call_stop_timeout,
        [CALL_user] = call_user,
        [CALL_volume] = call_volume,
        [CALL_mount] = call_mount,
        [CALL_volatile_tmp] = call_volatile_tmp,
        [CALL_capabilities] = call_capabilities,
        [CALL_security] = call_security,
        [CALL_device] = call_device,
        [CALL_remap] = call_remap,
        [CALL_health_cmd] = call_health_cmd,
        [CALL_health_startup_cmd] = call_health_startup_cmd,
        [CALL_auto_update] = call_auto_update,
};

/* ---- the image ---- */

static Str pull_policy(const Brew *brew)
{
        const Str policy = def_text(brew->def, OPT_CONTAINER_Pull).str;

        return policy.len ? policy : S("missing");
}

static bool loads_image(const Brew *brew)
{
        return brew->def->set[OPT_CONTAINER_ImageFile] || brew->def->set[OPT_CONTAINER_ImageStream];
}

/* Only then is the network needed before the start (OCI-36). */
static bool may_pull(const Brew *brew)
{
        return brew->def->set[OPT_CONTAINER_Image] && !loads_image(brew) && !str_is(pull_policy(brew), "never");
}

static void helper_option(Brew *brew, const char *name, OptionId id)
{
        if (brew->def->set[id])
                add(brew, text_join(brew->arena, str_c(name), def_text(brew->def, id)));
}

/* The image is there before the container starts, so that the start itself is short and needs no network
 * (OCI-42 … OCI-45, T-08). */
static void prepare_image(Brew *brew)
{
        if (!loads_image(brew) && !may_pull(brew))
                return;
        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START_PRE, false);
        add(brew, LITERAL(backend_helper(brew->run, "bayplan-image")));
        add(brew, T("--engine=podman"));
        add(brew, text_join(brew->arena, S("--engine-path="), LITERAL(backend_program(brew->run, ENGINE_PODMAN))));
        for (const Value *value = brew->def->set[OPT_CONTAINER_ContainersConfModule]; value; value = value->next)
                add(brew, text_join(brew->arena, S("--engine-arg=--module="), value->text));
        for (const Value *value = brew->def->set[OPT_CONTAINER_GlobalArgs]; value; value = value->next)
                add(brew, text_join(brew->arena, S("--engine-arg="), value->text));
        if (!loads_image(brew))
                add(brew, text_join(brew->arena, S("--pull="), LITERAL(pull_policy(brew))));
        helper_option(brew, "--login-registry=", OPT_CONTAINER_LoginRegistry);
        helper_option(brew, "--login-user=", OPT_CONTAINER_LoginUsername);
        helper_option(brew, "--login-password-file=", OPT_CONTAINER_LoginPasswordFile);
        helper_option(brew, "--load-file=", OPT_CONTAINER_ImageFile);
        helper_option(brew, "--load-stream=", OPT_CONTAINER_ImageStream);
        helper_option(brew, "--retries=", OPT_CONTAINER_Retry);
        helper_option(brew, "--retry-delay=", OPT_CONTAINER_RetryDelay);
        add(brew, def_text(brew->def, OPT_CONTAINER_Image));
}

/* ---- the container ---- */

static void start(Brew *brew)
{
        const Value *rootfs = brew->def->set[OPT_CONTAINER_Rootfs];

        begin(brew, PHASE_START, false);
        add(brew, T("run"));
        if (def_flag(brew->def, OPT_CONTAINER_AutoRemoveOnStop, true))
                add(brew, T("--rm"));
        add(brew, text_join(brew->arena, S("--name="), LITERAL(brew->container->name)));
        if (!brew->def->set[OPT_CONTAINER_LogDriver])
                flag(brew, "--log-driver", T("journald"));
        backend_options(brew);
        if (rootfs) {
                flag(brew, "--rootfs", rootfs->text);
        } else {
                flag(brew, "--pull", T("never"));
                add(brew, def_text(brew->def, OPT_CONTAINER_Image));
        }
        backend_values(brew, OPT_CONTAINER_Exec);
}

static void reload(Brew *brew)
{
        if (brew->def->set[OPT_CONTAINER_ReloadCmd]) {
                begin(brew, PHASE_RELOAD, false);
                add(brew, T("exec"));
                add(brew, LITERAL(brew->container->name));
                backend_values(brew, OPT_CONTAINER_ReloadCmd);
        } else if (brew->def->set[OPT_CONTAINER_ReloadSignal]) {
                begin(brew, PHASE_RELOAD, false);
                add(brew, T("kill"));
                flag(brew, "--signal", def_text(brew->def, OPT_CONTAINER_ReloadSignal));
                add(brew, LITERAL(brew->container->name));
        }
}

static void stop(Brew *brew)
{
        begin(brew, PHASE_STOP, false);
        add(brew, T("stop"));
        add(brew, T("--ignore"));
        add(brew, T("--cidfile=%t/bayplan/%N/cid"));

        if (!def_flag(brew->def, OPT_CONTAINER_AutoRemoveOnStop, true))
                return;
        begin(brew, PHASE_STOP_POST, true);
        add(brew, T("rm"));
        add(brew, T("--force"));
        add(brew, T("--volumes"));
        add(brew, T("--ignore"));
        add(brew, T("--cidfile=%t/bayplan/%N/cid"));
}

static uint64_t usec_of(const Brew *brew, OptionId id, uint64_t fallback)
{
        const Value *value = brew->def->set[id];

        return value && !str_is(value->text.str, "disable") ? value->usec : fallback;
}

/* With Notify=healthy a start takes as long as the probes may: else systemd would kill a container that is
 * still within its rights (T-36). podman's defaults where nothing is set. */
static uint64_t healthy_seconds(const Brew *brew)
{
        static const uint64_t second = 1000000;
        const Value *retries = brew->def->set[OPT_CONTAINER_HealthRetries];
        const uint64_t interval = usec_of(brew, OPT_CONTAINER_HealthInterval, 30 * second);
        const uint64_t timeout = usec_of(brew, OPT_CONTAINER_HealthTimeout, 30 * second);
        const uint64_t period = usec_of(brew, OPT_CONTAINER_HealthStartPeriod, 0);
        const uint64_t count = retries && !retries->late && retries->number < 1000 ? retries->number : 3;
        uint64_t sum;

        if (__builtin_mul_overflow(count + 1, interval + timeout, &sum) || __builtin_add_overflow(sum, period, &sum))
                return 0;
        return whole_seconds(sum);
}

static void times(Brew *brew)
{
        enum { STOP = 120, STOP_MARGIN = 30, START = 90 };
        const uint64_t stop_after = whole_seconds(usec_of(brew, OPT_CONTAINER_StopTimeout, 0));
        const uint64_t stop = stop_after + STOP_MARGIN > STOP ? stop_after + STOP_MARGIN : STOP;
        const Str notify = def_text(brew->def, OPT_CONTAINER_Notify).str;
        const uint64_t healthy = healthy_seconds(brew);

        recipe_property(brew->arena, brew->recipe, S("TimeoutStopSec"),
                        LITERAL(arena_fmt(brew->arena, "%llu", (unsigned long long)stop)));
        if (str_is(notify, "healthy") && healthy > START)
                recipe_property(brew->arena, brew->recipe, S("TimeoutStartSec"),
                                LITERAL(arena_fmt(brew->arena, "%llu", (unsigned long long)healthy)));
}

static void needs(Brew *brew)
{
        if (brew->run->scope == SCOPE_SYSTEM && may_pull(brew))
                words_add(brew->arena, &brew->recipe->wants, T("network-online.target"));
        /* So that at shutdown containers stop while there is still a network (T-39). */
        else if (brew->run->scope == SCOPE_SYSTEM)
                words_add(brew->arena, &brew->recipe->after, T("network.target"));

        for (const Value *value = brew->def->set[OPT_CONTAINER_EnvironmentFile]; value; value = value->next)
                backend_needs_mount(brew, value->text);
        backend_needs_mount(brew, def_text(brew->def, OPT_CONTAINER_Rootfs));
        backend_needs_mount(brew, def_text(brew->def, OPT_CONTAINER_ImageFile));
        backend_needs_mount(brew, def_text(brew->def, OPT_CONTAINER_ImageStream));
        backend_needs_mount(brew, def_text(brew->def, OPT_CONTAINER_LoginPasswordFile));
}

/* A container that was asked to stop ends by SIGTERM (143), or by SIGKILL (137) when it does not listen: a clean
 * stop (T-13). 137 is also how one ends that ran out of memory, which is a reason to start it again. */
static void exit_statuses(Brew *brew)
{
        recipe_property(brew->arena, brew->recipe, S("SuccessExitStatus"), T("143 137"));
        if (!brew->container->start && !def_pass(brew->def, PASS_SERVICE, S("Restart")))
                recipe_property(brew->arena, brew->recipe, S("RestartForceExitStatus"), T("137"));
}

static void service(Brew *brew)
{
        recipe_property(brew->arena, brew->recipe, S("Type"), T("notify"));
        recipe_property(brew->arena, brew->recipe, S("NotifyAccess"), T("all"));
        recipe_property(brew->arena, brew->recipe, S("Delegate"), T("yes"));
        recipe_property(brew->arena, brew->recipe, S("KillMode"), T("mixed"));
        recipe_property(brew->arena, brew->recipe, S("RuntimeDirectory"), T("bayplan/%N"));
        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
        /* A container that is started by hand and ends well has done its work (T-35). */
        recipe_property(brew->arena, brew->recipe, S("Restart"), brew->container->start ? T("always") : T("on-failure"));
        exit_statuses(brew);
        words_add(brew->arena, &brew->recipe->environment, T("PODMAN_SYSTEMD_UNIT=%n"));
        times(brew);
}

static void container(Brew *brew)
{
        needs(brew);
        service(brew);
        prepare_image(brew);
        start(brew);
        reload(brew);
        stop(brew);
}

const Backend backend_podman = {
        .engine = ENGINE_PODMAN,
        .calls = calls,
        .container = container,
};
