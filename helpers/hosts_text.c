/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "helpers/hosts.h"

#include "base/address.h"
#include "base/buf.h"

#include <stdlib.h>

static const Str marker_begin = STR_INIT("# BEGIN bayplan-hosts");
static const Str marker_end = STR_INIT("# END bayplan-hosts");
static const Str boot_word = STR_INIT("boot=");

typedef enum LineKind {
        LINE_OTHER,
        LINE_BEGIN,
        LINE_END,
        LINE_ENTRY, /* has the form of ours; .ours says whether it is in a block */
} LineKind;

typedef struct Line {
        Str text; /* with its line break */
        LineKind kind;
        Str address, name; /* of LINE_ENTRY */
        bool ours;
        bool stale; /* of another boot */
} Line;

typedef VEC(Line) Lines;

/* Takes the next word of a line, whose comment has been cut off. */
static bool next_word(Str *rest, Str *ret)
{
        size_t end = 0;

        *rest = str_trim(*rest);
        while (end < rest->len && !char_is_space(rest->data[end]))
                end++;
        *ret = str_first(*rest, end);
        *rest = str_skip(*rest, end);
        return end;
}

static bool is_entry(const HostsChange *change, Str text, Str *ret_address, Str *ret_name)
{
        Str address, name, more;
        Address ignored;

        if (!next_word(&text, &address) || !next_word(&text, &name) || next_word(&text, &more) ||
            name.len < change->domain.len + 2 || !str_ends(name, change->domain) ||
            name.data[name.len - change->domain.len - 1] != '.' ||
            !address_parse(address, &ignored))
                return false;
        *ret_address = address;
        *ret_name = name;
        return true;
}

/* An editor may have put a carriage return behind it, or blanks. */
static Line read_line(const HostsChange *change, Str text)
{
        const Str trimmed = str_trim(text);
        Line line = { .text = text };

        if (str_starts(trimmed, marker_begin))
                line.kind = LINE_BEGIN;
        else if (str_starts(trimmed, marker_end))
                line.kind = LINE_END;
        else if (is_entry(change, trimmed, &line.address, &line.name))
                line.kind = LINE_ENTRY;
        return line;
}

static Lines read_lines(Arena *arena, Str content, const HostsChange *change)
{
        Lines lines = { 0 };

        while (content.len) {
                const size_t end = str_find(content, '\n');
                const Str text = str_first(content, end + 1);

                VEC_ADD(arena, &lines, read_line(change, text));
                content = str_skip(content, text.len);
        }
        return lines;
}

/* ---- which of them are ours ---- */

/* The boot that the first line of a block tells, or nothing where that was edited away. */
static bool is_stale(const Line *begin, Str boot)
{
        Str rest = begin->text, word;

        while (next_word(&rest, &word))
                if (str_starts(word, boot_word))
                        return boot.len && !str_eq(str_skip(word, boot_word.len), boot);
        return false;
}

static void claim(Line *line, bool stale)
{
        if (line->kind == LINE_ENTRY) {
                line->ours = true;
                line->stale = stale;
        }
}

/* Entries between the two markers. Where an editor has removed one of them, those beside the other
 * as far as nothing else stands between. */
static void find_blocks(const Lines *lines, Str boot)
{
        size_t first = 0;   /* line behind the marker before */
        bool open = false;  /* which begins a block */
        bool stale = false; /* of another boot */

        for (size_t i = 0; i < lines->count; i++) {
                const Line *line = &lines->items[i];

                if (line->kind == LINE_BEGIN) {
                        first = i + 1;
                        open = true;
                        stale = is_stale(line, boot);
                        for (size_t k = first;
                             k < lines->count && lines->items[k].kind == LINE_ENTRY; k++)
                                claim(&lines->items[k], stale);
                } else if (line->kind == LINE_END) {
                        for (size_t k = i;
                             k > first && (open || lines->items[k - 1].kind == LINE_ENTRY); k--)
                                claim(&lines->items[k - 1], open && stale);
                        first = i + 1;
                        open = false;
                }
        }
}

/* ---- the new text ---- */

typedef struct Entry {
        Str address, name;
        size_t order;
} Entry;

typedef VEC(Entry) Entries;

static int compare_entries(const void *a, const void *b)
{
        const Entry *x = a, *y = b;
        const int order = str_compare(x->name, y->name);

        return order ? order : (x->order > y->order) - (x->order < y->order);
}

static Entries wanted_entries(Arena *arena, const Lines *lines, const HostsChange *change)
{
        Entries entries = { 0 };

        VEC_EACH (const Line, line, lines)
                if (line->ours && !line->stale && !str_eq(line->name, change->name))
                        VEC_ADD(arena, &entries,
                                (Entry){ line->address, line->name, entries.count });
        VEC_EACH (const Str, address, &change->addresses)
                VEC_ADD(arena, &entries, (Entry){ *address, change->name, entries.count });
        VEC_SORT(&entries, compare_entries);
        return entries;
}

static void add_block(Buf *buf, const Entries *entries, Str boot)
{
        if (!entries->count)
                return;
        buf_add(buf, marker_begin);
        buf_add(buf, S(" (containers that run; do not edit)"));
        if (boot.len)
                buf_fmt(buf, " %.*s%.*s", STR_ARG(boot_word), STR_ARG(boot));
        buf_char(buf, '\n');
        VEC_EACH (const Entry, entry, entries)
                buf_fmt(buf, "%.*s %.*s\n", STR_ARG(entry->address), STR_ARG(entry->name));
        buf_add(buf, marker_end);
        buf_char(buf, '\n');
}

static bool has_name(const Line *line, Str name)
{
        Str rest = str_first(line->text, str_find(line->text, '#')), word;

        if (!next_word(&rest, &word))
                return false;
        while (next_word(&rest, &word))
                if (str_eq_nocase(word, name))
                        return true;
        return false;
}

Str hosts_change(Arena *arena, Str content, const HostsChange *change, unsigned *ret_elsewhere)
{
        const Lines lines = read_lines(arena, content, change);
        Buf buf = BUF(arena);
        bool done = false;
        unsigned elsewhere = 0;

        find_blocks(&lines, change->boot);

        const Entries entries = wanted_entries(arena, &lines, change);

        VEC_EACH (const Line, line, &lines) {
                const bool kept =
                        line->kind == LINE_OTHER || (line->kind == LINE_ENTRY && !line->ours);

                if (!kept && !done) {
                        add_block(&buf, &entries, change->boot);
                        done = true;
                }
                if (kept)
                        buf_add(&buf, line->text);
                if (kept && !elsewhere && has_name(line, change->name))
                        elsewhere = (unsigned)(line - lines.items) + 1;
        }
        if (!done) {
                if (buf.len && entries.count && buf.data[buf.len - 1] != '\n')
                        buf_char(&buf, '\n');
                add_block(&buf, &entries, change->boot);
        }
        *ret_elsewhere = elsewhere;
        return buf_str(&buf);
}
