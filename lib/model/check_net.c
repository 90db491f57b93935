/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Addresses, ports, names of hosts and networks. */

#include "base/num.h"
#include "model/check.h"
#include "model/refer.h"

static bool is_address(Str s, unsigned bytes)
{
        Address address;

        return address_parse(s, &address) && address.bytes == bytes;
}

bool check_is_ip4(Str s)
{
        return is_address(s, 4);
}

bool check_is_ip6(Str s)
{
        Str address = s, zone;

        str_cut(s, '%', &address, &zone);
        return is_address(address, 16);
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

const AddressSpan *check_span(const Check *check, Address first, Address last)
{
        AddressSpan *span = ARENA_NEW(check->run->arena, AddressSpan);

        *span = (AddressSpan){ first, last };
        return span;
}

bool check_address(const Check *check, Value *value)
{
        Address address;

        if (address_parse(value->text.str, &address)) {
                value->span = check_span(check, address, address);
                return true;
        }
        return check_is_ip6(value->text.str) ||
               check_refuse(check, value, 0, value->text.str.len, S("an IPv4 or IPv6 address"), S(""));
}

bool check_dns(const Check *check, Value *value)
{
        return str_eq(value->text.str, S("none")) || check_address(check, value);
}

bool check_subnet(const Check *check, Value *value)
{
        const Str text = value->text.str;
        AddressSpan span;
        Address address;
        Str before = { 0 }, bits;

        if (!str_cut(text, '/', &before, &bits) || !address_parse_span(text, &span))
                return check_refuse(check, value, 0, text.len, S("ADDRESS/BITS such as 10.89.1.0/24"), S(""));
        value->span = check_span(check, span.first, span.last);
        address_parse(before, &address);
        return address_compare(&address, &span.first) == 0 ||
               check_refuse(check, value, 0, text.len, S("the address of a network"), S("the bits behind the '/' must be 0 in it"));
}

bool check_iprange(const Check *check, Value *value)
{
        const Str text = value->text.str;
        AddressSpan span;

        if ((str_contains(text, '/') || str_contains(text, '-')) && address_parse_span(text, &span)) {
                value->span = check_span(check, span.first, span.last);
                return true;
        }
        return check_refuse(check, value, 0, text.len, S("ADDRESS/BITS, or FIRST-LAST"), S(""));
}

static bool is_hostname(Str s)
{
        static const CharSet characters = { CHARS_ALNUM, ['-'] = true, ['.'] = true, ['_'] = true };

        return s.len > 0 && s.len <= 253 && s.data[0] != '-' && s.data[0] != '.' && str_all(s, characters);
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
                value->text.str = arena_join(check->run->arena, str_first(text, at - 1), S(":"), str_skip(text, at));
        return true;
}

/* PORT or FIRST-LAST. */
static bool parse_range(Str s, uint16_t *ret_first, uint16_t *ret_last)
{
        Str first = s, last = s;
        uint64_t a, b;

        const bool range = str_cut(s, '-', &first, &last);

        if (!num_unsigned(first, 65535, &a) || !a)
                return false;
        b = a;
        if (range && (!num_unsigned(last, 65535, &b) || b < a))
                return false;
        *ret_first = (uint16_t)a;
        *ret_last = (uint16_t)b;
        return true;
}

/* Engines know protocols in small letters only. */
static void write_protocol(const Check *check, Value *value, Str ports, Str protocol)
{
        if (protocol.len && !str_ends(value->text.str, protocol))
                value->text.str = arena_join(check->run->arena, ports, S("/"), protocol);
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

/* Takes "ADDRESS:" from the front of what stands before the ports; IPv6 in brackets, "*" for all of both families. */
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
        if (!str_is(address, "*") && !check_is_ip4(address))
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

        Port *kept = ARENA_NEW(check->run->arena, Port);

        *kept = port;
        value->port = kept;
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
        Str mode = value->text.str, argument = { 0 };
        const bool cut = str_cut(value->text.str, ':', &mode, &argument);

        if (str_is(mode, "container") || str_is(mode, "ns"))
                return argument.len > 0 ||
                       check_refuse(check, value, 0, mode.len, S("a name or path after the colon"), S(""));
        if (refer_is_mode(mode) || (check_is_name(mode) && (!cut || argument.len)))
                return true;
        return check_refuse(check, value, 0, mode.len, S("the name of a network, or a mode"), S(""));
}
