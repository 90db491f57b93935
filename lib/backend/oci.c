/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/oci.h"

#include "backend/nspawn.h"
#include "base/fs.h"
#include "model/refer.h"

#include <fcntl.h>

Str oci_unit_label(Engine engine)
{
        static const Str labels[ENGINE_COUNT] = {
                [ENGINE_PODMAN] = STR_INIT("PODMAN_SYSTEMD_UNIT"),
                [ENGINE_DOCKER] = STR_INIT("OBJECT_SYSTEMD_UNIT"),
        };

        return labels[engine];
}

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
Text oci_json_words(Brew *brew, const Value *first)
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

/* ---- options ---- */

static uint64_t whole_seconds(uint64_t usec)
{
        return (usec + 999999) / 1000000;
}

Text oci_sdnotify(Ready ready)
{
        static const Str modes[READY_COUNT] = {
                [READY_RUNNING] = STR_INIT("--sdnotify=conmon"),
                [READY_HEALTHY] = STR_INIT("--sdnotify=healthy"),
                [READY_CONTAINER] = STR_INIT("--sdnotify=container"),
        };

        return (Text){ modes[ready], DOOR_SYSTEMD };
}

void oci_stop_timeout(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        oci_flag(brew, "--stop-timeout",
             LITERAL(arena_number(brew->arena, whole_seconds(value->usec))));
}

void oci_user(Brew *brew, OptionId id, const Value *value)
{
        const Text group = def_text(brew->def, OPT_CONTAINER_Group);

        (void)id;
        oci_flag(brew, "--user",
                 group.str.len ? text_concat(brew->arena,
                                             (const Text[]){ value->text, text_join(brew->arena, S(":"), group) }, 2)
                               : value->text);
}

void oci_volatile_tmp(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        /* ReadOnly= brings its own. */
        if (value->flag && !def_flag(brew->def, OPT_CONTAINER_ReadOnly, false))
                oci_flag(brew, "--tmpfs", T("/tmp:rw,size=512M,mode=1777"));
}

void oci_capabilities(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next)
                oci_flag(brew, value->flag ? "--cap-add" : "--cap-drop", LITERAL(value->name));
}

void oci_security(Brew *brew, OptionId id, const Value *first)
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
                                oci_flag(brew, "--security-opt",
                                     boolean ? (Text){ rows[i].prefix, DOOR_SYSTEMD }
                                             : text_join(brew->arena, rows[i].prefix, value->text));
        }
}

/* LoadCredential=NAME[:PATH] of the unit. */
void oci_load_credential(Brew *brew, const Credential *credential, Door door)
{
        recipe_listed(brew->arena, brew->recipe,
                        credential->encrypted ? S("LoadCredentialEncrypted") : S("LoadCredential"),
                        (Text){ credential->path.len ? arena_join(brew->arena, credential->name, S(":"), credential->path)
                                                     : credential->name,
                                door });
        if (credential->path.len)
                backend_needs_mount(brew, (Text){ credential->path, door });
}

Text oci_secret_target(Brew *brew, const Value *value)
{
        const Secret *secret = value->secret;
        const Str target = secret->target.len ? secret->target : secret->credential.name;

        return (Text){ str_starts(target, S("/")) ? target : arena_join(brew->arena, S("/run/secrets/"), target),
                       value->text.door };
}

static bool has_owner(const Brew *brew, const Secret *secret)
{
        /* What systemd keeps cannot be mapped to other users; the copy can. */
        if (nspawn_has_users(brew->object))
                return true;
        return secret->uid.len || secret->gid.len || secret->mode.len;
}

/* Where the container's file of the credential lies on the host. systemd's own is for root to read; a copy with
 * another owner lies in the unit's runtime directory, in memory, until the unit stops. */
Str oci_secret_source(Brew *brew, const Secret *secret)
{
        return arena_fmt(brew->arena, has_owner(brew, secret) ? "%%t/bayplan/%%N/secret.%.*s" : "%%d/%.*s",
                         STR_ARG(secret->credential.name));
}

/* A secret never is an argument: these are names of files (T-16). */
void oci_secret(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                if (!value->secret || !value->secret->is_credential) {
                        oci_flag(brew, "--secret", value->text);
                        continue;
                }

                const Text target = oci_secret_target(brew, value);

                oci_flag(brew, "--volume",
                         (Text){ arena_join(brew->arena, oci_secret_source(brew, value->secret), S(":"), target.str, S(":ro")),
                                 DOOR_SYSTEMD });
        }
}

void oci_prepare_secrets(Brew *brew)
{
        for (const Value *value = def_get(brew->def, OPT_CONTAINER_Secret); value; value = value->next) {
                const Secret *secret = value->secret;

                if (!secret || !secret->is_credential)
                        continue;

                const struct {
                        const char *name;
                        Str text;
                } owner[] = { { "--uid=", secret->uid }, { "--gid=", secret->gid }, { "--mode=", secret->mode } };

                oci_load_credential(brew, &secret->credential, value->text.door);
                if (!has_owner(brew, secret))
                        continue;
                brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START_PRE, false);
                oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-secret")));
                for (size_t i = 0; i < ELEMENTS(owner); i++)
                        if (owner[i].text.len)
                                oci_add(brew, text_join(brew->arena, str_c(owner[i].name), LITERAL(owner[i].text)));
                oci_add(brew, LITERAL(secret->credential.name));
                oci_add(brew, (Text){ oci_secret_source(brew, secret), DOOR_SYSTEMD });
        }
}

/* "-/dev/x" may be missing; looked at now, since podman has no such option. */
void oci_device(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                const bool optional = str_starts(value->text.str, S("-"));
                const Str device = str_skip(value->text.str, optional);
                Str host = device, rest;
                struct stat st;

                str_cut(device, ':', &host, &rest);
                if (!optional || fs_stat(AT_FDCWD, arena_c(brew->arena, host), &st) == 0)
                        oci_flag(brew, "--device", (Text){ device, value->text.door });
        }
}

void oci_begin_words(Brew *brew)
{
        const OptionId modules = option_common(brew->def->kind, COMMON_MODULES);

        oci_add(brew, LITERAL(brew->program));
        for (const Value *value = def_get(brew->def, modules); value; value = value->next)
                oci_add(brew, text_join(brew->arena, S("--module="), value->text));
        backend_values(brew, option_common(brew->def->kind, COMMON_GLOBAL_ARGS));
}

void oci_begin(Brew *brew, Phase phase, bool may_fail)
{
        brew->words = recipe_command(brew->arena, brew->recipe, phase, may_fail);
        oci_begin_words(brew);
}

static void helper_engine_args(Brew *brew)
{
        const OptionId modules = option_common(brew->def->kind, COMMON_MODULES);
        const OptionId global = option_common(brew->def->kind, COMMON_GLOBAL_ARGS);

        for (const Value *value = def_get(brew->def, modules); value; value = value->next)
                oci_add(brew, text_join(brew->arena, S("--engine-arg=--module="), value->text));
        for (const Value *value = def_get(brew->def, global); value; value = value->next)
                oci_add(brew, text_join(brew->arena, S("--engine-arg="), value->text));
}

void oci_helper_engine(Brew *brew)
{
        oci_add(brew, text_join(brew->arena, S("--engine="), LITERAL(engine_name(brew->object->engine))));
        oci_add(brew, text_join(brew->arena, S("--engine-path="), LITERAL(brew->program)));
        helper_engine_args(brew);
}

void oci_supervise(Brew *brew)
{
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-supervise")));
        if (brew->object->engine != ENGINE_DOCKER)
                oci_add(brew, text_join(brew->arena, S("--engine="), LITERAL(engine_name(brew->object->engine))));
        oci_add(brew, text_join(brew->arena, S("--name="), LITERAL(brew->object->name)));
        if (brew->object->ready == READY_HEALTHY)
                oci_add(brew, T("--ready=healthy"));
        helper_engine_args(brew);
        oci_add(brew, T("--"));
}

Text oci_network_name(Brew *brew, const Value *value, Str *ret_options)
{
        const Object *object = object_linked(brew->object, value);
        const Str name = refer_name(OPT_CONTAINER_Network, value);

        *ret_options = name.len ? str_skip(value->text.str, name.len) : (Str){ 0 };
        if (object)
                return object_name(object);
        return name.len ? LITERAL(name) : value->text;
}

/* Whose runtime directory must be there, with the bus of his manager: podman's health checks are its timers. It is
 * there as long as he is logged in or lingers (loginctl(1) enable-linger). */
void oci_rootless(Brew *brew)
{
        const Object *object = brew->object;

        if (!object->run_as.len)
                return;
        words_add(brew->arena, &brew->recipe->requires, LITERAL(arena_fmt(brew->arena, "user@%u.service", object->uid)));
        words_add(brew->arena, &brew->recipe->environment,
                  LITERAL(arena_fmt(brew->arena, "XDG_RUNTIME_DIR=/run/user/%u", object->uid)));
        words_add(brew->arena, &brew->recipe->environment,
                  LITERAL(arena_fmt(brew->arena, "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/%u/bus", object->uid)));
}

/* ---- the service ---- */

void oci_needs(Brew *brew)
{
        oci_needs_pull(brew);
        /* So that at shutdown containers stop while there is still a network (T-39). */
        if (brew->run->scope == SCOPE_SYSTEM && !oci_may_pull(brew))
                words_add(brew->arena, &brew->recipe->after, T("network.target"));

        for (const Value *value = def_get(brew->def, OPT_CONTAINER_EnvironmentFile); value; value = value->next)
                backend_needs_file(brew, value->text);
        backend_needs_mount(brew, def_text(brew->def, OPT_CONTAINER_Rootfs));
        backend_needs_file(brew, def_text(brew->def, OPT_CONTAINER_ImageFile));
        backend_needs_file(brew, def_text(brew->def, OPT_CONTAINER_ImageStream));
        backend_needs_file(brew, def_text(brew->def, OPT_CONTAINER_LoginPasswordFile));
}

static uint64_t usec_of(const Brew *brew, OptionId id, uint64_t fallback)
{
        const Value *value = def_get(brew->def, id);

        return value && !str_is(value->text.str, "disable") ? value->usec : fallback;
}

/* With Notify=healthy a start takes as long as the probes may: else systemd would kill a container that is
 * still within its rights (T-36). podman's defaults where nothing is set. */
uint64_t oci_healthy_seconds(const Brew *brew)
{
        static const uint64_t second = 1000000;
        const Value *retries = def_get(brew->def, OPT_CONTAINER_HealthRetries);
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
        const uint64_t healthy = oci_healthy_seconds(brew);

        recipe_property(brew->arena, brew->recipe, S("TimeoutStopSec"),
                        LITERAL(arena_number(brew->arena, stop)));
        if (brew->object->ready == READY_HEALTHY && healthy > START)
                recipe_property(brew->arena, brew->recipe, S("TimeoutStartSec"),
                                LITERAL(arena_number(brew->arena, healthy)));
}

void oci_type(Brew *brew, Text access)
{
        const bool completed = brew->object->ready == READY_COMPLETED;

        recipe_property(brew->arena, brew->recipe, S("Type"), completed ? T("oneshot") : T("notify"));
        /* Not for a job that only its own timer starts: it could not be started again. */
        if (brew->object->completes)
                recipe_property(brew->arena, brew->recipe, S("RemainAfterExit"), T("yes"));
        /* The helpers that run before the start extend its time-out. */
        recipe_property(brew->arena, brew->recipe, S("NotifyAccess"), access);
}

/* A container that was asked to stop ends by SIGTERM (143), or by SIGKILL (137) when it does not listen: a clean
 * stop (T-13). 137 is also how one ends that ran out of memory, which is a reason to start it again. */
static void exit_statuses(Brew *brew)
{
        recipe_property(brew->arena, brew->recipe, S("SuccessExitStatus"), T("143 137"));
        if (!brew->object->start && !def_pass(brew->def, PASS_SERVICE, S("Restart")))
                recipe_property(brew->arena, brew->recipe, S("RestartForceExitStatus"), T("137"));
}

void oci_service(Brew *brew)
{
        /* One that is to complete either has or has failed; systemd refuses more for oneshot (T-07). */
        if (brew->object->ready != READY_COMPLETED) {
                /* A container that is started by hand and ends well has done its work (T-35). */
                recipe_property(brew->arena, brew->recipe, S("Restart"),
                                brew->object->start ? T("always") : T("on-failure"));
                exit_statuses(brew);
        }
        times(brew);
}

void oci_reload(Brew *brew)
{
        if (def_get(brew->def, OPT_CONTAINER_ReloadCmd)) {
                oci_begin(brew, PHASE_RELOAD, false);
                oci_add(brew, T("exec"));
                oci_add(brew, object_self(brew->object));
                backend_values(brew, OPT_CONTAINER_ReloadCmd);
        } else if (def_get(brew->def, OPT_CONTAINER_ReloadSignal)) {
                oci_begin(brew, PHASE_RELOAD, false);
                oci_add(brew, T("kill"));
                oci_flag(brew, "--signal", def_text(brew->def, OPT_CONTAINER_ReloadSignal));
                oci_add(brew, object_self(brew->object));
        }
}
