/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "unit/quote.h"

#include "model/option.h"
#include "test.h"

typedef struct Row {
        Text text;
        const char *want; /* NULL: cannot be expressed */
} Row;

static bool word(Buf *buf, Text text)
{
        quote_word(buf, text);
        return true;
}

static bool name(Buf *buf, Text text)
{
        quote_name(buf, text.str);
        return true;
}

static bool path_name(Buf *buf, Text text)
{
        return quote_path_name(buf, text.str);
}

static void check_rows(bool (*quote)(Buf *buf, Text text), const Row *rows, size_t count)
{
        Arena arena = { 0 };

        for (size_t i = 0; i < count; i++) {
                Buf buf = BUF(&arena);
                const bool ok = quote(&buf, rows[i].text);

                CHECK(ok == (rows[i].want != NULL), "row %zu, '%.*s'", i,
                      STR_ARG(rows[i].text.str));
                CHECK_STR(buf_str(&buf), str_c(rows[i].want));
        }
        arena_free(&arena);
}

/* As T() and LITERAL(), for static initialisers. */
#define L(literal)                                                                                 \
        {                                                                                          \
                STR_INIT(literal), DOOR_LITERAL                                                    \
        }
#define D(literal)                                                                                 \
        {                                                                                          \
                STR_INIT(literal), DOOR_SYSTEMD                                                    \
        }

static void words(void)
{
        static const Row rows[] = {
                { L("run"), "run" },
                { L("--name=web"), "--name=web" },
                { L("--publish=[::1]:80:80/tcp"), "--publish=[::1]:80:80/tcp" },
                { L("{{.ID}}"), "{{.ID}}" },
                { L("-x@+:,^_%"), "-x@+:,^_%%" },
                { L("~"), "\"~\"" },
                { L(""), "\"\"" },
                { L(" "), "\" \"" },
                { L("a b"), "\"a b\"" },
                { L(";"), "\";\"" },
                { L("#x"), "\"#x\"" },
                { L("'"), "\"'\"" },
                { L("\""), "\"\\\"\"" },
                { L("\\"), "\"\\\\\"" },
                { L("\\x41"), "\"\\\\x41\"" },
                { L("\\;"), "\"\\\\;\"" },
                { L("a\\"), "\"a\\\\\"" },
                { L("a\nb\tc\rd"), "\"a\\nb\\tc\\x0dd\"" },
                { L("\001\037\177"), "\"\\x01\\x1f\\x7f\"" },
                { L("\033[31mred"), "\"\\x1b[31mred\"" },
                { L("gr\303\274n"), "\"gr\303\274n\"" },
                { L("\302\233"), "\"\\xc2\\x9b\"" },               /* U+009B, a control of C1 */
                { L("\302\240"), "\"\302\240\"" },                 /* U+00A0 */
                { L("\360\237\220\263"), "\"\360\237\220\263\"" }, /* U+1F433 */
                { L("\377a\303"), "\"\\xffa\\xc3\"" },
                { L("\355\240\200"), "\"\\xed\\xa0\\x80\"" }, /* a surrogate */
                { L("\357\277\276"), "\"\\xef\\xbf\\xbe\"" }, /* U+FFFE, no character */
                { L("100%"), "100%%" },
                { L("%n"), "%%n" },
                { L("%% x"), "\"%%%% x\"" },
                { L("$X"), "$$X" },
                { L("${X}"), "$${X}" },
                { L("$$ \"$X\""), "\"$$$$ \\\"$$X\\\"\"" },
                { L("`id`"), "\"`id`\"" },
                { L("a|b"), "\"a|b\"" },
                { D("%n"), "%n" },
                { D("--cidfile=%t/bayplan/%N.cid"), "--cidfile=%t/bayplan/%N.cid" },
                { D("$X"), "$X" },
                { D("${X} y"), "\"${X} y\"" },
                { D("%%"), "%%" },
                { D("$$"), "$$" },
                { D("\"%n\"\n\\"), "\"\\\"%n\\\"\\n\\\\\"" },
        };

        check_rows(word, rows, ELEMENTS(rows));
}

static void programs(void)
{
        static const Row rows[] = {
                { L("/usr/bin/podman"), "/usr/bin/podman" },
                { L("podman"), "podman" },
                { L("/opt/my tools/podman"), "\"/opt/my tools/podman\"" },
                { L("/opt/$X/100%"), "/opt/$X/100%%" },
                { D("%h/bin/podman"), "%h/bin/podman" },
                { L("/opt/;"), "\"/opt/;\"" },
                { L("/opt/gr\303\274n"), "\"/opt/gr\303\274n\"" },
                { L(""), NULL },
                { L("/"), NULL },
                { L("/bin/"), NULL },
                { L("bin/podman"), NULL },
                { L("%h/bin/podman"), NULL },
                { L("/opt/a "), NULL },
                { L(" podman"), NULL },
                { L("-podman"), NULL },
                { L("@podman"), NULL },
                { L(":podman"), NULL },
                { L("+podman"), NULL },
                { L("!podman"), NULL },
                { L("|podman"), NULL },
                { L(";"), NULL },
                { L("/a\nb"), NULL },
                { L("/a\tb"), NULL },
                { L("/a\"b"), NULL },
                { L("/a'b"), NULL },
                { L("/a\\b"), NULL },
                { L("/a\377b"), NULL },
        };

        check_rows(quote_program, rows, ELEMENTS(rows));
}

static void environment(void)
{
        static const Row rows[] = {
                { L("KEY=value"), "KEY=value" },
                { L("KEY="), "KEY=" },
                { L("KEY=a b"), "\"KEY=a b\"" },
                { L("KEY=$X"), "KEY=$X" },
                { L("KEY=100%"), "KEY=100%%" },
                { L("KEY=a\nb"), "\"KEY=a\\nb\"" },
                { L("KEY=\001"), "\"KEY=\\x01\"" },
                { L("KEY=\"\\"), "\"KEY=\\\"\\\\\"" },
                { L("KEY=\303\274"), "\"KEY=\303\274\"" },
                { L("KEY=;"), "\"KEY=;\"" },
                { L("KEY=\377"), NULL },
                { L("KEY=\357\277\276"), NULL },
                { D("KEY=%n"), "KEY=%n" },
                { D("KEY=$$"), "KEY=$$" },
        };

        check_rows(quote_env, rows, ELEMENTS(rows));
}

static void items(void)
{
        static const Row rows[] = {
                { L("/srv/www"), "/srv/www" }, { L("/srv/my pages"), "\"/srv/my pages\"" },
                { L("/100%"), "/100%%" },      { L("/a$b"), "/a$b" },
                { L("/a\\b"), "\"/a\\\\b\"" }, { L("/a\"b'c"), "\"/a\\\"b'c\"" },
                { L("/a\tb"), "\"/a\tb\"" },   { L("/gr\303\274n"), "\"/gr\303\274n\"" },
                { L("/a\nb"), NULL },          { L("/a\rb"), NULL },
                { L("/a\033b"), NULL },        { L("/a\377b"), NULL },
                { D("%h/data"), "%h/data" },   { D("%h/my data"), "\"%h/my data\"" },
        };

        check_rows(quote_item, rows, ELEMENTS(rows));
}

static void units(void)
{
        static const Row rows[] = {
                { L("podman-web.service"), "podman-web.service" },
                { L("netns@a\\x2db.service"), "netns@a\\x2db.service" },
                { L(""), NULL },
                { L("a b.service"), NULL },
                { L("\"a\".service"), NULL },
                { L("%n"), NULL },
                { L("$X"), NULL },
                { L("a\\"), NULL },
                { L("gr\303\274n.service"), NULL },
                { D("foo@%i.service"), "foo@%i.service" },
        };

        check_rows(quote_unit, rows, ELEMENTS(rows));

        Arena arena = { 0 };

        for (unsigned byte = 1; byte < 256; byte++) {
                const char name[] = { 'a', (char)byte, 'b' };
                const bool fits = char_is_alpha(name[1]) || char_is_digit(name[1]) || str_contains(S(":-_.\\@"), name[1]);
                Buf buf = BUF(&arena);

                CHECK(quote_unit(&buf, LITERAL(((Str){ name, sizeof(name) }))) == fits, "byte %u", byte);
        }
        arena_free(&arena);
}

static void values(void)
{
        static const Row rows[] = {
                { L(""), "" },
                { L("Container web"), "Container web" },
                { L("100% $X \"q\" 'r' #s ;t"), "100%% $X \"q\" 'r' #s ;t" },
                { L("# a"), "# a" },
                { L("\\x41 \\ b"), "\\x41 \\ b" },
                { L("a\tb"), "a\tb" },
                { L("gr\303\274n"), "gr\303\274n" },
                { L("a\\\\"), "a\\\\" },
                { L("a\\"), NULL },
                { L("a\\\\\\"), NULL },
                { L(" a"), NULL },
                { L("a "), NULL },
                { L("a\nb"), NULL },
                { L("a\rb"), NULL },
                { L("a\033[1m"), NULL },
                { L("a\177"), NULL },
                { L("\377"), NULL },
                { L("\357\267\220"), NULL }, /* U+FDD0, no character */
                { D("Container %N"), "Container %N" },
        };

        check_rows(quote_value, rows, ELEMENTS(rows));
}

static void names(void)
{
        static const Row rows[] = {
                { L("web"), "web" },
                { L("my-web"), "my\\x2dweb" },
                { L("a/b"), "a-b" },
                { L(".a.b"), "\\x2ea.b" },
                { L("a:b_c"), "a:b_c" },
                { L("a\\b@c"), "a\\x5cb\\x40c" },
                { L("gr\303\274n"), "gr\\xc3\\xbcn" },
                { L("a b\n%"), "a\\x20b\\x0a\\x25" },
                { L(""), "" },
        };

        check_rows(name, rows, ELEMENTS(rows));
}

static void path_names(void)
{
        static const Row rows[] = {
                { L("/"), "-" },
                { L(""), "-" },
                { L("///"), "-" },
                { L("/srv/www"), "srv-www" },
                { L("/srv//./www/"), "srv-www" },
                { L("srv/www"), "srv-www" },
                { L("/.hidden/.b"), "\\x2ehidden-.b" },
                { L("/a-b"), "a\\x2db" },
                { L("/a/..b"), "a-..b" },
                { L("/a/../b"), NULL },
                { L(".."), NULL },
        };

        check_rows(path_name, rows, ELEMENTS(rows));
}

static bool is_plain(Str s)
{
        return s.len && strspn(s.data, TEXT_PLAIN) == s.len;
}

/* What is taken for plain comes out as if it had been looked at. */
static void plain(void)
{
        const Text known = T(TEXT_PLAIN), looked = { S(TEXT_PLAIN), DOOR_SYSTEMD };
        Arena arena = { 0 };
        bool (*const quotes[])(Buf *buf, Text text) = { word, quote_value, quote_env, quote_item };

        CHECK(known.plain && !T("").plain && !T("a b").plain && !T("a\n").plain && T("%t/$X").plain, "what T() takes for plain");
        for (size_t i = 0; i < ELEMENTS(quotes); i++) {
                Buf buf = BUF(&arena), other = BUF(&arena);

                CHECK(quotes[i](&buf, known) && quotes[i](&other, looked), "context %zu", i);
                CHECK_STR(buf_str(&buf), looked.str);
                CHECK_STR(buf_str(&other), looked.str);
        }
        /* words_flag() takes all of these for plain. */
        for (unsigned id = OPTION_NONE + 1; id < OPTION_COUNT; id++)
                for (unsigned engine = 0; engine < ENGINE_COUNT; engine++) {
                        const Spell *spell = option_spell((OptionId)id, (Engine)engine);

                        CHECK(spell->kind != SPELL_FLAG || is_plain(spell_flag(spell)), "%.*s", STR_ARG(spell_flag(spell)));
                }
        arena_free(&arena);
}

TEST_MAIN(TEST(words), TEST(programs), TEST(environment), TEST(items), TEST(units), TEST(values),
          TEST(names), TEST(path_names), TEST(plain))
