/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "input/read.h"

#include "outline.h"
#include "test.h"

typedef struct Row {
        Str text;
        const char *want;
        const char *reports;
} Row;

static void check_rows(const Row *rows, size_t count, bool places)
{
        for (size_t i = 0; i < count; i++) {
                Arena arena = { 0 };
                Diags diags = { .arena = &arena };
                Run run = { .arena = &arena, .diags = &diags };
                const Source source = { .path = S("x.ini"),
                                        .text = rows[i].text,
                                        .format = FORMAT_INI };
                const Node *root = read_ini(&run, &arena, &source);

                CHECK(root, "row %zu", i);
                CHECK_STR(outline(&arena, root, places), str_c(rows[i].want));
                CHECK_STR(outline_reports(&arena, &diags),
                          str_c(rows[i].reports ? rows[i].reports : ""));
                arena_free(&arena);
        }
}

static void grammar(void)
{
        static const Row rows[] = {
                { STR_INIT(""), "" },
                { STR_INIT("\n  \n# x\n; y\n  # z\n"), "" },
                { STR_INIT("[Container]\nImage=a\n"), "Container{Image=a}" },
                { STR_INIT("[Container]\nImage=a"), "Container{Image=a}" },
                { STR_INIT("[Container]"), "Container{}" },
                { STR_INIT("[Container web]\n[ Pod   two  words ]\t\n[Unit]"),
                  "Container(web){} Pod(two  words){} Unit{}" },
                { STR_INIT("[A]\nK=1\n[B]\nK=2\n[A]\nK=3\n"), "A{K=1} B{K=2} A{K=3}" },
                { STR_INIT("[A]\nK=1\nK=2\nk=3\nK=\n"), "A{K=1 K=2 k=3 K=''}" },
                { STR_INIT("[A]\n  Key Two \t=\t v  w \t\n"), "A{Key Two='v  w'}" },
                { STR_INIT("[A]\nK=a=b==\n"), "A{K='a=b=='}" },
                { STR_INIT("[A]\nK:x=y:z\n"), "A{K:x='y:z'}" },
                { STR_INIT("[A]\nK=a ; b # c\nL=;\nM=#\nN=:\n;K=3"),
                  "A{K='a ; b # c' L=';' M='#' N=':'}" },
                { STR_INIT("[A;b]\nK;l=1\n[c:d e:f]\n"), "A;b{K;l=1} c:d(e:f){}" },
                { STR_INIT("[A]\nK=[x]\n"), "A{K='[x]'}" },
                { STR_INIT("[A]\r\nK=1\r\nL=a\\\r\nb\r\n"), "A{K=1 L='a b'}" },
                { STR_INIT("\xef\xbb\xbf[A]\nK=1\n"), "A{K=1}" },
                { STR_INIT("[A]\nK=\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3\n"),
                  "A{K='\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3'}" },
                { STR_INIT("[A]\n# latin \xe4\nK=1"), "A{K=1}" },
                { STR_INIT("[A]\nK=a\tb\n"), "A{K='a\tb'}" },
        };

        check_rows(rows, ELEMENTS(rows), false);
}

/* systemd.syntax(7); tried with systemd-analyze of v252. */
static void continuation(void)
{
        static const Row rows[] = {
                { STR_INIT("[A]\nK=a\\\nb\n"), "A{K='a b'}" },
                { STR_INIT("[A]\nK=a \\\n   b\n"), "A{K='a     b'}" },
                { STR_INIT("[A]\nK=a\\\n# c\n ; d\\\nb\n"), "A{K='a b'}" },
                { STR_INIT("[A]\nK=a\\\n\nL=b\n"), "A{K=a L=b}" },
                { STR_INIT("[A]\nK=a\\\n  \nL=b\n"), "A{K=a L=b}" },
                { STR_INIT("[A]\nK=a\\\\\nL=b\n"), "A{K='a\\\\' L=b}" },
                { STR_INIT("[A]\nK=a\\\\\\\nb\n"), "A{K='a\\\\ b'}" },
                { STR_INIT("[A]\nK=\\\nb\n"), "A{K=b}" },
                { STR_INIT("[A]\nK\\\n=b\n"), "A{K=b}" },
                { STR_INIT("[A\\\nb]\nK=c\n"), "A(b){K=c}" },
                { STR_INIT("[A]\n# c \\\nK=1\n"), "A{K=1}" },
                { STR_INIT("[A]\nK=a\\\n[B]\nL=1\n"), "A{K='a [B]' L=1}" },
                /* Nothing is lost at the end of the file. */
                { STR_INIT("[A]\nK=a\\"), "A{K=a}" },
                { STR_INIT("[A]\nK=a\\\n"), "A{K=a}" },
                { STR_INIT("[A]\nK=a\\\n# c\n"), "A{K=a}" },
                { STR_INIT("[A]\nK=\\\n\\\n\\"), "A{K=''}" },
                { STR_INIT("\\"), "" },
                { STR_INIT("[A]\nK=a \\ \nL=b\n"), "A{K='a \\' L=b}", "ini-backslash@2:5" },
        };

        check_rows(rows, ELEMENTS(rows), false);
}

static void places(void)
{
        static const Row rows[] = {
                { STR_INIT("# c\n[Container web]\n\n Image = nginx \n"),
                  "Container@2:2+9(web)@2:12+3{Image@4:2+5=nginx@4:10+5}" },
                { STR_INIT("[A]\nK=\nL=1\n"), "A@1:2+1{K@2:1+1=''@2:3+0 L@3:1+1=1@3:3+1}" },
                { STR_INIT("\xef\xbb\xbf[A]\n"), "A@1:3+1{}" },
                { STR_INIT("[A]\n\xc3\xa4=\xc3\xb6\xc3\xbc\n"),
                  "A@1:2+1{\xc3\xa4@2:1+1='\xc3\xb6\xc3\xbc'@2:3+2}" },
                { STR_INIT("[A]\nK\\\n=\\\n  b\n"), "A@1:2+1{K@2:1+1=b@4:3+1}" },
        };

        check_rows(rows, ELEMENTS(rows), true);
}

static void errors(void)
{
        static const Row rows[] = {
                { STR_INIT("K=1\nL=2\n[A]\nM=3\n"), "A{M=3}", "ini-no-section@1:1" },
                { STR_INIT("bad\n[A]\nM=3\n"), "A{M=3}", "ini-line@1:1" },
                { STR_INIT("[A]\n  bad\nK: v\nM=3\n[B]\n"), "A{M=3}! B{}",
                  "ini-line@2:3 ini-line@3:1" },
                { STR_INIT("[A]\n=1\n = 2\n"), "A{}!", "ini-key@2:1 ini-key@3:2" },
                /* A header that is not understood begins a section all the same: its keys are not
                   A's. */
                { STR_INIT("[A]\n[B # x\nK=1\n"), "A{} B(# x){K=1}!", "ini-section@2:1" },
                { STR_INIT("[A b] # note\nK=1\n"), "A(b){K=1}!", "ini-section@1:1" },
                { STR_INIT("[]\n[ ]\n[[A]]\n[A]]\n["), "{}! {}! [A{}! A{}! {}!",
                  "ini-section@1:1 ini-section@2:1 ini-section@3:1 ini-section@4:1 "
                  "ini-section@5:1" },
                { STR_INIT("[A]\nK=a\0b\nL=1\n"), "A{L=1}!", "nul-byte@2:4" },
                { STR_INIT("[A]\nK=a\xff\nL=\xc3\nM=\xed\xa0\x80\nN=\xc0\xaf\n"), "A{}!",
                  "utf8@2:4 utf8@3:3 utf8@4:3 utf8@5:3" },
                { STR_INIT("[A]\nK=\x01\nL=a\rb\nM=\x7f\nN=\xc2\x85\nO=\x1b[0m\n\f\n"), "A{}!",
                  "control-character@2:3 control-character@3:4 control-character@4:3 "
                  "control-character@5:3 "
                  "control-character@6:3 control-character@7:1" },
                { STR_INIT("[A\x01]\nK=1\n[B]\n"), "{K=1}! B{}", "control-character@1:3" },
                { STR_INIT("[A]\nK=a\\\nb\x02\\\nc\nL=1\n"), "A{L=1}!", "control-character@3:2" },
                /* For systemd a comment ends at a carriage return or NUL, and what follows counts.
                 */
                { STR_INIT("[A]\n# x\rUser=root\nK=1\n"), "A{K=1}!", "control-character@2:4" },
                { STR_INIT("[A]\n# x\0y\n[B]\nK=1\n"), "A{}! B{K=1}", "nul-byte@2:4" },
                { STR_INIT("[A]\nK=a\\\n# x\0y\nb\nL=1\n"), "A{L=1}!", "nul-byte@3:4" },
                { STR_INIT("\0"), "", "nul-byte@1:1" },
                { STR_INIT("\xff\xfe[\0A\0"), "", "utf8@1:1" },
        };

        check_rows(rows, ELEMENTS(rows), false);
}

/* What the packaged inih would cut or misread: see the head of read_ini.c. */
static void lengths(void)
{
        enum { VALUE = 900 * 1000 };
        static const size_t sizes[] = { 1,   47,  48,  96,  150, 187, 188, 189,  190,  191,
                                        192, 193, 194, 199, 200, 201, 400, 4096, VALUE };
        static const char letters[] = " x;:# [\\]=\t'\"";

        for (size_t i = 0; i < ELEMENTS(sizes); i++) {
                Arena arena = { 0 };
                Diags diags = { .arena = &arena };
                Run run = { .arena = &arena, .diags = &diags };
                Buf value = BUF(&arena), text = BUF(&arena);

                while (value.len + 1 < sizes[i])
                        buf_char(&value,
                                 value.len ? letters[value.len % (sizeof(letters) - 1)] : 'v');
                buf_char(&value, 'w');
                buf_fmt(&text, "[Container n%zu]\n%0*d=%.*s\nNext=1\n", sizes[i],
                        sizes[i] < 96 ? (int)sizes[i] : 96, 0, STR_ARG(buf_str(&value)));

                const Source source = { .path = S("x.ini"), .text = buf_str(&text) };
                const Node *root = read_ini(&run, &arena, &source),
                           *entry = root->child ? root->child->child : NULL;

                CHECK(diags.all.count == 0 && entry, "size %zu", sizes[i]);
                if (entry) {
                        CHECK(str_eq(entry->text, buf_str(&value)), "value of %zu bytes", sizes[i]);
                        CHECK(entry->key.len == (sizes[i] < 96 ? sizes[i] : 96), "key %zu",
                              entry->key.len);
                        CHECK(entry->next && str_is(entry->next->key, "Next") && !entry->next->next,
                              "after %zu", sizes[i]);
                }
                arena_free(&arena);
        }
}

static void names(void)
{
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Run run = { .arena = &arena, .diags = &diags };
        const Str text = arena_fmt(&arena, "[A %0300d]\n%097d=1\n%096d=2\n[%048d]\n[%049d]\nK=3\n",
                                   7, 1, 2, 3, 4);
        const Source source = { .path = S("x.ini"), .text = text };
        const Node *root = read_ini(&run, &arena, &source), *a = root->child;

        CHECK(a && a->text.len == 300 && a->broken && a->child && a->child->key.len == 96);
        CHECK(a && a->next && a->next->key.len == 48 && !a->next->broken);
        CHECK(a && a->next && a->next->next && a->next->next->broken && a->next->next->child);
        CHECK_STR(outline_reports(&arena, &diags), S("ini-key@2:1 ini-section@5:1"));
        arena_free(&arena);
}

/* node_loc() in a continued value. */
static void inside(void)
{
        static const struct {
                size_t offset, len;
                unsigned line, col, want;
        } rows[] = {
                { 0, 2, 3, 6, 2 }, { 3, 2, 3, 8, 2 },  { 5, 1, 3, 10, 1 }, { 6, 3, 5, 1, 3 },
                { 8, 1, 5, 3, 1 }, { 10, 1, 6, 1, 1 }, { 0, 99, 3, 6, 5 }, { 11, 0, 6, 2, 0 },
        };
        Arena arena = { 0 };
        Diags diags = { .arena = &arena };
        Run run = { .arena = &arena, .diags = &diags };
        /* "aä bc" " " | " de" " " | "f" */
        const Source source = { .path = S("x.ini"),
                                .text = S("\n[A]\nKey= a\xc3\xa4"
                                          "bc\\\n# c\n de\\\nf\n") };
        const Node *root = read_ini(&run, &arena, &source), *entry = root->child->child;

        CHECK_STR(entry->text, S("a\xc3\xa4"
                                 "bc  de f"));
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                const Loc at = node_loc(entry, rows[i].offset, rows[i].len);

                CHECK(at.line == rows[i].line && at.col == rows[i].col && at.len == rows[i].want,
                      "offset %zu: %u:%u+%u", rows[i].offset, at.line, at.col, at.len);
        }
        arena_free(&arena);
}

/* Time and reports stay within bounds whatever the file. */
static void bulk(void)
{
        static const struct {
                const char *head, *line;
                unsigned lines, nodes;
        } rows[] = {
                { "[A]\n", "Key=value\n", 100000, 100000 },
                { "[A]\nKey=", "word \\\n", 100000, 1 },
                { "[A]\n", "bad\n", 100000, 0 },
                { "[A]\n", "\x01\n", 100000, 0 },
                { "[A]\n", "# comment\n", 100000, 0 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                Arena arena = { 0 };
                Diags diags = { .arena = &arena };
                Run run = { .arena = &arena, .diags = &diags };
                Buf text = BUF(&arena);
                unsigned nodes = 0;

                buf_add(&text, str_c(rows[i].head));
                for (unsigned line = 0; line < rows[i].lines; line++)
                        buf_add(&text, str_c(rows[i].line));

                const Source source = { .path = S("x.ini"), .text = buf_str(&text) };
                const Node *root = read_ini(&run, &arena, &source);

                for (const Node *entry = root->child->child; entry; entry = entry->next)
                        nodes++;
                CHECK(nodes == rows[i].nodes, "row %zu: %u", i, nodes);
                CHECK(diags.all.count <= DIAGS_OF_SOURCE + 1, "row %zu: %zu reports", i,
                      diags.all.count);
                arena_free(&arena);
        }
}

TEST_MAIN(TEST(grammar), TEST(continuation), TEST(places), TEST(errors), TEST(lengths), TEST(names),
          TEST(inside), TEST(bulk))
