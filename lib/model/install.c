/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model/install.h"

static const struct {
        Str key;
        Str suffix; /* of the directory; empty: the name is an alias */
} rows[] = {
        { STR_INIT("WantedBy"), STR_INIT(".wants") },
        { STR_INIT("RequiredBy"), STR_INIT(".requires") },
        { STR_INIT("UpheldBy"), STR_INIT(".upholds") },
        { STR_INIT("Alias"), STR_INIT("") },
};

void install_add_alias(Run *run, Object *c, Str alias, Loc at)
{
        VEC_ADD(run->arena, &c->install, (InstallLink){ .alias = alias, .at = at });
        c->aliased = true;
}

/* systemd.unit(5): the characters of unit names */
static const CharSet unit_chars = { CHARS_ALNUM, [':'] = true, ['-'] = true, ['_'] = true, ['.'] = true, ['\\'] = true, ['@'] = true };

static bool is_unit_name(Str s)
{
        const size_t dot = str_rfind(s, '.');

        return s.len > 0 && s.len < 256 && dot > 0 && dot + 1 < s.len && str_all(s, unit_chars);
}

/* Where the name stands in its line is asked of few. */
static bool add_name(Run *run, Object *c, const PassLine *line, Str suffix, Str name, NodeCursor *cursor)
{
        const size_t from = (size_t)(name.data - line->value.data);

        if (!is_unit_name(name) || (!suffix.len && (!str_ends(name, S(".service")) || str_starts(name, S("bayplan-")))))
                return diag(run->diags, DIAG_INSTALL_NAME, node_cursor_loc(cursor, from, name.len), line->key, name);
        if (suffix.len)
                VEC_ADD(run->arena, &c->install, (InstallLink){ .directory = arena_join(run->arena, name, suffix) });
        else
                install_add_alias(run, c, name, node_cursor_loc(cursor, from, name.len));
        return true;
}

static bool add_names(Run *run, Object *c, const PassLine *line, Str suffix)
{
        const Str text = line->value;
        NodeCursor cursor = node_cursor_start(line->node);
        bool ok = true;

        for (size_t from = 0, to; from < text.len; from = to + 1) {
                to = from + str_span(str_skip(text, from), unit_chars);
                while (to < text.len && !char_is_space(text.data[to]))
                        to++;
                if (to > from)
                        ok &= add_name(run, c, line, suffix, str_first(str_skip(text, from), to - from), &cursor);
        }
        return ok;
}

/* The row of a key; ELEMENTS(rows) when it is another. */
static size_t find_row(Str key)
{
        size_t row = 0;

        while (row < ELEMENTS(rows) && !str_eq(rows[row].key, key))
                row++;
        return row;
}

bool install_resolve(Run *run, Object *c)
{
        static const Str targets[SCOPE_COUNT] = {
                [SCOPE_SYSTEM] = STR_INIT("multi-user.target.wants"),
                [SCOPE_USER] = STR_INIT("default.target.wants"),
        };
        const PassLine *reset[ELEMENTS(rows) + 1] = { 0 }; /* an empty assignment resets its key */
        bool ok = true;

        VEC_EACH(const PassLine, line, &c->def->pass[PASS_INSTALL])
                if (!line->value.len)
                        reset[find_row(line->key)] = line;
        VEC_EACH(const PassLine, line, &c->def->pass[PASS_INSTALL]) {
                const size_t row = find_row(line->key);

                if (!line->value.len || str_eq_nocase(str_first(line->key, 2), S("X-")))
                        continue;
                if (row == ELEMENTS(rows))
                        diag(run->diags, DIAG_INSTALL_IGNORED, line->at, line->key);
                else if (!reset[row] || line > reset[row])
                        ok &= add_names(run, c, line, rows[row].suffix);
        }
        if (!c->def->pass[PASS_INSTALL].count && c->start)
                VEC_ADD(run->arena, &c->install,
                        (InstallLink){ .directory = c->engine == ENGINE_NSPAWN ? S("machines.target.wants")
                                                                               : targets[run->scope] });
        return ok;
}

/* Whose name the alias is; reported. */
static bool is_taken(Run *run, const InstallLink *link, const Map *units, const Map *installed)
{
        const Object *other = map_get(units, link->alias);
        const Str *path = map_get(installed, link->alias);

        if (other)
                diag_also(run->diags, DIAG_UNIT_CLASH, link->at, other->def->at, S("made here too"), link->alias);
        else if (path)
                diag(run->diags, DIAG_UNIT_INSTALLED, link->at, link->alias, *path);
        return other || path;
}

void install_check_aliases(Run *run, const Fleet *fleet, const Map *installed)
{
        Map units = { 0 };
        bool some = false;

        VEC_EACH(Object *const, c, &fleet->objects)
                some |= (*c)->aliased;
        if (!some)
                return;
        map_reserve(run->arena, &units, fleet->objects.count);
        VEC_EACH(Object *const, c, &fleet->objects)
                map_put(run->arena, &units, (*c)->unit, *c);
        VEC_EACH(Object *const, item, &fleet->objects) {
                Object *c = *item;
                size_t kept = 0;

                run->diags->subject = c->def;
                VEC_EACH(const InstallLink, link, &c->install) {
                        if (link->alias.len && is_taken(run, link, &units, installed)) {
                                c->broken = true;
                                continue;
                        }
                        if (link->alias.len)
                                map_put(run->arena, &units, link->alias, c);
                        c->install.items[kept++] = *link;
                }
                c->install.count = kept;
        }
        run->diags->subject = NULL;
}
