/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/map.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "test.h"

static void pieces(void)
{
        static const struct {
                const char *text, *want;
        } rows[] = {
                { "", "()" },
                { "a", "(a)" },
                { "a:b", "(a)(b)" },
                { ":", "()()" },
                { "a::b:", "(a)()(b)()" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Arena arena = { 0 };
                Buf buf = BUF(&arena);
                Str rest = str_c(rows[i].text), piece;

                while (str_next(&rest, ':', &piece))
                        buf_fmt(&buf, "(%.*s)", STR_ARG(piece));
                CHECK_STR(buf_str(&buf), str_c(rows[i].want));
                arena_free(&arena);
        }
}

static void cuts(void)
{
        static const struct {
                const char *text, *before, *after;
                bool ok;
        } rows[] = {
                { "a=b", "a", "b", true }, { "a=b=c", "a", "b=c", true }, { "=b", "", "b", true },
                { "a=", "a", "", true },   { "ab", "?", "?", false },     { "", "?", "?", false },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Str before = S("?"), after = S("?");

                CHECK(str_cut(str_c(rows[i].text), '=', &before, &after) == rows[i].ok, "'%s'",
                      rows[i].text);
                CHECK_STR(before, str_c(rows[i].before));
                CHECK_STR(after, str_c(rows[i].after));
        }
}

static void order(void)
{
        static const struct {
                Str a, b;
                int want;
        } rows[] = {
                { { 0 }, { 0 }, 0 },
                { { 0 }, STR_INIT("a"), -1 },
                { STR_INIT("a"), STR_INIT("ab"), -1 },
                { STR_INIT("b"), STR_INIT("ab"), 1 },
                { STR_INIT("a\0b"), STR_INIT("a\0c"), -1 },
                { STR_INIT("\xff"), STR_INIT("a"), 1 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const int got = str_compare(rows[i].a, rows[i].b);

                CHECK((got > 0) - (got < 0) == rows[i].want &&
                              str_eq(rows[i].a, rows[i].b) == !rows[i].want,
                      "row %zu", i);
        }
}

static void parts(void)
{
        const Str s = S("a.b.c");

        CHECK(str_find(s, '.') == 1 && str_rfind(s, '.') == 3 && str_find(s, 'x') == 5 &&
              str_rfind(s, 'x') == 5);
        CHECK(str_starts(s, S("a.")) && !str_starts(s, S("a.b.c.d")) && str_ends(s, S(".c")) &&
              !str_ends(S("c"), S(".c")));
        CHECK_STR(str_skip(s, 2), S("b.c"));
        CHECK_STR(str_skip(s, 99), S(""));
        CHECK_STR(str_first(s, 99), s);
        CHECK_STR(str_trim(S(" \t a b \r\n")), S("a b"));
        CHECK_STR(str_trim(S("   ")), S(""));
        CHECK(str_eq_nocase(S("ImaGe"), S("iMAge")) && !str_eq_nocase(S("a"), S("ab")));
}

static void utf8(void)
{
        static const struct {
                Str text;
                size_t invalid, count;
        } rows[] = {
                { STR_INIT(""), 0, 0 },
                { STR_INIT("abc"), 3, 3 },
                { STR_INIT("a\0b"), 3, 3 },
                { STR_INIT("\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3"), 9, 3 },
                { STR_INIT("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"), 10, 3 },
                { STR_INIT("a\x80"), 1, 2 },
                { STR_INIT("a\xc3"), 1, 2 },
                { STR_INIT("a\xc3z"), 1, 3 },
                { STR_INIT("\xc0\x80"), 0, 2 },         /* overlong */
                { STR_INIT("\xe0\x80\xaf"), 0, 3 },     /* overlong */
                { STR_INIT("\xf0\x80\x80\xaf"), 0, 4 }, /* overlong */
                { STR_INIT("\xed\xa0\x80"), 0, 3 },     /* surrogate */
                { STR_INIT("\xf4\x90\x80\x80"), 0, 4 }, /* above U+10FFFF */
                { STR_INIT("\xf8\x88\x80\x80\x80"), 0, 5 },
                { STR_INIT("ok\xff"), 2, 3 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                CHECK(utf8_find_invalid(rows[i].text) == rows[i].invalid &&
                              utf8_count(rows[i].text) == rows[i].count,
                      "row %zu: %zu, %zu", i, utf8_find_invalid(rows[i].text),
                      utf8_count(rows[i].text));
}

/* At every place of a block and behind it. */
static void plain(void)
{
        static const char odd[] = { '\0', '\r', '\x1f', '\x7f', '\x80', '\xc3', '\xff' };
        char text[150];

        for (size_t len = 0; len <= sizeof(text); len++) {
                memset(text, '~', sizeof(text));
                CHECK(utf8_is_plain((Str){ text, len }), "%zu", len);
                for (size_t at = 0; at < len; at++) {
                        for (size_t i = 0; i < sizeof(odd); i++) {
                                text[at] = odd[i];
                                CHECK(!utf8_is_plain((Str){ text, len }), "%zu of %zu", at, len);
                        }
                        text[at] = " \n\t"[at % 3];
                }
        }
}

static void encoding(void)
{
        static const unsigned codes[] = { 1,      0x7f,   0x80,   0x7ff,   0x800,
                                          0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff };

        for (size_t i = 0; i < ELEMENTS(codes); i++) {
                Arena arena = { 0 };
                Buf buf = BUF(&arena);
                unsigned code = 0;

                buf_utf8(&buf, codes[i]);
                CHECK(utf8_decode(buf_str(&buf), &code) == buf.len && code == codes[i], "U+%04X",
                      codes[i]);
                arena_free(&arena);
        }
}

static void nearest(void)
{
        static const struct {
                const char *wanted, *best;
        } rows[] = {
                { "PubishPort", "PublishPort" },
                { "publishport", "PublishPort" },
                { "Imgae", "Image" },
                { "Image", "Image" },
                { "x", "" },
                { "", "" },
                { "SomethingElse", "" },
                { "Env", "" },
                { "Environmet", "Environment" },
        };
        static const Str names[] = { STR_INIT("PublishPort"),
                                     STR_INIT("Image"),
                                     STR_INIT("Environment"),
                                     STR_INIT("Exec"),
                                     { 0 } };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Nearest found = nearest_start(str_c(rows[i].wanted));

                for (size_t n = 0; n < ELEMENTS(names); n++)
                        nearest_offer(&found, names[n]);
                CHECK_STR(found.best, str_c(rows[i].best));
        }
}

static void maps(void)
{
        enum { COUNT = 1000 };
        Arena arena = { 0 };
        Map map = { 0 };
        static char values[COUNT];

        CHECK(!map_get(&map, S("0")));
        for (unsigned i = 0; i < COUNT; i++)
                CHECK(!map_put(&arena, &map, arena_fmt(&arena, "%u", i), &values[i]), "%u", i);
        for (unsigned i = 0; i < COUNT; i++) {
                const Str key = arena_fmt(&arena, "%u", i);

                CHECK(map_get(&map, key) == &values[i] &&
                              map_put(&arena, &map, key, values) == &values[i],
                      "%u", i);
        }
        CHECK(!map_get(&map, S("x")) && !map_put(&arena, &map, (Str){ 0 }, values) &&
              map_get(&map, S("")) == values);
        arena_free(&arena);
}

/* Names of definitions differ in few digits, and must not crowd. */
static void map_spread(void)
{
        static const char *const rows[][2] = {
                { "", "" }, { "app-", "" }, { "service-", "" }, { "podman-app-", ".service" }, { "", "-podman-app" },
        };
        enum { COUNT = 1000 };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Arena arena = { 0 };
                Map map = { 0 };
                size_t steps = 0; /* from where each belongs to where it is */

                map_reserve(&arena, &map, COUNT);
                for (unsigned n = 0; n < COUNT; n++)
                        map_put(&arena, &map, arena_fmt(&arena, "%s%u%s", rows[i][0], n, rows[i][1]), &map);
                for (size_t at = 0; at < map.size; at++)
                        if (map.slots[at].key.data)
                                steps += (at - map.slots[at].hash) & (map.size - 1);
                CHECK(map.count == COUNT && steps < COUNT, "%s1%s: %zu steps", rows[i][0], rows[i][1], steps);
                arena_free(&arena);
        }
}

TEST_MAIN(TEST(pieces), TEST(cuts), TEST(order), TEST(parts), TEST(utf8), TEST(plain), TEST(encoding),
          TEST(nearest), TEST(maps), TEST(map_spread))
