/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is particular to systemd.nspawn(5). */

#include "base/num.h"
#include "model/check.h"

/* A boolean, a word, or the first id and how many. */
bool check_privateusers(const Check *check, Value *value)
{
        static const Str words[] = { STR_INIT("pick"), STR_INIT("identity") };
        Str first = value->text.str, count = S("65536");
        uint64_t n;
        bool flag;

        str_cut(value->text.str, ':', &first, &count);
        if (num_unsigned(first, UINT32_MAX - 1, &n) && n > 1 && num_unsigned(count, UINT32_MAX, &n) && n)
                return true;
        if (check_is_bool(value->text.str, &flag)) {
                value->text.str = flag ? S("yes") : S("no");
                return true;
        }

        const size_t found = str_index(value->text.str, words, ELEMENTS(words));

        if (found == ELEMENTS(words))
                return check_refuse(check, value, 0, value->text.str.len, S("no, yes, identity, pick or FIRST[:COUNT]"),
                                    check_did_you_mean(check, value->text.str, "", words, ELEMENTS(words)));
        value->text.str = words[found];
        return true;
}

bool check_privateusersownership(const Check *check, Value *value)
{
        static const Str choices[] = { STR_INIT("auto"), STR_INIT("map"), STR_INIT("chown"), STR_INIT("off") };

        return check_choice(check, value, choices, ELEMENTS(choices));
}

bool check_resolvconf(const Check *check, Value *value)
{
        static const Str choices[] = {
                STR_INIT("off"),          STR_INIT("auto"),           STR_INIT("delete"),         STR_INIT("copy-host"),
                STR_INIT("copy-static"),  STR_INIT("copy-uplink"),    STR_INIT("copy-stub"),      STR_INIT("replace-host"),
                STR_INIT("replace-static"), STR_INIT("replace-uplink"), STR_INIT("replace-stub"), STR_INIT("bind-host"),
                STR_INIT("bind-static"),  STR_INIT("bind-uplink"),    STR_INIT("bind-stub"),
        };

        return check_choice(check, value, choices, ELEMENTS(choices));
}

static bool check_prefix(const Check *check, Value *value, unsigned bytes, Str what)
{
        Str address = value->text.str, bits = { 0 };
        const bool has_bits = str_cut(address, '/', &address, &bits);
        Address parsed;
        uint64_t n;

        if (address_parse(address, &parsed) && parsed.bytes == bytes && (!has_bits || num_unsigned(bits, bytes * 8, &n))) {
                value->span = check_span(check, parsed, parsed);
                return true;
        }
        return check_refuse(check, value, 0, value->text.str.len, what, S(""));
}

bool check_ip4prefix(const Check *check, Value *value)
{
        return check_prefix(check, value, 4, S("an IPv4 address"));
}

bool check_ip6prefix(const Check *check, Value *value)
{
        return check_prefix(check, value, 16, S("an IPv6 address"));
}

bool check_macaddress(const Check *check, Value *value)
{
        return device_is_mac(value->text.str) ||
               check_refuse(check, value, 0, value->text.str.len, S("a MAC address such as 02:00:00:00:00:09, not of a group"), S(""));
}

bool check_devicename(const Check *check, Value *value)
{
        return device_is_name(value->text.str) ||
               check_refuse(check, value, 0, value->text.str.len, S("the name of a device of at most 15 bytes"), S(""));
}
