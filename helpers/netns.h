/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A network namespace with a name, as bayplan-netns(8) makes it: devices, addresses, routes and what belongs to them.
 * Whatever it puts outside of the namespace it can find again: devices carry netns_alias(), and the rest is written
 * into a file below /run/bayplan-netns before it is made, so that a start after a crash begins with nothing left.
 *
 * Functions that can fail say what failed on what, and return false. */

#include "base/device.h"
#include "helpers/args.h"
#include "helpers/link.h"

typedef VEC(Device) Devices;

typedef struct NetnsOptions {
        Words words[DEVICE_KIND_COUNT]; /* as they are given */
        Words gateways;
        Words dns, dns_search, dns_options;
        Words sysctls;
        Words forward; /* "ipv4", "ipv6" */
        bool kill;
} NetnsOptions;

/* A namespace that a device has its other end in. */
typedef struct NetnsPlace {
        Str name; /* empty: the host */
        int fd;
        LinkSpace links;
} NetnsPlace;

typedef struct Netns {
        Arena *arena;
        const NetnsOptions *options;
        Str name;
        Devices devices; /* bridges first, since others are ports of them */
        Devices peers;   /* of WireGuard */
        Devices routes;
        NetnsPlace host, own; /* .fd -1: not opened */
        VEC(NetnsPlace *) others;
        Words state; /* lines of the file */
} Netns;

/* "cannot DOING: WHY", for what failed on that place. Always false. */
bool netns_fail(const Netns *n, const NetnsPlace *place, int error, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/* netns_place.c: namespaces, their names, what is in them */
bool netns_open_host(Netns *n);
/* The one that the program is in, or a new one when that is the host's. */
bool netns_open_new(Netns *n);
/* The one that has the name. *ret_there: whether there is one. */
bool netns_open_named(Netns *n, bool *ret_there);
/* The host for an empty name. NULL when there is none. */
NetnsPlace *netns_place(Netns *n, Str name);
void netns_close_own(Netns *n);
void netns_close(Netns *n);
/* Puts the namespace where ip-netns(8) and others look for it. */
bool netns_give_name(Netns *n);
void netns_take_name(const Netns *n);
/* Runs the call while the program is in that namespace. */
int netns_within(const NetnsPlace *place, int (*call)(void *userdata), void *userdata);
/* Says which processes are still in the namespace, and ends them if so asked. */
void netns_end_processes(const Netns *n);

/* netns_state.c: what is to be remembered outside of the namespace */
/* Reads the lines. False: there is no file, so nothing was made. */
bool netns_state_read(Netns *n);
/* Adds "WORD NAME". */
bool netns_state_add(Netns *n, const char *word, Str name);
/* Calls for each such line. */
void netns_state_each(Netns *n, const char *word, void (*call)(Netns *n, Str name));
void netns_state_remove(const Netns *n);

/* netns_device.c */
/* Makes all, and gives them their addresses and routes. */
bool netns_add_devices(Netns *n);
bool netns_set_up(Netns *n);
/* Removes those of the namespace, and their other ends; what was moved in goes back. */
void netns_delete_devices(Netns *n);
/* Left-overs of an earlier one on the host. */
void netns_sweep(Netns *n, NetnsPlace *place);

/* netns_wireguard.c */
bool netns_add_wireguard(Netns *n, const Device *device);
/* Those that did not come as far as the namespace. */
void netns_end_tunnels(Netns *n);

/* netns_settings.c: kernel parameters, masquerading, resolv.conf */
bool netns_set_sysctls(Netns *n);
bool netns_masquerade(Netns *n);
void netns_end_masquerade(Netns *n);
bool netns_write_dns(Netns *n);
void netns_remove_dns(Netns *n);
