/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/netns.h"

#include "base/fs.h"
#include "helpers/say.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

#define PEER_NAME "bayplan-peer" /* until it is where it belongs */

enum {
        STEP_NSEC = 50000000,
        AWAIT_STEPS = 200,
};

/* By which a device that is elsewhere is known again. */
static const char *alias_of(const Netns *n)
{
        return arena_fmt(n->arena, "bayplan: network namespace %.*s", STR_ARG(n->name)).data;
}

static Str where(const Netns *n, const NetnsPlace *place)
{
        if (place == &n->own)
                return S("there");
        return place->name.len ? arena_fmt(n->arena, "in network namespace '%.*s'", STR_ARG(place->name)) : S("on the host");
}

static LinkMac mac_of(Str text)
{
        LinkMac mac = { 0 };

        if (text.len)
                link_parse_mac(text, &mac);
        return mac;
}

/* ---- making ---- */

/* Of the host. Whoever sets up its network may not have come so far yet. */
static bool await_device(Netns *n, const char *name)
{
        const struct timespec step = { .tv_nsec = STEP_NSEC };
        int status = link_find(&n->host.links, name);

        for (unsigned i = 0; i < AWAIT_STEPS && status == -ENODEV; i++) {
                nanosleep(&step, NULL);
                status = link_find(&n->host.links, name);
        }
        return status >= 0 || netns_fail(n, &n->host, status, "find device '%s' on the host", name);
}

/* Both ends begin in the new namespace, whose end takes all with it, and one goes where it belongs when it can be
 * known again. */
static bool add_veth(Netns *n, const Device *device)
{
        NetnsPlace *there = netns_place(n, device->peer);
        const char *name = arena_c(n->arena, device->name);
        const char *peer = arena_c(n->arena, device->peer_name.len ? device->peer_name
                                                                   : device_peer_name(n->arena, n->name, device));
        const LinkEnd ends[] = {
                { .name = name, .space = LINK_HERE, .mac = mac_of(device->mac), .mtu = device->mtu },
                { .name = PEER_NAME, .space = LINK_HERE, .mac = mac_of(device->peer_mac), .mtu = device->mtu },
        };
        int status;

        if (!there || (there == &n->host && device->peer_bridge.len && !await_device(n, arena_c(n->arena, device->peer_bridge))))
                return false;
        status = link_add_veth(&n->own.links, &ends[0], &ends[1]);
        if (status < 0)
                return netns_fail(n, &n->own, status, "make veth '%s'", name);
        status = link_change(&n->own.links, PEER_NAME,
                             &(LinkChange){ .alias = alias_of(n), .move = true, .space = there->fd, .name = peer });
        return status >= 0 || netns_fail(n, &n->own, status, "put the other end of veth '%s', '%s', %.*s", name, peer,
                                         STR_ARG(where(n, there)));
}

static bool add_bridge(Netns *n, const Device *device)
{
        const char *name = arena_c(n->arena, device->name);
        const LinkEnd end = { .name = name, .space = LINK_HERE, .mac = mac_of(device->mac), .mtu = device->mtu };
        const int status = link_add(&n->own.links, "bridge", &end);

        return status >= 0 || netns_fail(n, &n->own, status, "make bridge '%s'", name);
}

static bool add_macvlan(Netns *n, const Device *device)
{
        const char *name = arena_c(n->arena, device->name), *parent = arena_c(n->arena, device->parent);
        const LinkEnd end = { .name = name, .space = n->own.fd, .mac = mac_of(device->mac), .mtu = device->mtu };
        int status;

        if (!await_device(n, parent))
                return false;
        status = link_add_macvlan(&n->host.links, parent, device->mode.len ? arena_c(n->arena, device->mode) : "bridge", &end);
        return status >= 0 || netns_fail(n, &n->host, status, "make macvlan '%s' on '%s' of the host", name, parent);
}

static bool move_interface(Netns *n, const Device *device)
{
        const char *name = arena_c(n->arena, device->name);
        const LinkMac mac = mac_of(device->mac);
        int status;

        if (!await_device(n, name) || !netns_state_add(n, "interface", device->name))
                return false;
        status = link_change(&n->host.links, name, &(LinkChange){ .move = true, .space = n->own.fd });
        if (status < 0)
                return netns_fail(n, &n->host, status, "move device '%s' of the host there", name);
        status = link_change(&n->own.links, name, &(LinkChange){ .mac = mac.set ? &mac : NULL, .mtu = device->mtu });
        return status >= 0 || netns_fail(n, &n->own, status, "set MAC address and MTU of '%s'", name);
}

static bool add_device(Netns *n, const Device *device)
{
        switch (device->kind) {
        case DEVICE_VETH:
                return add_veth(n, device);
        case DEVICE_BRIDGE:
                return add_bridge(n, device);
        case DEVICE_MACVLAN:
                return add_macvlan(n, device);
        case DEVICE_INTERFACE:
                return move_interface(n, device);
        case DEVICE_WIREGUARD:
                return netns_add_wireguard(n, device);
        case DEVICE_PEER:
        case DEVICE_ROUTE:
        case DEVICE_NONE:
        case DEVICE_KIND_COUNT:
                break;
        }
        assert(false);
        return false;
}

/* Where the other ends go. */
static bool sweep_peers(Netns *n)
{
        VEC_EACH(const Device, device, &n->devices) {
                NetnsPlace *there = device->kind == DEVICE_VETH ? netns_place(n, device->peer) : &n->host;

                if (!there)
                        return false;
                netns_sweep(n, there);
        }
        return true;
}

bool netns_add_devices(Netns *n)
{
        if (!sweep_peers(n))
                return false;
        VEC_EACH(const Device, device, &n->devices)
                if (!add_device(n, device))
                        return false;
        return true;
}

/* ---- setting up ---- */

static bool raise_device(Netns *n, NetnsPlace *place, const char *name, Str bridge)
{
        const char *master = bridge.len ? arena_c(n->arena, bridge) : NULL;
        int status = master ? link_change(&place->links, name, &(LinkChange){ .master = master }) : 0;

        if (status < 0)
                return netns_fail(n, place, status, "make '%s' a port of bridge '%s' %.*s", name, master,
                                  STR_ARG(where(n, place)));
        status = link_change(&place->links, name, &(LinkChange){ .up = true });
        return status >= 0 || netns_fail(n, place, status, "set '%s' up %.*s", name, STR_ARG(where(n, place)));
}

/* Others may have an address of a network that machines of ours are not alone in. */
static bool is_shared(const Device *device)
{
        return device->kind == DEVICE_MACVLAN || device->kind == DEVICE_INTERFACE;
}

static bool add_addresses(Netns *n, NetnsPlace *place, const Device *device, const char *name, const DevicePrefixes *list)
{
        VEC_EACH(const DevicePrefix, prefix, list) {
                const int status =
                        link_add_address(&place->links, name, &prefix->address, prefix->bits, is_shared(device));

                if (status < 0)
                        return netns_fail(n, place, status, "give '%s' %.*s the address %.*s", name,
                                          STR_ARG(where(n, place)), STR_ARG(prefix->text));
        }
        return true;
}

static bool holds(const DevicePrefixes *list, const Address *address)
{
        const AddressSpan one = { *address, *address };
        AddressSpan span;

        VEC_EACH(const DevicePrefix, prefix, list) {
                address_span(&prefix->address, prefix->bits, &span);
                if (address_within(&one, &span))
                        return true;
        }
        return false;
}

/* To addresses of the other end that are in no network of this one. */
static bool add_peer_routes(Netns *n, NetnsPlace *place, const char *name, const DevicePrefixes *ours,
                            const DevicePrefixes *theirs)
{
        VEC_EACH(const DevicePrefix, prefix, theirs) {
                const LinkRoute route = { .to.first = prefix->address, .bits = prefix->address.bytes * 8, .device = name };
                const int status = holds(ours, &prefix->address) ? 0 : link_add_route(&place->links, &route);

                if (status < 0 && status != -EEXIST)
                        return netns_fail(n, place, status, "make a route to %.*s by '%s' %.*s", STR_ARG(prefix->text), name,
                                          STR_ARG(where(n, place)));
        }
        return true;
}

static bool set_up_peer(Netns *n, const Device *device)
{
        NetnsPlace *there = netns_place(n, device->peer);
        const char *name = arena_c(n->arena, device->peer_name.len ? device->peer_name
                                                                   : device_peer_name(n->arena, n->name, device));

        return there && raise_device(n, there, name, device->peer_bridge) &&
               add_addresses(n, there, device, name, &device->peer_addresses) &&
               (device->peer_bridge.len || /* which has the addresses */
                add_peer_routes(n, there, name, &device->peer_addresses, &device->addresses));
}

static bool set_up_device(Netns *n, const Device *device)
{
        const char *name = arena_c(n->arena, device->name);

        if (device->kind == DEVICE_VETH && !set_up_peer(n, device))
                return false;
        return raise_device(n, &n->own, name, device->bridge) &&
               add_addresses(n, &n->own, device, name, &device->addresses) &&
               (device->bridge.len || add_peer_routes(n, &n->own, name, &device->addresses, &device->peer_addresses));
}

/* ---- routes ---- */

static bool add_route(Netns *n, const Device *device)
{
        const LinkRoute route = {
                .to.first = device->to.address,
                .bits = device->to.bits,
                .gateway = device->gateway.address,
                .source = device->source.address,
                .device = device->device.len ? arena_c(n->arena, device->device) : NULL,
                .metric = device->metric,
                .table = device->table,
        };
        const int status = link_add_route(&n->own.links, &route);

        return status >= 0 || netns_fail(n, &n->own, status, "make a route to %.*s%s%.*s", STR_ARG(device->name),
                                         device->gateway.text.len ? " by " : "", STR_ARG(device->gateway.text));
}

/* The peers' addresses are reached by the tunnel, unless its own network says so already. */
static bool add_tunnel_routes(Netns *n, const Device *peer)
{
        Str tunnel = peer->device;

        VEC_EACH(const Device, device, &n->devices)
                if (!tunnel.len && device->kind == DEVICE_WIREGUARD)
                        tunnel = device->name;
        VEC_EACH(const DevicePrefix, prefix, &peer->addresses) {
                AddressSpan span;
                int status;

                address_span(&prefix->address, prefix->bits, &span);

                const LinkRoute route = { .to.first = span.first, .bits = prefix->bits, .device = arena_c(n->arena, tunnel) };

                status = link_add_route(&n->own.links, &route);
                if (status < 0 && status != -EEXIST)
                        return netns_fail(n, &n->own, status, "make a route to %.*s by '%s'", STR_ARG(prefix->text),
                                          route.device);
        }
        return true;
}

/* Routes without gateway first: they may lead to the others' gateways. */
static bool add_routes(Netns *n)
{
        for (unsigned pass = 0; pass < 2; pass++)
                VEC_EACH(const Device, route, &n->routes)
                        if ((route->gateway.text.len > 0) == (pass > 0) && !add_route(n, route))
                                return false;
        return true;
}

bool netns_set_up(Netns *n)
{
        const int status = link_change(&n->own.links, "lo", &(LinkChange){ .up = true });

        if (status < 0)
                return netns_fail(n, &n->own, status, "set 'lo' up");
        VEC_EACH(const Device, device, &n->devices)
                if (!set_up_device(n, device))
                        return false;
        VEC_EACH(const Device, peer, &n->peers)
                if (!add_tunnel_routes(n, peer))
                        return false;
        return add_routes(n);
}

/* ---- removing ---- */

/* Not removed with the namespace: it was not made with it. */
static void give_back(Netns *n, Str name)
{
        const char *device = arena_c(n->arena, name);
        const int status = link_find(&n->own.links, device) < 0
                                   ? 0
                                   : link_change(&n->own.links, device, &(LinkChange){ .move = true, .space = n->host.fd });

        if (status < 0)
                netns_fail(n, &n->own, status, "move device '%s' back to the host", device);
}

/* The kernel's own, such as sit0, cannot be removed, and need not be. */
void netns_delete_devices(Netns *n)
{
        LinkInfos infos = { 0 };

        netns_state_each(n, "interface", give_back);
        if (link_list(&n->own.links, n->arena, &infos) < 0)
                return;
        VEC_EACH(const LinkInfo, info, &infos)
                if (info->kind && !info->loopback)
                        link_delete(&n->own.links, info->name);
}

void netns_sweep(Netns *n, NetnsPlace *place)
{
        const Str alias = str_c(alias_of(n));
        LinkInfos infos = { 0 };

        if (link_list(&place->links, n->arena, &infos) < 0)
                return;
        VEC_EACH(const LinkInfo, info, &infos) {
                const int status = str_eq(str_c(info->alias), alias) ? link_delete(&place->links, info->name) : 0;

                if (status < 0 && status != -ENODEV)
                        netns_fail(n, place, status, "remove '%s', left from before", info->name);
        }
}
