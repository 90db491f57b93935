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
