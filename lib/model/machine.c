/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/machine.h"

#include <assert.h>

static const OptionId device_keys[] = { OPT_CONTAINER_VirtualEthernetExtra, OPT_CONTAINER_Macvlan, OPT_CONTAINER_Interface };

/* Of the cable (NSN-18: it is there only when something is said of it). */
static const OptionId cable_keys[] = { OPT_CONTAINER_LocalAddress, OPT_CONTAINER_LocalAddress6, OPT_CONTAINER_HostAddress,
                                       OPT_CONTAINER_HostAddress6, OPT_CONTAINER_LocalMacAddress, OPT_CONTAINER_HostBridge };

static const Value *cable_value(const Object *c)
{
        for (size_t i = 0; i < ELEMENTS(cable_keys); i++)
                if (def_get(c->def, cable_keys[i]))
                        return def_get(c->def, cable_keys[i]);
        return NULL;
}

bool machine_has_devices(const Object *c)
{
        if (c->engine != ENGINE_NSPAWN || !def_flag(c->def, OPT_CONTAINER_PrivateNetwork, false))
                return false;

        bool some = cable_value(c);

        for (size_t i = 0; i < ELEMENTS(device_keys); i++)
                some |= def_get(c->def, device_keys[i]) != NULL;
        return some;
}

Str machine_space(Arena *arena, const Object *c)
{
        return arena_join(arena, S("container-"), c->name);
}

Str machine_cable(Arena *arena, const Object *c)
{
        if (!cable_value(c))
                return (Str){ 0 };
        return device_name(arena, arena_join(arena, def_get(c->def, OPT_CONTAINER_HostBridge) ? S("vb-") : S("ve-"), c->name));
}

/* ---- words ---- */

static void add(Arena *arena, MachineWords *words, const char *flag, DeviceKind kind, Str text, const Value *value)
{
        Device *device = NULL;
        DeviceError error;

        if (kind) {
                device = ARENA_NEW(arena, Device);

                const bool ok = device_parse(arena, kind, text, device, &error);

                assert(ok); /* all of its parts were checked */
                (void)ok;
        }
        VEC_ADD(arena, words, (MachineWord){ .flag = flag, .text = text, .device = device, .value = value });
}

static void add_part(Buf *buf, const Def *def, const char *name, OptionId id)
{
        if (def_get(def, id))
                buf_fmt(buf, ",%s=%.*s", name, STR_ARG(def_get(def, id)->text.str));
}

/* eth0 in the container. The bridge has the host's address already. */
static void add_cable(Arena *arena, const Object *c, MachineWords *words)
{
        const Str peer = machine_cable(arena, c);
        const bool bridged = def_get(c->def, OPT_CONTAINER_HostBridge);
        Buf buf = BUF(arena);

        if (!peer.len)
                return;
        buf_fmt(&buf, "eth0,peer-name=%.*s", STR_ARG(peer));
        add_part(&buf, c->def, "address", OPT_CONTAINER_LocalAddress);
        add_part(&buf, c->def, "address", OPT_CONTAINER_LocalAddress6);
        add_part(&buf, c->def, "mac", OPT_CONTAINER_LocalMacAddress);
        if (bridged) {
                add_part(&buf, c->def, "peer-bridge", OPT_CONTAINER_HostBridge);
        } else {
                add_part(&buf, c->def, "peer-address", OPT_CONTAINER_HostAddress);
                add_part(&buf, c->def, "peer-address", OPT_CONTAINER_HostAddress6);
        }
        add(arena, words, "--veth=", DEVICE_VETH, buf_str(&buf), cable_value(c));
}

/* "eth1" alone is a device "mv-eth1" on it, as systemd.nspawn(5) has it. */
static Str macvlan_text(Arena *arena, const Value *value)
{
        const Str parent = value->device->name;
        const Str rest = str_skip(value->text.str, parent.len);

        if (value->device->parent.len)
                return value->text.str;
        return arena_fmt(arena, "%.*s,parent=%.*s%.*s", STR_ARG(device_name(arena, arena_join(arena, S("mv-"), parent))),
                         STR_ARG(parent), STR_ARG(rest));
}

/* The host is the way to everything else (NSN-14, NSP-15). */
static void add_gateways(Arena *arena, const Object *c, MachineWords *words)
{
        static const OptionId hosts[] = { OPT_CONTAINER_HostAddress, OPT_CONTAINER_HostAddress6 };

        for (size_t i = 0; i < ELEMENTS(hosts); i++) {
                const Value *value = def_get(c->def, hosts[i]);
                Str address, bits;

                if (!value)
                        continue;
                address = value->text.str;
                str_cut(address, '/', &address, &bits);
                /* On a bridge it may be outside of the container's network. */
                if (def_get(c->def, OPT_CONTAINER_HostBridge))
                        add(arena, words, "--route=", DEVICE_ROUTE,
                            arena_fmt(arena, "%.*s/%s,device=eth0", STR_ARG(address), i ? "128" : "32"), value);
                add(arena, words, "--gateway=", DEVICE_NONE, address, value);
        }
}

MachineWords machine_words(Arena *arena, const Object *c)
{
        static const struct {
                OptionId id;
                const char *flag;
                DeviceKind kind;
        } rows[] = {
                { OPT_CONTAINER_VirtualEthernetExtra, "--veth=", DEVICE_VETH },
                { OPT_CONTAINER_Macvlan, "--macvlan=", DEVICE_MACVLAN },
                { OPT_CONTAINER_Interface, "--interface=", DEVICE_INTERFACE },
        };
        MachineWords words = { 0 };

        add_cable(arena, c, &words);
        for (size_t i = 0; i < ELEMENTS(rows); i++)
                for (const Value *value = def_get(c->def, rows[i].id); value; value = value->next)
                        add(arena, &words, rows[i].flag, rows[i].kind,
                            rows[i].kind == DEVICE_MACVLAN ? macvlan_text(arena, value) : value->text.str, value);
        add_gateways(arena, c, &words);
        return words;
}
