/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/example.h"

#include "base/escape.h"
#include "base/words.h"

enum {
        STEP = 2, /* of YAML's indentation */
};

typedef VEC(Str) Texts;

static void line(Buf *buf, int indent, Str text)
{
        buf_fmt(buf, "%*s%.*s\n", indent, "", STR_ARG(text));
}

void example_ini(Buf *buf, const Option *option, int indent)
{
        line(buf, indent,
             arena_fmt(buf->arena, "[%.*s]", STR_ARG(kind_info(option->kind)->section)));
        line(buf, indent,
             arena_fmt(buf->arena, "%.*s=%.*s", STR_ARG(option->key), STR_ARG(option_text(option)->example)));
}

static bool is_upper(char c)
{
        return c >= 'A' && c <= 'Z';
}

/* An underscore before each capital that begins a word: "dns_option", "uid_map". */
Str example_yaml_key(Arena *arena, Str key)
{
        Buf buf = BUF(arena);

        for (size_t i = 0; i < key.len; i++) {
                const bool after = i > 0 && !is_upper(key.data[i - 1]);
                const bool version = i + 2 < key.len && char_is_digit(key.data[i + 2]); /* the "v6" of IPv6 */
                const bool before = i > 0 && i + 1 < key.len && char_is_alpha(key.data[i + 1]) &&
                                    !is_upper(key.data[i + 1]) && !version;

                if (is_upper(key.data[i]) && (after || before))
                        buf_char(&buf, '_');
                buf_char(&buf, char_lower(key.data[i]));
        }
        return buf_str(&buf);
}

/* Plain where YAML cannot take it for anything but this text, also in a flow list. */
static Str scalar(Arena *arena, Str text)
{
        Buf buf = BUF(arena);
        bool plain = text.len && (char_is_alpha(text.data[0]) || char_is_digit(text.data[0]) ||
                                  text.data[0] == '/');

        for (size_t i = 0; i < text.len && plain; i++)
                plain = char_is_alpha(text.data[i]) || char_is_digit(text.data[i]) ||
                        memchr("/._-+= ", text.data[i], 7);
        if (plain)
                return text;
        escape_json(&buf, text);
        return buf_str(&buf);
}

static Texts words_of(Arena *arena, Str text)
{
        Texts words = { 0 };
        WordsError error = WORDS_OK;
        size_t at = 0;
        Word word;

        while (words_next(arena, text, &at, &word, &error))
                VEC_ADD(arena, &words, word.text);
        return words;
}

/* [a, b] */
static Str flow_list(Arena *arena, const Texts *words)
{
        Buf buf = BUF(arena);

        VEC_EACH(const Str, word, words) {
                buf_add(&buf, word == words->items ? S("[") : S(", "));
                buf_add(&buf, scalar(arena, *word));
        }
        buf_char(&buf, ']');
        return buf_str(&buf);
}

/* What follows "key:". */
static void add_value(Buf *buf, const Option *option, int indent)
{
        Arena *arena = buf->arena;
        const Texts words = words_of(arena, option_text(option)->example);
        const Shape shape = type_info(option->type)->shape;
        Str name, value;

        if (shape == SHAPE_COMMAND) {
                buf_fmt(buf, " %.*s\n", STR_ARG(flow_list(arena, &words)));
        } else if (!(option->flags & OPTION_MANY)) {
                buf_fmt(buf, " %.*s\n", STR_ARG(scalar(arena, option_text(option)->example)));
        } else if (shape == SHAPE_PAIR && str_contains(option_text(option)->example, '=')) {
                buf_char(buf, '\n');
                VEC_EACH(const Str, word, &words)
                        if (str_cut(*word, '=', &name, &value))
                                line(buf, indent,
                                     arena_fmt(arena, "%.*s: %.*s", STR_ARG(name),
                                               STR_ARG(scalar(arena, value))));
        } else {
                buf_char(buf, '\n');
                VEC_EACH(const Str, word, &words)
                        line(buf, indent,
                             arena_fmt(arena, "- %.*s", STR_ARG(scalar(arena, *word))));
        }
}

void example_yaml(Buf *buf, const Option *option, int indent)
{
        const KindInfo *kind = kind_info(option->kind);

        line(buf, indent, arena_fmt(buf->arena, "%.*s:", STR_ARG(kind->map)));
        indent += STEP;
        if (!kind->unnamed) {
                line(buf, indent, S("web:"));
                indent += STEP;
        }
        buf_fmt(buf, "%*s%.*s:", indent, "", STR_ARG(example_yaml_key(buf->arena, option->key)));
        add_value(buf, option, indent + STEP);
}
