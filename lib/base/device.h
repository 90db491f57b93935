/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Network devices and routes as definitions word them: NAME[,OPTION=VALUE,…]. The generator checks them, and passes
 * them on to bayplan-netns(8), which reads them by the same table. */

#include "base/address.h"
#include "base/vec.h"

enum {
        DEVICE_NAME_MAX = 15, /* bytes; IFNAMSIZ of the kernel without the NUL */
};

typedef enum DeviceKind {
        DEVICE_NONE,
        DEVICE_VETH,
        DEVICE_BRIDGE,
        DEVICE_MACVLAN,
        DEVICE_INTERFACE, /* one that is there */
        DEVICE_WIREGUARD,
        DEVICE_PEER,  /* of WireGuard; its "name" is the public key */
        DEVICE_ROUTE, /* its "name" is where it leads to */
        DEVICE_KIND_COUNT,
} DeviceKind;

/* ADDRESS[/BITS] */
typedef struct DevicePrefix {
        Str text; /* as it is written, empty: none */
        Address address;
        unsigned bits;
} DevicePrefix;

typedef VEC(DevicePrefix) DevicePrefixes;

enum {
        DEVICE_IP4 = 1 << 0,
        DEVICE_IP6 = 1 << 1,
};

typedef struct Device {
        DeviceKind kind;
        Str name;
        DevicePrefixes addresses, peer_addresses; /* of a peer of WireGuard: what it may use */
        Str peer; /* the namespace of the other end; empty: the host */
        Str peer_name;
        Str bridge, peer_bridge; /* that it is a port of, here and there */
        Str mac, peer_mac;
        Str parent;
        Str mode;
        unsigned mtu;
        unsigned masquerade; /* DEVICE_IP4, DEVICE_IP6 */
        Str key_file, key_credential; /* private key; of a peer the preshared one */
        Str endpoint;
        Str device; /* of a peer or route: empty: see there */
        DevicePrefix to;
        DevicePrefix gateway, source;
        unsigned listen_port, mark, keepalive;
        unsigned metric, table;
} Device;

/* What is wrong with a text. */
typedef struct DeviceError {
        Str part;           /* of the text */
        const char *wanted; /* what should stand there, after "takes" */
        Str nearest;        /* the option that may be meant; empty: none */
} DeviceError;

/* Reads the text, which Device then points into. */
bool device_parse(Arena *arena, DeviceKind kind, Str text, Device *ret, DeviceError *ret_error);

/* What the kernel, and systemd.network(5), take for the name of a device. */
bool device_is_name(Str name);
/* XX:XX:XX:XX:XX:XX, not of a group. */
bool device_is_mac(Str text);
/* The text itself when it is short enough for a name; else its first 9 bytes, "-", and 5 letters or digits that depend on
 * all of it (T-05). The one rule for names that are not chosen by the user. */
Str device_name(Arena *arena, Str text);
/* "NAMESPACE-DEVICE": the other end of a veth that is not named. */
Str device_peer_name(Arena *arena, Str space, const Device *veth);
