/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* libyaml's events are folded into nodes. An alias gives a copy of the anchored node that shares
 * its children, so that it costs no memory; but all that stands below is counted, since others will
 * walk over it. */

#include "input/read.h"

#include "base/map.h"
#include "base/nearest.h"
#include "input/lines.h"
#include "input/yaml_place.h"

/* What an alias repeats. */
typedef struct Anchor {
        Str name;
        Node *node;      /* NULL: not complete yet */
        size_t size;     /* values, itself included */
        unsigned height; /* levels of lists and maps, itself included */
} Anchor;

typedef struct Fold {
        Run *run;
        const Source *source;
        YamlCursor cursor;
        yaml_parser_t parser;
        yaml_event_t event; /* the current one */
        Map anchors;        /* of Anchor *, the latest of a name */
        VEC(Anchor *) names;
        size_t values;    /* so far, what aliases stand for included */
        unsigned deepest; /* level reached since it was reset */
        bool failed;      /* an error was reported: the result will not be used */
} Fold;

static Node *fold_node(Fold *fold, unsigned depth);

static bool fail(Fold *fold, DiagCode code, Loc at, Str what, Str hint)
{
        fold->failed = true;
        return diag(fold->run->diags, code, at, what, hint);
}

/* False when there is none: an error of syntax. */
static bool next_event(Fold *fold)
{
        yaml_event_delete(&fold->event);
        if (yaml_parser_parse(&fold->parser, &fold->event))
                return true;
        fold->failed = true;
        return yaml_error_report(fold->run, &fold->cursor, &fold->parser);
}

static Loc event_loc(Fold *fold)
{
        return yaml_cursor_loc(&fold->cursor, fold->event.start_mark.index,
                               fold->event.end_mark.index);
}

/* ---- limits ---- */

static bool spend(Fold *fold, size_t values, Loc at)
{
        fold->values += values;
        if (fold->values <= YAML_NODES)
                return true;
        return fail(fold, DIAG_YAML_NODES, at, arena_fmt(fold->run->arena, "%d", YAML_NODES),
                    S(""));
}

static bool enter(Fold *fold, unsigned depth, Loc at)
{
        if (depth > fold->deepest)
                fold->deepest = depth;
        if (depth <= YAML_DEPTH)
                return true;
        return fail(fold, DIAG_YAML_DEPTH, at, arena_fmt(fold->run->arena, "%d", YAML_DEPTH),
                    S(""));
}

/* ---- properties: tags and anchors ---- */

/* Types come from the option table, so the standard tags say nothing new. Others would change the
 * meaning. */
static void check_tag(Fold *fold, const yaml_char_t *tag)
{
        static const Str prefix = STR_INIT("tag:yaml.org,2002:");
        static const char *const known[] = { "str",  "int", "float", "bool",
                                             "null", "map", "seq",   "timestamp" };
        const Str name = str_c((const char *)tag);
        const bool standard = str_starts(name, prefix);
        const Str word = standard ? str_skip(name, prefix.len) : name;

        if (!name.len || str_is(name, "!"))
                return;
        for (size_t i = 0; standard && i < ELEMENTS(known); i++)
                if (str_is(word, known[i]))
                        return;

        const size_t start = fold->event.start_mark.index;

        fail(fold, DIAG_YAML_TAG, yaml_cursor_loc(&fold->cursor, start, start),
             arena_fmt(fold->run->arena, "%s%.*s", standard ? "!!" : "", STR_ARG(word)), S(""));
}

/* NULL when there is no anchor. A name may be used again: aliases mean the latest above them. */
static Anchor *open_anchor(Fold *fold, const yaml_char_t *name)
{
        Arena *arena = fold->run->arena;

        if (!name)
                return NULL;

        Anchor *anchor = ARENA_NEW(arena, Anchor);

        anchor->name = arena_str(arena, str_c((const char *)name));

        Anchor **latest = map_get(&fold->anchors, anchor->name);

        if (!latest) {
                VEC_ADD(arena, &fold->names, anchor);
                latest = ARENA_NEW(arena, Anchor *);
                map_put(arena, &fold->anchors, anchor->name, latest);
        }
        *latest = anchor;
        return anchor;
}

static Node *copy_node(Arena *arena, const Node *node)
{
        Node *copy = ARENA_NEW(arena, Node);

        *copy = *node;
        copy->next = NULL;
        copy->key = (Str){ 0 };
        copy->key_at = (Loc){ 0 };
        return copy;
}

/* NULL when the alias leads nowhere, which is reported. */
static const Anchor *find_anchor(Fold *fold, Loc at)
{
        const Str name = str_c((const char *)fold->event.data.alias.anchor);
        Anchor **latest = map_get(&fold->anchors, name);

        if (latest && (*latest)->node)
                return *latest;
        if (latest) {
                fail(fold, DIAG_YAML_CYCLE, at, (*latest)->name, S(""));
                return NULL;
        }

        Nearest nearest = nearest_start(name);

        if (!diags_full(fold->run->diags, DIAG_LEVEL_ERROR, fold->source))
                VEC_EACH(Anchor *, anchor, &fold->names)
                        nearest_offer(&nearest, (*anchor)->name);
        fail(fold, DIAG_YAML_ALIAS, at, name, nearest.best);
        return NULL;
}

/* An alias to nowhere gives an empty value: the file is refused in the end, but more may be wrong
 * in it. */
static Node *fold_alias(Fold *fold, unsigned depth)
{
        const Loc at = event_loc(fold);
        const Anchor *anchor = find_anchor(fold, at);

        if (!anchor)
                return node_new(fold->run->arena, NODE_SCALAR, at);
        if (!spend(fold, anchor->size, at) || !enter(fold, depth - 1 + anchor->height, at))
                return NULL;
        return copy_node(fold->run->arena, anchor->node);
}

/* ---- nodes ---- */

static bool is_null(Str text)
{
        static const char *const words[] = { "", "~", "null", "Null", "NULL" };

        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (str_is(text, words[i]))
                        return true;
        return false;
}

static Node *fold_scalar(Fold *fold)
{
        const Str text = { (const char *)fold->event.data.scalar.value,
                           fold->event.data.scalar.length };
        Node *node = node_new(fold->run->arena, NODE_SCALAR, (Loc){ 0 });

        node->at = yaml_cursor_scalar(&fold->cursor, &fold->event, &node->recoded);
        check_tag(fold, fold->event.data.scalar.tag);
        if (str_contains(text, '\0'))
                fail(fold, DIAG_NUL_BYTE, node->at, S(""), S(""));

        /* plain_implicit is false after any tag: !!str '' is no null. */
        node->null = fold->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                     fold->event.data.scalar.plain_implicit && is_null(text);
        if (!node->null)
                node->text = arena_str(fold->run->arena, text);
        /* Long texts count more: repeated, they would use up the memory too. */
        return spend(fold, 1 + node->text.len / YAML_TEXT, node->at) ? node : NULL;
}

static Node *fold_list(Fold *fold, unsigned depth)
{
        Node *list = node_new(fold->run->arena, NODE_LIST, event_loc(fold));

        check_tag(fold, fold->event.data.sequence_start.tag);
        if (!spend(fold, 1, list->at) || !enter(fold, depth, list->at))
                return NULL;
        for (;;) {
                if (!next_event(fold))
                        return NULL;
                if (fold->event.type == YAML_SEQUENCE_END_EVENT)
                        return list;

                Node *child = fold_node(fold, depth + 1);

                if (!child)
                        return NULL;
                node_add(list, child);
        }
}

/* The entries of another map that this one does not have. */
static void merge_map(Fold *fold, Map *keys, Node *map, const Node *from)
{
        if (from->kind != NODE_MAP) {
                fail(fold, DIAG_YAML_MERGE, from->at, S(""), S(""));
                return;
        }
        for (Node *entry = from->child; entry; entry = entry->next) {
                if (map_put(fold->run->arena, keys, entry->key, entry))
                        continue;

                Node *copy = copy_node(fold->run->arena, entry);

                copy->key = entry->key;
                copy->key_at = entry->key_at;
                node_add(map, copy);
        }
}

/* https://yaml.org/type/merge.html: own entries win, then those of earlier maps. */
static void merge(Fold *fold, Map *keys, Node *map, const Node *from)
{
        if (from->kind != NODE_LIST) {
                merge_map(fold, keys, map, from);
                return;
        }
        for (const Node *item = from->child; item; item = item->next)
                merge_map(fold, keys, map, item);
}

static bool is_merge_key(const yaml_event_t *event)
{
        return event->type == YAML_SCALAR_EVENT &&
               event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
               str_is(str_c((const char *)event->data.scalar.value), "<<");
}

/* The key and value of the current event and the next. NULL when the file cannot be read on. */
static Node *fold_entry(Fold *fold, unsigned depth, bool *ret_merge)
{
        const Loc at = event_loc(fold);
        const bool merges = is_merge_key(&fold->event),
                   is_alias = fold->event.type == YAML_ALIAS_EVENT;
        const Node *key = fold_node(fold, depth + 1);

        if (!key || !next_event(fold))
                return NULL;
        if (key->kind != NODE_SCALAR || !key->text.len)
                fail(fold, DIAG_YAML_KEY, at, S(""), S(""));

        Node *value = fold_node(fold, depth + 1);

        if (!value)
                return NULL;
        value->key = key->text;
        value->key_at = is_alias ? at : key->at;
        *ret_merge = merges;
        return value;
}

static Node *fold_map(Fold *fold, unsigned depth)
{
        Arena *arena = fold->run->arena;
        Node *map = node_new(arena, NODE_MAP, event_loc(fold));
        const Node *merged = NULL;
        Map keys = { 0 };

        check_tag(fold, fold->event.data.mapping_start.tag);
        if (!spend(fold, 1, map->at) || !enter(fold, depth, map->at))
                return NULL;
        for (;;) {
                bool merges;

                if (!next_event(fold))
                        return NULL;
                if (fold->event.type == YAML_MAPPING_END_EVENT)
                        break;

                Node *entry = fold_entry(fold, depth, &merges);

                if (!entry)
                        return NULL;

                const Node *first =
                        entry->key.len ? map_put(arena, &keys, entry->key, entry) : NULL;

                if (first) {
                        fold->failed = true;
                        diag_also(fold->run->diags, DIAG_YAML_DUPLICATE, entry->key_at,
                                  first->key_at, S("first here"), entry->key);
                }
                if (merges)
                        merged = entry;
                else
                        node_add(map, entry);
        }
        if (merged)
                merge(fold, &keys, map, merged);
        return map;
}

static const yaml_char_t *event_anchor(const yaml_event_t *event)
{
        if (event->type == YAML_SCALAR_EVENT)
                return event->data.scalar.anchor;
        if (event->type == YAML_SEQUENCE_START_EVENT)
                return event->data.sequence_start.anchor;
        return event->type == YAML_MAPPING_START_EVENT ? event->data.mapping_start.anchor : NULL;
}

/* The node that begins with the current event; depth is its level if it is a list or map. NULL when
 * the file cannot be read on, which has been reported. */
static Node *fold_node(Fold *fold, unsigned depth)
{
        if (fold->event.type == YAML_ALIAS_EVENT)
                return fold_alias(fold, depth);

        Anchor *anchor = open_anchor(fold, event_anchor(&fold->event));
        const size_t values = fold->values;
        const unsigned deepest = fold->deepest;
        Node *node;

        fold->deepest = depth - 1;
        if (fold->event.type == YAML_SEQUENCE_START_EVENT)
                node = fold_list(fold, depth);
        else if (fold->event.type == YAML_MAPPING_START_EVENT)
                node = fold_map(fold, depth);
        else
                node = fold_scalar(fold);

        if (anchor && node) {
                anchor->node = node;
                anchor->size = fold->values - values;
                anchor->height = fold->deepest - (depth - 1);
        }
        if (deepest > fold->deepest)
                fold->deepest = deepest;
        return node;
}

/* ---- the document ---- */

static Node *fold_root(Fold *fold)
{
        Node *root = fold_node(fold, 1);

        if (!root)
                return NULL;
        if (root->kind == NODE_SCALAR && root->null)
                return node_new(fold->run->arena, NODE_MAP, root->at);
        if (root->kind != NODE_MAP)
                fail(fold, DIAG_YAML_ROOT, root->at, S(""), S(""));
        return root;
}

static Node *fold_stream(Fold *fold)
{
        Node *root = NULL;

        for (;;) {
                if (!next_event(fold))
                        return NULL;
                if (fold->event.type == YAML_STREAM_END_EVENT)
                        break;
                if (fold->event.type != YAML_DOCUMENT_START_EVENT)
                        continue;
                if (root) {
                        fail(fold, DIAG_YAML_DOCUMENTS, event_loc(fold), S(""), S(""));
                        return NULL;
                }
                if (!next_event(fold))
                        return NULL;
                root = fold_root(fold);
                if (!root)
                        return NULL;
        }
        return root ? root : node_new(fold->run->arena, NODE_MAP, (Loc){ .source = fold->source });
}

/* libyaml would name the first by its number and stop. */
static bool check_bytes(Run *run, const Source *source)
{
        Str rest = source->text, line;
        bool ok = true;

        for (unsigned number = 1; str_next(&rest, '\n', &line); number++) {
                const Loc start = { .source = source, .line = number, .col = 1 };
                size_t at;

                if (str_ends(line, S("\r")))
                        line.len--;

                const DiagCode code = line_check(line, &at);

                if (code)
                        ok = diag(run->diags, code, loc_inside(start, line, at, 1),
                                  line_character(run->arena, line, at));
        }
        return ok;
}

Node *read_yaml(Run *run, const Source *source)
{
        Fold fold = { .run = run, .source = source, .cursor = yaml_cursor_start(source) };
        Node *root = NULL;

        if (!check_bytes(run, source))
                return NULL;
        if (!yaml_parser_initialize(&fold.parser)) {
                diag(run->diags, DIAG_YAML_SYNTAX, (Loc){ .source = source }, S("out of memory"));
                return NULL;
        }
        yaml_parser_set_encoding(&fold.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(
                &fold.parser, (const unsigned char *)(source->text.len ? source->text.data : ""),
                source->text.len);
        root = fold_stream(&fold);
        yaml_event_delete(&fold.event);
        yaml_parser_delete(&fold.parser);
        return fold.failed ? NULL : root;
}
