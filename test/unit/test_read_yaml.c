/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/read.h"

#include "outline.h"
#include "test.h"

typedef struct Row {
        Str text;
        const char *want;
        const char *reports;
} Row;

static void check_text(Str text, const char *want, const char *reports, bool places)
{
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Run run = { .arena = &arena, .diags = &diags };
        const Source source = { .path = S("x.yaml"), .text = text, .format = FORMAT_YAML };
        const Node *root = read_yaml(&run, &source);

        if (want)
                CHECK_STR(outline(&arena, root, places), str_c(want));
        CHECK_STR(outline_reports(&arena, &diags), str_c(reports ? reports : ""));
        CHECK(!root == (diags.errors > 0), "'%.*s'", STR_ARG(str_first(text, 60)));
        arena_free(&arena);
}

static void check_rows(const Row *rows, size_t count, bool places)
{
        for (size_t i = 0; i < count; i++)
                check_text(rows[i].text, rows[i].want, rows[i].reports, places);
}

static void grammar(void)
{
        static const Row rows[] = {
                { STR_INIT(""), "" },
                { STR_INIT("# nothing\n"), "" },
                { STR_INIT("---\n"), "" },
                { STR_INIT("~\n"), "" },
                { STR_INIT("{}"), "" },
                { STR_INIT("a: b\nc: [d, {e: f}]\n"), "a=b c=[d {e=f}]" },
                { STR_INIT("---\na: b\n...\n"), "a=b" },
                { STR_INIT("%YAML 1.2\n---\na: b\n"), "a=b" },
                { STR_INIT("\xef\xbb\xbf"
                           "a: b\n"),
                  "a=b" },
                { STR_INIT("a: b\r\nc:\r\n- d\r\n"), "a=b c=[d]" },
                { STR_INIT("a: |\n  b\n  c\nd: >-\n  e\n  f\n"), "a='b\nc\n' d='e f'" },
                { STR_INIT("\"a\": 'it''s'\n? b\n: c\n"), "a='it's' b=c" },
                { STR_INIT("a: \"\\x1b\\u00e4\"\n"), "a='\x1b\xc3\xa4'" },
        };

        check_rows(rows, ELEMENTS(rows), false);
}

/* T-18: scalars are their text, whatever YAML 1.1 would make of them. */
static void scalars(void)
{
        static const Row rows[] = {
                { STR_INIT("a: no\nb: on\nc: 2222:22\nd: 0755\ne: 1e3\nf: 3.10\n"),
                  "a=no b=on c='2222:22' d=0755 e=1e3 f='3.10'" },
                { STR_INIT("a: .inf\nb: 0x1F\nc: 2024-01-01\nd: 1_000\ne: y\nf: True\n"),
                  "a='.inf' b=0x1F c='2024-01-01' d='1_000' e=y f=True" },
                { STR_INIT("a: !!str no\nb: !!int 010\nc: !!bool yes\nd: ! x\n"),
                  "a=no b=010 c=yes d=x" },
                { STR_INIT("a:\nb: ~\nc: null\nd: Null\ne: NULL\nf: nULL\n"),
                  "a=~ b=~ c=~ d=~ e=~ f=nULL" },
                { STR_INIT("a: ''\nb: 'null'\nc: \"~\"\nd: !!str\ne: !!str null\nf: |\n"),
                  "a='' b=null c='~' d='' e=null f=''" },
                { STR_INIT("null: a\n1: b\nno: c\n"), "=a 1=b no=c", "yaml-key@1:1" },
        };

        check_rows(rows, ELEMENTS(rows) - 1, false);
        check_text(rows[ELEMENTS(rows) - 1].text, "-", "yaml-key@1:1", false);
}

static void aliases(void)
{
        static const Row rows[] = {
                { STR_INIT("a: &x b\nc: *x\n"), "a=b c=b" },
                { STR_INIT("a: &x {k: [v]}\nc: [*x, *x]\n"), "a{k=[v]} c=[{k=[v]} {k=[v]}]" },
                { STR_INIT("a: &x 1\nb: &x 2\nc: *x\n"), "a=1 b=2 c=2" },
                { STR_INIT("a: &x [&x 1, 2]\nb: *x\n"), "a=[1 2] b=1" },
                { STR_INIT("&k a: b\nc: *k\n*k : d\n"), "-", "yaml-duplicate@3:1" },
                { STR_INIT("x: &k a\ny: {*k : d}\n"), "x=a y{a=d}" },
                { STR_INIT("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n"), "a{p=1 q=2} b{q=3 p=1}" },
                { STR_INIT("a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {r: 0, <<: [*x, *y]}\n"),
                  "a{p=1} b{p=2 q=2} c{r=0 p=1 q=2}" },
                { STR_INIT("a: &x {p: 1}\nb: &y {<<: *x, q: 2}\nc: {<<: *y}\n"),
                  "a{p=1} b{q=2 p=1} c{q=2 p=1}" },
                { STR_INIT("a: {<<: {p: 1}}\nb: {'<<': c}\n"), "a{p=1} b{<<=c}" },
                { STR_INIT("a: *x\n"), "-", "yaml-alias@1:4" },
                { STR_INIT("a: &x [*x]\n"), "-", "yaml-cycle@1:8" },
                { STR_INIT("a: &x {<<: *x}\n"), "-", "yaml-cycle@1:12 yaml-merge@1:12" },
                { STR_INIT("a: {<<: 1}\nb: {<<: [{}, 2]}\nc: {<<: }\n"), "-",
                  "yaml-merge@1:9 yaml-merge@2:14 yaml-merge@3:9" },
                { STR_INIT("a: {<<: {b: 1}, <<: {c: 1}}\n"), "-", "yaml-duplicate@1:17" },
        };

        check_rows(rows, ELEMENTS(rows), false);
}

static void places(void)
{
        static const Row rows[] = {
                { STR_INIT("# c\nweb:\n  image:   nginx # x\n"),
                  "web@2:1+3{image@3:3+5=nginx@3:12+5}" },
                { STR_INIT("a: 'b c'\n\"k\": \"d\"\n"), "a@1:1+1='b c'@1:5+3 k@2:2+1=d@2:7+1" },
                { STR_INIT("a: &x 'b'\nc: !!str &y d\n"), "a@1:1+1=b@1:8+1 c@2:1+1=d@2:13+1" },
                { STR_INIT("\xc3\xa4: [\xc3\xb6, \xf0\x9f\x90\xb3x, b]\n"),
                  "\xc3\xa4@1:1+1=['\xc3\xb6'@1:5+1 '\xf0\x9f\x90\xb3x'@1:8+2 b@1:12+1]" },
                { STR_INIT("a: \"\\tb\"\n"), "a@1:1+1='\tb'@1:4+5" },
                { STR_INIT("a: |\n  b\nc: d\n"), "a@1:1+1='b\n'@1:4+0 c@3:1+1=d@3:4+1" },
                { STR_INIT("a:\nb: c\n"), "a@1:1+1=~@1:3+0 b@2:1+1=c@2:4+1" },
                /* libyaml takes U+2028 for the end of a line; editors and we do not. */
                { STR_INIT("a: 'b\xe2\x80\xa8 c'\nd: e\n"), "a@1:1+1='b\xe2\x80\xa8"
                                                            "c'@1:4+6 d@2:1+1=e@2:4+1" },
        };

        check_rows(rows, ELEMENTS(rows), true);
}

static void errors(void)
{
        static const Row rows[] = {
                { STR_INIT("- a\n"), "-", "yaml-root@1:1" },
                { STR_INIT("containers\n"), "-", "yaml-root@1:1" },
                { STR_INIT("''\n"), "-", "yaml-root@1:1" },
                { STR_INIT("a: b\n---\nc: d\n"), "-", "yaml-documents@2:1" },
                { STR_INIT("a: 1\nb: 2\na: 3\nb: 4\n"), "-",
                  "yaml-duplicate@3:1 yaml-duplicate@4:1" },
                { STR_INIT("a: {b: 1, 'b': 2}\n"), "-", "yaml-duplicate@1:12" },
                { STR_INIT("[a]: b\nc: *x\n"), "-", "yaml-key@1:1 yaml-alias@2:4" },
                { STR_INIT("'': b\n"), "-", "yaml-key@1:1" },
                { STR_INIT("a: !!binary eA==\nb: !reset null\nc: &x !vault [d]\n!k e: f\n"), "-",
                  "yaml-tag@1:4 yaml-tag@2:4 yaml-tag@3:4 yaml-tag@4:1" },
                { STR_INIT("a: \"b\\0c\"\n"), "-", "nul-byte@1:4" },
                { STR_INIT("a: b\0c\n"), "-", "nul-byte@1:5" },
                { STR_INIT("a: \xc3\xa4\xff\nb: \xc3\n"), "-", "utf8@1:5 utf8@2:4" },
                { STR_INIT("\xff\xfe"
                           "a\0"),
                  "-", "utf8@1:1" },
                { STR_INIT("a: \x01\nb: c\rd\n"), "-",
                  "control-character@1:4 control-character@2:5" },
                { STR_INIT("a:\n\tb: c\n"), "-", "yaml-tab@2:1" },
                { STR_INIT("a:\n  b: c\n\td: e\n"), "-", "yaml-tab@3:1" },
                { STR_INIT("a: b: c\n"), "-", "yaml-syntax@1:5" },
                { STR_INIT("a:\n  b: c\n d: e\n"), "-", "yaml-syntax@3:2" },
                { STR_INIT("a: 'b\nc: d\n"), "-", "yaml-syntax@3:1" },
                { STR_INIT("a: [b\n"), "-", "yaml-syntax@2:1" },
                { STR_INIT("a: \"\\d\"\n"), "-", "yaml-syntax@1:5" },
                { STR_INIT("a: @b\n"), "-", "yaml-syntax@1:4" },
                { STR_INIT("a: !e!f b\n"), "-", "yaml-syntax@1:4" },
                { STR_INIT("%YAML 3.0\n---\na: b\n"), "-", "yaml-syntax@1:1" },
        };

        check_rows(rows, ELEMENTS(rows), false);
}

static Str repeat(Arena *arena, const char *head, const char *piece, unsigned count,
                  const char *tail)
{
        Buf text = BUF(arena);

        buf_add(&text, str_c(head));
        for (unsigned i = 0; i < count; i++)
                buf_add(&text, str_c(piece));
        buf_add(&text, str_c(tail));
        return buf_str(&text);
}

static void limits(void)
{
        Arena arena = { 0 };
        Buf laughs = BUF(&arena), ladder = BUF(&arena), keys = BUF(&arena);

        check_text(repeat(&arena, "a: ", "[", YAML_DEPTH - 1, ""), NULL, "yaml-syntax@1:35", false);
        check_text(repeat(&arena, "a: ", "[", YAML_DEPTH, ""), "-", "yaml-depth@1:35", false);
        check_text(repeat(&arena, "a: ", "[", 900000, ""), "-", "yaml-depth@1:35", false);
        check_text(repeat(&arena, "", "- ", 450000, "a"), "-", "yaml-depth@1:65", false);
        check_text(repeat(&arena, "a: {b: ", "{b: ", 200000, ""), "-", "yaml-depth@1:128", false);
        check_text(repeat(&arena, "a: [", "x,", YAML_NODES - 4, "]"), NULL, "", false);
        check_text(repeat(&arena, "a: [", "x,", YAML_NODES, "]"), "-", "yaml-nodes@1:199999",
                   false);

        /* A billion laughs, in lists and by merge keys: refused before anything grows. */
        buf_add(&laughs, S("a0: &a0 [x, x, x, x, x, x, x, x, x]\n"));
        for (unsigned i = 1; i < 10; i++)
                buf_fmt(&laughs,
                        "a%u: &a%u [*a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u]\n", i, i,
                        i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        check_text(buf_str(&laughs), "-", "yaml-nodes@6:10", false);

        /* Each alias is one level deeper than the last. */
        buf_add(&ladder, S("a0: &a0 x\n"));
        for (unsigned i = 1; i < 40; i++)
                buf_fmt(&ladder, "a%u: &a%u [*a%u]\n", i, i, i - 1);
        check_text(buf_str(&ladder), "-", "yaml-depth@33:12", false);

        /* A map of many keys takes no quadratic time. */
        for (unsigned i = 0; i < YAML_NODES / 2 - 1; i++)
                buf_fmt(&keys, "k%u: v\n", i);
        check_text(buf_str(&keys), NULL, "", false);
        arena_free(&arena);
}

/* node_loc(): exact where the text stands in the file, else all of the scalar. */
static void inside(void)
{
        static const struct {
                const char *text;
                unsigned line, col, len;
        } rows[] = {
                { "a: bcdef\n", 1, 6, 2 },         { "a: 'bcdef'\n", 1, 7, 2 },
                { "a: &x \"bcdef\"\n", 1, 10, 2 }, { "a: \"b\\x63def\"\n", 1, 4, 10 },
                { "a: |\n  bcdef\n", 1, 4, 0 },    { "a: bc\n  def\n", 1, 4, 0 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Arena arena = { 0 };
                Diags diags = { .arena = &arena };
                Run run = { .arena = &arena, .diags = &diags };
                const Source source = { .path = S("x.yaml"), .text = str_c(rows[i].text) };
                const Node *root = read_yaml(&run, &source);
                const Loc at = root ? node_loc(root->child, 2, 2) : (Loc){ 0 };

                CHECK(at.line == rows[i].line && at.col == rows[i].col && at.len == rows[i].len,
                      "'%s': %u:%u+%u", rows[i].text, at.line, at.col, at.len);
                arena_free(&arena);
        }
}

TEST_MAIN(TEST(grammar), TEST(scalars), TEST(aliases), TEST(places), TEST(errors), TEST(limits),
          TEST(inside))
