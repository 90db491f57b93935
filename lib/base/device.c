/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/device.h"

#include "base/nearest.h"
#include "base/num.h"

typedef struct Reader {
        Arena *arena;
        Device *device;
        DeviceError *error;
} Reader;

typedef struct Field Field;

struct Field {
        Str key;
        unsigned kinds; /* bits of DeviceKind */
        bool (*read)(const Field *field, Str text, Arena *arena, void *target);
        size_t offset;
        const char *wanted;
        uint64_t max; /* of a number */
};

/* ---- names ---- */

bool device_is_name(Str name)
{
        bool digits = true;

        if (!name.len || name.len > DEVICE_NAME_MAX || str_is(name, ".") || str_is(name, "..") ||
            str_is(name, "all") || str_is(name, "default"))
                return false;
        for (size_t i = 0; i < name.len; i++) {
                if (name.data[i] <= ' ' || name.data[i] >= 127 || memchr(":/%,=", name.data[i], 5))
                        return false;
                digits &= char_is_digit(name.data[i]);
        }
        return !digits;
}

Str device_name(Arena *arena, Str text)
{
        static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
        uint64_t hash = str_hash(text);
        char tail[5];

        if (text.len <= DEVICE_NAME_MAX)
                return text;
        for (size_t i = 0; i < sizeof(tail); i++, hash >>= 5)
                tail[i] = letters[hash & 31];
        return arena_fmt(arena, "%.*s-%.*s", DEVICE_NAME_MAX - 1 - (int)sizeof(tail), text.data, (int)sizeof(tail), tail);
}

Str device_peer_name(Arena *arena, Str space, const Device *veth)
{
        return device_name(arena, arena_fmt(arena, "%.*s-%.*s", STR_ARG(space), STR_ARG(veth->name)));
}

/* ---- values ---- */

static bool read_device_name(const Field *field, Str text, Arena *arena, void *target)
{
        (void)field;
        (void)arena;
        *(Str *)target = text;
        return device_is_name(text);
}

/* Of an object: see check_is_name(). */
static bool read_name(const Field *field, Str text, Arena *arena, void *target)
{
        (void)field;
        (void)arena;
        *(Str *)target = text;
        for (size_t i = 0; i < text.len; i++)
                if (!char_is_alpha(text.data[i]) && !char_is_digit(text.data[i]) &&
                    (!i || !memchr("-_.", text.data[i], 3)))
                        return false;
        return text.len > 0;
}

static bool read_path(const Field *field, Str text, Arena *arena, void *target)
{
        (void)field;
        (void)arena;
        *(Str *)target = text;
        return str_starts(text, S("/"));
}

bool device_is_mac(Str text)
{
        bool ok = text.len == 17;

        for (size_t i = 0; i < text.len && ok; i++) {
                const char c = char_lower(text.data[i]);

                ok = i % 3 == 2 ? c == ':' : char_is_digit(c) || (c >= 'a' && c <= 'f');
                /* The last bit of the first byte: an address of a group. */
                ok &= i != 1 || !memchr("13579bdf", c, 8);
        }
        return ok;
}

static bool read_mac(const Field *field, Str text, Arena *arena, void *target)
{
        (void)field;
        (void)arena;
        *(Str *)target = text;
        return device_is_mac(text);
}

static bool read_number(const Field *field, Str text, Arena *arena, void *target)
{
        uint64_t n;

        (void)arena;
        if (!num_unsigned(text, field->max, &n))
                return false;
        *(unsigned *)target = (unsigned)n;
        return true;
}

static bool parse_prefix(Str text, bool with_bits, DevicePrefix *ret)
{
        DevicePrefix prefix = { .text = text };
        Str address = text, bits = { 0 };
        uint64_t n;

        if (str_cut(text, '/', &address, &bits) && !with_bits)
                return false;
        if (!address_parse(address, &prefix.address))
                return false;
        n = prefix.address.bytes * 8;
        if (bits.data && !num_unsigned(bits, n, &n))
                return false;
        prefix.bits = (unsigned)n;
        *ret = prefix;
        return true;
}

static bool read_address(const Field *field, Str text, Arena *arena, void *target)
{
        (void)field;
        (void)arena;
        return parse_prefix(text, false, target);
}

static bool read_prefixes(const Field *field, Str text, Arena *arena, void *target)
{
        DevicePrefixes *list = target;
        DevicePrefix prefix;

        (void)field;
        if (!parse_prefix(text, true, &prefix))
                return false;
        VEC_ADD(arena, list, prefix);
        return true;
}

static bool read_families(const Field *field, Str text, Arena *arena, void *target)
{
        static const struct {
                Str word;
                unsigned families;
        } rows[] = {
                { STR_INIT("ipv4"), DEVICE_IP4 }, { STR_INIT("ipv6"), DEVICE_IP6 },
                { STR_INIT("both"), DEVICE_IP4 | DEVICE_IP6 }, { STR_INIT("no"), 0 },
        };

        (void)field;
        (void)arena;
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                if (str_eq(text, rows[i].word)) {
                        *(unsigned *)target = rows[i].families;
                        return true;
                }
        }
        return false;
}

static bool read_mode(const Field *field, Str text, Arena *arena, void *target)
{
        static const Str modes[] = { STR_INIT("bridge"), STR_INIT("private"), STR_INIT("vepa"), STR_INIT("passthru") };

        (void)field;
        (void)arena;
        *(Str *)target = text;
        for (size_t i = 0; i < ELEMENTS(modes); i++)
                if (str_eq(text, modes[i]))
                        return true;
        return false;
}

/* 32 bytes in base64 (wg(8)). */
static bool is_key(Str text)
{
        bool ok = text.len == 44 && text.data[43] == '=' && text.data[42] != '=';

        for (size_t i = 0; i + 1 < text.len && ok; i++)
                ok = char_is_alpha(text.data[i]) || char_is_digit(text.data[i]) || memchr("+/", text.data[i], 2);
        return ok;
}

/* HOST:PORT, and IPv6 in brackets. */
static bool read_endpoint(const Field *field, Str text, Arena *arena, void *target)
{
        const size_t colon = str_rfind(text, ':');
        const Str host = str_first(text, colon);
        uint64_t port;
        bool ok = host.len > 0 && colon < text.len && num_unsigned(str_skip(text, colon + 1), 65535, &port) && port;

        (void)field;
        (void)arena;
        *(Str *)target = text;
        if (str_starts(host, S("["))) {
                Address address;

                return ok && str_ends(host, S("]")) && address_parse(str_first(str_skip(host, 1), host.len - 2), &address);
        }
        for (size_t i = 0; i < host.len && ok; i++)
                ok = char_is_alpha(host.data[i]) || char_is_digit(host.data[i]) || memchr("-._", host.data[i], 3);
        return ok;
}

/* ---- the table ---- */

#define KIND(name) (1u << DEVICE_##name)
#define DEVICES (KIND(VETH) | KIND(BRIDGE) | KIND(MACVLAN) | KIND(INTERFACE) | KIND(WIREGUARD))
#define AT(field) offsetof(Device, field)

static const Field fields[] = {
        { STR_INIT("address"), DEVICES, read_prefixes, AT(addresses), "address=ADDRESS[/BITS]", 0 },
        { STR_INIT("peer"), KIND(VETH), read_name, AT(peer), "peer=NAMESPACE", 0 },
        { STR_INIT("peer-name"), KIND(VETH), read_device_name, AT(peer_name), "peer-name=NAME of at most 15 bytes", 0 },
        { STR_INIT("peer-address"), KIND(VETH), read_prefixes, AT(peer_addresses), "peer-address=ADDRESS[/BITS]", 0 },
        { STR_INIT("bridge"), DEVICES & ~KIND(BRIDGE) & ~KIND(WIREGUARD), read_device_name, AT(bridge), "bridge=NAME of a bridge", 0 },
        { STR_INIT("peer-bridge"), KIND(VETH), read_device_name, AT(peer_bridge), "peer-bridge=NAME of a bridge", 0 },
        { STR_INIT("mac"), DEVICES & ~KIND(WIREGUARD), read_mac, AT(mac), "mac=XX:XX:XX:XX:XX:XX, not of a group", 0 },
        { STR_INIT("peer-mac"), KIND(VETH), read_mac, AT(peer_mac), "peer-mac=XX:XX:XX:XX:XX:XX, not of a group", 0 },
        { STR_INIT("mtu"), DEVICES, read_number, AT(mtu), "mtu=BYTES", 65535 },
        { STR_INIT("masquerade"), KIND(VETH), read_families, AT(masquerade), "masquerade=ipv4, ipv6, both or no", 0 },
        { STR_INIT("parent"), KIND(MACVLAN), read_device_name, AT(parent), "parent=NAME of a device of the host", 0 },
        { STR_INIT("mode"), KIND(MACVLAN), read_mode, AT(mode), "mode=bridge, private, vepa or passthru", 0 },
        { STR_INIT("private-key-file"), KIND(WIREGUARD), read_path, AT(key_file), "private-key-file=PATH, an absolute one", 0 },
        { STR_INIT("private-key-credential"), KIND(WIREGUARD), read_name, AT(key_credential), "private-key-credential=NAME", 0 },
        { STR_INIT("listen-port"), KIND(WIREGUARD), read_number, AT(listen_port), "listen-port=PORT", 65535 },
        { STR_INIT("firewall-mark"), KIND(WIREGUARD), read_number, AT(mark), "firewall-mark=NUMBER", UINT32_MAX },
        { STR_INIT("preshared-key-file"), KIND(PEER), read_path, AT(key_file), "preshared-key-file=PATH, an absolute one", 0 },
        { STR_INIT("preshared-key-credential"), KIND(PEER), read_name, AT(key_credential), "preshared-key-credential=NAME", 0 },
        { STR_INIT("endpoint"), KIND(PEER), read_endpoint, AT(endpoint), "endpoint=HOST:PORT", 0 },
        { STR_INIT("allowed-ips"), KIND(PEER), read_prefixes, AT(addresses), "allowed-ips=ADDRESS[/BITS]", 0 },
        { STR_INIT("persistent-keepalive"), KIND(PEER), read_number, AT(keepalive), "persistent-keepalive=SECONDS", 65535 },
        { STR_INIT("device"), KIND(PEER) | KIND(ROUTE), read_device_name, AT(device), "device=NAME", 0 },
        { STR_INIT("gateway"), KIND(ROUTE), read_address, AT(gateway), "gateway=ADDRESS", 0 },
        { STR_INIT("source"), KIND(ROUTE), read_address, AT(source), "source=ADDRESS", 0 },
        { STR_INIT("metric"), KIND(ROUTE), read_number, AT(metric), "metric=NUMBER", UINT32_MAX },
        { STR_INIT("table"), KIND(ROUTE), read_number, AT(table), "table=NUMBER", UINT32_MAX },
};

/* What stands before the first comma. */
static const char *const names_wanted[DEVICE_KIND_COUNT] = {
        [DEVICE_VETH] = "the name of a device of at most 15 bytes, then ,OPTION=VALUE,…",
        [DEVICE_BRIDGE] = "the name of a device of at most 15 bytes, then ,OPTION=VALUE,…",
        [DEVICE_MACVLAN] = "the name of a device of at most 15 bytes, then ,OPTION=VALUE,…",
        [DEVICE_INTERFACE] = "the name of a device of at most 15 bytes, then ,OPTION=VALUE,…",
        [DEVICE_WIREGUARD] = "the name of a device of at most 15 bytes, then ,OPTION=VALUE,…",
        [DEVICE_PEER] = "a public key, 44 characters of base64, then ,OPTION=VALUE,…",
        [DEVICE_ROUTE] = "ADDRESS/BITS, then ,OPTION=VALUE,…",
};

static bool refuse(const Reader *r, Str part, const char *wanted)
{
        *r->error = (DeviceError){ .part = part, .wanted = wanted };
        return false;
}

/* Letter case, "-" and "_" aside, as in keys. */
static bool key_is(Str text, Str key)
{
        size_t i = 0;

        for (size_t k = 0; k < text.len; k++) {
                if (text.data[k] == '-' || text.data[k] == '_')
                        continue;
                while (i < key.len && key.data[i] == '-')
                        i++;
                if (i == key.len || char_lower(text.data[k]) != key.data[i++])
                        return false;
        }
        return i == key.len;
}

static bool read_option(const Reader *r, Str option)
{
        Nearest nearest;
        Str key = option, value = { 0 };

        str_cut(option, '=', &key, &value);
        for (size_t i = 0; i < ELEMENTS(fields); i++) {
                const Field *field = &fields[i];

                if (!(field->kinds & 1u << r->device->kind) || !key_is(key, field->key))
                        continue;
                return field->read(field, value, r->arena, (char *)r->device + field->offset) ||
                       refuse(r, option, field->wanted);
        }
        nearest = nearest_start(key);
        for (size_t i = 0; i < ELEMENTS(fields); i++)
                if (fields[i].kinds & 1u << r->device->kind)
                        nearest_offer(&nearest, fields[i].key);
        refuse(r, option, names_wanted[r->device->kind]);
        r->error->nearest = nearest.best;
        return false;
}

static bool read_first(const Reader *r, Str text)
{
        Device *device = r->device;

        device->name = text;
        switch (device->kind) {
        case DEVICE_PEER:
                return is_key(text);
        case DEVICE_ROUTE:
                return parse_prefix(text, true, &device->to);
        case DEVICE_NONE:
        case DEVICE_VETH:
        case DEVICE_BRIDGE:
        case DEVICE_MACVLAN:
        case DEVICE_INTERFACE:
        case DEVICE_WIREGUARD:
        case DEVICE_KIND_COUNT:
                break;
        }
        return device_is_name(text) && !str_is(text, "lo");
}

bool device_parse(Arena *arena, DeviceKind kind, Str text, Device *ret, DeviceError *ret_error)
{
        Device device = { .kind = kind };
        const Reader r = { arena, &device, ret_error };
        Str rest = text, part;

        if (!text.len || !str_next(&rest, ',', &part) || !read_first(&r, part))
                return refuse(&r, str_first(text, str_find(text, ',')), names_wanted[kind]);
        while (rest.data && str_next(&rest, ',', &part))
                if (!read_option(&r, part))
                        return false;
        *ret = device;
        return true;
}
