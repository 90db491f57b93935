/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Addresses, ports, names of hosts and networks. */

#include <arpa/inet.h>

#include "base/num.h"
#include "model/check.h"

static bool is_address(int family, Str s)
{
        char text[INET6_ADDRSTRLEN + 1], binary[sizeof(struct in6_addr)];

        if (!s.len || s.len >= sizeof(text) || memchr(s.data, 0, s.len))
                return false;
        memcpy(text, s.data, s.len);
        text[s.len] = 0;
        return inet_pton(family, text, binary) == 1;
}

bool check_is_ip4(Str s)
{
        return is_address(AF_INET, s);
}

bool check_is_ip6(Str s)
{
        Str address = s, zone;

        str_cut(s, '%', &address, &zone);
        return is_address(AF_INET6, address);
}

bool check_ip4(const Check *check, Value *value)
{
        return check_is_ip4(value->text.str) ||
               check_refuse(check, value, 0, value->text.str.len, S("an IPv4 address"), S(""));
}

bool check_ip6(const Check *check, Value *value)
{
        return check_is_ip6(value->text.str) ||
               check_refuse(check, value, 0, value->text.str.len, S("an IPv6 address"), S(""));
}

bool check_address(const Check *check, Value *value)
{
        return check_is_ip4(value->text.str) || check_is_ip6(value->text.str) ||
               check_refuse(check, value, 0, value->text.str.len, S("an IPv4 or IPv6 address"), S(""));
}

bool check_dns(const Check *check, Value *value)
{
        return str_eq(value->text.str, S("none")) || check_address(check, value);
}

/* ADDRESS/BITS into bytes of the network's address; false when it is not one. */
static bool parse_subnet(Str s, Subnet *ret)
{
        Str address, bits;
        char text[INET6_ADDRSTRLEN + 1];
        uint64_t n;

        if (!str_cut(s, '/', &address, &bits) || address.len >= sizeof(text) || memchr(address.data, 0, address.len))
                return false;
        memcpy(text, address.data, address.len);
        text[address.len] = 0;
        *ret = (Subnet){ .bytes = check_is_ip4(address) ? 4 : 16 };
        if (inet_pton(ret->bytes == 4 ? AF_INET : AF_INET6, text, ret->address) != 1 ||
            !num_unsigned(bits, ret->bytes * 8u, &n))
                return false;
        ret->bits = (unsigned)n;
        return true;
}

static bool host_bits_are_clear(const Subnet *subnet)
{
        for (unsigned bit = subnet->bits; bit < subnet->bytes * 8u; bit++)
                if (subnet->address[bit / 8] & (0x80 >> bit % 8))
                        return false;
        return true;
}

bool check_subnet(const Check *check, Value *value)
{
        const Str text = value->text.str;

        if (!parse_subnet(text, &value->subnet))
                return check_refuse(check, value, 0, text.len, S("ADDRESS/BITS such as 10.89.1.0/24"), S(""));
        return host_bits_are_clear(&value->subnet) ||
               check_refuse(check, value, 0, text.len, S("the address of a network"), S("the bits behind the '/' must be 0 in it"));
}

bool check_iprange(const Check *check, Value *value)
{
        const Str text = value->text.str;
        Subnet subnet;
        Str first, last;

        if (parse_subnet(text, &subnet))
                return true;
        if (str_cut(text, '-', &first, &last) &&
            ((check_is_ip4(first) && check_is_ip4(last)) || (check_is_ip6(first) && check_is_ip6(last))))
                return true;
        return check_refuse(check, value, 0, text.len, S("ADDRESS/BITS, or FIRST-LAST"), S(""));
}

static bool is_hostname(Str s)
{
        bool ok = s.len > 0 && s.len <= 253 && s.data[0] != '-' && s.data[0] != '.';

        for (size_t i = 0; i < s.len && ok; i++)
                ok = char_is_alpha(s.data[i]) || char_is_digit(s.data[i]) || memchr("-._", s.data[i], 3);
        return ok;
}

bool check_hostname(const Check *check, Value *value)
{
        return is_hostname(value->text.str) ||
               check_refuse(check, value, 0, value->text.str.len, S("a host name"), S(""));
}

bool check_addhost(const Check *check, Value *value)
{
        const Str text = value->text.str;
        Str names, address;

        if (!str_cut(text, ':', &names, &address) && !str_cut(text, '=', &names, &address))
                return check_refuse(check, value, 0, text.len, S("HOSTNAME:ADDRESS"), S(""));

        const size_t at = text.len - address.len;

        if (str_starts(address, S("[")) && str_ends(address, S("]")))
                address = str_first(str_skip(address, 1), address.len - 2);
        if (!check_is_ip4(address) && !check_is_ip6(address) && !str_eq(address, S("host-gateway")))
                return check_refuse(check, value, at, text.len - at, S("HOSTNAME:ADDRESS"),
                                    S("the address may also be 'host-gateway'"));

        /* Several names for one address are podman's, parted by ";". */
        Str name;

        while (names.len && str_next(&names, ';', &name))
                if (!is_hostname(name))
                        return check_refuse(check, value, 0, at - 1, S("HOSTNAME:ADDRESS"), S(""));
        if (text.data[at - 1] == '=')
                value->text.str = arena_fmt(check->run->arena, "%.*s:%.*s", STR_ARG(str_first(text, at - 1)),
                                            STR_ARG(str_skip(text, at)));
        return true;
}

/* PORT or FIRST-LAST. */
static bool parse_range(Str s, uint16_t *ret_first, uint16_t *ret_last)
{
        Str first = s, last = s;
        uint64_t a, b;

        str_cut(s, '-', &first, &last);
        if (!num_unsigned(first, 65535, &a) || !num_unsigned(last, 65535, &b) || !a || b < a)
                return false;
        *ret_first = (uint16_t)a;
        *ret_last = (uint16_t)b;
        return true;
}

/* Engines know protocols in small letters only. */
static void write_protocol(const Check *check, Value *value, Str ports, Str protocol)
{
        if (protocol.len && !str_ends(value->text.str, protocol))
                value->text.str = arena_fmt(check->run->arena, "%.*s/%.*s", STR_ARG(ports), STR_ARG(protocol));
}

/* Takes "/PROTOCOL" from the end of *text. */
static bool parse_protocol(const Check *check, const Value *value, Str *text, Str *ret_protocol)
{
        static const Str protocols[] = { STR_INIT("tcp"), STR_INIT("udp"), STR_INIT("sctp") };
        const size_t slash = str_rfind(*text, '/');

        if (slash == text->len)
                return true;

        const Str protocol = str_skip(*text, slash + 1);

        for (size_t i = 0; i < ELEMENTS(protocols); i++)
                if (str_eq_nocase(protocol, protocols[i])) {
                        *ret_protocol = protocols[i];
                        *text = str_first(*text, slash);
                        return true;
                }
        return check_refuse(check, value, slash + 1, protocol.len, S("/tcp, /udp or /sctp after the port"), S(""));
}

/* Takes "ADDRESS:" from the front of what stands before the ports; IPv6 in brackets. */
static bool parse_port_address(const Check *check, const Value *value, Str *rest, Str *ret_address)
{
        if (str_starts(*rest, S("["))) {
                const size_t close = str_find(*rest, ']');

                if (close + 1 >= rest->len || rest->data[close + 1] != ':' ||
                    !check_is_ip6(str_first(str_skip(*rest, 1), close - 1)))
                        return check_refuse(check, value, 0, close, S("[IPv6 ADDRESS]:HOST:CONTAINER"), S(""));
                *ret_address = str_first(*rest, close + 1);
                *rest = str_skip(*rest, close + 2);
                return true;
        }

        Str address, after, ignored;

        if (!str_cut(*rest, ':', &address, &after) || !str_cut(after, ':', &ignored, &ignored))
                return true; /* at most HOST:CONTAINER */
        if (!check_is_ip4(address))
                return check_refuse(check, value, 0, address.len, S("an IPv4 address, or an IPv6 address in brackets, before HOST:CONTAINER"),
                                    str_is(address, "localhost") ? S("write 127.0.0.1") : S(""));
        *ret_address = address;
        *rest = after;
        return true;
}

bool check_port(const Check *check, Value *value)
{
        const Str text = value->text.str;
        Str rest = text, ports, host = { 0 }, container;
        Port port = { 0 };

        if (!parse_protocol(check, value, &rest, &port.protocol))
                return false;
        ports = rest;
        if (!parse_port_address(check, value, &rest, &port.address))
                return false;
        if (!str_cut(rest, ':', &host, &container))
                container = rest;

        const size_t host_at = (size_t)(rest.data - text.data), container_at = (size_t)(container.data - text.data);

        if (!parse_range(container, &port.container_first, &port.container_last))
                return check_refuse(check, value, container_at, container.len, S("a port from 1 to 65535, or a range"), S(""));
        if (host.len && !parse_range(host, &port.host_first, &port.host_last))
                return check_refuse(check, value, host_at, host.len, S("a host port from 1 to 65535, or a range"), S(""));

        const unsigned host_count = port.host_last - port.host_first + 1u;
        const unsigned container_count = port.container_last - port.container_first + 1u;

        /* A range for one port means any free port of the range (OCI-15). */
        if (host.len && host_count != container_count && container_count != 1)
                return check_refuse(check, value, host_at, rest.len, S("ranges of equal length on both sides"), S(""));
        value->port = port;
        write_protocol(check, value, ports, port.protocol);
        return true;
}

bool check_expose(const Check *check, Value *value)
{
        Str rest = value->text.str, protocol = { 0 };
        uint16_t first, last;

        if (!parse_protocol(check, value, &rest, &protocol))
                return false;
        if (!parse_range(rest, &first, &last))
                return check_refuse(check, value, 0, rest.len, S("PORT[-PORT][/PROTOCOL]"), S(""));
        write_protocol(check, value, rest, protocol);
        return true;
}

bool check_network(const Check *check, Value *value)
{
        static const Str with_argument[] = { STR_INIT("container"), STR_INIT("ns") };
        static const Str modes[] = { STR_INIT("bridge"),  STR_INIT("host"),       STR_INIT("none"),
                                     STR_INIT("private"), STR_INIT("slirp4netns"), STR_INIT("pasta") };
        Str mode = value->text.str, argument = { 0 };
        const bool cut = str_cut(value->text.str, ':', &mode, &argument);

        for (size_t i = 0; i < ELEMENTS(with_argument); i++)
                if (str_eq(mode, with_argument[i]))
                        return argument.len > 0 ||
                               check_refuse(check, value, 0, mode.len, S("a name or path after the colon"), S(""));
        for (size_t i = 0; i < ELEMENTS(modes); i++)
                if (str_eq(mode, modes[i]))
                        return true;
        if (check_is_name(mode) && (!cut || argument.len))
                return true;
        return check_refuse(check, value, 0, mode.len, S("the name of a network, or a mode"), S(""));
}
