/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A unit test program prints TAP: one line for each TEST(), which fails when one of its CHECKs did. Tests
 * are rows of tables, so a CHECK names the row. Ends with TEST_MAIN(test_a, test_b). */

#include <stdio.h>
#include <stdlib.h>

#include "base/run.h"

extern unsigned test_failed_checks;

#define CHECK(condition, ...)                                                                      \
        do {                                                                                       \
                if (!(condition)) {                                                                \
                        test_failed_checks++;                                                      \
                        printf("# %s:%d: %s:", __FILE__, __LINE__, #condition);                    \
                        printf(" " __VA_ARGS__);                                                   \
                        printf("\n");                                                              \
                }                                                                                  \
        } while (0)

#define CHECK_STR(got, want)                                                                       \
        do {                                                                                       \
                const Str got_ = (got), want_ = (want);                                            \
                                                                                                   \
                CHECK(str_eq(got_, want_), "got '%.*s', want '%.*s'", STR_ARG(got_), STR_ARG(want_)); \
        } while (0)

typedef struct Test {
        const char *name;
        void (*run)(void);
} Test;

#define TEST(function) { #function, function }

#define TEST_MAIN(...)                                                                             \
        unsigned test_failed_checks;                                                               \
        int main(void)                                                                             \
        {                                                                                          \
                const Test tests[] = { __VA_ARGS__ };                                              \
                unsigned failed = 0;                                                               \
                                                                                                   \
                printf("1..%zu\n", ELEMENTS(tests));                                               \
                for (size_t i = 0; i < ELEMENTS(tests); i++) {                                     \
                        test_failed_checks = 0;                                                    \
                        tests[i].run();                                                            \
                        printf("%sok %zu - %s\n", test_failed_checks ? "not " : "", i + 1, tests[i].name); \
                        failed += test_failed_checks > 0;                                          \
                }                                                                                  \
                return failed ? EXIT_FAILURE : EXIT_SUCCESS;                                       \
        }
