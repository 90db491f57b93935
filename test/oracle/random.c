/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "random.h"

#include "base/buf.h"

/* A multiplied counter, mixed: "splitmix64". */
uint64_t random_next(Random *random)
{
        uint64_t z = random->state += 0x9e3779b97f4a7c15;

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
}

unsigned random_below(Random *random, unsigned limit)
{
        return (unsigned)(random_next(random) % limit);
}

static void add_syntax(Random *random, Buf *buf)
{
        static const Str pieces[] = {
                STR_INIT(" "),       STR_INIT("  "),    STR_INIT("'"),     STR_INIT("\""),
                STR_INIT("\\"),      STR_INIT("%"),     STR_INIT("%%"),    STR_INIT("%n"),
                STR_INIT("%%n"),     STR_INIT("%h"),    STR_INIT("$"),     STR_INIT("$$"),
                STR_INIT("$X"),      STR_INIT("$$X"),   STR_INIT("${X}"),  STR_INIT("${X"),
                STR_INIT("${X:-y}"), STR_INIT(";"),     STR_INIT(" ; "),   STR_INIT("\\;"),
                STR_INIT("\\n"),     STR_INIT("\\x41"), STR_INIT("\\101"), STR_INIT("\\u00fc"),
                STR_INIT("\\ "),     STR_INIT("\\\""),  STR_INIT("\\'"),   STR_INIT("\\\\"),
                STR_INIT("#"),       STR_INIT("-"),     STR_INIT("--"),    STR_INIT("@"),
                STR_INIT("+"),       STR_INIT("!"),     STR_INIT("!!"),    STR_INIT(":"),
                STR_INIT("|"),       STR_INIT("="),     STR_INIT("["),     STR_INIT("]"),
                STR_INIT("{"),       STR_INIT("}"),     STR_INIT("*"),     STR_INIT("?"),
                STR_INIT("`"),       STR_INIT("/"),     STR_INIT("."),     STR_INIT(","),
                STR_INIT("\t"),      STR_INIT("~"),
        };

        buf_add(buf, pieces[random_below(random, ELEMENTS(pieces))]);
}

static void add_characters(Random *random, Buf *buf)
{
        static const unsigned borders[] = { 0x80,   0x9b,   0xa0,   0xfc,    0x7ff,   0x800,
                                            0x2028, 0xfeff, 0xfffd, 0x10000, 0x1f433, 0x10fffd };

        if (random_below(random, 2))
                buf_utf8(buf, borders[random_below(random, ELEMENTS(borders))]);
        else
                buf_utf8(buf, 0xa1 + random_below(random, 0xd700 - 0xa1));
}

/* One to three. */
static void add_ascii(Random *random, Buf *buf, unsigned first, unsigned last)
{
        for (unsigned i = random_below(random, 3) + 1; i > 0; i--)
                buf_char(buf, (char)(first + random_below(random, last - first + 1)));
}

static void add_controls(Random *random, Buf *buf)
{
        static const Str pieces[] = { STR_INIT("\n"),     STR_INIT("\r"),   STR_INIT("\n\n"),
                                      STR_INIT("\\\n"),   STR_INIT("\r\n"), STR_INIT("\177"),
                                      STR_INIT("\033[1m") };

        if (random_below(random, 2))
                buf_add(buf, pieces[random_below(random, ELEMENTS(pieces))]);
        else
                add_ascii(random, buf, 1, 31);
}

/* Bytes that are not UTF-8 but for luck, or look like it: a noncharacter, a surrogate, an overlong
 * form. */
static void add_bytes(Random *random, Buf *buf)
{
        static const Str pieces[] = { STR_INIT("\357\277\276"), STR_INIT("\357\267\220"),
                                      STR_INIT("\355\240\200"), STR_INIT("\300\257"),
                                      STR_INIT("\364\220\200\200") };

        if (random_below(random, 4))
                add_ascii(random, buf, 0x80, 0xff);
        else
                buf_add(buf, pieces[random_below(random, ELEMENTS(pieces))]);
}

Str random_text(Random *random, Arena *arena, RandomKind kind)
{
        static const unsigned char lengths[] = { 0, 1, 1, 1, 2, 2, 3, 5, 12 };
        Buf buf = BUF(arena);

        for (unsigned i = lengths[random_below(random, ELEMENTS(lengths))]; i > 0; i--) {
                const unsigned dice = random_below(random, 16);

                if (dice < 7)
                        add_syntax(random, &buf);
                else if (dice < 10)
                        add_ascii(random, &buf, 'a', 'z');
                else if (dice < 12)
                        add_ascii(random, &buf, ' ', '~');
                else if (dice < 14 || kind == RANDOM_LINE)
                        add_characters(random, &buf);
                else if (dice == 14 || kind == RANDOM_UTF8)
                        add_controls(random, &buf);
                else
                        add_bytes(random, &buf);
        }
        return arena_str(arena, buf_str(&buf));
}
