/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pods: real ones on podman, on docker a network that the members join. The same names resolve and the same ports
 * answer on both (POD-13 … POD-19). */

#include "backend/oci.h"

#include "model/pod.h"

/* ---- ports ---- */

/* A port alone is the container's: any port of the host is written "ADDRESS::PORT". */
static Text port_text(Brew *brew, const Value *value)
{
        const Value *set = brew->fleet->defaults ? def_get(brew->fleet->defaults, OPT_DEFAULTS_PublishAddress) : NULL;
        const Text address = set ? set->text : T("127.0.0.1");
        Str host, rest;

        /* Engines take all addresses when they are told none. */
        if (str_starts(value->text.str, S("*:")))
                return (Text){ str_skip(value->text.str, str_starts(value->text.str, S("*::")) ? 3 : 2), value->text.door };
        /* An address was written; of a late value only the number of colons is known. */
        if (str_starts(value->text.str, S("[")) ||
            (str_cut(value->text.str, ':', &host, &rest) && str_contains(rest, ':')))
                return value->text;

        const bool ip6 = str_contains(address.str, ':');
        const char *colon = str_contains(value->text.str, ':') ? ":" : "::";
        const Str on = arena_fmt(brew->arena, "%s%.*s%s%s", ip6 ? "[" : "", STR_ARG(address.str), ip6 ? "]" : "", colon);

        return text_concat(brew->arena, (const Text[]){ { on, address.door }, value->text }, 2);
}

static void publish(Brew *brew, const Value *first)
{
        for (const Value *value = first; value; value = value->next)
                oci_flag(brew, "--publish", port_text(brew, value));
}

/* podman publishes the ports of members on the pod: T-25. */
void oci_publish(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        if (!brew->object->pod || brew->object->engine != ENGINE_PODMAN)
                publish(brew, first);
}

/* ---- members ---- */

/* In a pod of podman all ports are open to the members, and it refuses the flag. */
void oci_expose(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        if (def_get(brew->def, OPT_CONTAINER_Pod) && brew->object->engine == ENGINE_PODMAN)
                return;
        for (const Value *value = first; value; value = value->next)
                oci_flag(brew, "--expose", value->text);
}

/* Members find each other by name, as on a network of docker; here they are all at home. */
static void member_hosts(Brew *brew, const Object *pod)
{
        VEC_EACH(Object *const, member, &pod->members)
                if (pod_has(*member))
                        oci_flag(brew, "--add-host",
                                 text_concat(brew->arena, (const Text[]){ object_name(*member), T(":127.0.0.1") }, 2));
}

void oci_pod_names(Brew *brew, const Object *pod)
{
        static const struct {
                OptionId id;
                const char *flag;
        } rows[] = {
                { OPT_POD_DNS, "--dns" },
                { OPT_POD_DNSOption, "--dns-option" },
                { OPT_POD_DNSSearch, "--dns-search" },
                { OPT_POD_AddHost, "--add-host" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                for (const Value *value = def_get(pod->def, rows[i].id); value; value = value->next)
                        oci_flag(brew, rows[i].flag, value->text);
}

void oci_join_pod(Brew *brew, OptionId id, const Value *value)
{
        const Object *pod = brew->object->pod;

        (void)id;
        oci_add(brew, text_join(brew->arena, S("--pod="), pod ? object_name(pod) : value->text));
        /* A pod in the host's network shares none with its members, and so nothing that belongs to one. */
        if (pod && str_is(pod_mode(pod), "host")) {
                oci_pod_names(brew, pod);
                member_hosts(brew, pod);
        }
}

/* ---- options of pods ---- */

void oci_exit_policy(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        /* A member that is restarted alone must not take the others with it. */
        oci_flag(brew, "--exit-policy", value ? value->text : T("continue"));
}

void oci_pod_publish(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        publish(brew, first);
}

void oci_pod_aliases(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next)
                oci_flag(brew, "--network-alias", value->text);
}

void oci_pod_hosts(Brew *brew, OptionId id, const Value *first)
{
        const Str mode = pod_mode(brew->object);

        (void)id;
        /* podman ignores them where it makes no hosts file of the pod's. */
        if (str_is(mode, "host") || str_is(mode, "none"))
                return;
        for (const Value *value = first; value; value = value->next)
                oci_flag(brew, "--add-host", value->text);
        member_hosts(brew, brew->object);
}

/* ---- units ---- */

/* A name for others on the pod's network: only a bridge has them, and podman refuses them elsewhere. What it
 * takes without being told is a bridge for root, and pasta or slirp4netns for a user. */
static bool has_names(const Brew *brew)
{
        static const Str modes[] = { STR_INIT("host"),        STR_INIT("none"),  STR_INIT("ns"),
                                     STR_INIT("slirp4netns"), STR_INIT("pasta"), STR_INIT("private") };
        const Str mode = pod_mode(brew->object);

        if (!mode.len)
                return brew->run->scope == SCOPE_SYSTEM && !brew->object->run_as.len;
        for (size_t i = 0; i < ELEMENTS(modes); i++)
                if (str_eq(mode, modes[i]))
                        return false;
        return true;
}

static void gather_members(Brew *brew)
{
        VEC_EACH(Object *const, member, &brew->object->members) {
                if (!pod_has(*member))
                        continue;
                if (has_names(brew))
                        oci_flag(brew, "--network-alias", object_name(*member));
                /* Those of Quadlet say so themselves, as they do in a pod of theirs. */
                if (!(*member)->def->profile->quadlet)
                        publish(brew, def_get((*member)->def, OPT_CONTAINER_PublishPort));
        }
}

static uint64_t stop_seconds(const Brew *brew)
{
        const Value *value = def_get(brew->def, OPT_POD_StopTimeout);

        return value ? (value->usec + 999999) / 1000000 : 10;
}

static void pod_command(Brew *brew, Phase phase, const char *verb, bool may_fail)
{
        oci_begin(brew, phase, may_fail);
        oci_add(brew, T("pod"));
        oci_add(brew, LITERAL(str_c(verb)));
}

/* The infra container's conmon is the main process: the pod is seen to end when that ends. Members are not bound to
 * the unit: after a pod that has ended its members are removed with it, so each starts again as after any other end, and
 * the unit first. With BindsTo= systemd would stop them in the midst of that, and forget the one that ended a moment
 * before. */
void oci_pod_unit(Brew *brew)
{
        const Text name = LITERAL(brew->object->name);
        const uint64_t stop = stop_seconds(brew);

        recipe_property(brew->arena, brew->recipe, S("Type"), T("forking"));
        recipe_property(brew->arena, brew->recipe, S("PIDFile"), T("%t/bayplan/%N/pid"));
        /* podman of a user leaves a cgroup that is not his, and systemd takes no main process from outside. */
        if (brew->object->run_as.len)
                recipe_property(brew->arena, brew->recipe, S("Delegate"), T("yes"));
        recipe_property(brew->arena, brew->recipe, S("RuntimeDirectory"), T("bayplan/%N"));
        recipe_property(brew->arena, brew->recipe, S("SyslogIdentifier"), T("%N"));
        /* One that ends with its last member has done so with success; any other one only ends when somebody
         * takes it away. */
        recipe_property(brew->arena, brew->recipe, S("Restart"),
                        str_is(def_text(brew->def, OPT_POD_ExitPolicy).str, "stop") ? T("on-failure") : T("always"));
        recipe_property(brew->arena, brew->recipe, S("TimeoutStopSec"),
                        LITERAL(arena_number(brew->arena, stop + 60)));
        words_add(brew->arena, &brew->recipe->environment, T("PODMAN_SYSTEMD_UNIT=%n"));
        oci_rootless(brew);

        oci_prepare_volumes(brew);
        oci_await_addresses(brew);

        pod_command(brew, PHASE_START_PRE, "create", false);
        oci_add(brew, T("--infra-conmon-pidfile=%t/bayplan/%N/pid"));
        oci_add(brew, T("--replace"));
        oci_add(brew, text_join(brew->arena, S("--name="), name));
        oci_add(brew, LITERAL(arena_fmt(brew->arena, "--infra-name=%.*s-infra", STR_ARG(name.str))));
        backend_options(brew);
        gather_members(brew);

        pod_command(brew, PHASE_START, "start", false);
        oci_add(brew, name);

        pod_command(brew, PHASE_STOP, "stop", false);
        oci_add(brew, T("--ignore"));
        oci_add(brew, LITERAL(arena_fmt(brew->arena, "--time=%llu", (unsigned long long)stop)));
        oci_add(brew, name);

        pod_command(brew, PHASE_STOP_POST, "rm", true);
        oci_add(brew, T("--ignore"));
        oci_add(brew, T("--force"));
        oci_add(brew, name);
}
