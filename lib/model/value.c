/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/value.h"

#include <stdlib.h>

#include "base/words.h"

typedef struct Reader {
        Check check;
        Setting *setting;
        const Node *entry;
        Door door;
} Reader;

static Door door_of(const Node *node)
{
        return node->at.source && node->at.source->format == FORMAT_YAML ? DOOR_LITERAL : DOOR_SYSTEMD;
}

static void append(Reader *r, Value *value)
{
        setting_add(r->setting, value);
}

/* A new value for [Container] replaces the old one as a whole. */
static void restart(Reader *r)
{
        setting_reset(r->setting);
}

static bool add(Reader *r, Str text, Loc at, Door door)
{
        Value *value = ARENA_NEW(r->check.run->arena, Value);

        value->at = at;
        value->text = (Text){ text, door };
        if (!check_value(&r->check, value))
                return false;
        append(r, value);
        return true;
}

static bool report_word(Reader *r, const Node *node, const Word *word, WordsError error)
{
        const Loc at = node_loc(node, word->at, word->len);
        const Str text = str_first(str_skip(node->text, word->at), word->len);

        return diag(r->check.run->diags, error == WORDS_BAD_ESCAPE ? DIAG_VALUE_ESCAPE : DIAG_VALUE_QUOTE, at, text);
}

static bool add_words(Reader *r, const Node *node)
{
        /* Most are one word. */
        if (node->text.len && str_all(node->text, words_plain))
                return add(r, node->text, node->at, r->door);

        NodeCursor cursor = node_cursor_start(node);
        WordsError error;
        Word word;
        size_t pos = 0;
        bool ok = true;

        while (words_next(r->check.run->arena, node->text, &pos, &word, &error))
                ok &= add(r, word.text, node_cursor_loc(&cursor, word.at, word.len), r->door);
        return error == WORDS_OK ? ok : report_word(r, node, &word, error);
}

static bool nested(Reader *r, const Node *node, Str hint)
{
        return diag(r->check.run->diags, DIAG_VALUE_NESTED, node->at, r->check.option->key, hint);
}

/* ---- YAML ---- */

/* NAME: VALUE of a map of pairs. A null value is a bare name, as in Compose. */
static bool add_pair(Reader *r, const Node *node)
{
        Value *value = ARENA_NEW(r->check.run->arena, Value);
        Buf text = BUF(r->check.run->arena);

        if (node->kind != NODE_SCALAR)
                return nested(r, node, S(""));

        buf_add(&text, node->key);
        if (!node->null)
                buf_fmt(&text, "=%.*s", STR_ARG(node->text));
        *value = (Value){ .at = node->key_at,
                          .text = { buf_str(&text), r->door },
                          .name = node->key,
                          .bare = node->null };
        if (!check_value(&r->check, value))
                return false;
        append(r, value);
        return true;
}

/* NAME: true of a set; false and null leave the name out (OCI-25). */
static bool add_member(Reader *r, const Node *node)
{
        Value flag = { .at = node->at, .text = { node->text, DOOR_LITERAL } };

        if (node->kind != NODE_SCALAR)
                return nested(r, node, S("write 'NAME: true', or a list of names"));
        if (node->null)
                return true;
        if (!check_bool(&r->check, &flag))
                return false;
        return !flag.flag || add(r, node->key, node->key_at, DOOR_LITERAL);
}

/* NAME: CONDITION, or NAME: {condition: CONDITION} of Compose. */
static bool add_reference(Reader *r, const Node *node)
{
        const Node *condition = node;

        if (node->kind == NODE_MAP) {
                condition = NULL;
                for (const Node *entry = node->child; entry; entry = entry->next) {
                        if (!str_is(entry->key, "condition"))
                                return diag(r->check.run->diags, DIAG_UNKNOWN_KEY, entry->key_at, entry->key,
                                            r->check.option->key, S("condition"));
                        condition = entry;
                }
        }
        if (condition && condition->kind != NODE_SCALAR)
                return nested(r, condition, S("write 'NAME: {condition: healthy}', or a list of names"));
        if (!condition || condition->null)
                return add(r, node->key, node->key_at, DOOR_LITERAL);
        return add(r,
                   arena_fmt(r->check.run->arena, "%.*s:%.*s", STR_ARG(node->key), STR_ARG(condition->text)),
                   node->key_at, DOOR_LITERAL);
}

/* ",OPTION=VALUE" for each value. */
static bool add_suboption(Reader *r, Buf *text, const Node *node)
{
        bool ok = true;

        if (node->kind == NODE_LIST) {
                for (const Node *item = node->child; item; item = item->next) {
                        if (item->kind != NODE_SCALAR || item->null || str_contains(item->text, ','))
                                ok = nested(r, item, S("write plain values without commas"));
                        buf_fmt(text, ",%.*s=%.*s", STR_ARG(node->key), STR_ARG(item->text));
                }
                return ok;
        }
        if (node->kind != NODE_SCALAR || str_contains(node->text, ','))
                return nested(r, node, S("write plain values without commas"));
        if (!node->null)
                buf_fmt(text, ",%.*s=%.*s", STR_ARG(node->key), STR_ARG(node->text));
        return true;
}

/* NAME: {OPTION: VALUE, OPTION: [VALUE, …]}; NAME alone; NAME: "OPTION=VALUE,…". */
static bool add_named(Reader *r, const Node *node)
{
        Buf text = BUF(r->check.run->arena);
        bool ok = true;

        buf_add(&text, node->key);
        if (node->kind == NODE_LIST)
                return nested(r, node, S("write 'NAME: {OPTION: VALUE}'"));
        if (node->kind == NODE_SCALAR && node->text.len)
                buf_fmt(&text, ",%.*s", STR_ARG(node->text));
        for (const Node *option = node->kind == NODE_MAP ? node->child : NULL; option; option = option->next)
                ok &= add_suboption(r, &text, option);
        return ok && add(r, buf_str(&text), node->key_at, DOOR_LITERAL);
}

static bool add_map(Reader *r, const Node *map)
{
        static bool (*const add_entry[SHAPE_COUNT])(Reader *, const Node *) = {
                [SHAPE_PAIR] = add_pair,
                [SHAPE_SET] = add_member,
                [SHAPE_REFERENCE] = add_reference,
                [SHAPE_OPTIONS] = add_named,
        };
        const Shape shape = type_info(r->check.option->type)->shape;
        bool ok = true;

        if (!add_entry[shape])
                return nested(r, map, S(""));
        for (const Node *node = map->child; node; node = node->next)
                ok &= add_entry[shape](r, node);
        return ok;
}

static bool add_list(Reader *r, const Node *list)
{
        bool ok = true;

        for (const Node *node = list->child; node; node = node->next) {
                if (node->kind == NODE_SCALAR)
                        ok &= add(r, node->text, node->at, r->door);
                else if (node->kind == NODE_MAP && type_info(r->check.option->type)->shape == SHAPE_PAIR)
                        ok &= add_map(r, node);
                else
                        ok &= nested(r, node, S(""));
        }
        return ok;
}

/* [CMD, word…], [CMD-SHELL, line], [NONE] of Compose; another list is the vector itself. */
static bool add_shell_list(Reader *r, const Node *list)
{
        const Node *first = list->child;
        bool ok = true;

        if (first && first->kind == NODE_SCALAR && str_is(first->text, "NONE"))
                return add(r, S("none"), first->at, DOOR_LITERAL);
        if (first && first->kind == NODE_SCALAR && str_is(first->text, "CMD-SHELL"))
                return first->next && first->next->kind == NODE_SCALAR && !first->next->next
                               ? add(r, first->next->text, first->next->at, r->door)
                               : nested(r, list, S("write [CMD-SHELL, LINE]"));
        if (first && first->kind == NODE_SCALAR && str_is(first->text, "CMD"))
                first = first->next;
        for (const Node *node = first; node; node = node->next) {
                if (node->kind != NODE_SCALAR) {
                        ok = nested(r, node, S(""));
                        continue;
                }
                if (add(r, node->text, node->at, r->door))
                        r->setting->last->argv = true;
                else
                        ok = false;
        }
        return ok;
}

static bool read_yaml_value(Reader *r, const Node *entry)
{
        const Shape shape = type_info(r->check.option->type)->shape;
        const bool many = r->check.option->flags & OPTION_MANY;

        if (!many)
                restart(r);
        if (entry->kind == NODE_SCALAR && entry->null)
                return true;
        if (entry->kind == NODE_SCALAR)
                return shape == SHAPE_COMMAND ? add_words(r, entry) : add(r, entry->text, entry->at, r->door);
        if (entry->kind == NODE_LIST && shape == SHAPE_SHELL)
                return add_shell_list(r, entry);
        if (entry->kind == NODE_LIST && (many || shape == SHAPE_COMMAND))
                return add_list(r, entry);
        if (entry->kind == NODE_MAP && many)
                return add_map(r, entry);
        return diag(r->check.run->diags, DIAG_VALUE_MANY, entry->at, r->check.option->key);
}

/* ---- INI ---- */

static bool read_ini_value(Reader *r, const Node *entry)
{
        const Option *option = r->check.option;
        const bool words = option->flags & OPTION_MANY || type_info(option->type)->shape == SHAPE_COMMAND;

        /* Resets a list, and takes a single value back to its default (systemd.syntax(7)). */
        if (str_empty(entry->text)) {
                restart(r);
                return true;
        }
        if (!(option->flags & OPTION_MANY))
                restart(r);
        return words ? add_words(r, entry) : add(r, entry->text, entry->at, r->door);
}

Str def_directory(const Doc *doc)
{
        const Str path = doc->source->path;
        const size_t slash = str_rfind(path, '/');

        return slash == path.len ? S(".") : str_first(path, slash ? slash : 1);
}

bool value_read(Run *run, Def *def, OptionId id, const Node *entry)
{
        Reader r = {
                .check = { .run = run, .option = option_info(id), .doc = def->doc },
                .setting = def_put(run->arena, def, id),
                .entry = entry,
                .door = door_of(entry),
        };
        const bool ok = r.door == DOOR_LITERAL ? read_yaml_value(&r, entry) : read_ini_value(&r, entry);

        r.setting->key_at = entry->key_at;
        r.setting->inherited = def->kind == KIND_DEFAULTS;
        return ok;
}

/* ---- when all has been read ---- */

typedef struct Ranked {
        Value *value;
        Str key;     /* what is compared */
        size_t rank; /* the written order */
} Ranked;

static int compare_ranked(const void *a, const void *b)
{
        const Ranked *x = a, *y = b;
        const int order = str_compare(x->key, y->key);

        return order ? order : (x->rank < y->rank ? -1 : x->rank > y->rank);
}

static int compare_rank(const void *a, const void *b)
{
        const Ranked *x = a, *y = b;

        return x->rank < y->rank ? -1 : x->rank > y->rank;
}

void value_settle(Run *run, Setting *setting)
{
        const unsigned flags = option_info(setting->id)->flags;
        const bool sorted = flags & OPTION_SORTED;
        VEC(Ranked) values = { 0 };
        size_t kept = 0;

        if (!(flags & (OPTION_SORTED | OPTION_UNIQUE)))
                return;
        for (Value *value = setting->first; value; value = value->next)
                VEC_ADD(run->arena, &values, (Ranked){ value, sorted ? value->name : value->text.str, values.count });
        VEC_SORT(&values, compare_ranked);

        /* Of one name the last stays; of one text the first. */
        for (size_t i = 0; i < values.count; i++) {
                const bool first = i == 0 || !str_eq(values.items[i].key, values.items[i - 1].key);
                const bool last = i + 1 == values.count || !str_eq(values.items[i].key, values.items[i + 1].key);

                if (sorted ? last : first)
                        values.items[kept++] = values.items[i];
        }
        values.count = kept;
        if (!sorted)
                VEC_SORT(&values, compare_rank);

        setting_reset(setting);
        for (size_t i = 0; i < values.count; i++)
                setting_add(setting, values.items[i].value);
        setting->last->next = NULL;
}

/* Without a context of its own, a relative File= of a build counts from the definition's directory. */
void value_settle_build(Run *run, Def *def)
{
        const Str context = def_text(def, OPT_BUILD_SetWorkingDirectory).str;
        Value *file = def_get(def, OPT_BUILD_File);

        if (file && !file->late && !check_is_url(file->text.str) && (!context.len || str_is(context, "file")))
                file->text.str = check_join(run->arena, def_directory(def->doc), file->text.str);
}
