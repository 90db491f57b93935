/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Network devices, their addresses and routes, by rtnetlink(7). A LinkSpace is a socket in one
 * network namespace, whatever namespace the program itself is in, so that one program can work on
 * both ends of a veth. Nothing here reports: all functions return 0 or -errno, and link_error()
 * tells what the kernel has said. */

#include "base/address.h"
#include "base/vec.h"

#include <net/if.h>

typedef struct LinkSpace {
        struct nl_sock *socket;
        int error;     /* of the request that is under way */
        char why[256]; /* the kernel's own words for it; empty: none */
} LinkSpace;

enum {
        LINK_HERE = -1, /* in the namespace of the LinkSpace */
        LINK_MAC = 6,
};

typedef struct LinkMac {
        bool set;
        uint8_t at[LINK_MAC];
} LinkMac;

/* One end of a device that is to be made. */
typedef struct LinkEnd {
        const char *name;
        int space;    /* descriptor of the namespace that it is made in, or LINK_HERE */
        LinkMac mac;  /* else the kernel's choice */
        unsigned mtu; /* 0: the kernel's choice */
} LinkEnd;

/* What is to become of a device; zero leaves it as it is. It happens in the order of the fields. */
typedef struct LinkChange {
        const char *alias; /* a text of ours, see ip-link(8) */
        const LinkMac *mac;
        unsigned mtu;
        const char *master; /* the bridge that it is a port of */
        bool move; /* to the namespace of the descriptor, where it is down and has no addresses */
        int space;
        const char *name; /* a new one; with .move the name that it has there */
        bool up;          /* not with .move: that is for a LinkSpace of the other namespace */
} LinkChange;

typedef struct LinkRoute {
        AddressSpan to; /* first address of it */
        unsigned bits;
        Address gateway;    /* .bytes 0: none */
        Address source;     /* .bytes 0: none */
        const char *device; /* NULL: the one that the gateway is reached by */
        unsigned metric;    /* 0: the kernel's choice */
        unsigned table;     /* 0: main */
} LinkRoute;

typedef struct LinkInfo {
        const char *name;
        const char *alias; /* may be NULL */
        const char *kind;  /* "veth", "bridge", …; NULL: a real device, or lo */
        bool loopback;
} LinkInfo;

typedef VEC(LinkInfo) LinkInfos;

/* space: descriptor of a namespace, or LINK_HERE for the one that the program is in. */
int link_open(int space, LinkSpace *ret);
void link_close(LinkSpace *space);
/* Why the last call failed, in the kernel's words where it had some. */
Str link_error(const LinkSpace *space, int negative_errno);

/* aa:bb:cc:dd:ee:ff, not of a group. False when text is none. */
bool link_parse_mac(Str text, LinkMac *ret);

/* A veth pair. */
int link_add_veth(LinkSpace *space, const LinkEnd *end, const LinkEnd *peer);
/* A device without further settings: "bridge", "wireguard". -EOPNOTSUPP: the kernel does not know
 * this kind. */
int link_add(LinkSpace *space, const char *kind, const LinkEnd *end);
/* On the parent, a device of this namespace; mode as of ip-link(8): "bridge", "private", "vepa",
 * "passthru". -EINVAL when there is no such mode. */
int link_add_macvlan(LinkSpace *space, const char *parent, const char *mode, const LinkEnd *end);

int link_change(LinkSpace *space, const char *name, const LinkChange *change);
/* A veth's other end goes with it. */
int link_delete(LinkSpace *space, const char *name);
/* -ENODEV: there is none of that name. */
int link_find(LinkSpace *space, const char *name);
/* All of the namespace; texts live in the arena. */
int link_list(LinkSpace *space, Arena *arena, LinkInfos *ret);

/* with_dad: IPv6 looks for others of that address first (RFC 4862), and it can be used a second
 * later only. */
int link_add_address(LinkSpace *space, const char *name, const Address *address, unsigned bits,
                     bool with_dad);
int link_add_route(LinkSpace *space, const LinkRoute *route);
