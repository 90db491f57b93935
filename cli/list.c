/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bayplan list: what is defined, which unit it becomes, where it stands, and how that unit is
 * doing. */

#include "base/escape.h"
#include "cli/bus.h"
#include "cli/selection.h"
#include "cli/table.h"

#include <stdlib.h>

typedef struct Item {
        const Object *object;
        Str active; /* empty: systemd was not asked */
} Item;

typedef VEC(Item) Items;

static int compare_items(const void *a, const void *b)
{
        const Item *x = a, *y = b;
        const int order = str_compare(x->object->def->name, y->object->def->name);

        return order ? order : loc_compare(x->object->def->at, y->object->def->at);
}

static Items select_items(const Cli *cli, Selection *selection)
{
        Items items = { 0 };

        VEC_EACH(Object *const, c, &selection->pipeline.fleet.objects)
                if (selection_has(selection, cli, (*c)->def->name, (*c)->unit))
                        VEC_ADD(cli->run->arena, &items, (Item){ .object = *c });
        VEC_SORT(&items, compare_items);
        return items;
}

/* Of definitions that are read from elsewhere the running systemd knows nothing. */
static bool ask_systemd(const Cli *cli, Items *items)
{
        Arena *arena = cli->run->arena;
        Str *units = arena_alloc(arena, (items->count + 1) * sizeof(*units));
        Str *states = arena_alloc(arena, (items->count + 1) * sizeof(*states));

        for (size_t i = 0; i < items->count; i++)
                units[i] = items->items[i].object->unit;
        if (cli->files.count || !bus_unit_states(cli->run, units, items->count, states))
                return false;
        for (size_t i = 0; i < items->count; i++)
                items->items[i].active = states[i].len ? states[i] : S("unknown");
        return true;
}

static Str state_of(const Object *c)
{
        if (c->hidden)
                return S("unused");
        return c->broken ? S("errors") : S("ok");
}

static Str visible(Arena *arena, Str s)
{
        Buf buf = BUF(arena);

        escape_visible(&buf, s);
        return buf_str(&buf);
}

static Style style_of_active(Str active)
{
        if (str_is(active, "active") || str_is(active, "reloading"))
                return STYLE_GOOD;
        return str_is(active, "failed") ? STYLE_BAD : STYLE_PLAIN;
}

/* ---- for people ---- */

typedef enum ColumnId {
        COLUMN_NAME,
        COLUMN_KIND,
        COLUMN_ENGINE,
        COLUMN_UNIT,
        COLUMN_STATE,
        COLUMN_FILE,
        COLUMN_ACTIVE,
        COLUMN_COUNT,
} ColumnId;

static Cell cell_of(Arena *arena, const Item *item, ColumnId column)
{
        const Object *c = item->object;
        const Def *def = c->def;

        switch (column) {
        case COLUMN_NAME:
                return (Cell){ visible(arena, def->name), STYLE_PLAIN };
        case COLUMN_KIND:
                return (Cell){ kind_info(def->kind)->noun, STYLE_PLAIN };
        case COLUMN_ENGINE:
                return (Cell){ engine_name(c->engine), STYLE_PLAIN };
        case COLUMN_UNIT:
                return (Cell){ visible(arena, c->unit), STYLE_PLAIN };
        case COLUMN_STATE:
                return (Cell){ state_of(c), c->broken ? STYLE_BAD : STYLE_PLAIN };
        case COLUMN_FILE:
                return (Cell){ arena_fmt(arena, "%.*s:%u",
                                         STR_ARG(visible(arena, def->at.source->path)),
                                         def->at.line),
                               STYLE_PLAIN };
        case COLUMN_ACTIVE:
                return (Cell){ visible(arena, item->active), style_of_active(item->active) };
        case COLUMN_COUNT:
                break;
        }
        return (Cell){ 0 };
}

static void add_table(Cli *cli, const Items *items, bool active)
{
        static const Column all[COLUMN_COUNT] = {
                [COLUMN_NAME] = { STR_INIT("NAME"), 0, false },
                [COLUMN_KIND] = { STR_INIT("KIND"), 0, false },
                [COLUMN_ENGINE] = { STR_INIT("ENGINE"), 0, false },
                [COLUMN_UNIT] = { STR_INIT("UNIT"), 12, false },
                [COLUMN_STATE] = { STR_INIT("STATE"), 0, false },
                [COLUMN_FILE] = { STR_INIT("FILE"), 12, true },
                [COLUMN_ACTIVE] = { STR_INIT("ACTIVE"), 0, false },
        };
        static const ColumnId with[] = { COLUMN_NAME,   COLUMN_KIND,  COLUMN_ENGINE, COLUMN_UNIT,
                                         COLUMN_ACTIVE, COLUMN_STATE, COLUMN_FILE };
        static const ColumnId without[] = { COLUMN_NAME, COLUMN_KIND,  COLUMN_ENGINE,
                                            COLUMN_UNIT, COLUMN_STATE, COLUMN_FILE };
        const ColumnId *shown = active ? with : without;
        Column columns[COLUMN_COUNT];
        Table table = { .columns = columns, .width = active ? ELEMENTS(with) : ELEMENTS(without) };
        Arena *arena = cli->run->arena;

        for (size_t i = 0; i < table.width; i++)
                columns[i] = all[shown[i]];
        VEC_EACH(const Item, item, items) {
                Cell *cells = arena_alloc(arena, table.width * sizeof(*cells));

                for (size_t i = 0; i < table.width; i++)
                        cells[i] = cell_of(arena, item, shown[i]);
                VEC_ADD(arena, &table.rows, cells);
        }
        table_add(&cli->out, &table, !cli->given[SWITCH_NO_LEGEND]);
}

/* ---- for programs ---- */

static void add_member(Buf *buf, const char *name, Str text)
{
        buf_fmt(buf, "%s\"%s\":", str_ends(buf_str(buf), S("{")) ? "" : ",", name);
        escape_json(buf, text);
}

static void add_json(Buf *buf, const Item *item)
{
        const Object *c = item->object;

        buf_char(buf, '{');
        add_member(buf, "name", c->def->name);
        add_member(buf, "kind", kind_info(c->def->kind)->noun);
        add_member(buf, "engine", engine_name(c->engine));
        add_member(buf, "unit", c->unit);
        if (item->active.len)
                add_member(buf, "active", item->active);
        add_member(buf, "state", state_of(c));
        add_member(buf, "file", c->def->at.source->path);
        buf_fmt(buf, ",\"line\":%u}\n", c->def->at.line);
}

int command_list(Cli *cli)
{
        Selection selection = selection_read(cli);
        Items items = select_items(cli, &selection);
        const bool active = ask_systemd(cli, &items);

        cli->out.pager = !cli->given[SWITCH_NO_PAGER] && !cli->given[SWITCH_JSON];
        if (cli->given[SWITCH_JSON])
                VEC_EACH(const Item, item, &items)
                        add_json(&cli->out.text, item);
        else if (items.count)
                add_table(cli, &items, active);
        return selection_finish(&selection, cli);
}
