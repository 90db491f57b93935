/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/address.h"
#include "test.h"

static void addresses(void)
{
        static const struct {
                const char *text;
                unsigned bytes; /* 0: none */
        } rows[] = {
                { "127.0.0.1", 4 },  { "0.0.0.0", 4 },      { "255.255.255.255", 4 }, { "::", 16 }, { "::1", 16 },
                { "2001:DB8::1", 16 }, { "::ffff:1.2.3.4", 16 }, { "", 0 },           { "1.2.3", 0 }, { "1.2.3.4.5", 0 },
                { "01.2.3.4", 0 },   { "1.2.3.256", 0 },    { "[::1]", 0 },           { "fe80::1%eth0", 0 }, { "1.2.3.4 ", 0 },
                { "1:2:3:4:5:6:7:8:9", 0 }, { "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", 0 }, { "router", 0 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Address address = { 0 };

                CHECK(address_parse(str_c(rows[i].text), &address) == (rows[i].bytes > 0), "'%s'", rows[i].text);
                CHECK(address.bytes == rows[i].bytes, "'%s'", rows[i].text);
        }
}

static void spans(void)
{
        static const struct {
                const char *text, *first, *last; /* first NULL: it is none */
        } rows[] = {
                { "10.1.2.0/24", "10.1.2.0", "10.1.2.255" },
                { "10.1.2.3/24", "10.1.2.0", "10.1.2.255" },
                { "10.1.2.3/32", "10.1.2.3", "10.1.2.3" },
                { "10.1.2.3/0", "0.0.0.0", "255.255.255.255" },
                { "10.1.2.3/9", "10.0.0.0", "10.127.255.255" },
                { "fd00::/126", "fd00::", "fd00::3" },
                { "fd00::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
                { "10.1.2.3-10.1.2.9", "10.1.2.3", "10.1.2.9" },
                { "10.1.2.3", "10.1.2.3", "10.1.2.3" },
                { "10.1.2.9-10.1.2.3", NULL, NULL },
                { "10.1.2.3-fd00::", NULL, NULL },
                { "10.1.2.3/33", NULL, NULL },
                { "fd00::/129", NULL, NULL },
                { "10.1.2.3/", NULL, NULL },
                { "/24", NULL, NULL },
                { "10.1.2.3/-1", NULL, NULL },
                { "10.1.2.3/2/3", NULL, NULL },
                { "-", NULL, NULL },
                { "", NULL, NULL },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                AddressSpan span;
                Address first, last;

                CHECK(address_parse_span(str_c(rows[i].text), &span) == (rows[i].first != NULL), "'%s'", rows[i].text);
                if (!rows[i].first)
                        continue;
                address_parse(str_c(rows[i].first), &first);
                address_parse(str_c(rows[i].last), &last);
                CHECK(address_compare(&span.first, &first) == 0, "'%s'", rows[i].text);
                CHECK(address_compare(&span.last, &last) == 0, "'%s'", rows[i].text);
        }
}

static void within(void)
{
        static const struct {
                const char *inner, *outer;
                bool want;
        } rows[] = {
                { "10.1.2.3", "10.1.2.0/24", true },      { "10.1.2.0/24", "10.1.2.0/24", true },
                { "10.1.3.0", "10.1.2.0/24", false },     { "10.1.2.200-10.1.3.1", "10.1.2.0/24", false },
                { "10.0.0.0/8", "10.1.2.0/24", false },   { "::1", "0.0.0.0/0", false },
                { "fd00::7", "fd00::/64", true },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                AddressSpan inner, outer;

                CHECK(address_parse_span(str_c(rows[i].inner), &inner) && address_parse_span(str_c(rows[i].outer), &outer),
                      "row %zu", i);
                CHECK(address_within(&inner, &outer) == rows[i].want, "'%s' in '%s'", rows[i].inner, rows[i].outer);
        }
}

TEST_MAIN(TEST(addresses), TEST(spans), TEST(within))
