/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/version.h"

#include "test.h"

static void numbers(void)
{
        static const char *const rows[][2] = {
                { "5", "5" },        { "5.4", "5.4" },          { "4.3.1", "4.3.1" },
                { "26.1.5+dfsg1", "26.1.5" }, { "5.0.0-rc1", "5.0.0" },  { "252.39-1~deb12u2", "252.39" },
                { "5.", "5" },       { "5..4", "5" },           { ".5", "" },
                { "v5", "" },        { "", "" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                CHECK_STR(version_number(str_c(rows[i][0])), str_c(rows[i][1]));
}

static void comparisons(void)
{
        static const struct {
                const char *version;
                const char *wanted;
                unsigned major, minor;
                bool ok;
        } rows[] = {
                { "4.3.1", "4.3", 4, 3, true },  { "4.3", "4.3", 4, 3, true },   { "4.10", "4.7", 4, 7, true },
                { "4.3.1", "4.7", 4, 7, false }, { "5", "4.7", 4, 7, true },     { "5", "5.0", 5, 0, true },
                { "4.9.3", "5", 5, 0, false },   { "20.10.24", "25", 25, 0, false }, { "26.1", "25", 25, 0, true },
                /* Not known: a current one. */
                { "", "99", 99, 0, true },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const Version version = { .text = str_c(rows[i].version) };

                CHECK(version_reaches(&version, str_c(rows[i].wanted)) == rows[i].ok, "'%s' and '%s'",
                      rows[i].version, rows[i].wanted);
                CHECK(version_at_least(&version, rows[i].major, rows[i].minor) == rows[i].ok, "'%s' and %u.%u",
                      rows[i].version, rows[i].major, rows[i].minor);
        }
}

static void records(void)
{
        static const struct {
                const char *line;
                bool ok;
                const char *version, *program;
                uint64_t size, mtime;
        } rows[] = {
                { "podman=4.3.1 /usr/bin/podman 32969312 1775600000", true, "4.3.1", "/usr/bin/podman", 32969312, 1775600000 },
                { "podman=4.3.1 /opt/my engine/podman 1 2", true, "4.3.1", "/opt/my engine/podman", 1, 2 },
                { "podman=5.4", true, "5.4", "", 0, 0 },
                { "podman=5.4 /usr/bin/podman 1", false, "", "", 0, 0 },
                { "podman=5.4 /usr/bin/podman 1 x", false, "", "", 0, 0 },
                { "podman=5.4 /usr/bin/podman", false, "", "", 0, 0 },
                { "podman=5.4 1", false, "", "", 0, 0 },
                { "podman=new", false, "", "", 0, 0 },
                { "podman=", false, "", "", 0, 0 },
                { "podman", false, "", "", 0, 0 },
                { "# Made by bayplan versions", false, "", "", 0, 0 },
                { "", false, "", "", 0, 0 },
        };
        Arena arena = { 0 };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                VersionRecord record = { 0 };
                Buf buf = BUF(&arena);
                const bool ok = version_parse_record(str_c(rows[i].line), &record);

                CHECK(ok == rows[i].ok, "'%s'", rows[i].line);
                if (!ok)
                        continue;
                CHECK_STR(record.name, S("podman"));
                CHECK_STR(record.version, str_c(rows[i].version));
                CHECK_STR(record.program, str_c(rows[i].program));
                CHECK(record.size == rows[i].size && record.mtime == rows[i].mtime, "'%s'", rows[i].line);
                version_format_record(&buf, &record);
                CHECK_STR(buf_str(&buf), arena_fmt(&arena, "%s\n", rows[i].line));
        }
        arena_free(&arena);
}

TEST_MAIN(TEST(numbers), TEST(comparisons), TEST(records))
