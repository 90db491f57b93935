/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/unit_name.h"
#include "test.h"

typedef struct Row {
        const char *text, *want;
} Row;

static void check(Str (*escape)(Arena *, Str), const Row *rows, size_t count)
{
        Arena arena = { 0 };

        for (size_t i = 0; i < count; i++) {
                const Str got = escape(&arena, str_c(rows[i].text));

                CHECK(str_is(got, rows[i].want), "'%s': %.*s", rows[i].text, STR_ARG(got));
        }
        arena_free(&arena);
}

static void parts(void)
{
        static const Row rows[] = {
                { "shop", "shop" }, { "my-shop.2_a:b", "my-shop.2_a:b" }, { "a b/c", "a\\x20b\\x2fc" }, { "\xc3\xbc@", "\\xc3\\xbc\\x40" },
        };

        check(unit_name_part, rows, ELEMENTS(rows));
}

/* As systemd-escape(1) --path. */
static void paths(void)
{
        static const Row rows[] = {
                { "/dev/disk/by-label/data", "dev-disk-by\\x2dlabel-data" },
                { "/dev/sda1", "dev-sda1" },
                { "//dev//mapper/vg0-lv0/", "dev-mapper-vg0\\x2dlv0" },
                { "/dev/.hidden/x", "dev-.hidden-x" },
                { "/.hidden", "\\x2ehidden" },
                { "/dev/\xc3\xbc", "dev-\\xc3\\xbc" },
                { "/", "-" },
                { "/dev/a:b_c.d", "dev-a:b_c.d" },
        };

        check(unit_name_path, rows, ELEMENTS(rows));
}

TEST_MAIN(TEST(parts), TEST(paths))
