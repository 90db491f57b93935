/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The reading modes of Quadlet. Forms of values are not looked at: podman does so when it starts. */

#include "model/quadlet.h"

#include "base/num.h"
#include "base/words.h"

typedef struct Reader {
        Run *run;
        Def *def;
        OptionId id;
        const Node *entry;
} Reader;

static Value *append(const Reader *r, Str text, Loc at)
{
        Value *value = ARENA_NEW(r->run->arena, Value);

        *value = (Value){ .at = at, .text = { text, DOOR_SYSTEMD }, .late = true };
        setting_add(def_put(r->run->arena, r->def, r->id), value);
        return value;
}

static void reset(const Reader *r)
{
        setting_reset(def_put(r->run->arena, r->def, r->id));
}

/* `"x"` is x; other quotes stay. */
static Str unquoted(Str text)
{
        if (text.len >= 2 && text.data[0] == '"' && text.data[text.len - 1] == '"')
                return str_first(str_skip(text, 1), text.len - 2);
        return text;
}

static Str quoted(const Reader *r, Str text)
{
        return arena_fmt(r->run->arena, "'%.*s'", STR_ARG(text));
}

/* An empty assignment takes the key back; an empty entry point is one. */
static bool read_last(const Reader *r)
{
        const Str text = unquoted(r->entry->text);

        reset(r);
        if (text.len || r->id == OPT_CONTAINER_Entrypoint)
                append(r, text, r->entry->at);
        return true;
}

static bool read_flag(const Reader *r)
{
        static const Str yes[] = { STR_INIT("1"), STR_INIT("yes"), STR_INIT("true"), STR_INIT("on") };
        static const Str no[] = { STR_INIT(""), STR_INIT("0"), STR_INIT("no"), STR_INIT("false"), STR_INIT("off") };
        const Str text = unquoted(r->entry->text);

        reset(r);
        append(r, text, r->entry->at)->flag = str_index(text, yes, ELEMENTS(yes)) < ELEMENTS(yes);
        if (def_get(r->def, r->id)->flag || str_index(text, no, ELEMENTS(no)) < ELEMENTS(no))
                return true;
        return diag(r->run->diags, DIAG_QUADLET_BOOL, r->entry->at, quadlet_file(r->def), option_info(r->id)->key,
                    quoted(r, text));
}

/* 0x1f, 017, 15. */
static bool parse_number(Str text, uint64_t *ret)
{
        uint64_t n = 0;

        if (!str_starts(text, S("0x")) && !str_starts(text, S("0X")))
                return text.len > 1 && text.data[0] == '0' ? num_octal(text, UINT32_MAX, ret)
                                                           : num_unsigned(text, UINT32_MAX, ret);
        for (size_t i = 2; i < text.len; i++) {
                const char c = char_lower(text.data[i]);
                const int digit = char_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

                if (digit < 0 || n > UINT32_MAX >> 4)
                        return false;
                n = n << 4 | (unsigned)digit;
        }
        *ret = n;
        return text.len > 2;
}

static bool read_number(const Reader *r)
{
        const Str text = unquoted(r->entry->text);
        uint64_t n = 0;

        reset(r);
        if (!text.len)
                return true;
        if (!str_is(text, "root") && !parse_number(text, &n))
                return diag(r->run->diags, DIAG_QUADLET_NUMBER, r->entry->at, quadlet_file(r->def),
                            option_info(r->id)->key, quoted(r, text));
        append(r, arena_fmt(r->run->arena, "%llu", (unsigned long long)n), r->entry->at)->number = n;
        return true;
}

static bool report(const Reader *r, const Word *word, WordsError error)
{
        const Str text = str_first(str_skip(r->entry->text, word->at), word->len);
        const Loc at = node_loc(r->entry, word->at, word->len);
        const Reading reading = option_info(r->id)->quadlet;

        if (error == WORDS_OPEN_QUOTE)
                return diag(r->run->diags, DIAG_VALUE_QUOTE, at, text);
        if (reading == READ_A)
                return diag(r->run->diags, DIAG_VALUE_ESCAPE, at, text);
        /* Podman goes on without the value, and says so. */
        diag(r->run->diags, DIAG_QUADLET_ESCAPE, at, option_info(r->id)->key, text);
        return true;
}

static bool is_file(OptionId id)
{
        return id == OPT_CONTAINER_EnvironmentFile || id == OPT_KUBE_ConfigMap || id == OPT_KUBE_Yaml;
}

static void add_word(const Reader *r, const Word *word, Loc at)
{
        Value *value;
        Str name, rest;

        if (is_file(r->id)) {
                append(r, quadlet_path(r->run->arena, r->def, word->text), at);
                return;
        }
        /* Of names an empty one is none. */
        if (option_info(r->id)->quadlet == READ_KV && !word->text.len)
                return;
        value = append(r, word->text, at);
        if (option_info(r->id)->quadlet != READ_KV)
                return;
        value->bare = !str_cut(word->text, '=', &name, &rest);
        value->name = value->bare ? word->text : name;
}

/* A value with a mistake in it is left out as a whole. */
static bool read_words(const Reader *r)
{
        const Reading reading = option_info(r->id)->quadlet;
        const unsigned rules = reading == READ_W ? WORDS_PLAIN : WORDS_OPEN | WORDS_CODE_POINTS;
        NodeCursor cursor = node_cursor_start(r->entry);
        WordsError error;
        Word word;
        size_t pos = 0;

        if (!r->entry->text.len || reading == READ_A1)
                reset(r);
        while (words_next_by(r->run->arena, r->entry->text, rules, &pos, &word, &error))
                ;
        if (error != WORDS_OK)
                return report(r, &word, error);
        pos = 0;
        while (words_next_by(r->run->arena, r->entry->text, rules, &pos, &word, &error))
                add_word(r, &word, node_cursor_loc(&cursor, word.at, word.len));
        return true;
}

static bool read_line(const Reader *r)
{
        if (r->entry->text.len)
                append(r, r->entry->text, r->entry->at);
        else
                reset(r);
        return true;
}

/* A drop-in may replace a value; in one file it is a slip: who writes two of Exec= expects both. */
static void warn_of_repeated(const Reader *r)
{
        const Reading reading = option_info(r->id)->quadlet;
        const Setting *before = def_setting(r->def, r->id);
        const bool single = reading == READ_S || reading == READ_B || reading == READ_N || reading == READ_A1;

        if (single && before && before->first && before->key_at.source == r->entry->key_at.source && r->entry->text.len)
                diag_also(r->run->diags, DIAG_QUADLET_REPEATED, r->entry->key_at, before->key_at, S("it stands"),
                          option_info(r->id)->key);
}

bool quadlet_value(Run *run, Def *def, OptionId id, const Node *entry)
{
        const Reader r = { run, def, id, entry };

        bool (*const read[READ_COUNT])(const Reader *) = {
                [READ_S] = read_last,   [READ_B] = read_flag,  [READ_N] = read_number, [READ_L] = read_line,
                [READ_W] = read_words,  [READ_A] = read_words, [READ_A1] = read_words, [READ_KV] = read_words,
        };
        warn_of_repeated(&r);

        const bool ok = read[option_info(id)->quadlet](&r);

        def_put(run->arena, def, id)->key_at = entry->key_at;
        return ok;
}
