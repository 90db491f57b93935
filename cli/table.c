/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/table.h"

#include "base/utf8.h"

enum {
        GAP = 2,
};

static unsigned *measure(Output *out, const Table *table, bool header)
{
        unsigned *widths = arena_alloc(out->text.arena, table->width * sizeof(*widths));

        for (size_t i = 0; i < table->width; i++) {
                widths[i] = header ? (unsigned)utf8_count(table->columns[i].title) : 0;
                VEC_EACH(const Cell *const, row, &table->rows) {
                        const unsigned wide = (unsigned)utf8_count((*row)[i].text);

                        if (wide > widths[i])
                                widths[i] = wide;
                }
        }
        return widths;
}

/* Takes from the widest column that can give, until all fits. */
static void fit(const Output *out, const Table *table, unsigned *widths)
{
        size_t total = (table->width - 1) * GAP;

        for (size_t i = 0; i < table->width; i++)
                total += widths[i];
        while (total > out->columns) {
                size_t widest = table->width;

                for (size_t i = 0; i < table->width; i++)
                        if (table->columns[i].least && widths[i] > table->columns[i].least &&
                            (widest == table->width || widths[i] > widths[widest]))
                                widest = i;
                if (widest == table->width)
                        return;
                widths[widest]--;
                total--;
        }
}

static Str skip_points(Str s, size_t count)
{
        unsigned code;

        while (count--) {
                const size_t length = utf8_decode(s, &code);

                s = str_skip(s, length ? length : 1);
        }
        return s;
}

static Str cut(Arena *arena, Str text, unsigned width, bool keep_end)
{
        const size_t wide = utf8_count(text);

        if (wide <= width)
                return text;
        if (keep_end)
                return arena_fmt(arena, "…%.*s", STR_ARG(skip_points(text, wide - width + 1)));
        return arena_fmt(arena, "%.*s…",
                         STR_ARG(str_first(text, text.len - skip_points(text, width - 1).len)));
}

static void add_row(Output *out, const Table *table, const unsigned *widths, const Cell *cells)
{
        for (size_t i = 0; i < table->width; i++) {
                const Str text =
                        cut(out->text.arena, cells[i].text, widths[i], table->columns[i].keep_end);
                const unsigned pad = widths[i] - (unsigned)utf8_count(text) + GAP;

                output_styled(out, cells[i].style, text);
                buf_fmt(&out->text, "%*s", i + 1 < table->width ? (int)pad : 0, "");
        }
        buf_char(&out->text, '\n');
}

void table_add(Output *out, const Table *table, bool header)
{
        unsigned *widths = measure(out, table, header);
        Cell *titles = arena_alloc(out->text.arena, table->width * sizeof(*titles));

        if (out->terminal)
                fit(out, table, widths);
        for (size_t i = 0; i < table->width; i++)
                titles[i] = (Cell){ table->columns[i].title, STYLE_HEADING };
        if (header)
                add_row(out, table, widths, titles);
        VEC_EACH(const Cell *const, row, &table->rows)
                add_row(out, table, widths, *row);
}
