/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/netns.h"

#include "base/nearest.h"
#include "model/machine.h"

#include <stdlib.h>

/* Keys whose values are devices of the namespace. */
static const OptionId device_keys[] = { OPT_NETNS_Veth, OPT_NETNS_Bridge, OPT_NETNS_Macvlan, OPT_NETNS_Interface,
                                        OPT_NETNS_WireGuard };

/* ---- one definition ---- */

static bool needs(Run *run, const Value *value, OptionId id, Str option, bool has)
{
        return has || diag(run->diags, DIAG_DEVICE_NEEDS, value->at, option_info(id)->key, option);
}

static bool require_values(Run *run, const Def *def)
{
        bool ok = true;

        for (const Value *value = def_get(def, OPT_NETNS_Macvlan); value; value = value->next)
                ok &= needs(run, value, OPT_NETNS_Macvlan, S("parent="), value->device->parent.len);
        for (const Value *value = def_get(def, OPT_NETNS_WireGuard); value; value = value->next)
                ok &= needs(run, value, OPT_NETNS_WireGuard, S("private-key-file= or private-key-credential="),
                            value->device->key_file.len || value->device->key_credential.len);
        for (const Value *value = def_get(def, OPT_NETNS_WireGuardPeer); value; value = value->next)
                ok &= needs(run, value, OPT_NETNS_WireGuardPeer, S("allowed-ips="), value->device->addresses.count);
        for (const Value *value = def_get(def, OPT_NETNS_Route); value; value = value->next)
                ok &= needs(run, value, OPT_NETNS_Route, S("gateway= or device="),
                            value->device->gateway.text.len || value->device->device.len);
        for (const Value *value = def_get(def, OPT_NETNS_Sysctl); value; value = value->next)
                if (!str_starts(value->name, S("net.")) && !str_starts(value->name, S("net/")))
                        ok = diag(run->diags, DIAG_NETNS_SYSCTL, value->at, value->name);
        return ok;
}

/* With a mount namespace of its own the service would put the name where nobody else sees it (T-01). */
static bool require_no_sandbox(Run *run, const Def *def)
{
        static const Str keys[] = {
                STR_INIT("BindPaths"),           STR_INIT("BindReadOnlyPaths"),     STR_INIT("DynamicUser"),
                STR_INIT("ExecPaths"),           STR_INIT("InaccessiblePaths"),     STR_INIT("MountFlags"),
                STR_INIT("NetworkNamespacePath"), STR_INIT("NoExecPaths"),          STR_INIT("PrivateDevices"),
                STR_INIT("PrivateMounts"),       STR_INIT("PrivateNetwork"),        STR_INIT("PrivateTmp"),
                STR_INIT("PrivateUsers"),        STR_INIT("ProcSubset"),            STR_INIT("ProtectControlGroups"),
                STR_INIT("ProtectHome"),         STR_INIT("ProtectHostname"),       STR_INIT("ProtectKernelLogs"),
                STR_INIT("ProtectKernelModules"), STR_INIT("ProtectKernelTunables"), STR_INIT("ProtectProc"),
                STR_INIT("ProtectSystem"),       STR_INIT("ReadOnlyPaths"),         STR_INIT("ReadWritePaths"),
                STR_INIT("RootDirectory"),       STR_INIT("RootImage"),             STR_INIT("TemporaryFileSystem"),
                STR_INIT("User"),
        };
        bool ok = true;

        VEC_EACH(const PassLine, line, &def->pass[PASS_SERVICE])
                if (str_index(line->key, keys, ELEMENTS(keys)) < ELEMENTS(keys))
                        ok = diag(run->diags, DIAG_DENIED_DIRECTIVE, line->at, line->key, S("Service"),
                                  S("what makes a namespace runs as root, without a sandbox"));
        return ok;
}

bool netns_require(Run *run, const Object *c)
{
        bool ok = true;

        if (run->scope == SCOPE_USER)
                return diag(run->diags, DIAG_NETNS_USER, c->def->at);
        if (c->def->broken)
                return true; /* what is missing may be what was reported */
        ok &= require_values(run, c->def);
        ok &= require_no_sandbox(run, c->def);
        return ok;
}

/* ---- all of them ---- */

/* A device, or an address of one: each stands once in a space. */
typedef struct Claim {
        Str space; /* a namespace; empty: the host */
        Str text;  /* the device's name, or the address as bytes */
        Str shown;
        const Value *value;
        Object *object;
} Claim;

typedef VEC(Claim) Claims;

enum {
        COMPARED_MAX = 1000000, /* addresses, in all: some tenths of a second */
};

typedef struct Netns {
        Run *run;
        Fleet *fleet;
        const Names *names;
        Claims devices, addresses;
        Map of_name;     /* "NAMESPACE/DEVICE" → its Value */
        Map given;       /* namespaces that get addresses from the definitions of others */
        size_t compared; /* with gateways */
} Netns;

/* ---- devices by name ---- */

static void note_devices(Netns *n, const Object *object)
{
        for (size_t i = 0; i < ELEMENTS(device_keys); i++) {
                for (Value *value = def_get(object->def, device_keys[i]); value; value = value->next) {
                        const Device *device = value->device;

                        map_put(n->run->arena, &n->of_name,
                                arena_join(n->run->arena, object->def->name, S("/"), device->name), value);
                        if (device->peer.len && device->peer_addresses.count)
                                map_put(n->run->arena, &n->given, device->peer, value);
                }
        }
}

/* Whether the namespace has such a device; of any kind for DEVICE_NONE. */
static bool need_device(Netns *n, const Def *def, const Value *value, Str name, DeviceKind kind)
{
        const Value *found =
                name.len ? map_get(&n->of_name, arena_join(n->run->arena, def->name, S("/"), name)) : NULL;
        Nearest nearest = nearest_start(name);

        if (!name.len || (found && (!kind || found->device->kind == kind)))
                return true;
        if (diags_full(n->run->diags, DIAG_LEVEL_ERROR, value->at.source))
                return false;
        for (size_t i = 0; i < ELEMENTS(device_keys); i++)
                for (const Value *other = def_get(def, device_keys[i]); other; other = other->next)
                        if (!kind || other->device->kind == kind)
                                nearest_offer(&nearest, other->device->name);
        return diag(n->run->diags, DIAG_DEVICE_UNKNOWN, value->at, name, def->name, nearest.best);
}

/* Of a tunnel, or of the only one. */
static bool need_tunnel(Netns *n, const Def *def, const Value *peer)
{
        const Value *tunnels = def_get(def, OPT_NETNS_WireGuard);

        if (peer->device->device.len)
                return need_device(n, def, peer, peer->device->device, DEVICE_WIREGUARD);
        if (!tunnels)
                return diag(n->run->diags, DIAG_NEEDS, peer->at, option_info(OPT_NETNS_WireGuardPeer)->key,
                            option_info(OPT_NETNS_WireGuard)->key);
        return needs(n->run, peer, OPT_NETNS_WireGuardPeer, S("device=, since there are several tunnels,"), !tunnels->next);
}

static bool need_all(Netns *n, const Def *def)
{
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(device_keys); i++)
                for (const Value *value = def_get(def, device_keys[i]); value; value = value->next)
                        ok &= need_device(n, def, value, value->device->bridge, DEVICE_BRIDGE);
        for (const Value *value = def_get(def, OPT_NETNS_Route); value; value = value->next)
                ok &= need_device(n, def, value, value->device->device, DEVICE_NONE);
        for (const Value *value = def_get(def, OPT_NETNS_WireGuardPeer); value; value = value->next)
                ok &= need_tunnel(n, def, value);
        return ok;
}

/* ---- gateways ---- */

static bool holds(Netns *n, const DevicePrefixes *list, const Address *address)
{
        const AddressSpan one = { *address, *address };

        VEC_EACH(const DevicePrefix, prefix, list) {
                AddressSpan span;

                address_span(&prefix->address, prefix->bits, &span);
                if (++n->compared > COMPARED_MAX || address_within(&one, &span))
                        return true;
        }
        return false;
}

/* In the network of an address, at the other end of a veth, or where a route leads by a device. Who has very many of
 * them is believed. */
static bool reaches(Netns *n, const Def *def, const Address *gateway)
{
        const AddressSpan one = { *gateway, *gateway };

        for (size_t i = 0; i < ELEMENTS(device_keys); i++)
                for (const Value *value = def_get(def, device_keys[i]); value; value = value->next)
                        if (++n->compared > COMPARED_MAX || holds(n, &value->device->addresses, gateway) ||
                            holds(n, &value->device->peer_addresses, gateway))
                                return true;
        for (const Value *value = def_get(def, OPT_NETNS_Route); value; value = value->next) {
                const DevicePrefix *to = &value->device->to;
                AddressSpan span;

                address_span(&to->address, to->bits, &span);
                if (++n->compared > COMPARED_MAX || (!value->device->gateway.text.len && address_within(&one, &span)))
                        return true;
        }
        return false;
}

static bool check_gateways(Netns *n, const Def *def)
{
        bool ok = true;

        /* An end of a veth may get its address from the definition of the other one. */
        if (map_get(&n->given, def->name))
                return true;
        for (const Value *value = def_get(def, OPT_NETNS_Gateway); value; value = value->next)
                if (value_span(value)->first.bytes && !reaches(n, def, &value_span(value)->first))
                        ok = diag(n->run->diags, DIAG_GATEWAY_OUTSIDE, value->at, value->text.str);
        for (const Value *value = def_get(def, OPT_NETNS_Route); value; value = value->next)
                if (value->device->gateway.text.len && !reaches(n, def, &value->device->gateway.address))
                        ok = diag(n->run->diags, DIAG_GATEWAY_OUTSIDE, value->at, value->device->gateway.text);
        return ok;
}

/* ---- clashes ---- */

static int compare_claims(const void *a, const void *b)
{
        const Claim *x = a, *y = b;
        int order = str_compare(x->space, y->space);

        order = order ? order : str_compare(x->text, y->text);
        return order ? order : loc_compare(x->value->at, y->value->at);
}

static void clash(Netns *n, DiagCode code, const Claim *first, const Claim *second)
{
        n->run->diags->subject = second->object->def;
        n->run->diags->other = first->object->def;
        diag_also(n->run->diags, code, second->value->at, first->value->at, S("the other one"), second->shown,
                  second->space.len ? arena_fmt(n->run->arena, "network namespace '%.*s'", STR_ARG(second->space))
                                    : S("the host"));
        n->run->diags->subject = n->run->diags->other = NULL;
        first->object->broken = second->object->broken = true;
}

static void find_clashes(Netns *n, Claims *claims, DiagCode code)
{
        VEC_SORT(claims, compare_claims);
        for (size_t i = 1; i < claims->count; i++) {
                const Claim *a = &claims->items[i - 1], *b = &claims->items[i];

                if (str_eq(a->space, b->space) && str_eq(a->text, b->text))
                        clash(n, code, a, b);
        }
}

static void claim_addresses(Netns *n, Object *object, const Value *value, Str space, const DevicePrefixes *list)
{
        VEC_EACH(const DevicePrefix, prefix, list)
                VEC_ADD(n->run->arena, &n->addresses,
                        (Claim){ .space = space,
                                 .text = { (const char *)prefix->address.at, prefix->address.bytes },
                                 .shown = prefix->text,
                                 .value = value,
                                 .object = object });
}

static void claim(Netns *n, Object *object, Str space, const Value *value, const Device *device)
{
        const Str peer_name = device->peer_name.len ? device->peer_name : device_peer_name(n->run->arena, space, device);

        VEC_ADD(n->run->arena, &n->devices,
                (Claim){ .space = space, .text = device->name, .shown = device->name, .value = value, .object = object });
        claim_addresses(n, object, value, space, &device->addresses);
        if (device->kind != DEVICE_VETH)
                return;
        VEC_ADD(n->run->arena, &n->devices,
                (Claim){ .space = device->peer, .text = peer_name, .shown = peer_name, .value = value, .object = object });
        /* The host may have one address for many containers, each with a cable of its own. */
        if (object->def->kind == KIND_NETNS)
                claim_addresses(n, object, value, device->peer, &device->peer_addresses);
}

/* Of a container with a network of its own. The host has routes to its addresses, so they are the host's matter. */
static void claim_machine(Netns *n, Object *object)
{
        const Str space = machine_space(n->run->arena, object);
        const MachineWords words = machine_words(n->run->arena, object);

        VEC_EACH(const MachineWord, word, &words) {
                if (!word->device || word->device->kind == DEVICE_ROUTE)
                        continue;
                claim(n, object, space, word->value, word->device);
                if (word->device->kind == DEVICE_VETH)
                        claim_addresses(n, object, word->value, S(""), &word->device->addresses);
        }
}

static void depend(Netns *n, Object *object, Object *other, Loc at)
{
        if (other->linked_by == object)
                return;
        other->linked_by = object;
        other->linked = 0;
        VEC_ADD(n->run->arena, &object->depends,
                (Dependency){ .object = other, .tie = TIE_BINDS, .condition = CONDITION_STARTED, .at = at });
}

static bool find_space(Netns *n, const Value *value, Str name, Object **ret)
{
        Object *found = map_get(&n->names->of_kind[KIND_NETNS], name);
        Nearest nearest = nearest_start(name);

        if (found) {
                *ret = found;
                return true;
        }
        if (diags_full(n->run->diags, DIAG_LEVEL_ERROR, value->at.source))
                return false;
        VEC_EACH(Object *const, item, &n->fleet->objects)
                if ((*item)->def->kind == KIND_NETNS)
                        nearest_offer(&nearest, (*item)->def->name);
        return diag(n->run->diags, DIAG_DEPENDENCY_UNKNOWN, value->at, kind_info(KIND_NETNS)->noun, name, nearest.best);
}

/* The other end is there before the cable is, and goes with it. */
static bool join_peer(Netns *n, Object *object, const Value *value)
{
        Object *other = NULL;

        if (!value->device->peer.len)
                return true;
        if (!find_space(n, value, value->device->peer, &other))
                return false;
        if (other == object)
                return diag(n->run->diags, DIAG_DEPENDENCY_SELF, value->at, object->def->name);
        depend(n, object, other, value->at);
        return need_device(n, other->def, value, value->device->peer_bridge, DEVICE_BRIDGE);
}

static bool resolve_netns(Netns *n, Object *object)
{
        /* What is missing may be what was reported. */
        const bool known = object->def->broken || need_all(n, object->def);
        bool ok = (object->def->broken || check_gateways(n, object->def)) && known;

        for (const Value *value = def_get(object->def, OPT_NETNS_Veth); value; value = value->next)
                ok &= join_peer(n, object, value);
        for (size_t i = 0; i < ELEMENTS(device_keys); i++)
                for (const Value *value = def_get(object->def, device_keys[i]); value; value = value->next)
                        claim(n, object, object->def->name, value, value->device);
        return ok;
}

/* Root's namespace is closed to the podman of a user. */
static bool resolve_guest(Netns *n, Object *object)
{
        const Value *value = def_get(object->def, OPT_CONTAINER_Netns);
        Object *other = NULL;

        if (!value || object->def->kind != KIND_CONTAINER)
                return true;
        if (n->run->scope == SCOPE_USER || object->run_as.len)
                return diag(n->run->diags, DIAG_NETNS_ROOTLESS, value->at, value->text.str);
        if (str_starts(value->text.str, S("/")))
                return true;
        if (!find_space(n, value, value->text.str, &other))
                return false;
        depend(n, object, other, value->at);
        return true;
}

void netns_resolve(Run *run, Fleet *fleet, const Names *names)
{
        Netns n = { .run = run, .fleet = fleet, .names = names };

        VEC_EACH(Object *const, item, &fleet->objects)
                if ((*item)->def->kind == KIND_NETNS)
                        note_devices(&n, *item);
        VEC_EACH(Object *, item, &fleet->objects) {
                Object *object = *item;
                bool ok;

                run->diags->subject = object->def;
                ok = resolve_guest(&n, object);
                if (object->def->kind == KIND_NETNS)
                        ok &= resolve_netns(&n, object);
                else if (machine_has_devices(object))
                        claim_machine(&n, object);
                object->broken |= !ok;
        }
        run->diags->subject = NULL;
        find_clashes(&n, &n.devices, DIAG_DEVICE_TWICE);
        find_clashes(&n, &n.addresses, DIAG_ADDRESS_TWICE);
}
