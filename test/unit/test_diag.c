/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/diag.h"

#include "test.h"

/* A code whose text and hint are its arguments. */
static Diag *report(Diags *diags, Loc at, Str text, Str hint)
{
        const Str args[] = { text, hint };

        return diag_add(diags, DIAG_YAML_SYNTAX, at, args, ELEMENTS(args));
}

/* diags.def: stable names, and the style of messages. */
static void definitions(void)
{
        for (unsigned n = DIAG_NONE + 1; n < DIAG_COUNT; n++) {
                const DiagCode code = (DiagCode)n;
                const DiagInfo *info = diag_info(code);

                CHECK(diag_by_slug(info->slug) == code, "'%.*s' is there twice",
                      STR_ARG(info->slug));
                CHECK(info->level != DIAG_LEVEL_NONE && info->text.len, "%.*s",
                      STR_ARG(info->slug));
                /* Of Podman's wording, a sentence is pinned. */
                CHECK((!str_ends(info->text, S(".")) || code == DIAG_QUADLET_SHORT_NAME) && !str_ends(info->hint, S(".")),
                      "%.*s ends in a full stop", STR_ARG(info->slug));
                CHECK(str_ends(info->explanation, S(".")), "%.*s has no explanation",
                      STR_ARG(info->slug));
                for (size_t i = 0; i < info->slug.len; i++)
                        CHECK((info->slug.data[i] >= 'a' && info->slug.data[i] <= 'z') ||
                                      char_is_digit(info->slug.data[i]) ||
                                      info->slug.data[i] == '-',
                              "%.*s", STR_ARG(info->slug));
        }
        CHECK(diag_by_slug(S("no such code")) == DIAG_NONE);
}

static void lines(void)
{
        static const Source source = { .path = STR_INIT("/etc/x\n.ini"), .text = STR_INIT("a\n") };
        static const struct {
                Loc at;
                Str text, hint;
                const char *want;
        } rows[] = {
                { { 0 }, STR_INIT("t"), STR_INIT("h"), "error: t (h) [yaml-syntax]" },
                { { 0 }, STR_INIT("t"), STR_INIT(""), "error: t [yaml-syntax]" },
                { { &source, 0, 0, 0 },
                  STR_INIT("t"),
                  { 0 },
                  "/etc/x\\x0a.ini: error: t [yaml-syntax]" },
                { { &source, 3, 0, 0 },
                  STR_INIT("t"),
                  { 0 },
                  "/etc/x\\x0a.ini:3: error: t [yaml-syntax]" },
                { { &source, 3, 4, 5 },
                  STR_INIT("t"),
                  { 0 },
                  "/etc/x\\x0a.ini:3:4: error: t [yaml-syntax]" },
                { { 0 },
                  STR_INIT("a\nb\x1b[31m\xff\t\xc2\x9b"
                           "31m\xc3\xa4"),
                  { 0 },
                  "error: a\\x0ab\\x1b[31m\\xff \\x9b31m\xc3\xa4 [yaml-syntax]" },
                { { 0 }, STR_INIT("{0} {1} {9} {"), { 0 }, "error: {0} {1} {9} { [yaml-syntax]" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Arena arena = { 0 };
                Diags diags = { .arena = &arena };
                Buf buf = BUF(&arena);

                diag_format_line(&buf, report(&diags, rows[i].at, rows[i].text, rows[i].hint));
                CHECK_STR(buf_str(&buf), str_c(rows[i].want));
                arena_free(&arena);
        }
}

static void blocks(void)
{
        static const struct {
                Str text;
                unsigned line, col, len;
                const char *want;
        } rows[] = {
                { STR_INIT("one\ntwo three\n"), 2, 5, 5, "    2 | two three\n      |     ^~~~~\n" },
                { STR_INIT("one"), 1, 4, 0, "    1 | one\n      |    ^\n" },
                { STR_INIT("\xc3\xa4\xc3\xb6=x\n"), 1, 4, 1,
                  "    1 | \xc3\xa4\xc3\xb6=x\n      |    ^\n" },
                { STR_INIT("\ta\n"), 1, 2, 1, "    1 |  a\n      |  ^\n" },
                { STR_INIT("\x01"
                           "a\xff"
                           "b\r\n"),
                  1, 4, 1, "    1 | \\x01a\\xffb\n      |          ^\n" },
                { STR_INIT("a\x1b"
                           "b\n"),
                  1, 2, 1, "    1 | a\\x1bb\n      |  ^~~~\n" },
                { STR_INIT("one\n"), 1, 0, 0, "    1 | one\n" },
                { STR_INIT("one\n"), 7, 1, 1, "" },
                { STR_INIT(""), 1, 1, 1, "" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Arena arena = { 0 };
                Diags diags = { .arena = &arena };
                Buf buf = BUF(&arena), want = BUF(&arena);
                const Source source = { .path = S("x"), .text = rows[i].text };
                const Loc at = { &source, rows[i].line, rows[i].col, rows[i].len };

                diag_format_block(&buf, report(&diags, at, S("t"), S("")), false);
                buf_fmt(&want, "x:%u%s: error: t  [yaml-syntax]\n%s", at.line,
                        at.col ? arena_fmt(&arena, ":%u", at.col).data : "", rows[i].want);
                CHECK_STR(buf_str(&buf), buf_str(&want));
                arena_free(&arena);
        }
}

/* The caret stays in sight however long the line is. */
static void long_lines(void)
{
        enum { LENGTH = 900 * 1000, BLOCK_MAX = 2000 };
        static const unsigned columns[] = { 1, 80, 161, 5000, LENGTH };
        Arena arena = { 0 };
        char *text = arena_alloc(&arena, LENGTH);
        const Source source = { .path = S("x"), .text = { text, LENGTH } };

        memset(text, 'x', LENGTH);
        for (size_t i = 0; i < ELEMENTS(columns); i++) {
                Diags diags = { .arena = &arena };
                Buf buf = BUF(&arena);

                diag_format_block(
                        &buf,
                        report(&diags, (Loc){ &source, 1, columns[i], LENGTH }, S("t"), S("")),
                        false);
                CHECK(buf.len < BLOCK_MAX && str_contains(buf_str(&buf), '^'),
                      "column %u: %zu bytes", columns[i], buf.len);
        }
        arena_free(&arena);
}

static void json(void)
{
        static const Source source = { .path = STR_INIT("a\"b") };
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Buf buf = BUF(&arena);
        Diag *d = report(&diags, (Loc){ &source, 2, 3, 4 }, S("t\\\n\xff\x7f"), S("h"));

        d->also = (Loc){ &source, 1, 0, 0 };
        d->also_text = S("there");
        diag_format_json(&buf, d);
        CHECK_STR(buf_str(&buf),
                  S("{\"code\":\"yaml-syntax\",\"level\":\"error\",\"file\":\"a\\\"b\",\"line\":2,"
                    "\"column\":3,"
                    "\"length\":4,\"text\":\"t\\\\\\u000a\\ufffd\\u007f\",\"hint\":\"h\","
                    "\"also\":{\"text\":\"there\",\"file\":\"a\\\"b\",\"line\":1}}"));
        arena_free(&arena);
}

/* By place, and stable; a hundred files of a hundred errors each are nothing. */
static void sorting(void)
{
        enum { FILES = 200, LINES = 90 };
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Source *sources = arena_alloc(&arena, FILES * sizeof(Source));

        for (unsigned i = 0; i < FILES; i++)
                sources[i].path = arena_fmt(&arena, "%03u", FILES - i);
        for (unsigned i = 0; i < FILES * LINES; i++)
                report(&diags, (Loc){ &sources[i % FILES], LINES - i / FILES / 2, 1, 0 },
                       arena_fmt(&arena, "%05u", i), S(""));
        report(&diags, (Loc){ 0 }, S("first"), S(""));
        diags_sort(&diags);

        CHECK(diags.all.count == FILES * LINES + 1 && diags.errors == FILES * LINES + 1);
        CHECK_STR(diags.all.items[0].text, S("first"));
        for (size_t i = 1; i + 1 < diags.all.count; i++) {
                const Diag *a = &diags.all.items[i], *b = a + 1;
                const int order = loc_compare(a->at, b->at);

                CHECK(order < 0 || (order == 0 && str_compare(a->text, b->text) < 0), "%zu", i);
        }
        arena_free(&arena);
}

static void inside(void)
{
        static const Source source = { .path = STR_INIT("x") };
        const Loc at = loc_inside((Loc){ &source, 2, 5, 9 },
                                  S("\xc3\xa4"
                                    "b\xe2\x82\xac"
                                    "c"),
                                  3, 3);

        CHECK(at.line == 2 && at.col == 7 && at.len == 1, "%u:%u+%u", at.line, at.col, at.len);
        CHECK(!loc_inside((Loc){ &source, 2, 0, 0 }, S("ab"), 1, 1).col);
}

TEST_MAIN(TEST(definitions), TEST(lines), TEST(blocks), TEST(long_lines), TEST(json), TEST(sorting),
          TEST(inside))
