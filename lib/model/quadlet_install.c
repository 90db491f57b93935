/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/quadlet.h"

#include "base/words.h"
#include "model/install.h"

typedef struct Installer {
        Run *run;
        const Names *names;
        Object *object;
        Str name; /* of the links; empty for a template without an instance to install */
        bool ok;
} Installer;

typedef void (*Install)(Installer *in, Str key, Str suffix, Str word, Loc at);

/* Calls install() for each word of the key's lines after the last empty one. */
static void each_word(Installer *in, Str key, Str suffix, Install install)
{
        const PassLines *lines = &in->object->def->pass[PASS_INSTALL];
        size_t first = 0;

        for (size_t i = 0; i < lines->count; i++)
                if (str_eq(lines->items[i].key, key) && !lines->items[i].value.len)
                        first = i;
        for (size_t i = first; i < lines->count; i++) {
                const PassLine *line = &lines->items[i];
                WordsError error;
                Word word;
                size_t pos = 0;

                if (!str_eq(line->key, key))
                        continue;
                while (words_next_by(in->run->arena, line->value, WORDS_PLAIN, &pos, &word, &error))
                        install(in, key, suffix, word.text, node_loc(line->node, word.at, word.len));
                if (error != WORDS_OK)
                        in->ok = diag(in->run->diags, DIAG_VALUE_QUOTE, node_loc(line->node, word.at, word.len), S("\""));
        }
}

static void take_instance(Installer *in, Str key, Str suffix, Str word, Loc at)
{
        Str before, after;

        (void)key;
        (void)suffix;
        (void)at;
        if (quadlet_is_template(in->object) && str_cut(in->object->unit, '@', &before, &after))
                in->name = arena_fmt(in->run->arena, "%.*s@%.*s%.*s", STR_ARG(before), STR_ARG(word), STR_ARG(after));
}

/* A unit of Quadlet may be named by its file. */
static void add_wish(Installer *in, Str key, Str suffix, Str word, Loc at)
{
        const Str unit = kind_by_file(word) ? quadlet_unit_of(in->run, in->names, word) : word;

        if (!unit.len)
                in->ok = diag(in->run->diags, DIAG_QUADLET_DEPENDENCY, at, quadlet_file(in->object->def), word);
        else if (str_contains(unit, '/') || str_contains(in->name, '/'))
                in->ok = diag(in->run->diags, DIAG_INSTALL_NAME, at, key, word);
        else if (in->name.len)
                VEC_ADD(in->run->arena, &in->object->install,
                        (InstallLink){ .directory = arena_fmt(in->run->arena, "%.*s%.*s", STR_ARG(unit), STR_ARG(suffix)),
                                       .name = in->name,
                                       .at = at });
        else
                diag(in->run->diags, DIAG_QUADLET_NO_INSTANCE, at, key);
}

/* Without "." and empty parts; empty when it leads out of the directory. */
static Str clean_path(Arena *arena, Str path)
{
        Buf buf = BUF(arena);
        Str rest = path, part;

        if (str_starts(path, S("/")))
                return (Str){ 0 };
        while (rest.len && str_next(&rest, '/', &part)) {
                if (!part.len || str_is(part, "."))
                        continue;
                if (str_is(part, "..") && !buf.len)
                        return (Str){ 0 };
                if (str_is(part, ".."))
                        buf.len = str_contains(buf_str(&buf), '/') ? str_rfind(buf_str(&buf), '/') : 0;
                else
                        buf_fmt(&buf, "%s%.*s", buf.len ? "/" : "", STR_ARG(part));
        }
        return buf_str(&buf);
}

static void add_alias(Installer *in, Str key, Str suffix, Str word, Loc at)
{
        const Str path = clean_path(in->run->arena, word);

        (void)suffix;
        if (!path.len || str_starts(path, S("bayplan-")))
                in->ok = diag(in->run->diags, DIAG_QUADLET_ALIAS, at, key, word);
        else
                install_add_alias(in->run, in->object, path, at);
}

bool quadlet_install(Run *run, const Names *names, Object *c)
{
        static const struct {
                Str key, suffix;
        } wishes[] = {
                { STR_INIT("WantedBy"), STR_INIT(".wants") },
                { STR_INIT("RequiredBy"), STR_INIT(".requires") },
                { STR_INIT("UpheldBy"), STR_INIT(".upholds") },
        };
        Installer in = { run, names, c, quadlet_is_template(c) ? (Str){ 0 } : c->unit, true };
        const PassLine *also = def_pass(c->def, PASS_INSTALL, S("Also"));

        each_word(&in, S("DefaultInstance"), S(""), take_instance);
        each_word(&in, S("Alias"), S(""), add_alias);
        for (size_t i = 0; i < ELEMENTS(wishes); i++)
                each_word(&in, wishes[i].key, wishes[i].suffix, add_wish);
        if (also)
                diag(run->diags, DIAG_INSTALL_IGNORED, also->at, also->key);
        return in.ok;
}
