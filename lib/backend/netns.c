/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "backend/netns.h"

#include "backend/oci.h"

Text netns_path(Arena *arena, const Value *value)
{
        return str_starts(value->text.str, S("/")) ? value->text : text_join(arena, S("/run/netns/"), value->text);
}

Text netns_resolv_conf(Arena *arena, const Object *container)
{
        static const OptionId keys[] = { OPT_NETNS_DNS, OPT_NETNS_DNSSearch, OPT_NETNS_DNSOption };

        VEC_EACH(const Dependency, dependency, &container->depends) {
                const Def *def = dependency->object->def;

                for (size_t i = 0; i < ELEMENTS(keys) && def->kind == KIND_NETNS; i++)
                        if (def_get(def, keys[i]))
                                return LITERAL(arena_join(arena, S("/etc/netns/"), def->name, S("/resolv.conf")));
        }
        return (Text){ 0 };
}

/* ---- words of bayplan-netns ---- */

static void add_values(Brew *brew, const char *name, OptionId id)
{
        for (const Value *value = def_get(brew->def, id); value; value = value->next)
                oci_add(brew, text_join(brew->arena, str_c(name), LITERAL(value->text.str)));
}

static void add_command(Brew *brew, Phase phase)
{
        brew->words = recipe_command(brew->arena, brew->recipe, phase, false);
        oci_add(brew, LITERAL(BACKEND_HELPER("bayplan-netns")));
}

static void add_verb(Brew *brew, Text verb)
{
        oci_add(brew, verb);
        oci_add(brew, LITERAL(brew->def->name));
}

static void add_start(Brew *brew)
{
        static const struct {
                const char *name;
                OptionId id;
        } rows[] = {
                { "--sysctl=", OPT_NETNS_Sysctl },
                { "--bridge=", OPT_NETNS_Bridge },
                { "--veth=", OPT_NETNS_Veth },
                { "--macvlan=", OPT_NETNS_Macvlan },
                { "--interface=", OPT_NETNS_Interface },
                { "--wireguard=", OPT_NETNS_WireGuard },
                { "--wireguard-peer=", OPT_NETNS_WireGuardPeer },
                { "--route=", OPT_NETNS_Route },
                { "--gateway=", OPT_NETNS_Gateway },
                { "--dns=", OPT_NETNS_DNS },
                { "--dns-search=", OPT_NETNS_DNSSearch },
                { "--dns-option=", OPT_NETNS_DNSOption },
        };
        const Value *forward = def_get(brew->def, OPT_NETNS_IPForward);

        add_command(brew, PHASE_START);
        if (forward && forward->families & DEVICE_IP4)
                oci_add(brew, T("--forward=ipv4"));
        if (forward && forward->families & DEVICE_IP6)
                oci_add(brew, T("--forward=ipv6"));
        for (size_t i = 0; i < ELEMENTS(rows); i++)
                add_values(brew, rows[i].name, rows[i].id);
        add_verb(brew, T("add"));
}

static void add_stop(Brew *brew)
{
        add_command(brew, PHASE_STOP_POST);
        if (def_flag(brew->def, OPT_NETNS_KillProcesses, false))
                oci_add(brew, T("--kill"));
        add_verb(brew, T("del"));
}

/* Keys that are in the hands of root alone come by systemd. */
static void add_credentials(Brew *brew, OptionId id)
{
        for (const Value *value = def_get(brew->def, id); value; value = value->next) {
                const Str name = value->device->key_credential;

                if (name.len)
                        recipe_listed(brew->arena, brew->recipe, S("LoadCredential"), LITERAL(name));
                if (value->device->key_file.len)
                        backend_needs_file(brew, LITERAL(value->device->key_file));
        }
}

/* Of a peer: whether it takes a name server to find it. */
static bool is_by_name(const Device *peer)
{
        Str host = str_first(peer->endpoint, str_rfind(peer->endpoint, ':'));
        Address address;

        return host.len && host.data[0] != '[' && !address_parse(host, &address);
}

/* What is made on a device of the host, or with it, has to wait for those who set up the network. */
static void add_needs(Brew *brew)
{
        bool device = def_get(brew->def, OPT_NETNS_Macvlan) || def_get(brew->def, OPT_NETNS_Interface), online = false;

        for (const Value *veth = def_get(brew->def, OPT_NETNS_Veth); veth; veth = veth->next)
                device |= !veth->device->peer.len && veth->device->peer_bridge.len;
        for (const Value *peer = def_get(brew->def, OPT_NETNS_WireGuardPeer); peer; peer = peer->next)
                online |= is_by_name(peer->device);
        if (device)
                words_add(brew->arena, &brew->recipe->after, T("network.target"));
        if (online)
                words_add(brew->arena, &brew->recipe->wants, T("network-online.target"));
}

static void make(Brew *brew)
{
        add_needs(brew);
        add_credentials(brew, OPT_NETNS_WireGuard);
        add_credentials(brew, OPT_NETNS_WireGuardPeer);
        add_start(brew);
        add_stop(brew);
}

static const BackendCall calls[CALL_COUNT] = { NULL };

const Backend backend_netns = {
        .calls = calls,
        .make = { [KIND_NETNS] = make },
        .leave = add_stop,
};
