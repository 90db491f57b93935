/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan-netns: makes and removes network namespaces. Either all of one is there, or nothing of it. */

#include "helpers/netns.h"

#include "base/fs.h"
#include "helpers/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define DEVICE_ARG(name, value, help, kind)                                                        \
        {                                                                                          \
                name, value, help, ARG_LIST, offsetof(NetnsOptions, words[DEVICE_##kind])          \
        }

static const Arg args[] = {
        DEVICE_ARG("veth", "NAME[,OPTION...]", "cable to the host, or to the one of peer= (*)", VETH),
        DEVICE_ARG("bridge", "NAME[,OPTION...]", "bridge in the namespace (*)", BRIDGE),
        DEVICE_ARG("macvlan", "NAME,parent=DEVICE[,...]", "device on one of the host (*)", MACVLAN),
        DEVICE_ARG("interface", "NAME[,OPTION...]", "device of the host that is moved in (*)", INTERFACE),
        DEVICE_ARG("wireguard", "NAME,private-key-...", "tunnel that leaves by the host (*)", WIREGUARD),
        DEVICE_ARG("wireguard-peer", "KEY,allowed-ips=...", "peer of a tunnel, by its public key (*)", PEER),
        DEVICE_ARG("route", "ADDRESS/BITS[,OPTION...]", "route (*)", ROUTE),
        { "gateway", "ADDRESS", "for all that no other route is for (*)", ARG_LIST, offsetof(NetnsOptions, gateways) },
        { "forward", "ipv4|ipv6", "forward packets between the devices (*)", ARG_LIST, offsetof(NetnsOptions, forward) },
        { "sysctl", "NAME=VALUE", "kernel parameter of the namespace (*)", ARG_LIST, offsetof(NetnsOptions, sysctls) },
        { "dns", "ADDRESS", "name server, for /etc/netns/NAME/resolv.conf (*)", ARG_LIST, offsetof(NetnsOptions, dns) },
        { "dns-search", "DOMAIN", "search domain there (*)", ARG_LIST, offsetof(NetnsOptions, dns_search) },
        { "dns-option", "OPTION", "option there (*)", ARG_LIST, offsetof(NetnsOptions, dns_options) },
        { "kill", NULL, "with del: end processes that are still in it", ARG_FLAG, offsetof(NetnsOptions, kill) },
};

static const ArgsProgram program = {
        .synopsis = "[OPTION...] add|del NAME",
        .about = "add: makes network namespace NAME, with devices, addresses and routes, or\n"
                 "gives the namespace that the program is in that name, unless it is the\n"
                 "host's. What an earlier one of that name has left is removed first.\n"
                 "del: removes the name and the devices. Nothing there is no error.",
        .notes = "(*) may be repeated\n"
                 "\n"
                 "Exit status: 0 it is as asked; 1 it is not, and nothing of it is left;\n"
                 "125 this program failed.",
        .args = args,
        .count = ELEMENTS(args),
        .min_words = 2,
        .max_words = 2,
};

bool netns_fail(const Netns *n, const NetnsPlace *place, int error, const char *format, ...)
{
        const Str why = place && place->links.socket ? link_error(&place->links, error) : fs_error(error);
        char *doing = NULL;
        va_list list;

        va_start(list, format);
        if (vasprintf(&doing, format, list) < 0)
                doing = NULL;
        va_end(list);
        say(SAY_ERROR, "network namespace '%.*s': cannot %s: %.*s", STR_ARG(n->name), doing ? doing : "go on", STR_ARG(why));
        free(doing);
        return false;
}

/* ---- options ---- */

static bool read_devices(Netns *n, DeviceKind kind, Devices *devices)
{
        VEC_EACH(const char *const, word, &n->options->words[kind]) {
                Device device;
                DeviceError error = { 0 };

                if (!device_parse(n->arena, kind, str_c(*word), &device, &error)) {
                        say(SAY_ERROR, "'%s': '%.*s' should be %s", *word, STR_ARG(error.part), error.wanted);
                        return false;
                }
                VEC_ADD(n->arena, devices, device);
        }
        return true;
}

static bool read_gateways(Netns *n)
{
        VEC_EACH(const char *const, word, &n->options->gateways) {
                Device route = { .kind = DEVICE_ROUTE, .name = S("the rest") };

                if (!address_parse(str_c(*word), &route.gateway.address)) {
                        say(SAY_ERROR, "--gateway= takes an address, not '%s'", *word);
                        return false;
                }
                route.gateway.text = str_c(*word);
                route.to.address.bytes = route.gateway.address.bytes;
                VEC_ADD(n->arena, &n->routes, route);
        }
        return true;
}

static bool read_options(Netns *n)
{
        /* Ports need their bridge, and a gateway may be behind a route. */
        static const DeviceKind order[] = { DEVICE_BRIDGE, DEVICE_VETH, DEVICE_MACVLAN, DEVICE_INTERFACE, DEVICE_WIREGUARD };
        bool ok = true;

        for (size_t i = 0; i < ELEMENTS(order); i++)
                ok &= read_devices(n, order[i], &n->devices);
        ok &= read_devices(n, DEVICE_PEER, &n->peers);
        ok &= read_devices(n, DEVICE_ROUTE, &n->routes);
        return read_gateways(n) && ok;
}

/* A name is one file below /run/netns. "a/b" is what systemd's %I makes of "a-b" (systemd.unit(5)). */
static bool read_name(Netns *n, const char *word)
{
        Str name = arena_str(n->arena, str_c(word));
        char *at = arena_alloc(n->arena, name.len + 1);
        bool ok = name.len && name.len <= 200 && name.data[0] != '.';

        for (size_t i = 0; i < name.len; i++) {
                at[i] = name.data[i] == '/' ? '-' : name.data[i];
                ok &= !char_is_control(at[i]) && at[i] != ' ';
        }
        n->name = (Str){ at, name.len };
        if (!ok)
                say(SAY_ERROR, "'%s' cannot be the name of a network namespace", word);
        return ok;
}

/* ---- commands ---- */

/* All that can be found, in any state that a crash may have left. */
static void tear_down(Netns *n)
{
        if (n->own.fd >= 0) {
                netns_end_processes(n);
                netns_delete_devices(n);
        }
        netns_end_tunnels(n);
        netns_sweep(n, &n->host);
        netns_end_masquerade(n);
        netns_remove_dns(n);
        netns_take_name(n);
        netns_state_remove(n);
}

/* Of an earlier one. One that is not ours is left alone, whoever has made it. */
static bool clear(Netns *n)
{
        const bool ours = netns_state_read(n);
        bool there = false;

        if (!netns_open_named(n, &there))
                return false;
        if (there && !ours) {
                say(SAY_ERROR, "network namespace '%.*s' is there already, made by somebody else", STR_ARG(n->name));
                return false;
        }
        if (there)
                say(SAY_INFO, "network namespace '%.*s' is left from before, and removed", STR_ARG(n->name));
        else
                netns_close_own(n); /* nobody's yet */
        if (ours)
                tear_down(n);
        n->state = (Words){ 0 };
        return true;
}

static bool make(Netns *n)
{
        return netns_state_add(n, "name", n->name) && netns_add_devices(n) && netns_set_sysctls(n) && netns_set_up(n) &&
               netns_masquerade(n) && netns_write_dns(n) && netns_give_name(n);
}

static int command_add(Netns *n)
{
        if (!clear(n))
                return EXIT_FAILURE;
        netns_close(n);
        if (!netns_open_host(n) || !netns_open_new(n))
                return EXIT_FAILURE;
        netns_sweep(n, &n->host);
        if (make(n))
                return EXIT_SUCCESS;
        tear_down(n);
        return EXIT_FAILURE;
}

static int command_del(Netns *n)
{
        bool there = false;

        if (!netns_state_read(n))
                return EXIT_SUCCESS;
        if (!netns_open_named(n, &there))
                return EXIT_FAILURE;
        tear_down(n);
        return EXIT_SUCCESS;
}

static int run(Netns *n, const Words *words)
{
        static const struct {
                const char *name;
                int (*run)(Netns *n);
        } verbs[] = {
                { "add", command_add },
                { "del", command_del },
        };
        int status = SAY_EXIT_OWN;

        for (size_t i = 0; i < ELEMENTS(verbs); i++) {
                if (!str_is(str_c(words->items[0]), verbs[i].name))
                        continue;
                if (read_name(n, words->items[1]) && read_options(n))
                        status = netns_open_host(n) ? verbs[i].run(n) : EXIT_FAILURE;
                netns_close(n);
                return status;
        }
        say(SAY_ERROR, "unknown command '%s'; see --help", words->items[0]);
        return status;
}

int main(int argc, char **argv)
{
        Arena arena = { 0 };
        NetnsOptions options = { 0 };
        Netns n = { .arena = &arena, .options = &options, .host = { .fd = -1 }, .own = { .fd = -1 } };
        Words words;
        int status = args_read(&arena, &program, argc, argv, &options, &words);

        if (status < 0)
                status = run(&n, &words);
        arena_free(&arena);
        return status;
}
