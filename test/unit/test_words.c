/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/words.h"

#include "base/buf.h"
#include "test.h"

/* The words of a text as "[word] [next]"; what stops it as "!open@AT+LEN" or "!escape@AT+LEN". */
static Str split(Arena *arena, Str text, unsigned rules)
{
        Buf buf = BUF(arena);
        Word word;
        WordsError error;

        for (size_t pos = 0; words_next_by(arena, text, rules, &pos, &word, &error);)
                buf_fmt(&buf, "%s[%.*s]", buf.len ? " " : "", STR_ARG(word.text));
        if (error)
                buf_fmt(&buf, "%s!%s@%zu+%zu", buf.len ? " " : "",
                        error == WORDS_OPEN_QUOTE ? "open" : "escape", word.at, word.len);
        return buf_str(&buf);
}

static void words(void)
{
        static const struct {
                const char *text, *want;
        } rows[] = {
                { "", "" },
                { " \t\n ", "" },
                { "a", "[a]" },
                { "  a  b\tc\n", "[a] [b] [c]" },
                { "\"a b\" 'c d'", "[a b] [c d]" },
                { "'' \"\"", "[] []" },
                { "a'b c'd", "[ab cd]" },
                { "'a\"b' \"c'd\"", "[a\"b] [c'd]" },
                { "a\\sb\\tc\\n\\\\", "[a b\tc\n\\]" },
                { "'\\x41\\101\\u00e4\\U0001f433'", "[AA\xc3\xa4\xf0\x9f\x90\xb3]" },
                { "a\\\"b \\'c", "[a\"b] ['c]" },
                { "\xc3\xa4 \xe2\x80\xa8", "[\xc3\xa4] [\xe2\x80\xa8]" },
                { "a 'b", "[a] !open@2+1" },
                { "a\"b 'c'", "!open@1+1" },
                { "a \\q", "[a] !escape@2+2" },
                { "a\\", "!escape@1+1" },
                { "\\x0 \\x00", "!escape@0+2" },
                { "\\x00", "!escape@0+2" },
                { "\\000", "!escape@0+2" },
                { "\\400", "!escape@0+2" },
                { "\\18a", "!escape@0+2" },
                { "\\ud800", "!escape@0+2" },
                { "\\U00110000", "!escape@0+2" },
                { "\\u12", "!escape@0+2" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Arena arena = { 0 };

                CHECK_STR(split(&arena, str_c(rows[i].text), 0), str_c(rows[i].want));
                arena_free(&arena);
        }
}

static void podmans(void)
{
        static const struct {
                const char *text;
                unsigned rules;
                const char *want;
        } rows[] = {
                { "a 'b c", WORDS_OPEN, "[a] [b c]" },
                { "a\\", WORDS_OPEN, "[a]" },
                { "a \\", WORDS_OPEN, "[a]" },
                { "a ''", WORDS_OPEN, "[a] []" },
                { "a \\d", WORDS_OPEN, "[a] !escape@2+2" },
                { "\\xe4\\344", WORDS_OPEN | WORDS_CODE_POINTS, "[\xc3\xa4\xc3\xa4]" },
                { "a\\d \"b\\\" c\\", WORDS_PLAIN, "[a\\d] [b\\] [c\\]" },
                { "a 'b", WORDS_PLAIN, "[a] !open@2+1" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Arena arena = { 0 };

                CHECK_STR(split(&arena, str_c(rows[i].text), rows[i].rules), str_c(rows[i].want));
                arena_free(&arena);
        }
}

static void places(void)
{
        Arena arena = { 0 };
        const Str text = S("ab 'c d' e\\x66");
        static const Word want[] = { { STR_INIT("ab"), 0, 2, false },
                                     { STR_INIT("c d"), 3, 5, true },
                                     { STR_INIT("ef"), 9, 5, false } };
        Word word;
        WordsError error;
        size_t pos = 0, n = 0;

        for (; words_next(&arena, text, &pos, &word, &error); n++)
                CHECK(n < ELEMENTS(want) && str_eq(word.text, want[n].text) &&
                              word.at == want[n].at && word.len == want[n].len &&
                              word.quoted == want[n].quoted,
                      "word %zu at %zu+%zu", n, word.at, word.len);
        CHECK(n == ELEMENTS(want) && !error);
        arena_free(&arena);
}

TEST_MAIN(TEST(words), TEST(podmans), TEST(places))
