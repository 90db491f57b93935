/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/num.h"

#include "test.h"

static void sizes(void)
{
        static const struct {
                const char *text;
                bool ok;
                uint64_t bytes;
        } rows[] = {
                { "0", true, 0 },
                { "512", true, 512 },
                { "512b", true, 512 },
                { "64k", true, 65536 },
                { "64KiB", true, 65536 },
                { "1.5g", true, 1610612736 },
                { "9223372036854775807", true, INT64_MAX },
                { "9223372036854775808", false, 0 },
                { "9999999999t", false, 0 },
                { "", false, 0 },
                { "m", false, 0 },
                { "12q", false, 0 },
                { "-1", false, 0 },
                { " 1", false, 0 },
                { "1 m", false, 0 },
                { "0x10", false, 0 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                uint64_t bytes = 0;
                const bool ok = num_size(str_c(rows[i].text), &bytes);

                CHECK(ok == rows[i].ok && bytes == rows[i].bytes, "'%s' gives %d %llu", rows[i].text, ok,
                      (unsigned long long)bytes);
        }
}

static void durations(void)
{
        static const struct {
                const char *text;
                bool ok;
                uint64_t usec;
        } rows[] = {
                { "90", true, 90000000 },
                { "90s", true, 90000000 },
                { "1m30s", true, 90000000 },
                { "1min 30s", true, 90000000 },
                { "1 min 30 s", true, 90000000 },
                { "500ms", true, 500000 },
                { "1.5h", true, 5400000000 },
                { "2d", true, 172800000000 },
                { "0", true, 0 },
                { "", false, 0 },
                { "s", false, 0 },
                { "-5s", false, 0 },
                { "5 parsecs", false, 0 },
                { "99999999999999999999", false, 0 },
                { "9999999999999d", false, 0 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                uint64_t usec = 0;
                const bool ok = num_duration(str_c(rows[i].text), &usec);

                CHECK(ok == rows[i].ok && usec == rows[i].usec, "'%s' gives %d %llu", rows[i].text, ok,
                      (unsigned long long)usec);
        }
}

static void integers(void)
{
        static const struct {
                const char *text;
                bool ok;
                int64_t n;
        } rows[] = {
                { "0", true, 0 },     { "-1", true, -1 },    { "007", true, 7 },     { "100", true, 100 },
                { "101", false, 0 },  { "-101", false, 0 },  { "+1", false, 0 },     { "1 ", false, 0 },
                { "--1", false, 0 },  { "-", false, 0 },     { "1e3", false, 0 },    { "99999999999999999999", false, 0 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                int64_t n = 0;
                const bool ok = num_signed(str_c(rows[i].text), -100, 100, &n);

                CHECK(ok == rows[i].ok && n == rows[i].n, "'%s' gives %d %lld", rows[i].text, ok, (long long)n);
        }
}

TEST_MAIN(TEST(sizes), TEST(durations), TEST(integers))
