/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/nspawn.h"

#include "backend/netns.h"
#include "backend/oci.h"
#include "model/check.h"

void nspawn_add(Brew *brew, const char *flag, Text value)
{
        words_add(brew->arena, brew->words, text_join(brew->arena, str_c(flag), value));
}

bool nspawn_is_scratch(const Object *c)
{
        return def_flag(c->def, OPT_CONTAINER_Ephemeral, false) && !def_get(c->def, OPT_CONTAINER_Rootfs);
}

bool nspawn_has_users(const Object *c)
{
        const Value *users = c->engine == ENGINE_NSPAWN ? def_get(c->def, OPT_CONTAINER_PrivateUsers) : NULL;

        return users ? !str_is(users->text.str, "no")
                     : c->engine == ENGINE_NSPAWN && str_is(def_text(c->def, OPT_CONTAINER_UserNS).str, "auto");
}

Text nspawn_root(Brew *brew)
{
        const Text set = def_text(brew->def, OPT_CONTAINER_Rootfs);

        if (set.str.len)
                return set;
        /* In memory, and built in place: --ephemeral would copy it (T-30). */
        if (nspawn_is_scratch(brew->object))
                return T("%t/bayplan/%N/root");
        return LITERAL(arena_fmt(brew->arena, "/var/lib/machines/%.*s", STR_ARG(brew->object->name)));
}

/* What bayplan-rootfs(8) makes of these. */
static const struct {
        OptionId id;
        const char *flag;
} dns_keys[] = {
        { OPT_CONTAINER_DNS, "--dns=" },
        { OPT_CONTAINER_DNSSearch, "--dns-search=" },
        { OPT_CONTAINER_DNSOption, "--dns-option=" },
};

/* The servers that the host asks, for a network of its own with a way out (NSN-06). */
static bool copies_dns(const Object *c)
{
        return def_flag(c->def, OPT_CONTAINER_PrivateNetwork, false) && nspawn_reaches_out(c) &&
               !def_get(c->def, OPT_CONTAINER_ResolvConf) && !def_flag(c->def, OPT_CONTAINER_Ephemeral, false);
}

bool nspawn_takes_dns(const Object *c)
{
        const Def *def = c->def;

        return def_get(def, OPT_CONTAINER_DNS) || def_get(def, OPT_CONTAINER_DNSSearch) || def_get(def, OPT_CONTAINER_DNSOption) ||
               copies_dns(c);
}

/* A zone by name; "local" is what nspawn does anyway. */
static bool has_zone(const Def *def)
{
        return def_get(def, OPT_CONTAINER_Timezone) && !str_is(def_text(def, OPT_CONTAINER_Timezone).str, "local");
}

/* ---- options that are more than a spelling ---- */

static void call_notify(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        (void)value;
        nspawn_add(brew, "--notify-ready=", brew->object->ready == READY_CONTAINER ? T("yes") : T("no"));
}

/* A name alone is the helper's: nspawn would set what is unset to nothing. */
static void call_environment(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next)
                if (!value->bare)
                        nspawn_add(brew, "--setenv=", value->text);
}

static void call_user(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        nspawn_add(brew, "--user=", value->text);
}

/* podman and docker have memory on /run and /tmp then, as nspawn always has, and on /var/tmp. */
static void call_read_only(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        if (!value->flag)
                return;
        words_add(brew->arena, brew->words, T("--read-only"));
        words_add(brew->arena, brew->words, T("--tmpfs=/var/tmp:mode=1777"));
}

static void call_security(Brew *brew, OptionId id, const Value *first)
{
        if (id == OPT_CONTAINER_NoNewPrivileges) {
                nspawn_add(brew, "--no-new-privileges=", first->flag ? T("yes") : T("no"));
                return;
        }
        for (const Value *value = first; value; value = value->next) {
                Str rest = value->text.str, path;

                while (rest.len && str_next(&rest, ':', &path))
                        nspawn_add(brew, "--inaccessible=", (Text){ path, value->text.door });
        }
}

/* "nofile=1024:-1" is "NOFILE=1024:infinity" here. */
static void call_ulimit(Brew *brew, OptionId id, const Value *first)
{
        (void)id;
        for (const Value *value = first; value; value = value->next) {
                Buf buf = BUF(brew->arena);
                Str name, limits, limit;

                if (!str_cut(value->text.str, '=', &name, &limits))
                        continue;
                for (size_t i = 0; i < name.len; i++)
                        buf_char(&buf, name.data[i] >= 'a' && name.data[i] <= 'z' ? (char)(name.data[i] - 'a' + 'A') : name.data[i]);
                for (char parting = '='; limits.len && str_next(&limits, ':', &limit); parting = ':')
                        buf_fmt(&buf, "%c%.*s", parting, STR_ARG(str_is(limit, "-1") ? S("infinity") : limit));
                nspawn_add(brew, "--rlimit=", (Text){ buf_str(&buf), value->text.door });
        }
}

static void call_userns(Brew *brew, OptionId id, const Value *value)
{
        if (id == OPT_CONTAINER_PrivateUsers)
                nspawn_add(brew, "--private-users=", value->text);
        else
                nspawn_add(brew, "--private-users=", str_is(value->text.str, "auto") ? T("pick") : T("no"));
}

static void call_netns(Brew *brew, OptionId id, const Value *value)
{
        (void)id;
        nspawn_join(brew, netns_path(brew->arena, value));
}

static const BackendCall calls[CALL_COUNT] = {
        [CALL_notify] = call_notify,
        [CALL_environment] = call_environment,
        [CALL_user] = call_user,
        [CALL_volume] = nspawn_volume,
        [CALL_mount] = nspawn_mount,
        [CALL_tmpfs] = nspawn_tmpfs,
        [CALL_read_only] = call_read_only,
        [CALL_security] = call_security,
        [CALL_device] = nspawn_device,
        [CALL_secret] = nspawn_secret,
        [CALL_ulimit] = call_ulimit,
        [CALL_userns] = call_userns,
        [CALL_netns] = call_netns,
};

/* ---- capabilities ---- */

typedef struct Caps {
        Words add, drop;
} Caps;

static bool has_word(const Words *words, Str name)
{
        VEC_EACH(const Text, word, words)
                if (str_eq(word->str, name))
                        return true;
        return false;
}

/* Whether nspawn takes a network that is the container's for the host's, or the container needs it for tunnels. */
static bool has_network(const Object *c)
{
        return def_get(c->def, OPT_CONTAINER_Netns) || nspawn_has_namespace(c) || def_flag(c->def, OPT_CONTAINER_EnableTun, false) ||
               str_starts(def_text(c->def, OPT_CONTAINER_Network).str, S("ns:"));
}

static Caps gather_caps(Brew *brew)
{
        const Def *def = brew->def;
        Caps caps = { 0 };

        for (const Value *value = def_get(def, OPT_CONTAINER_AddCapability); value; value = value->next)
                words_add(brew->arena, &caps.add, LITERAL(value->text.str));
        for (const Value *value = def_get(def, OPT_CONTAINER_DropCapability); value; value = value->next)
                words_add(brew->arena, &caps.drop, LITERAL(value->text.str));
        for (const Value *value = def_get(def, OPT_CONTAINER_Capabilities); value; value = value->next)
                words_add(brew->arena, value->flag ? &caps.add : &caps.drop, LITERAL(value->name));
        /* As nspawn does with networks that it makes (NSP-17). */
        if (has_network(brew->object) && !has_word(&caps.add, S("NET_ADMIN")))
                words_add(brew->arena, &caps.add, T("NET_ADMIN"));
        return caps;
}

/* "CAP_A,CAP_B": by commas, blanks would be a part of the name (T-33). */
static void add_caps(Brew *brew, const char *flag, const Words *names)
{
        Buf buf = BUF(brew->arena);

        if (has_word(names, S("ALL")))
                buf_add(&buf, S("all"));
        VEC_EACH(const Text, name, names)
                if (!str_is(buf_str(&buf), "all"))
                        buf_fmt(&buf, "%sCAP_%.*s", buf.len ? "," : "", STR_ARG(name->str));
        if (buf.len)
                nspawn_add(brew, flag, LITERAL(buf_str(&buf)));
}

/* Of both, nspawn drops; podman and docker drop all but what is added. */
static void capabilities(Brew *brew)
{
        Caps caps = gather_caps(brew);
        Words others = { 0 };

        if (has_word(&caps.drop, S("ALL")) && caps.add.count) {
                for (size_t i = 0; i < check_capability_count; i++)
                        if (!has_word(&caps.add, check_capabilities[i]) && !str_is(check_capabilities[i], "ALL"))
                                words_add(brew->arena, &others, LITERAL(check_capabilities[i]));
                caps.drop = others;
        }
        add_caps(brew, "--capability=", &caps.add);
        add_caps(brew, "--drop-capability=", &caps.drop);
}

/* ---- before nspawn ---- */

/* Any credential of the unit, whoever asked for it. */
static bool has_credentials(const Def *def)
{
        static const Str keys[] = { STR_INIT("LoadCredential"), STR_INIT("LoadCredentialEncrypted"),
                                    STR_INIT("SetCredential"), STR_INIT("SetCredentialEncrypted"),
                                    STR_INIT("ImportCredential") };

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                if (def_pass(def, PASS_SERVICE, keys[i]))
                        return true;
        return def_get(def, OPT_CONTAINER_Credential);
}

/* bayplan-nspawn: what is known at the start only becomes words of the command line. */
static void late_words(Brew *brew)
{
        static const Str proxies[] = { STR_INIT("http_proxy"), STR_INIT("https_proxy"), STR_INIT("ftp_proxy"),
                                       STR_INIT("no_proxy"),   STR_INIT("HTTP_PROXY"),  STR_INIT("HTTPS_PROXY"),
                                       STR_INIT("FTP_PROXY"),  STR_INIT("NO_PROXY") };
        const Def *def = brew->def;
        Words words = { 0 };

        if (has_credentials(def))
                words_add(brew->arena, &words, T("--credentials"));
        for (const Value *value = def_get(def, OPT_CONTAINER_EnvironmentFile); value; value = value->next)
                words_add(brew->arena, &words, text_join(brew->arena, S("--environment-file="), value->text));
        for (size_t i = 0; i < ELEMENTS(proxies) && def_flag(def, OPT_CONTAINER_HttpProxy, false); i++)
                words_add(brew->arena, &words, text_join(brew->arena, S("--environment="), LITERAL(proxies[i])));
        for (const Value *value = def_get(def, OPT_CONTAINER_Environment); value; value = value->next)
                if (value->bare)
                        words_add(brew->arena, &words, text_join(brew->arena, S("--environment="), value->text));
        if (!words.count)
                return;
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-nspawn")));
        VEC_EACH(const Text, word, &words)
                oci_add(brew, *word);
        oci_add(brew, T("--"));
}

/* ---- nspawn ---- */

/* Few programs heed signals as process 1, so commands have nspawn's little init there. */
bool nspawn_has_init(const Object *c)
{
        return !object_boots(c) && def_flag(c->def, OPT_CONTAINER_RunInit, true);
}

/* What is process 1, and what nspawn sends to it at the end. */
static void init_words(Brew *brew)
{
        const Text signal = def_text(brew->def, OPT_CONTAINER_StopSignal);

        if (object_boots(brew->object)) {
                oci_add(brew, T("--boot"));
                nspawn_add(brew, "--kill-signal=", signal.str.len ? signal : T("SIGRTMIN+3"));
        } else if (nspawn_has_init(brew->object)) {
                /* To it this means: at once. The command has been asked before. */
                oci_add(brew, T("--as-pid2"));
                oci_add(brew, T("--kill-signal=SIGRTMIN+3"));
        } else {
                nspawn_add(brew, "--kill-signal=", signal.str.len ? signal : T("SIGTERM"));
        }
}

static void root_words(Brew *brew)
{
        const bool ephemeral = def_flag(brew->def, OPT_CONTAINER_Ephemeral, false);

        nspawn_add(brew, "--directory=", nspawn_root(brew));
        /* What is changed lies in memory over a tree that stays as it is: nothing is copied, and nothing left. */
        if (ephemeral && !nspawn_is_scratch(brew->object))
                oci_add(brew, T("--volatile=overlay"));
        if (!object_boots(brew->object))
                oci_add(brew, T("--console=pipe"));
        /* The journal of a system that is thrown away stays in it (EPH-03). */
        else if (!ephemeral)
                oci_add(brew, T("--link-journal=try-guest"));
        else
                oci_add(brew, T("--link-journal=no"));
}

static void start(Brew *brew)
{
        const Def *def = brew->def;

        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START, false);
        late_words(brew);
        oci_add(brew, LITERAL(brew->program));
        oci_add(brew, T("--quiet"));
        oci_add(brew, T("--keep-unit"));
        nspawn_add(brew, "--machine=", LITERAL(brew->object->name));
        root_words(brew);
        init_words(brew);
        capabilities(brew);
        nspawn_network_words(brew);
        if (def_flag(def, OPT_CONTAINER_EnableTun, false))
                oci_add(brew, T("--bind=/dev/net/tun"));
        if (has_zone(def))
                oci_add(brew, T("--timezone=off"));
        backend_options(brew);
        if (!def_get(def, OPT_CONTAINER_Exec) && !def_get(def, OPT_CONTAINER_Entrypoint))
                return;
        oci_add(brew, T("--"));
        backend_values(brew, OPT_CONTAINER_Entrypoint);
        backend_values(brew, OPT_CONTAINER_Exec);
}

/* ---- the service ---- */

static uint64_t stop_seconds(const Brew *brew)
{
        enum { COMMAND = 10, BOOT = 120 };
        const Value *set = def_get(brew->def, OPT_CONTAINER_StopTimeout);

        return set ? (set->usec + 999999) / 1000000 : object_boots(brew->object) ? BOOT : COMMAND;
}

/* bayplan-enter, with brew->words left at its end. */
static void enter(Brew *brew, Phase phase, bool may_fail)
{
        brew->words = recipe_command(brew->arena, brew->recipe, phase, may_fail);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-enter")));
        if (nspawn_has_init(brew->object))
                oci_add(brew, T("--child"));
}

/* A command under the little init gets its signal and its time here. Otherwise the signal is nspawn's, and the time
 * systemd's. */
static void stop(Brew *brew)
{
        enum { MARGIN = 5 };
        const Text signal = def_text(brew->def, OPT_CONTAINER_StopSignal);
        const unsigned long long seconds = stop_seconds(brew);
        const bool asks = nspawn_has_init(brew->object);

        recipe_property(brew->arena, brew->recipe, S("TimeoutStopSec"),
                        LITERAL(arena_fmt(brew->arena, "%llu", seconds + (asks ? MARGIN : 0))));
        if (!asks)
                return;
        enter(brew, PHASE_STOP, true);
        nspawn_add(brew, "--signal=", signal.str.len ? signal : T("SIGTERM"));
        nspawn_add(brew, "--wait=", LITERAL(arena_fmt(brew->arena, "%llus", seconds)));
}

static void reload(Brew *brew)
{
        const Def *def = brew->def;

        if (def_get(def, OPT_CONTAINER_ReloadCmd)) {
                enter(brew, PHASE_RELOAD, false);
                oci_add(brew, T("--"));
                backend_values(brew, OPT_CONTAINER_ReloadCmd);
        } else if (def_get(def, OPT_CONTAINER_ReloadSignal)) {
                enter(brew, PHASE_RELOAD, false);
                nspawn_add(brew, "--signal=", def_text(def, OPT_CONTAINER_ReloadSignal));
        }
}

static void restarts(Brew *brew)
{
        const bool always = brew->object->start && !object_boots(brew->object);

        if (brew->object->ready == READY_COMPLETED)
                return;
        /* A system that has switched itself off stays so; one that reboots ends with 133 (EPH-14, T-40). A command that
         * ends by SIGTERM is a clean stop; of one under the little init nspawn says 255, whatever the signal was. */
        recipe_property(brew->arena, brew->recipe, S("Restart"), always ? T("always") : T("on-failure"));
        const Text statuses = object_boots(brew->object) ? T("133") : T("133 143 255");

        recipe_property(brew->arena, brew->recipe, S("SuccessExitStatus"), statuses);
        recipe_property(brew->arena, brew->recipe, S("RestartForceExitStatus"), object_boots(brew->object) ? statuses : T("133 255"));
}

/* The standard devices, pseudo terminals, and those that are named (NSN-38). */
static void devices(Brew *brew)
{
        recipe_property(brew->arena, brew->recipe, S("DevicePolicy"), T("closed"));
        recipe_listed(brew->arena, brew->recipe, S("DeviceAllow"), T("char-pts rw"));
        if (def_flag(brew->def, OPT_CONTAINER_EnableTun, false))
                recipe_listed(brew->arena, brew->recipe, S("DeviceAllow"), T("/dev/net/tun rwm"));
}

static void service(Brew *brew)
{
        Arena *arena = brew->arena;
        Recipe *recipe = brew->recipe;

        oci_type(brew, T("main"));
        recipe_property(arena, recipe, S("Delegate"), T("yes"));
        recipe_property(arena, recipe, S("KillMode"), T("mixed"));
        recipe_property(arena, recipe, S("Slice"), T("machine.slice"));
        recipe_property(arena, recipe, S("RuntimeDirectory"), T("bayplan/%N"));
        recipe_property(arena, recipe, S("SyslogIdentifier"), T("%N"));
        devices(brew);
        restarts(brew);
        /* Else a tree that never gets ready would hold up those that wait for it (NSN-25). */
        if (object_boots(brew->object) && brew->object->ready != READY_COMPLETED)
                recipe_property(arena, recipe, S("TimeoutStartSec"), T("1min"));
        words_add(arena, &recipe->environment, T("SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1"));
        /* Nothing is made in a tree that is to stay as it is: os-release may be a link to what is mounted later (T-32). */
        if (def_flag(brew->def, OPT_CONTAINER_Ephemeral, false) && !nspawn_is_scratch(brew->object))
                words_add(arena, &recipe->environment, T("SYSTEMD_NSPAWN_CHECK_OS_RELEASE=0"));
}

static void needs(Brew *brew)
{
        const Def *def = brew->def;

        /* So that at shutdown it stops while there is still a network (T-39). */
        words_add(brew->arena, &brew->recipe->after, T("network.target"));
        if (!nspawn_is_scratch(brew->object))
                backend_needs_mount(brew, nspawn_root(brew));
        for (const Value *value = def_get(def, OPT_CONTAINER_EnvironmentFile); value; value = value->next)
                backend_needs_file(brew, value->text);
        for (const Value *value = def_get(def, OPT_CONTAINER_Credential); value; value = value->next)
                oci_load_credential(brew, value->credential, value->text.door);
}

/* Where nspawn itself mounts memory first. */
static bool is_in_memory(Str path)
{
        static const Str places[] = { STR_INIT("/run/"), STR_INIT("/tmp/"), STR_INIT("/dev/"), STR_INIT("/proc/"), STR_INIT("/sys/") };

        for (size_t i = 0; i < ELEMENTS(places); i++)
                if (str_starts(path, places[i]))
                        return true;
        return false;
}

/* In a tree that it mounts read-only nspawn cannot make the places where it mounts what the keys say. */
static void mount_points(Brew *brew)
{
        static const struct {
                OptionId id;
                BackendCall call;
        } rows[] = {
                { OPT_CONTAINER_Volume, nspawn_volume },
                { OPT_CONTAINER_Mount, nspawn_mount },
                { OPT_CONTAINER_Tmpfs, nspawn_tmpfs },
                { OPT_CONTAINER_Secret, nspawn_secret },
        };
        Words *command = brew->words, mounts = { 0 };

        brew->words = &mounts;
        for (size_t i = 0; i < ELEMENTS(rows); i++)
                rows[i].call(brew, rows[i].id, def_get(brew->def, rows[i].id));
        brew->words = command;
        VEC_EACH(const Text, mount, &mounts) {
                const bool memory = str_starts(mount->str, S("--tmpfs="));
                Str rest = str_skip(mount->str, str_find(mount->str, '=') + 1), source = { 0 }, path;

                if (!memory)
                        str_next(&rest, ':', &source);
                if (rest.len && str_next(&rest, ':', &path) && !is_in_memory(path))
                        nspawn_add(brew, "--mount-point=", (Text){ arena_join(brew->arena, source, S(":"), path), mount->door });
        }
}

/* A tree that is to stay as it is has to be ready as it is. */
static void prepare_root(Brew *brew)
{
        const Def *def = brew->def;
        const bool scratch = nspawn_is_scratch(brew->object);

        brew->words = recipe_command(brew->arena, brew->recipe, PHASE_START_PRE, false);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-rootfs")));
        nspawn_add(brew, "--machine=", LITERAL(brew->object->name));
        if (def_flag(def, OPT_CONTAINER_Ephemeral, false) && !scratch)
                return;
        if (scratch)
                oci_add(brew, T("--empty"));
        if (def_get(def, OPT_CONTAINER_Rootfs))
                nspawn_add(brew, "--link=", LITERAL(arena_fmt(brew->arena, "/var/lib/machines/%.*s", STR_ARG(brew->object->name))));
        if (copies_dns(brew->object))
                oci_add(brew, T("--resolv-conf"));
        if (has_zone(def))
                nspawn_add(brew, "--timezone=", def_text(def, OPT_CONTAINER_Timezone));
        for (size_t i = 0; i < ELEMENTS(dns_keys); i++)
                for (const Value *value = def_get(def, dns_keys[i].id); value; value = value->next)
                        nspawn_add(brew, dns_keys[i].flag, value->text);
        if (def_flag(def, OPT_CONTAINER_ReadOnly, false))
                mount_points(brew);
        oci_add(brew, nspawn_root(brew));
}

static void container(Brew *brew)
{
        needs(brew);
        service(brew);
        prepare_root(brew);
        nspawn_prepare_network(brew);
        oci_prepare_secrets(brew);
        oci_prepare_volumes(brew);
        start(brew);
        reload(brew);
        stop(brew);
        nspawn_end_network(brew);
}

const Backend backend_nspawn = {
        .engine = ENGINE_NSPAWN,
        .calls = calls,
        .check = nspawn_check,
        .leave = nspawn_leave_network,
        .make = { [KIND_CONTAINER] = container, [KIND_VOLUME] = oci_volume_unit },
};
