/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Devices of network namespaces, and who joins these. */

#include "model/check.h"

static bool check_device_kind(const Check *check, Value *value, DeviceKind kind)
{
        Device *device = ARENA_NEW(check->run->arena, Device);
        DeviceError error = { 0 };
        const Str text = value->text.str;
        size_t at = 0;

        if (device_parse(check->run->arena, kind, text, device, &error)) {
                value->device = device;
                return true;
        }
        if (error.part.len)
                at = (size_t)(error.part.data - text.data);
        return check_refuse(check, value, at, error.part.len, str_c(error.wanted),
                            error.nearest.len ? arena_fmt(check->run->arena, "did you mean '%.*s='?", STR_ARG(error.nearest))
                                              : S(""));
}

bool check_veth(const Check *check, Value *value)
{
        return check_device_kind(check, value, DEVICE_VETH);
}

bool check_bridge(const Check *check, Value *value)
{
        return check_device_kind(check, value, DEVICE_BRIDGE);
}

bool check_macvlan(const Check *check, Value *value)
{
        return check_device_kind(check, value, DEVICE_MACVLAN);
}

bool check_interface(const Check *check, Value *value)
{
        return check_device_kind(check, value, DEVICE_INTERFACE);
}

bool check_wireguard(const Check *check, Value *value)
{
        return check_device_kind(check, value, DEVICE_WIREGUARD);
}

bool check_wireguardpeer(const Check *check, Value *value)
{
        return check_device_kind(check, value, DEVICE_PEER);
}

bool check_route(const Check *check, Value *value)
{
        return check_device_kind(check, value, DEVICE_ROUTE);
}

bool check_families(const Check *check, Value *value)
{
        const Str text = value->text.str;
        bool all;

        if (check_is_bool(text, &all))
                value->families = all ? DEVICE_IP4 | DEVICE_IP6 : 0;
        else if (str_eq_nocase(text, S("ipv4")))
                value->families = DEVICE_IP4;
        else if (str_eq_nocase(text, S("ipv6")))
                value->families = DEVICE_IP6;
        else
                return check_refuse(check, value, 0, text.len, S("yes, no, ipv4 or ipv6"), S(""));
        return true;
}

bool check_netns(const Check *check, Value *value)
{
        const Str text = value->text.str;

        if (str_starts(text, S("/")) || check_is_name(text))
                return true;
        return check_refuse(check, value, 0, text.len, S("the name of a network namespace, or an absolute path"), S(""));
}
